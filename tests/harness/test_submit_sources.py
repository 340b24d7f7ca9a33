"""`harness submit` from what people have: a world, a binary that contains one, a command that fails."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import interpreters
from harness.cli.group import commands
from harness.submission.command import parse, with_output
from harness.suite.case import Sample, load_case
from harness.toolchains import reference_binary

WIT = """package a:b;
interface x { f: func(v: list<s8>) -> s8; none: func(); }
interface y { record p { t: string, n: tuple<u8, u16> } g: func(v: p) -> list<p>; }
world w { import x; export x; export y; }
"""
WRONG = ["--toolchain", "mutant:s8-loaded-unsigned", "--no-reference"]
TOOL = """import sys
words = sys.argv[1:]
text = open(words[words.index("gen") + 1]).read()
if "tuple" in text:
    sys.stderr.write("thread 'main' (77) panicked at src/lib.rs:1:2:\\nno entry found for key")
    sys.exit(101)
open(words[words.index("-o") + 1], "wb").write(b"\\0asm" + bytes([1, 0, 0, 0, 9] if "[]" in text else [1, 0, 0, 0]))
"""


def harness(*words: str) -> Result:
    return CliRunner().invoke(commands, ["submit", *words])


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.wit").write_text(WIT)
    Path("cases").mkdir()
    Path("tool.py").write_text(TOOL)


def test_a_world_and_a_call() -> None:
    done = harness(
        "x.wit", "--call", "f([-1]) -> -2", "--call", "none", "--call", "g", "--no-reference", "--why", "So."
    )
    assert done.exit_code == 0, done.output
    case = load_case(Path("x.toml"))
    assert [step.function for step in case.steps] == ["a:b/x#f", "a:b/x#none", "a:b/y#g"]  # type: ignore[union-attr]
    assert 'args = ["[-1]"]\nresult = "-2"' in case.file.text
    assert (case.wit, case.why) == (WIT, "So.")
    assert "Say in `origin` where" in done.output


def test_a_world_that_fails_becomes_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["harness", "submit", "x.wit"])
    done = harness("x.wit", "--calls", "30", *WRONG)
    assert done.exit_code == 0, done.output
    case = load_case(Path("x.toml"))
    assert case.steps and "interface y" not in str(case.wit)
    assert 'command = "harness submit x.wit"\n' in case.file.text


def test_drawn_calls_and_free_names() -> None:
    Path("x.toml").write_text("")
    done = harness("x.wit", "--calls", "5", "--no-reference", "--world", "w", "--origin", "https://a.example/1")
    assert done.exit_code == 0, done.output
    case = load_case(Path("x-2.toml"))
    assert (case.sample, case.world, case.origin) == (Sample(0, 5), "w", ("https://a.example/1",))


def test_binaries(tmp_path: Path) -> None:
    """The interpreter's own interfaces are no part of the world."""
    tools = reference_binary.find().path
    libraries = [f"libboxed.so={interpreters.boxed()}", "libw.so"]
    for words in (["wit-dylib", "x.wit", "--interpreter", "libboxed.so", "-o", "libw.so"],
                  ["component", "link", *libraries, "-o", "app.wasm"]):  # fmt: skip
        subprocess.run([tools, *words], check=True)
    for name in ("libw.so", "app.wasm"):
        done = harness(name, "--call", "g", "--no-reference", "-o", f"{name}.toml")
        assert done.exit_code == 0, done.output
        wit = str(load_case(Path(f"{name}.toml")).wit)
        assert "recovered:binary" in wit and "n: tuple<u8, u16>" in wit and "harness:boxed" not in wit


def test_a_command_of_a_tool_that_takes_no_part() -> None:
    done = harness("--no-reference", "--", sys.executable, "tool.py", "gen", "x.wit", "-o", "out.wasm")
    assert done.exit_code == 0, done.output
    assert "the command panics: no entry found for key" in done.output
    (made,) = Path().glob("*.toml")
    case = load_case(made)
    assert "tuple<" in str(case.wit) and "func" not in str(case.wit) and case.sample is None and not case.steps
    assert "panics: no entry found for key" in case.title
    assert not Path("out.wasm").exists()
    again = harness("--no-reference", "--", sys.executable, "tool.py", "gen", "x.wit", "-o", "out.wasm")
    assert again.exit_code == 1, again.output
    assert f"the same case is there already, up to its names: {made}\n  hand in {made}; " in again.output
    made.rename(Path("cases", made.name))
    third = harness("--no-reference", "--", sys.executable, "tool.py", "gen", "x.wit", "-o", "out.wasm")
    assert third.exit_code == 1
    assert f"the same case is there already, up to its names: cases/{made}\n" in third.output


def wasm_tools_that(fails: str) -> str:
    """A wasm-tools that panics at a world with a certain text in it."""
    Path("wasm-tools").write_text(
        f"""#!/bin/sh
for word; do
  if [ -f "$word" ] && grep -q {shlex.quote(fails)} "$word"; then
    printf "thread 'main' panicked at src/lib.rs:1:2:\\nno tuples today" >&2; exit 101
  fi
done
exec {shlex.quote(reference_binary.find().path)} "$@"
"""
    )
    Path("wasm-tools").chmod(0o755)
    return str(Path("wasm-tools").resolve())


