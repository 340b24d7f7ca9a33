"""Link cases: files are read with their lines; behaviour is compared with the expected one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from wasmtime import WasmtimeError, wat2wasm
from wasmtime.component import Func

from harness.bench.examination import Options
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.engine.features import Feature, features
from harness.engine.results import EngineKind, Rejected, RunLimits
from harness.judge.judging import refused_by_engine
from harness.judge.verdict import Verdict
from harness.judge.votes import MODEL
from harness.link_cases.coverage import link_coverage
from harness.link_cases.examine import examine_file, examine_link_case, first_difference
from harness.link_cases.execute import MAX_LINES, execute
from harness.link_cases.prepare import Prepared, prepare
from harness.plan.outcomes import TrapClass
from harness.process.children import ProcessLimits
from harness.process.steps import Loss, Steps
from harness.runs.runner import Runner
from harness.suite.link_case import LinkCase, parse_link_case
from harness.text.toml_lines import FileError
from harness.toolchains.builder import Builder
from harness.toolchains.cells import OURS, REFERENCE
from harness.toolchains.choose import Tools
from harness.toolchains.command import load
from harness.toolchains.protocol import BuildResult, Built, Library, LinkOptions, Refused, Toolchain
from harness.world.world import World
from reports.coverage import FEATURES, LINK_FEATURES
from reports.outcomes import Outcome
from tests.harness.async_component import BLOCKING_START

HEAD = 'title = "t"\nwhy = "w"\norigin = "own"\n'
WORLD = """
package a:b;
interface notes { note: func(text: string, number: s8); }
world w {
  import log: func(x: u32);
  import notes;
  export run: func(x: s8) -> u32;
  export tell: func();
  export say: func() -> string;
}
"""
LIBRARY = r"""
(module (@dylink.0 (mem-info (memory 16 2)))
  (import "env" "memory" (memory 0))
  (import "env" "__memory_base" (global $base i32))
  (import "$root" "log" (func $log (param i32)))
  (import "a:b/notes" "note" (func $note (param i32 i32 i32)))
  (data (global.get $base) "hello")
  (func (export "__wasm_call_ctors") (call $log (i32.const 7)))
  (func (export "run") (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then unreachable))
    (i32.sub (i32.const 0) (local.get 0)))
  (func (export "tell") (call $note (global.get $base) (i32.const 2) (i32.const -3)))
  (func (export "say") (result i32)
    (i32.store offset=8 (global.get $base) (global.get $base))
    (i32.store offset=12 (global.get $base) (i32.const 5))
    (i32.add (global.get $base) (i32.const 8))))
