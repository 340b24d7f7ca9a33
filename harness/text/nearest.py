"""Existing names for errors about an unknown name: the most similar names first."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

MOST = 12
"""The number of listed names."""


def nearest_first(word: str, known: Iterable[str]) -> list[str]:
    """Each name once; equally similar names stay in the given order."""
    return sorted(dict.fromkeys(known), key=lambda name: -_likeness(word, name))


def there_are(word: str, known: Iterable[str], what: str = "") -> str:
    """A line that lists the names that exist instead of `word`. `what`: their kind, in the plural."""
    names = nearest_first(word, known)
    kind = f" {what}" if what else ""
    if not names:
        return f"there are no{kind or ' others'}"
    more = f", and {len(names) - MOST} more" if len(names) > MOST else ""
    return f"there are{kind}: {', '.join(names[:MOST])}{more}"


def _likeness(word: str, name: str) -> float:
    """How similar two names are. In names of functions, the part after `#` counts more than the interface."""
    whole = SequenceMatcher(None, word, name).ratio()
    last = SequenceMatcher(None, word.rpartition("#")[2], name.rpartition("#")[2]).ratio()
    return last + whole / 2
