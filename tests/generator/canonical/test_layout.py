"""Sizes, alignments and offsets against values worked out from CanonicalABI.md."""

from __future__ import annotations

import pytest

from generator.canonical.layout import Layout, align_to, discriminant_size
from generator.resolved.despecialize import flags_size
from generator.resolved.types import FixedLengthList, Future, List, Map, Option, Own, Primitive, Result, TypeId
from tests.generator.canonical.types import Types

P = Primitive


@pytest.mark.parametrize(
    ("type", "size", "alignment"),
    [
        (P.BOOL, 1, 1),
        (P.S8, 1, 1),
        (P.U16, 2, 2),
        (P.U32, 4, 4),
        (P.S64, 8, 8),
        (P.F32, 4, 4),
        (P.F64, 8, 8),
        (P.CHAR, 4, 4),
        (P.STRING, 8, 4),
        (P.ERROR_CONTEXT, 4, 4),
    ],
)
def test_primitive(type: Primitive, size: int, alignment: int) -> None:
    assert Layout(Types().resolve).size_and_alignment(type) == (size, alignment)


@pytest.mark.parametrize(("cases", "size"), [(1, 1), (2, 1), (256, 1), (257, 2), (65536, 2), (65537, 4)])
def test_discriminant_size(cases: int, size: int) -> None:
    assert discriminant_size(cases) == size


@pytest.mark.parametrize(("labels", "size"), [(1, 1), (8, 1), (9, 2), (16, 2), (17, 4), (32, 4)])
def test_flags_size(labels: int, size: int) -> None:
    assert flags_size(labels) == size


@pytest.mark.parametrize(("offset", "alignment", "aligned"), [(0, 8, 0), (1, 1, 1), (1, 4, 4), (8, 8, 8), (9, 8, 16)])
def test_align_to(offset: int, alignment: int, aligned: int) -> None:
    assert align_to(offset, alignment) == aligned


def test_compound_types() -> None:
    types = Types()
    table: list[tuple[TypeId, int, int]] = [
        (types.record(P.U8, P.U64, P.U8), 24, 8),
        (types.tuple(P.U8, P.U16), 4, 2),
        (types.record(P.U8, P.U8, P.U8), 3, 1),
        (types.variant(None, P.U64, P.U8), 16, 8),
        (types.variant(P.U8, None), 2, 1),
        (types.enum(256), 1, 1),
        (types.enum(257), 2, 2),
        (types.variant(*[None] * 256, P.U8), 4, 2),
        (types.flags(17), 4, 4),
        (types.add(Option(P.U16)), 4, 2),
        (types.add(Option(types.add(Option(P.U8)))), 3, 1),
        (types.add(Result(None, None)), 1, 1),
        (types.add(Result(P.STRING, P.U8)), 12, 4),
        (types.add(List(P.U64)), 8, 4),
        (types.add(Map(P.U8, P.U64)), 8, 4),
        (types.add(FixedLengthList(P.U16, 5)), 10, 2),
        (types.add(FixedLengthList(types.record(P.U32, P.U8), 3)), 24, 4),
        (types.add(Own(TypeId(0))), 4, 4),
        (types.add(Future(P.U64)), 4, 4),
    ]
    layout = Layout(types.resolve)
    assert [(layout.elem_size(id), layout.alignment(id)) for id, _, _ in table] == [row[1:] for row in table]


def test_offsets() -> None:
    types = Types()
    layout = Layout(types.resolve)
    assert layout.field_offsets([P.U8, P.U64, P.U8, P.U16]) == [0, 8, 16, 18]
    assert layout.payload_offset((P.U8, P.U64)) == 8
    assert layout.payload_offset((None, None)) == 1
