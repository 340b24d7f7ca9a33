"""Libraries with async functions, streams and futures, linked with an interpreter by ours and by the reference: valid,
and the same canonical definitions, options and world."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.wasm.decode import DecodedModule
from harness.binary.canon import read_definitions
from harness.binary.canon_definitions import CanonDefinitions
from harness.engine.engine import Engine
from harness.toolchains import ours
from harness.toolchains.protocol import BuildResult, Built, GenerateOptions, Library, LinkOptions
from harness.toolchains.reference_binary import NoReference, find
from harness.toolchains.wasm_tools import WasmTools
from tests.generator.link.stubs import stub_interpreter

try:
    EXECUTABLE = find()
except NoReference as error:
    pytest.skip(str(error), allow_module_level=True)

CALLS = """
interface i {
  resource r { constructor(a: string); m: async func(a: u8) -> string; s: static async func(r: r) -> r; }
  record p { a: u8, b: u64 }
  none: async func();
  four: async func(a: u64, b: u32, c: u8, d: f32) -> u8;
  five: async func(a: u64, b: u32, c: u8, d: f32, e: f64);
  seventeen: async func(a: tuple<p, p, p, p, p, p, p, p>, b: u8) -> u32;
  two-back: async func() -> p;
  seventeen-back: async func() -> tuple<p, p, p, p, p, p, p, p, u8>;
  text: async func(a: string) -> u32;
  bytes: async func(a: list<u8>) -> list<u8>;
  lists-back: async func() -> result<list<string>, u8>;
  plain: func(a: borrow<r>) -> list<p>;
}
"""
WORLDS = {
    "calls": CALLS + "world w { import i; export i; }",
    "calls of the world": """
        world w {
          import f: async func(a: string) -> u8;
          import g: async func() -> tuple<u8, u8>;
          export h: async func(a: string) -> u8;
          export k: async func(a: u8) -> tuple<u8, u8>;
          export l: func(a: future) -> string;
        }
    """,
    "payloads": """
        interface i {
          resource r;
          record p { a: u8, b: string }
          type named = stream<p>;
          f: func(a: named, b: stream, c: future<list<p>>, d: stream<stream<option<string>>>, e: future<char>);
          g: async func(a: list<future>, b: tuple<stream<r>, future<p>>) -> result<stream<u64>, future<string>>;
          h: async func(a: option<named>) -> map<string, stream<named>>;
        }
        world w { import i; export i; import t: func(a: stream<u8>); export u: func() -> future<stream<string>>; }
    """,
    "used from elsewhere": """
        interface t { resource r; type s = stream<r>; record p { s: s } }
        interface i { use t.{s, p, r}; f: async func(a: s, b: future<p>) -> future<r>; }
        interface j { use t.{s}; g: func(a: s); }
        world w { import t; import j; export i; }
    """,
    "exported with what it uses": """
        interface t { resource r; type s = stream<r>; }
        interface i { use t.{s}; f: async func(a: s) -> stream<s>; }
        world w { import t; import i; export t; export i; }
    """,
    "versions": """
        package x:y@1.2.3 { interface i { f: async func(a: stream<string>) -> string; } }
        world w { import x:y/i@1.2.3; export x:y/i@1.2.3; }
    """,
}


@pytest.fixture
def reference(tmp_path: Path) -> WasmTools:
    return WasmTools(EXECUTABLE, tmp_path)


def built(result: BuildResult) -> bytes:
    assert isinstance(result, Built), result
    return result.data


def words(definitions: CanonDefinitions) -> dict[str, list[str]]:
    """Opcode and options of each definition."""
    found = {f"lift {name}": [lift.options.words()] for name, lift in definitions.lifts.items()}
    for (module, name), several in definitions.others.items():
        found[f"{module} {name}"] = sorted(f"{each.opcode} {each.options.words()}" for each in several)
    return found


def check(reference: WasmTools, libraries: list[Library], expected_lifts: int) -> None:
    """One program, linked by both."""
    options = LinkOptions()
    by_ours = built(ours.OurToolchain().link(libraries, options).result())
    by_reference = built(reference.link(libraries, options).result())
    assert Engine().component_refusal(by_ours) is None
    mine = read_definitions(by_ours)
    assert len(mine.lifts) == expected_lifts
    assert words(mine) == words(read_definitions(by_reference))
    assert built(reference.wit(by_ours).result()) == built(reference.wit(by_reference).result())


@pytest.mark.parametrize("generator", ["ours", "reference"])
@pytest.mark.parametrize("name", WORLDS)
def test_both_linkers_make_the_same(name: str, generator: str, reference: WasmTools) -> None:
    wit = "package a:b;\n" + WORLDS[name]
    tool = ours.OurToolchain() if generator == "ours" else reference
    library = built(tool.generate(wit, "w", GenerateOptions()).result())
    names = [export.name for export in DecodedModule(library).exports]
    lifts = sum(name.startswith(("[callback]", "cabi_post_")) for name in names)
    check(reference, [Library("i.so", stub_interpreter(library)), Library("w.so", library)], lifts)


FILTERED = CALLS + "world w { import i; export i; import top: async func(a: string); export top2: async func(); }"


@pytest.mark.parametrize(
    "filters",
    [
        ("-all",),
        ("-top2", "-a:b/i#text"),
        ("-import:a:b/i#five,-export:a:b/i#[method]r.m",),
        ("import:a:b/i#four", "export:a:b/i#lists-back,top", "-all"),
    ],
)
def test_filters_mean_the_same(filters: tuple[str, ...], reference: WasmTools) -> None:
    """The same core functions are imported from the world and exported; what both linkers make of them is the same."""
    options = GenerateOptions(async_filters=filters)
    wit = "package a:b;\n" + FILTERED
    mine, theirs = (built(tool.generate(wit, "w", options).result()) for tool in (ours.OurToolchain(), reference))
    modules = [DecodedModule(library) for library in (mine, theirs)]
    functions = [{(item.module, item.name) for item in module.imports if item.module != "env"} for module in modules]
    assert functions[0] == functions[1]
    exports = [{export.name for export in module.exports} - {"cabi_realloc"} for module in modules]
    assert exports[0] == exports[1]
    check(reference, [Library("i.so", stub_interpreter(mine)), Library("w.so", mine)], 14)
