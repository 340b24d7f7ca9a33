"""LEB128: shortest encodings, and reading them within a number of bits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.wasm.errors import WasmFormatError
from generator.wasm.leb128 import encode_signed, encode_unsigned
from generator.wasm.reader import Reader

UNSIGNED = [(0, "00"), (1, "01"), (127, "7f"), (128, "8001"), (624485, "e58e26"), ((1 << 32) - 1, "ffffffff0f")]
SIGNED = [(0, "00"), (63, "3f"), (64, "c000"), (-1, "7f"), (-64, "40"), (-65, "bf7f"), (-123456, "c0bb78")]


@pytest.mark.parametrize(("value", "encoding"), UNSIGNED)
def test_unsigned(value: int, encoding: str) -> None:
    assert encode_unsigned(value).hex() == encoding


@pytest.mark.parametrize(("value", "encoding"), SIGNED)
def test_signed(value: int, encoding: str) -> None:
    assert encode_signed(value).hex() == encoding


def test_a_negative_number_is_not_unsigned() -> None:
    with pytest.raises(ValueError, match="-1 is negative"):
        encode_unsigned(-1)


@given(st.sampled_from([7, 32, 33, 64]), st.data())
def test_round_trip(bits: int, data: st.DataObject) -> None:
    unsigned = data.draw(st.integers(0, (1 << bits) - 1))
    signed = data.draw(st.integers(-(1 << bits - 1), (1 << bits - 1) - 1))
    reader = Reader(encode_unsigned(unsigned) + encode_signed(signed) + b"\xaa")
    assert (reader.unsigned(bits), reader.signed(bits)) == (unsigned, signed)
    assert reader.byte() == 0xAA


@given(st.integers(0, 1 << 70), st.sampled_from([32, 64]))
def test_no_number_outside_its_bits_is_read(value: int, bits: int) -> None:
    for negative in (False, True):
        signed = -value - 1 if negative else value
        if -(1 << bits - 1) <= signed < 1 << bits - 1:
            continue
        with pytest.raises(WasmFormatError):
            Reader(encode_signed(signed)).signed(bits)
    if value >> bits:
        with pytest.raises(WasmFormatError):
            Reader(encode_unsigned(value)).unsigned(bits)


@pytest.mark.parametrize(
    ("encoding", "value"), [("8000", 0), ("8080808000", 0), ("ff00", 127), ("818000", 1), ("ffffffff0f", (1 << 32) - 1)]
)
def test_longer_encodings_are_allowed(encoding: str, value: int) -> None:
    reader = Reader(bytes.fromhex(encoding))
    assert reader.unsigned() == value
    assert reader.at_end
