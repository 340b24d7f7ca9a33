"""The binary forms of compound value types, for writers, readers and walks (Binary.md, "Type Definitions")."""

from __future__ import annotations

from dataclasses import fields
from enum import Enum, unique

from generator.component.types import (
    BorrowType,
    EnumType,
    FixedLengthListType,
    FlagsType,
    FutureType,
    ListType,
    MapType,
    OptionType,
    OwnType,
    RecordType,
    ResultType,
    StreamType,
    TupleType,
    VariantType,
)


@unique
class FormPart(Enum):
    """The parts of a form after its opcode."""

    VALTYPE = "valtype"
    OPTIONAL_VALTYPE = "valtype?"
    VALTYPES = "vec(valtype)"
    FIELDS = "vec(labelvaltype)"
    CASES = "vec(case)"
    LABELS = "vec(label')"
    TYPE_INDEX = "typeidx"
    LENGTH = "u32"

    # Members are singletons; Enum hashes their names, which is slow.
    __hash__ = object.__hash__


FORMS: dict[type, tuple[int, tuple[FormPart, ...]]] = {
    RecordType: (0x72, (FormPart.FIELDS,)),
    VariantType: (0x71, (FormPart.CASES,)),
    ListType: (0x70, (FormPart.VALTYPE,)),
    TupleType: (0x6F, (FormPart.VALTYPES,)),
    FlagsType: (0x6E, (FormPart.LABELS,)),
    EnumType: (0x6D, (FormPart.LABELS,)),
    OptionType: (0x6B, (FormPart.VALTYPE,)),
    ResultType: (0x6A, (FormPart.OPTIONAL_VALTYPE, FormPart.OPTIONAL_VALTYPE)),
    OwnType: (0x69, (FormPart.TYPE_INDEX,)),
    BorrowType: (0x68, (FormPart.TYPE_INDEX,)),
    FixedLengthListType: (0x67, (FormPart.VALTYPE, FormPart.LENGTH)),
    StreamType: (0x66, (FormPart.OPTIONAL_VALTYPE,)),
    FutureType: (0x65, (FormPart.OPTIONAL_VALTYPE,)),
    MapType: (0x63, (FormPart.VALTYPE, FormPart.VALTYPE)),
}
"""Opcode and parts; the parts are the fields of the class, in their order."""


def named_parts(form: type) -> list[tuple[str, FormPart]]:
    """The parts of a form, each with the name of its field."""
    _, parts = FORMS[form]
    return [(field.name, part) for field, part in zip(fields(form), parts, strict=True)]
