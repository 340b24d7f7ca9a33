"""The second reading of a world: a fault of our front end is not blamed on a tool that reads the world right."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import generator.wit.include
from generator.sources.load import load_text
from generator.wit.json_form import resolve_json
from generator.wit.package_context import PackageContext
from harness.bench.examination import Options
from harness.bench.examine import examine
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.frontend.front_end import WitText
from harness.judge.party import FRONT_END, MODEL, ByItself, OurFrontEnd, Party
from harness.judge.verdict import Verdict
from harness.link_cases.examine import examine_link_case
from harness.link_cases.prepare import prepare
from harness.planner import check_plan
from harness.process.steps import Steps
from harness.runs.negative_cases import SecondReading, judge_negative_cases
from harness.runs.runner import Runner
from harness.suite.link_case import parse_link_case
from harness.suite.negative_cases import parse_negative_cases
from harness.toolchains import ours
from harness.toolchains.cells import OURS, REFERENCE
from harness.toolchains.choose import Tools
from harness.toolchains.reading import by_names
from harness.toolchains.second_reading import SecondReader, first_difference
from reports.outcomes import Outcome
from tests.harness.minorities import alone

RENAMED = """package a:b;
world base { export old: func(a: u8) -> u8; export other: func() -> u16; }
world w { include base with { old as new } }
"""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    with Runner(Tools(), 1) as run:
        if run.settings.selection.reference is None:
            pytest.skip("there is no reference")
        yield Workbench(Settings(tmp_path, run.settings.selection), Steps())


@pytest.mark.parametrize(
    ("ours", "theirs", "difference"),
    [
        ({"a": [1, {"b": "c"}]}, {"a": [1, {"b": "c"}]}, ""),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, ""),
        ({"a": [1, {"b": "c"}]}, {"a": [1, {"b": "d"}]}, 'a[1].b: our front end reads "c", wasm-tools component wit'),
        ({"a": [1]}, {"a": [1, 2]}, "a[1]: our front end reads (nothing), wasm-tools component wit reads 2"),
        ({"a": None}, {}, "a: our front end reads null, wasm-tools component wit reads (nothing)"),
        ({}, {"a": None}, "a: our front end reads (nothing), wasm-tools component wit reads null"),
        ([1], {"0": 1}, ": our front end reads [1]"),
    ],
)
def test_the_first_difference(ours: Any, theirs: Any, difference: str) -> None:
    found = first_difference(ours, theirs)
    assert difference in found and bool(difference) == bool(found)


SHARED = """package a:b;
world base {
  export c: interface { record q { a: list<u8> } f: func(x: option<q>, y: list<u8>); }
  resource r; type s = option<own<r>>; import g: func(x: s) -> tuple<s, borrow<r>>;
}
interface t { use u.{v}; f: func(a: v); }
interface u { @since(version = 1.0.0) enum v { x } }
world w { include base; /// of t
export t; @since(version = 1.0.0) export u; }
"""
"""Here the reference copies `list<u8>` for `w`, and forgets what stands at the export of `u`."""


@pytest.mark.parametrize("wit", [RENAMED, SHARED])
def test_both_read_the_same(bench: Workbench, wit: str) -> None:
    assert bench.second_reader is not None
    assert bench.second_reader.difference(wit, ()) == ""


KINDS = """
  resource r { constructor(); m: func(self-too: borrow<r>); s: static func() -> r; }
  record a { x: u8, y: list<a0> } variant b { x, y(s64) } enum c { x, y } flags d { x, y } type a0 = u16;
  type e = tuple<a, option<b>, result<c, d>, result<_, d>, map<u8, e0>, list<u32, 4>>; type e0 = own<r>;
  f: func(a: stream<u8>, b: future, e: e) -> error-context;
