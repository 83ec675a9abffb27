"""The inspector: shows all fields of the active annotation for reading and editing."""

from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QDateTime, QEvent, QLocale, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.app.actions.enabling import READ_ONLY_REASON
from annotator.app.annotations.feature_fields import FeatureFields
from annotator.app.claims.claim_panel import ClaimBlock
from annotator.app.state.typed_field import TypedField, problem_label
from annotator.app.state.workspace import Outcome, Workspace
from annotator.app.style.icons import icon
from annotator.app.widgets.flow_layout import FlowLayout
from annotator.app.widgets.grade_fields import BUTTONS, GradeRow, ProbabilityField, StillWheel
from annotator.app.widgets.label_swatch import swatch_icon, swatch_size
from annotator.app.widgets.source_field import SourceField
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.changes import Change
from annotator.domain.errors import AnnotatorError
from annotator.domain.fields import ANNOTATION_FIELDS, Field
from annotator.domain.fixed_choices import RELATION_KINDS
from annotator.domain.grades import CONFIDENCES, CREDIBILITY, RELIABILITY, Grade
from annotator.domain.labels import line_patterns
from annotator.domain.records import AnnotationRecord, RelationRecord, SuggestionRecord
from annotator.domain.spans import FRAGMENT_GAP, Span
from annotator.domain.wording import elided
from annotator.services.annotations import annotating
from annotator.services.projects.open_project import Project
from annotator.services.sources import sources

