"""What the project's file excuses in random link cases."""

from __future__ import annotations

import pytest

from harness.suite.faults.condition import WorldFacts
from tests.harness.expectations.known import PANIC, explained, project

TYPES = (
    '(func (export "f"){} i32.const 1)\n(func (export "g") (result i32) i32.const 1)\n(func (export "f"){} i32.const 2)'
)
DUPLICATE = PANIC.format(
    "crates/wit-component/src/linking.rs:1:2", "one or more duplicate items detected when collecting into set or map"
)
NO_FIT = "the program of reference@winch: not compiled: mismatch in memory limits at offset 9"
MISALIGNED = "call 1 (program): expected stack-misaligned-a() -> 0, got stack-misaligned-a() -> 8"


@pytest.mark.parametrize(
    ("program", "outcome", "message", "known"),
    [
        ('(import "env" "memory" (memory 0 300))', "invalid output", NO_FIT, True),
        ('(import "env" "memory" (memory 30))', "invalid output", NO_FIT, True),
        ('(import "env" "memory" (memory 0))', "invalid output", NO_FIT, False),
        ('(import "env" "memory" (memory 1))', "invalid output", NO_FIT, False),
        ("", "invalid output", NO_FIT, False),  # a random world, whose name is the same
        (TYPES.format(" (result i32)", " (param i32) (result i32)"), "tool panicked", DUPLICATE, True),
        (TYPES.format(" (param i32)", " (param i64)"), "tool panicked", DUPLICATE, True),
        (TYPES.replace('"f"', '"a.b"').format(" (param i32)", " (param i64)"), "tool panicked", DUPLICATE, True),
        (TYPES.format(" (param i32) (result i32)", " (param i32)"), "tool panicked", DUPLICATE, True),
        (TYPES.format(" (param i32)", " (param i32) (result i32)"), "tool panicked", DUPLICATE, True),
        (TYPES.format(" (param i32) (result i32)", " (param i32) (result i32)"), "tool panicked", DUPLICATE, False),
        (TYPES.format(" (result i32)", " (result i32)"), "tool panicked", DUPLICATE, False),
        (TYPES.format("", ""), "tool panicked", DUPLICATE, False),
        ("", "tool panicked", DUPLICATE, False),
        ("link = { stack-size = 4097, built-in-libdl = true }", "fail", MISALIGNED, True),
        ("link = { stack-size = 8 }", "fail", MISALIGNED, True),
        ("link = { stack-size = 4096 }", "fail", MISALIGNED, False),
        ("link = { stack-size = 16 }", "fail", MISALIGNED, False),
        ("", "fail", MISALIGNED, False),
    ],
)  # fmt: skip
def test_a_random_link_case_is_excused_only_for_what_is_in_it(
    program: str, outcome: str, message: str, known: bool
) -> None:
    about = project().about(
        WorldFacts("package a:b; world w { export stack-misaligned-a: func() -> u32; }", program=program)
    )
    assert (explained(about, "fuzz", outcome, message) is not None) is known
