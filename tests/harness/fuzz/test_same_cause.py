"""Findings that probably have one cause."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.fuzz.bucket import Bucket
from harness.fuzz.case_text import CaseParts
from harness.fuzz.in_words import MAX_TITLE, sentence, title
from harness.fuzz.linking.text import LinkCaseText
from harness.fuzz.same_cause import first_like, likeness, why_one

BEHAVIOUR = Bucket("ours", "fail", 3, "event", "push_option / push_plain", "ours")
STRUCTURE = replace(BEHAVIOUR, level=1, aspect="wit_t", kind="type different")
LEAK = replace(BEHAVIOUR, aspect="balance", kind="import_balance bytes blocks")
STACK = replace(BEHAVIOUR, aspect="balance", kind="import_balance stack")
SAME = "the same reduced case"
CORE = "the smallest world in which the tool is wrong in any way has the same types: "


def world(function: str, name: str = "f") -> CaseParts:
    return CaseParts("t", "w", f"package a:b;\nworld w {{ import {name}: {function}; }}\n")


@pytest.mark.parametrize(
    ("left", "right", "first", "second", "why"),
    [
        ("func() -> u8", "func() -> u8", BEHAVIOUR, BEHAVIOUR, SAME),
        ("func() -> u8", "func() -> u8", BEHAVIOUR, STRUCTURE, SAME),
        ("func() -> u8", "func() -> u16", BEHAVIOUR, BEHAVIOUR, ""),
        ("func() -> u8", "func() -> u8", BEHAVIOUR, replace(BEHAVIOUR, minority="model"), ""),
        ("func() -> u8", "func() -> u8", BEHAVIOUR, replace(BEHAVIOUR, toolchain="reference"), ""),
        # kinds of types in the reduced worlds alone joined two faults more often than one (docs/fuzzing.md)
        ("func() -> option<u8>", "func(a: option<string>)", BEHAVIOUR, BEHAVIOUR, ""),
    ],
)
def test_when_two_findings_are_one(left: str, right: str, first: Bucket, second: Bucket, why: str) -> None:
    assert why_one(likeness(first, world(left, "f")), likeness(second, world(right, "other"))) == why


@pytest.mark.parametrize(
    ("left", "right", "first", "second", "types"),
    [
        ("func() -> option<u8>", "func(a: u8, b: option<u8>)", BEHAVIOUR, BEHAVIOUR, "values, option"),
        ("func(a: u8, b: u8)", "func(c: u8,  d: u8)", BEHAVIOUR, BEHAVIOUR, "values, func(u8, u8)"),
        ("func() -> list<u8>", "func(a: list<u8>)", LEAK, LEAK, "memory, list"),
        ("func() -> list<u32>", "func(a: list<u32>)", LEAK, LEAK, "memory, list, u32"),
        ("func() -> list<u8>", "func(a: list<u8>)", STACK, STACK, "stack, list"),
        ("func() -> list<u8>", "func(a: list<u8>)", LEAK, STACK, ""),
        ("func() -> list<u8>", "func(a: list<u8>)", LEAK, BEHAVIOUR, ""),
        ("func() -> list<u8>", "func(a: list<u32>)", BEHAVIOUR, BEHAVIOUR, ""),
        ("func() -> option<u8>", "func() -> option<list<u8>>", BEHAVIOUR, BEHAVIOUR, ""),
        ("func(a: u8, b: u8)", "func(a: u8)", BEHAVIOUR, BEHAVIOUR, ""),
        ("func() -> u8", "async func() -> u8", BEHAVIOUR, BEHAVIOUR, ""),
    ],
)
def test_findings_with_one_core_are_one(left: str, right: str, first: Bucket, second: Bucket, types: str) -> None:
    one = likeness(first, world("func() -> u8"), world(left))
    other = likeness(second, world("func() -> u16"), world(right))
    assert why_one(one, other) == (f"{CORE}{types}" if types else "")


@pytest.mark.parametrize(
    ("items", "types"),
    [
        ("import %option: func() -> u8;", "values, func() -> u8"),
        ("import r: interface { resource r { f: static func() -> map<u8, u8>; } }", "values, map"),
        ("import i: interface { resource r { f: func(); } }", "values, func()"),
        ("import i: interface { resource r { constructor(r: u8, a: string); } }", "values, constructor(u8, string)"),
        ("import i: interface { resource r; f: func(a: u8) -> r; }", "values, resource"),
        (
            "import i: interface { use j.{s, r as q}; f: func(a: q); } import j: interface { resource r; }",
            "values, resource",
        ),
        ("import i: interface { resource r; f: func(a: list<borrow<r>>); }", "values, list, borrow, resource"),
    ],
)
def test_the_types_of_a_core(items: str, types: str) -> None:
    core = CaseParts("t", "w", f"package r:r;\nworld w {{ {items} }}\n")
    assert likeness(BEHAVIOUR, world("func() -> u8"), core).core == types


def test_link_cases_are_compared_by_their_text() -> None:
    one, other = LinkCaseText("t", "w", "a = 1\n"), LinkCaseText("u", "v", "a = 2\n")
    own = likeness(BEHAVIOUR, one)
    assert why_one(own, likeness(BEHAVIOUR, replace(one, title="u"))) == SAME
    assert why_one(own, likeness(BEHAVIOUR, other)) == ""


def test_a_link_case_has_no_core() -> None:
    assert likeness(BEHAVIOUR, LinkCaseText("t", "w", "a = 1\n")).core == ""


def test_the_first_that_is_alike() -> None:
    byte, option = (likeness(BEHAVIOUR, world(f"func() -> {of}")) for of in ("u8", "u16"))
    assert first_like(option, [None, byte, option, option]) == (2, SAME)
    assert first_like(option, [None, byte]) is None


@pytest.mark.parametrize(
    ("bucket", "words"),
    [
        (BEHAVIOUR, "ours alone: expected push_option, got a push of a plain value"),
        (STRUCTURE, "ours alone: wit_t: type different"),
        (replace(BEHAVIOUR, minority=""), "ours, where nobody is alone: expected push_option, got a push of a plain "),
        (replace(BEHAVIOUR, minority="model"), "ours against model, which is alone: expected push_option, "),
        (Bucket("ours", "tool panicked", 0, "", "panicked X", "ours"), "ours alone: tool panicked: X"),
        (LEAK, "ours alone: not restored after a call of an import: allocated bytes, allocated blocks"),
        (STACK, "ours alone: not restored after a call of an import: the stack pointer"),
        (replace(LEAK, kind="task_balance stack"), "ours alone: not restored across `task_return`: the stack pointer"),
        (replace(LEAK, kind="balance malformed"), "ours alone: balance malformed"),
        *(
            (replace(BEHAVIOUR, aspect="outcome", kind=kind), f"ours alone: {words}")
            for kind, words in [
                (
                    "every entry returns / a trap interpreter wrong memory in component-run",
                    "expected a return of every call, got a trap by the interpreter (wrong memory)",
                ),
                (
                    "X component task N / a trap invalid-handle unknown handle index N in component-run",
                    "expected another event, got a trap (invalid-handle unknown handle index N)",
                ),
                (
                    "a trap invalid-discriminant or unreachable / every entry returns",
                    "expected a trap (invalid-discriminant or unreachable), got a return of every call",
                ),
                ("every entry returns / a trap for an invalid value", "expected a return of every call, got a trap f"),
                ("(nothing) / push_list", "expected nothing, got push_list"),
                ("push_s8 of another value", "push_s8 with another value"),
            ]
        ),
    ],
)
def test_titles(bucket: Bucket, words: str) -> None:
    assert title(bucket).startswith(words)


def test_long_titles_are_cut() -> None:
    assert len(title(replace(STRUCTURE, kind="x" * 500))) == MAX_TITLE


def test_a_sentence_names_the_place() -> None:
    assert sentence(STRUCTURE) == "Found by `harness fuzz`: ours alone: wit_t: type different (in the library)."
