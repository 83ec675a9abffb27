"""The history: every change of the project, or those of the active annotation, newest first."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QVBoxLayout, QWidget

from annotator.app.state.workspace import Workspace
from annotator.app.style.theme import theme_in_use
from annotator.app.widgets.records.columns import Column, Swatch, one_line
from annotator.app.widgets.records.filter_bar import CountLabel
from annotator.app.widgets.records.record_model import RecordModel
from annotator.app.widgets.records.record_table import RecordTable
from annotator.domain.changes import Change, Edit
from annotator.domain.dates import local_time
from annotator.domain.errors import AnnotatorError
from annotator.domain.records import ChangeRecord
from annotator.domain.wording import counted

PAGE = 200
"""Entries read at first; each further page is as long as all pages before it, so that reading all takes linear time."""

FOLLOW_DELAY = 120
"""Milliseconds before the history of another active annotation is read."""

_KINDS = {"do": "done", "undo": "undone", "redo": "redone"}
_HIDDEN_COLUMNS = frozenset(
    {"updated_at", "created_at", "uid", "start", "end", "prefix", "suffix", "id", "annotator_id"}
)
_EDITS_TOLD = 12


class _Entry(NamedTuple):
    """A change in the list. ``detail`` describes its effect on the row whose history is shown."""

    id: int
    change: ChangeRecord
    detail: str = ""


def _title(entry: _Entry) -> str:
    title = entry.change.title
    if entry.change.kind != "do":
        title = f"{_KINDS[entry.change.kind].capitalize()}: {title}"
    return f"{title} ({entry.detail})" if entry.detail else title


def _kind_swatch(entry: _Entry) -> Swatch:
    theme = theme_in_use()
    color, filled = {
        "do": (theme.accent, 1.0),
        "undo": (theme.warning, 0.0),
        "redo": (theme.good, 0.5),
    }.get(entry.change.kind, (theme.muted, 1.0))
    return Swatch(color, filled=filled)


def _tip(entry: _Entry) -> str:
    change = entry.change
    who = f" by {change.annotator}" if change.annotator else ""
    return f"{_title(entry)}\n{_KINDS[change.kind]}{who}, {local_time(change.at)}\nEntry {change.number:,}"


COLUMNS = (
    Column(
        "Change",
        lambda entry: one_line(_title(entry)),
        tip=_tip,
        spoken=_title,
        swatch=_kind_swatch,
        width=18,
        least=10,
        weight=5,
    ),
    Column("Time", lambda entry: local_time(entry.change.at), tip=_tip, width=22, rank=1),
    Column("Annotator", lambda entry: entry.change.annotator, tip=_tip, width=10, rank=2),
)


class _HistoryModel(RecordModel):
    """The log, read page by page while scrolling."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, lambda entry: -entry.id, parent)
        self._workspace = workspace
        self.is_whole = True

    def canFetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> bool:
        return not parent.isValid() and not self.is_whole

    def fetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> None:
        before = self.total
        entries = self.newest(max(PAGE, 2 * before))
        self.is_whole = len(entries) < max(PAGE, 2 * before)
        oldest = self.shown[-1].id if self.shown else None
        self.extend([entry for entry in entries if oldest is None or entry.id < oldest])

    def newest(self, limit: int) -> list[_Entry]:
        """Return the last ``limit`` entries of the log."""
        if self._workspace.project is None:
            return []
        return [_Entry(change.number, change) for change in self._workspace.project.read.log.history(limit)]

    def entries_of(self, annotation_id: int) -> list[_Entry]:
        """Return the entries about one annotation."""
        if self._workspace.project is None:
            return []
        names = self._names()
        return [
            _Entry(change.number, change, described(edit, names))
            for change, edit in self._workspace.project.read.log.history_of("annotation", annotation_id)
        ]

    def detail(self, number: int) -> list[str]:
        """Return the effect of an entry, one line for each edit."""
        if self._workspace.project is None:
            return []
        edits, count = self._workspace.project.read.log.first_edits(number, _EDITS_TOLD)
        names = self._names()
        lines = [line for edit in edits if (line := _line(edit, names))]
        if count is None:
            lines.append("and many rows more")
        elif count > len(edits):
            lines.append(f"and {counted(count - len(edits), 'row')} more")
        return lines

    def _names(self) -> dict[str, dict[int, str]]:
        return {
            "label_id": {label.id: label.name for label in self._workspace.labels},
            "source_id": {source.id: source.name for source in self._workspace.sources()},
        }


def described(edit: Edit, names: Mapping[str, Mapping[int, str]]) -> str:
    """Return the effect of an edit in words: ``credibility 2, was 3``. ``names`` resolve ids by column."""
    if edit.after is None:
        return "removed"
    if edit.before is None:
        return "made"
    before, after = edit.before, edit.after
    shown = [column for column in after if column not in _HIDDEN_COLUMNS]
    parts = [
        f"{_column_name(column)} {_value(column, after[column], names)}, was {_value(column, before[column], names)}"
        for column in shown
        if column in before and after[column] != before[column]
    ]
    return "; ".join(parts)


def _line(edit: Edit, names: Mapping[str, Mapping[int, str]]) -> str:
    row = {**(edit.before or {}), **(edit.after or {})}
    names_of_rows = (f"“{one_line(str(row[key]))[:60]}”" for key in ("title", "name", "quote") if row.get(key))
    name = next(names_of_rows, f"{edit.id}")
    what = described(edit, names)
    return f"{edit.table.replace('_', ' ')} {name}: {what}" if what else ""


