"""Small worlds, each of which shows several miniatures; and cases where it takes values that no type allows."""

from __future__ import annotations


def _both(name: str, interface: str) -> str:
    """A world that imports and exports an interface of that name."""
    return f"package m:{name};\n\n{interface.strip()}\n\nworld w {{ import {name}; export {name}; }}\n"


_CASES = [f"c{number}" for number in range(257)]

_SIXTEEN = ", ".join(f"p{number}: u32" for number in range(16))

_MIXED = ", ".join(f"p{number}: u64" for number in range(17))

_WIDE_ENUMS = f"""
interface wide-enums {{
  enum small {{ {", ".join(_CASES[:256])} }}
  enum large {{ {", ".join(_CASES)} }}
  variant tagged {{ {", ".join(f"{case}(u8)" for case in _CASES)} }}
  echo-small: func(a: list<small>) -> list<small>;
  echo-large: func(a: list<large>) -> list<large>;
  echo-tagged: func(a: list<tagged>) -> list<tagged>;
}}
"""

_FLAGS = f"""
interface flags-of {{
  flags eleven {{ {", ".join(f"f{number}" for number in range(11))} }}
  flags thirty-two {{ {", ".join(f"f{number}" for number in range(32))} }}
  echo: func(a: list<tuple<eleven, u8>>, b: thirty-two) -> list<tuple<eleven, u8>>;
}}
"""

WORLDS = {
    "numbers": _both(
        "numbers",
        """
interface numbers {
  small: func(a: s8, b: s16) -> s8;
  listed: func(a: list<tuple<s8, s16>>) -> list<tuple<s8, s16>>;
  unsigned: func(a: u8, b: u32, c: u64) -> u32;
  floats: func(a: f32, b: f64) -> f64;
  floats-back: func(a: f64, b: f32) -> f32;
  floats-listed: func(a: list<f32>, b: list<f64>) -> list<f32>;
  chars: func(a: char, b: list<char>) -> char;
}
""",
    ),
    "layout": _both(
        "layout",
        """
interface layout {
  record padded { a: u8, b: u32, c: u64, d: u8 }
  record even { x: u32, y: u32 }
  echo: func(a: list<padded>) -> padded;
  aligned: func(a: list<tuple<u32, u64>>, b: even) -> list<even>;
}
""",
    ),
    "wide-enums": _both("wide-enums", _WIDE_ENUMS),
    "flags": _both("flags-of", _FLAGS),
    "variants": _both(
        "variants",
        """
interface variants {
  enum color { red, green, blue }
  variant mixed { none, small(u8), wide(u64), text(tuple<string, string>) }
  echo: func(a: list<mixed>, b: color) -> list<mixed>;
  colors: func(a: list<color>) -> color;
  options: func(a: option<u32>, b: list<option<u64>>) -> option<option<u8>>;
  results: func(a: result<u32, string>) -> result<u16, u64>;
}
""",
    ),
    "joins": _both(
        "joins",
        """
interface joins {
  variant single { i(u32), f(f32) }
  variant double { i(u64), f(f64), s(f32), w(u32) }
  echo: func(a: single, b: double) -> single;
  back: func(a: double) -> double;
}
""",
    ),
    "spills": _both(
        "spills",
        f"""
interface spills {{
  sixteen: func({_SIXTEEN}) -> u32;
  seventeen: func({_SIXTEEN}, last: u32) -> u32;
  pair: func(a: u32) -> tuple<u32, u32>;
}}
""",
    ),
    "results": _both(
        "results",
        f"""
interface results {{
  odd: func(a: u8) -> tuple<u8, u8, u8>;
  wide: func(a: u8) -> tuple<u64, u8>;
  many: func({_SIXTEEN}, last: u8) -> tuple<u64, u64, u64, u64, u64, u64, u64, u64, string>;
  mixed: func({_MIXED}) -> tuple<u8, u8, u8>;
}}
""",
    ),
    "fixed-length-lists": _both(
        "fixed-length-lists",
        """
interface fixed-length-lists {
  echo: func(a: list<list<u16, 3>>) -> list<list<u16, 3>>;
}
""",
    ),
    "maps": _both(
        "maps",
        """
interface maps {
  echo: func(a: map<u32, u32>, b: map<string, u8>) -> map<u32, u32>;
}
""",
    ),
    "lists": _both(
        "lists",
        """
interface lists {
  numbers: func(a: list<u32>, b: list<u16>) -> list<u64>;
  nested: func(a: list<list<string>>, b: list<list<u8>>) -> list<list<u16>>;
}
""",
    ),
    "any-lists": _both(
        "any-lists",
        """
interface any-lists {
  echo: func(a: list<string>, b: list<tuple<bool, string>>) -> list<option<char>>;
}
""",
    ),
    "long-lists": _both(
        "long-lists",
        """
interface long-lists {
  echo: func(a: list<string>, b: list<u8>) -> list<s16>;
}
""",
    ),
    "strings": _both(
        "strings",
        """
interface strings {
  echo: func(a: string, b: list<string>) -> string;
  pairs: func(a: string) -> list<tuple<string, string>>;
  other: func(b: string) -> list<string>;
}
""",
    ),
    "twins": _both(
        "twins",
        """
interface twins {
  record one { a: u32, b: string, c: list<u8>, d: option<string> }
  record two { a: u32, b: string, c: list<u8>, d: option<string> }
  first: func(a: list<one>, b: option<one>, c: one, d: result<one, one>) -> one;
  second: func(a: list<two>, b: option<two>, c: two, d: result<two, two>) -> two;
}
""",
    ),
    "aliases": _both(
        "aliases",
        """
interface aliases {
  type name = string;
  echo: func(a: name) -> list<name>;
}
""",
    ),
    "error-contexts": _both(
        "error-contexts",
        """
interface error-contexts {
  echo: func(a: error-context) -> error-context;
}
""",
    ),
    "resources": _both(
        "resources",
        """
interface resources {
  resource first { constructor(a: u32); get: func() -> u32; }
  resource second { constructor(a: string); get: func() -> string; }
  give: func(a: first, b: borrow<second>) -> second;
  borrowed: func(a: borrow<first>);
  take: func(a: list<second>) -> option<first>;
}
""",
    ),
    "both-sides": """package m:both-sides;

interface base {
  resource item { constructor(a: u32); }
}

interface user {
  use base.{item};
  make: func(a: u32) -> item;
  take: func(a: item) -> u32;
}

world w { import base; import user; export base; export user; }
""",
    "versions": """package m:versions;

package v:api@1.0.0 {
  interface calls { f: func(a: u32) -> u32; }
}

package v:api@2.0.0 {
  interface calls { f: func(a: u32) -> u32; }
}

world w {
  import v:api/calls@1.0.0;
  import v:api/calls@2.0.0;
  export v:api/calls@1.0.0;
  export v:api/calls@2.0.0;
}
""",
    "labels": """package m:labels;

interface store { get: func(key: string) -> option<string>; }

world w {
  import primary: store;
  import backup: store;
  export served: store;
}
""",
}

CASES = {
    "bad-discriminants": """title = "A discriminant beyond the last case"
why = "What is no case must never be taken for one."
origin = "own"
wit = '''
package m:bad;
interface bad { either: func() -> result<string, u64>; }
world w { import bad; export bad; }
'''

[[step]]
call = "m:bad/bad#either"
result = "!var 3"
trap = "invalid-discriminant"
""",
}
