"""Types and the shapes that they stand for (CanonicalABI.md, "Despecialization")."""

from __future__ import annotations

from generator.resolved.despecialize import Handle, Product, Scalar, Sequence, Shape, Sum, despecialize, flags_size
from generator.resolved.types import (
    Alias,
    Borrow,
    FixedLengthList,
    Future,
    List,
    Map,
    Option,
    Own,
    Primitive,
    Resource,
    Result,
    Stream,
    Type,
)
from tests.generator.canonical.types import Types

P = Primitive


def test_shapes() -> None:
    types = Types()
    resource = types.add(Resource(), "r")
    table: list[tuple[Type, Shape]] = [
        (P.BOOL, Scalar(P.BOOL)),
        (P.CHAR, Scalar(P.CHAR)),
        (P.STRING, Sequence(())),
        (P.ERROR_CONTEXT, Handle()),
        (types.record(P.U8, P.U64), Product((P.U8, P.U64))),
        (types.tuple(P.U8), Product((P.U8,))),
        (types.add(FixedLengthList(P.U8, 3)), Product((P.U8,), 3)),
        (types.variant(None, P.U8), Sum((None, P.U8))),
        (types.enum(2), Sum((None, None))),
        (types.add(Option(P.U8)), Sum((None, P.U8))),
        (types.add(Result(None, P.U8)), Sum((None, P.U8))),
        (types.flags(8), Scalar(P.U8)),
        (types.flags(9), Scalar(P.U16)),
        (types.flags(17), Scalar(P.U32)),
        (types.add(List(P.U8)), Sequence((P.U8,))),
        (types.add(Map(P.U8, P.U64)), Sequence((P.U8, P.U64))),
        (resource, Handle()),
        (types.add(Own(resource)), Handle((resource,))),
        (types.add(Borrow(resource)), Handle((resource,))),
        (types.add(Future(None)), Handle()),
        (types.add(Stream(P.U8)), Handle((P.U8,))),
    ]
    table += [(types.add(Alias(type), "a"), shape) for type, shape in table]
    assert [(type, despecialize(types.resolve, type)) for type, _ in table] == table


def test_the_integer_of_flags_has_their_size() -> None:
    sizes = {P.U8: 1, P.U16: 2, P.U32: 4}
    types = Types()
    for labels in range(1, 33):
        shape = despecialize(types.resolve, types.flags(labels))
        assert isinstance(shape, Scalar) and sizes[shape.type] == flags_size(labels)
