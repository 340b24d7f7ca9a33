"""Calls as people type them for `harness submit`."""

from __future__ import annotations

import pytest

from harness.plan.outcomes import TrapClass
from harness.submission.call_text import BadCall, CallText, parse_call


@pytest.mark.parametrize(
    ("text", "function", "args", "result"),
    [
        ("f", "f", None, None),
        ("f()", "f", (), None),
        ("f( ) -> 7", "f", (), "7"),
        ("a:b/x@1.0.0#[method]r.f($x, -1)", "a:b/x@1.0.0#[method]r.f", ("$x", "-1"), None),
        ('f("a, )", {n: [1, 2]}) -> some((1, 2))', "f", ('"a, )"', "{n: [1, 2]}"), "some((1, 2))"),
        ("""f('"', "\\"") -> '('""", "f", ("""'"'""", '"\\""'), "'('"),
        ("f(!list 1 str ff, !u8 300)", "f", ("!list 1 str ff", "!u8 300"), None),
    ],
)
def test_a_call(text: str, function: str, args: tuple[str, ...] | None, result: str | None) -> None:
    assert parse_call(text) == CallText(text, function, args, result)


def test_a_trap() -> None:
    assert parse_call("f(!char d800) traps invalid-char").trap is TrapClass.INVALID_CHAR


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(1)", "has no function"),
        ("f -> 2", "has no function"),
        ("f(1", "')' is missing"),
        ("f([1)", "')' in column 5 closes nothing"),
        ('f("1)', 'the closing " is missing'),
        ("f(1) 2", "and not '2'"),
        ("f(1) ->", "and not '->'"),
        ("f(1) traps invalid-chars", "no trap is called invalid-chars\nthere are classes of traps: invalid-char"),
    ],
)
def test_no_call(text: str, message: str) -> None:
    with pytest.raises(BadCall) as error:
        parse_call(text)
    assert message in str(error.value)