def test_a_command_of_the_reference_is_reduced_by_the_oracle() -> None:
    done = harness("-o", "new.toml", "--", wasm_tools_that("tuple"), "wit-dylib", "x.wit", "-w", "w", "-o", "out.so")
    assert done.exit_code == 0, done.output
    assert "reference: tool panicked: panicked no tuples today" in done.output
    case = load_case(Path("new.toml"))
    assert "tuple<" in str(case.wit) and "interface x" not in str(case.wit)
    assert case.title == "wasm-tools wit-dylib panics: no tuples today"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (
            ["gen", "fine.wit", "-o", "out.wasm"],
            1,
            "no case is written: the command ends with exit code 0, and its output is valid; ",
        ),
        (["gen", "list.wit", "-o", "out.wasm"], 0, "the command writes an invalid output"),
        (["gen", "bad.wit", "-o", "out.wasm"], 2, "our front end refuses it, too: bad.wit:1:"),
        (["gen", "core.bin", "-o", "out.wasm"], 2, "has no input with a world"),
    ],
    ids=["works", "invalid output", "no world", "no input"],
)
def test_other_ends_of_a_command(words: list[str], code: int, message: str) -> None:
    Path("fine.wit").write_text("package a:b; world w {}")
    Path("list.wit").write_text("package a:b; /* [] */ world w { import f: func(a: list<u8>); }")
    Path("bad.wit").write_text("package a:b; world w { import f: func(a: tuple<u8); }")
    Path("core.bin").write_text("tuple")
    done = harness("--no-reference", "-o", "new.toml", "--", sys.executable, "tool.py", *words)
    assert (done.exit_code, message in done.output) == (code, True), done.output
    assert Path("new.toml").exists() == (code == 0)


def test_a_known_fault_is_not_handed_in() -> None:
    Path("x.wit").write_text("package a:b; world w { import f: func(x: list<u8, 4>); }")
    done = harness("-o", "new.toml", "--", reference_binary.find().path, "wit-dylib", "x.wit", "-o", "out.so")
    assert done.exit_code == 1, done.output
    why, example, advice = done.output[done.output.index("no case") :].splitlines()
    assert why.startswith(
        "no case is written: a known fault of wasm-tools, fixed-length-list-panics: wit-dylib has no "
    )
    assert example == "  the smallest that shows it: package a:b; world w { import f: func(x: list<u8, 4>); }"
    assert "--expectations FILE" in advice


def test_a_known_fault_is_handed_in_with_other_expectations() -> None:
    """As the advice says. The case has the name of the command."""
    Path("x.wit").write_text("package a:b; world w { import f: func(x: list<u8, 4>); }")
    Path("none.toml").write_text('tool = "wasm-tools"\nversions = ">=1"\n')
    command = ["wasm-tools", "wit-dylib", "x.wit", "-o", "out.so"]
    done = harness("--expectations", "none.toml", "--", reference_binary.find().path, *command[1:])
    assert done.exit_code == 0, done.output
    assert "list<u8, 4>" in str(load_case(Path("wasm-tools-wit-dylib.toml")).wit)


def test_the_same_finding_in_the_same_world_is_a_duplicate() -> None:
    done = harness("x.wit", "--call", "f([-1]) -> -2", "-o", "cases/first.toml", *WRONG)
    assert done.exit_code == 0, done.output
    first = Path("cases/first.toml")
    first.write_text(re.sub(r"args = .*", 'args = ["[-3, -4]"]', first.read_text()))
    done = harness("x.wit", "--call", "f([-1]) -> -2", "-o", "new.toml", *WRONG)
    assert done.exit_code == 1, done.output
    assert "the same finding in the same world is there already: cases/first.toml" in done.output


@pytest.mark.parametrize(
    ("words", "name", "inputs", "world", "features"),
    [
        (["wasm-tools", "wit-dylib", "x.wit", "--world", "v"], "wasm-tools wit-dylib", ["x.wit"], "v", ()),
        (["/a/b/tool", "-w", "v", "--features=a,b", "x.wit"], "tool", ["x.wit"], "v", ("a", "b")),
        (["t", "component", "link", "lib.so=l.wasm", "-o", "l.wasm"], "t component link", ["l.wasm"], None, ()),
        (["t", "--output=x.wit", "cases"], "t", [], None, ()),
    ],
)  # fmt: skip
def test_the_words_of_a_command(
    words: list[str], name: str, inputs: list[str], world: str | None, features: tuple[str, ...]
) -> None:
    Path("l.wasm").write_bytes(b"\0asm\1\0\0\0")
    found = parse(words)
    assert (found.name, [str(i.path) for i in found.inputs], found.world, found.features) == (
        name, inputs, world, features,
    )  # fmt: skip


def test_outputs_go_elsewhere() -> None:
    assert with_output(["t", "-o", "a"], Path("b")) == (("t", "-o", "b"), True)
    assert with_output(["t", "--output=a", "-o"], Path("b")) == (("t", "--output=b", "-o"), True)
    assert with_output(["t"], Path("b")) == (("t",), False)


@pytest.mark.parametrize("program", ["./no-such-tool", "no-such-tool", "./x.wit"])
def test_a_program_that_cannot_be_started_makes_no_case(program: str) -> None:
    done = harness("--", program, "wit-dylib", "x.wit", "-o", "x.so")
    assert done.exit_code == 2, done.output
    assert f"-- {program}: there is no such program that can be started" in done.output
    assert not list(Path().glob("*.toml"))
