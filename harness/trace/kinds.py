"""The words for kinds of types in the names of interface functions and events (interpreters/PROTOCOL.md, "Trace")."""

from __future__ import annotations

from harness.world import types as t

KINDS: dict[type, str] = {
    t.Record: "record",
    t.Tuple: "tuple",
    t.FixedLengthList: "fixed_length_list",
    t.Variant: "variant",
    t.EnumType: "enum",
    t.Option: "option",
    t.Result: "result",
    t.Flags: "flags",
    t.List: "list",
    t.Map: "map",
    t.Own: "own",
    t.Borrow: "borrow",
    t.Future: "future",
    t.Stream: "stream",
}
"""Types without a keyword of their own, by class."""
