"""Rules about types that are not in a grammar, for text and binaries alike."""

from __future__ import annotations

from collections.abc import Callable

from generator.resolved.despecialize import dealias
from generator.resolved.model import Resolve
from generator.resolved.types import Future, Primitive, Stream, Type

MAP_KEYS = frozenset(Primitive) - {Primitive.F32, Primitive.F64, Primitive.ERROR_CONTEXT}
"""Explainer.md, `keytype`."""

LARGEST_TREE = 1_000_000
"""Maximum number of types in a component, each counted at every mention, with all types inside it: doubling types reach
it soon. A limit of wasmparser (its `limits.rs`)."""


def too_many_types(what: str) -> str:
    """The error for more types than LARGEST_TREE."""
    return f"{what} has more than {LARGEST_TREE:,} types, written out at their uses: no engine accepts that"


def payload_problem(resolve: Resolve, kind: Future | Stream, borrows: Callable[[Type], bool]) -> str | None:
    """The error in the element type of a stream or future (Explainer.md, "Asynchronous Value Types"); None if there is
    none.

    `borrows` says whether a type contains a borrowed handle.
    """
    if kind.type is None:
        return None
    word = "stream" if isinstance(kind, Stream) else "future"
    if borrows(kind.type):
        return f"a {word} cannot carry borrowed handles"
    if isinstance(kind, Stream) and dealias(resolve, kind.type) is Primitive.CHAR:
        return "a stream cannot carry `char` for the time being"
    return None
