"""Imports that are lowered without `async`: `wit_import_fn_t` (wit_dylib.h)."""

from __future__ import annotations

from generator.canonical.layout import POINTER_SIZE
from generator.canonical.names import import_name
from generator.dylib.adapters.call_area import SLOT_SIZE, call_area, needs_slot
from generator.dylib.adapters.kit import Kit
from generator.dylib.adapters.values import lift_result, lower_params
from generator.dylib.code.assembly import Body, Func
from generator.dylib.world.functions import FunctionUse


def write_import(kit: Kit, adapter: Func, use: FunctionUse) -> None:
    """Pop the arguments, call, push the result.

    The area of the call is also the slot for addresses, because the result comes later. It is on the stack, because the
    callee has read the arguments and written the result when the call returns.
    """
    body = adapter.body = Body(1)
    cx = 0
    area = call_area(kit.layout, use)
    size, alignment = area.size, area.alignment
    if needs_slot(use):
        size, alignment = max(size, SLOT_SIZE), max(alignment, POINTER_SIZE)
    frame = kit.frames.enter(body, cx, size, alignment) if size else cx
    lower_params(kit, body, cx, use, frame)
    if use.signature.result_pointer:
        body.address(frame, area.result_at)
    name = import_name(kit.layout.resolve, use.instance.key, use.function)
    body.call_to(kit.assembly.import_function(name, use.signature.type))
    lift_result(kit, body, cx, use, frame, area.result_at)
    if size:
        kit.frames.leave(body, frame, size)
