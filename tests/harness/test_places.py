"""Errors in files of every kind name line and column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.link_cases.prepare import prepare
from harness.planner import case_plan
from harness.process.children import ProcessLimits
from harness.suite.case import parse_case
from harness.suite.expectations_file import ExpectationsError, load
from harness.suite.link_case import load_link_case
from harness.suite.negative_cases import load_negative_cases
from harness.text.toml_lines import FileError
from harness.toolchains import command
from harness.toolchains.command_file import ToolchainFileError

HEAD = 'title = "t"\nwhy = "w"\norigin = "own"\n'
STEPS = '[[step]]\n  call = "f"\n  during = [{ drop = "$x" }, { call = 7 }]\n'
PROGRAM = HEAD + 'wit = "package a:b; world w { export f: func(); }"\n[[library]]\nname = "l"\n  wat = "(module) )"\n'


def case(path: Path) -> None:
    case_plan(parse_case(path.read_text(), str(path)))


def program(path: Path) -> None:
    prepare(load_link_case(path))


def expectations(path: Path) -> None:
    load([path], {})


def refusals(path: Path) -> None:
    load_negative_cases(path)


def toolchain(path: Path) -> None:
    command.load(path, path.parent, ProcessLimits())


FILES: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "TOML": (case, HEAD + "wit = nothing", "4:7: not TOML: Invalid value"),
    "end of TOML": (case, 'title = "t"\nwhy = [', "2:8: not TOML: "),
    "long integer": (case, "seed = " + "1" * 5000, "1:1: not TOML: "),
    "key in an inline table": (case, HEAD + 'wit = "package a:b;"\n' + STEPS, "7:32: step.0.during.1.call: "),
    "WIT on one line": (case, HEAD + 'wit = "package a:b; world w { oh }"\ninstantiate-only = true', "4:31: "),
    "WIT with escapes": (case, HEAD + 'wit = "package a:b;\\tworld w { oh }"\ninstantiate-only = true', "4:1: "),
    "WIT on lines": (case, HEAD + "wit = '''\npackage a:b;\nworld w { oh }'''\ninstantiate-only = true", "6:11: "),
    "program": (program, PROGRAM + '[[step]]\ncall = "f"\n', "7:3: l: "),
    "WIT of a program": (program, PROGRAM.replace("func()", "fun()") + '[[step]]\ncall = "f"\n', "4:44: "),
    "refusals": (refusals, 'title = "t"\n [[refusal]]\n  wit = 1', "2:2: refusal.0: 'why' is a required property"),
    "expectations": (
        expectations,
        'tool = "x"\nversions = ">=1.0"\n[[expect]]\nid = "i"\n  outcome = "never"',
        "5:3: i: `outcome` must be one of ",
    ),
    "versions": (expectations, 'tool = "x"\n  versions = "1"\n[[expect]]', "2:3: `versions`: '1' is not like "),
    "entry": (expectations, 'tool = "x"\nversions = ">=1"\n [[expect]]', "3:2: an entry: `id` must be a string"),
    "toolchain": (toolchain, 'name = "m"\n  generate = ["true"]', "2:3: generate: must contain a word with {wit}"),
}


@pytest.mark.parametrize(("read", "text", "said"), FILES.values(), ids=FILES)
def test_the_place_is_named(tmp_path: Path, read: Callable[[Path], None], text: str, said: str) -> None:
    path = tmp_path / "file.toml"
    path.write_text(text)
    with pytest.raises((FileError, ExpectationsError, ToolchainFileError)) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:{said}"), caught.value
