"""The engine's own ends: values through its C API, and toolchains whose two ends share a fault named by it."""

from __future__ import annotations

import ctypes
import tomllib
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from wasmtime import WasmtimeError
from wasmtime import _ffi as ffi

from harness.bench.examination import Options
from harness.bench.examine import examine
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.engine import engine
from harness.frontend.front_end import WitText, surround
from harness.fuzz.bucket import Bucket, hits
from harness.fuzz.oracle import Oracle
from harness.host_end import end
from harness.host_end.calls import host_run
from harness.host_end.values import NotPlain, difference, normal, possible, read, write
from harness.judge.party import BetweenHosts, ByItself, in_one_cell
from harness.judge.verdict import Verdict
from harness.mutants.worlds import WORLDS
from harness.mutation.detect import Detector
from harness.planner import check_plan
from harness.process.steps import Steps
from harness.runs.runner import Runner
from harness.script import operations as s
from harness.script.encoding import encode
from harness.script.parser import parse_value
from harness.toolchains.cells import OURS
from harness.toolchains.choose import Tools
from harness.toolchains.selection import Named, Ours, Selected, Selection
from harness.values.sampling import Sampler
from harness.world import types as t
from reports.outcomes import Outcome

TYPES = """package a:b;
interface x {
  resource r;
  record even { x: u8, y: s64, z: string, f: f32, g: list<f64> }
  variant v { none, one(s8), other(s8), deep(option<option<even>>) }
  enum e { p, q } flags many { a, b, c, d, e, f, g, h, i }
  f: func(a: even, b: v, c: e, d: many, e: list<v>, f: tuple<char, bool, u64, s16, u32>, g: result<string, e>,
    h: result, i: list<tuple<string, list<u8>>>, j: list<even, 2>, k: map<u8, u8>, l: own<r>, m: list<borrow<r>>,
    n: error-context);
}
world w { import x; }
"""
POSSIBLE = "abcdefghik"
CASES = Path(__file__).parents[2] / "cases"


def types() -> dict[str, t.Type]:
    ((_, part),) = [item for item in surround(WitText(TYPES, "w.wit")).parts.items() if item[0].value == "subject"]
    function = part.world.import_function("a:b/x", "f")
    assert function is not None
    return {param.name: param.type for param in function.params}


def value(text: str) -> s.Value:
    return parse_value(text, lambda name: s.Register(int(name)))


def test_which_types_the_engine_has_values_of() -> None:
    assert "".join(name for name, type in types().items() if possible(type)) == POSSIBLE


@pytest.mark.parametrize("name", POSSIBLE)
def test_what_is_written_is_read(name: str) -> None:
    type, random = types()[name], Random(3)
    for _ in range(40):
        sampled = Sampler(random).sample(type)
        for lists in (False, True):
            given = normal(encode(sampled, type, lambda _: s.Register(0), lists), type)
            val = ffi.wasmtime_component_val_t()
            write(given, type, val)
            assert read(val, type) == given
            ffi.wasmtime_component_val_delete(ctypes.byref(val))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a", "rec 2 u8 1 s64 2"),
        ("a", "rec 5 u8 256 s64 2 str - f32 00000000 list 0"),
        ("a", "rec 5 u8 1 s64 2 str ff f32 00000000 list 0"),
        ("a", "rec 5 u8 1 s64 2 str - f32 00000000 raw 2 0000000000000000"),
        ("b", "var 4"),
        ("b", "var 1"),
        ("b", "varp 0 s8 1"),
        ("c", "enum 2"),
        ("d", "flags 200"),
        ("e", "ptr 1 2"),
        ("f", "rec 5 char d800 bool 1 u64 1 s16 1 u32 1"),
        ("f", "rec 5 char 61 bool 2 u64 1 s16 1 u32 1"),
        ("f", "rec 5 char 61 bool 1 u64 1 s16 32768 u32 1"),
        ("g", "varp 0 $1"),
    ],
)
def test_what_only_a_script_can_give(name: str, text: str) -> None:
    with pytest.raises(NotPlain):
        normal(value(text), types()[name])


EVEN = "rec 5 u8 {} s64 2 str - f32 7fc00000 list {}"


