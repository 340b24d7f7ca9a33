"""`dylink.0` beside what a library touches: each problem named, nothing else."""

from __future__ import annotations

import pytest
import wasmtime

from harness.judge.difference import NOTHING
from harness.judge.dylink import Dylink, judge_dylink, read_dylink
from harness.plan.roles import Role

INTERPRETER = "libinterp.so"
IMPORTS = """
  (import "env" "wit_dylib_initialize" (func $initialize (param i32)))
  (import "env" "other" (func $other (param i32) (result i32)))
  (import "env" "memory" (memory 0))
  (import "env" "table" (table 0 funcref))
  (import "env" "__stack_pointer" (global $stack (mut i32)))
  (import "env" "__memory_base" (global $memory i32))
  (import "env" "__table_base" (global $table i32))"""
START = '(func (export "__wasm_call_ctors") (call $initialize (i32.add (global.get $memory) (i32.const 4))))'


def library(
    body: str = "", memory: tuple[int, int] = (16, 2), table: int = 2, needed: str = f'(needed "{INTERPRETER}")'
) -> bytes:
    section = f"(@dylink.0 (mem-info (memory {memory[0]} {memory[1]}) (table {table} 0)) {needed})"
    return bytes(wasmtime.wat2wasm(f"(module {section} {IMPORTS} {body})"))


def problems(binary: bytes) -> list[tuple[str, str, str]]:
    found = judge_dylink(binary, INTERPRETER, Role.SUBJECT)
    assert all((item.level, item.aspect, item.role) == (1, "dylink", Role.SUBJECT) for item in found)
    return [(item.path, item.expected, item.actual) for item in found]


DATA = '(data (global.get $memory) "0123456789abcdef")'
ELEMENTS = "(elem (offset global.get $table) func 0 1)"


def code(instructions: str) -> str:
    return f"(func (param $x i32) (local $y i32) {instructions})"


BASE = "(global.get $memory)"
AT_12 = f"(i32.add {BASE} (i32.const 12))"


@pytest.mark.parametrize(
    "body",
    [
        "",
        DATA + ELEMENTS + START,
        '(data (offset global.get $memory i32.const 12 i32.add) "0123") (data "passive, wherever it is put")',
        "(elem (table 0) (offset (i32.add (global.get $table) (i32.const 1))) func 1) (elem declare func 0)",
        "(elem (offset global.get $table) funcref (ref.func 0) (ref.null func)) (elem funcref (ref.func 1))",
        code(f"(i32.store offset=12 {BASE} (i32.const 1))"),
        code(f"(i64.store (i32.add (i32.const 8) {BASE}) (i64.const 1))"),
        code(f"(i32.store {BASE} (i32.add {BASE} (i32.const 16)))"),  # right behind the last byte
        code(f"(i32.store {BASE} (i32.add (global.get $table) (i32.const 1)))"),
        code(f"(drop (i32.load (i32.add (i32.add {BASE} (i32.const -4)) (i32.const 4))))"),
        # what is not known cannot be wrong
        code(f"(drop (i32.load (i32.add {BASE} (i32.mul (i32.const 1000) (local.get $x)))))"),
        code(f"(local.set $y {AT_12}) (loop (local.set $y (i32.const 4)) (drop (i32.load offset=8 (local.get $y))))"),
        code(f"(local.set $y (i32.add {BASE} (i32.const 99))) (if (local.get $x) (then (local.set $y (local.get $x)))) "
             "(drop (i32.load (local.get $y)))"),
        code(f"(drop (i32.load (i32.add (call $other (i32.const 900)) {BASE})))"),
        code("(drop (i32.load offset=99 (i32.add (global.get $stack) (i32.const 99))))"),
        code(f"(drop (v128.load offset=99 {BASE}))"),
    ],
)  # fmt: skip
def test_enough(body: str) -> None:
    assert problems(library(body)) == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            '(data (offset global.get $memory i32.const 13 i32.add) "0123")',
            ("memory size", "at least 17 bytes, for the data segment at 13", "16"),
        ),
        (
            '(data (i32.const 4) "0123")',
            ("memory size", "each data segment placed by its base", "one at 4, wherever the library is"),
        ),
        (
            '(data (global.get $table) "0123")',
            ("memory size", "each data segment placed by its base", "one at 0, wherever the library is"),
        ),
        (
            '(data (offset global.get $memory i32.const -1 i32.add) "0123")',
            ("memory size", "no data segment before the beginning", "one at -1"),
        ),
        (
            "(elem (offset (i32.add (global.get $table) (i32.const 1))) func 0 1)",
            ("table size", "at least 3 elements, for the element segment at 1", "2"),
        ),
        (
            code(f"(i32.store offset=13 {BASE} (i32.const 1))"),
            ("memory size", "at least 17 bytes, for the access by code at 13", "16"),
        ),
        (
            code(f"(i64.store (i32.add (i32.const 9) {BASE}) (i64.const 1))"),
            ("memory size", "at least 17 bytes, for the access by code at 9", "16"),
        ),
        (
            code(f"(local.set 1 {AT_12}) (drop (call $other (i32.const 1))) (drop (i32.load offset=1 (local.get 1)))"),
            ("memory size", "at least 17 bytes, for the access by code at 13", "16"),
        ),
        (
            code(f"(i32.store {BASE} (i32.add {BASE} (i32.const 17)))"),
            ("memory size", "at least 17 bytes, for the pointer at 17", "16"),
        ),
        (
            code(f"(i32.store {BASE} (i32.add (global.get $table) (i32.const 2)))"),
            ("table size", "at least 3 elements, for the function pointer at 2", "2"),
        ),
        (
            START.replace("4", "6"),
            ("memory alignment", "a `wit_t` at a multiple of 4 bytes", "`wit_dylib_initialize` of `__memory_base` + 6"),
        ),
    ],
)  # fmt: skip
def test_too_little(body: str, problem: tuple[str, str, str]) -> None:
    assert problems(library(body)) == [problem]


@pytest.mark.parametrize(
    ("needed", "seen"),
    [("", NOTHING), ('(needed "libother.so")', '"libother.so"'), ('(needed "libinterp")', '"libinterp"')],
)
def test_the_interpreter_is_needed(needed: str, seen: str) -> None:
    assert problems(library(DATA, needed=needed)) == [("needed", f'"{INTERPRETER}" among the needed libraries', seen)]


@pytest.mark.parametrize(("alignment", "enough"), [(0, False), (1, False), (2, True), (4, True)])
def test_pointers_are_aligned(alignment: int, enough: bool) -> None:
    found = problems(library(DATA, memory=(16, alignment)))
    expected = ("memory alignment", "an alignment of at least 4 bytes, for `wit_t`", f"{1 << alignment}")
    assert found == ([] if enough else [expected])


def test_reading_the_section() -> None:
    binary = library(memory=(300, 3), table=200, needed='(needed "a" "b") (needed "c")')
    assert read_dylink(binary) == Dylink(300, 3, 200, 0, ("a", "b", "c"))


@pytest.mark.parametrize("text", ["(module)", '(module (@custom "other" (before first) "") (@dylink.0))'])
def test_no_section(text: str) -> None:
    assert problems(bytes(wasmtime.wat2wasm(text))) == [("section", "a section `dylink.0` before all others", NOTHING)]


def test_what_cannot_be_read_is_a_problem_too() -> None:
    whole = library(DATA)
    assert [path for path, _, _ in problems(whole[:-5])] == ["section"]
