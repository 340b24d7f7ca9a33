"""The references in function bodies: the reader passes over every kind of immediate and finds every call."""

from __future__ import annotations

import pytest
import wasmtime

from generator.wasm.code import Code, Op
from generator.wasm.decode import DecodedModule
from generator.wasm.errors import WasmFormatError
from generator.wasm.instructions import References, read_references
from generator.wasm.reader import Reader


def references(body: bytes) -> References:
    return read_references(Reader(body))


MODULE = """(module
  (type $unary (func (param i32) (result i32)))
  (memory 1 1 shared) (table $t 1 funcref) (global $g (mut i32) (i32.const 0)) (global $h i32 (i32.const 0))
  (tag $e (param i32)) (elem $seg func $f) (data $bytes "abc")
  (func $f) (func $id (type $unary) local.get 0)
  (func $test (local i32 i64 i64 f64 v128 funcref)
    call $f {} call $f))"""

SNIPPETS = {
    "block types": "block end loop (result i32) i32.const 1 end drop (if (type $unary) (i32.const 1) (i32.const 2)"
    " (then) (else)) drop block (result (ref null func)) ref.null func end drop",
    "branches": "block br 0 end block i32.const 1 br_if 0 end block block i32.const 0 br_table 0 1 0 end end",
    "select of references": "ref.null func ref.null func i32.const 1 select (result funcref) drop",
    "calls by tables": "i32.const 1 i32.const 0 call_indirect (type $unary) drop",
    "constants": "i32.const -2147483648 drop i64.const -9223372036854775808 drop f32.const nan drop"
    " f64.const -1.5 drop",
    "locals": "i32.const 5 local.set 0 local.get 0 local.tee 0 drop",
    "memory": "i32.const 0 i64.load offset=4294967295 align=1 drop memory.size drop i32.const 0 memory.grow drop",
    "bulk memory": "i32.const 0 i32.const 0 i32.const 0 memory.copy i32.const 0 i32.const 0 i32.const 0 memory.fill"
    " i32.const 0 i32.const 0 i32.const 0 memory.init $bytes data.drop $bytes",
    "tables": "i32.const 0 table.get $t drop i32.const 0 ref.null func table.set $t table.size $t drop ref.null func"
    " i32.const 0 table.grow $t drop i32.const 0 ref.null func i32.const 0 table.fill $t"
    " i32.const 0 i32.const 0 i32.const 0 table.copy $t $t i32.const 0 i32.const 0 i32.const 0 table.init $t $seg"
    " elem.drop $seg",
    "numbers": "f64.const 1 i32.trunc_sat_f64_u drop i32.const 1 i32.extend8_s i32.eqz drop",
    "vectors": "v128.const i32x4 1 2 3 4 i32.const 0 v128.load offset=16 i8x16.shuffle"
    " 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 i8x16.extract_lane_u 3 drop i32.const 0 v128.const i64x2 1 2"
    " v128.load32_lane 1 i32.const 0 v128.load64_zero i32x4.add drop",
    "atomics": "atomic.fence i32.const 0 i32.const 1 i32.atomic.rmw.add offset=8 drop i32.const 0 i32.const 1"
    " memory.atomic.notify drop",
    "exceptions": "block (result i32) try_table (catch $e 0) (catch_all 1) end return end throw $e",
    "references": "ref.null extern ref.is_null drop",
}


@pytest.mark.parametrize("snippet", SNIPPETS.values(), ids=SNIPPETS)
def test_immediates_are_passed_over(snippet: str) -> None:
    module = DecodedModule(bytes(wasmtime.wat2wasm(MODULE.format(snippet))))
    start, end = module.bodies[2]
    assert module.binary[end - 1] == Op.END
    found = read_references(Reader(module.binary, start, end))
    assert [use.index for use in found.functions] == [0, 0]
    assert [module.binary[use.start - 1 : use.end] for use in found.functions] == [b"\x10\0", b"\x10\0"]
    assert found.globals == set()


def test_functions_and_globals() -> None:
    text = MODULE.format("return_call $id global.get $h global.set $g ref.func $f drop")
    module = DecodedModule(bytes(wasmtime.wat2wasm(text)))
    found = read_references(Reader(module.binary, *module.bodies[2]))
    assert [use.index for use in found.functions] == [0, 1, 0, 0]
    assert found.globals == {0, 1}


def test_indices_may_be_longer_than_they_must() -> None:
    found = references(b"\0\x10\x85\x80\x80\x80\x00\x0b")
    assert [(use.start, use.end, use.index) for use in found.functions] == [(2, 7, 5)]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\0\x27\x0b", "instruction 0x27 is not known (offset 0x1)"),
        (b"\0\xfc\x63\x0b", "instruction 0xfc 99 is not known (offset 0x2)"),
        (b"\0\x10", "unexpected end"),
        (b"\0\x44\0\0\x0b", "unexpected end"),
        (b"\x05\x01\x7f", "vector of 5 elements is longer"),
    ],
)
def test_what_cannot_be_read(body: bytes, words: str) -> None:
    with pytest.raises(WasmFormatError) as raised:
        references(body)
    assert words in str(raised.value)


def test_own_code() -> None:
    code = Code(0)
    code.global_get(3)
    code.call(300)
    code.memory_grow()
    code.op(Op.DROP)
    found = references(code.body())
    assert [use.index for use in found.functions] == [300]
    assert found.globals == {3}
