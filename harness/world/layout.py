"""Sizes for the model: CanonicalABI.md, "Alignment", "Element Size", "Flattening", for 32-bit memories."""

from __future__ import annotations

from harness.world import types as t

MAX_FLAT_PARAMS = 16
MAX_FLAT_RESULTS = 1

POINTER_SIZE = 4


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
        match type:
            case t.Prim.STRING | t.List() | t.Map():
                return 2
            case t.Record() | t.Tuple():
                return sum(map(self.flat_count, t.parts(type)))
            case t.FixedLengthList():
                return type.size * self.flat_count(type.type)
            case t.Variant() | t.Option() | t.Result():
                return 1 + max((self.flat_count(p) for p in t.payloads(type) if p is not None), default=0)
            case _:
                return 1

    def alignment(self, type: t.Type) -> int:
        return self._size_and_alignment(type)[1]

    def elem_size(self, type: t.Type) -> int:
        return self._size_and_alignment(type)[0]

    def _size_and_alignment(self, type: t.Type) -> tuple[int, int]:
        found = self._memory.get(type)
        if found is None:
            found = self._memory[type] = self._measure(type)
        return found

    def _measure(self, type: t.Type) -> tuple[int, int]:
        match type:
            case t.Prim.BOOL:
                return 1, 1
            case t.Prim.STRING | t.List() | t.Map():
                return 2 * POINTER_SIZE, POINTER_SIZE
            case t.Prim() if type in t.NUMBERS:
                size = t.NUMBERS[type] // 8
                return size, size
            case t.EnumType():
                size = discriminant_size(len(type.cases))
                return size, size
            case t.Flags():
                size = flags_size(len(type.labels))
                return size, size
            case t.Record() | t.Tuple():
                return self._sequence(t.parts(type))
            case t.FixedLengthList():
                return type.size * self.elem_size(type.type), self.alignment(type.type)
            case t.Variant() | t.Option() | t.Result():
                return self._variant(t.payloads(type))
            case _:  # char, error-context and every handle
                return 4, 4

    def _sequence(self, members: tuple[t.Type, ...]) -> tuple[int, int]:
        size, alignment = 0, 1
        for member in members:
            member_size, member_alignment = self._size_and_alignment(member)
            size = align_to(size, member_alignment) + member_size
            alignment = max(alignment, member_alignment)
        return align_to(size, alignment), alignment

    def _variant(self, cases: tuple[t.Type | None, ...]) -> tuple[int, int]:
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
