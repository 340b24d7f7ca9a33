"""Rules about types that stand in no grammar, for text and binaries alike."""

from __future__ import annotations

from collections.abc import Callable

from generator.resolved.despecialize import dealias
from generator.resolved.model import Future, Primitive, Resolve, Stream, Type

MAP_KEYS = frozenset(Primitive) - {Primitive.F32, Primitive.F64, Primitive.ERROR_CONTEXT}
"""Explainer.md, `keytype`."""


def payload_problem(resolve: Resolve, kind: Future | Stream, borrows: Callable[[Type], bool]) -> str | None:
    """What is wrong with what a stream or future carries (Explainer.md, "Asynchronous Value Types"); None if nothing.

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
