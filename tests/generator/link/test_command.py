"""`component link` on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from generator.cli import link as command
from generator.cli import main
from generator.cli.arguments import link as arguments
from generator.cli.arguments.parser import CommandParser
from generator.component.read import is_component
from generator.errors import GeneratorError, UsageError
from tests.generator.link.libraries import GETTER, LibraryBuilder, dylink


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    arguments.add_parser(parser.add_subparsers(parser_class=CommandParser))
    return parser.parse_args(["link", *words])


def run(*words: str) -> int:
    return command.run(parse(list(words)))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`app.so` needs `lib`, which is in `lib.so`."""
    monkeypatch.chdir(tmp_path)
    app, lib = LibraryBuilder(dylink(needed=["lib"])), LibraryBuilder()
    app.forward("run", GETTER, app.env("f", GETTER))
    app.root()
    lib.constant("f", 1)
    (tmp_path / "app.so").write_bytes(app.encode())
    (tmp_path / "lib.so").write_bytes(lib.encode())
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ["app.so", "lib=lib.so", "-o", "out.wasm"],
        ["app.so", "-o", "out.wasm", "lib=lib.so"],
        ["-o", "out.wasm", "--debug-names", "app.so", "lib=lib.so"],
        [
            "--validate=false",
            "app.so",
            "lib=./lib.so",
            "--stack-size=65536",
            "--output=out.wasm",
            "--debug-names=false",
        ],
    ],
)
def test_inputs_stand_anywhere(folder: Path, words: list[str]) -> None:
    assert run(*words) == 0
    assert is_component((folder / "out.wasm").read_bytes())


def test_output_goes_to_stdout(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run("app.so", "lib=lib.so") == 0
    assert is_component(capfdbinary.readouterr().out)


REFUSED = [
    (["app.so", "lib.so"], "`app.so` needs `lib`"),
    (["app.so", "lib=absent.so"], "absent.so: No such file or directory"),
    (["app.so", "lib=."], ".: Is a directory"),
    (["lib=app.so", "lib=lib.so"], "2 libraries have the name `lib`"),
    (["text.wat"], "library `text.wat`: "),
    (["broken.so"], "library `broken.so`: unexpected end"),
]


@pytest.mark.parametrize(("words", "message"), REFUSED)
def test_bad_libraries(folder: Path, words: list[str], message: str) -> None:
    (folder / "text.wat").write_text("\n (module)")
    (folder / "broken.so").write_bytes((folder / "app.so").read_bytes()[:20])
    with pytest.raises(GeneratorError) as caught:
        run(*words, "-o", "out.wasm")
    assert message in str(caught.value)
    assert not (folder / "out.wasm").exists()


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["=lib.so"],
        ["lib="],
        ["app.so", "--adapt", "=x.wasm"],
    ],
)
def test_wrong_use(folder: Path, words: list[str]) -> None:
    with pytest.raises(UsageError):
        run(*words, "-o", "out.wasm")


@pytest.mark.parametrize("word", ["--stack-size=-1", "--stack-size=4294967296", "--debug-names=yes", "--absent"])
def test_wrong_options(word: str) -> None:
    with pytest.raises(SystemExit):
        parse(["app.so", word])


def test_libraries_for_dlopen(folder: Path) -> None:
    builder = LibraryBuilder(dylink(needed=["libdl.so"]))
    builder.root()
    (folder / "main.so").write_bytes(builder.encode())
    assert run("main.so", "--dl-openable", "plugin=lib.so", "--use-built-in-libdl", "-o", "out.wasm") == 0
    component = (folder / "out.wasm").read_bytes()
    assert b"dlopen: library not found" in component
    assert b"pluginf" in component  # the names in the table: the library, then its symbol


NAMES_WIT = """package a:b; interface i { f: func(s: string) -> string; }
world standard { import i; export i; } world legacy { export g: func(); }"""
STANDARD = """(module (@dylink.0 (mem-info (memory 0 0)))
  (import "env" "memory" (memory 1))
  (import "cm32p2|a:b/i" "f" (func (param i32 i32 i32)))
  (func (export "cm32p2|a:b/i|f") (param i32 i32) (result i32) unreachable)
  (func (export "%s") (param i32 i32 i32 i32) (result i32) unreachable))"""
LEGACY = '(module (@dylink.0 (mem-info (memory 0 0))) (func (export "g")))'


@pytest.mark.parametrize(
    ("world", "text", "message"),
    [
        ("standard", STANDARD % "cm32p2_realloc", None),
        ("standard", STANDARD % "cabi_realloc", "needs `cabi_realloc`"),
        ("legacy", LEGACY, "no module exports `cm32p2||g`"),
    ],
)
def test_only_standard_names(folder: Path, world: str, text: str, message: str | None) -> None:
    (folder / "a.wit").write_text(NAMES_WIT)
    (folder / "lib.wat").write_text(text)
    assert main(["component", "embed", "a.wit", "lib.wat", "-w", world, "-o", "lib.wasm"]) == 0
    assert run("lib.wasm", "-o", "out.wasm") == 0, "both schemes mean something"
    if message is None:
        assert run("lib.wasm", "-o", "out.wasm", "--reject-legacy-names") == 0
        assert is_component((folder / "out.wasm").read_bytes())
    else:
        with pytest.raises(GeneratorError) as caught:
            run("lib.wasm", "-o", "out.wasm", "--reject-legacy-names")
        assert message in str(caught.value)


def test_stubs(folder: Path) -> None:
    builder = LibraryBuilder()
    builder.env("missing", GETTER)
    builder.constant("f", 1)
    (folder / "lib.so").write_bytes(builder.encode())
    with pytest.raises(GeneratorError, match="`lib` needs `missing`: a function"):
        run("app.so", "lib=lib.so", "-o", "out.wasm")
    assert run("app.so", "lib=lib.so", "-o", "out.wasm", "--stub-missing-functions") == 0
    assert b"missing function missing" in (folder / "out.wasm").read_bytes()
