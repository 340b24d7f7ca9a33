"""Link cases whose component has state after its instantiation: they behave the same after `component init`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from generator.component.read import read_component
from generator.preinit.initialize import initialize
from generator.preinit.rewrite import rewrite
from generator.preinit.snapshot import InitOptions, Snapshot
from generator.preinit.state import stateful_modules
from harness.engine.engine import Engine
from harness.engine.results import Rejected, RunLimits
from harness.link_cases.examine import first_difference
from harness.link_cases.execute import execute
from harness.link_cases.prepare import Prepared, prepare
from harness.suite.link_case import load_link_case
from harness.toolchains.ours import OurToolchain
from harness.toolchains.protocol import Built

CASES = Path(__file__).parents[3] / "cases" / "linking"
INSTANTIATION = InitOptions(None)

STATE = {
    # case: what its instantiation leaves, and where
    "data-of-another": "the addresses of variables, in globals; data",
    "memory-is-aligned-and-apart": "data at addresses that the linker chose",
    "task-hook-at-every-entry-of-a-library": "what the hook has noted so far, and the place of the next note",
    "task-init-at-every-entry-of-a-library": "what the hook has noted so far, and the place of the next note",
    "thread-local-storage-of-two-libraries": "an address for each library, and what lies there",
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def linked(name: str) -> tuple[Prepared, bytes]:
    case = load_link_case(CASES / f"{name}.toml")
    prepared = prepare(case)
    made = OurToolchain().link(prepared.libraries, case.options).result()
    assert isinstance(made, Built), made
    return prepared, made.data


def difference(engine: Engine, prepared: Prepared, component: bytes) -> object:
    seen = execute(engine, component, prepared, RunLimits())
    assert not isinstance(seen, Rejected), seen
    return first_difference(prepared, seen.calls)


@pytest.mark.parametrize("name", STATE)
def test_the_program_behaves_as_before(name: str, engine: Engine) -> None:
    prepared, component = linked(name)
    made, _ = initialize(component, INSTANTIATION)
    assert made != component
    assert difference(engine, prepared, component) is None
    assert difference(engine, prepared, made) is None


@pytest.mark.parametrize("name", STATE)
def test_its_state_matters(name: str, engine: Engine) -> None:
    """Without it, or with the state before its start functions, the program would behave in another way."""
    prepared, component = linked(name)
    _, snapshot = initialize(component, INSTANTIATION)
    modules = stateful_modules(read_component(component))
    assert difference(engine, prepared, rewrite(component, modules, snapshot)) is None
    blank = Snapshot({place: bytes(len(data)) for place, data in snapshot.memories.items()}, snapshot.globals)
    zeros = replace(snapshot, globals=dict.fromkeys(snapshot.globals, 0))
    found = [difference(engine, prepared, rewrite(component, modules, other)) for other in (blank, zeros)]
    assert any(item is not None for item in found)


def test_a_program_that_traps_traps_again(engine: Engine) -> None:
    """The library has no thread-local storage: the linker's own module has state all the same."""
    prepared, component = linked("thread-local-storage-that-is-none")
    made, snapshot = initialize(component, INSTANTIATION)
    assert snapshot.globals
    assert made != component
    assert difference(engine, prepared, made) is None
