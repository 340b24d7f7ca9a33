"""What the project's file excuses in random link cases."""

from __future__ import annotations

import pytest

from harness.suite.faults.condition import WorldFacts
from harness.suite.faults.link_program import ProgramOfCase
from harness.suite.link_case import parse_link_case
from harness.suite.link_case_facts import facts_of_link_case
from tests.harness.expectations.known import PANIC, explained, project

DUPLICATE = PANIC.format(
    "crates/wit-component/src/linking.rs:1:2", "one or more duplicate items detected when collecting into set or map"
)
NO_FIT = "the program of reference@winch: not compiled: mismatch in memory limits at offset 9"
MISALIGNED = "call 1 (program): expected stack-misaligned-a() -> 0, got stack-misaligned-a() -> 8"
WIT = "package a:b; world w { export stack-misaligned-a: func() -> u32; }"
OF_GC = '(module (type (struct)) (import "env" "memory" (memory 30)))'
"""No part of a C library."""


def with_memory(limits: str, module: str = "env", comment: str = "") -> tuple[str, ...]:
    return "(module)", f'(module {comment} (import "{module}" "memory" (memory {limits})))'


def exporting(*types: str, name: str = "f", comment: str = "") -> tuple[str, ...]:
    """Libraries that export functions of one name, and one more in each."""
    other = '(func (export "g") (result i32) unreachable)'
    return tuple(f'(module {comment} (func (export "{name}"){type} unreachable) {other})' for type in types)


@pytest.mark.parametrize(
    ("libraries", "stack_size", "outcome", "message", "known"),
    [
        (with_memory("0 300"), None, "invalid output", NO_FIT, True),
        (with_memory("30"), None, "invalid output", NO_FIT, True),
        (with_memory("1 1"), None, "invalid output", NO_FIT, True),
        (with_memory("0"), None, "invalid output", NO_FIT, False),
        (with_memory("1"), None, "invalid output", NO_FIT, False),
        (with_memory("30", "other"), None, "invalid output", NO_FIT, False),
        (with_memory("0", comment='(; (import "env" "memory" (memory 30)) ;)'), None, "invalid output", NO_FIT, False),
        ((OF_GC,), None, "invalid output", NO_FIT, False),
        (None, None, "invalid output", NO_FIT, False),  # a random world, whose name is the same
        (exporting(" (result i32)", " (param i32) (result i32)"), None, "tool panicked", DUPLICATE, True),
        (exporting(" (param i32)", " (param i64)"), None, "tool panicked", DUPLICATE, True),
        (exporting(" (param $x i32)", " (param $x i64)"), None, "tool panicked", DUPLICATE, True),
        (exporting(" (param i32)", " (param i64)", name="a.b"), None, "tool panicked", DUPLICATE, True),
        (exporting(" (param i32) (result i32)", " (param i32)"), None, "tool panicked", DUPLICATE, True),
        (exporting(" (param i32)", " (param i32) (result i32)"), None, "tool panicked", DUPLICATE, True),
        (exporting(" (param i32) (result i32)", " (param i32) (result i32)"), None, "tool panicked", DUPLICATE, False),
        (exporting(" (param $x i32)", " (param $y i32)"), None, "tool panicked", DUPLICATE, False),
        (exporting(" (result i32)", " (result i32)"), None, "tool panicked", DUPLICATE, False),
        (exporting("", ""), None, "tool panicked", DUPLICATE, False),
        (exporting("", "", comment=';; (func (export "f") (param i32))\n'), None, "tool panicked", DUPLICATE, False),
        (None, None, "tool panicked", DUPLICATE, False),
        (("(module)",), 4097, "fail", MISALIGNED, True),
        (("(module)",), 8, "fail", MISALIGNED, True),
        (("(module)",), 4096, "fail", MISALIGNED, False),
        (("(module)",), 16, "fail", MISALIGNED, False),
        (("(module ;; stack-size = 8\n)",), None, "fail", MISALIGNED, False),
        (None, None, "fail", MISALIGNED, False),
    ],
)  # fmt: skip
def test_a_random_link_case_is_excused_only_for_what_is_in_it(
    libraries: tuple[str, ...] | None, stack_size: int | None, outcome: str, message: str, known: bool
) -> None:
    program = None if libraries is None else ProgramOfCase("\n".join(libraries), stack_size, libraries)
    about = project().about(WorldFacts(WIT, program=program))
    assert (explained(about, "fuzz", outcome, message) is not None) is known


def test_the_facts_about_a_link_case() -> None:
    memory = '(import "env" "memory" (memory 2 3))'
    text = f"""title = "t"
why = "w"
origin = "own"
wit = "{WIT} world v {{ }}"
world = "w"
link = {{ stack-size = 4097 }}
[[library]]
name = "libapp.so"
wat = '(module (@dylink.0) {memory} (func (export "f") (param i32) (result i64) unreachable))'
[[step]]
call = "stack-misaligned-a"
result = "0"
"""
    facts = facts_of_link_case(parse_link_case(text))
    assert facts.shape.interfaces == () and facts.program is not None
    assert facts.program.text == text and facts.program.stack_size == 4097
    (library,) = facts.program.libraries
    assert library.memory == (2, 3) and library.exports == {"f": "func(i32) -> (i64)"}
