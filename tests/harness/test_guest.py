"""Interpreters that are not ours: the rules, the plans, `echo`, and wrong interpreters that are blamed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
import wasmtime

import interpreters
from harness.bench.checklist import growth_of, kind_of
from harness.bench.examination import Examination, Options
from harness.bench.examine import examine
from harness.bench.examine_guest import examine_guest
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.binary.sections import name, section
from harness.engine.results import EngineKind, RunLimits
from harness.frontend.front_end import WitText, surround, world_section
from harness.judge.guest import GuestCell, about, judge_guest
from harness.judge.verdict import Finding, Judgement, Verdict
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.planner.guest import foreign, guest_plan
from harness.planner.guest_cases import NoRole, guest_case_plan
from harness.planner.guest_rules import Echo, Forward, Rule, rules_of
from harness.process.steps import Steps
from harness.suite.case import load_case
from harness.toolchains.cells import Build, Cell
from harness.toolchains.interpreter import MAX_BYTES, BadInterpreter, Interpreter, NamedFile
from harness.toolchains.selection import Named, Ours, Selection
from interpreters.build import build_echo
from interpreters.echo import echo
from reports.outcomes import Outcome
from tests.harness.command import harness_here
from tests.harness.hostile_guests import HOST, hostile_interpreter
from tests.interpreters.conftest import NO_ZIG, ZIG

CASES = Path(__file__).parents[2] / "cases"
needs_zig = pytest.mark.skipif(not ZIG, reason=NO_ZIG)

WORLD = """package a:b;
interface both {
  resource thing { constructor(name: string); get: func() -> string; }
  record pair { small: s8, few: s8, text: string, wide: s64 }
  swap: func(pairs: list<pair>, thing: borrow<thing>) -> result<option<pair>, u64>;
  take: func(a: thing, b: list<thing>) -> option<thing>;
}
interface leaf {
  use both.{thing, pair};
  listed: func(a: u8, b: list<pair>, c: list<pair>) -> list<pair>;
  nothing: func(a: thing, b: borrow<thing>);
  bytes: func(a: list<u8>) -> list<u8>;
}
world w { import both; export both; export leaf; import f: func(a: f32) -> f64; export f: func(a: f32) -> f64; }
"""

ASYNC = WORLD.replace("get: func", "wait: async func(); get: func").replace(
    "export leaf;", "export leaf; export slow: interface { go: async func(); }"
)


def plan(seed: int = 3, wit: str = WORLD, calls: int = 40) -> Plan:
    return guest_plan(WitText(wit, "w.wit"), None, (), seed, calls, "w")


def bench(folder: Path, interpreter: Path, version: int = 3, selection: Selection | None = None) -> Workbench:
    chosen = selection or Selection((Ours(),))
    return Workbench(Settings(folder, chosen, interpreter=Interpreter(interpreter, version)), Steps())


def examined(bench: Workbench, plan: Plan) -> Examination:
    return examine_guest(bench, "w", plan, Options(artifacts=None))


# ---- Rules -----------------------------------------------------------------------------------------------------------

RULES = """package a:b;
interface x {
  resource r;
  record one { a: u8 } record other { a: u8 } record third { b: u8 } type alias = one;
  shape: func(a: one) -> other;
  named: func(a: one) -> third;
  second: func(a: u8, b: u16, c: u16) -> u16;
  through: func(a: list<alias>) -> list<one>;
  sink: func(a: string);
  lost: func() -> u8;
  wrong: func(a: option<u8>) -> option<s8>;
  sized: func(a: list<u8, 3>) -> list<u8, 4>;
  borrowed: func(a: borrow<r>, b: r) -> r;
  context: func(a: error-context) -> error-context;
  calls: func(a: r) -> r;
}
interface y { go: func(a: u8) -> u8; }
world w { export x; import y; export go: func(a: u8) -> u8; import go: func(a: s8) -> u8; }
"""


def rules(name: str) -> tuple[Rule | None, list[str]]:
    found = rules_of(surround(WitText(RULES, "w.wit"), "w").parts[Role.SUBJECT].world)
    return found.of.get(name), [text for text in found.left_out if text.split()[1] == f"{name}:"]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("shape", Echo(0)),
        ("named", None),
        ("second", Echo(1)),
        ("through", Echo(0)),
        ("sink", Echo(None)),
        ("lost", None),
        ("wrong", None),
        ("sized", None),
        ("borrowed", Echo(1)),
        ("context", None),
        ("calls", Echo(0)),
    ],
)
def test_the_rule_of_a_function(name: str, rule: Echo | None) -> None:
    found, left_out = rules(f"a:b/x#{name}")
    assert found == rule
    assert len(left_out) == (rule is None)


def test_another_type_is_no_import_to_call() -> None:
    assert rules("-#go") == (Echo(0), ["import -#go: no export of its name and type calls it"])


def test_resources_that_are_imported_and_exported_are_paired() -> None:
    world = surround(WitText(WORLD, "w.wit")).parts[Role.SUBJECT].world
    found = rules_of(world)
    assert all(isinstance(found.of[f.canonical], Forward) for f in world.exports["a:b/both"].functions.values())
    assert found.of["a:b/leaf#listed"] == Echo(1)


# ---- Plans -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_boxed_follows_the_plan(tmp_path: Path, seed: int) -> None:
    """The script for the subject shows what the model predicts, so the plan itself is right."""
    tools = Workbench(Settings(tmp_path, Selection((Ours(),))), Steps())
    found = examine(tools, "w", plan(seed), Options(artifacts=None))
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings
    assert found.ran.calls > 40


def test_the_foreign_plan_has_nothing_of_the_subject() -> None:
    whole = plan()
    left = foreign(whole)
    assert [part.role for part in left.components if part.foreign] == [Role.SUBJECT]
    for one, other in zip(whole.runs, left.runs, strict=True):
        assert set(one.scripts) - set(other.scripts) == set(one.expected) - set(other.expected) == {Role.SUBJECT}


ONE_WAY = """package a:b;
interface base { resource r { constructor(a: u8); get: func() -> u8; } record p { x: r } }
interface top { use base.{r, p}; make: func(a: string) -> p; look: func(b: list<borrow<r>>) -> u32; }
interface out { use base.{r}; run: func(a: list<r>) -> result<r>; }
world w {
  import top;
  export out;
  import ask: func(q: string) -> u64;
  export go: func() -> list<string>;
  import inl: interface { z: func() -> f32; }
  resource mine { constructor(); }
}
"""


def test_what_goes_one_way_goes_both_ways(tmp_path: Path) -> None:
    """The rule to forward applies to everything but a resource of the world itself."""
    planned = plan(wit=ONE_WAY)
    assert planned.unsupported == ("import -#[constructor]mine: no export of its name and type calls it",)
    names = {name for run in planned.runs for name in run.functions}
    assert names == {
        *("a:b/base#[constructor]r", "a:b/base#[method]r.get", "a:b/top#make", "a:b/top#look", "a:b/out#run"),
        *("-#ask", "-#go", "inl#z"),
    }
    found = examined(bench(tmp_path, echo()), planned)
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings


def test_no_second_version_is_added() -> None:
    """A second version would change the imports that a linker merges."""
    wit = """package a:b;
