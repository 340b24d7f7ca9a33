"""Rules about types that are not in a grammar, for text and binaries alike."""

from __future__ import annotations

from collections.abc import Callable

from generator.resolved.despecialize import dealias
from generator.resolved.model import Future, Primitive, Resolve, Stream, Type

MAP_KEYS = frozenset(Primitive) - {Primitive.F32, Primitive.F64, Primitive.ERROR_CONTEXT}
"""Explainer.md, `keytype`."""


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
