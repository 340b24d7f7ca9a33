"""Constants and segments of a rewritten module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.preinit import rewrite
from generator.preinit.rewrite import _gaps, constant, runs
from generator.preinit.snapshot import Contents
from generator.wasm.decode_items import skip_constant
from generator.wasm.reader import Reader
from generator.wasm.types import ValType

WIDTHS = {ValType.I32: 32, ValType.I64: 64, ValType.F32: 32, ValType.F64: 64, ValType.V128: 128}

pieces = st.lists(st.tuples(st.integers(0, 40), st.binary(max_size=5)), max_size=20)


@given(pieces)
def test_runs_rebuild_a_memory(parts: list[tuple[int, bytes]]) -> None:
    contents = b"".join(bytes(zeros) + data for zeros, data in parts)
    rebuilt = bytearray(len(contents))
    for start, data in runs(contents):
        assert data
        assert data[0]
        assert data[-1]
        rebuilt[start : start + len(data)] = data
    assert rebuilt == contents


def test_there_are_never_too_many_runs() -> None:
    contents = (b"x" + bytes(30)) * 30_000
    found = runs(contents)
    assert 0 < len(found) <= rewrite.MOST_SEGMENTS
    assert sum(len(data) for _, data in found) <= len(contents)


def test_long_gaps_take_no_more_scans(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts are counted once, their gaps once, and then they are made: no matter how long the gaps are."""
    scans = []

    def counted(contents: Contents) -> Iterator[tuple[int, int]]:
        scans.append(len(contents))
        return _gaps(contents)

    monkeypatch.setattr(rewrite, "_gaps", counted)
    monkeypatch.setattr(rewrite, "MOST_SEGMENTS", 100)
    contents = (b"x" + bytes(4000)) * 300 + (b"y" + bytes(9000)) * 50
    found = runs(contents)
    assert [(start, bytes(data)) for start, data in found[1:]] == [
        (300 * 4001 + 9001 * number, b"y") for number in range(1, 50)
    ]
    assert len(scans) == 3


@given(st.sampled_from(sorted(WIDTHS)), st.data())
def test_constants_are_one_instruction(type: ValType, data: st.DataObject) -> None:
    bits = data.draw(st.integers(0, (1 << WIDTHS[type]) - 1))
    encoded = constant(type, bits) + b"\x0b"
    reader = Reader(encoded)
    skip_constant(reader)
    assert reader.at_end
