"""What the author of a case says about it."""

from __future__ import annotations

from dataclasses import dataclass

WHY = "Say here in one sentence what it guards."
"""The reason of a case whose author gave none."""
ORIGIN = ("own",)


@dataclass(frozen=True, slots=True)
class Wording:
    """Empty where nothing was said."""

    title: str = ""
    why: str = ""
    origin: tuple[str, ...] = ()
