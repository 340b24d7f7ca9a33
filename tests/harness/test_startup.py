"""`harness --help` loads the command line only."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from harness.cli.group import SUBCOMMANDS, commands

HEAVY = {"wasmtime", "hypothesis", "rich", "generator", "jsonschema", "pytest"}


@pytest.mark.parametrize("words", [["--help"], ["--version"]])
def test_a_list_of_commands_loads_none_of_them(words: list[str]) -> None:
    code = "import sys, atexit; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); sys.argv[1:] = {}; {}"
    start = code.format(words, "from harness.cli import main; main()")
    done = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, check=True, timeout=60)
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert "harness" in done.stdout and "click" in loaded
    assert not loaded & HEAVY
    assert not {f"harness.cli.{name}" for name in SUBCOMMANDS} & set(done.stderr.split())


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_a_command_is_what_the_list_says(name: str) -> None:
    command = commands.get_command(click.Context(commands), name)
    assert command is not None and command.name == name
    assert command.get_short_help_str(1000) == SUBCOMMANDS[name]


@pytest.mark.parametrize(("words", "expected"), [([], "Missing command"), (["chek"], "No such command 'chek'")])
def test_wrong_use(words: list[str], expected: str) -> None:
    result = CliRunner().invoke(commands, words)
    assert result.exit_code == 2
    assert expected in result.output
