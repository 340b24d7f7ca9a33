"""Types, names and aliases: bytes as Binary.md gives them, and back."""

from __future__ import annotations

import pytest

from generator.component.encode_types import (
    encode_alias,
    encode_core_type,
    encode_deftype,
    encode_extern_name,
    encode_extern_type,
)
from generator.component.read_names import read_extern_name, read_extern_type
from generator.component.read_types import read_alias, read_core_type, read_deftype
from generator.component.reader import ComponentReader
from generator.component.types import (
    Alias,
    AliasCoreExport,
    AliasExport,
    AliasOuter,
    BorrowType,
    ComponentType,
    CoreType,
    DefType,
    EnumType,
    ExportDecl,
    ExternType,
    FixedLengthListType,
    FlagsType,
    FuncType,
    FutureType,
    Import,
    InstanceType,
    ListType,
    MapType,
    ModuleType,
    OptionType,
    OwnType,
    PrimValType,
    RecordType,
    ResourceType,
    ResultType,
    Sort,
    StreamType,
    SubResource,
    TupleType,
    TypedExtern,
    TypeEq,
    VariantType,
)
from generator.names.component_names import ExternName
from generator.wasm.types import FuncType as CoreFuncType
from generator.wasm.types import GlobalType, Limits, MemoryType, TableType
from generator.wasm.types import ValType as CoreValType

U8, U32, STRING = PrimValType.U8, PrimValType.U32, PrimValType.STRING
I32 = CoreValType.I32

DEFTYPES: list[tuple[DefType, str]] = [
    (PrimValType.BOOL, "7f"),
    (PrimValType.S8, "7e"),
    (PrimValType.U8, "7d"),
    (PrimValType.S16, "7c"),
    (PrimValType.U16, "7b"),
    (PrimValType.S32, "7a"),
    (PrimValType.U32, "79"),
    (PrimValType.S64, "78"),
    (PrimValType.U64, "77"),
    (PrimValType.F32, "76"),
    (PrimValType.F64, "75"),
    (PrimValType.CHAR, "74"),
    (PrimValType.STRING, "73"),
    (PrimValType.ERROR_CONTEXT, "64"),
    (RecordType((("a", U8), ("b-c", 5))), "72 02 01 61 7d 03 62 2d 63 05"),
    (VariantType((("a", None), ("b", U32))), "71 02 01 61 00 00 01 62 01 79 00"),
    (ListType(0x3F), "70 3f"),
    (ListType(0x40), "70 c0 00"),
    (ListType(200), "70 c8 01"),
    (FixedLengthListType(U8, 300), "67 7d ac 02"),
    (TupleType((U8, STRING)), "6f 02 7d 73"),
    (FlagsType(("a", "b")), "6e 02 01 61 01 62"),
    (EnumType(("a",)), "6d 01 01 61"),
    (OptionType(U32), "6b 79"),
    (ResultType(None, None), "6a 00 00"),
    (ResultType(U32, 3), "6a 01 79 01 03"),
    (OwnType(200), "69 c8 01"),
    (BorrowType(1), "68 01"),
    (StreamType(U8), "66 01 7d"),
    (StreamType(None), "66 00"),
    (FutureType(4), "65 01 04"),
    (MapType(STRING, 2), "63 73 02"),
    (ResourceType(), "3f 7f 00"),
    (ResourceType(7), "3f 7f 01 07"),
    (FuncType((("a", U32),), 4), "40 01 01 61 79 00 04"),
    (FuncType((), None, True), "43 00 01 00"),
    (InstanceType(()), "42 00"),
    (
        InstanceType((ExportDecl(ExternName("r"), SubResource()), OwnType(0), AliasOuter(Sort.TYPE, 1, 2))),
        "42 03 04 00 01 72 03 01 01 69 00 02 03 02 01 02",
    ),
    (
        ComponentType((FuncType(()), Import(ExternName("f"), TypedExtern(Sort.FUNC, 0)))),
        "41 02 01 40 00 01 00 03 00 01 66 01 00",
    ),
    (InstanceType((CoreFuncType((I32,)),)), "42 01 00 60 01 7f 00"),
]


