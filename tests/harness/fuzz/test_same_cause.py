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
SAME = "the same reduced case"
OPTION = "reduced worlds of the same kinds of types: option"


def world(function: str, name: str = "f") -> CaseParts:
    return CaseParts("t", "w", f"package a:b;\nworld w {{ import {name}: {function}; }}\n")


@pytest.mark.parametrize(
    ("left", "right", "first", "second", "why"),
    [
        ("func() -> u8", "func() -> u8", BEHAVIOUR, BEHAVIOUR, SAME),
        ("func() -> u8", "func() -> u8", BEHAVIOUR, STRUCTURE, SAME),
        ("func() -> u8", "func() -> u16", BEHAVIOUR, BEHAVIOUR, ""),
        ("func() -> option<u8>", "func(a: option<string>)", BEHAVIOUR, BEHAVIOUR, OPTION),
        ("func() -> option<u8>", "func(a: option<string>)", STRUCTURE, STRUCTURE, ""),
        ("func() -> option<u8>", "func(a: option<string>)", BEHAVIOUR, STRUCTURE, ""),
        ("func() -> option<u8>", "func() -> option<list<u8>>", BEHAVIOUR, BEHAVIOUR, ""),
        # wider rules join two faults more often than one (docs/fuzzing.md): `result-inverted` and `fields-reversed`
        ("func(a: result<_, result>)", "func() -> tuple<result<s8>, s8>", BEHAVIOUR, BEHAVIOUR, ""),
        ("func() -> u8", "func() -> u8", BEHAVIOUR, replace(BEHAVIOUR, minority="model"), ""),
        ("func() -> u8", "func() -> u8", BEHAVIOUR, replace(BEHAVIOUR, toolchain="reference"), ""),
    ],
)
def test_when_two_findings_are_one(left: str, right: str, first: Bucket, second: Bucket, why: str) -> None:
    assert why_one(likeness(first, world(left, "f")), likeness(second, world(right, "other"))) == why


def test_a_name_that_is_written_as_a_keyword_is_no_kind_of_type() -> None:
    own = likeness(BEHAVIOUR, world("func() -> u8", "%option"))
    assert own.kinds == ()


def test_link_cases_are_compared_by_their_text() -> None:
    one, other = LinkCaseText("t", "w", "a = 1\n"), LinkCaseText("u", "v", "a = 2\n")
    own = likeness(BEHAVIOUR, one)
    assert why_one(own, likeness(BEHAVIOUR, replace(one, title="u"))) == SAME
    assert why_one(own, likeness(BEHAVIOUR, other)) == ""


def test_the_first_that_is_alike() -> None:
    byte, option = (likeness(BEHAVIOUR, world(f"func() -> {of}")) for of in ("u8", "option<u8>"))
    assert first_like(option, [None, byte, option, option]) == (2, SAME)
    assert first_like(option, [None, byte]) is None


@pytest.mark.parametrize(
    ("bucket", "words"),
    [
        (BEHAVIOUR, "ours alone: push_option is expected, a push of a plain value came"),
        (STRUCTURE, "ours alone: type different"),
        (replace(BEHAVIOUR, minority=""), "ours, where nobody is alone: push_option is expected, a push of a plain "),
        (replace(BEHAVIOUR, minority="model"), "ours against model, which is alone: push_option is expected, "),
        (Bucket("ours", "crash", 0, "", "panicked X", "ours"), "ours alone: crash: panicked X"),
    ],
)
def test_titles(bucket: Bucket, words: str) -> None:
    assert title(bucket).startswith(words)


def test_long_titles_are_cut() -> None:
    assert len(title(replace(STRUCTURE, kind="x" * 500))) == MAX_TITLE


def test_a_sentence_names_the_place() -> None:
    assert sentence(STRUCTURE) == "Found by `harness fuzz`: ours alone: type different (in the library: wit_t)."