package c:d@0.1.0 { interface i { f: func(); } }
package c:d@0.2.0 { interface i { f: func(a: u8) -> u16; } }
world w { import c:d/i@0.1.0; export c:d/i@0.2.0; }
"""
    assert plan(wit=wit).unsupported == (
        "export c:d/i@0.2.0#f: it has neither an import of its name and type, nor a parameter of its result's type",
        "import c:d/i@0.1.0#f: no export of its name and type calls it",
    )


# ---- echo ------------------------------------------------------------------------------------------------------------


@needs_zig
@pytest.mark.parametrize("version", [2, 3])
def test_the_committed_library(version: int) -> None:
    assert echo(version).read_bytes() == build_echo(version)


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_echo_passes(tmp_path: Path, version: int, seed: int) -> None:
    found = examined(bench(tmp_path, echo(version), version), plan(seed))
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings
    assert found.ran.calls > 40


@pytest.mark.parametrize("version", [2, 3])
def test_echo_passes_in_a_world_with_asynchronous_functions(tmp_path: Path, version: int) -> None:
    """They have no rule; the others have theirs, and the model of such runs does not wait for events of `echo`."""
    planned = plan(wit=ASYNC)
    assert [text for text in planned.unsupported if "async function" in text] == [
        "export a:b/both#[method]thing.wait: async function, which is called with --with-async",
        "export slow#go: async function, which is called with --with-async",
    ]
    found = examined(bench(tmp_path, echo(version), version), planned)
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings
    assert found.ran.calls > 40


MUTANTS = ("MUTANT_FIRST_ELEMENT_DROPPED", "MUTANT_EXCHANGED_FIELDS", "MUTANT_NO_SIGN", "MUTANT_OWN_LEAKED")


@needs_zig
@pytest.mark.parametrize("wit", [WORLD, ASYNC], ids=["synchronous", "asynchronous"])
@pytest.mark.parametrize("flag", MUTANTS)
def test_a_wrong_interpreter_is_blamed(tmp_path: Path, flag: str, wit: str) -> None:
    library = tmp_path / "mine.so"
    library.write_bytes(build_echo(3, [f"-D{flag}"]))
    found = examined(bench(tmp_path, library), plan(wit=wit))
    assert found.verdict.outcome is Outcome.FAIL
    assert found.verdict.minority == "mine.so"
    assert {judged.toolchain for judged in found.verdict.judgements} == {"mine.so"}


@needs_zig
@pytest.mark.parametrize(
    ("flags", "blamed"), [([], None), (["-DMUTANT_BORROW_KEPT"], "mine.so")], ids=["right", "kept"]
)
def test_borrows_of_an_imported_resource_are_dropped(tmp_path: Path, flags: list[str], blamed: str | None) -> None:
    """In most worlds the harness also exports the resource, and its borrows are no handles."""
    library = tmp_path / "mine.so"
    library.write_bytes(build_echo(3, flags))
    case = load_case(CASES / "resources" / "borrow-of-one-imported-and-forwarded.toml")
    found = examined(bench(tmp_path, library), guest_case_plan(case))
    assert found.verdict.minority == blamed, found.verdict.findings
    assert ("borrow-left" in "".join(finding.message for _, finding in found.verdict.findings)) is bool(flags)


@needs_zig
def test_an_interpreter_that_loops_is_blamed(tmp_path: Path) -> None:
    library = tmp_path / "mine.so"
    library.write_bytes(build_echo(3, ["-DMUTANT_ENDLESS"]))
    tools = bench(tmp_path, library)
    tools.settings = replace(tools.settings, run_limits=RunLimits(fuel=20_000_000))
    found = examined(tools, plan())
    assert (found.verdict.outcome, found.verdict.minority) == (Outcome.TIMED_OUT, "mine.so"), found.verdict
    (judged,) = found.verdict.judgements
    assert judged.toolchain == "mine.so"
    assert "with boxed in its place the run ends" in judged.findings[0].message
    first, *others = judged.findings
    assert others and [finding.ended for finding in others] == [None] * len(others)
    assert first.ended is not None and "small: " in first.ended.text
    assert f"(call {first.ended.call} {first.ended.text.partition('(')[0]}" in first.ended.around


@pytest.mark.parametrize("without_it", [False, True])
def test_a_limit_says_something_only_where_boxed_does_not_reach_it(without_it: bool) -> None:
    built = Cell(((Role.SUBJECT, Build("ours", "ours")),), EngineKind.WINCH)
    limit = Finding(Outcome.LIMIT_REACHED, f"{built}, run 1: stopped", run=1)
    found = judge_guest("mine.so", [GuestCell(built, (limit,), without_it)], None)
    expected = (Outcome.LIMIT_REACHED, None) if without_it else (Outcome.TIMED_OUT, "mine.so")
    assert (found.outcome, found.minority) == expected


@pytest.mark.parametrize("wit", [WORLD, ASYNC], ids=["synchronous", "asynchronous"])
@pytest.mark.parametrize("mutant", ["fields-packed", "string-one-too-long"])
def test_a_wrong_generator_is_not_the_interpreters_fault(tmp_path: Path, mutant: str, wit: str) -> None:
    selection = Selection((Named(f"mutant:{mutant}", stands_in=True),))
    found = examined(bench(tmp_path, echo(), selection=selection), plan(wit=wit))
    assert (found.verdict.outcome, found.verdict.minority) == (Outcome.FAIL, "ours")


def test_missing_functions_are_named(tmp_path: Path) -> None:
    data = echo().read_bytes().replace(b"wit_dylib_push_map", b"wit_dylib_push_mop")
    library = tmp_path / "old.so"
    library.write_bytes(data)
    maps = "package a:b; world w { export f: func(a: map<u8, u8>) -> map<u8, u8>; }"
    tools = bench(tmp_path, library)
    found = examined(tools, plan(wit=maps))
    assert found.verdict.outcome is Outcome.SKIP
    needs = "which the library by ours for version 3 of the interface needs (--abi-version)"
    assert found.verdict.reason == f"old.so has no wit_dylib_push_map, {needs}"
    assert examined(tools, plan()).verdict.outcome is Outcome.PASS


def test_exceptions_need_another_engine(tmp_path: Path) -> None:
    """Winch has none. Nothing is built then, so any module with a tag will do."""
    library = tmp_path / "mine.so"
    library.write_bytes(echo().read_bytes() + section(13, b"\x01\x00\x00"))
    found = examined(bench(tmp_path, library), plan())
    assert found.verdict.outcome is Outcome.SKIP
    assert found.verdict.reason == "mine.so uses exceptions, which Winch does not run: --engine cranelift does"


def test_an_old_interface_has_no_maps(tmp_path: Path) -> None:
    maps = "package a:b; world w { export f: func(a: map<u8, u8>) -> map<u8, u8>; }"
    found = examined(bench(tmp_path, echo(2), 2), plan(wit=maps))
    assert found.verdict.outcome is Outcome.SKIP
    assert found.verdict.reason == "the world has maps, which version 2 of the interpreter's interface lacks"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\0asm\x0d\0\x01\0", "not a core WebAssembly module"),
        (b"\0asm\x01\0\0\0", "no section dylink.0"),
        (b"\0asm\x01\0\0\0\x00\x09\x08dylink.0", "exports no wit_dylib_initialize and no cabi_realloc"),
        (b"\0asm\x01\0\0\0\x00\x7f", "reaches past the end"),
    ],
)
def test_what_is_no_interpreter(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "x.so"
    path.write_bytes(data)
    with pytest.raises(BadInterpreter, match=why):
        Interpreter(path).read()


def test_a_file_without_an_end_is_no_interpreter(tmp_path: Path) -> None:
    """Nor is it an adapter or a library; nothing is opened that might block."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with (tmp_path / "large").open("wb") as large:
        large.truncate(MAX_BYTES + 1)
    for path, why in (
        (pipe, "not a regular file"),
        (Path("/dev/zero"), "not a regular file"),
        (Path(large.name), "MiB"),
    ):
        for found in (Interpreter(path), Interpreter(echo(), 3, (NamedFile("x", path),), (NamedFile("y", path),))):
            with pytest.raises(BadInterpreter, match=why):
                found.read()


