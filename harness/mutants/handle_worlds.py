"""Worlds of resources: their methods, who owns a handle, on which side the resource is defined."""

from __future__ import annotations

from harness.mutants.world_text import both

_FIFTEEN = ", ".join(f"p{number}: u32" for number in range(15))

HANDLE_WORLDS = {
    "methods": both(
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
    "resources": both(
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
}