@pytest.mark.parametrize(("type", "binary"), DEFTYPES)
def test_deftype(type: DefType, binary: str) -> None:
    out = bytearray()
    encode_deftype(out, type)
    assert out.hex(" ") == binary
    reader = ComponentReader(bytes(out))
    assert read_deftype(reader) == type
    assert reader.at_end


EXTERN_TYPES: list[tuple[ExternType, str]] = [
    (TypedExtern(Sort.CORE_MODULE, 1), "00 11 01"),
    (TypedExtern(Sort.FUNC, 2), "01 02"),
    (TypeEq(3), "03 00 03"),
    (SubResource(), "03 01"),
    (TypedExtern(Sort.COMPONENT, 4), "04 04"),
    (TypedExtern(Sort.INSTANCE, 5), "05 05"),
]


@pytest.mark.parametrize(("type", "binary"), EXTERN_TYPES)
def test_extern_type(type: ExternType, binary: str) -> None:
    out = bytearray()
    encode_extern_type(out, type)
    assert out.hex(" ") == binary
    assert read_extern_type(ComponentReader(bytes(out))) == type


NAMES = [
    (ExternName("a"), "00 01 61"),
    (ExternName("a", implements="b:c/d"), "02 01 61 01 00 05 62 3a 63 2f 64"),
    (ExternName("b:c/d@1", version_suffix=".2.3"), "02 07 62 3a 63 2f 64 40 31 01 01 04 2e 32 2e 33"),
    (ExternName("a", "b", "c", "é"), "02 01 61 03 00 01 62 01 01 63 02 02 c3 a9"),
]


@pytest.mark.parametrize(("name", "binary"), NAMES)
def test_extern_name(name: ExternName, binary: str) -> None:
    out = bytearray()
    encode_extern_name(out, name)
    assert out.hex(" ") == binary
    assert read_extern_name(ComponentReader(bytes(out))) == name


def test_names_written_by_older_tools_begin_with_one() -> None:
    assert read_extern_name(ComponentReader(b"\x01\x01a")) == ExternName("a")


ALIASES: list[tuple[Alias, str]] = [
    (AliasExport(Sort.TYPE, 1, "t"), "03 00 01 01 74"),
    (AliasExport(Sort.CORE_MODULE, 1, "t"), "00 11 00 01 01 74"),
    (AliasCoreExport(Sort.CORE_MEMORY, 2, "m"), "00 02 01 02 01 6d"),
    (AliasOuter(Sort.COMPONENT, 1, 2), "04 02 01 02"),
]


@pytest.mark.parametrize(("alias", "binary"), ALIASES)
def test_alias(alias: Alias, binary: str) -> None:
    out = bytearray()
    encode_alias(out, alias)
    assert out.hex(" ") == binary
    assert read_alias(ComponentReader(bytes(out))) == alias


CORE_TYPES: list[tuple[CoreType, str]] = [
    (CoreFuncType((I32,), (I32,)), "60 01 7f 01 7f"),
    (
        ModuleType(
            (CoreFuncType(()), AliasOuter(Sort.CORE_TYPE, 1, 0)),
            (("a", "m", MemoryType(Limits(1))), ("a", "t", TableType(Limits(0, 2)))),
            (("f", 0), ("g", GlobalType(I32, True))),
        ),
        "50 06 01 60 00 00 02 10 01 01 00 00 01 61 01 6d 02 00 01 00 01 61 01 74 01 70 01 00 02 "
        "03 01 66 00 00 03 01 67 03 7f 01",
    ),
]


@pytest.mark.parametrize(("type", "binary"), CORE_TYPES)
def test_core_type(type: CoreType, binary: str) -> None:
    out = bytearray()
    encode_core_type(out, type)
    assert out.hex(" ") == binary
    reader = ComponentReader(bytes(out))
    assert read_core_type(reader) == type
    assert reader.at_end
