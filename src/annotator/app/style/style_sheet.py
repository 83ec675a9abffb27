"""The style sheet of a theme: what a palette cannot express, such as corners, borders, spacing and the focus frame."""

from importlib.resources import files

from PySide6.QtGui import QGuiApplication

from annotator.app.style.theme import Theme

_DESIGN_POINTS = 9
"""The font size for which lengths in pixels are stated; a larger font makes them longer."""

_LEAST_POINTS = 6.0


def style_sheet(theme: Theme) -> str:
    """Return the style sheet of a theme for the font of the application."""
    return _StyleSheet(theme).text()


class _StyleSheet:
    """The rules of a style sheet, one method for each group of widgets."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        # Style sheets have no font sizes relative to that of the desktop.
        self._points = max(QGuiApplication.font().pointSizeF(), _LEAST_POINTS)
        self._ring = 3 if theme.is_high_contrast else 2
        """The width of the focus frame in pixels."""
        self._styles = files("annotator.resources") / "styles"

    def text(self) -> str:
        """Return all rules. Of two rules for the same property of a widget the later one has effect."""
        groups = (
            self._fields(),
            self._text_areas(),
            self._push_buttons(),
            self._bars_and_docks(),
            self._menus(),
            self._tables(),
            self._tabs_and_bars(),
            self._check_boxes(),
            self._scroll_bars(),
            self._labels(),
        )
        return "".join(groups) + "\n"

    def _px(self, pixels: int) -> int:
        """Return a length in pixels that grows with the font."""
        return round(pixels * max(1.0, self._points / _DESIGN_POINTS))

    def _focus(self, down: int, across: int, color: str = "") -> str:
        """Return the style of the focus frame, with the size of a border of one pixel and this padding."""
        ring = self._ring
        frame = f"{ring}px solid {color or self._theme.accent}"
        return f"border: {frame}; padding: {down + 1 - ring}px {across + 1 - ring}px;"

    def _drawing(self, name: str) -> str:
        """Return the path of a drawing; Qt's style sheets accept only paths with slashes."""
        return str(self._styles / f"{name}.svg").replace("\\", "/")

    def _fields(self) -> str:
        """Return the rules of tool tips, line edits, combo boxes and spin boxes."""
        theme = self._theme
        px = self._px
        ring = self._ring
        down = self._drawing("chevron-down")
        up = self._drawing("chevron-up")
        return f"""
QToolTip {{ color: {theme.text}; background: {theme.raised}; border: 1px solid {theme.border}; padding: 4px 6px; }}
QLineEdit, QComboBox, QAbstractSpinBox, QKeySequenceEdit QLineEdit {{
    background: {theme.base}; color: {theme.text}; border: 1px solid {theme.edge}; border-radius: 6px;
    padding: 4px 7px; min-height: 1.3em;
    selection-background-color: {theme.selected}; selection-color: {theme.on_selected};
    placeholder-text-color: {theme.muted};
}}
QComboBox QLineEdit, QAbstractSpinBox QLineEdit {{
    border: none; padding: 0; background: transparent; min-height: 0;
}}
QLineEdit:hover, QComboBox:hover, QAbstractSpinBox:hover {{ border-color: {theme.text}; }}
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {{ {self._focus(4, 7)} }}
QComboBox {{ padding-left: 9px; }}
QComboBox:focus {{ padding-left: {10 - ring}px; }}
QAbstractSpinBox {{ padding-top: 3px; padding-bottom: 2px; }}
QAbstractSpinBox:focus {{ padding-top: {4 - ring}px; padding-bottom: {3 - ring}px; }}
QComboBox QLineEdit:focus, QAbstractSpinBox QLineEdit:focus {{ border: none; padding: 0; }}
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled {{
    color: {theme.disabled}; background: {theme.window};
}}
QLineEdit[invalid="true"], QLineEdit[invalid="true"]:focus {{ {self._focus(4, 7, theme.bad)} }}
QAbstractSpinBox[invalid="true"], QAbstractSpinBox[invalid="true"]:focus {{ border: {ring}px solid {theme.bad}; }}
QComboBox::drop-down {{ border: none; width: {px(22)}px; }}
QComboBox::down-arrow {{ image: url("{down}"); width: {px(12)}px; height: {px(12)}px; }}
QComboBox QAbstractItemView {{
    background: {theme.raised}; border: 1px solid {theme.border}; padding: 3px; outline: none;
}}
QAbstractSpinBox, QAbstractSpinBox:focus {{ padding-right: {px(20)}px; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{
    subcontrol-origin: border; width: {px(18)}px; border: none; background: transparent;
}}
QAbstractSpinBox::up-button {{ subcontrol-position: top right; margin: 2px 2px 0 0; }}
QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; margin: 0 2px 2px 0; }}
QAbstractSpinBox::up-arrow {{ image: url("{up}"); width: {px(9)}px; height: {px(9)}px; }}
QAbstractSpinBox::down-arrow {{ image: url("{down}"); width: {px(9)}px; height: {px(9)}px; }}"""

    def _text_areas(self) -> str:
        """Return the rules of fields of several lines and of lists."""
        theme = self._theme
        return f"""
QPlainTextEdit, QTextEdit, QAbstractItemView {{
    background: {theme.base}; color: {theme.text}; border: 1px solid {theme.border}; border-radius: 6px;
    selection-background-color: {theme.selected}; selection-color: {theme.on_selected};
    placeholder-text-color: {theme.muted};
}}
QPlainTextEdit {{ padding: 1px 4px; }}
#documentView {{ padding: 0; }}
QListWidget::item, QComboBox QAbstractItemView::item {{ padding: 3px 4px; }}
QPlainTextEdit:focus, QTextEdit:focus, QAbstractItemView:focus {{ border: {self._ring - 1}px solid {theme.accent}; }}
QPlainTextEdit[invalid="true"], QPlainTextEdit[invalid="true"]:focus {{ border: {self._ring}px solid {theme.bad}; }}
QComboBox QAbstractItemView:focus {{ border-color: {theme.border}; }}"""

    def _push_buttons(self) -> str:
        """Return the rules of push buttons."""
        theme = self._theme
        return f"""
QPushButton {{
    background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.border}; border-radius: 6px;
    padding: 5px 14px; min-height: 1.3em;
}}
QPushButton:hover {{ background: {theme.hovered}; }}
QPushButton:focus {{ {self._focus(5, 14)} }}
QPushButton:pressed, QPushButton:checked {{ background: {theme.selected}; color: {theme.on_selected}; }}
QPushButton:default {{ background: {theme.accent}; color: {theme.on_accent}; border-color: {theme.accent}; }}
QPushButton:default:focus {{ {self._focus(5, 14, theme.text)} }}
QPushButton:disabled {{ color: {theme.disabled}; background: {theme.window}; border-color: {theme.border}; }}
QPushButton[flat="true"] {{ background: transparent; border-color: transparent; color: {theme.accent}; }}
QPushButton[flat="true"]:hover {{ background: {theme.hovered}; }}
QPushButton[flat="true"]:focus {{ border: {self._ring}px solid {theme.accent}; }}"""

    def _bars_and_docks(self) -> str:
        """Return the rules of tool bars, their buttons, and docks."""
        theme = self._theme
        px = self._px
        close = self._drawing("dock-close")
        float_ = self._drawing("dock-float")
        return f"""
QToolBar {{ background: {theme.window}; border: none; border-bottom: 1px solid {theme.border};
    padding: 2px 6px 3px 6px; spacing: 2px; }}
QToolBar::separator {{ background: {theme.border}; width: 1px; margin: 5px 5px; }}
QMainWindow::separator {{ background: transparent; width: 6px; height: 6px; }}
QMainWindow::separator:hover {{ background: {theme.accent}; }}
QDockWidget {{ color: {theme.muted}; font-weight: 600;
    titlebar-close-icon: url("{close}"); titlebar-normal-icon: url("{float_}"); }}
QDockWidget::title {{ background: {theme.window}; padding: 5px 4px 4px 8px; text-align: left; }}
QDockWidget::close-button, QDockWidget::float-button {{
    background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 0;
    icon-size: {px(16)}px; width: {px(18)}px; height: {px(18)}px;
    subcontrol-position: right center; subcontrol-origin: padding;
}}
QDockWidget::close-button {{ right: 2px; }}
QDockWidget::float-button {{ right: {px(18) + 4}px; }}
QDockWidget::close-button:hover, QDockWidget::float-button:hover {{ background: {theme.hovered}; }}
QToolButton {{ background: transparent; color: {theme.text}; border: 1px solid transparent; border-radius: 6px;
    padding: 4px 6px; }}
QToolButton:hover {{ background: {theme.hovered}; }}
QToolButton:pressed, QToolButton:checked {{ background: {theme.selected}; color: {theme.on_selected}; }}
QToolButton:focus {{ {self._focus(4, 6)} }}
QToolButton:disabled {{ color: {theme.disabled}; }}"""

    def _menus(self) -> str:
        """Return the rules of menus."""
        theme = self._theme
        right = self._drawing("chevron-right")
        return f"""
QMenuBar {{ background: {theme.window}; color: {theme.text}; }}
QMenuBar::item {{ padding: 5px 9px; border-radius: 5px; background: transparent; }}
QMenuBar::item:selected {{ background: {theme.hovered}; }}
QMenu {{ background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.border}; padding: 5px; }}
QMenu::item {{ padding: 5px 26px 5px 10px; border-radius: 5px; }}
QMenu::icon {{ padding-left: 8px; }}
QMenu::item:selected {{ background: {theme.selected}; color: {theme.on_selected}; }}
QMenu::item:disabled {{ color: {theme.disabled}; background: transparent; }}
QMenu::icon:checked {{ background: {theme.selected}; border: 1px solid {theme.accent}; border-radius: 4px; }}
QMenu::right-arrow {{ image: url("{right}"); width: 10px; height: 10px; margin-right: 8px; }}
QMenu::separator {{ height: 1px; background: {theme.border}; margin: 5px 8px; }}"""

    def _tables(self) -> str:
        """Return the rules of tables, their headers and calendars."""
        theme = self._theme
        left = self._drawing("chevron-left")
        right = self._drawing("chevron-right")
        return f"""
QHeaderView {{ background: {theme.window}; border: none; }}
QHeaderView::section {{ background: {theme.window}; color: {theme.muted}; border: none;
    border-bottom: 1px solid {theme.border}; padding: 5px 7px; }}
QTableView::item {{ padding: 2px 6px; }}
QAbstractItemView::item:selected {{ background: {theme.selected}; color: {theme.on_selected}; }}
QCalendarWidget QWidget#qt_calendar_navigationbar {{ background: {theme.raised}; }}
QCalendarWidget QToolButton {{ font-weight: 600; }}
QCalendarWidget QToolButton::menu-indicator {{ image: none; }}
QCalendarWidget QToolButton#qt_calendar_prevmonth {{ qproperty-icon: url("{left}"); }}
QCalendarWidget QToolButton#qt_calendar_nextmonth {{ qproperty-icon: url("{right}"); }}
QCalendarWidget QAbstractItemView {{ border: none; border-radius: 0; }}
QCalendarWidget QTableView::item {{ padding: 0; }}"""

    def _tabs_and_bars(self) -> str:
        """Return the rules of tabs, splitters, status bars and progress bars."""
        theme = self._theme
        return f"""
QTabBar::tab {{ background: transparent; color: {theme.muted}; padding: 6px 12px;
    border-bottom: 2px solid transparent; }}
QTabBar::tab:hover {{ color: {theme.text}; }}
QTabBar::tab:selected {{ color: {theme.text}; border-bottom-color: {theme.accent}; }}
QTabBar::tab:focus {{ background: {theme.hovered}; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {theme.border}; }}
QSplitter::handle {{ background: {theme.window}; }}
QSplitter::handle:hover {{ background: {theme.accent}; }}
QStatusBar {{ background: {theme.window}; color: {theme.muted}; border-top: 1px solid {theme.border}; }}
QStatusBar::item {{ border: none; }}
QSizeGrip {{ image: none; width: 0; height: 0; }}
QStatusBar QLabel {{ color: {theme.muted}; }}
QProgressBar {{ background: {theme.hovered}; color: {theme.text}; border: none; border-radius: 4px;
    text-align: center; }}
QProgressBar::chunk {{ background: {theme.accent}; border-radius: 4px; }}"""

    def _check_boxes(self) -> str:
        """Return the rules of check boxes and radio buttons."""
        theme = self._theme
        px = self._px
        ring = self._ring
        check = self._drawing("check-dark" if theme.is_dark else "check-light")
        return f"""
QCheckBox, QRadioButton {{ spacing: 7px; }}
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator {{
    width: {px(14)}px; height: {px(14)}px; border: 1px solid {theme.muted}; border-radius: 4px;
    background: {theme.base};
}}
QRadioButton::indicator {{ border-radius: {px(14) // 2 + 1}px; }}
QCheckBox::indicator:focus, QRadioButton::indicator:focus {{
    width: {px(14) + 2 - 2 * ring}px; height: {px(14) + 2 - 2 * ring}px; border: {ring}px solid {theme.accent};
}}
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {{
    background: {theme.accent}; border-color: {theme.accent}; image: url("{check}");
}}
QCheckBox::indicator:checked:focus {{ border-color: {theme.text}; }}
QCheckBox::indicator:indeterminate, QAbstractItemView::indicator:indeterminate {{ background: {theme.muted}; }}
QRadioButton::indicator:checked {{
    width: {px(6)}px; height: {px(6)}px; border: {px(5)}px solid {theme.accent}; background: {theme.on_accent};
}}
QRadioButton::indicator:checked:focus {{ border-color: {theme.text}; }}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {theme.border}; }}
QCheckBox:disabled, QRadioButton:disabled {{ color: {theme.disabled}; }}"""

    def _scroll_bars(self) -> str:
        """Return the rules of scroll bars."""
        theme = self._theme
        return f"""
QScrollBar {{ background: transparent; border: none; margin: 0; }}
QScrollBar:vertical {{ width: 12px; }}
QScrollBar:horizontal {{ height: 12px; }}
QScrollBar::handle {{ background: {theme.disabled}; border-radius: 3px; margin: 3px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::handle:hover {{ background: {theme.muted}; border-radius: 4px; margin: 2px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}"""

    def _labels(self) -> str:
        """Return the rules of labels, group boxes and the window's floating parts."""
        theme = self._theme
        return f"""
QGroupBox {{ border: none; margin-top: 1.6em; font-weight: 600; }}
QGroupBox::title {{ subcontrol-origin: margin; left: 0; color: {theme.muted}; }}
QLabel[role="muted"] {{ color: {theme.muted}; }}
QLabel[role="warning"] {{ color: {theme.warning}; }}
QLabel[role="bad"] {{ color: {theme.bad}; }}
QLabel[role="title"] {{ font-size: {self._points * 1.65:.1f}pt; font-weight: 600; }}
QLabel[role="heading"] {{ font-size: {self._points * 1.2:.1f}pt; font-weight: 600; }}
#commandPalette, #toast {{ background: {theme.raised}; border: 1px solid {theme.border}; border-radius: 10px; }}
#commandPalette QListView {{ border: none; background: {theme.raised}; }}
#toast QLabel {{ background: transparent; }}
#hoverCard {{ background: {theme.raised}; border: 1px solid {theme.edge}; }}
#hoverCardRule {{ color: {theme.border}; background: {theme.border}; border: none; max-height: 1px; }}
#toast[kind="warning"] {{ border: 1px solid {theme.warning}; }}"""
