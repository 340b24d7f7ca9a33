"""Random programs: usable whatever was drawn, the same again from the same choices, and rich."""

from __future__ import annotations

from random import Random

from harness.fuzz.choices import FixedSource, RandomSource
from harness.fuzz.linking.draw import MOST_STARTS, random_program
from harness.fuzz.linking.model import Model
from harness.fuzz.linking.parts import Bump, ExportedAllocators, How, LinkProgram, SymbolUse
from harness.fuzz.linking.trial import draw_program, is_link_trial, link_case_text, prepared_link_case
from harness.suite.link_case import parse_link_case

PROGRAMS = [random_program(RandomSource(Random(seed))) for seed in range(300)]


def test_every_program_can_be_used() -> None:
    for program in PROGRAMS[:40]:
        trial = prepared_link_case(program)
        assert len(trial.prepared.libraries) == len(program.libraries) + program.opens
        assert trial.calls >= len(program.libraries[0].checks)
        assert trial.case.starts_also == parse_link_case(link_case_text(program).toml()).starts_also


def test_the_same_choices_make_the_same_program() -> None:
    for index in range(30):
        program, choices = draw_program(5, index)
        assert random_program(FixedSource(choices)) == program


def test_rules_that_hold_for_all() -> None:
    for program in PROGRAMS:
        model = Model(program)
        assert all(list(program.definers(symbol)) for symbol in range(len(program.symbols)))
        assert model.reached(by_address=True) == model.reached(by_address=False)
        assert len({model.logs(order) for order in model.orders()}) <= MOST_STARTS
        openable = [library.openable for library in program.libraries]
        assert openable == sorted(openable)
        for index, library in enumerate(program.libraries):
            names = [program.symbols[definition.symbol].name for definition in library.definitions]
            assert len(set(names)) == len(names)
            called = {program.symbols[symbol].name for symbol in model.called_by(index)}
            assert len(called) == len(model.called_by(index))
            for action in library.starting:
                assert not (isinstance(action, Bump) and model.target(action.symbol) is not None)


def _circle(program: LinkProgram) -> bool:
    model = Model(program)
    return any(other in model.depends_on(index, True) and index in model.depends_on(other, True)
               for index in model.live for other in model.live if index != other)  # fmt: skip


def _reads_ahead(program: LinkProgram) -> bool:
    """Whether a constructor reads a pointer in the data of a library of its circle that is constructed later."""
    model = Model(program)
    return any(
        isinstance(use, SymbolUse)
        and program.symbols[use.symbol].signature is None
        and model.target(use.symbol) is not None
        and model.winner(use.symbol) > index
        and index in model.depends_on(model.winner(use.symbol), True)
        for index in model.live
        for use in program.libraries[index].starting
    )


def test_constructors_read_what_must_be_relocated_already() -> None:
    assert sum(map(_reads_ahead, PROGRAMS)) > 20


def test_everything_is_drawn() -> None:
    libraries = [library for program in PROGRAMS for library in program.libraries]
    assert {len(program.libraries) for program in PROGRAMS} == {1, 2, 3, 4, 5}
    assert {kind for library in libraries for kind in library.reallocs} == set(ExportedAllocators)
    assert {use.how for library in libraries for use in library.checks} == set(How)
    assert sum(map(_circle, PROGRAMS)) > 50
    assert any(symbol.overloaded for program in PROGRAMS for symbol in program.symbols)
    assert any(len(Model(program).live) < len(program.libraries) for program in PROGRAMS)
    assert any(len(Model(program).with_storage) > 1 for program in PROGRAMS)
    for what in ("takes", "openable", "opens", "weakly", "weak", "touches", "storage"):
        assert any(getattr(library, what) for library in libraries), what
    for what in ("minimum", "maximum", "elements", "empty_elements", "filled", "empty"):
        assert any(getattr(library.asks, what) for library in libraries), what


def test_one_trial_in_eight_is_a_program() -> None:
    assert [index for index in range(24) if is_link_trial("random", index)] == [4, 9, 14, 19]
    assert all(is_link_trial("link", index) for index in range(9))
    assert not any(is_link_trial("wit-smith", index) for index in range(9))
