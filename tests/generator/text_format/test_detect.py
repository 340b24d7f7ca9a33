"""Inputs in the text format are recognized."""

from __future__ import annotations

import pytest

from generator.text_format.detect import is_text, is_text_among_wit


@pytest.mark.parametrize(
    ("content", "text", "among_wit"),
    [
        (b"(module)", True, True),
        (b"\n\t (component", True, True),
        (b"(module$m)", True, False),
        (b"(component(; c ;))", True, True),
        (b";; a comment\r\n(; one (; nested ;) two ;)( ;; x\n module )", True, True),
        (b"(func)", True, False),
        (b"(modules)", True, False),
        (b"(; never closed (module)", False, False),
        (b";; (module)", False, False),
        (b"package a:b;", False, False),
        (b"// (module)\npackage a:b;", False, False),
        (b"\0asm\x01\0\0\0", False, False),
        (b"", False, False),
    ],
)
def test_first_tokens(content: bytes, text: bool, among_wit: bool) -> None:
    assert (is_text(content), is_text_among_wit(content)) == (text, among_wit)


def test_much_space_and_deep_comments() -> None:
    assert is_text_among_wit(b" \n" * 200_000 + b"(;" * 200_000 + b";)" * 200_000 + b"(module)")
