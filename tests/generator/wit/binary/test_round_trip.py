"""Decoding gives back what was encoded: the same WIT text, and the same binary when encoded again."""

from __future__ import annotations

import pytest

from generator.component.component import Component, Custom
from generator.component.read import read_component
from generator.sources.load import load_text
from generator.wit.binary.any_binary import BinaryKind, decode_binary
from generator.wit.binary.decode import decode_package, decode_world
from generator.wit.binary.encode import encode_package, encode_world
from generator.wit.printer import print_package

TYPES = """
package a:b;
interface i {
  type prim = u32;
  type again = prim;
  record r { a: bool, b: s8, c: u8, d: s16, e: u16, f: s32, g: u32, h: s64, i: u64 }
  record s { a: f32, b: f64, c: char, d: string, e: error-context, r: r }
  variant v { x, y(r), z(list<v2>) }
  variant v2 { only(option<string>) }
  enum e { one, two }
  flags f { p, q }
  type t1 = list<u8>;
  type t2 = list<string, 4>;
  type t3 = tuple<u8, list<u8>, t1>;
  type t4 = result;
  type t5 = result<_, string>;
  type t6 = result<u8>;
  type t7 = result<u8, string>;
  type t8 = option<option<u8>>;
  type t9 = map<string, list<u8>>;
  type t10 = future;
  type t11 = future<t1>;
  type t12 = stream<u8>;
  type t13 = stream;
  g: func(a: list<u8>, b: list<u8>, c: t1) -> t9;
  h: async func() -> tuple<map<u32, u32>, list<u8, 3>>;
}
"""

RESOURCES = """
package a:b@1.2.3-rc.1+build;
interface i {
  resource empty;
  resource r {
    constructor(a: u32);
    m: func(x: borrow<r>) -> r;
    am: async func();
    s: static func() -> own<empty>;
    sa: static async func(a: stream<r>);
  }
  resource fallible { constructor(a: string) -> result<fallible, string>; }
  type alias = r;
  free: func(a: list<borrow<r>>, b: alias) -> option<r>;
}
"""

USES = """
package a:b;
interface base { resource r; record rec { x: u8 } type l = list<rec>; }
interface middle { use base.{r, rec as renamed}; type mine = renamed; f: func(a: r, b: mine); }
interface top { use middle.{r as r2, mine}; use base.{l}; f: func(a: borrow<r2>, b: mine, c: l); }
"""

WORLDS = """
package a:b;
interface i { resource r { m: func(); } record rec { x: u8 } f: func() -> r; }
interface j { use i.{r}; g: func(a: r); }
interface empty {}
world all {
  import i;
  import empty;
  import label: i;
  import inline: interface { use i.{rec}; h: func(a: rec); }
  use i.{r, rec as rec2};
  type t = list<rec2>;
  record own-rec { r: rec2 }
  resource world-res { constructor(); m: func(); }
  import lower: func(a: t, b: own-rec) -> world-res;
  export j;
  export i;
  export other: i;
  export run: async func(a: r);
  export inline-out: interface { use i.{r as x}; k: func(a: x) -> string; type y = u8; }
}
world nothing {}
world only-export { export f: func(); }
world including { include only-export with { f as g } }
"""

GATES = """
/// Package.
package a:b@1.2.0;
/// Interface
/// of two lines.
@since(version = 1.1.0)
interface i {
  /// Function.
  @since(version = 1.0.0)
  @deprecated(version = 1.2.0)
  f: func();
  /// Record.
  record r {
    /// Field.
    a: u8,
    b: u8,
  }
  variant v { /// Case.
    c }
  enum e { /// Enum.
    c }
  flags fl { /// Flag.
    c }
  @unstable(feature = exp)
  resource res {
    /// Method.
    m: func();
    /// Constructor.
    @since(version = 1.0.0)
    constructor();
  }
}
/// World.
@unstable(feature = active)
world w {
  /// Import.
  @since(version = 1.0.0)
  import i;
  @since(version = 1.1.0)
  export i;
  /// Labelled.
  import l: i;
  /// Both ways.
  import f: func();
  /// Out only.
  @unstable(feature = active)
  export f: func();
  /// World type.
  type t = u8;
  @since(version = 1.0.0)
  import in: interface {
    /// Inside.
    g: func();
  }
  export in: interface {
    /// Inside of the other.
    g: func();
  }
}
"""

NAMES = """
package a:b;
interface %interface {
  record %record { %u8: u8, IS-xml: u8 }
  %func: func(%list: u8);
  resource %resource { %static: static func(); %constructor: func(); }
}
interface world-x { @external-id("an id: ä") f: func(); @external-id("t") type t = u8; }
world %world {
  import %interface;
  @external-id("x") import world-x;
  @external-id("y") export l: world-x;
  export %import: func();
}
"""

