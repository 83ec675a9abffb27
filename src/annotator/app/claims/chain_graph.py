"""Attribution chains as a graph: origins on the left, outlets on the right, each shared station once.

The graph is painted; its text is also in the accessible description and in the list beside it.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from annotator.app.style.theme import theme_in_use
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.attribution_chains import Station
from annotator.domain.wording import counted

_WIDTH, _HEIGHT = 150, 40
_ACROSS, _DOWN = 56, 12
_EDGE = 10


class Named(NamedTuple):
    """The content of a box: the name of the source and its current reliability."""

    name: str
    letter: str | None


class _Box(NamedTuple):
    source_id: int
    roles: frozenset[str]
    checked: bool
    column: int
    row: int

    @property
    def area(self) -> QRectF:
        left, top = _EDGE + self.column * (_WIDTH + _ACROSS), _EDGE + self.row * (_HEIGHT + _DOWN)
        return QRectF(left, top, _WIDTH, _HEIGHT)


_ROLES = {"origin": "origin", "relay": "relay", "outlet": "outlet"}


class ChainGraph(QWidget):
    """Draws the chains of one annotation, or of all statements of a claim, joined at shared origins."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chainGraph")
        self.setAccessibleName("Attribution chain")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._boxes: dict[int, _Box] = {}
        self._edges: dict[tuple[int, int], int] = {}
        self._names: Mapping[int, Named] = {}
        self._hint = ""

    def set_chains(self, chains: Sequence[Sequence[Station]], names: Mapping[int, Named], hint: str = "") -> None:
        """Show these chains, each from its origins to the outlet; ``hint`` if there are none."""
        self._names, self._hint = names, hint
        self._edges = {}
        roles: dict[int, set[str]] = {}
        checked: set[int] = set()
        for stations in chains:
            origins = [one for one in stations if one.role == "origin"]
            passing = [one for one in stations if one.role != "origin"]
            for one in stations:
                roles.setdefault(one.source_id, set()).add(one.role)
                if one.checked:
                    checked.add(one.source_id)
            for origin in origins:
                self._tie(origin, passing[0] if passing else None)
            for one, other in pairwise(passing):
                self._tie(one, other)
        self._boxes = self._placed(roles, checked)
        self.setAccessibleDescription(self.words() or hint)
        self.setMinimumSize(self.sizeHint())
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        """Return the graph as sentences that name the relays and their sources."""
        lines = []
        for (one, other), count in self._edges.items():
            times = f" ({counted(count, 'time')})" if count > 1 else ""
            lines.append(f"{self._name(other)} has it from {self._name(one)}{times}.")
        tied = {id for pair in self._edges for id in pair}
        lines += [f"{self._name(id)} says it itself." for id in self._boxes if id not in tied]
        return "\n".join(lines)

    def _name(self, source_id: int) -> str:
        known = self._names.get(source_id)
        return known.name if known is not None else "unknown"

    def _tie(self, one: Station, other: Station | None) -> None:
        if other is not None and one.source_id != other.source_id:
            key = one.source_id, other.source_id
            self._edges[key] = self._edges.get(key, 0) + 1

    def _placed(self, roles: Mapping[int, set[str]], checked: set[int]) -> dict[int, _Box]:
        """Return each source in the column after all its sources; cycles are cut."""
        columns = dict.fromkeys(roles, 0)
        for _ in roles:
            moved = False
            for one, other in self._edges:
                if columns[other] <= columns[one] < len(roles):
                    columns[other] = min(columns[one] + 1, len(roles))
                    moved = True
            if not moved:
                break
        used = {column: number for number, column in enumerate(sorted(set(columns.values())))}
        rows: dict[int, int] = {}
        boxes = {}
        for id in sorted(roles, key=lambda id: (columns[id], self._name(id).casefold())):
            column = used[columns[id]]
            boxes[id] = _Box(id, frozenset(roles[id]), id in checked, column, rows.get(column, 0))
            rows[column] = rows.get(column, 0) + 1
        return boxes

    # --- painting -------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        if not self._boxes:
            return QSize(200, 60)
        right = max(box.area.right() for box in self._boxes.values())
        bottom = max(box.area.bottom() for box in self._boxes.values())
        return QSize(round(right) + _EDGE, round(bottom) + _EDGE)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_in_use()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._boxes:
            painter.setPen(QColor(theme.muted))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._hint)
            return
        for (one, other), count in self._edges.items():
            self._paint_edge(painter, self._boxes[one].area, self._boxes[other].area, count)
        for box in self._boxes.values():
            self._paint_box(painter, box)

    def _paint_edge(self, painter: QPainter, one: QRectF, other: QRectF, count: int) -> None:
        theme = theme_in_use()
        painter.setPen(QPen(QColor(theme.muted), min(1.4 + 0.8 * (count - 1), 5.0)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        start, end = QPointF(one.right(), one.center().y()), QPointF(other.left() - 6, other.center().y())
        bend = max(24.0, (end.x() - start.x()) / 2)
        path = QPainterPath(start)
        path.cubicTo(QPointF(start.x() + bend, start.y()), QPointF(end.x() - bend, end.y()), end)
        painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.muted))
        back = end.x() - 2
        painter.drawPolygon([QPointF(back + 8, end.y()), QPointF(back, end.y() - 4), QPointF(back, end.y() + 4)])

    def _paint_box(self, painter: QPainter, box: _Box) -> None:
        theme = theme_in_use()
        area = box.area
        is_origin = "origin" in box.roles
        painter.setPen(QPen(QColor(theme.accent if is_origin else theme.border), 2.0 if is_origin else 1.2))
        painter.setBrush(QColor(theme.base))
        painter.drawRoundedRect(area, 6, 6)
        font = QFont(self.font())
        font.setBold(is_origin)
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        inner = area.adjusted(8, 3, -8, -3)
        name = QFontMetricsF(font).elidedText(self._name(box.source_id), Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft), name)
        small = QFont(self.font())
        small.setPointSizeF(max(6.5, small.pointSizeF() * 0.85))
        painter.setFont(small)
        painter.setPen(QColor(theme.muted))
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft), self._detail(box))

    def _detail(self, box: _Box) -> str:
        known = self._names.get(box.source_id)
        roles = " and ".join(role for role in _ROLES if role in box.roles)
        parts = [roles, "checked it" if box.checked else "", known.letter or "" if known is not None else ""]
        return " · ".join(filter(None, parts))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            for box in self._boxes.values():
                if box.area.contains(QPointF(event.pos())):
                    words = f"{self._name(box.source_id)}\n{self._detail(box)}"
                    QToolTip.showText(event.globalPos(), tool_tip(words), self)
                    return True
            QToolTip.hideText()
        return super().event(event)
