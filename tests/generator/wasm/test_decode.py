"""Reading core modules: round trips with the writer, and what malformed binaries give."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import GeneratorError
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, const_i32
from generator.wasm.decode import DecodedModule
from generator.wasm.encode import MAGIC, encode_module, encode_section
from generator.wasm.errors import WasmFormatError
from generator.wasm.module import Import, Module
from generator.wasm.types import (
    ExternKind,
    FuncIndex,
    FuncType,
    GlobalType,
    Limits,
    MemoryType,
    TableType,
    TagType,
    ValType,
)
from tests.generator.wasm.modules import MODULES

I32 = ValType.I32
ATTRIBUTES = ("types", "imports", "exports", "function_type_indices", "bodies", "customs", "function_names")


def imported(imports: Sequence[Import], kind: type) -> list[object]:
    return [item.desc for item in imports if isinstance(item.desc, kind)]


@given(MODULES)
def test_what_is_written_is_read_again(module: Module) -> None:
    decoded = DecodedModule(encode_module(module))
    assert list(decoded.types) == module.types
    assert list(decoded.imports) == module.imports
    assert list(decoded.exports) == module.exports
    assert decoded.start == module.start
    assert list(decoded.defined_globals) == module.globals
    assert list(decoded.customs) == module.leading_customs + module.customs
    functions = [item.desc.type_index for item in module.imports if isinstance(item.desc, FuncIndex)]
    assert list(decoded.function_type_indices) == functions + module.functions
    assert list(decoded.tables) == imported(module.imports, TableType) + module.tables
    assert list(decoded.memories) == imported(module.imports, MemoryType) + module.memories
    assert list(decoded.tags) == imported(module.imports, TagType) + module.tags
    types = [item.type for item in module.globals]
    assert list(decoded.globals) == imported(module.imports, GlobalType) + types


@given(MODULES, st.sets(st.integers(0, 3)))
def test_without_customs(module: Module, unwanted: set[int]) -> None:
    decoded = DecodedModule(encode_module(module))
    names = {decoded.customs[place].name for place in unwanted if place < len(decoded.customs)}
    module.leading_customs = [custom for custom in module.leading_customs if custom.name not in names]
    module.customs = [custom for custom in module.customs if custom.name not in names]
    kept = decoded.without_customs(names.__contains__)
    assert kept.binary == encode_module(module)
    assert kept is decoded or names


@given(MODULES)
def test_what_is_decoded_stays_true_with_other_customs(module: Module) -> None:
    decoded = DecodedModule(encode_module(module))
    for name in ATTRIBUTES:
        getattr(decoded, name)
    for copy in (decoded.named("other"), decoded.without_customs(lambda name: True)):
        afresh = DecodedModule(copy.binary)
        assert [getattr(copy, name) for name in ATTRIBUTES] == [getattr(afresh, name) for name in ATTRIBUTES]


@given(MODULES, st.data())
def test_damage_gives_an_error_or_another_module_never_a_traceback(module: Module, data: st.DataObject) -> None:
    binary = bytearray(encode_module(module))
    place = data.draw(st.integers(0, len(binary) - 1))
    binary[place] = data.draw(st.integers(0, 255))
    try:
        decoded = DecodedModule(bytes(binary[: data.draw(st.integers(0, len(binary)))]))
        spaces: list[object] = [decoded.types, decoded.imports, decoded.exports, decoded.function_type_indices]
        spaces += [decoded.tables, decoded.memories, decoded.tags, decoded.globals, decoded.customs, decoded.start]
        for export in decoded.exports:
            if export.kind is ExternKind.FUNC:
                decoded.func_type(export.index)
            decoded.export_global_type(export.name)
    except WasmFormatError as error:
        assert 0 <= error.offset <= len(binary)


def section(id: int, *items: bytes) -> bytes:
    return MAGIC + encode_section(id, bytes([len(items)]) + b"".join(items))


MALFORMED: list[tuple[bytes, str]] = [
    (b"", r"does not begin with `\0asm` (offset 0x0)"),
    (b"\0asm", "not a core module of version 1"),
    (b"\0asm\x0d\0\x01\0", "a component (offset 0x4)"),
    (MAGIC + b"\x63\0", "unknown section 99 (offset 0x8)"),
    (MAGIC + b"\x01\x05\0", "5 bytes expected, 1 left (offset 0xa)"),
    (MAGIC + b"\x01\x80", "unexpected end inside an integer"),
    (MAGIC + b"\x01\xff\xff\xff\xff\xff\x01", "integer longer than 32 bits allow"),
    (MAGIC + b"\x01\xff\xff\xff\xff\x1f", "integer does not fit in 32 bits"),
    (MAGIC + b"\x02\x01\0\x01\x01\0", "the type section appears twice or out of order (offset 0xb)"),
    (MAGIC + b"\0\x01\x05", "5 bytes expected, 0 left (custom section"),
    (section(1, b"\x5c\x7f\0"), "type form 0x5c is not supported (type section, offset 0xb)"),
    (section(1, b"\x60\x01\x67\0"), "value type 0x67 is not supported"),
    (section(1, b"\x60\x01\x64\x40\0"), "unknown heap type (type section, offset 0xe)"),
    (section(1, b"\x60\x01\x64\x7f\0"), "unknown heap type"),
    (section(1, b"\x60\x01\x64"), "unexpected end"),
    (section(1, b"\x5f\x01\x7f\x02"), "mutability 0x02"),
    (section(1, b"\x4e\x02\x5f\0"), "unexpected end"),
    (section(1, b"\x50\0"), "unexpected end"),
    (section(6, b"\x6e\0\xfb\x02\0\x0b"), "not supported in a constant expression"),
    (section(1, b"\x60\0\0\0"), "1 bytes too many"),
    (section(1, b"\x60\x7f"), "vector of 127 elements is longer than the rest"),
    (section(2, b"\x01\xffx"), "name is not UTF-8"),
    (section(2, b"\0\0\x07"), "import kind 7 is not supported (import section, offset 0xd)"),
    (section(4, b"\x7f\0\0"), "i32 is not a reference type"),
    (section(5, b"\x10\0"), "limits 0x10 are not supported"),
    (section(6, b"\x7f\x02\x41\0\x0b"), "mutability 0x02"),
    (section(6, b"\x7f\0\x20\0\x0b"), "opcode 0x20 is not supported in a constant expression"),
    (section(6, b"\x7f\0\xfd\x0d\0\x0b"), "opcode 0xfd is not supported"),
    (section(7, b"\0\x05\0"), "unknown export kind"),
    (section(7, b"\0\0\x07"), "function index 7 is out of range (function section"),
    (MAGIC + b"\x03\x02\x01\x09\x07\x04\x01\0\0\0", "type index 9 is out of range (function section, offset 0xa)"),
    (section(13, b"\x01\0"), "only exception tags are supported"),
]


@pytest.mark.parametrize(("binary", "message"), MALFORMED)
def test_errors_say_what_and_where(binary: bytes, message: str) -> None:
    with pytest.raises(GeneratorError) as caught:
        decoded = DecodedModule(binary)
        spaces: list[object] = [
            decoded.customs,
            decoded.types,
            decoded.imports,
            decoded.tables,
            decoded.memories,
            decoded.tags,
        ]
        spaces += [decoded.globals, decoded.exports]
        for export in decoded.exports:
            decoded.func_type(export.index)
    assert message in str(caught.value)


def test_types_of_imports_and_exports() -> None:
    builder = ModuleBuilder()
    unary, binary = FuncType((I32,), (I32,)), FuncType((I32, I32))
    builder.import_function("m", "f", unary)
    builder.import_tag("m", "t", [I32])
    builder.import_global("m", "g", GlobalType(I32, True))
    function = builder.add_function(binary, Code(2).body(), "named")
    builder.export("function", ExternKind.FUNC, function)
    builder.export("again", ExternKind.FUNC, 0)
    builder.export("global", ExternKind.GLOBAL, builder.add_global(GlobalType(ValType.I64), b"\x42\0"))
    tag = builder.add_tag([I32, ValType.I64])
    builder.export("table", ExternKind.TABLE, builder.add_table(TableType(Limits(1))))
    builder.add_elements(const_i32(0), [function])
    decoded = DecodedModule(builder.encode(names=True))
    assert decoded.export_func_type("function") == binary
    assert decoded.export_func_type("again") == decoded.import_func_type(decoded.imports[0]) == unary
    assert decoded.export_func_type("global") is decoded.export_func_type("absent") is None
    assert decoded.export_global_type("global") == GlobalType(ValType.I64)
    assert decoded.export_global_type("function") is None
    assert decoded.tag_type(0) == decoded.import_func_type(decoded.imports[1]) == FuncType((I32,))
    assert decoded.tag_type(tag) == FuncType((I32, ValType.I64))
    assert decoded.exports_by_name["table"].kind is ExternKind.TABLE
    assert decoded.function_names == {function: "named"}
    assert decoded.custom("name") is not None
    assert decoded.custom("absent") is None


def test_a_damaged_name_section_is_no_error() -> None:
    binary = MAGIC + encode_section(0, b"\x04name\x01\x05\x01\0\x7fab")
    assert DecodedModule(binary).function_names == {}


def test_the_first_of_equal_customs_is_found() -> None:
    binary = MAGIC + encode_section(0, b"\x01a\x01") + encode_section(0, b"\x01a\x02")
    decoded = DecodedModule(binary)
    assert decoded.custom("a") == b"\x01"
    assert [custom.data for custom in decoded.customs] == [b"\x01", b"\x02"]


def test_two_exports_of_one_name() -> None:
    builder = ModuleBuilder()
    for _ in range(2):
        builder.export("m", ExternKind.MEMORY, builder.add_memory(MemoryType(Limits(1))))
    module = DecodedModule(builder.encode())
    with pytest.raises(WasmFormatError, match="two exports have the name `m`"):
        module.export_func_type("m")
