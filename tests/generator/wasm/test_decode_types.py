"""Types of WebAssembly 3.0 and of proposals are skipped; types that all modules have are distinguished."""

from __future__ import annotations

import pytest
from wasmtime import wat2wasm

from generator.wasm.decode import DecodedModule
from generator.wasm.errors import WasmFormatError
from generator.wasm.types import FuncType, OtherType, RefType, ValType

EMPTY = FuncType(())


def module(text: str) -> DecodedModule:
    return DecodedModule(bytes(wat2wasm(f"(module {text})")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(type (func))", [EMPTY]),
        ("(type (struct (field i32) (field (mut i8)) (field (ref null 0))))", ["a struct type"]),
        ("(type (struct))", ["a struct type"]),
        ("(type (array (mut i16)))", ["an array type"]),
        ("(type (func)) (type (cont 0))", [EMPTY, "a continuation type"]),
        ("(rec (type (func)))", [EMPTY]),
        ("(rec (type (func)) (type (struct)))", ["a function type in a recursion group", "a struct type"]),
        ("(rec) (type (func))", [EMPTY]),
        ("(type (sub (func)))", ["a function type with subtypes or a supertype"]),
        ("(type (sub final (func)))", [EMPTY]),
        ("(type $a (sub (struct))) (type (sub final $a (struct)))", ["a struct type", "a struct type"]),
        (
            "(type (func (param anyref (ref null i31)) (result (ref null none))))",
            [FuncType((ValType.ANYREF, ValType.I31REF), (ValType.NULLREF,))],
        ),
        (
            "(type (func (param (ref func))))",
            ["a function type with references to types of its module, or that cannot be null"],
        ),
        (
            "(type $t (func (param (ref null $t))))",
            ["a function type with references to types of its module, or that cannot be null"],
        ),
    ],
)
def test_types(text: str, expected: list[FuncType | str]) -> None:
    found = [type.what if isinstance(type, OtherType) else type for type in module(text).types]
    assert found == expected


CONSTANTS = """
  (type $s (struct (field i32))) (type $a (array i8))
  (global $i (mut i32) (i32.const 1))
  (global (ref $s) (struct.new $s (i32.const 1)))
  (global (ref null $s) (struct.new_default $s))
  (global (ref $a) (array.new $a (i32.const 1) (i32.const 2)))
  (global (ref $a) (array.new_default $a (i32.const 2)))
  (global (ref $a) (array.new_fixed $a 2 (i32.const 1) (i32.const 2)))
  (global anyref (ref.i31 (i32.const 5)))
  (global externref (extern.convert_any (ref.null any)))
  (global anyref (any.convert_extern (ref.null extern)))
  (global (export "last") i32 (i32.const 7))
  (table 1 (ref $s) (struct.new $s (i32.const 3)))
  (table (export "t") 2 funcref)
"""


def test_constant_expressions_and_tables() -> None:
    found = module(CONSTANTS)
    assert found.export_global_type("last") is not None
    types = [type.type for type in found.globals]
    assert [type for type in types if isinstance(type, ValType)] == [
        ValType.I32,
        ValType.ANYREF,
        ValType.EXTERNREF,
        ValType.ANYREF,
        ValType.I32,
    ]
    assert [type.encoded for type in types if isinstance(type, RefType)] == [
        b"\x64\0",
        b"\x63\0",
        b"\x64\x01",
        b"\x64\x01",
        b"\x64\x01",
    ]
    assert [table.element for table in found.tables] == [RefType(b"\x64\0"), ValType.FUNCREF]


def test_function_of_a_type_that_only_its_module_has() -> None:
    found = module('(rec (type $f (func)) (type (struct))) (func (export "f") (type $f)) (func (export "g"))')
    assert [found.has_own_type(function) for function in (0, 1)] == [True, False]
    assert found.export_func_type("g") == EMPTY
    with pytest.raises(WasmFormatError, match="the type of export `f` is a function type in a recursion group"):
        found.export_func_type("f")
