"""Link cases: files are read with their lines; behaviour is compared with the expected one."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.bench.examination import Options
from harness.bench.workbench import Workbench
from harness.judge.difference import Line
from harness.judge.party import MODEL
from harness.link_cases.coverage import link_coverage
from harness.link_cases.examine import examine_file, first_difference
from harness.link_cases.prepare import Prepared, prepare
from harness.plan.outcomes import TrapClass
from harness.process.children import ProcessLimits
from harness.suite.link_case import LinkCase, parse_link_case
from harness.text.toml_lines import FileError
from harness.toolchains.cells import OURS
from harness.toolchains.command import load
from harness.toolchains.protocol import Built, Library, LinkOptions, Refused
from reports.coverage import FEATURES, LINK_FEATURES
from reports.outcomes import Outcome
from tests.harness.link_cases.programs import HEAD, file, verdict
from tests.harness.minorities import alone


def test_what_a_link_case_must_show() -> None:
    case: LinkCase = parse_link_case(file())
    assert [library.world for library in case.libraries] == [""]
    assert case.steps[2].trap is TrapClass.UNREACHABLE
    prepared: Prepared = prepare(case)
    assert [tuple(map(str, call.lines)) for call in prepared.calls] == [
        ("run(-5) -> 5",),
        ('a:b/notes#note("he", -3)', "tell()"),
        ("run(0) traps: unreachable",),
        ('say() -> "hello"',),
    ]
    assert [call.traps for call in prepared.calls] == [False, False, True, False]
    named = [[line.function for line in call.lines] for call in prepared.calls]
    assert named == [["run"], ["a:b/notes#note", "tell"], ["run"], ["say"]]


def test_it_is_shown(bench: Workbench) -> None:
    """A new instance after the trap: its constructors run again."""
    found = verdict(bench, file())
    assert found.outcome is Outcome.PASS, found.findings


@pytest.mark.parametrize("wanted", [False, True])
def test_reports_get_its_components_if_they_ask(bench: Workbench, tmp_path: Path, wanted: bool) -> None:
    (tmp_path / "p.toml").write_text(file())
    found = examine_file(bench, tmp_path / "p.toml", "p", Options(artifacts=None, exhibits=wanted))
    made = found.exhibits.made
    assert [part.toolchains for part in made] == (list(bench.toolchains) if wanted else [])
    assert all(part.component > 0 and part.library == 0 and "import a:b/notes;" in part.wit for part in made)
    assert all(cell.endswith("@winch") for cell in found.ran.cells) and found.ran.calls == 4


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('result = "5"', 'result = "6"'), "(step 1, line 2): expected run(-5) -> 6, got run(-5) -> 5"),
        (('"log(7)"', '"log(8)"'), "(step 1, line 1): expected log(8), got log(7)"),
        (("-3)']", '-3)\', "log(1)"]'), "(step 2, line 2): expected log(1), got tell()"),
        (('args = ["0"]\ntrap = "unreachable"', 'args = ["0"]\nresult = "0"'), "got run(0) traps: unreachable"),
        (("(call $log (i32.const 7))", "unreachable"), "expected log(7), got instantiation traps: unreachable"),
    ],
)
def test_what_differs_is_told(bench: Workbench, change: tuple[str, str], told: str) -> None:
    """All toolchains agree against the file: the model is in the minority."""
    found = verdict(bench, file().replace(*change))
    assert found.outcome is Outcome.FAIL
    assert all(told in finding.message for _, finding in found.findings)
    assert [finding.difference and finding.difference.level for _, finding in found.findings] == [3] * len(
        bench.toolchains
    )
    assert found.minority == alone(MODEL if len(bench.toolchains) > 1 else OURS)


def test_a_line_too_many_is_a_difference() -> None:
    prepared = prepare(parse_link_case(file()))
    seen = [(Line("log", "log(7)"), Line("run", "run(-5) -> 5"), Line("log", "log(1)"))]
    difference = first_difference(prepared, seen)
    assert difference is not None
    assert (difference.path, difference.actual) == ("step 1, line 3", "log(1)")
    assert difference.lines == (None, Line("log", "log(1)"))


def test_a_refusal_that_is_expected(bench: Workbench) -> None:
    wat = """(module (@dylink.0) (import "env" "nobody" (func $f)) (func (export "f") call $f))"""
    wit = "package a:b; world w { export f: func(); }"
    text = file("", wit, wat, HEAD, 'refusal = "nobody"\n')
    assert verdict(bench, text).outcome is Outcome.PASS
    other = verdict(bench, text.replace('refusal = "nobody"', 'refusal = "somebody"'))
    assert [subject for subject, _ in other.findings] == [OURS], "others may say it in their own words"
    fine = text.replace('(import "env" "nobody" (func $f))', "(func $f)")
    accepted = verdict(bench, fine)
    assert accepted.outcome is Outcome.FAIL
    assert all("expected a refusal" in finding.message for _, finding in accepted.findings)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (file(wit="package a:b;\nworld w { export run: func(x: u99); }"), 6, "u99"),
        (
            file(wit="package a:b; world w { import f: func() -> u8; }"),
            5,
            "imported and returns something other than a",
        ),
        (file(wit="package a:b; world w { export f: func(x: list<u8>); }"), 5, "list<u8>"),
        (file(wat="(module (func $f) (func $f))"), 18, "duplicate func identifier"),
        (file('[[step]]\ncall = "walk"\n'), 36, "exports no function 'walk'"),
        (file('[[step]]\ncall = "run"\nresult = "1"\n'), 35, "takes 1 argument, not 0"),
        (file('[[step]]\ncall = "run"\nargs = ["128"]\nresult = "1"\n'), 37, "args '128'"),
        (file('[[step]]\ncall = "run"\nargs = ["1"]\n'), 35, "`result` is missing"),
        (file('[[step]]\ncall = "run"\nresult = "1"\ntrap = "unreachable"\n'), 35, "step.0"),
        (file(""), 1, "step"),
        (file(more='refusal = "x"\n'), 16, "only one of step, compile-only, refusal can be given"),
        (file(more="link = { stacksize = 1 }\n"), 16, "stacksize"),
    ],
)
def test_bad_files_are_refused_with_their_line(text: str, line: int, message: str) -> None:
    with pytest.raises(FileError) as refused:
        prepare(parse_link_case(text, "p.toml"))
    assert message in str(refused.value)
    assert refused.value.line == line, str(refused.value)


def test_artifacts_are_kept(bench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text(file().replace('result = "5"', 'result = "6"'))
    examination = examine_file(bench, path, "linking/p", Options(artifacts=tmp_path / "kept"))
    folder = Path(examination.artifacts)
    assert folder == tmp_path / "kept" / "linking.p"
    assert {file.name for file in folder.iterdir()} >= {"program.wit", "0-libapp.so", "ours.component.wasm"}


TOOL = """
name = "mine"
generate = ["true", "{wit}", "{output}"]
link = ["sh", "-c", "echo $0 $* > {output}", "{libraries}"]
[link-options]
stack-size = ["--stack", "{stack-size}"]
openable = ["--open"]
"""


def test_options_of_a_linker_by_command_templates(tmp_path: Path) -> None:
    path = tmp_path / "tool.toml"
    path.write_text(TOOL)
    linker = load(path, tmp_path, ProcessLimits(30)).linker
    libraries = [Library("a.so", b"a"), Library("b.so", b"b", openable=True)]
    built = linker.link(libraries, LinkOptions(stack_size=4096)).result()
    assert isinstance(built, Built)
    words = built.data.decode().split()
    assert [word.partition("=")[0] for word in words] == ["--stack", "4096", "a.so", "--open", "b.so"]
    refused = linker.link(libraries, LinkOptions(built_in_libdl=True)).result()
    assert isinstance(refused, Refused)
    assert "unsupported: the toolchain's file has no link-options.built-in-libdl" in refused.message


def test_what_a_link_case_covers() -> None:
    wit = 'wit = "package a:b; world w { import log: func(x: u32); export run: func(s: string) -> u8; }"\n'
    libraries = (
        '[[library]]\nname = "a.so"\nwat = \'(module (@dylink.0) (import "env" "f" (func)) '
        '(import "GOT.mem" "d" (global (mut i32))) (func (export "__wasm_call_ctors")))\'\n'
        '[[library]]\nname = "b.so"\nopenable = true\nwat = \'(module (@dylink.0) (func (export "f")))\'\n'
    )
    step = '[[step]]\ncall = "run"\nargs = [\'"x"\']\ntrap = "unreachable"\nlogs = ["log(1)"]\n'
    case = parse_link_case(f"{HEAD}{wit}{libraries}{step}")
    found = {(c.direction, c.position): c.features for c in link_coverage(case, prepare(case))}
    linking = {"several libraries", "openable", "traps", "functions of another library", "addresses of data"}
    assert set(found["link", "libraries"]) == linking | {"constructors"}
    assert found["export", "parameter"] == ("string",) and found["export", "result"] == ("u8",)
    assert found["import", "function"] == ("function",)
    assert set().union(*map(set, found.values())) <= {*FEATURES, *LINK_FEATURES}
