"""The memory of one call of an import, lowered with and without `async` (wit_dylib.h: `async_abi_area_size`)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.canonical.flatten import AsyncAbi, Context
from generator.dylib.adapters.call_area import CallArea, call_area
from generator.dylib.world.functions import world_functions
from generator.dylib.world.type_table import TypeTable
from generator.resolved.instances import Instances
from generator.sources.load import load_text, select_world

SYNC, ASYNC = AsyncAbi.SYNC, AsyncAbi.CALLBACK


@pytest.mark.parametrize(
    ("function", "abi", "area"),
    [
        ("func()", SYNC, CallArea(0, 0, 1)),
        ("func(a: u64) -> u64", SYNC, CallArea(0, 0, 1)),
        ("func(a: u64) -> string", SYNC, CallArea(0, 8, 4)),
        (f"func({', '.join(f'p{n}: u32' for n in range(17))}) -> u8", SYNC, CallArea(68, 68, 4)),
        (f"func({', '.join(f'p{n}: u8' for n in range(17))}) -> tuple<u64, u8>", SYNC, CallArea(24, 40, 8)),
        ("func(a: u64)", ASYNC, CallArea(0, 0, 1)),
        ("func() -> u8", ASYNC, CallArea(0, 1, 1)),
        ("func() -> string", ASYNC, CallArea(0, 8, 4)),
        ("func(a: u64, b: u64, c: u64, d: u64, e: u64) -> tuple<u8, u64>", ASYNC, CallArea(40, 56, 8)),
    ],
)
def test_area(function: str, abi: AsyncAbi, area: CallArea) -> None:
    text = f"package a:b; world w {{ import f: {function}; }}"
    resolve, package = load_text(text, "world.wit", ())
    world = resolve.worlds[select_world(resolve, package, "w")]
    table = TypeTable(Instances(resolve, world))
    (use,) = world_functions(table, world).imports
    signature = table.flattening.flatten_functype(use.function, Context.LOWER, abi)
    assert call_area(table.layout, replace(use, signature=signature)) == area
