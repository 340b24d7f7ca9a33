"""The result of an async export: `wit_export_task_return_fn_t` (wit_dylib.h), `canon task.return`."""

from __future__ import annotations

from generator.canonical.layout import POINTER_SIZE
from generator.canonical.names import task_return_name
from generator.dylib.adapters.call_area import SLOT_SIZE
from generator.dylib.adapters.kit import Kit
from generator.dylib.code.assembly import Body, Func
from generator.dylib.world.functions import FunctionUse


def write_task_return(kit: Kit, adapter: Func, use: FunctionUse) -> None:
    """Pop the result, and return it like the only argument of an import.

    A result in memory is on the stack: the caller has it when `task.return` is done.
    """
    assert use.task_return is not None, "an async export"
    body = adapter.body = Body(1)
    cx = 0
    node = None if use.result is None else use.result.node
    size, alignment = 0, 1
    if node is not None and use.task_return.indirect_params:
        size, alignment = node.size, node.alignment
    elif node is not None and node.has_pointers:
        size, alignment = SLOT_SIZE, POINTER_SIZE
    frame = kit.frames.enter(body, cx, size, alignment) if size else cx
    if node is not None and use.task_return.indirect_params:
        kit.lower.to_memory(body, cx, node, frame, 0)
        body.local_get(frame)
    elif node is not None:
        kit.lower.to_flat(body, cx, node, frame)
    name = task_return_name(kit.layout.resolve, use.instance.key, use.function)
    body.call_to(kit.assembly.import_function(name, use.task_return.type))
    if size:
        kit.frames.leave(body, frame, size)
