"""Toasts: short messages at the bottom of the window that need no answer, optionally with one action."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from annotator.app.style.icons import icon
from annotator.app.views.announcements import announce
from annotator.app.widgets.mnemonics import with_literal_ampersands
from annotator.app.widgets.text_label import TextLabel

MAX_SHOWN = 3
_BASE_TIME = 4000
_TIME_PER_CHARACTER = 45
"""Milliseconds that a message is shown, and more of them for each character."""

_MARGIN = 16
_BOTTOM_MARGIN = 44
_MAX_WIDTH = 560
"""Pixels between the messages and the sides of the window, and below them; the greatest width of a message."""


class Toast(QFrame):
    """One message. It stays while it has the mouse or the focus, and a warning stays until it is closed."""

    def __init__(self, window: QWidget, text: str, kind: str, action: str, run: Callable[[], object] | None) -> None:
        super().__init__(window)
        self.setObjectName("toast")
        self.setProperty("kind", kind)
        self.setAutoFillBackground(True)
        self.text = text
        self._run = run
        said = TextLabel(text, self)
        said.setWordWrap(True)
        said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.setSpacing(10)
        if kind == "warning":
            sign = TextLabel(self)
            sign.setPixmap(icon("warning").pixmap(18, 18))
            layout.addWidget(sign)
        layout.addWidget(said, 1)
        self.button: QPushButton | None = None
        if action and run is not None:
            self.button = QPushButton(with_literal_ampersands(action), self)
            self.button.setObjectName("toastAction")
            self.button.setFlat(True)
            self.button.setProperty("flat", True)
            self.button.clicked.connect(self._on_action)
            layout.addWidget(self.button)
        close = QToolButton(self)
        close.setObjectName("toastClose")
        close.setAccessibleName("Close")
        close.setToolTip("Close")
        close.setIcon(icon("close"))
        close.setIconSize(QSize(14, 14))
        close.clicked.connect(self.close)
        layout.addWidget(close)
        # It never takes the focus from the text; Tab reaches the buttons.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_BASE_TIME + _TIME_PER_CHARACTER * len(text))
        self._timer.timeout.connect(self._on_time_over)
        self._stays = kind == "warning"
        # The style sheet adds a border, which is part of the size.
        self.ensurePolished()
        # The size hint of a label with wrapped text is narrower than necessary.
        others = layout.sizeHint().width() - said.sizeHint().width()
        natural = said.fontMetrics().horizontalAdvance(text) + others + 8
        self.setFixedWidth(max(120, min(natural, _MAX_WIDTH, window.width() - 2 * _MARGIN)))
        self.setFixedHeight(self.heightForWidth(self.width()) if self.hasHeightForWidth() else self.sizeHint().height())

    def start(self) -> None:
        """Start the timer that removes the toast."""
        if not self._stays:
            self._timer.start()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.start()
        super().leaveEvent(event)

    def _on_time_over(self) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and self.isAncestorOf(focus):
            self._timer.start()
        else:
            self.close()

    def _on_action(self) -> None:
        run = self._run
        self.close()
        if run is not None:
            run()


class Toasts(QObject):
    """The toasts of one window: at most three at a time, the newest at the bottom."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._shown: list[Toast] = []
        window.installEventFilter(self)

    @property
    def shown(self) -> tuple[Toast, ...]:
        return tuple(self._shown)

    def tell(self, text: str, action: str = "", run: Callable[[], object] | None = None) -> Toast:
        """Show a message for some seconds. ``action`` is the text of a button, such as Undo, that calls ``run``."""
        return self._show(Toast(self._window, text, "news", action, run))

    def warn(self, text: str, action: str = "", run: Callable[[], object] | None = None) -> Toast:
        """Show a warning, which stays until it is closed or replaced by newer toasts."""
        return self._show(Toast(self._window, text, "warning", action, run))

    def stay_on_top(self) -> None:
        """Bring the toasts over a pane that was shown after them."""
        for toast in self._shown:
            toast.raise_()

    def clear(self) -> None:
        """Remove all toasts, for example when the project is closed."""
        for toast in tuple(self._shown):
            toast.close()

    def withdraw_offers(self) -> None:
        """Remove the toasts that offer an action, because the data that it would act on has changed."""
        for toast in tuple(self._shown):
            if toast.button is not None:
                toast.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        elif event.type() == QEvent.Type.Close and isinstance(watched, Toast) and watched in self._shown:
            self._shown.remove(watched)
            self._place()
        return False

    def _show(self, toast: Toast) -> Toast:
        for old in [each for each in self._shown if each.text == toast.text] or self._shown[: 1 - MAX_SHOWN]:
            old.close()
        toast.installEventFilter(self)
        self._shown.append(toast)
        self._place()
        toast.show()
        toast.raise_()
        toast.start()
        # Screen readers do not notice a new child widget, so it is announced.
        announce(toast, toast.text)
        return toast

    def _place(self) -> None:
        foot = self._window.height() - _BOTTOM_MARGIN
        for toast in reversed(self._shown):
            foot -= toast.height()
            toast.move((self._window.width() - toast.width()) // 2, max(_MARGIN, foot))
            foot -= 8
