"""A cursor over a component's binary; its errors are `BinaryError`."""

from __future__ import annotations

from generator.component.errors import BinaryError
from generator.wasm.reader import Reader


class ComponentReader(Reader):
    """Reads `data[position:end]`. `depth` counts enclosing components and types, which have a limit."""

    __slots__ = ("depth",)

    def __init__(
        self, data: bytes, position: int = 0, end: int | None = None, section: str | None = None, depth: int = 0
    ) -> None:
        super().__init__(data, position, end, section)
        self.depth = depth

    def error(self, message: str, offset: int | None = None) -> BinaryError:
        return BinaryError(message, self.position if offset is None else offset, self.section)

    def sub(self, size: int, section: str | None = None) -> ComponentReader:
        """A reader of the next `size` bytes, which this one skips."""
        start = self.skip(size)
        return ComponentReader(self.data, start, start + size, section or self.section, self.depth)

    def flag(self) -> bool:
        """One byte, 0 or 1."""
        start = self.position
        value = self.byte()
        if value > 1:
            raise self.error(f"expected 0 or 1, found {value:#04x}", start)
        return value == 1

    def nest(self) -> None:
        """One level deeper; undone by `depth -= 1`."""
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            raise self.error(f"components and types are nested deeper than {DEEPEST_NESTING}")


DEEPEST_NESTING = 100
"""Levels of components and types inside each other. The specification has no limit; real files have under ten."""
