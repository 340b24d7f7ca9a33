"""The memory that the caller of an import provides for one call (`canon_lower` in CanonicalABI.md)."""

from __future__ import annotations

from dataclasses import dataclass

from generator.canonical.layout import POINTER_SIZE, Layout, align_to
from generator.dylib.world.functions import FunctionUse

SLOT_SIZE = 2 * POINTER_SIZE
"""The slot in which the interpreter leaves an address; together with the length, it is a list in memory."""


@dataclass(frozen=True, slots=True)
class CallArea:
    """Spilled parameters as a record at its start, then the result if it is passed in memory.

    `result_at` is the result's offset. A size of 0: nothing is passed in memory.
    """

    result_at: int
    size: int
    alignment: int


def async_call_area(layout: Layout, use: FunctionUse) -> CallArea:
    """The area of an async call: one record of the values that are passed in memory.

    The interpreter gets its size (`async_abi_area_size`), so its layout must be the reference's; it comes from the
    reference's behaviour.
    """
    types = [param.type for param in use.function.params] if use.signature.indirect_params else []
    if use.signature.result_pointer:
        assert use.function.result is not None
        types.append(use.function.result)
    result_at = layout.field_offsets(types)[-1] if use.signature.result_pointer else 0
    return CallArea(result_at, *layout.record(types))


def call_area(layout: Layout, use: FunctionUse) -> CallArea:
    """The area of a synchronous call; it depends only on the function and its core signature."""
    params_size, alignment = 0, 1
    if use.signature.indirect_params:
        params_size, alignment = layout.record([param.type for param in use.function.params])
    if not use.signature.result_pointer:
        return CallArea(params_size, params_size, alignment)
    assert use.result is not None
    result_at = align_to(params_size, use.result.node.alignment)
    return CallArea(result_at, result_at + use.result.node.size, max(alignment, use.result.node.alignment))


def needs_slot(use: FunctionUse) -> bool:
    """Whether lowering the parameters needs `SLOT_SIZE` bytes, aligned as a pointer."""
    return not use.signature.indirect_params and any(param.node.has_pointers for param in use.params)
