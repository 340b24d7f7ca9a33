"""Good WIT texts, one for each part of the language. Tests print, encode, mutate and compare all of them."""

from __future__ import annotations

TYPES = """
package test:types;

/// All of the types.
interface all {
  /// A record
  /// of two lines.
  record pair { first: u8, /// the second
    second: string, }
  variant choice { none, some(list<string>), both(tuple<pair, pair>), }
  enum color { red, green, blue }
  flags permissions { read, write, exec }
  type primitives = tuple<bool, s8, s16, s32, s64, u8, u16, u32, u64, f32, f64, char, string>;
  type lists = tuple<list<u8>, list<list<pair>>, list<u8, 4>, list<list<u16, 2>, 3>>;
  type options = option<option<u8>>;
  type results = tuple<result, result<u8>, result<_, u8>, result<u8, choice>>;
  type maps = tuple<map<string, u64>, map<char, map<bool, pair>>>;
  type futures = tuple<future, future<u8>, stream, stream<list<pair>>, stream<u8>>;
  type context = error-context;
  type alias = color;
  type alias-of-alias = alias;
  type defined-later = later;
  record later { again: alias-of-alias }
  f: func(a: pair, b: choice, c: color, d: permissions) -> defined-later;
  no-result: func();
  trailing-comma: func(a: u8,);
}
"""

NAMES = """
package test:names;

interface %interface {
  type %type = u8;
  record %record { %u8: %type, %list: list<%type>, plain: u8 }
  enum XML { HTTP-2, http-GET, a1-2b }
  parse-XML-document: func(%func: string, HTTP2: XML) -> %record;
  %option: func();
}
world %world {
  import %import: func();
  export %export: interface { %static: func(); }
  import %interface;
}
"""

RESOURCES = """
package test:resources;

interface blobs {
  resource blob {
    /// Makes one.
    constructor(init: list<u8>);
    write: func(bytes: list<u8>);
    read: func(n: u32) -> list<u8>;
    merge: static func(lhs: borrow<blob>, rhs: borrow<blob>) -> blob;
    later: async func() -> u8;
    much-later: static async func();
  }
  resource fallible { constructor(a: u8) -> result<fallible, string>; }
  resource own-result { constructor() -> result<own<own-result>>; }
  resource empty;
  resource braces { }
  type same = blob;
  type handle = own<blob>;
  type lent = borrow<same>;
  record holder { one: blob, two: own<same>, many: list<empty> }
  f: func(a: blob, b: own<blob>, c: borrow<blob>, d: same, e: borrow<same>, f: lent, g: handle) -> holder;
  async-one: async func(a: option<borrow<empty>>) -> result<fallible, own-result>;
}
interface users {
  use blobs.{blob, holder as has, same};
  use blobs.{blob as other-blob};
  take: func(b: blob, h: has) -> same;
  lend: func(b: borrow<other-blob>);
}
world w {
  export users;
}
world both {
  export blobs;
  export users;
}
"""

WORLDS = """
package test:worlds@1.2.3;

interface shared { record metadata { size: u64 } }
interface host { use shared.{metadata}; log: func(m: metadata); }
interface a { use host.{metadata as m}; f: func(x: m); }

/// Types of the world itself.
world own-types {
  use shared.{metadata};
  use shared.{metadata as again};
  record local { m: metadata, other: again }
  enum level { low, high }
  resource thing { constructor(l: level); get: func() -> local; make: static func() -> thing; }
  import look: func(t: borrow<thing>) -> local;
  export run: func(l: local) -> level;
  /// An inline interface.
  export inline: interface { use shared.{metadata}; g: func() -> metadata; }
  import inline: interface { type t = u8; h: func(x: t); }
}
world implied { import a; }
world implied-by-export { export a; }
world all-exported { export shared; export host; export a; }
world order { import f: func(); export g: func(); import host; export host; import h: func(); }
world labels {
  import primary: host;
  /// The other one.
  import secondary: host;
  import host;
  export primary: host;
}
world empty { }
"""

