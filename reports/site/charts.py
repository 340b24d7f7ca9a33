"""Line charts as plain SVG: coordinates, worked out here; `chart.svg` draws them.

A chart is drawn twice, for a wide and for a narrow screen: one picture made smaller would have text too small to read.
The style sheet shows one of the two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reports.history import Series

TICKS = 4
_LABEL = 64
"""The least distance of two labels under the axis, so that they do not run into each other."""


@dataclass(frozen=True, slots=True)
class PlotFrame:
    """The size of a picture in its own units, about pixels, and the edges of the part with lines."""

    kind: str
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int


FRAMES = (PlotFrame("on-wide", 640, 240, 64, 624, 12, 212), PlotFrame("on-narrow", 320, 220, 52, 308, 12, 192))


@dataclass(frozen=True, slots=True)
class ChartLine:
    """`pieces`: points without gaps between them. `number` picks colour and dashes; colour alone is not enough."""

    number: int
    pieces: tuple[tuple[tuple[float, float], ...], ...]

    @property
    def points(self) -> list[tuple[float, float]]:
        return [point for piece in self.pieces for point in piece]


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart in one frame. `ticks`: height and text of the lines across; `labels`: place, text and anchor of what
    stands under the axis: of many runs, only some."""

    id: str
    kind: str
    width: int
    height: int
    left: int
    right: int
    lines: tuple[ChartLine, ...]
    ticks: tuple[tuple[float, str], ...]
    labels: tuple[tuple[float, str, str], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    unit: str
    series: tuple[Series, ...]
    plots: tuple[Plot, ...]

    @property
    def has_points(self) -> bool:
        return any(value is not None for series in self.series for value in series.values)


def chart(id: str, title: str, unit: str, series: Sequence[Series], labels: Sequence[str]) -> Chart:
    """A chart whose axis begins at 0, so that lengths are in proportion."""
    return Chart(title, unit, tuple(series), tuple(_plot(f"{id}-{f.kind}", f, series, labels) for f in FRAMES))


def stroke(number: int) -> str:
    """The classes of a line: the first four differ in colour and dashes, the first sixteen in one of them."""
    return f"s{number % 4} d{(number + number // 4) % 4}"


def _plot(id: str, frame: PlotFrame, series: Sequence[Series], labels: Sequence[str]) -> Plot:
    values = [value for line in series for value in line.values if value is not None]
    step = _step(max(values, default=0.0))
    top = step * TICKS

    def x(index: int) -> float:
        share = index / (len(labels) - 1) if len(labels) > 1 else 0.5
        return round(frame.left + share * (frame.right - frame.left), 1)

    def y(value: float) -> float:
        return round(frame.bottom - value / top * (frame.bottom - frame.top), 1)

    lines = tuple(
        ChartLine(number, _pieces([None if v is None else (x(i), y(v)) for i, v in enumerate(line.values)]))
        for number, line in enumerate(series)
    )
    ticks = tuple((y(step * number), f"{step * number:g}") for number in range(TICKS + 1))
    named = tuple((x(index), labels[index], _anchor(index, len(labels))) for index in _spaced(frame, len(labels)))
    return Plot(id, frame.kind, frame.width, frame.height, frame.left, frame.right, lines, ticks, named)


def _spaced(frame: PlotFrame, count: int) -> range:
    """The labels that fit: each, or every second, and so on, counted back from the last."""
    every = max(1, math.ceil(_LABEL * (count - 1) / (frame.right - frame.left)))
    return range((count - 1) % every, count, every) if count else range(0)


def _anchor(index: int, count: int) -> str:
    """The last label ends below its point, so that it stays in the picture."""
    return "end" if index == count - 1 and count > 1 else "middle"


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
