"""Worlds that a component cannot have as they are: two generated libraries, and dropped imports."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import wasmtime
import wasmtime.component

from generator.cli import main
from generator.dylib.generate import generate
from generator.link import Library, LinkOptions, link, read_library
from generator.link.errors import LinkError
from generator.sources.load import load_text, select_world
from tests.generator.componentize.modules import world_section
from tests.generator.link.libraries import SETTER, THUNK, LibraryBuilder
from tests.generator.link.naming_interpreter import naming_interpreter
from tests.generator.wit.test_reference import EXECUTABLE

WIT = """
package a:b;
world one { export f: func() -> u32; }
world two { export h: func() -> u32; }
world asks { import ask: func(x: u32); }
world both { include one; include two; }
"""
ENGINE = wasmtime.Engine()


def generated(world: str) -> bytes:
    resolve, package = load_text(WIT)
    return generate(resolve, select_world(resolve, package, world))


def answer(component: bytes, export: str) -> str:
    """The letter that an export answers."""
    store = wasmtime.Store(ENGINE)
    instance = wasmtime.component.Linker(ENGINE).instantiate(store, wasmtime.component.Component(ENGINE, component))
    function = instance.get_func(store, export)
    assert function is not None
    code = function(store)
    assert isinstance(code, int)
    return chr(code)


def libraries(*worlds: str) -> list[Library]:
    read = [read_library(f"lib{world}.so", generated(world)) for world in worlds]
    return [*read, read_library("interpreter.so", naming_interpreter())]


@pytest.mark.parametrize("worlds", [("one", "two"), ("two", "one"), ("one", "asks"), ("asks", "one")])
def test_two_generated_libraries_are_refused(worlds: tuple[str, str]) -> None:
    """A second library without exports, which would be dropped with its imports, is refused too."""
    with pytest.raises(LinkError) as caught:
        link(libraries(*worlds))
    message = str(caught.value)
    first, second = worlds
    assert message.startswith(f"`lib{first}.so` and `lib{second}.so` are libraries of `wit-dylib`")
    assert "`include`" in message


def test_a_world_that_includes_both_answers_with_both_names() -> None:
    component = link(libraries("both"))
    assert [answer(component, name) for name in ("f", "h")] == ["f", "h"]


@pytest.mark.skipif(EXECUTABLE is None, reason="wasm-tools does not run here")
@pytest.mark.parametrize("order", [("one", "two"), ("two", "one")])
def test_the_reference_runs_the_function_of_the_last(order: tuple[str, str], tmp_path: Path) -> None:
    """The reason of the refusal: both exports call the function of the last library. If this fails, the refusal has no
    reason."""
    assert EXECUTABLE is not None
    output = tmp_path / "out.wasm"
    paths = [tmp_path / f"{name}.so" for name in (*order, "interpreter")]
    for path, binary in zip(paths, [*map(generated, order), naming_interpreter()], strict=True):
        path.write_bytes(binary)
    subprocess.run([EXECUTABLE, "component", "link", *paths, "-o", output], check=True, timeout=60)
    last = {"one": "f", "two": "h"}[order[1]]
    assert [answer(output.read_bytes(), name) for name in ("f", "h")] == [last, last]


def test_a_library_that_only_calls_the_interpreter_is_not_generated() -> None:
    caller = LibraryBuilder()
    caller.calls_with("again", caller.env("wit_dylib_initialize", SETTER), 0)
    caller.root()
    assert answer(link([*libraries("one"), caller.library("caller.so")]), "f") == "f"


def importer(*, needed: bool) -> Library:
    """A library whose world only imports."""
    builder = LibraryBuilder()
    ask = builder.import_function("$root", "ask", SETTER)
    builder.calls_with("work", ask, 1)
    if needed:
        builder.root()
    builder.module.customs.append(world_section(WIT, "asks"))
    return builder.library("asks.so")


@pytest.mark.parametrize("needed", [False, True])
def test_dropped_imports_are_told(needed: bool) -> None:
    said: list[str] = []
    link([*libraries("one"), importer(needed=needed)], LinkOptions(), warn=said.append)
    expected = (
        "library `asks.so` is left out, and what its world imports (ask): its world exports nothing, and no other "
        "library needs it"
    )
    assert said == ([] if needed else [expected])


def test_dropped_libraries_without_a_world_are_not_told() -> None:
    said: list[str] = []
    spare = LibraryBuilder()
    spare.define("spare", THUNK, lambda code: None)
    link([*libraries("one"), spare.library("spare.so")], LinkOptions(), warn=said.append)
    assert said == []


def test_the_command_warns_on_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = {"one.so": generated("one"), "interpreter.so": naming_interpreter()}
    builder = LibraryBuilder()
    builder.import_function("$root", "ask", SETTER)
    builder.module.customs.append(world_section(WIT, "asks"))
    names["asks.so"] = builder.encode()
    for name, binary in names.items():
        (tmp_path / name).write_bytes(binary)
    output = tmp_path / "out.wasm"
    assert main(["component", "link", *[str(tmp_path / name) for name in names], "-o", str(output)]) == 0
    assert capsys.readouterr().err.startswith("warning: library `asks.so` is left out")
    assert answer(output.read_bytes(), "f") == "f"
