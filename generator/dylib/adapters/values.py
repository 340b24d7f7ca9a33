"""Parameters and results between the Canonical ABI and the interpreter's stack (`lift_flat_values` and
`lower_flat_values` in CanonicalABI.md)."""

from __future__ import annotations

from generator.dylib.adapters.kit import Kit
from generator.dylib.code import intrinsics
from generator.dylib.code.assembly import Body
from generator.dylib.world.functions import FunctionUse
from generator.wasm.types import ValType

I32 = ValType.I32


def lower_params(kit: Kit, body: Body, cx: int, use: FunctionUse, area: int) -> None:
    """Pop the parameters and leave them on the operand stack in the form of the core function's parameters.

    Spilled parameters are stored at `area`, a local, whose value replaces them. Otherwise `area` is a slot for
    addresses, if `needs_slot` says so.
    """
    if not use.signature.indirect_params:
        for param in use.params:
            kit.lower.to_flat(body, cx, param.node, area)
        return
    types = [param.type for param in use.function.params]
    for param, offset in zip(use.params, kit.layout.field_offsets(types), strict=True):
        kit.lower.to_memory(body, cx, param.node, area, offset)
    body.local_get(area)


def start_export(kit: Kit, body: Body, index: int, use: FunctionUse) -> int:
    """Begin the call of an export. Returns the local of its context; the parameters are pushed onto the context."""
    cx = body.local(I32)
    body.i32_const(index)
    body.call_to(kit.assembly.intrinsic(intrinsics.EXPORT_START))
    body.local_set(cx)
    lift_params(kit, body, cx, use)
    return cx


def lift_params(kit: Kit, body: Body, cx: int, use: FunctionUse) -> None:
    """Push the parameters of the core function that `body` belongs to, and free the memory of spilled ones.

    The caller allocated that memory with `cabi_realloc`, and no code needs it any more.
    """
    if not use.signature.indirect_params:
        types = use.signature.type.params
        start = 0
        for param in use.params:
            assert param.node.flat is not None
            end = start + len(param.node.flat)
            kit.lift.from_flat(body, cx, param.node, [(local, types[local]) for local in range(start, end)])
            start = end
        return
    param_types = [param.type for param in use.function.params]
    for param, offset in zip(use.params, kit.layout.field_offsets(param_types), strict=True):
        kit.lift.from_memory(body, cx, param.node, 0, offset)
    body.local_get(cx)
    body.local_get(0)
    for value in (*kit.layout.record(param_types), 0):
        body.i32_const(value)
    body.call_to(kit.assembly.intrinsic(intrinsics.DEALLOC_BYTES))


def lift_result(kit: Kit, body: Body, cx: int, use: FunctionUse, area: int, result_at: int) -> None:
    """Push the result of an import, which is on the operand stack or, passed in memory, at `area + result_at`."""
    if use.result is None:
        return
    if use.signature.result_pointer:
        kit.lift.from_memory(body, cx, use.result.node, area, result_at)
        return
    locals = [(body.local(type), type) for type in use.signature.type.results]
    for local, _ in locals:
        body.local_set(local)
    kit.lift.from_flat(body, cx, use.result.node, locals)
