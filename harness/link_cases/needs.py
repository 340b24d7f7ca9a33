"""The features of the engine that libraries need beyond those of their world: a world does not show the built-ins that
its libraries import."""

from __future__ import annotations

import re

from harness.binary.core_module import has_page_sizes, imported
from harness.binary.sections import BinaryError
from harness.toolchains.protocol import Library

_BUILT_INS = {
    r"\[(stream|future)-forward-.*": "forward",
    r"\[context-[gs]et-i64-[0-9]+\]": "context-i64",
    r"\[thread-(?!yield\]).*|\[context-[gs]et-(i32-)?1\]": "threading",
    r"\[error-context-.*": "error-context",
    r"\[async-lower\]\[(subtask-cancel\]|(stream|future)-cancel-).*": "more-async-builtins",
    r"\[(stream|future)-(read|write)-.*": "more-async-builtins",
}
"""Names of built-ins, and the feature behind them (docs/async.md, "What the engine lacks")."""


def needs_of_library(library: Library) -> frozenset[str]:
    """A library that linkers must refuse may be unreadable."""
    try:
        found = {need for _, name, _ in imported(library.data) if (need := _needed(name))}
        if has_page_sizes(library.data):
            found.add("custom-page-sizes")
    except BinaryError:
        return frozenset()
    return frozenset(found)


def _needed(name: str) -> str | None:
    return next((feature for pattern, feature in _BUILT_INS.items() if re.fullmatch(pattern, name)), None)
