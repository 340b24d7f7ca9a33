"""Worlds of values: their layout, their places in parameters and results, the copies of their parts."""

from __future__ import annotations

from harness.mutants.world_text import both, case_names

_SIXTEEN = ", ".join(f"p{number}: u32" for number in range(16))

_MIXED = ", ".join(f"p{number}: u64" for number in range(17))

_WIDE_ENUMS = f"""
interface wide-enums {{
  enum small {{ {", ".join(case_names(256))} }}
  enum large {{ {", ".join(case_names(257))} }}
  variant tagged {{ {", ".join(f"{case}(u8)" for case in case_names(257))} }}
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

VALUE_WORLDS = {
    "numbers": both(
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
    "large-records": both(
        "large-records",
        f"""
interface large-records {{
  record large {{ {", ".join(f"a{number}: u64" for number in range(40))} }}
  echo: func(a: large) -> large;
}}
""",
    ),
    "layout": both(
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
    "both-ends": both(
        "both-ends",
        """
interface both-ends {
  variant alike { none, number(u16), one(s32), other(s32) }
  record even { x: u32, y: u32, z: u8 }
  pass: func(a: alike, b: list<alike>) -> alike;
  store: func(a: list<even>) -> list<even>;
}
""",
    ),
    "wide-enums": both("wide-enums", _WIDE_ENUMS),
    "flags": both("flags-of", _FLAGS),
    "variants": both(
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
    "joins": both(
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
    "spills": both(
        "spills",
        f"""
interface spills {{
  sixteen: func({_SIXTEEN}) -> u32;
  seventeen: func({_SIXTEEN}, last: u32) -> u32;
  pair: func(a: u32) -> tuple<u32, u32>;
}}
""",
    ),
    "results": both(
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
    "fixed-length-lists": both(
        "fixed-length-lists",
        """
interface fixed-length-lists {
  echo: func(a: list<list<u16, 3>>) -> list<list<u16, 3>>;
}
""",
    ),
    "maps": both(
        "maps",
        """
interface maps {
  echo: func(a: map<u32, u32>, b: map<string, u8>) -> map<u32, u32>;
}
""",
    ),
    "lists": both(
        "lists",
        """
interface lists {
  numbers: func(a: list<u32>, b: list<u16>) -> list<u64>;
  nested: func(a: list<list<string>>, b: list<list<u8>>) -> list<list<u16>>;
}
""",
    ),
    "any-lists": both(
        "any-lists",
        """
interface any-lists {
  echo: func(a: list<string>, b: list<tuple<bool, string>>) -> list<option<char>>;
}
""",
    ),
    "long-lists": both(
        "long-lists",
        """
interface long-lists {
  echo: func(a: list<string>, b: list<u8>) -> list<s16>;
}
""",
    ),
    "strings": both(
        "strings",
        """
interface strings {
  echo: func(a: string, b: list<string>) -> string;
  pairs: func(a: string) -> list<tuple<string, string>>;
  other: func(b: string) -> list<string>;
}
""",
    ),
    "twins": both(
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
    "aliases": both(
        "aliases",
        """
interface aliases {
  type name = string;
  echo: func(a: name) -> list<name>;
}
""",
    ),
    "error-contexts": both(
        "error-contexts",
        """
interface error-contexts {
  echo: func(a: error-context) -> error-context;
}
""",
    ),
    "kin": both(
        "kin",
        """
interface kin {
  lengths: func(a: list<u16, 2>, b: list<u16, 3>) -> u8;
  sides: func(a: list<result<u8>>, b: list<result<_, u8>>) -> u8;
}
""",
    ),
}
