"""Icons inside a text field: an icon at its left, and the button that clears it, both with accessible names."""

from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QToolButton

from annotator.app.style.icons import icon

_MARGIN = 5


def add_sign(edit: QLineEdit, name: str) -> None:
    """Show an icon at the left that shows the purpose of the field, such as ``search``."""
    edit.addAction(icon(name), QLineEdit.ActionPosition.LeadingPosition).setText(name.capitalize())
    _name_new(edit, name.capitalize())


def add_clear_button(edit: QLineEdit) -> None:
    """Show a button that clears the field while it is not empty."""
    edit.setClearButtonEnabled(True)
    _name_new(edit, "Clear")


def keep_off(spin: QAbstractSpinBox) -> None:
    """Add a margin between the number and the frame: the padding of the style sheet does not apply inside the field."""
    spin.lineEdit().setTextMargins(_MARGIN, 0, 0, 0)


def _name_new(edit: QLineEdit, name: str) -> None:
    for button in edit.findChildren(QToolButton):
        if not button.accessibleName():
            button.setAccessibleName(name)