def test_an_interpreter_with_our_own_interfaces_is_at_fault(tmp_path: Path) -> None:
    """It exports `control` and imports `host`, but has no script; a component that only imports `host` gets none."""
    found = examined(bench(tmp_path, interpreters.boxed()), plan(calls=5)).verdict
    assert (found.outcome, found.minority) == (Outcome.FAIL, "boxed-v3.so")
    alone = hostile_interpreter(b"export_start 0\n")
    (tmp_path / "hostile.so").write_bytes(alone)
    found = examined(bench(tmp_path, tmp_path / "hostile.so"), plan(calls=5)).verdict
    assert (found.outcome, found.minority) == (Outcome.INVALID_OUTPUT, "hostile.so"), found.findings
    assert all(f"imports {HOST}, which nothing provides" in finding.message for _, finding in found.findings)


# ---- Cases -----------------------------------------------------------------------------------------------------------

CASE = """title = "x"
why = "x"
origin = "own"
wit = '''
package a:b;
interface x {{ resource r {{ constructor(); }} f: func(a: u8) -> u8; g: func() -> r; h: func(a: r); }}
interface y {{ f: func(a: u8) -> u8; }}
interface z {{ slow: async func(); bytes: func() -> stream<u8>; }}
world w {{ {world} }}
'''
{steps}
"""
BOTH = "import x; export x;"
CALL = '[[step]]\ncall = "a:b/x#f"\nargs = ["1"]\nresult = "{}"\n'
ROOT = '[[step]]\ncall = "[method]r.a"\nargs = ["$r"]\nresult = "1"\n'
MADE = '[[step]]\ncall = "a:b/x#g"\nresult = "$r"\n[[step]]\n'


