"""The memory of one call of an import, lowered with and without `async` (wit_dylib.h: `async_abi_area_size`)."""

from __future__ import annotations

import pytest

from generator.dylib.adapters.call_area import CallArea, async_call_area, call_area
from generator.dylib.world.async_filter import AsyncFilters
from generator.dylib.world.functions import world_functions
from generator.dylib.world.type_table import TypeTable
from generator.resolved.instances import Instances
from generator.sources.load import load_text, select_world

U64S = "a: u64, b: u64, c: u64, d: u64, e: u64"


def parameters(count: int, type: str) -> str:
    return ", ".join(f"p{n}: {type}" for n in range(count))


@pytest.mark.parametrize(
    ("function", "area"),
    [
        ("func()", CallArea(0, 0, 1)),
        ("func(a: u64) -> u64", CallArea(0, 0, 1)),
        ("func(a: u64) -> string", CallArea(0, 8, 4)),
        (f"func({parameters(17, 'u32')}) -> u8", CallArea(68, 68, 4)),
        (f"func({parameters(17, 'u8')}) -> tuple<u64, u8>", CallArea(24, 40, 8)),
        ("async func(a: u64)", CallArea(0, 0, 1)),
        ("async func() -> u8", CallArea(0, 1, 1)),
        ("async func() -> string", CallArea(0, 8, 4)),
        ("async func(a: u32, b: u32, c: u32, d: u32) -> u64", CallArea(0, 8, 8)),
        (f"async func({parameters(5, 'u8')})", CallArea(0, 5, 1)),
        (f"async func({U64S})", CallArea(0, 40, 8)),
        (f"async func({U64S}) -> tuple<u8, u64>", CallArea(40, 56, 8)),
        (f"async func({U64S}) -> u8", CallArea(40, 48, 8)),
        (f"async func({parameters(5, 'u8')}) -> u64", CallArea(8, 16, 8)),
        ("async func(a: tuple<u64, u8>, b: string, c: u32) -> u8", CallArea(28, 32, 8)),
    ],
)
def test_area(function: str, area: CallArea) -> None:
    text = f"package a:b; world w {{ import f: {function}; }}"
    resolve, package = load_text(text, "world.wit", ())
    world = resolve.worlds[select_world(resolve, package, "w")]
    table = TypeTable(Instances(resolve, world))
    (use,) = world_functions(table, world, AsyncFilters()).imports
    assert (async_call_area if use.is_async else call_area)(table.layout, use) == area
