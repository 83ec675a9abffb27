"""Commands for suggestions: make, go to the next, accept, correct, reject, and accept many at once."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from annotator import settings as s
from annotator.app.background.worker_process import in_process, parts_from_process
from annotator.app.reader.command_host import CommandHost
from annotator.app.suggestions.docked_views import SUGGESTIONS
from annotator.domain.changes import Change
from annotator.domain.conditions import SuggestionBounds
from annotator.domain.records import LabelRecord, Proposed, SuggestionRecord
from annotator.domain.spans import Span, trimmed
from annotator.domain.wording import counted
from annotator.files.user_folders import models_path, word_lists_path
from annotator.services.projects.open_project import Project

if TYPE_CHECKING:
    from annotator.app.background.jobs import Progress
    from annotator.app.suggestions.train_dialog import TrainDialog
    from annotator.services.suggestions.suggesting import Outcome, SuggestionMethod

_REST = 1_500
"""Milliseconds without new documents before suggestions are made for them."""

_NONE_ACTIVE = "Choose a suggestion first: {suggest.next} goes to the next."


class SuggestCommands:
    """Handlers of the actions about suggestions; dialogs are imported when they are opened."""

    def __init__(self, host: CommandHost) -> None:
        self._host = host
        self._workspace = host.workspace
        self._suggestions = host.workspace.suggestions
        self._is_running = False
        self._soon = QTimer(host.dialog_parent, singleShot=True, interval=_REST)
        self._soon.timeout.connect(self._read_new)
        self._workspace.committed.connect(self._on_committed)
        self._workspace.project_closed.connect(self._soon.stop)

    # --- making them --------------------------------------------------------------------------------------------------

    def suggest_run(self) -> None:
        """Make suggestions for every document with changes, in another process."""
        self._run(self._report)

    def _on_committed(self, change: Change) -> None:
        """Make suggestions for new documents too, if suggestions are used in this project."""
        if any(edit.table == "document" and edit.before is None for edit in change.edits):
            self._soon.start()

    def _read_new(self) -> None:
        from annotator.services.suggestions import suggesting

        project = self._workspace.project
        if project is None or project.read_only or not self._host.settings.get(s.SUGGEST_NEW):
            return
        if self._host.jobs.running:
            self._soon.start()
        elif suggesting.is_in_use(project):
            self._run(self._report_if_new)

    def _run(self, then: "Callable[[Project, Outcome], None]") -> None:
        from annotator.services.suggestions import suggesting

        project = self._workspace.project
        if project is None or self._is_running:
            return
        method = self._method(self._host.state.suggester(project.path))

        def work(progress: "Progress", cancelled: Callable[[], bool]) -> "Outcome":
            def proposing(path: Path, method: "SuggestionMethod", ids: Sequence[int]) -> Iterator[Proposed]:
                # Starting a process takes a second, so it is started only if there is work.
                return parts_from_process(suggesting.proposed, cancelled, path, method, ids) if ids else iter(())

            return suggesting.run(project, method, progress=progress, proposing=proposing)

        self._is_running = True
        job = self._host.jobs.run(
            "Suggest",
            work,
            on_success=lambda outcome: then(project, outcome),
            on_cancel=lambda: self._notify(project, "Suggest: cancelled; what was suggested until then stays."),
        )
        job.finished.connect(self._on_finished)

    def _report(self, project: Project, outcome: "Outcome") -> None:
        self._notify(project, outcome.sentence())

    def _report_if_new(self, project: Project, outcome: "Outcome") -> None:
        """Report the result of a run that the user did not request only if there are new suggestions."""
        if outcome.proposed:
            self._notify(project, outcome.sentence())

    def _notify(self, project: Project, sentence: str) -> None:
        if self._workspace.project is project:
            self._workspace.notified.emit(sentence, False)

    def _on_finished(self) -> None:
        self._is_running = False

    def _method(self, model: Path | None, grammar: bool | None = None) -> "SuggestionMethod":
        from annotator.services.suggestions.suggesting import SuggestionMethod

        is_parsed = self._host.settings.get(s.SUGGEST_GRAMMAR) if grammar is None else grammar
        return SuggestionMethod(word_lists_path(), is_parsed, model)

    # --- what makes them ----------------------------------------------------------------------------------------------

    def suggest_model(self) -> None:
        """Choose the suggestion method and its minimum score; then read the documents that it has not read."""
        from annotator.app.suggestions.suggester_dialog import SuggesterDialog

        project = self._workspace.project
        if project is None:
            return
        state = self._host.state
        dialog = SuggesterDialog(
            self._workspace, models_path(), state.suggester(project.path), self._host.dialog_parent
        )

        def use() -> None:
            state.remember_suggester(project.path, dialog.chosen)
            if (least := dialog.least) is not None:
                self._suggestions.choose(least=least)
            if not project.read_only:
                self.suggest_run()

        dialog.accepted.connect(use)
        dialog.train_requested.connect(self.suggest_train)
        dialog.open()

    def suggest_evaluate(self) -> None:
        """Compare annotations or suggestions with gold."""
        from annotator.app.suggestions.evaluation_dialog import EvaluationDialog

        project = self._workspace.project
        if project is None:
            return
        method = self._method(self._host.state.suggester(project.path))
        EvaluationDialog(self._workspace, self._host.jobs, method, self._host.dialog_parent).show()

    def suggest_train(self) -> None:
        """Train a model on this project in another process; then use it for this project."""
        from annotator.app.suggestions.train_dialog import TrainDialog

        project = self._workspace.project
        if project is None:
            return
        grammar = self._host.settings.get(s.SUGGEST_GRAMMAR)
        dialog = TrainDialog(project, models_path(), grammar, self._host.dialog_parent)
        dialog.on_accept_begin(lambda: self._train(project, dialog))
        self._workspace.project_closed.connect(dialog.give_up)
        dialog.open()

    def _train(self, project: Project, dialog: "TrainDialog") -> None:
        """Train with the settings of ``dialog``, which is hidden meanwhile and, after a failure, shown again."""
        folder, name, method = dialog.folder, dialog.name, self._method(None, dialog.grammar)

        def work(progress: "Progress", cancelled: Callable[[], bool]) -> tuple[float, str]:
            from annotator.services.suggestions.training import least_score, train_model

            card, sentence = in_process(train_model, progress, cancelled, project.path, folder, name, method)
            outcome = f"{sentence} “{card.name}” is trained."
            advice = "To see how good it is, open Suggestion method in the menu Suggest."
            return least_score(card), f"{outcome} {advice}"

        def trained(made: tuple[float, str]) -> None:
            least, sentence = made
            dialog.finish()
            self._host.state.remember_suggester(project.path, folder)
            self._notify(project, sentence)
            if self._workspace.project is project:
                self._suggestions.choose(least=least)
                self.suggest_run()

        def cancelled() -> None:
            dialog.give_up()
            self._notify(project, f"Train {name}: cancelled; no model was written.")

        dialog.hide()
        self._host.jobs.run(f"Train {name}", work, on_success=trained, on_failure=dialog.refuse, on_cancel=cancelled)

    # --- walking them -------------------------------------------------------------------------------------------------

    def suggest_next(self) -> None:
        """Go to the next suggestion of the queue."""
        self._walk(forward=True)

    def suggest_previous(self) -> None:
        """Go to the previous suggestion of the queue."""
        self._walk(forward=False)

    def suggest_show(self, is_shown: bool) -> None:
        """Show the suggestions in the text, or hide them."""
        self._suggestions.choose(is_shown=is_shown)

    def show_suggestion(self, one: SuggestionRecord) -> None:
        """Make a suggestion active and show it in its document."""
        if self._workspace.document is None or self._workspace.document.id != one.document_id:
            self._workspace.open_document(one.document_id)
        if not self._suggestions.is_shown:
            self._host.action("suggest.show").setChecked(True)
            self._suggestions.choose(is_shown=True)
        self._suggestions.set_active(one)
        view = self._host.reading.view
        view.set_caret(one.start)
        view.scroll_to(Span(one.start, one.end))

    def _walk(self, forward: bool) -> None:
        found = self._suggestions.beyond(forward)
        if found is not None:
            self.show_suggestion(found)
            return
        here, everywhere = self._suggestions.counts()
        if not everywhere:
            keys = self._workspace.keys
            sentence = keys.fill("No suggestion waits for an answer. {suggest.run} reads what is new.")
        elif self._suggestions.is_project_wide or not everywhere - here:
            sentence = f"There is no {'next' if forward else 'previous'} suggestion."
        else:
            sentence = "No other suggestion in this document; more wait in others, which the list can walk too."
        self._workspace.notified.emit(sentence, False)

    # --- answering ----------------------------------------------------------------------------------------------------

    def suggest_accept(self) -> None:
        """Accept the active suggestion, with the selected words if they overlap it."""
        if (one := self._active()) is not None:
            self.accept(one)

    def suggest_correct(self) -> None:
        """Select the suggested words, so that they can be changed before they are accepted or labelled."""
        if (one := self._active()) is not None:
            self._host.reading.view.select(one.start, one.end)
            sentence = "Change the selection; then a label or {suggest.accept} takes it."
            self._workspace.notified.emit(self._workspace.keys.fill(sentence), False)

    def suggest_reject(self) -> None:
        """Reject the active suggestion, or those selected in the list."""
        from annotator.services.suggestions import suggesting

        chosen = self._chosen()
        if not chosen:
            return
        following = self._after(chosen)
        change = self._workspace.attempt("Reject", lambda project: suggesting.reject(project, chosen))
        if change is not None:
            self._suggestions.take_out(chosen)
            if len(chosen) > 1:
                self._workspace.notified.emit(change.sentence, True)
            self._go_on(following)

    def suggest_accept_all(self) -> None:
        """Accept all with a minimum score, in the document or the project, after showing how many they are."""
        from annotator.app.suggestions.accept_all_dialog import AcceptAllDialog

        if self._workspace.project is None:
            return
        dialog = AcceptAllDialog(self._workspace, self._chosen_in_list(), self._host.dialog_parent)
        dialog.accepted.connect(lambda: self._accept_many(dialog.bounds(), dialog.chosen()))
        dialog.open()

    def label(self, label: LabelRecord, span: Span | None) -> bool:
        """Answer the active suggestion with a label; return whether the key applied to it.

        It applies if nothing is selected, or if the selection overlaps the suggestion.
        """
        one = self._suggestions.active
        if one is None or (span is not None and not span.overlaps(Span(one.start, one.end))):
            return False
        self.accept(one, label)
        return True

    def accept(self, one: SuggestionRecord, label: LabelRecord | None = None) -> None:
        """Accept a suggestion; with another label or other selected words it counts as corrected."""
        from annotator.services.suggestions import suggesting

        following = self._after([one])
        label_id, fragments = None if label is None else label.id, self._selected_over(one)
        change = self._workspace.attempt(
            "Accept the suggestion",
            lambda project: suggesting.accept(project, one, label_id=label_id, fragments=fragments)[1],
        )
        if change is None:
            return
        id = next(edit.id for edit in change.edits if edit.table == "annotation")
        self._suggestions.take_out([one])
        view = self._host.reading.view
        view.set_caret(view.caret())
        if following is not None:
            self._go_on(following)
        else:
            self._workspace.set_active(id)

    def _selected_over(self, one: SuggestionRecord) -> list[Span] | None:
        """Return the selected words if they overlap a suggestion of this document and differ from it; else None."""
        view, document = self._host.reading.view, self._workspace.document
        span = view.selected_span()
        if span is None or document is None or document.id != one.document_id:
            return None
        words = trimmed(view.text, span)
        if words is None or words == Span(one.start, one.end) or not words.overlaps(Span(one.start, one.end)):
            return None
        return [words]

    def _accept_many(self, bounds: SuggestionBounds, chosen: Sequence[SuggestionRecord]) -> None:
        from annotator.services.suggestions import suggesting

        project = self._workspace.project
        if project is None:
            return
        found = chosen or suggesting.listed(project, bounds)
        if not found:
            self._workspace.notified.emit("No suggestion has that score, so nothing was accepted.", False)
            return
        title = f"Accept {counted(len(found), 'suggestion')}"
        self._workspace.perform_many(title, lambda project: suggesting.accept_all(project, found))

    # --- which is meant -----------------------------------------------------------------------------------------------

    def _active(self) -> SuggestionRecord | None:
        """Return the active suggestion, or the current one of the list if that has the focus."""
        table = self._host.view(SUGGESTIONS).table
        one = self._host.view(SUGGESTIONS).current() if table.hasFocus() else self._suggestions.active
        if one is None:
            self._workspace.notified.emit(self._workspace.keys.fill(_NONE_ACTIVE), False)
        return one

    def _chosen_in_list(self) -> list[SuggestionRecord]:
        """Return the suggestions selected in the list if that has the focus."""
        view = self._host.view(SUGGESTIONS)
        return view.selected() if view.table.hasFocus() else []

    def _chosen(self) -> list[SuggestionRecord]:
        chosen = self._chosen_in_list()
        if chosen:
            return chosen
        one = self._active()
        return [] if one is None else [one]

    def _after(self, chosen: Sequence[SuggestionRecord]) -> SuggestionRecord | None:
        """Return the next suggestion after these: in the list as filtered and sorted, or in the queue."""
        ids = {one.id for one in chosen}
        table = self._host.view(SUGGESTIONS).table
        queue: Sequence[SuggestionRecord] = table.records.shown if table.hasFocus() else self._suggestions.queue()
        places = [place for place, one in enumerate(queue) if one.id in ids]
        start = places[-1] + 1 if places else 0
        is_hidden = self._workspace.label_filter.is_hidden
        return next((one for one in queue[start:] if not is_hidden(one.label_id)), None)

    def _go_on(self, following: SuggestionRecord | None) -> None:
        """Go to the next suggestion; the focus stays in the list if it is there."""
        if following is None:
            return
        table = self._host.view(SUGGESTIONS).table
        was_in_list = table.hasFocus()
        self.show_suggestion(following)
        if was_in_list:
            table.setFocus()