def case_plan(folder: Path, world: str, steps: str) -> Plan:
    path = folder / "case.toml"
    path.write_text(CASE.format(world=world, steps=steps))
    return guest_case_plan(load_case(path))


@pytest.mark.parametrize(
    ("world", "steps"),
    [
        (BOTH, CALL.format(2)),
        ("export x;", CALL.format(2)),
        ("import x;", CALL.format(2)),
        ("export y;", '[[step]]\ncall = "a:b/y#f"\nargs = ["1"]\nresult = "1"\n'),
        (BOTH, MADE + 'drop = "$r"\ndestroys = ["$r"]\n'),
        (BOTH, MADE + 'call = "a:b/x#h"\nargs = ["$r"]\nduring = [{ drop = "$r" }]\n'),
        (BOTH, MADE + 'drop = "$r"\n[[step]]\ndrop = "$r"\ntrap = "invalid-handle"\n'),
    ],
)
def test_a_case_with_echo(tmp_path: Path, world: str, steps: str) -> None:
    planned = case_plan(tmp_path, world, steps)
    found = examined(bench(tmp_path, echo()), planned)
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings


@pytest.mark.parametrize(
    ("world", "steps", "why"),
    [
        ("export y;", '[[step]]\ncall = "a:b/y#f"\nargs = ["1"]\nresult = "2"\n', "returns something else"),
        ("import m: func() -> u8; resource r { a: func() -> u8; }", ROOT, "the world does not export it"),
        (BOTH, '[[step]]\nnew = "$r"\nresource = "a:b/x#r"\n', "does nothing by itself"),
        (BOTH, CALL.format(2) + 'by = "subject"\n', "does nothing by itself"),
        ("export z;", '[[step]]\ncall = "a:b/z#slow"\n', "a:b/z#slow has no rule: async function"),
        (
            "export z;",
            '[[step]]\ncall = "a:b/z#bytes"\nresult = "$s"\nduring = [{ ends = ["$t", "$s"], type = "stream<u8>" }]\n',
            "the driver cannot call a:b/z#bytes: a stream or future in its type",
        ),
    ],
)
def test_a_case_without_a_role(tmp_path: Path, world: str, steps: str, why: str) -> None:
    with pytest.raises(NoRole, match=why):
        case_plan(tmp_path, world, steps)