def _column_name(column: str) -> str:
    return {"label_id": "label", "source_id": "source", "fragments": "span", "trashed_at": "in the trash since"}.get(
        column, column.replace("_", " ")
    )


def _value(column: str, value: Any, names: Mapping[str, Mapping[int, str]]) -> str:
    if value is None or value in ("", [], {}):
        return "nothing"
    if column in names:
        return names[column].get(value, f"{value}")
    if column in {"fragments", "cue", "mention"}:
        return " and ".join(f"{start}-{end}" for start, end in value)
    if isinstance(value, str):
        return one_line(value)[:80]
    return json.dumps(value, ensure_ascii=False)


class HistoryView(QWidget):
    """The list of changes with time and author; the details of the selected entry are below."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._shown_of: int | None = None
        self.only_active = QCheckBox("Active annotation only", self)
        self.only_active.setObjectName("historyOnlyActive")
        self.only_active.setToolTip("Show what was done to the active annotation, field by field")
        self._model = _HistoryModel(workspace, self)
        self.table = RecordTable(self._model, self)
        self.table.setObjectName("history")
        self.table.setAccessibleName("History")
        self.table.setSelectionMode(RecordTable.SelectionMode.SingleSelection)
        # Not sortable: only the newest part of the log may have been read.
        self.table.setSortingEnabled(False)
        self.table.horizontalHeader().setSectionsClickable(False)
        self.table.horizontalHeader().setToolTip("")
        self.detail = QPlainTextEdit(self)
        self.detail.setObjectName("historyDetail")
        self.detail.setAccessibleName("What the change did")
        self.detail.setReadOnly(True)
        self.detail.setTabChangesFocus(True)
        self.detail.setFixedHeight(self.fontMetrics().lineSpacing() * 4 + 14)
        self.detail.hide()
        self.count = CountLabel(self)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 4)
        layout.setSpacing(6)
        layout.addWidget(self.only_active)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.detail)
        layout.addWidget(self.count)
        self.setFocusProxy(self.table)

        self._following = QTimer(self)
        self._following.setSingleShot(True)
        self._following.setInterval(FOLLOW_DELAY)
        self._following.timeout.connect(self._read)
        self.only_active.toggled.connect(self._read)
        self.table.moved_to.connect(self._show_detail)
        workspace.project_opened.connect(self._read)
        workspace.project_closed.connect(self._read)
        workspace.active_changed.connect(self._on_active_changed)
        workspace.committed.connect(self._on_committed)
        self._read()

    def _read(self) -> None:
        self._following.stop()
        self.detail.hide()
        try:
            if self.only_active.isChecked():
                self._shown_of = self._workspace.active_id
                entries = [] if self._shown_of is None else self._model.entries_of(self._shown_of)
                self._model.is_whole = True
            else:
                self._shown_of = None
                entries = self._model.newest(PAGE)
                self._model.is_whole = len(entries) < PAGE
        except AnnotatorError as error:
            self._workspace.error_occurred.emit(str(error))
            return
        self.table.set_records(_distinct(entries), anew=True)
        self.table.scrollToTop()
        self._show_state()

    def _on_active_changed(self) -> None:
        if self.only_active.isChecked() and self._shown_of != self._workspace.active_id:
            self._following.start()

    def _on_committed(self, change: Change) -> None:
        project = self._workspace.project
        if project is None:
            return
        if self.only_active.isChecked():
            if any(edit.table == "annotation" and edit.id == self._shown_of for edit in change.edits):
                self._following.start()
            return
        if self.isVisible():
            self._catch_up()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.only_active.isChecked():
            self._catch_up()

    def _catch_up(self) -> None:
        """Read the entries after the newest line; a hidden pane does so when it is shown."""
        project = self._workspace.project
        if project is None:
            return
        newest = self._model.shown[0].id if self._model.shown else 0
        self.table.put(self._model.newest(project.log_number - newest) if project.log_number > newest else ())
        self._show_state()

    def _show_detail(self, id: int) -> None:
        entry = self._model.record(id)
        lines = [] if entry is None or self.only_active.isChecked() else self._model.detail(id)
        self.detail.setPlainText(_tip(entry) if entry is not None and not lines else "\n".join(lines))
        self.detail.setVisible(entry is not None)

    def _show_state(self) -> None:
        project = self._workspace.project
        if project is None:
            self.count.setText("")
            self.table.set_hint("No project is open.")
        elif self.only_active.isChecked():
            self.count.setText(counted(self._model.total, "change") if self._shown_of is not None else "")
            self.table.set_hint("Choose an annotation to see what was done to it.")
        else:
            self.count.setText(counted(project.log_number, "change"))
            self.table.set_hint("Nothing has been done yet.")


def _distinct(entries: Iterable[_Entry]) -> Iterator[_Entry]:
    """Yield each entry once, even if it changed the row twice."""
    found: dict[int, _Entry] = {}
    for entry in entries:
        earlier = found.get(entry.id)
        detail = "; ".join(part for part in (entry.detail, earlier.detail if earlier else "") if part)
        found[entry.id] = entry._replace(detail=detail)
    yield from found.values()
