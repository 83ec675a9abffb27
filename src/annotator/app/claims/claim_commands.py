"""Commands for claims and attribution chains of the active annotation."""

from PySide6.QtCore import Qt

from annotator.app.claims.docked_views import CLAIMS
from annotator.app.hypotheses.docked_views import HYPOTHESES
from annotator.app.reader.command_host import CommandHost
from annotator.domain.errors import AnnotatorError
from annotator.domain.wording import with_full_stop
from annotator.services.claims import claim_suggestions, claims


class ClaimCommands:
    """Handlers of the actions about claims; dialogs are imported when they are opened."""

    def __init__(self, host: CommandHost) -> None:
        self._host = host
        self._workspace = host.workspace

    def claim_make(self) -> None:
        """Make a claim that the active annotation states, or those selected in the table."""
        from annotator.app.claims.claim_dialogs import ClaimDialog

        project, active, ids = self._workspace.project, self._workspace.active, self._ids()
        if project is None or active is None:
            return
        view = self._host.view(CLAIMS)
        dialog = ClaimDialog(_as_sentence(active.shown_quote), topics=view.topics(), parent=self._host.dialog_parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def make() -> int:
            given = dialog.fields()
            id, change = claims.add(project, given["text"], ids, topic=given["topic"], note=given["note"])
            self._workspace.write(change)
            self._workspace.notified.emit(change.sentence, True)
            return id

        dialog.on_accept(make)
        dialog.open()

    def claim_state(self) -> None:
        """Ask which claim the active annotation states."""
        self._choose("states")

    def claim_deny(self) -> None:
        """Ask which claim the active annotation denies."""
        self._choose("denies")

    def claim_open(self) -> None:
        """Show the claim that the active annotation states."""
        claim_id = self._claim_of_active()
        if claim_id is None:
            sentence = "The annotation states no claim yet: {claim.state} chooses one, {claim.make} makes one."
            self._workspace.notified.emit(self._workspace.keys.fill(sentence), False)
            return
        self._show(claim_id)

    def claim_chain(self) -> None:
        """Show and edit the attribution chain of the active annotation."""
        from annotator.app.claims.chain_dialog import ChainDialog

        active = self._workspace.active
        if active is not None:
            dialog = ChainDialog(self._workspace, active, self._host.dialog_parent)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def claim_weigh(self) -> None:
        """Weigh the active annotation, or those selected in the table, as evidence."""
        self._host.view(HYPOTHESES).add_evidence(self._ids())

    def claim_suggest(self) -> None:
        """Find annotations that may state the same claim, in a job."""
        from annotator.app.claims.suggested_claims_dialog import ClaimSuggestionsDialog

        project = self._workspace.project
        if project is None:
            return

        def show(found: list[claim_suggestions.Cluster]) -> None:
            if not found:
                self._workspace.notified.emit("No two annotations seem to state the same claim.", False)
                return
            dialog = ClaimSuggestionsDialog(self._workspace, found, self._host.dialog_parent)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

        self._host.jobs.run(
            "Look for claims",
            lambda progress, _cancelled: claim_suggestions.suggested(project, progress),
            on_success=show,
        )

    def _choose(self, stance: str) -> None:
        from annotator.app.claims.claim_dialogs import ClaimChooser

        project, active, ids = self._workspace.project, self._workspace.active, self._ids()
        if project is None or active is None:
            return
        try:
            known = project.read.claims.all()
            likely = self._likely(active.id)
        except AnnotatorError as error:
            self._workspace.error_occurred.emit(str(error))
            return
        title = "Which claim does it state?" if stance == "states" else "Which claim does it deny?"
        dialog = ClaimChooser(known, title, likely, self._host.dialog_parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def take() -> None:
            if dialog.chosen is None:
                text = dialog.typed() or _as_sentence(active.shown_quote)
                _, change = claims.add(project, text, ids, stance=stance)
            else:
                change = claims.state(project, dialog.chosen, ids, stance)
            self._workspace.write(change)
            is_new = bool(change.edits)
            self._workspace.notified.emit(change.sentence if is_new else "It does so already.", is_new)

        dialog.on_accept(take)
        dialog.open()

    def _likely(self, annotation_id: int) -> list[int]:
        """Return the ids of at most three claims of similar annotations, the most similar first."""
        project = self._workspace.project
        assert project is not None
        similar = [pair.other_id for pair in claim_suggestions.alike(project, annotation_id)]
        claim_ids = {one.annotation_id: one.claim_id for one in project.read.claims.statements(annotation_ids=similar)}
        return list(dict.fromkeys(claim_ids[id] for id in similar if id in claim_ids))[:3]

    def _claim_of_active(self) -> int | None:
        project, active = self._workspace.project, self._workspace.active
        if project is None or active is None:
            return None
        stated = project.read.claims.statements(annotation_ids=[active.id])
        return stated[0].claim_id if stated else None

    def _show(self, claim_id: int) -> None:
        self._host.show_view(CLAIMS).show_claim(claim_id)

    def _ids(self) -> list[int]:
        active = self._workspace.active
        chosen = self._host.chosen_annotations()
        return chosen or ([] if active is None else [active.id])


def _as_sentence(quote: str) -> str:
    """Return the words of an annotation as a first draft of a claim."""
    words = quote.strip().strip("“”„\"'«»").strip().rstrip(",;: ")
    sentence = words[:1].upper() + words[1:]
    return with_full_stop(sentence)