@pytest.mark.parametrize(
    ("name", "expected", "seen", "where"),
    [
        ("a", EVEN.format(1, 0), EVEN.format(2, 0), ("p.x", "u8 1", "u8 2")),
        ("a", EVEN.format(1, "1 f64 0"), EVEN.format(1, "1 f64 1"), ("p.g[0]", f"f64 {0:016x}", f"f64 {1:016x}")),
        ("a", EVEN.format(1, 0), EVEN.format(1, "1 f64 0"), ("p.g", "list 0", f"list 1 f64 {0:016x}")),
        ("b", "varp 1 s8 1", "varp 2 s8 1", ("p", "case 1 (one)", "case 2 (other)")),
        ("b", "varp 1 s8 1", "varp 1 s8 -1", ("p.one", "s8 1", "s8 -1")),
        ("c", "enum 0", "enum 1", ("p", "enum 0", "enum 1")),
        ("k", "map 1 u8 1 u8 2", "map 1 u8 1 u8 3", ("p[0].value", "u8 2", "u8 3")),
        ("k", "map 2 u8 1 u8 2 u8 2 u8 2", "map 2 u8 1 u8 2 u8 1 u8 2", ("p[1].key", "u8 2", "u8 1")),
        ("k", "map 1 u8 1 u8 2", "map 0", ("p", "map 1 u8 1 u8 2", "map 0")),
    ],
)  # fmt: skip
def test_where_values_differ(name: str, expected: str, seen: str, where: tuple[str, str, str]) -> None:
    type = types()[name]
    assert difference(normal(value(expected), type), normal(value(seen), type), type, "p") == where


def test_nan_payloads_are_no_difference() -> None:
    type = types()["a"]
    payload, canonical = (EVEN.replace("7fc00000", bits).format(1, 0) for bits in ("ffa00001", "7fc00000"))
    assert normal(value(payload), type) == normal(value(canonical), type)


MIXED = """package a:b;
interface x {
  resource r { constructor(a: u8); m: func(a: string) -> string; }
  with-handle: func(a: own<r>, b: u8) -> u8;
  plain: func(a: list<u16>, b: option<string>) -> result<u8, string>;
  nothing: func();
}
world w { import x; export x; import g: func(a: f32) -> f32; export h: func(a: list<bool>); }
"""


def test_which_calls_a_host_makes_and_answers() -> None:
    plan = check_plan(WitText(MIXED, "w.wit"), "w", seed=4, calls=60)
    run = host_run(plan, plan.runs[0])
    assert run is not None
    assert {call.function.canonical for call in run.imports} == {"a:b/x#plain", "a:b/x#nothing", "-#g"}
    assert {call.function.canonical for call in run.exports} == {"a:b/x#plain", "a:b/x#nothing", "-#h"}
    text = "package a:b; interface x { resource r; f: func(a: own<r>); } world w { import x; export x; }"
    plan = check_plan(WitText(text, "w.wit"), "w", calls=4)
    assert [host_run(plan, run) for run in plan.runs] == [None] * len(plan.runs)


@pytest.fixture
def tools() -> Iterator[Settings]:
    with Runner(Tools(), 1) as run:
        yield run.settings


@pytest.mark.parametrize(("fault", "wrong"), [("last-cases-exchanged-at-both-ends", True), ("", False)])
def test_of_a_single_toolchain_the_host_sees_it(tmp_path: Path, fault: str, wrong: bool) -> None:
    alone = Named(f"mutant:{fault}", stands_in=True) if fault else Ours()
    verdict = judged(Settings(tmp_path, Selection((alone,))), WORLDS["both-ends"])
    assert (verdict.minority, verdict.outcome) == (((ByItself(OURS),), Outcome.FAIL) if wrong else ((), Outcome.PASS))


IN_A_MAP = """package a:b;
interface x { variant v { a(u8), b(u8), c(u8) } f: func(m: map<u8, v>) -> map<string, v>; }
world w { import x; }
"""


@pytest.mark.parametrize(("fault", "wrong"), [("last-cases-exchanged-at-both-ends", True), ("", False)])
def test_the_host_sees_what_is_only_in_maps(tmp_path: Path, fault: str, wrong: bool) -> None:
    alone = Named(f"mutant:{fault}", stands_in=True) if fault else Ours()
    verdict = judged(Settings(tmp_path, Selection((alone,))), IN_A_MAP)
    assert (verdict.minority, verdict.outcome) == (((ByItself(OURS),), Outcome.FAIL) if wrong else ((), Outcome.PASS))


