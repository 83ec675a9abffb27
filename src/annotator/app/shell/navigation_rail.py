"""The rail at the side of the window: a button for each page."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSizePolicy, QToolBar, QToolButton, QWidget


class NavigationRail(QToolBar):
    """The pages, one under the other, each as an icon over its word; the last ones stand apart at the foot."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Pages", parent)
        self.setObjectName("rail")
        self.setAccessibleName("Pages")
        self.setMovable(False)
        self.setOrientation(Qt.Orientation.Vertical)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)

    def fill(self, pages: Sequence[QAction], at_foot: Sequence[QAction]) -> None:
        """Add a button for each page, in this order."""
        self.addActions(list(pages))
        space = QWidget(self)
        space.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.addWidget(space)
        self.addActions(list(at_foot))
        for action in (*pages, *at_foot):
            button = self.widgetForAction(action)
            if isinstance(button, QToolButton):
                button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
                button.setAccessibleName(action.text())

    def set_icon_side(self, side: int) -> None:
        """Set the side of the icons in pixels, and make all buttons as wide as the widest."""
        self.setIconSize(QSize(side, side))
        buttons = [
            button for action in self.actions() if isinstance(button := self.widgetForAction(action), QToolButton)
        ]
        for button in buttons:
            button.setMinimumWidth(0)
        widest = max((button.sizeHint().width() for button in buttons), default=0)
        for button in buttons:
            button.setMinimumWidth(widest)
