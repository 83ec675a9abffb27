"""What stands inside a line of text: a sign at its left, and the button that empties it. Qt gives neither a name."""

from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QToolButton

from annotator.app.style.icons import icon

_MARGIN = 5


def add_sign(edit: QLineEdit, name: str) -> None:
    """Show an icon at the left that tells what the field is for, such as ``search``."""
    edit.addAction(icon(name), QLineEdit.ActionPosition.LeadingPosition).setText(name.capitalize())
    _name_new(edit, name.capitalize())


def add_clear_button(edit: QLineEdit) -> None:
    """Show a button that empties the field while something stands in it."""
    edit.setClearButtonEnabled(True)
    _name_new(edit, "Clear")


def keep_off(spin: QAbstractSpinBox) -> None:
    """Keep the number off the frame: the padding of the style sheet does not reach into the field."""
    spin.lineEdit().setTextMargins(_MARGIN, 0, 0, 0)


def _name_new(edit: QLineEdit, name: str) -> None:
    for button in edit.findChildren(QToolButton):
        if not button.accessibleName():
            button.setAccessibleName(name)
