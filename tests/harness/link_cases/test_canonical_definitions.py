"""Both linkers give the asynchronous parts of a link case the same canonical definitions, also where no engine runs
them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.bench.workbench import Workbench
from harness.binary.canon import read_definitions
from harness.judge.canon_options import judge_options, options_beside
from harness.link_cases.prepare import Prepared, prepare
from harness.plan.roles import Role
from harness.suite.link_case import LinkCase, load_link_case, parse_link_case
from harness.toolchains.protocol import Built
from tests.harness.link_cases.programs import HEAD, file

CASES = Path(__file__).parents[3] / "cases/linking"
FORWARD = file(
    "",
    "package a:b; interface i { f: func(a: stream<u8>, b: future<string>); } world w { export i; export g: func(); }",
    """(module (@dylink.0)
  (import "[export]a:b/i" "[stream-forward-0]f" (func (param i32 i32)))
  (import "[export]a:b/i" "[future-forward-1]f" (func (param i32 i32)))
  (func (export "a:b/i#f") (param i32 i32))
  (func (export "g")))""",
    f"{HEAD}compile-only = true\n",
)
KINDS = {0x2E: "[stream-forward-0]f", 0x2F: "[future-forward-1]f"}


def components(bench: Workbench, case: LinkCase, prepared: Prepared) -> list[bytes]:
    found = []
    for toolchain in bench.toolchains.values():
        linked = bench.builder.link(toolchain, prepared.libraries, case.options)
        assert isinstance(linked, Built), linked
        found.append(linked.data)
    return found


def compared(case: LinkCase, bench: Workbench) -> list[bytes]:
    made = components(bench, case, prepare(case))
    for component in made:
        assert judge_options(component, Role.SUBJECT, hooked=True) == []
        assert options_beside(made[0], component, Role.SUBJECT) == []
    return made


@pytest.mark.parametrize("name", ["native-asynchronous-exports", "two-libraries-at-the-ends-of-a-stream"])
def test_asynchronous_exports(bench: Workbench, name: str) -> None:
    for component in compared(load_link_case(CASES / f"{name}.toml"), bench):
        assert any(lift.options.is_async for lift in read_definitions(component).lifts.values())


def test_forward(bench: Workbench) -> None:
    for component in compared(parse_link_case(FORWARD), bench):
        for opcode, name in KINDS.items():
            definitions = read_definitions(component).others["[export]a:b/i", name]
            assert {each.opcode for each in definitions} == {opcode}
