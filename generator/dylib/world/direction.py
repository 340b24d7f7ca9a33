"""The two sides of a world in the filters of options: `import:NAME`, `export:NAME`, or NAME for both."""

from __future__ import annotations

from enum import Enum, unique


@unique
class Direction(Enum):
    IMPORT = "import:"
    EXPORT = "export:"


def split_direction(text: str) -> tuple[Direction | None, str]:
    """The direction of a filter, None for both, and what follows it."""
    for direction in Direction:
        if text.startswith(direction.value):
            return direction, text.removeprefix(direction.value)
    return None, text
