"""Texts of wasmtime 50.0.1 and the causes that they mean."""

from __future__ import annotations

import pytest

from harness.engine.traps import cause, classify, engine_fault
from harness.plan.outcomes import TrapClass as T


def trace(words: str, frame: str = "<unknown>!<wasm function 4>") -> str:
    return f"error while executing at wasm backtrace:\n    0:     0x69 - {frame}\n\nCaused by:\n    {words}\n"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("wasm trap: invalid `char` bit pattern", T.INVALID_CHAR),
        ("wasm trap: invalid variant discriminant", T.INVALID_DISCRIMINANT),
        ("discriminant 9 out of range [0..3)", T.INVALID_DISCRIMINANT),
        ("invalid utf-8 sequence of 1 bytes from index 0", T.INVALID_UTF8),
        ("incomplete utf-8 byte sequence from index 2", T.INVALID_UTF8),
        ("unknown handle index 7", T.INVALID_HANDLE),
        ("index is not a resource", T.INVALID_HANDLE),
        ("index 20 is not a resource", T.HANDLE_TYPE),
        ("handle index 3 used with the wrong type, expected guest-defined resource but found host", T.HANDLE_TYPE),
        ("cannot remove owned resource while borrowed", T.LENT),
        ("borrow handles still remain at the end of the call", T.BORROW_LEFT),
        ("wasm trap: unaligned pointer", T.UNALIGNED),
        ("list pointer is not aligned", T.UNALIGNED),
        ("realloc return: result not aligned", T.UNALIGNED),
        ("string pointer/length out of bounds of memory", T.OUT_OF_BOUNDS),
        ("wasm trap: list content out-of-bounds", T.OUT_OF_BOUNDS),
        ("wasm trap: out of bounds memory access", T.OUT_OF_BOUNDS),
        ("realloc return: beyond end of memory", T.OUT_OF_BOUNDS),
        ("wasm trap: cannot leave component instance", T.CANNOT_LEAVE),
        ("wasm trap: cannot enter component instance", T.CANNOT_ENTER),
        ("wasm trap: call stack exhausted", T.STACK_OVERFLOW),
        ("wasm trap: all fuel consumed by WebAssembly", T.OUT_OF_FUEL),
        ("wasm trap: wasm `unreachable` instruction executed", T.UNREACHABLE),
        ("something nobody has seen", T.OTHER),
    ],
)
def test_words(words: str, kind: T) -> None:
    assert classify(trace(words)) == (kind, words)


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (trace("BUG: not reachable\nlocation: crates/x.rs:1\nversion: 50.0.0\n\nThis is a bug"), "BUG: not reachable"),
        ("a\n\nCaused by:\n    0: b\n    1: BUG: c\nlocation: d\n", "BUG: c"),
        ("BUG: alone\nmore", "BUG: alone"),
        (trace("wasm trap: a BUG: inside"), ""),
        (trace("wasm trap: of a guest", "a!BUG: x\nBUG: y"), ""),
        ("plain\nBUG: y", ""),
    ],
)
def test_the_engine_says_that_it_is_at_fault(message: str, fault: str) -> None:
    assert engine_fault(message) == fault
    kind, words = classify(message)
    assert (kind is T.ENGINE_FAULT) == bool(fault)
    assert words == fault or not fault


def test_the_interpreter_names_its_cause_by_its_function() -> None:
    message = trace("wasm trap: wasm `unreachable` instruction executed", "libboxed.so!fail_pop_kind")
    assert classify(message) == (T.INTERPRETER, "pop_kind")


def test_only_the_innermost_frame_counts() -> None:
    message = (
        "error while executing at wasm backtrace:\n    0:  0x1 - a!work\n    1:  0x2 - b!fail_stack\n\n"
        "Caused by:\n    wasm trap: integer divide by zero\n"
    )
    assert classify(message) == (T.OTHER, "wasm trap: integer divide by zero")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("plain", "plain"),
        ("a\n\nCaused by:\n    b", "b"),
        ("a\n\nCaused by:\n    0: b\n    1: c\n", "c"),
        ("", ""),
    ],
)
def test_cause(message: str, expected: str) -> None:
    assert cause(message) == expected