# ---- The command -----------------------------------------------------------------------------------------------------


def test_check_with_echo(tmp_path: Path) -> None:
    (tmp_path / "w.wit").write_text(
        "package a:b; world w { export f: func(a: list<s8>) -> list<s8>; export g: func(); }"
    )
    done = harness_here("check", "w.wit", "--interpreter", str(echo()), "-v", "--calls", "6", cwd=tmp_path)
    assert done.code == 0, done.said
    assert "6 calls of 2 functions ran in 4 cells" in done.said


def test_a_library_beside_the_interpreter(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(CASE.format(world=BOTH, steps=CALL.format(2)))
    (tmp_path / "x.so").write_bytes(echo().read_bytes().replace(b"wit_dylib_pop_u8", b"wit_dylib_pop_u7"))
    words = ["--interpreter", "x.so", "--library", f"libc.so={echo()}", "--no-reference"]
    done = harness_here("run", "x.toml", *words, "--strict", cwd=tmp_path)
    assert done.code == 0, done.said  # the library has the function that the interpreter lacks


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--interpreter", "none.so"], "none.so: cannot be read: No such file or directory"),
        (["--with-async"], "--with-async is for an interpreter: name it with --interpreter FILE"),
        (["--abi-version", "2"], "--abi-version is for an interpreter: name it with --interpreter FILE"),
        (["--interpreter", str(echo()), "--library", "libc.so"], "--library libc.so: expected NAME=FILE"),
    ],
)
def test_used_wrongly(tmp_path: Path, words: list[str], why: str) -> None:
    (tmp_path / "w.wit").write_text("package a:b; world w { export g: func(); }")
    done = harness_here("check", "w.wit", *words, cwd=tmp_path)
    assert (done.code, why in done.said) == (2, True), done.said