"""


@pytest.mark.parametrize(
    ("what", "instead", "where"),
    [
        ("a0 = u16", "a0 = s16", "types.a0.kind.type: our front end reads"),
        ("list<a0>", "list<u16>", "types.a.kind.record.fields[1].type.list: our front end reads"),
        ("b { x, y(s64) }", "b { x, z(s64) }", "types.b.kind.variant.cases[1].name"),
        ("result<c, d>", "result<d, c>", "types.e.kind.tuple[2].result.ok"),
        ("result<_, d>", "result<d>", "types.e.kind.tuple[3].result.ok"),
        ("map<u8, e0>", "map<u8, c>", "types.e.kind.tuple[4].map[1]"),
        ("list<u32, 4>", "list<u32, 5>", "types.e.kind.tuple[5].fixed-length-list[1]"),
        ("own<r>", "own<r2>", "types.e0.kind.handle.own"),
        ("s: static func() -> r;", "s: static func() -> a;", "functions.[static]r.s.result"),
        ("stream<u8>", "stream", "functions.f.params[0].type.stream"),
        ("f: func(", "f: async func(", "functions.f.kind"),
    ],
)
def test_readings_are_compared_by_names(what: str, instead: str, where: str) -> None:
    """One example of each kind: other indices are the same reading, another meaning is not."""

    def reading(kinds: str, before: str = "") -> Any:
        text = f"package a:b; {before} interface i {{ {kinds} resource r2; }} world w {{ import i; export l: i; }}"
        resolve, _ = load_text(text, "w.wit", ())
        return by_names(json.loads(json.dumps(resolve_json(resolve))))

    assert what in KINDS
    shifted = reading(KINDS, "interface z { type z = list<option<u8>>; }")
    del shifted["interfaces"]["a:b/z"]
    assert first_difference(reading(KINDS), shifted) == ""
    found = first_difference(reading(KINDS), reading(KINDS.replace(what, instead)))
    assert f"interfaces.a:b/i.{where}" in found


@pytest.mark.parametrize("changed", ["{}", '{"worlds": [1]}', '{"worlds": [{"name": "w"}]}', "[]"])
def test_what_has_another_shape_is_no_reading(tmp_path: Path, changed: str) -> None:
    tool = tmp_path / "tool"
    tool.write_text(f"#!/bin/sh\necho '{changed}'\n")
    tool.chmod(0o755)
    reader = SecondReader(str(tool), tmp_path, Settings(tmp_path).tool_limits)
    assert reader.difference(RENAMED, ()) == ""


def test_nobody_takes_it(bench: Workbench) -> None:
    assert bench.second_reader is not None
    assert bench.second_reader.difference("package", ()) == "", "nobody takes it: no second reading"


def test_a_reference_that_cannot_be_started(tmp_path: Path) -> None:
    assert SecondReader(str(tmp_path / "nothing"), tmp_path, Settings(tmp_path).tool_limits).difference("", ()) == ""


@pytest.mark.skipif(not hasattr(os, "fstatvfs"), reason="the room of a disk cannot be told")
def test_a_full_disk_is_no_missing_second_reading(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        f_blocks, f_bfree, f_bavail = 1, 0, 0

    assert bench.second_reader is not None
    monkeypatch.setattr(os, "fstatvfs", lambda _: Full)
    with pytest.raises(OSError, match="No space left on device"):
        bench.second_reader.difference(RENAMED, ())


@pytest.fixture
def lost_renames(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Our front end forgets what `include ... with` renames."""
    monkeypatch.setattr(generator.wit.include, "renamed", lambda name, renames: name)
    ours._load.cache_clear()
    yield
    ours._load.cache_clear()


def test_a_rename_lost_by_our_front_end(bench: Workbench, lost_renames: None) -> None:
    plan = check_plan(WitText(RENAMED, "w.wit"), "w", calls=4)
    verdict = examine(bench, "w", plan, Options(artifacts=None)).verdict
    assert verdict.minority == (OurFrontEnd(),)
    (message,) = [finding.message for subject, finding in verdict.findings if subject == FRONT_END]
    assert "may have been misread" in message and "worlds.a:b/w.exports.old" in message


PROGRAM = """title = "t"
why = "w"
origin = "own"
wit = '''
package a:b;
world base { import log: func(a: u8); }
world w { include base with { log as told } export f: func(); }
'''
world = "w"
[[library]]
name = "libapp.so"
wat = '''(module (@dylink.0 (mem-info))
  (import "$root" "told" (func $told (param i32)))
  (func (export "f") (call $told (i32.const 7))))'''
[[step]]
call = "f"
logs = ["told(7)"]
"""


