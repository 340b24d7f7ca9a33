"""Worlds whose counts of types, members or functions need more than one byte."""

from __future__ import annotations

from harness.mutants.world_text import both

_LONG_NAME = "-".join(["long"] * 27)

_RECORDS = "\n".join(f"  record r{number} {{ a{number}: u8 }}" for number in range(260))

_RECORDS_USED = "\n".join(
    f"  f{first}: func({', '.join(f'p{number}: r{number}' for number in range(first, first + 13))});"
    for first in range(0, 260, 13)
)

_FUNCTIONS = "\n".join(f"  call{number}: func(a: u8) -> u8;" for number in range(130))

LARGE_WORLDS = {
    "wide": both(
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
    "many-types": both(
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
    "many-functions": both("many-functions", f"interface many-functions {{\n{_FUNCTIONS}\n}}\n"),
}