INCLUDES = """
package test:includes;

interface i { f: func(); }
interface j { use i2.{t}; g: func(x: t); }
interface i2 { type t = u8; }
world base { import i; export j; import plain: func(); export out: func() -> string; }
world twice { include base; include base with { plain as other, out as out2 } }
world more { import j; include base; import mine: func(); }
world resources { resource r { constructor(); m: func(); s: static func() -> r; } import f: func(x: r); }
world renamed { include resources with { r as q, f as g } }
world copied { include resources; }
world anonymous { import n: interface { use i2.{t}; resource r; f: func(x: t) -> r; } import label: i; }
world anonymous-copy { include anonymous with { n as m } import n: func(); }
world chain { include renamed; include base; }
"""

GATES = """
package test:gates@1.1.0;

@since(version = 1.0.0)
interface since {
  a: func();
  @since(version = 1.1.0)
  b: func();
  @since(version = 0.9.0)
  @deprecated(version = 1.1.0)
  c: func();
  @unstable(feature = active)
  d: func();
  @unstable(feature = inactive)
  record gone { a: u8 }
  @unstable(feature = inactive)
  e: func(x: gone);
  @unstable(feature = active)
  @deprecated(version = 1.0.0)
  resource r { @unstable(feature = active) constructor(); @unstable(feature = inactive) m: func(); }
}
@unstable(feature = active)
interface unstable { @unstable(feature = active) type t = u8; }
@unstable(feature = inactive)
interface off { }
world w {
  @since(version = 1.0.0)
  import since;
  @unstable(feature = active)
  import unstable;
  @unstable(feature = inactive)
  import off;
  @unstable(feature = active)
  use unstable.{t};
  @unstable(feature = inactive)
  export x: func();
  @unstable(feature = inactive)
  include gone;
  @unstable(feature = active)
  include kept;
}
@unstable(feature = inactive)
world gone { import gone: func(); }
world kept { @since(version = 1.0.0) import kept: func(); }
"""

EXTERNAL_IDS = r"""
package test:ids;

interface i {
  @external-id("foo/0")
  f: func() -> string;
  @external-id("DB.Bar \"quoted\" \\ \t\u{2603} é")
  resource bar { @external-id("baz/1") baz: func(); @external-id("new") constructor(); }
  @external-id("")
  type t = u8;
}
world w {
  @external-id("https://example.com/a-1.0.0")
  import slug: func(text: string) -> string;
  @external-id("one")
  import one: i;
  @external-id("two")
  export two: interface { }
}
"""

NESTED = """
/// The main package.
package test:nested@0.1.0;

use dep:one/types@1.0.0 as types-one;
use dep:one/types@2.0.0-rc.1+build.5 as types-two;
use local as renamed;

interface local { use types-one.{t}; use types-two.{t as t2}; use dep:two/more.{u}; f: func(a: t, b: t2) -> u; }
world w {
  import renamed; import types-two; import dep:two/more; export dep:one/types@1.0.0; include dep:two/world-two;
}

/// Another package.
package dep:one@1.0.0 { interface types { type t = u8; } }
package dep:one@2.0.0-rc.1+build.5 { interface types { record t { a: u8 } } }
package dep:two {
  use dep:one/types@1.0.0;
  interface more { use types.{t}; type u = list<t>; }
  world world-two { import more; import f: func(); }
}
"""

COMMENTS = """
/* leading /* nested */ comment */ package test:comments; // trailing
//// four
/** starred
    text */
interface i { // after the brace
  ///
  /// first
  ///   indented
  ///
  /// last
  a: func(/* inside */ x: u8); /// stray

  /**
   * lines
   * with stars
   */
  b: func();

  // plain
  enum e { /// case
    x, /** another */ y }
}
/// before attributes
@unstable(feature = active)
interface j { }
"""

EMPTY = "package test:empty;"

TEXTS: dict[str, str] = {
    "types": TYPES,
    "names": NAMES,
    "resources": RESOURCES,
    "worlds": WORLDS,
    "includes": INCLUDES,
    "gates": GATES,
    "external ids": EXTERNAL_IDS,
    "nested packages": NESTED,
    "comments": COMMENTS,
    "empty": EMPTY,
}

FEATURES = ("active",)
"""The features that the texts are resolved with."""
