"""`repeat` in WAVE: long strings, lists and maps in few words."""

from __future__ import annotations

import pytest

from harness.values.values import Value
from harness.values.wave_lexer import WaveError
from harness.values.wave_parser import MAX_REPEATED, from_wave
from harness.world import types as t

BYTES = t.List(t.Prim.U8)


@pytest.mark.parametrize(
    ("text", "type", "value"),
    [
        ('repeat(3, "é€")', t.Prim.STRING, "é€é€é€"),
        ('repeat(0, "x")', t.Prim.STRING, ""),
        ("repeat(2, [1, 2])", BYTES, (1, 2, 1, 2)),
        ("[repeat(2, [7]), [8]]", t.List(BYTES), ((7, 7), (8,))),
        ("repeat(2, repeat(2, [1]))", BYTES, (1, 1, 1, 1)),
        ("repeat(2, {1: true})", t.Map(t.Prim.U8, t.Prim.BOOL), ((1, True), (1, True))),
        ("repeat(2, [3, 4])", t.FixedLengthList(t.Prim.U8, 4), (3, 4, 3, 4)),
        (f'repeat({MAX_REPEATED}, "a")', t.Prim.STRING, "a" * MAX_REPEATED),
    ],
)
def test_repeat_makes_the_elements_again_and_again(text: str, type: t.Type, value: Value) -> None:
    assert from_wave(text, type) == value


@pytest.mark.parametrize(
    ("text", "type", "message"),
    [
        ("repeat(-1, [1])", BYTES, "column 8: expected how often"),
        ("repeat(1.5, [1])", BYTES, "column 8: expected how often"),
        ('repeat("a", 3)', t.Prim.STRING, "column 8: expected how often"),
        ("repeat(3 [1])", BYTES, "column 10: expected `,`"),
        (f"repeat({MAX_REPEATED + 1}, [1])", BYTES, "column 8: more than 1048576 elements"),
        ("repeat(2, [1, 2])", t.FixedLengthList(t.Prim.U8, 3), "column 1: expected 3 elements for .*, not 4"),
        ("repeat(3, 1)", t.Prim.U8, "column 1: expected a value of u8"),
        ("%repeat(3, [1])", BYTES, "column 1: expected `\\["),
    ],
)
def test_what_cannot_be_repeated_is_refused(text: str, type: t.Type, message: str) -> None:
    with pytest.raises(WaveError, match=message):
        from_wave(text, type)