@pytest.mark.parametrize(
    "case",
    [
        "versions/three-compatible-imports",
        "records/nested-thirty-deep",
        "maps/duplicate-keys",
        "maps/in-every-composite",
    ],
)
def test_the_host_contradicts_nobody_who_is_right(tmp_path: Path, case: str) -> None:
    """Imports that the linker merges; values nested deeper than ctypes follows by itself."""
    wit = tomllib.loads((CASES / f"{case}.toml").read_text())["wit"]
    assert judged(Settings(tmp_path, Selection((Ours(),))), wit).outcome is Outcome.PASS


FAULT = "error while executing at wasm backtrace:\n    0: 0x1 - f\n\nCaused by:\n    BUG: not reachable\nversion: 50\n"


def at_fault(*_: object) -> None:
    raise WasmtimeError(FAULT)


def test_a_fault_of_the_engine_between_hosts_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(end, "call", at_fault)
    assert judged(Settings(tmp_path, Selection((Ours(),))), WORLDS["both-ends"]).outcome is Outcome.PASS


def test_a_fault_of_the_engine_everywhere_is_no_verdict_on_a_tool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it detect a mutant, even one that differs at both ends."""
    monkeypatch.setattr(end, "call", at_fault)
    monkeypatch.setattr(engine, "call", at_fault)
    mutant = "last-cases-exchanged-at-both-ends"
    bench = Workbench(Settings(tmp_path, Selection((Ours(), Named(f"mutant:{mutant}")))), Steps())
    plan = check_plan(WitText(WORLDS["both-ends"], "w.wit"), None, calls=30)
    verdict = examine(bench, "w", plan, Options(artifacts=None)).verdict
    assert (verdict.outcome, verdict.minority) == (Outcome.ENGINE_FAULT, ())
    assert {finding.outcome for _, finding in verdict.findings} == {Outcome.ENGINE_FAULT}
    assert {hit.bucket.minority for hit in hits(verdict, lambda toolchain, findings: [""] * len(findings))} == {""}
    assert Detector(bench, plan, Options(artifacts=None)).by_all(mutant) is None
    monkeypatch.undo()
    assert Detector(bench, plan, Options(artifacts=None)).by_all(mutant) is not None


def judged(settings: Settings, wit: str) -> Verdict:
    plan = check_plan(WitText(wit, "w.wit"), None, calls=30)
    return examine(Workbench(settings, Steps()), "w", plan, Options(artifacts=None)).verdict


@pytest.mark.parametrize("fault", ["last-cases-exchanged-at-both-ends", "first-fields-exchanged-at-both-ends"])
@pytest.mark.parametrize("instead_of_ours", [True, False])
def test_a_fault_that_both_ends_share_is_named(
    tools: Settings, tmp_path: Path, fault: str, instead_of_ours: bool
) -> None:
    """A wrong toolchain as the first and as the second of two; the other one is right."""
    if instead_of_ours and tools.selection.reference is None:
        pytest.skip("there is no reference")
    name = f"mutant:{fault}"
    wrong_one = Named(name, stands_in=instead_of_ours)
    selection = Selection((wrong_one, *tools.selection.members[1:]) if instead_of_ours else (Ours(), wrong_one))
    verdict = judged(Settings(tmp_path, selection), WORLDS["both-ends"])
    wrong = OURS if instead_of_ours else name
    assert verdict.minority == (ByItself(wrong),)
    wrong_ones = {judged.party for judged in verdict.judgements if judged.findings and not in_one_cell(judged.party)}
    assert wrong_ones == {BetweenHosts(wrong)} and str(BetweenHosts(wrong)) == f"{wrong}, between hosts"
    (hit,) = hits(verdict, lambda toolchain, findings: [""] * len(findings))
    assert (hit.bucket.minority, hit.bucket.aspect) == (wrong, "value at the host")


@pytest.mark.parametrize(
    ("alone", "shows"), [(Named("mutant:last-cases-exchanged-at-both-ends", stands_in=True), True), (Ours(), False)]
)
def test_a_finding_of_a_host_is_reduced(tmp_path: Path, alone: Selected, shows: bool) -> None:
    bucket = Bucket(f"{OURS}, between hosts", "fail", 3, "value at the host", "different", OURS)
    bench = Workbench(Settings(tmp_path, Selection((alone,))), Steps())
    oracle = Oracle(bench, bucket, Options(artifacts=None))
    oracle.allow(3)
    assert oracle.fails(check_plan(WitText(WORLDS["both-ends"], "w.wit"), None, calls=8)) is shows