"""
STEPS = """
[[step]]
call = "run"
args = ["-5"]
result = "5"
[[step]]
call = "tell"
logs = ['a:b/notes#note("he", -3)']
[[step]]
call = "run"
args = ["0"]
trap = "unreachable"
[[step]]
call = "say"
result = '"hello"'
"""


def file(
    steps: str = STEPS, wit: str = WORLD, wat: str = LIBRARY, head: str = HEAD + 'starts = ["log(7)"]\n', more: str = ""
) -> str:
    return f"{head}wit = '''{wit}'''\n{more}[[library]]\nname = \"libapp.so\"\nwat = '''{wat}'''\n{steps}"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """Both toolchains, where there is a reference. An endless loop ends soon: by default it takes seconds."""
    run = Runner(Tools(), 1)
    limits = RunLimits(fuel=20_000_000)
    settings = Settings(tmp_path_factory.mktemp("bench"), run.settings.selection, run_limits=limits)
    with run:
        yield Workbench(settings, Steps())


def verdict(bench: Workbench, text: str) -> Verdict:
    case = parse_link_case(text, "p.toml")
    return examine_link_case(bench, "p", case, prepare(case), Options(artifacts=None))


def test_what_a_link_case_must_show() -> None:
    case: LinkCase = parse_link_case(file())
    assert [library.world for library in case.libraries] == [""]
    assert case.steps[2].trap is TrapClass.UNREACHABLE
    prepared: Prepared = prepare(case)
    assert [call.lines for call in prepared.calls] == [
        ("run(-5) -> 5",),
        ('a:b/notes#note("he", -3)', "tell()"),
        ("run(0) traps: unreachable",),
        ('say() -> "hello"',),
    ]


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
    assert found.minority == (MODEL if len(bench.toolchains) > 1 else OURS)


def test_a_program_that_goes_on_and_on_is_stopped(bench: Workbench) -> None:
    call = "(loop $again (call $note (i32.const 0) (i32.const 0) (i32.const 0)) (br $again))"
    endless = LIBRARY.replace('(func (export "tell") ', f'(func (export "tell") {call} ')
    steps = '[[step]]\ncall = "tell"\ntrap = "out-of-fuel"\n'
    program = prepare(parse_link_case(file(steps, wat=endless)))
    library = bench.builder.link(bench.toolchains[OURS], program.libraries, LinkOptions())
    assert isinstance(library, Built)
    seen = execute(bench.engine(EngineKind.WINCH), library.data, program, RunLimits())
    assert not isinstance(seen, Rejected)
    assert seen.calls[0][-1] == "tell() traps: out-of-fuel"
    assert len(seen.calls[0]) == MAX_LINES + 1 and seen.spent == 1


def test_a_fault_of_the_engine_is_no_line_of_a_program(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither while a component starts nor in a call."""
    engine = bench.engine(EngineKind.WINCH)
    prepared = replace(prepare(parse_link_case(file())), world=World("w", {}, {}))
    seen = execute(engine, bytes(wat2wasm(BLOCKING_START)), prepared, RunLimits())
    assert isinstance(seen, Rejected)
    assert refused_by_engine("ours", seen).outcome is Outcome.ENGINE_FAULT
    words = (
        "error while executing at wasm backtrace:\n    0: 0x1 - f\n\nCaused by:\n    BUG: not reachable\nversion: 50\n"
    )

    def fail(*_: object) -> None:
        raise WasmtimeError(words)

    monkeypatch.setattr(Func, "__call__", fail)
    found = verdict(bench, file())
    assert (found.outcome, found.minority) == (Outcome.ENGINE_FAULT, None)
    assert [finding.message for _, finding in found.findings] == [
        f"{name}@winch: the engine found a bug in itself, in run: BUG: not reachable" for name in bench.toolchains
    ]


def test_a_line_too_many_is_a_difference() -> None:
    prepared = prepare(parse_link_case(file()))
    seen = [("log(7)", "run(-5) -> 5", "log(1)")]
    difference = first_difference(prepared, seen)
    assert difference is not None
    assert (difference.path, difference.actual) == ("step 1, line 3", "log(1)")


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


@pytest.mark.parametrize(
    "body",
    ["(loop $again (br $again))", "(loop $again (call $note (i32.const 0) (i32.const 0) (i32.const 0)) (br $again))"],
)
def test_a_limit_is_no_verdict_unless_a_call_before_it_differs(bench: Workbench, body: str) -> None:
    endless = LIBRARY.replace('(func (export "tell") ', f'(func (export "tell") {body} ')
    found = verdict(bench, file('[[step]]\ncall = "tell"\n', wat=endless))
    wanted = Outcome.FAIL if "$note" in body else Outcome.LIMIT_REACHED
    assert (found.outcome, found.minority is None) == (wanted, wanted is Outcome.LIMIT_REACHED)
    assert {finding.outcome for _, finding in found.findings} == {wanted}
    limit = "tell() traps: out-of-fuel: stopped by a limit of the harness"
    assert all((limit in finding.message) == (wanted is Outcome.LIMIT_REACHED) for _, finding in found.findings)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [(-11, Outcome.ENGINE_FAULT), (-6, Outcome.ENGINE_FAULT), (-9, Outcome.HARNESS_ERROR), (3, Outcome.INVALID_OUTPUT)],
)
def test_a_signal_that_ends_the_engine_is_no_tools_fault(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, code: int, outcome: Outcome
) -> None:
    """A worker that was lost twice in this step, at last alone."""
    monkeypatch.setattr(bench.steps, "lost", {"run t of ours@winch": Loss(0.0, code, f"ended with code {code}")})
    found = verdict(bench, file())
    assert (found.outcome, found.minority) == (outcome, None if code < 0 else OURS)


