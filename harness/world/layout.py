"""Sizes for the model: CanonicalABI.md, "Alignment", "Element Size", "Flattening", for 32-bit memories."""

from __future__ import annotations

from collections.abc import Iterable

from harness.world import types as t
from harness.world.despecialize import Bits, Handle, Product, Scalar, Sequence, Sum, despecialize
from harness.world.world import Function

MAX_FLAT_PARAMS = 16
MAX_FLAT_ASYNC_PARAMS = 4
MAX_FLAT_RESULTS = 1

POINTER_SIZE = 4

_SCALAR_SIZES = {t.Prim.BOOL: 1, t.Prim.CHAR: 4} | {type: width // 8 for type, width in t.NUMBERS.items()}


class Layout:
    """Sizes of types, cached by type: each part of a type with nested doubling is computed once."""

    def __init__(self) -> None:
        self._flat: dict[t.Type, int] = {}
        self._memory: dict[t.Type, tuple[int, int]] = {}

    def flat_count(self, type: t.Type) -> int:
        """The number of core values that `flatten_type` returns."""
        found = self._flat.get(type)
        if found is None:
            found = self._flat[type] = self._flatten(type)
        return found

    def _flatten(self, type: t.Type) -> int:
        match despecialize(type):
            case Scalar() | Bits() | Handle():
                return 1
            case Sequence():
                return 2
            case Product(types, times):
                return times * sum(map(self.flat_count, types))
            case Sum(cases):
                return 1 + max((self.flat_count(case) for case in cases if case is not None), default=0)

    def alignment(self, type: t.Type) -> int:
        return self._size_and_alignment(type)[1]

    def elem_size(self, type: t.Type) -> int:
        return self._size_and_alignment(type)[0]

    def element(self, sequence: Sequence) -> tuple[int, int]:
        """Size and alignment of an element of a sequence."""
        return self.record(sequence.types) if sequence.types else (1, 1)

    def _size_and_alignment(self, type: t.Type) -> tuple[int, int]:
        found = self._memory.get(type)
        if found is None:
            found = self._memory[type] = self._measure(type)
        return found

    def _measure(self, type: t.Type) -> tuple[int, int]:
        match despecialize(type):
            case Scalar(scalar):
                size = _SCALAR_SIZES[scalar]
                return size, size
            case Bits(labels):
                size = flags_size(labels)
                return size, size
            case Sequence():
                return 2 * POINTER_SIZE, POINTER_SIZE
            case Handle():
                return 4, 4
            case Product(types, times):
                size, alignment = self.record(types)
                return times * size, alignment
            case Sum(cases):
                return self._sum(cases)

    def record(self, members: Iterable[t.Type]) -> tuple[int, int]:
        """Size and alignment of a record with fields of these types."""
        size, alignment = 0, 1
        for member in members:
            member_size, member_alignment = self._size_and_alignment(member)
            size = align_to(size, member_alignment) + member_size
            alignment = max(alignment, member_alignment)
        return align_to(size, alignment), alignment

    def spills(self, function: Function) -> bool:
        """Whether an asynchronous call passes the parameters in memory (`canon_lower`)."""
        return sum([self.flat_count(param.type) for param in function.params]) > MAX_FLAT_ASYNC_PARAMS

    def async_area(self, function: Function) -> tuple[int, int]:
        """Size and alignment of what a caller that is lowered async keeps in memory: the parameters if they are more
        than `MAX_FLAT_ASYNC_PARAMS` core values, then the result (`canon_lower`), as one record."""
        params = [param.type for param in function.params]
        stored = params if self.spills(function) else []
        return self.record([*stored, function.result] if function.result is not None else stored)

    def _sum(self, cases: tuple[t.Type | None, ...]) -> tuple[int, int]:
        tag = discriminant_size(len(cases))
        present = [self._size_and_alignment(case) for case in cases if case is not None]
        payload_alignment = max((alignment for _, alignment in present), default=1)
        payload_size = max((size for size, _ in present), default=0)
        alignment = max(tag, payload_alignment)
        return align_to(align_to(tag, payload_alignment) + payload_size, alignment), alignment


def align_to(offset: int, alignment: int) -> int:
    return (offset + alignment - 1) // alignment * alignment


def discriminant_size(cases: int) -> int:
    """Bytes of the discriminant of a variant with this many cases (`discriminant_type`)."""
    return 1 if cases <= 1 << 8 else 2 if cases <= 1 << 16 else 4


def flags_size(labels: int) -> int:
    return 1 if labels <= 8 else 2 if labels <= 16 else 4
