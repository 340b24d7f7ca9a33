"""The dispatch of subcommands: exit codes, and what goes to stderr."""

from __future__ import annotations

import io
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from generator import cli
from generator.cli.arguments import embed, wit_dylib
from generator.component.canon import StringEncoding
from generator.dummy.schemes import SCHEMES
from generator.dylib.world.options import ABI_VERSIONS, StackPointer


@pytest.mark.parametrize("arguments", [[], ["component"], ["nonsense"], ["component", "nonsense"], ["wit"]])
def test_wrong_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "usage: generator" in captured.err


@pytest.mark.parametrize("arguments", [["--help"], ["component", "--help"]])
def test_help_names_the_subcommands(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 0
    out = capsys.readouterr().out
    depth = len(arguments)
    names = {sub.path[depth - 1] for sub in cli.SUBCOMMANDS if depth == 1 or sub.path[0] == "component"}
    assert all(name in out for name in names)


@pytest.mark.parametrize("flag", ["-V", "--version"])
def test_version(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([flag]) == 0
    assert capsys.readouterr().out == f"generator {metadata.version('wit-dylib-harness')}\n"


@pytest.mark.parametrize("subcommand", cli.SUBCOMMANDS, ids=lambda subcommand: " ".join(subcommand.path))
def test_every_subcommand_has_help(subcommand: cli.Subcommand, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*subcommand.path, "--help"]) == 0
    assert f"usage: generator {' '.join(subcommand.path)}" in capsys.readouterr().out


@pytest.mark.parametrize("words", [(), *[subcommand.path for subcommand in cli.SUBCOMMANDS]], ids=" ".join)
def test_help_loads_no_more_than_it_shows(words: tuple[str, ...]) -> None:
    code = "import sys; from generator.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "--help"], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = {name for name in done.stderr.split() if name.startswith("generator.")}
    assert "usage: generator" in done.stdout
    assert {name for name in loaded if not name.startswith("generator.cli")} == {"generator.errors", "generator.span"}


def test_words_of_options_are_those_of_the_work() -> None:
    assert tuple([encoding.value for encoding in StringEncoding]) == embed.ENCODINGS == wit_dylib.ENCODINGS
    assert tuple([place.value for place in StackPointer]) == wit_dylib.STACK_POINTERS
    assert ABI_VERSIONS == wit_dylib.ABI_VERSIONS
    assert tuple(sorted(SCHEMES)) == embed.DUMMY_NAMES


def test_a_missing_module_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    missing = cli.Subcommand(("component", "gone"), "gone", "is not there")
    monkeypatch.setattr(cli, "SUBCOMMANDS", (*cli.SUBCOMMANDS, missing))
    assert cli.main(["component", "gone"]) == 2
    assert "`component gone` is not part of this installation" in capsys.readouterr().err
    assert cli.main(["component", "wit", "--help"]) == 0


def test_bad_input_is_one_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.wit"
    path.write_text("package a:b;\ninterface i { f: func( }")
    assert cli.main(["component", "wit", str(path)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"{path}:2:24: error: expected a name of a parameter")
    assert "Traceback" not in captured.err


def test_unwritable_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.wit"
    path.write_text("package a:b;")
    assert cli.main(["component", "wit", str(path), "-o", str(tmp_path / "no" / "x")]) == 1
    assert str(tmp_path / "no" / "x") in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.TextIOWrapper):
        def flush(self) -> None:
            raise BrokenPipeError

    path = tmp_path / "x.wit"
    path.write_text("package a:b;")
    monkeypatch.setattr(sys, "stdout", Closed(io.BytesIO()))
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert cli.main(["component", "wit", str(path)]) == 1


def test_a_switch_takes_no_value_from_the_next_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.wit"
    path.write_text("package a:b; world w { }")
    assert cli.main(["wit-dylib", "--validate", str(path)]) == 2
    assert capsys.readouterr().err == "error: --validate is not supported: nothing here validates core code\n"
    assert cli.main(["wit-dylib", "--validate=false", str(path), "-o", str(tmp_path / "x.so")]) == 0