ENDLESS = "(loop $again (br $again))"
COUNT = """(local $n i32) (loop $again
  (br_if $again (i32.ne (i32.const 1000000) (local.tee $n (i32.add (local.get $n) (i32.const 1))))))"""


@pytest.mark.parametrize(
    ("other", "outcome", "minority"),
    [("", Outcome.TIMED_OUT, OURS), (COUNT, Outcome.LIMIT_REACHED, None), (ENDLESS, Outcome.LIMIT_REACHED, None)],
    ids=["far below the limit", "near it", "endless too"],
)
def test_a_program_that_ends_by_another_tool_is_endless_by_this_one(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, other: str, outcome: Outcome, minority: str | None
) -> None:
    if REFERENCE not in bench.toolchains:
        pytest.skip("needs a second toolchain")
    link = Builder.link
    programs = {
        name: prepare(
            parse_link_case(file(wat=LIBRARY.replace('(func (export "tell") ', f'(func (export "tell") {code}')))
        )
        for name, code in ((OURS, ENDLESS), (REFERENCE, other))
    }

    def linked(self: Builder, toolchain: Toolchain, _: object, options: LinkOptions) -> BuildResult:
        return link(self, toolchain, programs[toolchain.name].libraries, options)

    monkeypatch.setattr(Builder, "link", linked)
    steps = """[[step]]\ncall = "tell"\nlogs = ['a:b/notes#note("he", -3)']\n"""
    found = verdict(bench, file(steps))
    assert (found.outcome, found.minority) == (outcome, minority), found.findings
    told = "; in reference@winch the run ends far below the limit"
    assert next(told in finding.message for _, finding in found.findings) is (outcome is Outcome.TIMED_OUT)


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


def test_a_program_whose_features_the_engine_lacks_is_skipped(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    wit, wat = "package a:b; world w { export f: async func(); }", '(module (@dylink.0) (func (export "f")))'
    text = file('[[step]]\ncall = "f"\n', wit, wat, HEAD)
    assert verdict(bench, text).outcome is not Outcome.SKIP
    monkeypatch.setitem(features(), "async", Feature("async", "not here"))
    found = verdict(bench, text)
    assert (found.outcome, found.reason) == (Outcome.SKIP, "async: not here")


THREAD = '(import "$root" "[thread-index]" (func (result i32)))'


@pytest.mark.parametrize(
    ("part", "feature"),
    [
        (THREAD, "threading"),
        (THREAD.replace("index", "yield"), None),
        ("(memory 1 (pagesize 1))", "custom-page-sizes"),
        ("(memory 1 2)", None),
        ("(memory 1 (pagesize 65536))", "custom-page-sizes"),
        ("(memory 1 2) (memory 1 2 (pagesize 1))", "custom-page-sizes"),
    ],
)
def test_features_that_libraries_need(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, part: str, feature: str | None
) -> None:
    wit = "package a:b; world w { export f: func(); }"
    text = file('[[step]]\ncall = "f"\n', wit, f'(module (@dylink.0) {part} (func (export "f")))', HEAD)
    assert prepare(parse_link_case(text)).needs() == frozenset({feature} if feature else ())
    if feature is not None:
        monkeypatch.setitem(features(), feature, Feature(feature, "not here"))
        found = verdict(bench, text)
        assert (found.outcome, found.reason) == (Outcome.SKIP, f"{feature}: not here")


def test_the_only_engine_of_a_case(bench: Workbench) -> None:
    """Winch does not compile what throws and catches."""
    wit = "package a:b; world w { export f: func() -> u32; }"
    wat = """(module (@dylink.0) (tag $e (param i32)) (func (export "f") (result i32)
      (block $caught (result i32) (try_table (catch $e $caught) (throw $e (i32.const 7))) (i32.const 0))))"""
    text = file('[[step]]\ncall = "f"\nresult = "7"\n', wit, wat, HEAD)
    assert verdict(bench, text).outcome is Outcome.INVALID_OUTPUT
    assert verdict(bench, f'engine = "cranelift"\n{text}').outcome is Outcome.PASS


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
