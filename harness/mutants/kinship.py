"""Generators that treat two types as one because they have something in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from generator.dylib.world.type_table import TypeTable, TypeUse
from generator.dylib.world.types import Kind, TypeWord
from generator.resolved.instances import InterfaceInstance
from generator.resolved.model import TypeDef
from generator.resolved.types import TypeId, TypeKind
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import Member

KINSHIP = Table(Area.GENERATOR)
_row = KINSHIP.function

Original = Callable[..., Any]
_Key = tuple[Kind, int, tuple[TypeWord | None, ...]]


class _Alike(dict[_Key | None, TypeUse]):
    """Types without names by their parts, as far as `alike` distinguishes them."""

    def __init__(self, alike: Callable[[_Key], _Key]) -> None:
        super().__init__()
        self._alike = alike

    def _of(self, key: object) -> Any:
        return self._alike(key) if isinstance(key, tuple) else key

    def __contains__(self, key: object) -> bool:
        return super().__contains__(self._of(key))

    def __getitem__(self, key: _Key | None) -> TypeUse:
        return super().__getitem__(self._of(key))

    def __setitem__(self, key: _Key | None, use: TypeUse) -> None:
        super().__setitem__(self._of(key), use)


def _blind(alike: Callable[[_Key], _Key]) -> Original:
    def wrong(
        original: Original,
        self: TypeTable,
        id: TypeId,
        definition: TypeDef,
        kind: TypeKind,
        instance: InterfaceInstance,
    ) -> TypeUse:
        if not isinstance(self.anonymous, _Alike):
            vars(self)["anonymous"] = _Alike(alike)
        found: TypeUse = original(self, id, definition, kind, instance)
        return found

    return wrong


def _without_length(key: _Key) -> _Key:
    kind, length, words = key
    return (kind, 0 if kind is Kind.FIXED_LENGTH_LIST else length, words)


def _without_sides(key: _Key) -> _Key:
    kind, length, words = key
    is_one_sided = kind is Kind.RESULT and None in words
    return (kind, length, tuple([word for word in words if word is not None]) if is_one_sided else words)


_row(
    "fixed-lengths-forgotten",
    Member(TypeTable, "structure"),
    "two fixed-length lists of one element type are one type",
    needs="fixed-length lists of one element type with different lengths",
    shown_by="kin",
)(_blind(_without_length))
_row(
    "error-taken-for-ok",
    Member(TypeTable, "structure"),
    "result<T> and result<_, T> are one type",
    needs="result<T> and result<_, T>",
    shown_by="kin",
)(_blind(_without_sides))
