"""Partial bindings: `--exclude-interface` and `--exclude-world`."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli import main
from generator.dylib.generate import generate
from generator.dylib.world.async_filter import AsyncFilters
from generator.dylib.world.exclusions import Exclusions
from generator.dylib.world.options import DylibOptions
from generator.errors import GeneratorError, UsageError
from generator.resolved.model import InterfaceItem
from generator.sources.load import load_text, select_world
from generator.wasm.decode import DecodedModule
from generator.wit.binary.decode import decode_world
from tests.generator.dylib.host import Host

WIT = """
package a:b;
package io:o@0.2.1 {
  interface s { resource r; f: func() -> r; }
  interface h { f: func(); }
  world all { import s; export h; }
}
package io:o@0.2.4 { interface s { resource r; f: func() -> r; } }
package io:o@0.3.0 { interface s { resource r; f: func() -> r; } world all { import s; } }
interface c { g: func(); }
world native { import c; import top: func(); export low: func(); }
world w {
  import c; export c;
  import io:o/s@0.2.1; import io:o/s@0.2.4; import io:o/s@0.3.0; export io:o/h@0.2.1;
  import lab: interface { f: func(); }
  import top: func(); export low: func(); export high: func();
}
"""
IMPORTS = {"a:b/c", "io:o/s@0.2.1", "io:o/s@0.2.4", "io:o/s@0.3.0", "lab", "top"}
EXPORTS = {"a:b/c", "io:o/h@0.2.1", "low", "high"}
ALL = {f"import:{name}" for name in IMPORTS} | {f"export:{name}" for name in EXPORTS}


def partial(wit: str, interfaces: list[str], worlds: list[str], world: str = "w", asynchronous: str = "") -> bytes:
    resolve, package = load_text(wit)
    filters = AsyncFilters.parse([asynchronous] if asynchronous else [])
    options = DylibOptions(exclusions=Exclusions.parse(interfaces, worlds), async_filters=filters)
    return generate(resolve, select_world(resolve, package, world), options)


def described(library: bytes) -> set[str]:
    """The items of the world in the `component-type` section."""
    resolve, id, _ = decode_world(DecodedModule(library).customs[-1].data)
    world = resolve.worlds[id]
    sides = (("import", world.imports), ("export", world.exports))
    return {f"{side}:{resolve.world_key_name(key)}" for side, items in sides for key in items}


def bound(library: bytes) -> set[str]:
    """The items whose functions the library imports or exports."""
    host = Host(library)
    imports = {name if module == "$root" else module for module, name in host.imports if module != "env"}
    own = {"memory", "cabi_realloc", "__wasm_call_ctors", "__wasm_apply_data_relocs"}
    exports = {
        name.split("#")[0] for name in host.export_names if name not in own and not name.startswith("cabi_post_")
    }
    return {f"import:{name}" for name in imports} | {f"export:{name}" for name in exports}


S = {f"import:io:o/s@{version}" for version in ("0.2.1", "0.2.4", "0.3.0")}


@pytest.mark.parametrize(
    ("interfaces", "worlds", "gone"),
    [
        ([], [], set()),
        (["a:b/c"], [], {"import:a:b/c", "export:a:b/c"}),
        (["import:a:b/c"], [], {"import:a:b/c"}),
        (["export:a:b/c"], [], {"export:a:b/c"}),
        (["lab"], [], {"import:lab"}),
        (["io:o/s"], [], S),
        (["io:o/s@0.2.0"], [], S - {"import:io:o/s@0.3.0"}),
        (["io:o/s@0.2.9"], [], S - {"import:io:o/s@0.3.0"}),
        (["io:o/s@0.3.1"], [], {"import:io:o/s@0.3.0"}),
        (["io:o/s@0.2.1,lab", "export:a:b/c"], [], S - {"import:io:o/s@0.3.0"} | {"import:lab", "export:a:b/c"}),
        (["lab,lab"], [], {"import:lab"}),
        ([], ["native"], {"import:a:b/c", "import:top", "export:low"}),
        ([], ["a:b/native"], {"import:a:b/c", "import:top", "export:low"}),
        ([], ["import:native"], {"import:a:b/c", "import:top"}),
        ([], ["export:native"], {"export:low"}),
        ([], ["io:o/all@0.2.0"], S - {"import:io:o/s@0.3.0"} | {"export:io:o/h@0.2.1"}),
        ([], ["io:o/all@0.3.0"], {"import:io:o/s@0.3.0"}),
        ([], ["io:o/all"], S | {"export:io:o/h@0.2.1"}),
        (
            ["lab"],
            ["native,import:io:o/all@0.3.0"],
            {"import:lab", "import:a:b/c", "import:top", "export:low", "import:io:o/s@0.3.0"},
        ),
    ],
)
def test_nothing_of_it_is_generated(interfaces: list[str], worlds: list[str], gone: set[str]) -> None:
    library = partial(WIT, interfaces, worlds)
    assert described(library) == ALL - gone
    assert bound(library) == ALL - gone
    for name in {item.partition(":")[2] for item in gone} - {item.partition(":")[2] for item in ALL - gone}:
        assert name.encode() not in library


@pytest.mark.parametrize(
    ("interfaces", "worlds", "unmatched"),
    [
        (["a:b/d"], [], ["--exclude-interface a:b/d"]),
        (["c"], [], ["--exclude-interface c"]),
        (["a:b/c@1.0.0"], [], ["--exclude-interface a:b/c@1.0.0"]),
        (["io:o/s@0.4.0"], [], ["--exclude-interface io:o/s@0.4.0"]),
        (["export:lab"], [], ["--exclude-interface export:lab"]),
        (["export:io:o/s,lab,import:x"], [], ["--exclude-interface export:io:o/s", "--exclude-interface import:x"]),
        (["top"], [], ["--exclude-interface top"]),
        ([""], [], ["--exclude-interface "]),
        ([], ["none"], ["--exclude-world none"]),
        ([], ["all"], ["--exclude-world all"]),
        ([], ["native@1.0.0"], ["--exclude-world native@1.0.0"]),
        ([], ["export:io:o/all@0.3.0"], ["--exclude-world export:io:o/all@0.3.0"]),
        (["x"], ["y"], ["--exclude-interface x", "--exclude-world y"]),
    ],
)
def test_a_filter_that_matches_nothing(interfaces: list[str], worlds: list[str], unmatched: list[str]) -> None:
    with pytest.raises(GeneratorError) as caught:
        partial(WIT, interfaces, worlds)
    lines = [line.strip() for line in str(caught.value).split("\n")]
    assert lines == [f"{text}: nothing in world `w` matches" for text in unmatched]


@pytest.mark.parametrize("version", ["1", "0.2", "", "01.0.0", "1.0.0@1.0.0"])
def test_a_version_that_is_none(version: str) -> None:
    with pytest.raises(UsageError, match="is not a version, such as"):
        Exclusions.parse([f"io:o/s@{version}"], [])


def test_pre_releases_are_compatible_only_with_themselves() -> None:
    wit = "package a:b; package p:q@1.0.0-rc1 { interface i { f: func(); } } world w { import p:q/i@1.0.0-rc1; }"
    assert described(partial(wit, ["p:q/i@1.0.0-rc1"], [])) == set()
    for other in ("1.0.0-rc2", "1.0.0"):
        with pytest.raises(GeneratorError, match="nothing in world"):
            partial(wit, [f"p:q/i@{other}"], [])


USES = """
package a:b;
interface t { type n = u8; resource r; }
interface u { use t.{n}; f: func(x: list<n>); }
interface v { use u.{n}; f: func() -> n; }
world i { import t; import v; }
world e { import t; export t; export v; export u; }
world k { use t.{r}; export f: func(x: borrow<r>); }
world bare { use t.{r}; }
interface h { use t.{r}; f: func(x: own<r>); }
world m { import h; }
world o { export t; export h; }
world p { import u; export t; }
world x { export t; export u; }
world records { record s { x: u8 } record unused { x: s } }
world z { record s { x: u8 } record unused { x: s } import f: func(x: list<s>); }
"""


def members(library: bytes) -> dict[str, list[str]]:
    """The items of the world in the `component-type` section, with the types and functions of interfaces."""
    resolve, id, _ = decode_world(DecodedModule(library).customs[-1].data)
    found = {}
    for side, items in (("import", resolve.worlds[id].imports), ("export", resolve.worlds[id].exports)):
        for key, item in items.items():
            interface = resolve.interfaces[item.id] if isinstance(item, InterfaceItem) else None
            names = [] if interface is None else [*interface.types, *interface.functions]
            found[f"{side}:{resolve.world_key_name(key)}"] = names
    return found


def _short(name: str) -> str:
    return name.replace("import:", "<").replace("export:", ">").replace("a:b/", "")


@pytest.mark.parametrize(
    ("world", "interfaces", "worlds", "left", "functions_of"),
    [
        ("i", ["a:b/t"], [], {"<t": "n", "<u": "nf", "<v": "nf"}, "<u <v"),
        ("i", ["a:b/u"], [], {"<t": "nr", "<u": "n", "<v": "nf"}, "<t <v"),
        ("i", ["a:b/t,a:b/u"], [], {"<t": "n", "<u": "n", "<v": "nf"}, "<v"),
        ("e", ["export:a:b/t"], [], {"<t": "nr", ">u": "nf", ">v": "nf"}, "<t >u >v"),
        ("e", ["a:b/t"], [], {"<t": "n", ">u": "nf", ">v": "nf"}, ">u >v"),
        ("e", ["a:b/t,a:b/u"], [], {"<t": "n", "<u": "n", ">v": "nf"}, ">v"),
        ("x", ["a:b/t"], [], {"<t": "n", ">u": "nf"}, ">u"),
        ("k", ["a:b/t"], [], {"<t": "r", "<r": "", ">f": ""}, "<t >f"),
        ("k", [], ["bare"], {"<t": "r", "<r": "", ">f": ""}, "<t >f"),
        ("m", ["a:b/t"], [], {"<t": "r", "<h": "rf"}, "<t <h"),
        ("z", [], ["records"], {"<s": "", "<f": ""}, "<f"),
    ],
)
def test_types_that_others_use_stay_alone(
    world: str, interfaces: list[str], worlds: list[str], left: dict[str, str], functions_of: str
) -> None:
    """`<` is import, `>` export. An imported resource keeps its built-in functions: what stays drops its handles."""
    library = partial(USES, interfaces, worlds, world)
    assert {_short(name): "".join(items) for name, items in members(library).items()} == left
    assert {_short(name) for name in bound(library)} == set(functions_of.split())


@pytest.mark.parametrize(
    ("world", "interfaces", "message"),
    [
        (
            "e",
            ["export:a:b/u"],
            "--exclude-interface export:a:b/u: export `a:b/v` uses type `n` of export `a:b/u`, which uses type `n` of "
            "export `a:b/t`, which stays; exclude both or neither",
        ),
        (
            "e",
            ["import:a:b/t,export:a:b/u"],
            "--exclude-interface export:a:b/u: export `a:b/v` uses type `n` of export `a:b/u`, which uses type `n` of "
            "export `a:b/t`, which stays; exclude both or neither",
        ),
        (
            "p",
            ["import:a:b/t"],
            "--exclude-interface import:a:b/t: import `a:b/u` uses type `n` of import `a:b/t`, which is also export "
            "`a:b/t`, with functions that stay; exclude both or neither",
        ),
        (
            "o",
            ["a:b/t"],
            "--exclude-interface a:b/t: export `a:b/h` uses type `r` of export `a:b/t`, and resource `r` of export "
            "`a:b/t` belongs to the implementation of that export; exclude both or neither",
        ),
    ],
)
def test_more_than_types_is_needed(world: str, interfaces: list[str], message: str) -> None:
    with pytest.raises(GeneratorError) as caught:
        partial(USES, interfaces, [], world)
    assert message in str(caught.value).split("\n  ")


def test_one_line_for_each_pair() -> None:
    """However many types pass between the two."""
    wit = (
        "package a:b; interface t { resource m; resource n; } interface u { use t.{m, n}; } "
        "world w { export t; export u; }"
    )
    with pytest.raises(GeneratorError) as caught:
        partial(wit, ["a:b/t"], [])
    assert len(str(caught.value).split("\n")) == 1


@pytest.mark.parametrize(
    ("world", "interfaces", "worlds", "left"),
    [
        ("i", ["a:b/t,a:b/u,a:b/v"], [], set()),
        ("i", ["a:b/v"], [], {"import:a:b/t", "import:a:b/u"}),
        ("e", ["import:a:b/t"], [], {"export:a:b/t", "export:a:b/u", "export:a:b/v"}),
        ("k", [], ["k"], set()),
        ("bare", [], ["bare"], set()),
    ],
)
def test_what_stays_does_not_need_it(world: str, interfaces: list[str], worlds: list[str], left: set[str]) -> None:
    assert described(partial(USES, interfaces, worlds, world)) == left


def test_excluded_functions_are_no_longer_for_other_filters() -> None:
    with pytest.raises(GeneratorError, match="--async -a:b/c#g: the world has no such function"):
        partial(WIT, ["a:b/c"], [], asynchronous="-a:b/c#g")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--exclude-interface", "import:a:b/c,lab", "--exclude-world=native"], 0, ""),
        (["--exclude-interface", "a:b/d"], 1, "error: --exclude-interface a:b/d: nothing in world `w` matches"),
        (["--exclude-world", "a:b/native@1"], 2, "error: --exclude-world a:b/native@1: `1` is not a version"),
    ],
)
def test_command(
    arguments: list[str], code: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, output = tmp_path / "w.wit", tmp_path / "w.wasm"
    source.write_text(WIT)
    assert main(["wit-dylib", str(source), "-w", "w", "-o", str(output), *arguments]) == code
    assert capsys.readouterr().err.startswith(message)
    assert output.exists() == (code == 0)
    if code == 0:
        assert described(output.read_bytes()) == ALL - {
            "import:a:b/c",
            "import:lab",
            "import:top",
            "export:low",
        }