_QUOTE_SHOWN = 240
_QUOTE_IN_TITLE = 60
"""Characters of a quote in the name of a field."""
_FINISHING = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Inspector(QStackedWidget):
    """Shows the active annotation and writes each edit as one change of just that field."""

    leave_requested = Signal()
    """The user is finished here, and the focus should return to the text."""

    assess_requested = Signal(int)
    """The id of a source to be assessed."""

    cue_from_selection_requested = Signal()
    mention_from_selection_requested = Signal()

    relate_requested = Signal(str)
    """The kind of a relation from the active annotation to the one that the user chooses next."""

    jump_requested = Signal(int)
    """The id of another annotation of this document that the user wants to see."""

    hit_requested = Signal(int, object)
    """The id of another document and the Span in it that the user wants to see."""

    claim_requested = Signal()
    """The user wants to see the claim that the annotation states."""

    chain_requested = Signal()
    """The user wants to see the attribution chain of the annotation."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAccessibleName("Inspector")
        self._workspace = workspace
        self._shown: AnnotationRecord | None = None
        self._typed: list[TypedField] = []
        self._still_wheel = StillWheel(self)
        self._build_empty_page()
        self._build_fields()
        for widget in self._fields.findChildren(QWidget):
            self._watch(widget)
        workspace.active_changed.connect(self._on_active_changed)
        workspace.suggestions.active_changed.connect(self._on_suggestion_changed)
        workspace.annotations_changed.connect(self._on_annotations_changed)
        workspace.document_opened.connect(self._on_active_changed)
        workspace.vocabulary_changed.connect(self._on_vocabulary_changed)
        workspace.sources_changed.connect(self._on_sources_changed)
        workspace.committed.connect(self._on_committed)
        workspace.project_opened.connect(self._on_project_changed)
        workspace.project_closed.connect(self._on_project_changed)
        self._on_project_changed()

    def sizeHint(self) -> QSize:
        return QSize(320, 560)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 120)

    # --- interface ------------------------------------------------------------------------------------------------

    def focus_source(self) -> None:
        self._focus(self.source.edit)
        self.source.edit.selectAll()

    def focus_note(self) -> None:
        self._focus(self.note)

    def focus_probability(self) -> None:
        self._focus(self.probability.spin)
        self.probability.spin.selectAll()

    def focus_label(self) -> None:
        self._focus(self.label)

    def flush(self) -> None:
        """Write pending typed text immediately."""
        for typed in self._typed:
            typed.flush()
        self.features.flush()

    def _focus(self, widget: QWidget) -> None:
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._area.ensureWidgetVisible(widget, 0, 40)

    # --- building -------------------------------------------------------------------------------------------------

    def _build_empty_page(self) -> None:
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(20, 24, 20, 20)
        layout.setSpacing(10)
        self._sign = TextLabel(page)
        self._sign.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._show_sign()
        self._empty_title = TextLabel(page)
        self._empty_title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._empty_title.setWordWrap(True)
        self._empty_text = TextLabel(page)
        self._empty_text.setProperty("role", "muted")
        self._empty_text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._empty_text.setWordWrap(True)
        layout.addWidget(self._sign)
        layout.addWidget(self._empty_title)
        layout.addWidget(self._empty_text)
        layout.addStretch(1)
        self.addWidget(page)

    def _show_sign(self) -> None:
        self._sign.setPixmap(icon("label").pixmap(32, 32))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show_sign()
            if hasattr(self, "label"):
                self._show_labels()

    def _build_fields(self) -> None:
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = self._fields = QWidget(self._area)
        self._body = QVBoxLayout(body)
        self._body.setContentsMargins(10, 10, 10, 16)
        self._body.setSpacing(4)
        self._notice = self._text("", "warning")
        self._quote = self._text("")
        self._quote.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._fragments = self._text("", "muted")
        self._body.addWidget(self._notice)
        self._body.addWidget(self._quote)
        self._body.addWidget(self._fragments)
        self._build_label()
        self._build_source()
        self._build_grades()
        self._build_probability()
        self.cue_words, self.cue_buttons = self._build_words(
            "Cue",
            "The saying words, such as “said” or “according to”",
            "cue",
            self.cue_from_selection_requested,
        )
        self.mention_words, self.mention_buttons = self._build_words(
            "Source mention",
            "The words of the text that name who said it",
            "mention",
            self.mention_from_selection_requested,
        )
        self._build_texts()
        self._features_caption = self._caption("Features")
        self.features = FeatureFields(self._workspace.typed, self._write_typed_feature, body)
        self.features.changed.connect(self._write_feature)
        self._body.addWidget(self.features)
        self._build_relations()
        self._build_claim()
        self._made = self._text("", "muted")
        self._body.addSpacing(10)
        self._body.addWidget(self._made)
        self._body.addStretch(1)
        self._area.setWidget(body)
        self.addWidget(self._area)

    def _build_label(self) -> None:
        caption = self._caption("Label")
        self.label = QComboBox(self)
        self.label.setObjectName("labelField")
        self.label.setAccessibleName("Label")
        _narrow(self.label)
        self.label.activated.connect(lambda index: self._write(label_id=self.label.itemData(index)))
        caption.setBuddy(self.label)
        self._body.addWidget(self.label)

    def _build_source(self) -> None:
        caption = self._caption("Who said it")
        self.source = SourceField(self)
        self.source.chosen.connect(lambda _: self._take_source())
        self.source.new_requested.connect(lambda _name, _kind: self._take_source())
        # After the field itself has accepted a complete name of the registry.
        self.source.edit.editingFinished.connect(self._keep_new_source)
        self._workspace.typed.flush_requested.connect(self._keep_new_source)
        self.source.set_offers(self._offered_sources)
        caption.setBuddy(self.source.edit)
        self._body.addWidget(self.source)
        self._typed_source = TypedField(
            self.source.edit,
            self._workspace.typed,
            "annotation",
            "source_id",
            self._write_source,
            read=lambda: self.source.typed,
            show=lambda name: self.source.edit.setText(name or ""),
            is_confirmed=True,
        )
        self._typed.append(self._typed_source)
        self._kinds: dict[str, str] = {}
        self._body.addWidget(problem_label(self._typed_source))

    def _build_grades(self) -> None:
        # Credibility comes before reliability: an analyst who sees the reliability first tends to match it.
        self._caption("Credibility of this statement")
        self.credibility = GradeRow("Credibility", CREDIBILITY, self)
        self.credibility.setObjectName("credibility")
        self.credibility.picked.connect(self._pick_credibility)
        self._body.addWidget(self.credibility)
        self.grounds = QLineEdit(self)
        self.grounds.setObjectName("credibilityReason")
        self.grounds.setAccessibleName("Reason for the credibility although a check objected")
        self.grounds.setToolTip(tool_tip("Reason for the credibility although a check objected."))
        self._body.addWidget(self.grounds)
        self._typed_grounds = self._add_typed(self.grounds, "credibility_reason")
        self._grounds_pending = self._typed_grounds.pending
        self._caption("Reliability of the source")
        self.reliability = GradeRow("Reliability", RELIABILITY, self)
        self.reliability.setObjectName("reliability")
        self.reliability.picked.connect(self._pick_reliability)
        self._body.addWidget(self.reliability)
        line = self._button_line()
        flow = FlowLayout(line, spacing=6)
        self.inherit = QToolButton(line)
        self.inherit.setObjectName("inheritReliability")
        self.inherit.setAccessibleName("Use the letter of the source")
        self.inherit.setCheckable(True)
        self.inherit.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.inherit.setToolTip(tool_tip("Use the letter of the source, also after a new assessment."))
        self.inherit.clicked.connect(lambda: self._pick_reliability(None))
        self.assess = QToolButton(line)
        self.assess.setObjectName("assessSource")
        self.assess.setText("Assess the source …")
        self.assess.setAccessibleName("Assess the source")
        self.assess.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.assess.clicked.connect(self._ask_for_assessment)
        flow.addWidget(self.inherit)
        flow.addWidget(self.assess)
        self._body.addWidget(line)
        self.reason = QLineEdit(self)
        self.reason.setObjectName("reliabilityReason")
        self.reason.setAccessibleName("Why the letter of this statement differs from that of the source")
        self.reason.setPlaceholderText("Why another letter here?")
        self._body.addWidget(self.reason)
        self._typed_reason = self._add_typed(self.reason, "reliability_reason")
        self._reason_pending = self._typed_reason.pending
        self._score = TextLabel(self)
        self._score.setObjectName("admiraltyCode")
        font = self._score.font()
        font.setPointSizeF(font.pointSizeF() * 2)
        font.setBold(True)
        self._score.setFont(font)
        self._score.setToolTip(tool_tip("The Admiralty code: two judgements side by side, never one number."))
        self._score_words = self._text("", "muted")
        result = QHBoxLayout()
        result.setContentsMargins(0, 6, 0, 0)
        result.setSpacing(10)
        result.addWidget(self._score)
        result.addWidget(self._score_words, 1)
        self._body.addLayout(result)

    def _build_probability(self) -> None:
        caption = self._caption("Probability that it is true")
        self.probability = ProbabilityField(self)
        caption.setBuddy(self.probability.spin)
        self._body.addWidget(self.probability)
        self._typed_probability = self._add_typed(
            self.probability.spin,
            "probability",
            read=lambda: self.probability.value,
            show=self.probability.show_value,
            pending=self.probability.pending,
        )
        self._caption("Confidence in your judgement")
        scale = [Grade(word, "", "How sure you are of your own judgement.") for word in CONFIDENCES]
        self.confidence = GradeRow("Confidence", scale, self, padding=8)
        self.confidence.setObjectName("confidence")
        self.confidence.picked.connect(lambda word: self._write(confidence=word))
        self._body.addWidget(self.confidence)

    def _build_words(self, title: str, meaning: str, field: str, wish: Any) -> tuple[TextLabel, list[QToolButton]]:
        caption = self._caption(title)
        caption.setToolTip(tool_tip(meaning, title))
        words = self._text("")
        words.setObjectName(field)
        words.setToolTip(tool_tip(meaning, title))
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._body.addWidget(words)
        line = self._button_line()
        flow = FlowLayout(line, spacing=6)
        take = QToolButton(line)
        take.setObjectName(f"{field}FromSelection")
        take.setText("Take from selection")
        take.setAccessibleName(f"{title}: take from selection")
        take.setToolTip(tool_tip("Select the words in the text first, then press this."))
        take.clicked.connect(lambda _: wish.emit())
        clear = QToolButton(line)
        clear.setObjectName(f"{field}Clear")
        clear.setText("Clear")
        clear.setAccessibleName(f"{title}: clear")
        clear.clicked.connect(lambda: self._write(**{field: []}))
        for button in (take, clear):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            flow.addWidget(button)
        self._body.addWidget(line)
        return words, [take, clear]

    def _build_texts(self) -> None:
        """Build an editor for each text that people write; a reason stands beside its grade."""
        self._texts: dict[str, tuple[Field, QLineEdit | QPlainTextEdit, TypedField]] = {}
        for field in ANNOTATION_FIELDS:
            if not field.editor or field.reason_of:
                continue
            caption = self._caption(field.title)
            editor: QLineEdit | QPlainTextEdit
            editor = QLineEdit(self) if field.editor == "line" else self._paragraph()
            editor.setObjectName(f"{field.name}Field")
            editor.setAccessibleName(field.title)
            editor.setPlaceholderText(field.hint)
            caption.setBuddy(editor)
            self._body.addWidget(editor)
            self._texts[field.name] = field, editor, self._add_typed(editor, field.name)
        note = self._texts["note"][1]
        assert isinstance(note, QPlainTextEdit)
        self.note = note

    def _paragraph(self) -> QPlainTextEdit:
        editor = QPlainTextEdit(self)
        editor.setTabChangesFocus(True)
        editor.setToolTip("Saved while you type; Ctrl+Enter goes back to the text")
        editor.setFixedHeight(5 * self.fontMetrics().lineSpacing() + 12)
        return editor

    def _add_typed(self, widget: QWidget, field: str, **more: Any) -> TypedField:
        """Write text typed into ``widget`` to a field of the annotation shown."""

        def write(annotation_id: int, value: Any, step: str) -> AnnotatorError | None:
            return self._workspace.write_typed_fields(annotation_id, lambda _: {field: value}, step)

        typed = TypedField(widget, self._workspace.typed, "annotation", field, write, **more)
        self._typed.append(typed)
        self._body.addWidget(problem_label(typed))
        return typed

    def _build_claim(self) -> None:
        self._caption("Claim and attribution chain")
        self.claim = ClaimBlock(self._workspace, self)
        self.claim.buttons.setStyleSheet(BUTTONS.format(padding=7, checked=6))
        self.claim.claim_requested.connect(self.claim_requested)
        self.claim.chain_requested.connect(self.chain_requested)
        self._body.addWidget(self.claim)

    def _build_relations(self) -> None:
        self._caption("Relations")
        self._relations = QVBoxLayout()
        self._relations.setSpacing(2)
        self._body.addLayout(self._relations)
        self.relate = QToolButton(self)
        self.relate.setObjectName("relate")
        self.relate.setText("Relate to another annotation")
        self.relate.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.relate.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.relate)
        for kind in RELATION_KINDS:
            menu.addAction(kind, partial(self.relate_requested.emit, kind))
        self.relate.setMenu(menu)
        line = self._button_line()
        FlowLayout(line).addWidget(self.relate)
        self._body.addWidget(line)

    def _button_line(self) -> QWidget:
        line = QWidget(self)
        line.setStyleSheet(BUTTONS.format(padding=7, checked=6))
        return line

    def _caption(self, text: str) -> TextLabel:
        caption = TextLabel(text, self)
        caption.setProperty("role", "muted")
        caption.setWordWrap(True)
        self._body.addSpacing(8)
        self._body.addWidget(caption)
        return caption

    def _text(self, text: str, role: str = "") -> TextLabel:
        label = TextLabel(text, self)
        label.setWordWrap(True)
        label.setMinimumWidth(40)
        if role:
            label.setProperty("role", role)
        return label

    def _watch(self, widget: QWidget) -> None:
        widget.installEventFilter(self)
        if isinstance(widget, QComboBox | QAbstractSpinBox):
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            widget.installEventFilter(self._still_wheel)

    # --- showing --------------------------------------------------------------------------------------------------

    def _on_project_changed(self) -> None:
        self._on_vocabulary_changed()
        self._on_sources_changed()
        self._on_active_changed()

    def _show_labels(self) -> None:
        self.label.clear()
        self.label.setIconSize(swatch_size(self))
        patterns = line_patterns(self._workspace.labels)
        for label in self._workspace.labels:
            text = f"{label.name}  ({label.key})" if label.key else label.name
            self.label.addItem(swatch_icon(label, patterns[label.id], self), text, label.id)
            self.label.setItemData(self.label.count() - 1, tool_tip(label.description), Qt.ItemDataRole.ToolTipRole)
        if self._shown is not None:
            self.label.setCurrentIndex(self.label.findData(self._shown.label_id))

    def _on_vocabulary_changed(self) -> None:
        self._show_labels()
        if self.features.set_features(self._workspace.features):
            if self._shown is not None:
                self._show_features(self._shown)
            for widget in self.features.findChildren(QWidget):
                self._watch(widget)
            for before, after in pairwise((self.note, *self.features.widgets(), self.relate)):
                QWidget.setTabOrder(before, after)
        has_features = bool(self._workspace.features)
        self._features_caption.setVisible(has_features)
        self.features.setVisible(has_features)
        if self._shown is not None:
            self._refresh()
        else:
            self._show_empty()

    def _on_sources_changed(self) -> None:
        self.source.set_sources(self._workspace.sources())

    def _on_active_changed(self) -> None:
        active = self._workspace.active
        if active is self._shown and active is not None:
            return
        is_other = active is None or self._shown is None or active.id != self._shown.id
        if is_other:
            # Pending text was typed for the previous annotation, so it is written there.
            self._leave_fields()
        self._shown = active
        if active is None:
            self._show_empty()
            return
        if is_other:
            self.source.set_source(active.source_id, active.source)
            self.source.revert()
            self._area.verticalScrollBar().setValue(0)
        self._refresh()
        self.setCurrentWidget(self._area)

    def _on_annotations_changed(self, changed: list[int], gone: list[int]) -> None:
        if self._shown is None:
            return
        if self._shown.id in gone:
            self._leave_fields()
            self._shown = None
            self._show_empty()
        elif self._shown.id in changed:
            self._shown = self._workspace.annotations[self._shown.id]
            self._refresh()

    def _leave_fields(self) -> None:
        """Write pending text; refused text is kept for the annotation for which it was typed."""
        self._keep_new_source()
        for typed in self._typed:
            typed.show_row(None)
        self.features.show_row(None, "", {})

    def _on_committed(self, change: Change) -> None:
        if self._shown is not None and "relation" in change.tables():
            self._show_relations()
        if change.tables() & {"claim", "statement", "resolution", "chain_link"}:
            self._show_claim()

    def _show_empty(self) -> None:
        """Show what can be done without an active annotation; for a suggestion, its data and reason."""
        suggestion = self._workspace.suggestions.active
        if suggestion is not None:
            self._show_suggestion(suggestion)
            return
        keys = sorted(str(label.key) for label in self._workspace.labels if label.key)
        if self._workspace.project is None:
            title, text = "No project is open", "Open one, or make a new one, to begin."
        elif self._workspace.document is None:
            title, text = "No document is open", "Choose one in the list of documents."
        elif self._workspace.read_only:
            title, text = "No annotation is chosen", "Click one in the text to read about it."
        else:
            pressed = _listed(keys, "or") or "a label's key"
            title = f"Select words and press {pressed}"
            text = (
                "Without a selection the sentence at the caret is taken. Click a highlight, or press J and K, to see "
                "and grade an annotation that is there."
            )
        self._empty_title.setText(title)
        self._empty_text.setText(text)
        self.setCurrentIndex(0)

    def _show_suggestion(self, one: SuggestionRecord) -> None:
        self._empty_title.setText(f"Suggested: {one.label}, score {one.score:.2f}")
        told = [one.reason, f"by {one.engine}"]
        if not self._workspace.read_only:
            told.append(
                "Y accepts it, a label's key gives it another label, Shift+Y selects its words to be changed, "
                "Shift+N rejects it."
            )
        self._empty_text.setText("\n\n".join(part for part in told if part))
        self.setCurrentIndex(0)

    def _on_suggestion_changed(self) -> None:
        if self._shown is None:
            self._show_empty()

    def _refresh(self) -> None:
        """Show the record in every field except one in which the user is typing."""
        shown = self._shown
        if shown is None:
            return
        quote = shown.shown_quote
        self._quote.setText(f"“{quote if len(quote) <= _QUOTE_SHOWN else quote[:_QUOTE_SHOWN] + ' …'}”")
        parts = [shown.quote[span.start - shown.start : span.end - shown.start] for span in shown.fragments]
        self._fragments.setVisible(len(parts) > 1)
        self._fragments.setText("\n".join(f"{number}. {part}" for number, part in enumerate(parts, start=1)))
        self.label.setCurrentIndex(self.label.findData(shown.label_id))
        self.source.set_source(shown.source_id, shown.source)
        self._typed_source.show_row(shown.id, self._title_of("Source", shown), shown.source)
        self._show_grades(shown)
        self._typed_probability.show_row(shown.id, self._title_of("Probability", shown), shown.probability)
        self.confidence.set_code(shown.confidence)
        self._show_words(self.cue_words, self.cue_buttons, shown.cue)
        self._show_words(self.mention_words, self.mention_buttons, shown.mention)
        for field, _, typed in self._texts.values():
            typed.show_row(shown.id, self._title_of(field.title, shown), getattr(shown, field.attribute))
        self._show_features(shown)
        self._show_relations()
        self._show_claim()
        self._made.setText(self._made_line(shown))
        self._show_access()

    def _title_of(self, field: str, shown: AnnotationRecord) -> str:
        """Return the name of a field of an annotation in words."""
        return f"{field} of “{elided(shown.shown_quote, _QUOTE_IN_TITLE)}”"

    def _show_features(self, shown: AnnotationRecord) -> None:
        self.features.show_row(shown.id, elided(shown.shown_quote, _QUOTE_IN_TITLE), shown.features)

    def _show_grades(self, shown: AnnotationRecord) -> None:
        override, inherited = shown.reliability_override, shown.inherited_reliability
        self.credibility.set_code(None if shown.credibility is None else str(shown.credibility))
        self.reliability.set_code(override, inherited if override is None else None)
        if shown.source_id is None:
            text = "From the document" if inherited is None else "{letter} from the document"
        elif inherited is None:
            text = "From the source: not assessed"
        else:
            text = "{letter} from the source"
        text = text.format(letter=inherited)
        self._typed_grounds.show_row(shown.id, self._title_of("Reason", shown), shown.credibility_reason)
        self.grounds.setVisible(bool(shown.credibility_reason) or self._typed_grounds.is_unsaved)
        self.inherit.setText(text)
        self.inherit.setChecked(override is None)
        self.assess.setVisible(shown.source_id is not None)
        self.assess.setToolTip(tool_tip(f"Assess {shown.source}: all its annotations inherit the letter."))
        self._typed_reason.show_row(shown.id, self._title_of("Reason", shown), shown.reliability_reason)
        self.reason.setVisible(override is not None or self._typed_reason.is_unsaved)
        letter = next((grade.words for grade in RELIABILITY if grade.code == shown.reliability), "")
        digit = next((grade.words for grade in CREDIBILITY if grade.code == str(shown.credibility)), "")
        lines = [
            f"source: {letter}" if letter else "",
            f"statement: {digit}" if digit else "",
        ]
        self._score.setText(shown.score)
        self._score.setVisible(bool(shown.score))
        self._score.setAccessibleName(f"Reliability score {shown.score}")
        self._score_words.setText("\n".join(filter(None, lines)) or "Not graded yet")

    def _show_claim(self) -> None:
        if self._shown is None:
            return
        try:
            self.claim.show_annotation(self._shown)
        except AnnotatorError as error:
            self._workspace.failed.emit(str(error))

    def _show_words(self, words: TextLabel, buttons: list[QToolButton], spans: tuple[Span, ...]) -> None:
        document = self._workspace.document
        quoted = FRAGMENT_GAP.join(span.of(document.text) for span in spans) if document is not None else ""
        words.setText(f"“{quoted}”" if spans else "none")
        words.setEnabled(bool(spans))
        buttons[1].setVisible(bool(spans))

    def _show_relations(self) -> None:
        shown = self._shown
        while self._relations.count():
            item = self._relations.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if shown is None or self._workspace.project is None:
            return
        found = self._workspace.relations(shown.id)
        others = {entry.to_id if entry.from_id == shown.id else entry.from_id for entry in found}
        records = {id: self._workspace.annotations[id] for id in others if id in self._workspace.annotations}
        if missing := others - records.keys():
            records |= {record.id: record for record in self._workspace.project.read.annotations.all(ids=missing)}
        for entry in found:
            other = records.get(entry.to_id if entry.from_id == shown.id else entry.from_id)
            if other is not None:
                self._relations.addWidget(self._relation_row(entry, other, is_from=entry.from_id == shown.id))

    def _relation_row(self, relation: RelationRecord, other: AnnotationRecord, *, is_from: bool) -> QWidget:
        row = QWidget(self._fields)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        quote = other.shown_quote
        short = quote if len(quote) <= 80 else quote[:80] + " …"
        pattern = "{kind} “{quote}”" if is_from else "“{quote}” {kind} this"
        words = self._text(pattern.format(kind=relation.kind, quote=short))
        if relation.note:
            words.setToolTip(tool_tip(relation.note))
        show = QToolButton(row)
        show.setIcon(icon("next"))
        show.setAccessibleName("Show the other annotation")
        show.setToolTip("Show the other annotation")
        show.clicked.connect(lambda: self._go_to(other))
        remove = QToolButton(row)
        remove.setIcon(icon("close"))
        remove.setAccessibleName(f"Remove the relation {relation.kind}")
        remove.setToolTip("Remove this relation")
        remove.setEnabled(not self._workspace.read_only)
        remove.clicked.connect(lambda: self._workspace.perform(annotating.unrelate(relation)))
        layout.addWidget(words, 1)
        for button in (show, remove):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.installEventFilter(self)
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _go_to(self, other: AnnotationRecord) -> None:
        if other.id in self._workspace.annotations:
            self.jump_requested.emit(other.id)
        else:
            self.hit_requested.emit(other.document_id, other.span)
        self._workspace.set_active(other.id)

    def _made_line(self, shown: AnnotationRecord) -> str:
        by = shown.annotator
        if shown.created_by != "person":
            by = f"{by}, proposed by {shown.created_by}"
        line = f"Made by {by} on {_moment(shown.created_at)}"
        if shown.updated_at != shown.created_at:
            line += f", changed on {_moment(shown.updated_at)}"
        return f"{line}."

    def _show_access(self) -> None:
        """Disable the fields if the project is open for reading only, and show why."""
        may_write = not self._workspace.read_only
        self._notice.setVisible(not may_write)
        self._notice.setText("" if may_write else self._workspace.notice or READ_ONLY_REASON)
        for widget in (
            self.label, self.source, self.credibility, self.grounds, self.reliability, self.inherit, self.assess,
            self.reason, self.probability, self.confidence, self.features, self.relate, *self.cue_buttons,
            *self.mention_buttons,
        ):  # fmt: skip
            widget.setEnabled(may_write)
        for _, editor, _ in self._texts.values():
            editor.setReadOnly(not may_write)

    # --- writing --------------------------------------------------------------------------------------------------

    def _write(self, **fields: Any) -> None:
        """Write chosen fields; a refusal is reported, and the fields show the stored values."""
        if self._shown is None or self._workspace.read_only:
            return
        if self._workspace.update(self._shown, **fields) is Outcome.REFUSED:
            self._refresh()

    def _write_feature(self, name: str, value: Any) -> None:
        if self._shown is not None:
            self._write(features=_with_feature(self._shown, name, value))

    def _write_typed_feature(self, annotation_id: int, name: str, value: Any, step: str) -> AnnotatorError | None:
        def fields(held: AnnotationRecord) -> dict[str, Any]:
            return {"features": _with_feature(held, name, value)}

        return self._workspace.write_typed_fields(annotation_id, fields, step)

    def _offered_sources(self) -> list[str]:
        """Return the possible sources that the text around the annotation names."""
        shown, document = self._shown, self._workspace.document
        if shown is None or document is None or document.id != shown.document_id:
            return []
        # Imported on first use to keep the start of the window fast.
        from annotator.services.annotations.source_candidates import offers

        return offers(document.text, shown.fragments, self._workspace.sources(), document.language)

    def _pick_credibility(self, code: str | None) -> None:
        shown = self._shown
        if shown is None:
            return
        # The workspace asks for a reason if a check refuses the credibility.
        self._workspace.update(shown, credibility=None if code is None else int(code))
        if self._shown is shown:
            self._show_grades(shown)

    def _pick_reliability(self, letter: str | None) -> None:
        self._reason_pending.flush()
        shown = self._shown
        if shown is None:
            return
        if letter is None:
            self._typed_reason.discard()
            self._write(reliability=None, reliability_reason="")
        else:
            self._write(reliability=letter)
            if not self.reason.text():
                self._focus(self.reason)
        # Pressing the button toggled it even if nothing was changed.
        if self._shown is shown:
            self._show_grades(shown)

    def _take_source(self) -> None:
        """Set the source in the field; a name that is not in the registry is added to it."""
        shown, name = self._shown, self.source.typed
        if shown is None or self._workspace.read_only:
            return
        self._kinds[name] = self.source.kind.currentText()
        self._typed_source.save()
        if self._typed_source.is_unsaved:
            self.source.set_source(shown.source_id, shown.source)
            self.source.edit.setText(name)

    def _keep_new_source(self) -> None:
        """Keep a typed new name that was not confirmed for its annotation, marked as not saved."""
        if self.source.is_new:
            name = self.source.typed
            self._typed_source.keep_unconfirmed(
                f"{name} is not among the sources yet: press Enter in the field to add it."
            )
        else:
            self._typed_source.forget_unconfirmed()

    def _write_source(self, annotation_id: int, name: Any, step: str) -> AnnotatorError | None:
        """Write the source of an annotation, and a new entry of the registry, as one change."""
        is_new = False
        kind = self._kinds.get(name, "person")

        def plan(project: Project) -> Change:
            nonlocal is_new
            held = project.read.annotations.one(annotation_id)
            found = sources.find(project, name) if name else None
            is_new = bool(name) and found is None
            if not is_new:
                return annotating.update(project, held, "", source_id=None if found is None else found.id)
            id, added = sources.add(project, name, kind)
            return Change(added.title, (*added.edits, *annotating.update(project, held, "", source_id=id).edits))

        error = self._workspace.write_typed(plan, step)
        if error is None and is_new:
            self._workspace.told.emit(f"{name} is a new source ({kind}).", True)
        return error

    def _ask_for_assessment(self) -> None:
        if self._shown is not None and self._shown.source_id is not None:
            self.assess_requested.emit(self._shown.source_id)

    # --- keys -----------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            is_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            is_finishing = isinstance(watched, QPlainTextEdit) and event.key() in _FINISHING and is_control
            if event.type() == QEvent.Type.ShortcutOverride:
                if is_finishing:
                    # Here the key belongs to the text field instead of an action of the window.
                    event.accept()
                    return True
            elif is_finishing or event.key() == Qt.Key.Key_Escape:
                self._leave()
                return True
        return super().eventFilter(watched, event)

    def _leave(self) -> None:
        self.flush()
        if self.source.is_being_typed and not self._typed_source.is_unsaved:
            self.source.revert()
        self.leave_requested.emit()


def _with_feature(annotation: AnnotationRecord, name: str, value: Any) -> dict[str, Any]:
    """Return the features of an annotation with one value changed, or removed if the value is None."""
    values = {key: kept for key, kept in annotation.features.items() if key != name}
    return values if value is None else {**values, name: value}


def _narrow(box: QComboBox) -> None:
    """Allow a combo box to be narrower than its longest entry."""
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(8)


def _moment(text: str) -> str:
    """Return a stored time in local time and the format of the desktop; any other text unchanged."""
    moment = QDateTime.fromString(text, Qt.DateFormat.ISODateWithMs)
    return QLocale().toString(moment.toLocalTime(), QLocale.FormatType.ShortFormat) if moment.isValid() else text


def _listed(words: list[str], conjunction: str) -> str:
    """Return a list in words: ``1, 2 or 3``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"
