"""Mutants: every patch finds its place, makes something else than ours, is gone afterwards, and is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import interpreters
from harness.composition import guards, initial_state
from harness.frontend.front_end import Surroundings, WitText, surround
from harness.fuzz.linking.trial import LinkTrial, draw_program, prepared_link_case
from harness.fuzz.trial import Recipe
from harness.link_cases.prepare import prepare
from harness.mutants.cases import CASES
from harness.mutants.mutant import Area
from harness.mutants.patch import Patch
from harness.mutants.shown_link_cases import LINK_CASES
from harness.mutants.toolchain import MUTANTS, PREFIX
from harness.mutants.worlds import PROGRAMS, WORLDS
from harness.mutation.survey import Survey
from harness.plan.plan import ComponentPlan
from harness.plan.roles import Role
from harness.planner.bare import with_choices
from harness.runs.runner import Runner
from harness.suite.case import parse_case
from harness.suite.link_case import LinkCase, load_link_case, parse_link_case
from harness.toolchains import ours
from harness.toolchains.choose import Tools
from harness.toolchains.command_schema import PACKAGE_FORMS
from harness.toolchains.component_build import INTERPRETER, WORLD
from harness.toolchains.named import UnknownToolchain, named
from harness.toolchains.protocol import (
    ENCODINGS,
    LEGACY_NAMES,
    STANDARD_NAMES,
    BuildResult,
    Built,
    EmbedOptions,
    GenerateOptions,
    Library,
    LinkOptions,
    Panicked,
    Toolchain,
)


@cache
def interpreter(plan: ComponentPlan) -> bytes:
    return interpreters.boxed(3, plan.hooks, "async" if plan.asynchronous else "").read_bytes()


Around = Surroundings | LinkCase | None


def surroundings(shown_by: str) -> Surroundings:
    if shown_by not in CASES:
        return surround(WitText(WORLDS[shown_by], f"{shown_by}.wit"), ends=True)
    case = parse_case(CASES[shown_by])
    assert isinstance(case.wit, str)
    around = surround(WitText(case.wit, f"{shown_by}.wit"), case.world, case.features, ends=True)
    parts = {
        role: replace(part, plan=with_choices(part.plan, case.hooks, case.async_filters))
        for role, part in around.parts.items()
    }
    return replace(around, parts=parts)


@cache
def programs() -> list[LinkTrial]:
    return [prepared_link_case(draw_program(0, index)[0]) for index in range(40)]


@pytest.fixture(scope="module")
def worlds() -> dict[str, Around]:
    """The surroundings of each world or link case; None for random link cases."""
    files = {name: parse_link_case(text) for name, text in LINK_CASES.items()}
    return {PROGRAMS: None, **files, **{name: surroundings(name) for name in (*WORLDS, *CASES)}}


def build(toolchain: Toolchain, around: Around) -> list[BuildResult]:
    """The library and the component of each role, or what kept them from being built; of programs the component."""
    results = []
    if around is None:
        return [toolchain.linker.link(trial.prepared.libraries, trial.case.options).result() for trial in programs()]
    if isinstance(around, LinkCase):
        return [toolchain.linker.link(prepare(around).libraries, around.options).result()]
    for part in around.parts.values():
        options = GenerateOptions(INTERPRETER, part.plan.features)
        dylib = toolchain.generator.generate(part.plan.wit, part.plan.world, options).result()
        results.append(dylib)
        if isinstance(dylib, Built):
            libraries = [Library(INTERPRETER, interpreter(part.plan)), Library(WORLD, dylib.data)]
            results.append(toolchain.linker.link(libraries, LinkOptions()).result())
    return results


def embedded(toolchain: Toolchain, around: Around) -> list[BuildResult]:
    """The outputs for the subject without a linker, in every encoding."""
    assert isinstance(around, Surroundings)
    assert toolchain.embedder is not None and toolchain.printer is not None
    part = around.parts[Role.SUBJECT].plan
    results: list[BuildResult] = []
    names = STANDARD_NAMES if part.merge_versions and "versions" not in part.world else LEGACY_NAMES
    for encoding in ENCODINGS:
        made = toolchain.embedder.embed(part.wit, part.world, EmbedOptions(part.features, encoding, names)).result()
        results.append(made)
        for step in (toolchain.embedder.new, toolchain.embedder.wit):
            if isinstance(made, Built):
                made = step(made.data).result()
                results.append(made)
    results += [toolchain.printer.print_package(form, part.wit, part.features).result() for form in PACKAGE_FORMS]
    return results


def initialized(toolchain: Toolchain, around: Around) -> list[BuildResult]:
    """The subject with state for initialisation, by ours, after the initialisation of a toolchain."""
    assert isinstance(around, Surroundings)
    assert toolchain.initializer is not None
    linked = _with_state(around.parts[Role.SUBJECT].plan)
    return [toolchain.initializer.initialize(linked, initial_state.EXPORT).result()]


@cache
def _with_state(plan: ComponentPlan) -> bytes:
    dylib = ours.toolchain().generator.generate(plan.wit, plan.world, GenerateOptions(INTERPRETER)).result()
    assert isinstance(dylib, Built)
    libraries = [
        Library(initial_state.LIBRARY, initial_state.library()),
        Library(INTERPRETER, interpreter(plan)),
        Library(guards.BEFORE, guards.before()),
        Library(WORLD, dylib.data),
        Library(guards.BEHIND, guards.behind(WORLD, True)),
    ]
    linked = ours.toolchain().linker.link(libraries, LinkOptions()).result()
    assert isinstance(linked, Built)
    return linked.data


MAKES = {Area.EMBEDDER: embedded, Area.INITIALIZER: initialized}


def makes(name: str, toolchain: Toolchain, around: Around) -> list[BuildResult]:
    """The output of the tool in which the mutant is wrong."""
    return MAKES.get(MUTANTS[name].area, build)(toolchain, around)


def all_of_ours(worlds: dict[str, Around]) -> dict[str, list[BuildResult]]:
    areas = {mutant.shown_by: name for name, mutant in MUTANTS.items()}
    return {name: makes(areas[name], ours.toolchain(), around) for name, around in worlds.items()}


@pytest.fixture(scope="module")
def right(worlds: dict[str, Around]) -> dict[str, list[BuildResult]]:
    """The output of ours before any mutant was applied."""
    return all_of_ours(worlds)


def test_there_are_enough_of_each_kind() -> None:
    areas = [mutant.area for mutant in MUTANTS.values()]
    assert len(areas) >= 50
    assert all(areas.count(area) >= 10 for area in Area)


@pytest.mark.parametrize("name", [name for name, item in MUTANTS.items() if item.area in MAKES])
def test_a_wrong_embedder_or_initializer_shows_in_nothing_else(
    name: str, worlds: dict[str, Around], right: dict[str, list[BuildResult]]
) -> None:
    around = worlds[MUTANTS[name].shown_by]
    assert build(named(PREFIX + name), around) == build(ours.toolchain(), around)


LINKING = Path(__file__).resolve().parents[3] / "cases" / "linking"
MODULES = [
    ("module-with-two-adapters", {"shim-slots-exchanged"}),
    ("module-with-a-hook-and-an-adapter", {"shim-slots-exchanged", "hook-behind-the-function"}),
    ("module-with-strings-of-its-adapter", {"lift-without-realloc"}),
]


@pytest.mark.parametrize(("name", "wrong"), MODULES)
def test_a_wrong_linker_is_wrong_about_one_module_too(name: str, wrong: set[str]) -> None:
    """The tools that make a component of one module are those of the linker."""
    libraries = prepare(load_link_case(LINKING / f"{name}.toml")).libraries
    (module,) = [library.data for library in libraries if not library.adapter]
    adapters = [library for library in libraries if library.adapter]

    def made(toolchain: Toolchain) -> BuildResult:
        assert toolchain.embedder is not None
        return toolchain.embedder.new(module, adapters).result()

    ours_made = made(ours.toolchain())
    linkers = [name for name, mutant in MUTANTS.items() if mutant.area is Area.LINKER]
    others = {name for name in linkers if made(named(PREFIX + name)) != ours_made}
    assert wrong <= others
    assert "circles-constructed-backwards" not in others


def test_each_world_shows_something() -> None:
    assert {mutant.shown_by for mutant in MUTANTS.values()} == {*WORLDS, *CASES, *LINK_CASES, PROGRAMS}


def test_what_is_wrong_is_said_once() -> None:
    tables = [(mutant.area, mutant.wrong) for mutant in MUTANTS.values()]
    assert len(set(tables)) == len(tables)
    assert all(mutant.wrong and mutant.needs for mutant in MUTANTS.values())


PATCHES = [name for name, mutant in MUTANTS.items() if isinstance(mutant.fault, Patch)]


@pytest.mark.parametrize("name", PATCHES)
def test_the_place_exists(name: str) -> None:
    fault = MUTANTS[name].fault
    assert isinstance(fault, Patch)
    assert fault.resolve()


@pytest.fixture(scope="module")
def wrong(worlds: dict[str, Around], right: dict[str, list[BuildResult]]) -> dict[str, list[BuildResult]]:
    """The outputs of the mutants, one after the other; `right` is made before them."""
    return {name: makes(name, named(PREFIX + name), worlds[MUTANTS[name].shown_by]) for name in MUTANTS}


@pytest.mark.parametrize("name", MUTANTS)
def test_it_makes_something_else(
    name: str, wrong: dict[str, list[BuildResult]], right: dict[str, list[BuildResult]]
) -> None:
    assert wrong[name] != right[MUTANTS[name].shown_by]
    fault = MUTANTS[name].fault
    assert not isinstance(fault, Patch) or not fault.is_function or fault.calls
    assert not [result for result in wrong[name] if isinstance(result, Panicked)]


@pytest.mark.usefixtures("wrong")
def test_nothing_is_left_behind(worlds: dict[str, Around], right: dict[str, list[BuildResult]]) -> None:
    assert all_of_ours(worlds) == right


def test_an_unknown_name() -> None:
    with pytest.raises(UnknownToolchain, match="no mutant 'nothing'"):
        named(f"{PREFIX}nothing")


@pytest.fixture(scope="module")
def survey() -> Iterator[Survey]:
    """All mutants, each tried on the world that shows it."""
    chosen = list(MUTANTS.values())
    jobs = 2
    with Runner(Survey.tools(Tools(), chosen), jobs) as run:
        survey = Survey(chosen, run, jobs)
        survey.show()
        yield survey


@pytest.mark.parametrize("name", MUTANTS)
def test_it_is_noticed(name: str, survey: Survey) -> None:
    row = survey.rows[name]
    assert not row.errors
    assert row.shown is not None, f"nobody noticed that {row.mutant.wrong}"


LEVELS = [("spills-at-16", 0), ("enum-names-reversed", 1), ("field-names-of-types-reversed", 2), ("map-reversed", 3)]


@pytest.mark.parametrize(("name", "level"), LEVELS)
def test_the_level_on_which_it_is_noticed(name: str, level: int, survey: Survey) -> None:
    detection = survey.rows[name].shown
    assert detection is not None
    assert detection.level == level


FUZZED = (
    "no-post-return",
    "stack-begins-in-the-data",
    "interpreter-never-finishes",
    "reallocs-exchanged",
    "new-without-standard-post-return",
)
"""One of each area that any world shows: the way to the fuzzer is what is tested here, not its reach."""


def test_the_fuzzer_notices() -> None:
    chosen = [MUTANTS[name] for name in FUZZED]
    with Runner(Survey.tools(Tools(), chosen), 1) as run:
        survey = Survey(chosen, run, 1)
        # Once more: what ended the first time must not end the second. Of the first eight seeds these need the fewest
        # worlds, one or, for a program, five.
        for seed in (4, 6):
            for row in survey.rows.values():
                row.fuzzed = None
            survey.fuzz(Recipe(seed, calls=20), seconds=300)  # each ends when it is noticed; machines may be busy
    for row in survey.rows.values():
        assert not row.errors
        assert row.fuzzed is not None
        assert row.fuzzed.detection is not None
        assert "world" in row.fuzzed.wit
