"""Every command that the harness prints does again what it was printed for, options included."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from harness.cli.group import commands
from harness.toolchains import reference_binary

ROOT = Path(__file__).resolve().parents[2]
WRONG = ["--toolchain", "mutant:s8-loaded-unsigned"]

WIT = """package a:b;
interface x { f: func(a: list<s8>) -> list<s8>; @unstable(feature = more) g: func(a: s8); }
world v {}
world w { import x; export x; }
"""
CASE = f"""title = "a signed byte"
why = "It arrives."
origin = "own"
wit = '''
{WIT}'''
world = "w"

[[step]]
call = "a:b/x#f"
by = "driver"
args = ["[-1]"]
result = "[-128]"
"""


def harness(words: list[str]) -> Result:
    return CliRunner().invoke(commands, words)


def printed(output: str, label: str) -> list[str]:
    """The words of the one command that is printed behind a label."""
    (line,) = re.findall(rf"^ *{label}: (.*)$", output, re.MULTILINE)
    program, *words = shlex.split(line)
    assert program == "harness"
    return words


def told(result: Result) -> list[str]:
    """The output, without times."""
    return [re.sub(r"in \d+\.\d s", "", line) for line in result.output.splitlines()]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-y.wit").write_text(WIT)
    (tmp_path / "-y.toml").write_text(CASE)
    (tmp_path / "none.toml").write_text('tool = "generator"\nversions = ">=9"\n')


@pytest.mark.parametrize(
    "words",
    [
        ["run", *WRONG, "--", "-y.toml"],
        ["run", *WRONG, "--no-reference", "--expectations", "none.toml", "--artifacts", "kept here", "--", "-y.toml"],
        ["run", *WRONG, "--toolchain", "reference", "--engine", "cranelift", "--strict", "--", "-y.toml"],
        ["check", *WRONG, "--no-reference", "-w", "w", "--features", "more", "--seed", "3", "--calls", "9", "./-y.wit"],
        ["smoke", *WRONG, "--no-reference"],
    ],
)  # fmt: skip
def test_what_is_printed_repeats_the_failure(words: list[str]) -> None:
    first = harness([words[0], "-j", "1", *words[1:]])
    assert first.exit_code in (1, 3), first.output
    repeat = printed(first.output, "repeat with")
    again = harness([repeat[0], "-j", "1", *repeat[1:]])
    assert again.exit_code == first.exit_code, again.output
    assert told(again) == told(first)
    assert printed(again.output, "repeat with") == repeat


def test_a_reference_of_the_environment_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The user who repeats it may have another environment."""
    script = tmp_path / "tools"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(reference_binary.find().path)} "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv(reference_binary.ENVIRONMENT_VARIABLE, str(script))
    first = harness(["run", *WRONG, "-j", "1", "./-y.toml"])
    assert printed(first.output, "repeat with")[-2:] == ["--reference", str(script)]


def test_a_finding_of_the_fuzzer_about_flags_of_the_reference(tmp_path: Path) -> None:
    """The fuzzer links without debug names; what goes wrong without them shows in the command that runs the case."""
    (tmp_path / "tools").write_text(
        '#!/bin/sh\ncase " $* " in *" --debug-names=false "*) echo "error: no names" >&2; exit 1;; esac\n'
        f'exec {shlex.quote(reference_binary.find().path)} "$@"\n'
    )
    (tmp_path / "tools").chmod(0o755)
    words = ["fuzz", "-j", "1", "--worlds", "1", "--seed", "16", "--calls", "5", "--no-reduce"]
    words += ["--kinds", "no-fixed-length-lists,no-error-contexts", "--reference", str(tmp_path / "tools")]
    first = harness(words)
    assert first.exit_code == 1, first.output
    case = printed(first.output, "case")
    assert case[0] == "run" and "--quick-reference" in case
    again = harness([case[0], "-j", "1", *case[1:]])
    assert again.exit_code == 1 and "no names" in again.output
    assert printed(again.output, "repeat with") == case
    assert harness([word for word in case if word != "--quick-reference"] + ["-j", "1"]).exit_code == 0


def documented() -> list[str]:
    """Commands in the code blocks of README and docs, comments apart."""
    found = []
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for block in re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL):
            for line in re.sub(r" *\\\n *", " ", block).splitlines():
                found += re.findall(r"(?:^|&& )(harness [^#&]*)", line)
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("command", documented())
def test_documented_commands_exist(command: str, tmp_path: Path) -> None:
    """The commands with the options that they show are parsed, not run."""
    for name in (
        "my.wit",
        "my.toml",
        "my.so",
        "libc.so",
        "hello.wit",
        "pipes.wit",
        "lua-async.so",
        "copies.so",
        "lua.so",
        "echo.so",
        "app.wasm",
        "PATH",
        "FILE.toml",
        "mine.toml",
        "found.toml",
        "findings/NAME.toml",
        "tool.toml",
        "new.json",
        "result.json",
        "old.json",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "cases").mkdir()
    (tmp_path / "wit-bindgen" / "tests" / "codegen").mkdir(parents=True)
    _, name, *words = shlex.split(command)
    found = commands.get_command(click.Context(commands), name)
    assert found is not None
    found.make_context(name, words)
