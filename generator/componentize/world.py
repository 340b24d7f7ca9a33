"""The one world of a component: the union of the worlds that its modules carry in `component-type` sections, and the
module that carries each item (the union is a convention of wasm-tools)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from generator.component.canon import StringEncoding
from generator.componentize.errors import ComponentizeError
from generator.componentize.plan import EncodingPlan, PlanModule
from generator.errors import GeneratorError
from generator.resolved.model import InterfaceId, InterfaceKey, Resolve, WorldId, WorldKey
from generator.resolved.types import Primitive, Resource, Type
from generator.resolved.walk import parts
from generator.wit.binary.decode import decode_world
from generator.wit.binary.limits import check_types, check_world
from generator.wit.merge import Union
from generator.wit.semver import merge_imports_by_version


@lru_cache(maxsize=64)
def decoded_world(section: bytes) -> tuple[Resolve, WorldId, str]:
    """`decode_world` with a cache: the linker and this module read a library's world, and each link reads an
    interpreter's. The resolution is shared: nobody may change it."""
    return decode_world(section)


@dataclass(frozen=True, slots=True)
class ModuleWorld:
    """The contents of a module's own `component-type` sections: its imports and exports, and their string encoding."""

    imports: dict[WorldKey, StringEncoding] = field(default_factory=dict)
    exports: dict[WorldKey, StringEncoding] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ComponentWorld:
    resolve: Resolve
    world: WorldId
    modules: dict[str, ModuleWorld]
    """By the module's name in the plan."""
    replaced: dict[InterfaceId, InterfaceId]
    """Removed imports, each with the import of a higher version that replaces it."""


def unite_worlds(plan: EncodingPlan, merge_versions: bool) -> ComponentWorld:
    """Decode and unite the worlds of all modules, in the order of instantiation (as the reference orders the items).
    Raises ComponentizeError (or another GeneratorError, with the module's name) if they contradict each other."""
    union = Union()
    modules: dict[str, ModuleWorld] = {}
    for module in plan.modules:
        modules[module.name] = add_module(union, module)
    crossing = union.finish()
    replaced = merge_imports_by_version(union.resolve, union.world) if merge_versions else {}
    check_types(union.resolve)
    check_world(union.resolve, union.world)
    _check_crossing(plan, union.resolve, crossing)
    for module_world in modules.values():
        _rename(module_world.imports, replaced)
    return ComponentWorld(union.resolve, union.world, modules, replaced)


def _check_crossing(plan: EncodingPlan, resolve: Resolve, crossing: dict[InterfaceId, WorldKey]) -> None:
    """A module exports something that uses an interface which its own world imports and another module's world exports.
    The component's export uses the exported interface. If that interface has resources, the module must not take
    anything from the imported one: its resources would be other resources. Values are the same on both sides."""
    names = {resolve.interface_id(id): key for id, key in crossing.items() if _has_resources(resolve, id)}
    for module in plan.modules:
        for item in module.module.imports:
            if item.module not in module.imports and item.module in names:
                raise ComponentizeError(
                    f"module `{module.name}`: export `{resolve.world_key_name(names[item.module])}` uses the imported "
                    f"interface `{item.module}`, which another module's world exports, but the module also imports "
                    f"`{item.name}` from it"
                )


def _has_resources(resolve: Resolve, interface: InterfaceId) -> bool:
    """Whether types of the interface are resources or have handles, its own or those of interfaces that it uses."""
    waiting: list[Type] = list(resolve.interfaces[interface].types.values())
    seen: set[Type] = set()
    while waiting:
        type = waiting.pop()
        if isinstance(type, Primitive) or type in seen:
            continue
        seen.add(type)
        kind = resolve.types[type].kind
        if isinstance(kind, Resource):
            return True
        waiting += parts(kind)
    return False


def add_module(union: Union, module: PlanModule) -> ModuleWorld:
    """Unite the worlds that a module carries with those of the others."""
    world = ModuleWorld()
    for section in module.component_types:
        try:
            resolve, id, word = decoded_world(section.data)
            part = union.add(resolve, id)
        except GeneratorError as error:
            raise ComponentizeError(f"module `{module.name}`, section `{section.name}`: {error}") from error
        encoding = StringEncoding(word)
        _note(world.imports, part.imports, encoding, module, union.resolve)
        _note(world.exports, part.exports, encoding, module, union.resolve)
    return world


def _note(
    encodings: dict[WorldKey, StringEncoding],
    keys: Iterable[WorldKey],
    encoding: StringEncoding,
    module: PlanModule,
    resolve: Resolve,
) -> None:
    for key in keys:
        known = encodings.setdefault(key, encoding)
        if known is not encoding:
            raise ComponentizeError(
                f"module `{module.name}` says twice what string encoding `{resolve.world_key_name(key)}` has: "
                f"{known.value} and {encoding.value}"
            )


def _rename(encodings: dict[WorldKey, StringEncoding], replaced: dict[InterfaceId, InterfaceId]) -> None:
    for old, new in replaced.items():
        encoding = encodings.pop(InterfaceKey(old), None)
        if encoding is not None:
            encodings.setdefault(InterfaceKey(new), encoding)