TEXTS = {
    "types": TYPES,
    "resources": RESOURCES,
    "uses": USES,
    "worlds": WORLDS,
    "gates": GATES,
    "names": NAMES,
}


def content(binary: bytes) -> tuple[object, ...]:
    """A component's definitions without docs, whose order is free."""
    component: Component = read_component(binary)
    return tuple(item for item in component.definitions if not isinstance(item, Custom) or item.name != "package-docs")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("canonical_names", [False, True])
def test_package(text: str, canonical_names: bool) -> None:
    resolve, package = load_text(text, all_features=True)
    binary = encode_package(resolve, package, canonical_names=canonical_names)
    decoded, decoded_package = decode_package(binary)
    assert print_package(decoded, decoded_package) == print_package(resolve, package)
    again = encode_package(decoded, decoded_package, canonical_names=canonical_names)
    assert content(again) == content(binary)
    assert decode_binary(binary)[0] is BinaryKind.PACKAGE


@pytest.mark.parametrize("encoding", ["utf8", "utf16", "compact-utf16"])
@pytest.mark.parametrize("canonical_names", [False, True])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_worlds(text: str, encoding: str, canonical_names: bool) -> None:
    resolve, package = load_text(text, all_features=True)
    for world in resolve.packages[package].worlds.values():
        section = encode_world(resolve, world, encoding, canonical_names=canonical_names)
        decoded, decoded_world, decoded_encoding = decode_world(section)
        assert decoded_encoding == encoding
        assert decoded.worlds[decoded_world].name == resolve.worlds[world].name
        assert encode_world(decoded, decoded_world, encoding, canonical_names=canonical_names) == section
        expected = [resolve.world_key_name(key) for key in resolve.worlds[world].exports]
        assert [decoded.world_key_name(key) for key in decoded.worlds[decoded_world].exports] == expected


SEVERAL_PACKAGES = """
package a:main@2.0.0;
world w {
  import x:dep/i@1.0.0;
  export x:dep/i@2.0.0;
  use y:dep/j.{t};
  import f: func(a: t);
}
interface k { use x:dep/i@1.0.0.{t}; f: func(a: t); }
package x:dep@1.0.0 { interface i { record t { a: u8 } f: func(a: t); } }
package x:dep@2.0.0 { interface i { use y:dep/j.{t}; f: func(a: t) -> list<t>; unused: func(); } }
package y:dep { interface j { type t = u16; g: func(); } interface unused {} }
"""


def test_several_packages_and_versions() -> None:
    resolve, package = load_text(SEVERAL_PACKAGES)
    decoded, decoded_package = decode_package(encode_package(resolve, package))
    assert print_package(decoded, decoded_package) == print_package(resolve, package)
    names = [str(entry.name) for entry in decoded.packages]
    assert sorted(names) == ["a:main@2.0.0", "x:dep@1.0.0", "x:dep@2.0.0", "y:dep"]
    assert names.index("y:dep") < names.index("x:dep@2.0.0"), "what is used comes first"
    assert names[-1] == "a:main@2.0.0"
    assert print_package(decoded, decoded.find_package(decoded.packages[0].name) or decoded_package)
    used = next(entry for entry in decoded.packages if str(entry.name) == "y:dep")
    assert list(used.interfaces) == ["j"], "interfaces that nobody uses are not in the binary"


def test_long_chains_do_not_need_a_deep_stack() -> None:
    """Definitions that refer to later ones, and names of names."""
    records = "\n".join(f"record r{n} {{ a: r{n + 1} }}" for n in range(1500))
    names = "\n".join(f"type t{n} = t{n + 1};" for n in range(900))
    text = f"package a:b; interface i {{ {records} record r1500 {{ a: u8 }} {names} type t900 = u8; }}"
    resolve, package = load_text(text)
    decoded, decoded_package = decode_package(encode_package(resolve, package))
    assert print_package(decoded, decoded_package) == print_package(resolve, package)


def test_types_that_double_are_written_once() -> None:
    levels = "\n".join(f"record r{n + 1} {{ a: r{n}, b: r{n}, c: list<r{n}>, d: list<r{n}> }}" for n in range(40))
    text = f"package a:b; interface i {{ record r0 {{ a: u8 }} {levels} }} world w {{ export i; }}"
    resolve, package = load_text(text)
    section = encode_world(resolve, next(iter(resolve.packages[package].worlds.values())))
    assert len(section) < 3000
    decoded, _, _ = decode_world(section)
    assert len(decoded.types) == 41 + 40
