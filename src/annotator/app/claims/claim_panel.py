"""The part of the inspector about the claim that an annotation states, and its attribution chain."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from annotator.app.state.action_keys import KeyTip
from annotator.app.state.workspace import Workspace
from annotator.app.widgets.flow_layout import FlowLayout
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.records import AnnotationRecord
from annotator.domain.wording import elided
from annotator.services.claims import chains


class ClaimBlock(QWidget):
    """Shows which claim an annotation states, its verdict, and the attribution chain of the statement."""

    claim_requested = Signal()
    chain_requested = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.claim = TextLabel(self)
        self.claim.setObjectName("claimOfAnnotation")
        self.chain = TextLabel(self)
        self.chain.setObjectName("chainOfAnnotation")
        self.chain.setProperty("role", "muted")
        for words in (self.claim, self.chain):
            words.setWordWrap(True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.show_button = self._button("showClaim", "Show the claim", "Shows the claim", "claim.open")
        self.chain_button = self._button("showChain", "Chain …", "Shows and edits the chain", "claim.chain")
        self.show_button.clicked.connect(self.claim_requested)
        self.chain_button.clicked.connect(self.chain_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.claim)
        layout.addWidget(self.chain)
        self.buttons = QWidget(self)
        flow = FlowLayout(self.buttons, spacing=6)
        flow.addWidget(self.show_button)
        flow.addWidget(self.chain_button)
        layout.addWidget(self.buttons)

    def show_annotation(self, annotation: AnnotationRecord) -> None:
        """Show the claim and the chain of an annotation. Raise AnnotatorError."""
        project = self._workspace.project
        if project is None:
            return
        stated = project.read.claims.statements(annotation_ids=[annotation.id])
        claim = project.read.claims.one(stated[0].claim_id) if stated else None
        if claim is None:
            self.claim.setText("States no claim yet")
        else:
            words = "States: {text}" if stated[0].stance == "states" else "Denies: {text}"
            self.claim.setText(f"{words.format(text=elided(claim.text, 200))} ({claim.verdict})")
        self.claim.setEnabled(claim is not None)
        self.show_button.setVisible(claim is not None)
        names = {source.id: source.name for source in self._workspace.sources()}
        stations = chains.chain_of(project, annotation.id)
        origins = [names.get(one.source_id, "") for one in stations if one.role == "origin"]
        passed = [names.get(one.source_id, "") for one in stations if one.role != "origin"]
        self.chain.setText(" → ".join(filter(None, [", ".join(origins), *passed])))
        self.chain.setVisible(bool(stations))

    def _button(self, name: str, title: str, tip: str, id: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setText(title)
        KeyTip(button, self._workspace.keys, tip, id)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button