def test_what_has_no_interpreter_is_skipped(tmp_path: Path) -> None:
    table = next(path for path in sorted(CASES.rglob("*.toml")) if "[[refusal]]" in path.read_text())
    program = next(path for path in sorted(CASES.rglob("*.toml")) if "[[library]]" in path.read_text())
    done = harness_here("run", str(table), str(program), "--interpreter", str(echo()), cwd=tmp_path)
    assert done.code == 0
    assert "2 skip" in done.said


# ---- The check list --------------------------------------------------------------------------------------------------


def test_every_call_is_counted_with_its_type(tmp_path: Path) -> None:
    """The numbers of calls follow from the plan."""
    wit = "package a:b; world w { export f: func(a: list<s8>, b: option<list<u16>>) -> option<list<u16>>; }"
    found = examine_guest(bench(tmp_path, echo()), "w", plan(wit=wit, calls=9), Options(artifacts=None, checklist=True))
    used = {item.function: item for item in found.exhibits.checklist}
    calls = found.ran.calls
    assert calls >= 9
    assert {used[name].calls for name in ("export_start", "export_call", "export_finish")} == {calls}
    assert (used["push_option"].calls, used["push_option"].types) == (calls, ("option<list<u16>>",))
    assert used["push_list"].types == ("list<s8>", "list<u16>")
    assert used["pop_list"].types == ("list<u16>",)
    assert (used["push_record"].calls, used["pop_s8"].calls) == (0, 0)
    assert set(found.exhibits.interface) == {name for name, item in used.items() if item.calls}


LISTS = "package a:b; world w { export f: func(a: list<tuple<s8, u64>>) -> list<tuple<s8, u64>>; }"


@needs_zig
@pytest.mark.parametrize(("flags", "grows"), [([], False), (["-DMUTANT_NEVER_FREED"], True)], ids=["right", "leaks"])
def test_memory_that_is_never_freed_is_told(tmp_path: Path, flags: list[str], grows: bool) -> None:
    library = tmp_path / "mine.so"
    library.write_bytes(build_echo(3, flags))
    counted = Options(artifacts=None, checklist=True)
    found = examine_guest(bench(tmp_path, library), "w", plan(wit=LISTS, calls=600), counted)
    assert found.verdict.outcome is Outcome.PASS
    assert bool(found.verdict.notes) is grows, found.verdict.notes
    assert all("the memory of the component with mine.so grows with the calls" in note for note in found.verdict.notes)


@pytest.mark.parametrize(
    ("calls", "pages", "said"),
    [
        (0, [], ""),
        (63, [1, 2, 3, 4, 5, 6], ""),
        (100, [1, 1, 1, 1, 2, 3, 4], "128 KiB after 31 calls, 192 KiB after 63 calls, 256 KiB after 100 calls"),
        (100, [1, 2, 3, 4, 5, 6, 6], ""),
        (100, [1, 2, 3, 4, 5, 5, 6], ""),
        (128, [1, 1, 1, 1, 1, 3, 4, 5], "192 KiB after 63 calls, 256 KiB after 127 calls, 320 KiB after 128 calls"),
    ],
)
def test_how_memory_grows(calls: int, pages: list[int], said: str) -> None:
    found = growth_of(calls, [*pages, *[0] * (32 - len(pages))])
    assert said in found
    assert bool(found) is bool(said)


