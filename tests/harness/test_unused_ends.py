"""Which worlds have a stream or future type that no function uses."""

from __future__ import annotations

import pytest

from harness.frontend.front_end import WitText, surround
from harness.plan.roles import Role
from harness.world.unused_ends import has_unused_end

Y = "interface y { type t = stream<u8>; type q = t; g: func(); }"

OTHER = """package c:d@1.0.0 {
  interface y { f: func() -> future; g: func() -> stream<u8>; }
  interface z { record r { f: future, s: stream<u8> } }
}
"""


@pytest.mark.parametrize(
    ("wit", "unused"),
    [
        ("interface x { type s = stream<u8>; f: func(a: stream<u8>); } world w { import x; }", True),
        ("interface x { type s = stream<u8>; f: func(a: s); } world w { import x; }", False),
        ("interface x { type s = stream<u8>; f: func(a: s, b: stream<u8>); } world w { import x; }", False),
        ("interface x { record r { s: stream<u8> } f: func(a: stream<u8>); } world w { import x; }", False),
        ("interface x { record r { s: stream<u8> } f: func(); } world w { import x; }", True),
        ("interface x { record r { s: future<u8> } f: func(a: stream<u8>); } world w { import x; }", True),
        ("interface x { record r { s: stream<stream> } f: func() -> stream; } world w { import x; }", True),
        ("interface x { record r { s: stream<u8> } f: async func() -> option<r>; } world w { export x; }", False),
        (f"{Y} interface x {{ use y.{{q}}; f: func(a: q); }} world w {{ import x; }}", False),
        (f"{Y} interface x {{ use y.{{q}}; f: func(); }} world w {{ export x; }}", True),
        (f"{Y} world w {{ export y; import f: func(a: stream<u8>); }}", True),
        ("world w { type s = stream<u8>; import f: func(); }", True),
        ("world w { type s = stream<u8>; export f: func(a: s); }", False),
        ("interface x { f: func(a: u8); } world w { import x; }", False),
        ("interface y { f: func() -> future; } world w { record a { c: future } import y; }", False),
        (f"{OTHER} world w {{ record a {{ c: future }} import c:d/y@1.0.0; }}", True),
        (f"{OTHER} world w {{ record a {{ c: future }} import c:d/y@1.0.0; import f: func() -> future; }}", False),
        (f"{OTHER} world w {{ record a {{ c: stream<u8> }} import c:d/y@1.0.0; }}", True),
        (f"{OTHER} interface x {{ use c:d/z@1.0.0.{{r}}; }} world w {{ import x; import c:d/y@1.0.0; }}", False),
        (f"{OTHER} world w {{ import c:d/z@1.0.0; import f: func() -> stream<u8>; }}", True),
    ],
)
def test_a_stream_or_future_that_no_function_uses(wit: str, unused: bool) -> None:
    """The reference panics exactly in these worlds (tried with wasm-tools 1.262)."""
    world = surround(WitText(f"package a:b; {wit}", "w.wit"), "a:b/w").parts[Role.SUBJECT].world
    assert has_unused_end(world, "a:b/w") is unused
