"""Helper functions of types, made at their first call."""

from __future__ import annotations

from generator.dylib.code.assembly import Assembly, Body, Func
from generator.dylib.code.plan import Conversion, HelperPlan, Mode
from generator.dylib.world.types import Node
from generator.wasm.code import Op
from generator.wasm.types import FuncType, ValType

I32 = ValType.I32

_PREFIX = {
    Mode.LIFT_MEMORY: "lift",
    Mode.LIFT_FLAT: "lift flat",
    Mode.LOWER_FLAT: "lower flat",
    Mode.LOWER_MEMORY: "lower",
}


def helper_type(node: Node, mode: Mode) -> FuncType:
    """Lift: (cx, address) or (cx, flat values...). Lower: (cx, address), or (cx[, slot]) with the flat values as
    results.

    `slot` is the address of 8 bytes for an address and a length; only types with pointers among their flat values
    need it.
    """
    if mode in (Mode.LIFT_MEMORY, Mode.LOWER_MEMORY):
        return FuncType((I32, I32))
    assert node.flat is not None, "the type is passed flat"
    if mode is Mode.LIFT_FLAT:
        return FuncType((I32, *node.flat))
    return FuncType((I32, I32) if node.has_pointers else (I32,), node.flat)


class Helpers:
    """Provides helpers; `pending` are those whose body is not yet written."""

    def __init__(self, assembly: Assembly, plan: HelperPlan) -> None:
        self.assembly = assembly
        self.plan = plan
        self.pending: list[tuple[Conversion, Func]] = []
        self.known: dict[Conversion, Func] = {}
        self._invalid: Func | None = None

    def find(self, node: Node, mode: Mode) -> Func | None:
        """The helper for a conversion, or None if its code is inlined."""
        conversion = (node, mode)
        function = self.known.get(conversion)
        if function is None and self.plan.is_helper(node, mode):
            function = self.assembly.declare(f"{_PREFIX[mode]} {node.name}", helper_type(node, mode))
            self.known[conversion] = function
            self.pending.append((conversion, function))
        return function

    def invalid_discriminant(self) -> Func:
        """A function that traps: its name says why in the engine's backtrace."""
        if self._invalid is None:
            self._invalid = self.assembly.declare("invalid discriminant", FuncType(()))
            body = self._invalid.body = Body(0)
            body.op(Op.UNREACHABLE)
        return self._invalid