ARRAYS = (
    *("resource", "own", "borrow", "record", "tuple", "fixed_length_list", "flags", "enum", "variant", "option"),
    *("result", "list", "map", "future", "stream"),
)


@pytest.mark.parametrize("name", interpreters.typed_functions())
def test_the_array_of_each_index_of_a_type(name: str) -> None:
    assert kind_of(name) in ARRAYS


def test_functions_without_the_index_of_a_type() -> None:
    assert [kind_of(name) for name in ("push_u8", "dealloc_bytes", "export_start", "pop_string")] == [None] * 4


def test_the_list_of_a_command(tmp_path: Path) -> None:
    (tmp_path / "w.wit").write_text("package a:b; world w { export f: func(a: char) -> char; }")
    done = harness_here("check", "w.wit", "--interpreter", str(echo()), "-v", "--no-reference", cwd=tmp_path)
    assert done.code == 0
    assert "functions of the interpreter: 6 of 68 called" in done.said
    assert "50  push_char" in done.said


# ---- Libraries, adapters, WASI ---------------------------------------------------------------------------------------

FRONT = """
(module (@dylink.0 (mem-info (memory 8 3)) (needed "libecho.so"))
  (import "env" "memory" (memory 0))
  (import "env" "__memory_base" (global $base i32))
  (import "env" "wit_dylib_initialise" (func $initialize (param i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (func (export "wit_dylib_initialize") (param i32)
    (if (call $random (global.get $base) (i32.const 8)) (then unreachable))
    (call $initialize (local.get 0))))
"""
ADAPTER = """
(module
  (import "env" "memory" (memory 0))
  (import "wasi:random/random@0.2.0" "get-random-u64" (func $random (result i64)))
  (import "wasi:cli/stdout@0.2.0" "get-stdout" (func $stdout (result i32)))
  (import "wasi:io/streams@0.2.0" "[resource-drop]output-stream" (func $drop (param i32)))
  (func (export "random_get") (param i32 i32) (result i32)
    (i64.store (local.get 0) (call $random))
    (call $drop (call $stdout))
    (i32.const 0)))
"""
IMPORTED = """package test:adapter;
package wasi:random@0.2.0 { interface random { get-random-u64: func() -> u64; } }
package wasi:io@0.2.0 {
  interface error { resource error; }
  interface streams {
    use error.{error};
    variant stream-error { last-operation-failed(error), closed }
    resource output-stream { check-write: func() -> result<u64, stream-error>; }
  }
}
package wasi:cli@0.2.0 {
  interface stdout { use wasi:io/streams@0.2.0.{output-stream}; get-stdout: func() -> output-stream; }
}
world adapter { import wasi:random/random@0.2.0; import wasi:cli/stdout@0.2.0; }
"""


def test_an_interpreter_that_needs_wasi(tmp_path: Path) -> None:
    """Its adapter's imports come from the engine; its functions from another library."""
    (tmp_path / "front.so").write_bytes(wasmtime.wat2wasm(FRONT))
    (tmp_path / "echo.so").write_bytes(echo().read_bytes().replace(b"wit_dylib_initialize", b"wit_dylib_initialise"))
    _, world = world_section(WitText(IMPORTED, "adapter.wit"))
    adapter = bytes(wasmtime.wat2wasm(ADAPTER)) + section(0, name("component-type:adapter") + world)
    (tmp_path / "adapter.wasm").write_bytes(adapter)
    (tmp_path / "w.wit").write_text(WORLD)
    given = ["--library", "libecho.so=echo.so", "--adapt", "wasi_snapshot_preview1=adapter.wasm"]
    words = ["--interpreter", "front.so", *given, "--calls", "10", "-v"]
    done = harness_here("check", "w.wit", *words, cwd=tmp_path)
    assert done.code == 0, done.said
    assert "ran in 4 cells" in done.said
    assert "initialize" in done.said.partition("functions of the interpreter")[2]
    (tmp_path / "w.wit").write_text(IMPORTED.replace("import wasi:cli/stdout@0.2.0; ", ""))
    done = harness_here("check", "w.wit", *words, cwd=tmp_path)
    assert "the world imports wasi:random/random@0.2.0, which the interpreter with its adapters may call" in done.said


