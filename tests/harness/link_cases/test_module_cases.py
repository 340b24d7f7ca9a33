"""Link cases of one core module for `component new`, and those whose component is compiled only."""

from __future__ import annotations

import pytest

from harness.bench.workbench import Workbench
from harness.link_cases.prepare import prepare
from harness.suite.link_case import parse_link_case
from harness.text.toml_lines import FileError
from harness.toolchains.cells import OURS
from reports.outcomes import Outcome
from tests.harness.link_cases.programs import HEAD, verdict

MODULE_WIT = "package a:b; world w { import log: func(x: u32); export run: async func(x: string) -> char; }"
MODULE = """
(module
  (import "$root" "log" (func $log (param i32)))
  (import "[export]$root" "[task-return]run" (func $return (param i32)))
  (memory (export "memory") 1)
  (func (export "_initialize") (call $log (i32.const 3)))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "[async-lift]run") (param i32 i32) (result i32)
    (if (i32.eqz (local.get 1)) (then unreachable))
    (call $log (local.get 1))
    (if (i32.eq (local.get 1) (i32.const 2)) (then (loop $again (br $again))))
    (i32.const 1))
  (func (export "[callback][async-lift]run") (param i32 i32 i32) (result i32)
    (call $return (i32.load8_u (i32.const 1024))) (i32.const 0)))
"""
MODULE_STEPS = """
starts = ["log(3)"]
[[step]]
call = "run"
args = ['"xyz"']
logs = ["log(3)"]
result = "'x'"
[[step]]
call = "run"
args = ['""']
trap = "unreachable"
[[step]]
call = "run"
args = ['"xx"']
logs = ["log(2)"]
trap = "out-of-fuel"
"""


def module_file(row: str = "module = true", steps: str = MODULE_STEPS, more: str = "") -> str:
    head, _, rest = steps.strip().partition("\n")
    library = f"[[library]]\nname = \"main\"\n{row}\nwat = '''{MODULE}'''\n"
    return f'{HEAD}wit = "{MODULE_WIT}"\n{head}\n{more}{library}{rest}\n'


def test_a_module_by_component_new(bench: Workbench) -> None:
    found = verdict(bench, module_file())
    assert found.outcome is Outcome.PASS, found.findings
    wrong = verdict(bench, module_file().replace('"log(3)"]\nresult', '"log(4)"]\nresult'))
    assert wrong.outcome is Outcome.FAIL
    assert all("expected log(4), got log(3)" in finding.message for _, finding in wrong.findings)


def test_a_module_that_is_refused(bench: Workbench) -> None:
    text = f"{HEAD}wit = 'package a:b; world w {{ export f: func(); }}'\nrefusal = 'no module exports `f`'\n"
    text += "[[library]]\nname = 'main'\nmodule = true\nwat = '(module)'\n"
    assert verdict(bench, text).outcome is Outcome.PASS
    other = verdict(bench, text.replace("exports `f`", "exports `g`"))
    assert [subject for subject, _ in other.findings] == [OURS]


RESOURCES = """
package a:b; interface i { resource r; f: func(x: r) -> list<r>; g: func(); }
world w { import i; } world more { import i; export h: func(); }
"""


@pytest.mark.parametrize(
    ("world", "module", "told"),
    [
        ("w", "", None),
        ("w", '(func (export "x") i32.const 1)', "type mismatch"),
        ("more", '(func (export "h"))', None),
        ("more", '(func (export "h") i32.const 1)', "type mismatch"),
    ],
)
def test_a_component_that_is_compiled_only(bench: Workbench, world: str, module: str, told: str | None) -> None:
    """Its world has types that steps do not have."""
    imports = '(import "a:b/i" "f" (func (param i32 i32))) (import "a:b/i" "g" (func))'
    memory = (
        '(memory (export "memory") 1) (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 8)'
    )
    text = f"{HEAD}wit = '''{RESOURCES}'''\nworld = '{world}'\ncompile-only = true\n[[library]]\nname = 'main'\n"
    text += f"module = true\nwat = '''(module {imports} {memory} {module})'''\n"
    found = verdict(bench, text)
    messages = [finding.message for _, finding in found.findings]
    assert (found.outcome is Outcome.PASS) == (told is None), messages
    assert all(told in message for message in messages if told is not None)


def test_the_world_of_a_component_that_is_compiled_only(bench: Workbench) -> None:
    text = f"{HEAD}wit = 'package a:b; interface i {{ f: func(); }} world w {{ import i; }}'\ncompile-only = true\n"
    found = verdict(bench, f"{text}[[library]]\nname = 'main'\nmodule = true\nwat = '(module)'\n")
    assert all("expected a function, got (nothing)" in finding.message for _, finding in found.findings)
    assert found.outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (module_file("module = true\nopenable = true"), "`openable` is for `component link`"),
        (module_file("module = true\nadapter = true"), "takes one row with `module`, and adapters"),
        (module_file().replace('name = "', 'name = "a:b/', 1), "has a `/`, which only names of adapters have"),
        (module_file(more="link = { stack-size = 4096 }\n"), "`link` has options of `component link`"),
        (module_file(more="[[library]]\nname = 'a'\nwat = '(module)'\n"), "takes one row with `module`, and adapters"),
    ],
)
def test_a_module_stands_alone(text: str, message: str) -> None:
    with pytest.raises(FileError) as refused:
        prepare(parse_link_case(text, "p.toml"))
    assert message in str(refused.value)