def test_a_program_whose_world_is_misread(bench: Workbench, lost_renames: None) -> None:
    program = parse_link_case(PROGRAM.replace('["told(7)"]', "[]"))
    verdict = examine_link_case(bench, "p", program, prepare(program), Options(artifacts=None))
    assert verdict.minority == (OurFrontEnd(),)
    assert "worlds.a:b/w.imports.log" in verdict.findings[0][1].message


def test_a_program_whose_world_is_read_right(bench: Workbench) -> None:
    """Whatever else is wrong with it."""
    program = parse_link_case(PROGRAM)
    assert examine_link_case(bench, "p", program, prepare(program), Options(artifacts=None)).outcome is Outcome.PASS
    wrong = parse_link_case(PROGRAM.replace("told(7)", "told(8)"))
    verdict = examine_link_case(bench, "p", wrong, prepare(wrong), Options(artifacts=None))
    assert verdict.outcome is Outcome.FAIL and verdict.minority == alone(MODEL)


REFUSALS = """title = "t"
[[refusal]]
why = "renamed"
wit = '''
package a:b;
world base { import old: interface { f: func(); } }
world w { include base with { old as env } }
'''
world = "w"
stage = "generate"
message = "unsupported: imported interface env"
reference = "accepts"
[[refusal]]
why = "not read at all"
wit = "package a:b; world w { import f: func( }"
stage = "wit"
message = "expected"
reference = "accepts"
"""


def _judge(bench: Workbench, table: str) -> Verdict:
    reading = SecondReading(bench.read_otherwise, bench.accepted_alone)
    return judge_negative_cases(parse_negative_cases(table), bench.toolchains, bench.builder, reading).verdict


def test_a_refusal_whose_world_is_misread(bench: Workbench, lost_renames: None) -> None:
    verdict = _judge(bench, REFUSALS)
    assert verdict.minority == (OurFrontEnd(),)
    assert "line 2 (renamed)" in verdict.findings[0][1].message and ".imports.old" in verdict.findings[0][1].message


def test_refusals_that_are_read_right(bench: Workbench) -> None:
    """The second row is wrong about the reference, which reads it no more than ours does."""
    verdict = _judge(bench, REFUSALS)
    assert verdict.minority == alone(REFERENCE)


BORROWED = """title = "t"
[[refusal]]
why = "a borrowed result"
wit = "package a:b; interface i { resource r; f: func() -> borrow<r>; } world w { import i; }"
stage = "wit"
message = "%s"
reference = "refuses"
"""


@pytest.mark.parametrize(
    ("lax", "message", "suspect", "said"),
    [
        (True, "borrow", OurFrontEnd(), "our front end accepts it, wasm-tools component wit refuses it: error"),
        (False, "other words", ByItself(OURS), "expected a message with 'other words'"),
    ],
)
def test_a_text_that_must_be_refused(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, lax: bool, message: str, suspect: Party, said: str
) -> None:
    """A front end is suspected only if it accepts the text. A wrong message is a fault of ours alone."""
    ours._load.cache_clear()
    if lax:
        monkeypatch.setattr(PackageContext, "borrows", lambda self, type: False)
    verdict = _judge(bench, BORROWED % message)
    ours._load.cache_clear()
    assert verdict.minority == (suspect,) and said in verdict.findings[0][1].message


def test_a_world_that_is_read_right(bench: Workbench) -> None:
    plan = check_plan(WitText(RENAMED, "w.wit"), "w", calls=4)
    assert examine(bench, "w", plan, Options(artifacts=None)).verdict.minority == ()


def test_an_empty_comment_documents_nothing() -> None:
    def read(text: str) -> str:
        return json.dumps(resolve_json(load_text(text, "w.wit", ())[0]))

    documented = read("package a:b; /// Words\n interface i { } world w { import i; }")
    without = by_names(json.loads(read("package a:b; interface i { } world w { import i; }")), docs=True)
    assert by_names(json.loads(documented.replace("Words", "")), docs=True) == without
    assert by_names(json.loads(documented), docs=True) != without
