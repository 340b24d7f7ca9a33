"""`harness import`: other people's tests as cases."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli.group import commands
from harness.submission.importing import sources
from harness.suite.case import Sample, load_case

DEEP = "list<" * 95 + "u8" + ">" * 95
"""No engine accepts this type."""

FILES = {
    "codegen/lists.wit": "package a:b; interface x { f: func(v: list<u8>); } world lists { import x; export x; }",
    "codegen/renamed.wit": "package c:d; interface y { g: func(w: list<u8>); } world lists { import y; export y; }",
    "codegen/empty.wit": "package a:b; world empty {}",
    "codegen/issue/root.wit": "package a:b; world w { import c:d/x; }",
    "codegen/issue/deps/c/x.wit": "package c:d; interface x { f: func(); }",
    "codegen/deep.wit": f"package a:b; interface x {{ f: func() -> {DEEP}; g: func(a: {DEEP}); }} "
    "world w { import x; }",
    "codegen/future.wit": "package a:b; interface x { f: func() -> future<u8>; g: func(a: stream); } "
    "world w { import x; }",
    "codegen/none.wit": "package a:b; interface x {}",
    "codegen/bad.wit": "package a:b; world w { import nothing; }",
    "runtime/lists/test.wit": "package a:b; interface t { n: func(); } world test { export t; } "
    "world runner { import t; }",
    "runtime/lists/test.rs": "",
    "runtime/half/test.wit": "package a:b; world w { import f: func(v: u8); import g: func(a: " + DEEP + "); }",
}


def harness(*words: str) -> Result:
    return CliRunner().invoke(commands, ["import", *words])


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        path = Path("theirs", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_files_and_packages() -> None:
    found = [(source.path.as_posix(), source.name) for source in sources(Path("theirs"))]
    assert ("theirs/codegen/issue", "codegen/issue") in found
    assert ("theirs/runtime/lists/test.wit", "runtime/lists") in found
    assert len(found) == len(FILES) - 2  # the dependency, the program


def test_cases_and_a_report() -> None:
    done = harness("theirs", "-o", "cases/theirs", "--origin", "https://a.example/tests/", "--seed", "5", "-j", "1")
    assert done.exit_code == 0, done.output
    expected = ["codegen/empty", "codegen/future", "codegen/issue", "codegen/lists"]
    expected += ["runtime/half", "runtime/lists-runner", "runtime/lists-test"]
    written = sorted(
        path.relative_to("cases/theirs").with_suffix("").as_posix() for path in Path("cases").rglob("*.toml")
    )
    assert written == sorted(expected)
    lists, empty = (load_case(Path("cases/theirs/codegen", f"{name}.toml")) for name in ("lists", "empty"))
    assert (lists.sample, lists.origin) == (Sample(5, 50), ("https://a.example/tests/codegen/lists",))
    assert (empty.sample, empty.steps) == (None, ())
    lines = done.output.splitlines()
    assert "left out: codegen/renamed: the same as codegen/lists, up to its names" in lines
    assert "left out: codegen/none: it has no world" in lines
    assert any(line.startswith("left out: codegen/bad: theirs/codegen/bad.wit:1:") for line in lines)
    assert any(
        line.startswith("left out: codegen/deep: nothing is left of its functions: a:b/x#f and 1 more: ")
        for line in lines
    )
    assert any(line.startswith("in part: runtime/half: -#g: type nested too deep") for line in lines)
    assert lines[-2:] == ["7 cases in cases/theirs, 4 left out", "run them: harness run cases/theirs"]


def test_nothing_is_replaced() -> None:
    kept = Path("out/codegen/empty.toml")
    kept.parent.mkdir(parents=True)
    kept.write_text("mine")
    done = harness("theirs/codegen", "-o", "out/codegen", "-j", "1")
    assert (done.exit_code, kept.read_text()) == (0, "mine"), done.output
    assert "left out: empty: out/codegen/empty.toml already exists" in done.output
    again = harness("theirs/codegen", "-o", "out/codegen", "-j", "1")
    assert again.exit_code == 1 and "0 cases in out/codegen" in again.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["cases", "-o", "out"], "contains no WIT"),
        (["theirs"], "Missing option '--output'"),
        (["theirs", "-o", "out", "--origin", "there"], "a link begins with https://"),
    ],
)
def test_used_wrongly(words: list[str], message: str) -> None:
    Path("cases").mkdir()
    done = harness(*words)
    assert (done.exit_code, message in done.output) == (2, True), done.output
