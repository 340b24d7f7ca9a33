"""The `wit_t`: the description of a world that the interpreter reads at start (wit_dylib.h)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from generator.canonical.names import CopyIntrinsic
from generator.dylib.wit_t.copies import CopyEntry
from generator.dylib.wit_t.words import Words
from generator.dylib.world.type_table import TypeEntry
from generator.dylib.world.types import ARRAYS, Kind, TypeWord

NO_TYPE = 0xFFFFFFFF
"""`WIT_TYPE_EMPTY`; wasm-tools sets the bits of the index, too."""

NO_COPY = CopyEntry((None,) * len(CopyIntrinsic), None, None, 0, 1)

LARGEST_INDEX = (1 << 24) - 1


@dataclass(frozen=True, slots=True)
class FunctionEntry:
    """A function, and the places of its adapters in the table; None for an adapter that it does not have."""

    interface: str | None
    name: str
    params: tuple[TypeWord, ...]
    result: TypeWord | None
    impl: int | None = None
    """The adapter of a synchronous import."""
    async_impl: int | None = None
    """The adapters of an async import, here and below."""
    async_lift_impl: int | None = None
    area: tuple[int, int] = (0, 0)
    """Size and alignment of the memory of a call of an async import."""
    task_return: int | None = None
    """The adapter for the result of an async export."""


@dataclass(frozen=True, slots=True)
class ResourceEntry:
    """Places of the built-ins in the table; `new` and `rep` only for resources that the component defines."""

    interface: str | None
    name: str
    drop: int
    new: int | None = None
    rep: int | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """The contents of a wit_t. Arrays are in the order of their indices."""

    imports: Sequence[FunctionEntry]
    exports: Sequence[FunctionEntry]
    resources: Sequence[ResourceEntry]
    types: dict[Kind, list[TypeEntry]]
    copies: dict[TypeWord, CopyEntry]
    """Streams and futures that functions use; those that are only mentioned in an interface have no built-ins."""


_WITH_ARRAY = frozenset({Kind.RECORD, Kind.FLAGS, Kind.TUPLE, Kind.VARIANT, Kind.ENUM})
"""Kinds that point to an array of their members; the others contain their types directly."""

T = TypeVar("T")


class Encoder:
    """Writes a description as words; arrays that others point to come first. Each `write_*` is a seam
    (docs/house.md)."""

    def __init__(self, abi_version: int) -> None:
        self.abi_version = abi_version
        self.out = Words()

    def encode(self, description: Description) -> int:
        """Write everything; returns the index of the first word of the wit_t itself."""
        arrays = [
            self._array(description.imports, lambda entry: self._type_array(entry.params), self.write_import),
            self._array(description.exports, lambda entry: self._type_array(entry.params), self.write_export),
            self._array(description.resources, None, self._resource),
        ]
        for kind in ARRAYS:
            if kind is Kind.MAP and self.abi_version < 3:
                continue
            entries = description.types[kind]
            if kind in (Kind.FUTURE, Kind.STREAM):
                copies = [description.copies.get(TypeWord(kind, index), NO_COPY) for index in range(len(entries))]
                arrays.append(self._array(list(zip(entries, copies, strict=True)), None, self._copy))
            elif kind in _WITH_ARRAY:
                arrays.append(self._array(entries, self._members, self._with_array))
            else:
                arrays.append(self._array(entries, None, self._direct))
        root = self.out.here()
        self.out.value(self.abi_version)
        for length, start in arrays:
            self.out.value(length)
            self.out.pointer(start)
        return root

    def _array(
        self,
        entries: Sequence[T],
        inner: Callable[[T], tuple[int, int | None]] | None,
        write: Callable[[T, tuple[int, int | None]], None],
    ) -> tuple[int, int | None]:
        """Length and start of an array of structures; `inner` writes the array that each points to and returns the
        same."""
        if not entries:
            return 0, None
        inners = [(0, None) if inner is None else inner(entry) for entry in entries]
        start = self.out.here()
        for entry, pointed in zip(entries, inners, strict=True):
            write(entry, pointed)
        return len(entries), start

    def _type_array(self, types: Sequence[TypeWord | None]) -> tuple[int, int | None]:
        start = self.out.here()
        for word in types:
            self.write_type(word)
        return len(types), start if types else None

    def write_type(self, word: TypeWord | None) -> None:
        if word is None:
            self.out.value(NO_TYPE)
            return
        assert word.number <= LARGEST_INDEX, "an index has 24 bits"
        tag = word.kind - (self.abi_version < 3 and word.kind > Kind.MAP)  # version 2 has no map
        self.out.value(word.number << 8 | tag)

    def write_slice(self, pointed: tuple[int, int | None]) -> None:
        length, start = pointed
        self.out.value(length)
        self.out.pointer(start)

    def write_import(self, entry: FunctionEntry, params: tuple[int, int | None]) -> None:
        self.out.string(entry.interface)
        self.out.string(entry.name)
        self.out.element(entry.impl)
        self.out.element(entry.async_impl)
        self.out.element(entry.async_lift_impl)
        self.write_slice(params)
        self.write_type(entry.result)
        for number in entry.area:
            self.out.value(number)

    def write_export(self, entry: FunctionEntry, params: tuple[int, int | None]) -> None:
        self.out.string(entry.interface)
        self.out.string(entry.name)
        self.out.element(entry.task_return)
        self.write_slice(params)
        self.write_type(entry.result)

    def _resource(self, entry: ResourceEntry, _: tuple[int, int | None]) -> None:
        self.out.string(entry.interface)
        self.out.string(entry.name)
        self.out.element(entry.drop)
        self.out.element(entry.new)
        self.out.element(entry.rep)

    def _members(self, entry: TypeEntry) -> tuple[int, int | None]:
        """Fields or cases with their types, or only names, or only types."""
        if not entry.labels:
            return self._type_array(entry.types)
        start = self.out.here()
        for index, label in enumerate(entry.labels):
            self.out.string(label)
            if entry.types:
                self.write_type(entry.types[index])
        return len(entry.labels), start

    def _with_array(self, entry: TypeEntry, members: tuple[int, int | None]) -> None:
        self.out.string(entry.interface)
        self.out.string(entry.name)
        self.write_slice(members)

    def _direct(self, entry: TypeEntry, _: tuple[int, int | None]) -> None:
        self.out.string(entry.interface)
        self.out.string(entry.name)
        if entry.length:
            self.out.value(entry.length)
        for word in entry.types:
            self.write_type(word)

    def _copy(self, item: tuple[TypeEntry, CopyEntry], _: tuple[int, int | None]) -> None:
        entry, copy = item
        self.out.string(entry.interface)
        self.out.string(entry.name)
        self.write_type(entry.types[0])
        for element in (*copy.builtins, copy.lift, copy.lower):
            self.out.element(element)
        self.out.value(copy.size)
        self.out.value(copy.alignment)
