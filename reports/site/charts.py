"""Line charts as plain SVG: coordinates, worked out here; `chart.svg` draws them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reports.history import Series

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 12, 28
TICKS = 4


@dataclass(frozen=True, slots=True)
class ChartLine:
    """`pieces`: points without gaps between them. `number` picks colour and dashes; colour alone is not enough."""

    name: str
    number: int
    pieces: tuple[tuple[tuple[float, float], ...], ...]

    @property
    def points(self) -> list[tuple[float, float]]:
        return [point for piece in self.pieces for point in piece]


@dataclass(frozen=True, slots=True)
class Chart:
    """`ticks`: height and text of the lines across; `labels`: place and text under the axis."""

    id: str
    title: str
    unit: str
    lines: tuple[ChartLine, ...]
    ticks: tuple[tuple[float, str], ...]
    labels: tuple[tuple[float, str], ...]
    series: tuple[Series, ...]


def chart(id: str, title: str, unit: str, series: Sequence[Series], labels: Sequence[str]) -> Chart:
    """A chart whose axis begins at 0, so that lengths are in proportion."""
    values = [value for line in series for value in line.values if value is not None]
    step = _step(max(values, default=0.0))
    top = step * TICKS

    def x(index: int) -> float:
        count = max(1, len(labels) - 1)
        share = index / count if len(labels) > 1 else 0.5
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM), 1)

    lines = tuple(
        ChartLine(line.name, number, _pieces([None if v is None else (x(i), y(v)) for i, v in enumerate(line.values)]))
        for number, line in enumerate(series)
    )
    ticks = tuple((y(step * number), f"{step * number:g}") for number in range(TICKS + 1))
    named = tuple((x(index), label) for index, label in enumerate(labels))
    return Chart(id, title, unit, lines, ticks, named, tuple(series))


def _step(highest: float) -> float:
    """1, 2, 2.5 or 5 times a power of ten, `TICKS` of which reach `highest`."""
    least = highest / TICKS
    if least <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10, 20) if factor * power >= least)


def _pieces(points: Sequence[tuple[float, float] | None]) -> tuple[tuple[tuple[float, float], ...], ...]:
    pieces: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            pieces.append([])
        else:
            pieces[-1].append(point)
    return tuple(tuple(piece) for piece in pieces if piece)
