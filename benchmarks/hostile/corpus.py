"""The whole inputs that are damaged: what the link cases in `cases/` link, generated libraries, components and WIT
packages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from generator.dylib.generate import generate
from generator.errors import GeneratorError
from generator.link import LinkOptions, link, read_library
from generator.sources.load import load_text, select_world
from generator.wit.binary.encode import encode_package
from harness.link_cases.prepare import prepare
from harness.suite.link_case import LinkCase, load_link_case
from harness.text.toml_lines import FileError
from harness.toolchains.protocol import Library

FOLDERS = ("linking", "task-hooks", "native-imports")
SMALL = 20_000
"""Bytes of a binary that is damaged: one that is larger is mostly code and data, which these commands copy."""

WORLDS = """
package a:b@1.2.0;
interface types {
  resource r { constructor(x: u32); m: func(y: list<string>) -> result<u64, string>; s: static func(a: r) -> r; }
  record rec { a: u8, b: f64, c: option<char> }
  variant v { none, one(rec), two(own<r>) }
  flags f { a, b, c }
  enum e { x, y }
}
interface i { use types.{r, rec, v, f, e}; go: func(a: rec, b: v, c: f, d: e, h: borrow<r>) -> tuple<v, string>; }
interface later { use types.{r}; wait: async func(s: stream<u8>, f: future<string>) -> r; }
world w { import types; import i; export i; import top: func(x: string) -> string; export run: func(); }
world asynchronous { import later; export later; }
world lists {
  export bytes: func(x: list<u8>, m: map<string, u32>) -> list<list<u16>>;
  import p: interface { q: func(); }
}
"""


@dataclass(frozen=True, slots=True)
class Link:
    """Libraries and adapters that `component link` links, or, if one is a complete module, `component new`."""

    name: str
    parts: tuple[Library, ...]
    flags: tuple[str, ...] = ()
    alone: bool = False


@dataclass(slots=True)
class Corpus:
    links: list[Link] = field(default_factory=list)
    described: list[bytes] = field(default_factory=list)
    """Inputs of `component wit`: components, WIT packages, modules with a world."""

    @property
    def binaries(self) -> list[bytes]:
        return [*self.described, *[part.data for link in self.links for part in link.parts]]


def corpus(cases: Path) -> Corpus:
    """The inputs from the folder `cases` and from worlds of its own, in an order that depends on names alone."""
    found = Corpus(list(_links(cases)))
    resolve, package = load_text(WORLDS)
    found.described.append(encode_package(resolve, package))
    for world in ("w", "asynchronous", "lists"):
        library = generate(resolve, select_world(resolve, package, world))
        found.links.append(Link(world, (Library(f"{world}.so", library),), ("--stub-missing-functions",)))
        found.described.append(library)
    found.described += filter(None, map(_component, found.links))
    return found


def _links(cases: Path) -> Iterator[Link]:
    for path in sorted(path for folder in FOLDERS for path in (cases / folder).glob("*.toml")):
        try:
            case = load_link_case(path)
            parts = prepare(case).libraries
        except FileError:
            continue  # a case of another kind, or one that `harness run` reports
        if all(len(part.data) <= SMALL for part in parts):
            yield Link(path.stem, parts, _flags(case), case.alone)


def _flags(case: LinkCase) -> tuple[str, ...]:
    options = case.options
    given = {
        "--stub-missing-functions": options.stub_missing_functions,
        "--use-built-in-libdl": options.built_in_libdl,
        "--several-worlds": options.several_worlds,
    }
    return tuple([flag for flag, is_given in given.items() if is_given])


def _component(whole: Link) -> bytes | None:
    """The component of a link case. None if it is refused, as some must be, or needs options of the command line."""
    if whole.alone or any(part.adapter for part in whole.parts):
        return None
    stubs, libdl = ("--stub-missing-functions" in whole.flags), ("--use-built-in-libdl" in whole.flags)
    try:
        libraries = [read_library(part.name, part.data, dl_openable=part.openable) for part in whole.parts]
        component = link(libraries, LinkOptions(stub_missing_functions=stubs, built_in_libdl=libdl))
    except GeneratorError:
        return None
    return component if len(component) <= SMALL else None
