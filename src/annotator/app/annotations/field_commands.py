"""Commands for the fields of the active annotation: its source, note, parts and grades."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt

from annotator.app.annotations.docked_views import INSPECTOR
from annotator.app.annotations.source_grading import assess_source_of
from annotator.app.reader.command_host import CommandHost
from annotator.domain.records import AnnotationRecord
from annotator.nlp import boundaries


class FieldCommands:
    """Handlers of the actions that set a field of the active annotation, or move the focus to it in the inspector."""

    def __init__(self, host: CommandHost) -> None:
        self._host = host
        self._workspace = host.workspace

    def annotate_source(self) -> None:
        """Move the focus to the field for the source."""
        self._host.show_view(INSPECTOR).focus_source()

    def annotate_note(self) -> None:
        """Move the focus to the field for the note."""
        self._host.show_view(INSPECTOR).focus_note()

    def annotate_set_cue(self) -> None:
        """Make the selection the cue of the active annotation."""
        self._set_part("cue")

    def annotate_set_mention(self) -> None:
        """Make the selection the words that name the source."""
        self._set_part("mention")

    def _set_part(self, part: str) -> None:
        view = self._host.panes.view
        active, span = self._workspace.active, view.selected_span()
        if active is None:
            return
        if span is None:
            self._workspace.notified.emit("Select the words first.", False)
            return
        words: dict[str, Any] = {part: [boundaries.snap_to_words(view.text, span)]}
        if self._workspace.update(active, "", **words):
            view.set_caret(view.caret())

    # --- grades -------------------------------------------------------------------------------------------------------

    def grade_reliability(self, letter: str) -> None:
        """Assess the source of the active annotation today, for all its statements."""
        if (active := self._workspace.active) is not None:
            assess_source_of(self._workspace, active, letter)

    def grade_credibility(self, credibility: int) -> None:
        """Set the credibility of the active annotation."""
        if (active := self._workspace.active) is not None:
            self._workspace.update(active, credibility=credibility)

    def grade_confidence(self, confidence: str) -> None:
        """Set the confidence of the active annotation."""
        if (active := self._workspace.active) is not None:
            self._workspace.update(active, confidence=confidence)

    def grade_clear(self) -> None:
        """Remove all grades of the active annotation."""
        if (active := self._workspace.active) is not None:
            self._workspace.update(
                active,
                "Clear the grades",
                reliability=None,
                reliability_reason="",
                credibility=None,
                probability=None,
                confidence=None,
            )

    def grade_probability(self) -> None:
        """Move the focus to the field for the probability in percent."""
        self._host.show_view(INSPECTOR).focus_probability()

    def ask_for_reason(self, annotation: AnnotationRecord, fields: Mapping[str, Any], objection: str) -> None:
        """Ask for the reason of a credibility that a check refuses, and set it together with that reason."""
        from annotator.app.annotations.reason_dialog import GradeReasonDialog

        window = self._host.dialog_parent
        dialog = GradeReasonDialog(fields["credibility"], annotation.shown_quote, objection, window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.on_accept(lambda: self._workspace.write_fields(annotation, **fields, credibility_reason=dialog.given()))
        # The focus returns to where it was; Qt may choose another field.
        before = window.focusWidget()
        if before is not None:
            dialog.finished.connect(lambda _result: before.setFocus())
        dialog.open()
