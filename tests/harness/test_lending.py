"""Toolchains whose files lack something: a stage is lent, for anything else they are left out with the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.toolchains.reference_binary import find
from tests.harness.command import harness_here

GENERATE = (
    '["{tool}", "wit-dylib", "{{wit}}", "-w", "{{world}}", "--interpreter", "{{interpreter}}", "-o", "{{output}}"]'
)
LINK = '["{tool}", "component", "link", "{{libraries}}", "-o", "{{output}}"]'
GENERATOR_ONLY = f"generate = {GENERATE}"
LINKER_ONLY = f"link = {LINK}"

WORLD = "package a:b; interface i { f: func(a: u8) -> string; } world w { import i; export i; }"
GATED = "package a:b; interface i { @unstable(feature = x) f: func(a: u8); g: func(); } world w { export i; }"
VERSIONS = """package a:b;
world w { export c:d/i@1.0.0; export c:d/i@1.1.0; }
package c:d@1.0.0 { interface i { f: func(); } }
package c:d@1.1.0 { interface i { f: func(); } }
"""
REFUSED = """title = "t"
[[refusal]]
why = "No such type."
wit = "package a:b; world w { import f: func(a: nosuch); }"
stage = "wit"
message = "nosuch"
reference = "refuses"
[[refusal]]
why = "Ours has no imports called env."
wit = "package a:b; world w { import env: interface { f: func(); } }"
stage = "generate"
message = "unsupported: imported interface env"
reference = "refuses"
"""
MERGED = """title = "t"
[[refusal]]
why = "Two versions differ."
wit = '''
package a:b;
world w { import c:d/i@1.0.0; import c:d/i@1.1.0; export run: func(); }
package c:d@1.0.0 { interface i { f: func(a: u8); } }
package c:d@1.1.0 { interface i { f: func(a: u64); } }
'''
stage = "link"
message = "cannot be merged"
reference = "refuses"
"""


BOTH = f"{GENERATOR_ONLY}\n{LINKER_ONLY}"
KNOWN = '\nexpectations = "wasm-tools"\nversion-command = ["{tool}", "--version"]'
ACCEPTED = """title = "t"
[[refusal]]
why = "Names that differ in hyphens only."
wit = "package a:b; interface fo-o { f: func(); } interface foo {} world w { import fo-o; }"
stage = "wit"
message = "fo-o"
reference = "accepts"
"""
MODULE = """title = "t"
[[refusal]]
why = "No such export."
wit = "package a:b; world w { export f: func(); }"
wat = "(module)"
stage = "new"
message = "no module exports `f`"
reference = "refuses"
"""
NEW = 'new = ["{tool}", "component", "new", "{{module}}", "-o", "{{output}}"]'
TAKES_MODULES = 'new = ["cp", "{{module}}", "{{output}}"]'


def run(folder: Path, toml: str, words: list[str]) -> tuple[int, str, dict[str, Any]]:
    """Exit code, what is said, and the first case of the results."""
    (folder / "mine.toml").write_text('name = "mine"\n' + toml.format(tool=find().path))
    done = harness_here(*words, "--toolchain", "mine.toml", "--json", "o.json", "-j", "1", cwd=folder)
    return done.code, done.said, json.loads((folder / "o.json").read_text())["cases"][0]


@pytest.mark.parametrize(("toml", "stage"), [(GENERATOR_ONLY, "link"), (LINKER_ONLY, "generate")])
def test_a_missing_stage_is_lent(tmp_path: Path, toml: str, stage: str) -> None:
    (tmp_path / "w.wit").write_text(WORLD)
    code, said, case = run(tmp_path, toml, ["check", "w.wit", "-v"])
    assert (code, case["outcome"], case["unsupported"]) == (0, "pass", []), said
    assert f"mine has no `{stage}`: ours does that for it" in said
    assert "subject=mine,provider=ours" in said
    assert "{interpreter}" not in said


def test_a_generator_that_is_not_told_the_interpreter(tmp_path: Path) -> None:
    """Its libraries need the right library only if it knows the name otherwise; the first lines say what is missing."""
    (tmp_path / "w.wit").write_text(WORLD)
    toml = GENERATOR_ONLY.replace(', "--interpreter", "{{interpreter}}"', "")
    assert toml != GENERATOR_ONLY
    code, said, _ = run(tmp_path, toml, ["check", "w.wit"])
    assert code == 1 and "among the needed libraries" in said
    assert "mine has no {interpreter} in `generate`: its libraries must name the interpreter without it" in said


@pytest.mark.parametrize(
    ("toml", "wit", "words", "reason"),
    [
        (GENERATOR_ONLY, GATED, ["--features", "x"], "{features} in `generate`"),
        (GENERATOR_ONLY, GATED, [], ""),
        (LINKER_ONLY, GATED, ["--features", "x"], ""),
        (LINKER_ONLY, VERSIONS, [], "`link-options.keep-versions`"),
        (GENERATOR_ONLY, VERSIONS, [], ""),
    ],
)
def test_what_it_cannot_be_asked_for_leaves_it_out(
    tmp_path: Path, toml: str, wit: str, words: list[str], reason: str
) -> None:
    (tmp_path / "w.wit").write_text(wit)
    code, said, case = run(tmp_path, toml, ["check", "w.wit", "-v", *words])
    assert (code, case["outcome"]) == (0, "pass"), said
    wanted = [f"toolchain mine is left out: its file has no {reason}"] if reason else []
    assert case["unsupported"] == wanted
    assert ("mine@" in said or "=mine," in said) is not bool(reason)


TAKES_ALL = (
    """generate = ["sh", "-c", 'printf "\\\\000asm\\\\001\\\\000\\\\000\\\\000" > "$0"', "{{output}}", "{{wit}}"]"""
)
"""An empty module, whatever the WIT says."""
LINKS_ALL = """link = ["sh", "-c", 'echo > "$0"', "{{output}}", "{{libraries}}"]"""


@pytest.mark.parametrize(
    ("toml", "table", "code", "told"),
    [
        (GENERATOR_ONLY, REFUSED, 0, ""),
        (TAKES_ALL + "\n" + LINKS_ALL, REFUSED, 1, "line 2 (No such type.): expected a refusal, got: built"),
        (TAKES_ALL, REFUSED, 1, "line 2 (No such type.): expected a refusal, got"),
        (LINKER_ONLY, REFUSED, 0, "2 of 2 rows: toolchain mine is left out: its file has no `generate`"),
        (LINKER_ONLY, MERGED, 0, ""),
        (LINKS_ALL, MERGED, 1, "line 2 (Two versions differ.): expected a refusal, got: built"),
        (GENERATOR_ONLY, MERGED, 0, "1 of 1 rows: toolchain mine is left out: its file has no `link`"),
        (BOTH, ACCEPTED, 1, "line 2 (Names that differ in hyphens only.): expected a refusal, got: built"),
        (BOTH + KNOWN, ACCEPTED, 0, ""),
        (
            TAKES_ALL + "\n" + LINKS_ALL + KNOWN,
            REFUSED,
            1,
            "(No such type.): expected that it refuses, but it accepts",
        ),
        (GENERATOR_ONLY, MODULE, 0, "1 of 1 rows: toolchain mine is left out: its file has no `new`"),
        (GENERATOR_ONLY + "\n" + NEW, MODULE, 0, ""),
        (GENERATOR_ONLY + "\n" + TAKES_MODULES, MODULE, 1, "line 2 (No such export.): expected a refusal, got: built"),
    ],
)
def test_refusals_are_asked_of_it(tmp_path: Path, toml: str, table: str, code: int, told: str) -> None:
    (tmp_path / "t.toml").write_text(table)
    ended, said, case = run(tmp_path, toml, ["run", "t.toml"])
    assert (ended, told in said) == (code, True), said
    if KNOWN not in toml:
        assert "line 8" not in said, "a limit of ours is nothing that others must share"
    assert ("in the minority: mine" in said) is bool(code)
    assert case["outcome"] == ("fail" if code else "pass")


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        ('adapt = ["--adapt"]', 0, []),
        ('openable = ["--dl-openable"]', 0, ["toolchain mine is left out: its file has no `link-options.adapt`"]),
        ('adapt = ["--no-such-flag"]', 1, []),
    ],
)
def test_adapters_are_asked_of_it(tmp_path: Path, options: str, code: int, told: list[str]) -> None:
    program = Path(__file__).resolve().parents[2] / "cases" / "linking" / "adapter.toml"
    ended, said, case = run(tmp_path, f"{LINKER_ONLY}\n[link-options]\n{options}\n", ["run", str(program)])
    assert (ended, case["unsupported"]) == (code, told), said
    assert ("in the minority: mine" in said) is bool(code)


@pytest.mark.parametrize(
    ("toml", "program", "code", "told"),
    [
        (NEW, "task-hook-sync", 0, []),
        (TAKES_MODULES, "task-hook-sync", 1, []),
        (NEW, "task-hook-of-another-library", 0, ["toolchain mine is left out: its file has no `link`"]),
        (BOTH, "task-hook-sync", 0, ["toolchain mine is left out: its file has no `new`"]),
        (NEW, "module-with-an-adapter", 0, ["toolchain mine is left out: its file has no words for adapters of `new`"]),
    ],
)
def test_programs_are_asked_of_it(tmp_path: Path, toml: str, program: str, code: int, told: list[str]) -> None:
    path = Path(__file__).resolve().parents[2] / "cases" / "linking" / f"{program}.toml"
    ended, said, case = run(tmp_path, toml, ["run", str(path)])
    assert (ended, case["unsupported"]) == (code, told), said
    assert ("in the minority: mine" in said) is bool(code)


def test_both_stages_are_lent(tmp_path: Path) -> None:
    (tmp_path / "w.wit").write_text(WORLD)
    code, said, case = run(tmp_path, NEW, ["check", "w.wit"])
    assert (code, case["outcome"], case["unsupported"]) == (0, "pass", []), said
    for stage in ("generate", "link"):
        assert f"mine has no `{stage}`: ours does that for it" in said
