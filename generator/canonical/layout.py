"""The layout of values in linear memory (CanonicalABI.md, "Alignment" and "Element Size"), for 32-bit memories."""

from __future__ import annotations

from collections.abc import Iterable

from generator.resolved.despecialize import Handle, Product, Scalar, Sequence, Sum, known_alias, shape_of
from generator.resolved.model import Resolve
from generator.resolved.types import Alias, Primitive, Type, TypeId

POINTER_SIZE = 4
HANDLE_SIZE = 4

_PRIMITIVE_SIZE = {
    Primitive.BOOL: 1,
    Primitive.S8: 1,
    Primitive.U8: 1,
    Primitive.S16: 2,
    Primitive.U16: 2,
    Primitive.S32: 4,
    Primitive.U32: 4,
    Primitive.S64: 8,
    Primitive.U64: 8,
    Primitive.F32: 4,
    Primitive.F64: 8,
    Primitive.CHAR: 4,
    Primitive.ERROR_CONTEXT: HANDLE_SIZE,
}


def align_to(offset: int, alignment: int) -> int:
    """`offset` rounded up to a multiple of `alignment` (a power of two)."""
    return (offset + alignment - 1) & -alignment


def discriminant_size(cases: int) -> int:
    """Bytes of the discriminant of a variant with this many cases (`discriminant_type`: u8, u16 or u32)."""
    assert 0 < cases < 1 << 32, "a variant has at least one case"
    if cases <= 1 << 8:
        return 1
    return 2 if cases <= 1 << 16 else 4


class Layout:
    """Sizes and alignments of the types of one `Resolve`, in bytes; each is computed once.

    Some rules use pointers of 64 bits: a `pointer_size` of 8.
    """

    def __init__(self, resolve: Resolve, pointer_size: int = POINTER_SIZE) -> None:
        self.resolve = resolve
        self._pair = 2 * pointer_size, pointer_size
        """The size of an address with a length."""
        self._known: dict[TypeId, tuple[int, int]] = {}

    def alignment(self, type: Type) -> int:
        return self.size_and_alignment(type)[1]

    def elem_size(self, type: Type) -> int:
        return self.size_and_alignment(type)[0]

    def size_and_alignment(self, type: Type) -> tuple[int, int]:
        if isinstance(type, Primitive):
            if type is Primitive.STRING:
                return self._pair
            size = _PRIMITIVE_SIZE[type]
            return size, size
        known = self._known.get(type)
        if known is None:
            known = self._known[type] = self._compute(type)
        return known

    def _compute(self, id: TypeId) -> tuple[int, int]:
        kind = known_alias(self.resolve, id, self._known)
        if isinstance(kind, Alias):
            return self.size_and_alignment(kind.type)
        match shape_of(kind):
            case Scalar(type):
                return self.size_and_alignment(type)
            case Product(types, times):
                size, alignment = self.record(types)
                return size * (times or 1), alignment
            case Sum(cases):
                return self.variant(cases)
            case Sequence():
                return self._pair
            case Handle():
                return HANDLE_SIZE, HANDLE_SIZE

    def record(self, types: Iterable[Type]) -> tuple[int, int]:
        """Size and alignment of a record with fields of these types."""
        size, alignment = 0, 1
        for type in types:
            field_size, field_alignment = self.size_and_alignment(type)
            size = align_to(size, field_alignment) + field_size
            alignment = max(alignment, field_alignment)
        return align_to(size, alignment), alignment

    def variant(self, cases: tuple[Type | None, ...]) -> tuple[int, int]:
        """Size and alignment of a variant with these cases."""
        payload_size, alignment = 0, discriminant_size(len(cases))
        for type in cases:
            if type is not None:
                case_size, case_alignment = self.size_and_alignment(type)
                payload_size = max(payload_size, case_size)
                alignment = max(alignment, case_alignment)
        return align_to(self.payload_offset(cases) + payload_size, alignment), alignment

    def field_offsets(self, types: Iterable[Type]) -> list[int]:
        """The offset of each field of a record with fields of these types."""
        offsets = []
        offset = 0
        for type in types:
            size, alignment = self.size_and_alignment(type)
            offset = align_to(offset, alignment)
            offsets.append(offset)
            offset += size
        return offsets

    def max_case_alignment(self, cases: Iterable[Type | None]) -> int:
        alignment = 1
        for type in cases:
            if type is not None:
                alignment = max(alignment, self.alignment(type))
        return alignment

    def payload_offset(self, cases: tuple[Type | None, ...]) -> int:
        """The offset of the payload of a variant with these cases, the same for all cases."""
        return align_to(discriminant_size(len(cases)), self.max_case_alignment(cases))
