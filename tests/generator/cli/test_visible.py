"""Control and bidirectional characters of names never reach the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli import main
from generator.cli.visible import visible
from tests.generator.componentize.modules import TestModule, i32_type, world_section
from tests.generator.link.libraries import THUNK, LibraryBuilder


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("plain `käse` \N{SNOWMAN}", "plain `käse` \N{SNOWMAN}"),
        ("\x1b[31mred\a", "\\x1b[31mred\\x07"),
        ("a\N{RIGHT-TO-LEFT OVERRIDE}b\N{POP DIRECTIONAL ISOLATE}", "a\\u202eb\\u2069"),
        ("first:\n  second\n  third", "first:\n  second\n  third"),
        ("name\nerror: forged", "name\\nerror: forged"),
        ("a\rb\tc\x7f\x9b\N{LINE SEPARATOR}\N{ZERO WIDTH SPACE}", "a\\rb\\tc\\x7f\\x9b\\u2028\\u200b"),
    ],
)
def test_visible(message: str, shown: str) -> None:
    assert visible(message) == shown


HOSTILE = "\x1b]0;title\a\N{RIGHT-TO-LEFT OVERRIDE}x\nerror: forged"


def bad(text: str) -> list[str]:
    return [char for char in text if char != "\n" and not char.isprintable()]


def told(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert not bad(captured.err + captured.out)
    assert "\nerror:" not in captured.err
    assert "\\x1b]0;title" in captured.err
    return captured.err


def test_symbols(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    builder = LibraryBuilder()
    builder.env(HOSTILE, THUNK)
    path = tmp_path / "a.so"
    path.write_bytes(builder.encode())
    assert main(["component", "link", str(path), "-o", str(tmp_path / "o.wasm")]) == 1
    assert "unresolved symbols:\n  `" in told(capsys)


def test_name_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["component", "wit", str(tmp_path / HOSTILE.replace("\n", ""))]) == 1
    assert "No such file" in told(capsys)


@pytest.mark.parametrize("namespace", [HOSTILE, "$root"])
def test_imports(namespace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module = TestModule()
    module.import_function(namespace, HOSTILE, i32_type(0))
    path = tmp_path / "m.wasm"
    path.write_bytes(module.finish(world_section("package a:b; world w {}")).binary)
    assert main(["component", "new", str(path), "-o", str(tmp_path / "o.wasm")]) == 1
    told(capsys)


def test_names_in_components(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.wasm"
    name = HOSTILE.encode()
    section = bytes([1, 0, len(name)]) + name + b"\x05\x00"  # an import of an instance of type 0, which is missing
    path.write_bytes(b"\0asm\x0d\0\x01\0" + bytes([10, len(section)]) + section)
    assert main(["component", "wit", str(path)]) == 1
    captured = capsys.readouterr()
    assert not bad(captured.err)
