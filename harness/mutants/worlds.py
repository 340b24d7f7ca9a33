"""Small worlds that each show several mutants."""

from __future__ import annotations


def _both(name: str, interface: str) -> str:
    """A world that imports and exports an interface of this name."""
    return f"package m:{name};\n\n{interface.strip()}\n\nworld w {{ import {name}; export {name}; }}\n"


_CASES = [f"c{number}" for number in range(257)]

_SIXTEEN = ", ".join(f"p{number}: u32" for number in range(16))

_FIFTEEN = ", ".join(f"p{number}: u32" for number in range(15))

_LONG_NAME = "-".join(["long"] * 27)

_RECORDS = "\n".join(f"  record r{number} {{ a{number}: u8 }}" for number in range(260))

_RECORDS_USED = "\n".join(
    f"  f{first}: func({', '.join(f'p{number}: r{number}' for number in range(first, first + 13))});"
    for first in range(0, 260, 13)
)

_FUNCTIONS = "\n".join(f"  call{number}: func(a: u8) -> u8;" for number in range(130))

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

PROGRAMS = "programs"
"""Instead of a world: random link cases (`harness/fuzz/linking`)."""

WORLDS = {
    "initialized": "package m:initialized;\n\nworld w { export later: func(a: u32) -> string; }\n",
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
    "large-records": _both(
        "large-records",
        f"""
interface large-records {{
  record large {{ {", ".join(f"a{number}: u64" for number in range(40))} }}
  echo: func(a: large) -> large;
}}
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
    "both-ends": _both(
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
    "methods": _both(
        "methods",
        f"""
interface methods {{
  resource thing {{
    constructor();
    sixteen: func({_FIFTEEN}) -> u32;
    seventeen: func({_FIFTEEN}, last: u32) -> u32;
  }}
}}
""",
    ),
    "kin": _both(
        "kin",
        """
interface kin {
  lengths: func(a: list<u16, 2>, b: list<u16, 3>) -> u8;
  sides: func(a: list<result<u8>>, b: list<result<_, u8>>) -> u8;
}
""",
    ),
    "gates": """package m:gates@1.0.0;

interface gates {
  plain: func() -> u8;
  @since(version = 1.0.0)
  old: func() -> u8;
  @unstable(feature = closed)
  gone: func() -> u8;
}

world w { import gates; export gates; @unstable(feature = closed) import lost: func(); }
""",
    "includes": """package m:includes;

world w { include p:part/part with { f as first, g as last, r as renamed } }

package p:part {
world part {
  import f: func() -> u8;
  resource r { constructor(); get: func() -> u8; }
  export g: func() -> u8;
}
}
""",
    "wide": _both(
        "wide",
        f"""
interface wide {{
  record fields {{ {", ".join(f"a{number}: u8" for number in range(257))} }}
  record of-record {{ a: fields }}
  items: func(a: tuple<{", ".join(["u8"] * 300)}>) -> u8;
  of-fields: func(a: of-record) -> u8;
}}
""",
    ),
    "many-types": _both(
        "many-types",
        f"""
interface many-types {{
{_RECORDS}
{_RECORDS_USED}
  record named {{ {_LONG_NAME}: u8 }}
  long: func(a: named);
}}
""",
    ),
    "many-functions": _both("many-functions", f"interface many-functions {{\n{_FUNCTIONS}\n}}\n"),
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
    "two-handles": """package m:two-handles;

interface base {
  resource item { constructor(a: u32); get: func() -> u32; }
}

interface user {
  use base.{item};
  lent: func(a: borrow<item>, b: u8, c: borrow<item>);
  given: func(a: item, b: item) -> u8;
  listed: func(a: list<tuple<borrow<item>, borrow<item>>>);
  back: func() -> tuple<item, item>;
}

world w { import base; export user; }
""",
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
    "tracks": """package m:tracks;

package v:api@0.0.1 { interface calls { f: func() -> u32; } }
package v:api@0.0.2 { interface calls { f: func() -> u32; } }
package v:api@0.1.0 { interface calls { f: func() -> u32; } }
package v:api@0.2.0 { interface calls { f: func() -> u32; } }
package v:api@1.2.0 { interface calls { f: func() -> u32; } }
package v:api@1.10.0 { interface calls { f: func() -> u32; } }
package v:api@1.10.0-rc.1 { interface calls { f: func() -> u32; } }

world w {
  import v:api/calls@0.0.1;
  import v:api/calls@0.0.2;
  import v:api/calls@0.1.0;
  import v:api/calls@0.2.0;
  import v:api/calls@1.2.0;
  import v:api/calls@1.10.0;
  import v:api/calls@1.10.0-rc.1;
}
""",
    "versions-that-differ": """package m:differ;

package v:api@1.0.0 { interface calls { f: func(a: u32); } }
package v:api@1.1.0 { interface calls { f: func(a: s32); } }

world w { import v:api/calls@1.0.0; import v:api/calls@1.1.0; }
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
