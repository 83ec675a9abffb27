"""The About dialog: version, licence, and the locations of files."""

import platform
from importlib.metadata import PackageNotFoundError, version

import PySide6
from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QPushButton, QVBoxLayout, QWidget

from annotator.app.widgets.designer_form import size_for_font
from annotator.app.widgets.text_label import TextLabel
from annotator.files.user_folders import config_path, log_path

_PACKAGES = ("sqlmodel", "spacy", "trafilatura")


class AboutDialog(QDialog):
    """Shows the facts that a bug report should contain; a button copies them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setWindowTitle("About Annotator")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 14)
        layout.setSpacing(8)
        title = TextLabel(f"Annotator {_version('annotator')}", self)
        title.setProperty("role", "title")
        layout.addWidget(title)
        purpose = TextLabel(
            (
                "Labels claims, speculation and official statements in articles, and grades who says them. "
                "It opens no network connection."
            ),
            self,
        )
        purpose.setWordWrap(True)
        layout.addWidget(purpose)
        rows = QFormLayout()
        rows.setVerticalSpacing(4)
        rows.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._facts = self._collect()
        for name, fact in self._facts.items():
            caption, value = TextLabel(name, self), TextLabel(fact, self)
            caption.setProperty("role", "muted")
            value.setWordWrap(True)
            value.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            value.setAccessibleName(f"{name}: {fact}")
            rows.addRow(caption, value)
        layout.addSpacing(6)
        layout.addLayout(rows)
        layout.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.copy = QPushButton("Copy", self)
        buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        buttons.rejected.connect(self.close)
        layout.addWidget(buttons)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setDefault(True)
        close.setFocus()
        size_for_font(self, 520, 0)

    def text(self) -> str:
        """Return the facts as plain text."""
        lines = [f"{name}: {fact}" for name, fact in self._facts.items()]
        return "\n".join([f"Annotator {_version('annotator')}", *lines]) + "\n"

    def _collect(self) -> dict[str, str]:
        others = ", ".join(f"{name} {_version(name)}" for name in _PACKAGES)
        return {
            "Licence": "Apache License 2.0",
            "Python": f"{platform.python_version()} ({platform.platform(terse=True)})",
            "Qt": f"{qVersion()}, PySide6 {PySide6.__version__}",
            "Libraries": others,
            "Settings": str(config_path() / "settings.toml"),
            "Log": str(log_path()),
        }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"
