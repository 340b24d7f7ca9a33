"""Imports that are lowered with `async`: `wit_import_async_fn_t` and `wit_import_async_lift_fn_t` (wit_dylib.h)."""

from __future__ import annotations

from generator.canonical.layout import POINTER_SIZE
from generator.canonical.names import import_name
from generator.dylib.adapters.call_area import SLOT_SIZE, async_call_area, needs_slot
from generator.dylib.adapters.kit import Kit
from generator.dylib.adapters.values import lift_result, lower_params
from generator.dylib.code.assembly import Body, Func
from generator.dylib.world.functions import FunctionUse
from generator.wasm.types import FuncType, ValType

I32 = ValType.I32

START = FuncType((I32, I32), (I32,))
"""(cx, area) -> the result of `canon lower`: the state of the call, and a subtask unless it has returned."""

LIFT = FuncType((I32, I32))
"""(cx, area)."""


def write_start(kit: Kit, adapter: Func, use: FunctionUse) -> None:
    """Pop the arguments and call.

    The callee reads and writes the call's area, possibly after the adapter has returned. The slot for addresses is
    needed only until the call, so it is on the stack.
    """
    body = adapter.body = Body(len(adapter.type.params))
    cx, area = 0, 1
    slot = needs_slot(use)
    place = kit.frames.enter(body, cx, SLOT_SIZE, POINTER_SIZE) if slot else area
    lower_params(kit, body, cx, use, place)
    if use.signature.result_pointer:
        body.address(area, async_call_area(kit.layout, use).result_at)
    name = import_name(kit.layout.resolve, use.instance.key, use.function, use.async_abi)
    body.call_to(kit.assembly.import_function(name, use.signature.type))
    if slot:
        kit.frames.leave(body, place, SLOT_SIZE)


def write_lift(kit: Kit, adapter: Func, use: FunctionUse) -> None:
    """Push the result, which is in the area of a call that has returned."""
    body = adapter.body = Body(len(adapter.type.params))
    cx, area = 0, 1
    lift_result(kit, body, cx, use, area, async_call_area(kit.layout, use).result_at)
