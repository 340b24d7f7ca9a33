"""The pages of a memory that a snapshot keeps, inside the process of the engine (`engine_child`)."""

from __future__ import annotations

PAGE_SIZE = 1 << 16


class TooMuchState(Exception):
    """The memories are too large to be kept."""


class Total:
    """Bytes of all memories together, at most so many."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0

    def add(self, size: int) -> None:
        """Raises `TooMuchState`."""
        self._size += size
        if self._size > self._most:
            raise TooMuchState(f"its memories are larger than {self._most >> 20} MiB together, which is not supported")


class KeptPages:
    """`pages`: how many the memory has. `kept`: those that are not all zeros, by number."""

    def __init__(self, total: Total) -> None:
        self._total = total
        self.pages = 0
        self.kept: dict[int, bytes] = {}

    def keep(self, _store: object, number: int, page: str) -> None:
        """The import that the instrumented component calls with each page that is not all zeros. `page`: its bytes as
        characters of latin-1. Raises `TooMuchState`."""
        self.has(number + 1)
        self.kept[number] = page.encode("latin-1")

    def has(self, pages: int) -> None:
        """The memory has so many pages. Raises `TooMuchState`."""
        self._total.add((pages - self.pages) * PAGE_SIZE)
        self.pages = pages
