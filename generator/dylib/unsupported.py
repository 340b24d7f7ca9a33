"""Unsupported items of a world: refused by name and all at once."""

from __future__ import annotations

from collections.abc import Iterable

from generator.canonical.limits import LARGEST_SIZE, oversized_types
from generator.dylib.world.functions import FunctionUse
from generator.dylib.world.type_table import TypeTable
from generator.dylib.world.types import Kind, Node
from generator.errors import GeneratorError
from generator.resolved.model import Function, InterfaceItem, Resolve, World, WorldKey
from generator.resolved.types import Resource
from generator.wit.printer_types import type_text

SYMBOLS = "env"
"""The core module from which dynamic libraries import functions, the memory and the table."""

MEMORY_SIZE = 1 << 32
"""Bytes of the largest memory."""


class UnsupportedError(GeneratorError):
    """`items`: a line for each thing, such as "unsupported: map in function a:b/c#f: maps need --abi-version 3
    (x.wit:3:5)". All lines but the first are indented, as in every message."""

    def __init__(self, items: Iterable[str]) -> None:
        self.items = tuple(dict.fromkeys(items))
        super().__init__("\n  ".join(self.items))


def refuse_async_without_type(resolve: Resolve, functions: Iterable[FunctionUse]) -> None:
    """Raises UnsupportedError if an `--async` filter makes a function async whose type is not.

    CanonicalABI.md, "canon lift" and "canon lower" (component-model PR 646): no component of the library is valid.
    """
    items = [
        f"unsupported: --async for function {_name(resolve, use.instance.key, use.function.name)}: "
        f"it is not an `async func`{_place(use.function)}"
        for use in functions
        if use.is_async and not use.function.is_async
    ]
    if items:
        raise UnsupportedError(items)


def refuse_env(resolve: Resolve, world: World) -> None:
    """Raises UnsupportedError if the world imports an interface by the plain name `env`.

    Its functions would be imported from the core module `env`, the module of a library's own symbols (tool-conventions,
    DynamicLinking.md): no linker can distinguish the two.
    """
    for key, item in world.imports.items():
        if resolve.world_key_name(key) == SYMBOLS and isinstance(item, InterfaceItem):
            interface = resolve.interfaces[item.id]
            has_resources = any(isinstance(resolve.types[type].kind, Resource) for type in interface.types.values())
            if interface.functions or has_resources:
                reason = f"libraries import their symbols from the core module `{SYMBOLS}`; give it another name"
                raise UnsupportedError([f"unsupported: imported interface {SYMBOLS}: {reason}"])


def refuse_maps(resolve: Resolve, functions: Iterable[FunctionUse], nodes: Iterable[Node]) -> None:
    """Raises UnsupportedError if there is a map: version 2 of the interface has none."""
    known: dict[Node, bool] = {}
    for node in nodes:  # parts come before wholes
        known[node] = node.kind is Kind.MAP or any(part is not None and known[part] for part in node.parts)
    reason = "maps need --abi-version 3"
    items = [
        f"unsupported: map in function {_name(resolve, use.instance.key, use.function.name)}: "
        f"{reason}{_place(use.function)}"
        for use in functions
        if any(known[param.node] for param in use.params) or (use.result is not None and known[use.result.node])
    ]
    items += [f"unsupported: map in type {node.name}: {reason}" for node in known if known[node] and not items]
    if items:
        raise UnsupportedError(items)


def refuse_oversized(table: TypeTable, functions: Iterable[FunctionUse]) -> None:
    """Raises UnsupportedError if a type is too large, or parameters and result of a call together."""
    resolve = table.resolve
    items = [
        f"unsupported: type {type_text(resolve, id)}: it takes {size} bytes; at most {LARGEST_SIZE} are allowed"
        for id, size in oversized_types(resolve, table.definitions())
    ]
    for use in functions:
        size, _ = table.layout.record([param.type for param in use.function.params])
        size += 0 if use.result is None else use.result.node.size
        if size >= MEMORY_SIZE:
            name = _name(resolve, use.instance.key, use.function.name)
            problem = f"{size} bytes of parameters and result do not fit in memory"
            items.append(f"unsupported: function {name}: {problem}{_place(use.function)}")
    if items:
        raise UnsupportedError(items)


def _name(resolve: Resolve, key: WorldKey | None, function: str) -> str:
    return function if key is None else f"{resolve.world_key_name(key)}#{function}"


def _place(function: Function) -> str:
    """Binary packages have no places."""
    span = function.span
    return "" if span is None else f" ({span.file}:{span.line}:{span.column})"
