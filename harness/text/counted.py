"""Numbers of things as text."""

from __future__ import annotations


def counted(count: int, what: str) -> str:
    """`1 case`, `2 cases`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
