"""The additions of `boxed` to the world that it is linked with (interpreters/wit/boxed.wit)."""

from __future__ import annotations

from dataclasses import replace

from harness.composition.anchor import EXPORT as ANCHOR
from harness.composition.compose import ASYNC_CONTROL, ASYNC_HOST, CONTROL, HOST
from harness.composition.initial_state import EXPORT as INIT
from harness.plan.plan import Plan
from harness.world.types import Param, Prim
from harness.world.world import Function, Interface, World

WASI = "wasi:"
"""The prefix of interfaces that the engine provides."""


def _interface(key: str, *functions: Function) -> Interface:
    return Interface(key, {function.name: function for function in functions})


def _host(name: str) -> Interface:
    traced = (Param("lines", Prim.STRING),)
    return _interface(name, Function(name, "script", (), Prim.STRING), Function(name, "trace", traced, None))


def _control(name: str, is_async: bool) -> Interface:
    entries = [Function(name, entry, (), None, is_async) for entry in ("run", "finish")]
    return _interface(name, *entries)


_OWN = {False: (_host(HOST), _control(CONTROL, False)), True: (_host(ASYNC_HOST), _control(ASYNC_CONTROL, True))}
"""The import and the export of the interpreters, by whether they are for asynchronous worlds."""


def with_interpreter(world: World, asynchronous: bool = False) -> World:
    """The world of a component that consists of a library for `world` and the interpreter."""
    host, control = _OWN[asynchronous]
    imports = {**world.imports, host.key: host}
    return replace(world, imports=imports, exports={**world.exports, control.key: control})


def interpreters_own(plan: Plan) -> str:
    """Why a world cannot run with the interpreter: it shares an import or export with the interpreter. Empty if it can
    run; other interfaces of the interpreter's package, and other versions, do no harm."""
    host, control = _OWN[plan.asynchronous]
    for role, world in plan.worlds.items():
        for key, items in ((host.key, world.imports), (control.key, world.exports)):
            if key in items:
                return (
                    f"the world of the {role.value} has the interface {key}, which belongs to the interpreter that the "
                    "harness links with it: such a world cannot be run; give the package another name"
                )
    return ""


def without_wasi(world: World) -> World:
    """A component's world without the imports of an adapter (`harness/composition/initial_wasi.py`)."""
    return replace(
        world, imports={key: item for key, item in world.imports.items() if not (key or "").startswith(WASI)}
    )


def without_anchor(world: World) -> World:
    """A component's world without what libraries of the harness export: the anchor (`harness/composition/anchor.py`)
    and the function for initialisation (`harness/composition/initial_state.py`)."""
    own = world.exports.get(None)
    if own is None or not {ANCHOR, INIT} & own.functions.keys():
        return world
    functions = {name: function for name, function in own.functions.items() if name not in (ANCHOR, INIT)}
    exports = {**world.exports, None: replace(own, functions=functions)}
    return replace(world, exports=exports if functions else {key: exports[key] for key in exports if key is not None})
