"""Exports that are lifted with `async` and a callback: the core function and the callback (`canon_lift` in
CanonicalABI.md)."""

from __future__ import annotations

from generator.canonical.names import callback_name, export_name
from generator.dylib.adapters.kit import Kit
from generator.dylib.adapters.values import start_export
from generator.dylib.code import intrinsics
from generator.dylib.code.assembly import Body
from generator.dylib.world.functions import FunctionUse
from generator.wasm.types import FuncType, ValType

I32 = ValType.I32

CALLBACK = FuncType((I32, I32, I32), (I32,))
"""(event, waitable, payload) -> the callback code."""


def write_async_export(kit: Kit, index: int, use: FunctionUse) -> None:
    """The core function: push the parameters and pass the context to the interpreter, which returns the callback code.
    The result goes through `task.return`, so there is no post-return."""
    name = export_name(kit.layout.resolve, use.instance.key, use.function, use.async_abi)
    core = kit.assembly.declare(name, use.signature.type)
    kit.assembly.export(name, core)
    body = core.body = Body(len(core.type.params))
    cx = start_export(kit, body, index, use)
    body.local_get(cx)
    body.i32_const(index)
    body.call_to(kit.assembly.intrinsic(intrinsics.EXPORT_ASYNC_CALL))
    write_callback(kit, index, use)


def write_callback(kit: Kit, index: int, use: FunctionUse) -> None:
    """The callback passes the event on; the interpreter knows which of its tasks runs."""
    name = callback_name(kit.layout.resolve, use.instance.key, use.function)
    callback = kit.assembly.declare(name, CALLBACK)
    kit.assembly.export(name, callback)
    body = callback.body = Body(len(CALLBACK.params))
    for local in range(len(CALLBACK.params)):
        body.local_get(local)
    body.i32_const(index)
    body.call_to(kit.assembly.intrinsic(intrinsics.EXPORT_ASYNC_CALLBACK))
