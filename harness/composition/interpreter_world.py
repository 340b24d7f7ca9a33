"""The additions of `boxed` to the world that it is linked with (interpreters/wit/boxed.wit)."""

from __future__ import annotations

from dataclasses import replace

from harness.composition.anchor import EXPORT as ANCHOR
from harness.plan.plan import Plan
from harness.world.types import Param, Prim
from harness.world.world import Function, Interface, World

HOST = "harness:boxed/host@0.1.0"
CONTROL = "harness:boxed/control@0.1.0"


def _interface(key: str, *functions: Function) -> Interface:
    return Interface(key, {function.name: function for function in functions})


_IMPORTS = _interface(
    HOST,
    Function(HOST, "script", (), Prim.STRING),
    Function(HOST, "trace", (Param("lines", Prim.STRING),), None),
)
_EXPORTS = _interface(CONTROL, Function(CONTROL, "run", (), None), Function(CONTROL, "finish", (), None))


def with_interpreter(world: World) -> World:
    """The world of a component that consists of a library for `world` and the interpreter."""
    return replace(world, imports={**world.imports, HOST: _IMPORTS}, exports={**world.exports, CONTROL: _EXPORTS})


def interpreters_own(plan: Plan) -> str:
    """Why a world cannot run with the interpreter: it shares an import or export with the interpreter. Empty if it can
    run; other interfaces of the interpreter's package, and other versions, do no harm."""
    for role, world in plan.worlds.items():
        for key, items in ((HOST, world.imports), (CONTROL, world.exports)):
            if key in items:
                return (
                    f"the world of the {role.value} has the interface {key}, which belongs to the interpreter that the "
                    "harness links with it: such a world cannot be run; give the package another name"
                )
    return ""


def without_anchor(world: World) -> World:
    """A component's world without the anchor of its library (`harness/composition/anchor.py`)."""
    own = world.exports.get(None)
    if own is None or ANCHOR not in own.functions:
        return world
    functions = {name: function for name, function in own.functions.items() if name != ANCHOR}
    exports = {**world.exports, None: replace(own, functions=functions)}
    return replace(world, exports=exports if functions else {key: exports[key] for key in exports if key is not None})
