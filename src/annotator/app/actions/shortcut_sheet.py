"""The list of all keys: grouped like the menus, searchable, printable."""

from html import escape

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QTextDocument
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from annotator.app.actions.key_texts import FIXED_KEYS, keys_text
from annotator.app.actions.keymap import Keymap
from annotator.app.actions.menus import MENUS
from annotator.app.style.theme import LIGHT, Theme, theme_in_use
from annotator.app.widgets.designer_form import size_for_font
from annotator.app.widgets.line_edit_icons import add_clear_button
from annotator.app.widgets.markup import OfflineBrowser, OfflineDocument

_TEXT_GROUP = "In the text"
Row = tuple[str, str, str]
"""Keys, title, help."""


def sheet_rows(keymap: Keymap, query: str = "") -> dict[str, list[Row]]:
    """Return the rows of the list by group: actions that have keys, then the fixed keys of the text."""
    wanted = query.lower().split()
    groups: dict[str, list[Row]] = {name: [] for name, _title in MENUS}
    for spec in keymap.specs:
        if keymap.keys(spec.id):
            groups[spec.menu.partition("/")[0]].append((keymap.shown(spec.id), spec.title, keymap.help(spec.id)))
    groups[_TEXT_GROUP] = [(keys_text([QKeySequence(key)]), does, "") for key, does in FIXED_KEYS]
    kept = {
        name: [row for row in rows if all(word in f"{name} {' '.join(row)}".lower() for word in wanted)]
        for name, rows in groups.items()
    }
    return {name: rows for name, rows in kept.items() if rows}


def sheet_html(keymap: Keymap, theme: Theme, query: str = "", columns: int = 2) -> str:
    """Return the list as HTML for Qt's rich text, the groups in columns of about the same length."""
    groups = sheet_rows(keymap, query)
    if not groups:
        return f'<p style="color:{theme.muted}">No key and no action has these words.</p>'
    total = sum(len(rows) + 2 for rows in groups.values())
    cells: list[list[str]] = [[]]
    length = 0
    for name, rows in groups.items():
        if length >= total / columns and len(cells) < columns:
            cells.append([])
            length = 0
        length += len(rows) + 2
        cells[-1].append(_group_html(name, rows, theme))
    width = 100 // columns
    body = "".join(f'<td width="{width}%" style="padding-right:18px">{"".join(cell)}</td>' for cell in cells)
    return f'<table width="100%" cellspacing="0"><tr>{body}</tr></table>'


def _group_html(name: str, rows: list[Row], theme: Theme) -> str:
    lines = "".join(
        f'<tr><td width="42%" style="padding:3px 12px 3px 0; white-space:nowrap">{_key_html(keys, theme)}</td>'
        f'<td style="padding:3px 0"><span style="color:{theme.text}">{escape(title)}</span></td></tr>'
        for keys, title, _help in rows
    )
    return (
        f'<p style="margin:12px 0 4px 0; color:{theme.accent}; font-weight:600">{escape(name)}</p>'
        f'<table cellspacing="0" width="100%">{lines}</table>'
    )


def _key_html(keys: str, theme: Theme) -> str:
    caps = (
        f'<span style="background-color:{theme.hovered}; color:{theme.text}">&nbsp;{escape(key)}&nbsp;</span>'
        for key in keys.split("  or  ")
    )
    return f'<span style="color:{theme.muted}"> or </span>'.join(caps)


class KeysSheet(QDialog):
    """Shows every key. It is not modal and may stay open."""

    def __init__(self, keymap: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keysSheet")
        self.setWindowTitle("All keys")
        size_for_font(self, 900, 720)
        self._keymap = keymap
        self._field = QLineEdit(self)
        self._field.setObjectName("keysSearch")
        self._field.setPlaceholderText("Search keys and actions")
        self._field.setAccessibleName("Search keys and actions")
        add_clear_button(self._field)
        self._sheet = OfflineBrowser(self)
        self._sheet.setObjectName("keysText")
        self._sheet.setAccessibleName("All keys")
        self._sheet.document().setDocumentMargin(14)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        printing = buttons.addButton("Print", QDialogButtonBox.ButtonRole.ActionRole)
        printing.setAutoDefault(False)
        printing.clicked.connect(self._print)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        for widget in (self._field, self._sheet, buttons):
            layout.addWidget(widget)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(60)
        self._delay.timeout.connect(self.show_keys)
        self._field.textChanged.connect(lambda _text: self._delay.start())
        self.show_keys()
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_keys(self) -> None:
        """Show the list again after a search, or a change of the key map or of the theme."""
        self._sheet.setHtml(sheet_html(self._keymap, theme_in_use(), self._field.text()))

    def text(self) -> str:
        """Return the list as plain text."""
        return self._sheet.toPlainText()

    def _print(self) -> None:
        # Printing loads a library of its own, which the start of the program does not wait for.
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.accepted.connect(lambda: print_document(self._keymap, self._field.text()).print_(printer))
        QDialog.open(dialog)


def print_document(keymap: Keymap, query: str = "") -> QTextDocument:
    """Return the list for printing, always in the light colours."""
    document = OfflineDocument()
    document.setHtml(f"<h2>Annotator: keys</h2>{sheet_html(keymap, LIGHT, query)}")
    return document
