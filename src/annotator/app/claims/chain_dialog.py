"""The attribution chain of one annotation: the source, the relays, and the true origin."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from annotator.app.claims.chain_graph import ChainGraph, Named
from annotator.app.state.workspace import Workspace
from annotator.app.widgets.designer_form import size_for_font
from annotator.app.widgets.source_field import SourceField
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.writing_dialog import WritingDialog
from annotator.domain.changes import Change
from annotator.domain.errors import AnnotatorError
from annotator.domain.fixed_choices import CHAIN_ROLES
from annotator.domain.records import AnnotationRecord, ChainLinkRecord
from annotator.domain.wording import elided
from annotator.services.claims import chains
from annotator.services.sources import sources

_ROLES = {
    "origin": "Origin: where it comes from in truth",
    "relay": "Relay: it passed it on",
}


class ChainDialog(WritingDialog):
    """Shows the chain as a graph, and adds or removes stations; each change is one step of undo."""

    asks_always = True

    def __init__(self, workspace: Workspace, annotation: AnnotationRecord, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chainDialog")
        self.setWindowTitle("Attribution chain")
        self._workspace = workspace
        self._annotation = annotation
        quote = TextLabel(f"“{elided(annotation.shown_quote, 200)}”", self)
        quote.setWordWrap(True)
        self.graph = ChainGraph(self)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.graph)
        scroll.setMinimumHeight(self.fontMetrics().lineSpacing() * 7)
        self.links = QListWidget(self)
        self.links.setObjectName("chainLinks")
        self.links.setAccessibleName("Stations that were put into the chain")
        self.links.setMaximumHeight(self.fontMetrics().lineSpacing() * 6)
        self._build_fields()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        form = QGridLayout()
        form.addWidget(self.source, 0, 0)
        form.addWidget(self.role, 0, 1)
        form.addWidget(self.note, 1, 0)
        form.addWidget(self.checked, 1, 1)
        form.addWidget(self.add_button, 2, 1)
        form.addWidget(self.remove_button, 2, 0)
        form.setColumnStretch(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        for part in (quote, scroll, self.links):
            layout.addWidget(part)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)
        buttons.rejected.connect(self.reject)
        self._connect()
        self._show()
        self.source.edit.setFocus()
        size_for_font(self, 620, 0)

    def _build_fields(self) -> None:
        self.source = SourceField(kind="outlet")
        self.source.setObjectName("chainSource")
        self.source.edit.setPlaceholderText("Name of the station")
        self.role = QComboBox(self)
        self.role.setObjectName("chainRole")
        for role in CHAIN_ROLES:
            self.role.addItem(_ROLES[role], role)
        self.checked = QCheckBox("It says that it &checked for itself", self)
        self.checked.setObjectName("chainChecked")
        self.note = QLineEdit(self)
        self.note.setObjectName("chainNote")
        self.note.setPlaceholderText("How you know")
        self.note.setAccessibleName("How you know")
        self.add_button = QPushButton("&Add to the chain", self)
        self.add_button.setObjectName("addLink")
        self.add_button.setAutoDefault(False)
        self.remove_button = QPushButton("Take &out", self)
        self.remove_button.setObjectName("removeLink")
        self.remove_button.setAutoDefault(False)

    def _connect(self) -> None:
        self.add_button.clicked.connect(self.add)
        self.remove_button.clicked.connect(self.remove)
        self.links.currentRowChanged.connect(lambda _: self._enable())
        self.source.edited.connect(self._enable)
        self.source.chosen.connect(lambda _: self._enable())
        self.source.new_requested.connect(lambda *_: self.role.setFocus())
        self._workspace.committed.connect(self._on_committed)
        self._workspace.project_closed.connect(self.give_up)

    def add(self) -> None:
        """Add the source in the field to the chain; a source missing from the registry is created."""
        project, name = self._workspace.project, self.source.typed
        if project is None or not name:
            return
        role = self.role.currentData()
        try:
            self.source.check_choice()
            found = sources.find(project, name)
            if found is None:
                _, made = sources.add(project, name, self.source.kind.currentText())
                self._workspace.write(made)
                found = sources.named(project, name)
            change = chains.link(
                project, self._annotation, found, role, checked=self.checked.isChecked(), note=self.note.text()
            )
            self._workspace.write(change)
        except AnnotatorError as error:
            self.refuse(str(error))
            return
        self.refuse("")
        if change.edits:
            self.source.set_source(None, "")
            self.source.edit.clear()
            self.note.clear()
            self.checked.setChecked(False)
        self._show()

    def remove(self) -> None:
        """Remove the selected station."""
        item = self.links.currentItem()
        if item is not None:
            self._workspace.perform(chains.unlink([item.data(Qt.ItemDataRole.UserRole)]))
            self._show()

    def _on_committed(self, change: Change) -> None:
        if change.tables() & {"chain_link", "annotation", "source"}:
            self._show()

    def _show(self) -> None:
        project = self._workspace.project
        if project is None:
            return
        registry = self._workspace.sources()
        self.source.set_sources(registry)
        names = {source.id: Named(source.name, source.reliability) for source in registry}
        links = project.read.claims.chain_links(annotation_ids=[self._annotation.id])
        stations = chains.chain_of(project, self._annotation.id)
        self.graph.set_chains([stations], names, "Nobody is named, and the document has no outlet.")
        row = self.links.currentRow()
        self.links.clear()
        for link in links:
            item = QListWidgetItem(_words(link), self.links)
            item.setData(Qt.ItemDataRole.UserRole, link)
        self.links.setVisible(bool(links))
        self.links.setCurrentRow(min(row, len(links) - 1))
        self._enable()

    def _enable(self) -> None:
        can_write = not self._workspace.read_only
        self.add_button.setEnabled(can_write and bool(self.source.typed))
        self.remove_button.setEnabled(can_write and self.links.currentItem() is not None)
        self.remove_button.setVisible(self.links.count() > 0)


def _words(link: ChainLinkRecord) -> str:
    parts = [link.source, link.role, "checked it" if link.checked else "", link.note]
    return " · ".join(filter(None, parts))
