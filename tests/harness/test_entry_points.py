"""Toolchains by classes that installed packages declare."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.toolchains import entry_points
from harness.toolchains.command_schema import PACKAGE_FORMS
from harness.toolchains.entry_points import BadEntryPoint, toolchain
from harness.toolchains.protocol import Built, GenerateOptions, LinkOptions, Panicked, Refused
from tests.harness.command import harness_here

ROOT = Path(__file__).resolve().parents[2]
WORLD = "package a:b; world w { export f: func(a: string) -> list<u8>; }"


def documented(name: str) -> str:
    """The text of a file in the documentation, which begins with its name."""
    text = (ROOT / "docs" / "toolchains.md").read_text(encoding="utf-8")
    found = re.search(rf"```\w+\n# {re.escape(name)}\n(.*?)```", text, flags=re.DOTALL)
    assert found is not None, name
    return found[1]


@pytest.mark.skipif(importlib.util.find_spec("setuptools") is None, reason="setuptools is not installed")
def test_the_documented_package(tmp_path: Path) -> None:
    """Once installed, it takes part."""
    source, installed = tmp_path / "source", tmp_path / "installed"
    source.mkdir()
    for name in ("pyproject.toml", "mine.py"):
        (source / name).write_text(documented(name))
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, "--target", installed, source], check=True, timeout=300)
    (tmp_path / "w.wit").write_text(WORLD)
    command = [sys.executable, "-c", "from harness.cli import main; main()", "check", "w.wit", "--toolchain", "mine"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(installed)])}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mine (mine 1.0)" in done.stdout
    assert "has no `link`: ours does that for it" in done.stdout


Declare = Callable[[str], None]


@pytest.fixture
def declare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Declare:
    """Declares a class of this body as the toolchain `theirs`, as an installed package does."""

    def declare(body: str) -> None:
        (tmp_path / "theirs_of_test.py").write_text(f"from harness.toolchains.entry_points import Refusal\n{body}")
        info = tmp_path / "theirs-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[{entry_points.GROUP}]\ntheirs = theirs_of_test:Theirs\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.delitem(sys.modules, "theirs_of_test", raising=False)

    return declare


GENERATES = "class Theirs:\n  version = '7'\n  def generate(self, wit, world, options):\n    "


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ("return b'made of ' + wit.encode()", Built(b"made of x")),
        ("raise Refusal('no')", Refused("no", "generate")),
        ("return 'text'", Panicked(1, "`generate` returned a str, not bytes", "generate")),
    ],
)
def test_what_a_method_does(declare: Declare, body: str, result: object) -> None:
    declare(GENERATES + body)
    found = toolchain("theirs")
    assert (found.name, found.version, found.in_process) == ("theirs", "7", True)
    assert found.lacks == {"link", "embed", "new", "wit", *PACKAGE_FORMS}
    assert found.generator.generate("x", "w", GenerateOptions()).result() == result


def test_a_method_that_prints_packages(declare: Declare) -> None:
    declare(
        f"{GENERATES}pass\n  def print_package(self, form, wit, features):\n    return f'{{form}} {{wit}}'.encode()"
    )
    found = toolchain("theirs")
    assert found.printer is not None and not found.lacks & set(PACKAGE_FORMS)
    assert found.printer.print_package("wit-json", "x", ()).result() == Built(b"wit-json x")


def test_an_exception_is_a_crash(declare: Declare) -> None:
    declare(GENERATES + "return {}['x']")
    result = toolchain("theirs").generator.generate("x", "w", GenerateOptions()).result()
    assert isinstance(result, Panicked)
    assert "KeyError: 'x'" in result.message
    assert isinstance(toolchain("theirs").linker.link([], LinkOptions()).result(), Panicked)  # it has no linker


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("class Theirs:\n  pass", "has no `version`"),
        ("class Theirs:\n  version = '7'", "none of `generate`, `link` and `new`"),
        ("class Theirs:\n  def __init__(self): raise ValueError('not here')", "ValueError: not here"),
        ("class Other:\n  pass", "AttributeError"),
    ],
)
def test_what_is_no_toolchain(declare: Declare, body: str, why: str) -> None:
    declare(body)
    with pytest.raises(BadEntryPoint, match=why):
        toolchain("theirs")


def test_the_names_are_listed(declare: Declare, tmp_path: Path) -> None:
    declare(GENERATES + "raise Refusal('no')")
    (tmp_path / "w.wit").write_text(WORLD)
    done = harness_here("check", "w.wit", "--toolchain", "theris", cwd=tmp_path)
    assert done.code == 2
    assert (
        "--toolchain theris: neither `ours`, `reference`, `theirs`, a name such as mutant:NAME nor a file" in done.said
    )
