"""The model of dynamic linking beside programs small enough to be worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.fuzz.linking.model import Model
from harness.fuzz.linking.parts import (
    Bump,
    ExportedAllocators,
    How,
    Library,
    LinkProgram,
    Signature,
    StartExport,
    Symbol,
    SymbolDefinition,
    SymbolUse,
)

F, WORD, POINTER = Symbol("f", Signature.ONE), Symbol("word", None), Symbol("pointer", None)
CALL, LOAD, FOLLOW = SymbolUse(How.DIRECT, 0), SymbolUse(How.DIRECT, 1), SymbolUse(How.DIRECT, 2)


def started(letter: str, *actions: SymbolUse | Bump, needed: tuple[int, ...] = ()) -> Library:
    return Library(letter, needed=needed, start=StartExport.CONSTRUCTORS, starting=actions)


def logs(program: LinkProgram) -> set[tuple[int, ...]]:
    model = Model(program)
    return {model.logs(order) for order in model.orders()}


def test_the_first_definition_counts() -> None:
    first, second = (
        Library(letter, definitions=(SymbolDefinition(0, number),)) for letter, number in (("a", 10), ("b", 20))
    )
    for libraries, answer in (((first, second), 10 + 3), ((second, first), 20 + 3)):
        model = Model(LinkProgram((F,), libraries))
        assert model.value(CALL, {}) == answer
        assert {model.found(index, 0) for index in range(2)} == {13, 23}  # `dlsym` asks one library only


def test_what_pointers_lead_to() -> None:
    words = (SymbolDefinition(1, 5), SymbolDefinition(2, 0, target=1))
    model = Model(LinkProgram((F, WORD, POINTER), (Library("a", definitions=(SymbolDefinition(0, 1), *words)),)))
    assert [model.value(SymbolUse(how, 2), {1: 7}) for how in How] == [7, 7, 1]
    assert model.value(LOAD, {1: 9}) == 9


def test_numbers_wrap_around() -> None:
    functions = (SymbolDefinition(0, 0xFFFF_FFFF), SymbolDefinition(1, 2, uses=(CALL,)))
    model = Model(LinkProgram((F, Symbol("g", Signature.PLAIN)), (Library("a", definitions=functions),)))
    assert model.value(LOAD, {}) == (0xFFFF_FFFF + 3 + 2) & 0xFFFF_FFFF


@pytest.mark.parametrize(
    ("needed", "expected"),
    [
        (((), ()), {(0, 1), (1, 0)}),  # nothing says which is first
        (((1,), ()), {(1, 0), (0, 1)}),  # the order that is needed, and that of the command line
        (((), (0,)), {(0, 1)}),
        (((1,), (0,)), {(0, 1)}),  # a circle: as on the command line
    ],
)
def test_orders_of_constructors(needed: tuple[tuple[int, ...], ...], expected: set[tuple[int, ...]]) -> None:
    libraries = tuple([started("ab"[index], needed=needed[index]) for index in range(2)])
    assert logs(LinkProgram((), libraries)) == expected


def test_constructors_see_what_those_before_them_did() -> None:
    definer = Library("d", definitions=(SymbolDefinition(0, 100),))
    libraries = (started("a", SymbolUse(How.DIRECT, 0), needed=(2, 1)), started("b", Bump(0, 5), needed=(2,)), definer)
    assert logs(LinkProgram((WORD,), libraries)) == {(1, 0, 105), (0, 100, 1)}
    assert Model(LinkProgram((WORD,), libraries)).final == {0: 105}


def test_what_nobody_reaches_is_not_started() -> None:
    dead = replace(started("d"), exports=False)
    assert logs(LinkProgram((), (started("a"), dead))) == {(0,)}
    assert logs(LinkProgram((), (started("a", needed=(1,)), dead))) == {(1, 0), (0, 1)}
    assert logs(LinkProgram((), (started("a"), replace(dead, openable=True)))) == {(1, 0), (0, 1)}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (
            {ExportedAllocators.EXPORT, ExportedAllocators.BOTH, ExportedAllocators.IMPORT},
            (1, ExportedAllocators.EXPORT),
        ),
        ({ExportedAllocators.BOTH, ExportedAllocators.IMPORT}, (1, ExportedAllocators.BOTH)),
        ({ExportedAllocators.IMPORT}, (0, ExportedAllocators.BOTH)),
        ((), (0, ExportedAllocators.BOTH)),
    ],
)
def test_who_allocates(own: frozenset[ExportedAllocators], expected: tuple[int, ExportedAllocators]) -> None:
    others = frozenset({ExportedAllocators.BOTH})
    program = LinkProgram((), (Library("a", reallocs=others), Library("b", reallocs=frozenset(own)), Library("d")))
    assert Model(program).export_realloc(1) == expected
    assert Model(LinkProgram((), (Library("a"),))).export_realloc(0) is None
