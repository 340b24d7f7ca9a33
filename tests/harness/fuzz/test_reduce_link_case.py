"""Link cases and tables of negative cases that disagree, made smaller."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from harness.bench.examination import Options
from harness.fuzz.reduce_file import FileReduced
from harness.fuzz.reduce_link_case import ReduceLinkCase
from harness.fuzz.reduce_table import ReduceTable
from harness.fuzz.wanted import FIRST
from harness.fuzz.wat_reducer import parts, reduce_wat
from harness.runs.runner import Runner
from harness.suite.link_case import parse_link_case
from harness.suite.negative_cases import parse_negative_cases
from harness.suite.toml_edits import with_table, with_value, without
from harness.toolchains.choose import Tools
from tests.harness.command import harness_here

WAT = '(module (@dylink.0 (needed "b)")) ;; (no\n  (func $f (export "f") (; ( ;) nop)\n  (global $g i32 (i32.const 0)))'


def test_the_parts_of_a_module() -> None:
    found = [[WAT[start:end] for start, end in parts(WAT, depth)] for depth in range(3)]
    assert found[0] == [WAT]
    assert [part.partition(" ")[0] for part in found[1]] == ["(@dylink.0", "(func", "(global"]
    assert found[2] == ['(needed "b)")', '(export "f")', "(i32.const 0)"]


@pytest.mark.parametrize(
    ("needed", "left"),
    [
        ("$f", "(module (func $f nop) )"),
        ("(i32.const 0)", "(module (global $g i32 (i32.const 0)))"),
        ('"b)"', '(module (@dylink.0 (needed "b)")) )'),
    ],
)
def test_a_module_keeps_what_is_needed(needed: str, left: str) -> None:
    smaller = reduce_wat(WAT, lambda text: needed in text)
    assert " ".join(smaller.replace(";; (no", "").replace("(; ( ;)", "").split()) == left


TOML = "# head\na = 1 # one\nwit = '''\nx\ny\n'''\n[[row]] # first\nk = 1\n[[row]] # second\nk = 2\nlist = [\"a\"]\n"
EDITS: list[tuple[str, dict[str, Any]]] = [
    (without(TOML, ["row", 0]), {"row": [{"k": 2, "list": ["a"]}]}),
    (without(TOML, ["row", 1, "list", 0]), {"row": [{"k": 1}, {"k": 2}]}),
    (without(without(TOML, ["row", 1]), ["row", 0]), {"row": None}),
    (with_value(TOML, ["wit"], "b\n\n'c\n"), {"wit": "b\n\n'c\n"}),
    (with_value(with_value(TOML, ["wit"], "q\nr\n"), ["wit"], "q\nr\n"), {"wit": "q\nr\n"}),
    (with_value(TOML, ["row", 0, "k"], "a'''\n\x01"), {"row": [{"k": "a'''\n\x01"}, {"k": 2, "list": ["a"]}]}),
    (with_value(TOML, ["new"], True), {"new": True}),
    (with_table(with_table(TOML, "t", {"a": "b"}), "t", {"c": ["d"]}), {"t": {"c": ["d"]}}),
]


@pytest.mark.parametrize(("edited", "changed"), EDITS)
def test_edits_change_one_thing_and_keep_comments(edited: str, changed: dict[str, Any]) -> None:
    expected = {**tomllib.loads(TOML), **changed}
    assert tomllib.loads(edited) == {key: value for key, value in expected.items() if value is not None}
    assert edited.startswith("# head\na = 1 # one\nwit = '''\n")


LINK_CASE = """# who wrote this
title = "An address"  # kept
why = "w"
origin = "own"
wit = '''
package a:b;
interface i { type t = u8; }
world w { import log: func(x: u32); export at: func() -> u32; export g: func() -> u32; }
'''

