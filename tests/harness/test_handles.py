"""Traces made comparable: handles by what they are."""

from __future__ import annotations

import pytest

from harness.trace.handles import rename
from harness.trace.parser import parse


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["push_own a:b/c#r 7", "pop_own a:b/c#r = 7"], ["push_own a:b/c#r h1", "pop_own a:b/c#r = h1"]),
        (
            ["resource_new [export]x#r 9 = 3", "resource_rep [export]x#r 3 = 9", "resource_drop [export]x#r 3"],
            ["resource_new [export]x#r 9 = h1", "resource_rep [export]x#r h1 = 9", "resource_drop [export]x#r h1"],
        ),
        # a number that is used again is a new handle
        (
            ["push_own x#r 1", "resource_drop x#r 1", "push_borrow x#q 1", "pop_borrow x#q = 1"],
            ["push_own x#r h1", "resource_drop x#r h1", "push_borrow x#q h2", "pop_borrow x#q = h2"],
        ),
        # a representation is not a handle
        (["push_borrow [export]x#r 1000", "resource_dtor [export]x#r 5"],) * 2,
        # a number that never came
        (["pop_own x#r = 99"], ["pop_own x#r = 99"]),
        (
            ["error_context_new 1 6d = 2", "error_context_debug_message 2 = 1 6d", "pop_error_context = 2"],
            ["error_context_new 1 6d = h1", "error_context_debug_message h1 = 1 6d", "pop_error_context = h1"],
        ),
        (["push_error_context 4", "error_context_drop 4"], ["push_error_context h1", "error_context_drop h1"]),
        # a number that is no handle
        (["push_own x#r 1", "push_u8 1"], ["push_own x#r h1", "push_u8 1"]),
    ],
)
def test_handles_are_renamed(lines: list[str], expected: list[str]) -> None:
    assert list(map(str, rename(map(parse, lines)))) == expected