# ---- Fuzzing ---------------------------------------------------------------------------------------------------------


@needs_zig
def test_fuzzing_finds_a_wrong_interpreter(tmp_path: Path) -> None:
    """Its case shows the fault again."""
    (tmp_path / "mine.so").write_bytes(build_echo(3, ["-DMUTANT_EXCHANGED_FIELDS"]))
    words = ["--seed", "1", "--worlds", "4", "--calls", "30", "-j", "1", "--interpreter", "mine.so"]
    done = harness_here("fuzz", *words, cwd=tmp_path)
    assert done.code == 1, done.said
    assert "harness run findings" in done.said
    assert "--interpreter mine.so" in done.said
    (case,) = [path for path in (tmp_path / "findings").glob("*.toml") if "[sample]" in path.read_text()][:1]
    again = harness_here("run", str(case), "--interpreter", "mine.so", cwd=tmp_path)
    assert (again.code, "in the minority: mine.so" in again.said) == (1, True), again.said
    right = harness_here("run", str(case), "--interpreter", str(echo()), cwd=tmp_path)
    assert right.code == 0, right.said


def test_programs_are_no_worlds_for_an_interpreter(tmp_path: Path) -> None:
    done = harness_here("fuzz", "--worlds", "link", "--interpreter", str(echo()), cwd=tmp_path)
    assert (done.code, "has no interpreter that could be another" in done.said) == (2, True)


@pytest.mark.parametrize(
    ("minority", "judged", "expected"),
    [
        ("mine.so", "mine.so", True),
        ("mine.so, ours", "mine.so with ours@winch", True),
        ("reference", "reference", False),
        ("reference", "mine.so with reference@winch", False),
        (None, "mine.so", False),
        ("mine.so", "ours", False),
    ],
)
def test_what_is_about_the_interpreter(minority: str | None, judged: str, expected: bool) -> None:
    assert about("mine.so", Verdict(Outcome.FAIL, minority=minority), judged) is expected


FINDING = Finding(Outcome.FAIL, "expected 1, got 2")


def cell(generator: str, linker: str, wrong: bool, without_it: bool = False) -> GuestCell:
    built = Cell(((Role.SUBJECT, Build(generator, linker)),), EngineKind.WINCH)
    return GuestCell(built, (FINDING,) if wrong else (), without_it)


@pytest.mark.parametrize(
    ("wrong", "minority", "judged"),
    [
        ({"ours+ours", "ours+reference", "reference+ours", "reference+reference"}, "mine.so", 1),
        ({"ours+ours", "ours+reference"}, "mine.so, ours", 4),
        ({"ours+ours", "reference+ours"}, "mine.so", 4),
        (set(), None, 4),
    ],
)
def test_who_is_named(wrong: set[str], minority: str | None, judged: int) -> None:
    """If only libraries of one generator show the fault, that generator is named, too."""
    tools = ("ours", "reference")
    cells = [cell(one, other, f"{one}+{other}" in wrong) for one in tools for other in tools]
    found = judge_guest("mine.so", cells, None)
    assert (found.minority, len(found.judgements)) == (minority, judged)


def test_what_goes_wrong_without_it_clears_the_interpreter() -> None:
    by_tools = Verdict(Outcome.FAIL, (Judgement("ours", Outcome.FAIL, (FINDING,)),), "ours")
    found = judge_guest("mine.so", [cell("ours", "ours", wrong=True, without_it=True)], by_tools)
    assert (found.outcome, found.minority) == (Outcome.FAIL, "ours")