[[library]]
name = "libapp.so"
wat = '''
(module (@dylink.0 (mem-info (memory 8 3)) (needed "libextra.so" "libmore.so"))
  (import "env" "memory" (memory 0))
  (import "env" "__memory_base" (global $base i32))
  (import "$root" "log" (func $log (param i32)))
  (global $unused (mut i32) (i32.const 1))
  (data (global.get $base) "12345678")
  (func $more (nop))
  (func (export "g") (result i32) (call $more) (i32.const 5))
  (func (export "at") (result i32) (i32.and (global.get $base) (i32.const 7))))
'''

[[library]]
name = "libextra.so"
wat = '(module (@dylink.0) (func (export "extra")))'

[[library]]
name = "libmore.so"
wat = '(module (@dylink.0) (func (export "more")))'

[[step]]
call = "g"
result = "5"

[[step]]
call = "at"
result = "0"

[[step]]
call = "g"
result = "5"
"""
WRONG = "mutant:data-bases-off-by-four"


def _reduced(tmp_path: Path, tools: Tools, table: bool = False, text: str = LINK_CASE) -> tuple[FileReduced, Path]:
    path = tmp_path / "x.toml"
    path.write_text(text)
    smallest = tmp_path / "smallest.json"
    options = Options(artifacts=None)
    with Runner(tools, 1) as run:
        if table:
            rows = ReduceTable(path, "x", options, FIRST, smallest, "harness reduce")
            return run.submit(rows).result(120), smallest
        task = ReduceLinkCase(path, "x", options, FIRST, smallest, "harness reduce x.toml")
        return run.submit(task).result(240), smallest


@pytest.mark.slow
def test_a_link_case_keeps_what_shows_the_fault(tmp_path: Path) -> None:
    result, smallest = _reduced(tmp_path, Tools(stand_in=WRONG))
    assert result.text is not None and result.findings.finding.startswith("ours: fail: level 3 call"), result
    case = parse_link_case(result.text)
    assert [step.call for step in case.steps] == ["at"]
    (library,) = case.libraries
    assert "needed" not in library.wat and "unused" not in library.wat and '"g"' not in library.wat
    assert "import log" not in case.wit and "interface" not in case.wit
    assert result.text.startswith("# call (step 1, line 1): expected at() -> 0, got at() -> 4\n# who wrote this\n")
    assert "# kept" in result.text and 'from = "' in result.text
    kept = json.loads(smallest.read_text())
    assert parse_link_case(kept["text"]).steps == case.steps, "Ctrl-C writes the smallest so far"


@pytest.mark.slow
def test_nobody_vouches_for_other_libraries(tmp_path: Path) -> None:
    result, _ = _reduced(tmp_path, Tools(stand_in=WRONG, without_reference=True))
    assert result.text is not None and "no other toolchain does what the case expects" in result.note
    case = parse_link_case(result.text)
    assert [step.call for step in case.steps] == ["at"]
    assert [lib.wat for lib in case.libraries] == [lib.wat for lib in parse_link_case(LINK_CASE).libraries]


TABLE = """title = "t"
[[refusal]]
why = "right"
wit = "package a:b; world w { import f: func(x: nobody); }"
stage = "wit"
message = "nobody"
reference = "refuses"
[[refusal]]  # this one
why = "wrong about the reference"
wit = '''
package a:b;
interface other { f: func(); }
world w { import other; import f: func(x: missing); export g: func(); }
'''
stage = "wit"
message = "missing"
reference = "panics"
"""


@pytest.mark.slow
def test_a_table_becomes_one_small_row(tmp_path: Path) -> None:
    result, smallest = _reduced(tmp_path, Tools(), table=True, text=TABLE)
    finding = result.findings.finding
    assert result.text is not None and finding.startswith("reference: line 8 (wrong about the reference)")
    (row,) = parse_negative_cases(result.text).rows
    assert row.reference == "panics" and "missing" in row.wit
    assert "other" not in row.wit and "export" not in row.wit
    assert "# this one" in result.text
    assert json.loads(smallest.read_text())["text"].endswith(result.text[-200:])


def test_tables_know_their_faults_themselves(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(TABLE)
    done = harness_here("reduce", "x.toml", "--known", cwd=tmp_path)
    assert done.code == 2 and "the `reference` of a row states its known fault" in done.said
