"""Core imports of WIT: the meaning of module and field in the world. The names are those of
`generator.canonical.names`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generator.canonical.flatten import AsyncAbi, Context, Flattening
from generator.canonical.names import ROOT
from generator.component.canon import BuiltinOp, StringEncoding
from generator.componentize.builtins import NOTHING, TASK_CANCEL, ordinal, root_builtin, signature
from generator.componentize.definitions import (
    CopyBuiltin,
    CoreImport,
    LoweredFunction,
    Meaning,
    NewThread,
    ResourceBuiltin,
    TaskReturn,
)
from generator.componentize.errors import ComponentizeError
from generator.componentize.options import NeededOptions, TypeContents
from generator.componentize.plan import PlanModule
from generator.componentize.signatures import check_signature
from generator.componentize.standard_names import conventional_import, is_standard
from generator.componentize.threads import ENV, NEW_THREAD, context_import
from generator.componentize.world import ComponentWorld
from generator.names.component_names import canonical_interface_name, getter_of
from generator.names.versions import is_version
from generator.resolved.instances import Instances, InterfaceInstance
from generator.resolved.model import Function, FunctionItem, InterfaceId, InterfaceKey, TypeItem, WorldKey
from generator.resolved.types import Resource, Stream, TypeId
from generator.resolved.walk import copy_types
from generator.wasm.types import FuncType, ValType

_EXPORT = "[export]"
_RESOURCE = re.compile(r"\[resource-(new|rep|drop)\](.+)")
_COPY = re.compile(
    r"(\[async-lower\])?\[(stream|future)-"
    r"(new|read|write|forward|cancel-read|cancel-write|drop-readable|drop-writable)-([0-9]+|unit)\](.*)"
)
_COPY_TYPES = {
    "new": FuncType((), (ValType.I64,)),
    "cancel-read": signature(1, 1),
    "cancel-write": signature(1, 1),
    "drop-readable": signature(1),
    "drop-writable": signature(1),
    "forward": signature(2),
}
_NEVER_ASYNC = frozenset(("new", "forward", "drop-readable", "drop-writable"))
"""Built-ins without the option `async` (Binary.md, "Canonical Definitions")."""


@dataclass(frozen=True, slots=True)
class _Found:
    meaning: Meaning
    type: FuncType
    needs: NeededOptions = NOTHING
    encoding: StringEncoding | None = None


class _Names:
    """Instances of interfaces by the names that core modules import them under. `replaced`: interfaces that are called
    by their own name, though another one is the instance."""

    def __init__(
        self,
        homes: Instances,
        interfaces: Mapping[WorldKey, InterfaceInstance],
        replaced: Mapping[InterfaceId, InterfaceId],
    ) -> None:
        self.exact: dict[str, InterfaceInstance] = {}
        self.compatible: dict[str, list[InterfaceInstance]] = {}
        """By the part of the name that compatible versions share."""
        for key, home in interfaces.items():
            name = homes.resolve.world_key_name(key)
            self.exact.setdefault(name, home)
            if isinstance(key, InterfaceKey):
                self.compatible.setdefault(canonical_interface_name(name)[0], []).append(home)
        for old, new in replaced.items():
            self.exact[homes.resolve.world_key_name(InterfaceKey(old))] = interfaces[InterfaceKey(new)]


class CoreImports:
    """Looks core imports up in the component's world."""

    def __init__(self, world: ComponentWorld, homes: Instances, *, legacy_names: bool = True) -> None:
        self._legacy_names = legacy_names
        self.world = world
        self.homes = homes
        self.resolve = world.resolve
        self.flattening = Flattening(world.resolve)
        self.contents = TypeContents(world.resolve)
        self._items = world.resolve.worlds[world.world]
        self._modules: dict[tuple[str, str], InterfaceInstance] = {}
        self._imported_names = _Names(homes, homes.imports, world.replaced)
        self._exported_names = _Names(homes, homes.exports, {})

    def find(self, module: PlanModule, namespace: str, field: str, type: FuncType) -> CoreImport:
        """The meaning of the function import `namespace` `field` of `module`. Raises ComponentizeError if the world has
        no such item, or has it with another core type."""
        where = f"module `{module.name}`: import `{namespace}` `{field}`"
        if namespace == ENV:
            context = context_import(field, type)
            if context is not None:
                check_signature(where, context.type, type)
                return CoreImport(context.meaning, type, context.needs, context.encoding)
        if not self._legacy_names and not is_standard(namespace):
            raise ComponentizeError(f"{where}: it is no standard name, and legacy names are rejected")
        namespace, field = conventional_import(namespace, field)
        home = self._home(module.name, namespace, where)
        try:
            found = self._find(home, field, exported=namespace.startswith(_EXPORT))
        except ComponentizeError as error:
            raise ComponentizeError(f"{where}: {error}") from None
        if found is None:
            raise ComponentizeError(f"{where}: {self.homes.describe(home)} has no such {self._side(namespace)}")
        check_signature(where, found.type, type)
        encoding = found.encoding or self.string_encoding(module, home, found, where)
        return CoreImport(found.meaning, type, found.needs, encoding)

    @staticmethod
    def _side(namespace: str) -> str:
        return "exported function, resource or built-in" if namespace.startswith(_EXPORT) else "function or built-in"

    # Interfaces

    def _home(self, module: str, namespace: str, where: str) -> InterfaceInstance:
        home = self._modules.get((module, namespace))
        if home is None:
            exported = namespace.startswith(_EXPORT)
            name = namespace[len(_EXPORT) :] if exported else namespace
            home = self.homes.root if name == ROOT else self.find_interface(name, exported, module, where)
            if home is None:
                hint = "" if ":" in name or exported else " (an adapter may: `component link --adapt`)"
                raise ComponentizeError(
                    f"{where}: the world {'exports' if exported else 'imports'} no interface `{name}`, "
                    f"and no other module provides it{hint}"
                )
            self._modules[module, namespace] = home
        return home

    def find_interface(self, name: str, exported: bool, module: str, where: str) -> InterfaceInstance | None:
        """The instance that a core module calls by that name; also by a compatible version of it. Of several compatible
        versions the one in the module's own world; raises ComponentizeError if that does not decide."""
        names = self._exported_names if exported else self._imported_names
        found = names.exact.get(name)
        if found is not None:
            return found
        _, _, version = name.partition("@")
        several = names.compatible.get(canonical_interface_name(name)[0] if is_version(version) else name, [])
        if len(several) > 1:
            own = self.world.modules[module]
            mentioned = own.exports if exported else own.imports
            mine = [home for home in several if home.key in mentioned]
            if len(mine) != 1:
                versions = " and ".join(self.homes.describe(home) for home in several)
                raise ComponentizeError(
                    f"{where}: the name does not say which of compatible versions it means: {versions}"
                )
            several = mine
        return several[0] if several else None

    def _function(self, home: InterfaceInstance, name: str, exported: bool) -> Function | None:
        if home.interface is not None:
            return self.resolve.interfaces[home.interface].functions.get(name)
        item = (self._items.exports if exported else self._items.imports).get(name)
        return item.function if isinstance(item, FunctionItem) else None

    def imported_getter(self, home: InterfaceInstance, function: Function) -> Function | None:
        """The getter beside an imported setter; None for other functions."""
        getter = getter_of(function.name)
        return None if getter == function.name else self._function(home, getter, exported=False)

    def _resource(self, home: InterfaceInstance, name: str) -> TypeId | None:
        if home.interface is not None:
            id = self.resolve.interfaces[home.interface].types.get(name)
        else:
            item = self._items.imports.get(name)
            id = item.id if isinstance(item, TypeItem) else None
        return id if id is not None and isinstance(self.resolve.types[id].kind, Resource) else None

    # Functions and built-ins

    def _find(self, home: InterfaceInstance, field: str, exported: bool) -> _Found | None:
        if not exported:
            found = self._lowered(home, field)
            if found is not None:
                return found
            if home.interface is None:
                if field == NEW_THREAD:
                    return _Found(NewThread(), signature(2, 1))
                builtin = root_builtin(field)
                if builtin is not None:
                    return _Found(builtin.meaning, builtin.type, builtin.needs, builtin.encoding)
        if not field.startswith("["):
            return None
        return self._resource_builtin(home, field, exported) or (
            (self._task(home, field) if exported else None) or self._copy(home, field, exported)
        )

    def _lowered(self, home: InterfaceInstance, field: str) -> _Found | None:
        name = field.removeprefix("[async-lower]")
        function = self._function(home, name, exported=False)
        if function is None:
            return None
        abi = AsyncAbi.SYNC if name == field else AsyncAbi.STACKFUL
        if abi is not AsyncAbi.SYNC and not function.is_async:
            # CanonicalABI.md, "canon lower" (component-model PR 646): `async` needs an async function type.
            raise ComponentizeError(f"`{name}` is not an async function")
        core = self.flattening.flatten_functype(function, Context.LOWER, abi)
        return _Found(LoweredFunction(home, function, abi), core.type, self.contents.to_lower(function, core))

    def _resource_builtin(self, home: InterfaceInstance, field: str, exported: bool) -> _Found | None:
        match = _RESOURCE.fullmatch(field)
        resource = None if match is None else self._resource(home, match[2])
        if match is None or resource is None or (match[1] != "drop" and not exported):
            return None
        op = BuiltinOp[f"RESOURCE_{match[1].upper()}"]
        return _Found(ResourceBuiltin(op, home, resource), signature(1, 0 if match[1] == "drop" else 1))

    def _task(self, home: InterfaceInstance, field: str) -> _Found | None:
        if field == "[task-cancel]":
            return _Found(TASK_CANCEL.meaning, TASK_CANCEL.type)
        if not field.startswith("[task-return]"):
            return None
        function = self._function(home, field.removeprefix("[task-return]"), exported=True)
        if function is None:
            return None
        core = self.flattening.task_return_type(function)
        return _Found(TaskReturn(home, function), core.type, self.contents.to_return(function, self.flattening))

    def _copy(self, home: InterfaceInstance, field: str, exported: bool) -> _Found | None:
        match = _COPY.fullmatch(field)
        if match is None:
            return None
        prefix, kind, word, place, name = match.groups()
        if prefix is not None and word in _NEVER_ASYNC:
            return None
        op = BuiltinOp[f"{kind}_{word}".upper().replace("-", "_")]
        type: TypeId | None = None
        if place != "unit":
            function = self._function(home, name, exported)
            types = [] if function is None else copy_types(self.resolve, function)
            number = ordinal(place)
            if number is None or number >= len(types):
                return None
            type = types[number]
            if isinstance(self.resolve.types[type].kind, Stream) != (kind == "stream"):
                return None
        core = _COPY_TYPES.get(word) or signature(3 if kind == "stream" else 2, 1)
        needs = self._copy_needs(type, word) if word in ("read", "write") else NOTHING
        return _Found(CopyBuiltin(op, home, type, prefix is not None, name, exported), core, needs)

    def _copy_needs(self, type: TypeId | None, word: str) -> NeededOptions:
        payload = None if type is None else self.resolve.types[type].kind
        element = getattr(payload, "type", None)
        pointers, strings = self.contents.of([element])
        return NeededOptions(True, pointers and word == "read", strings)

    # String encodings

    def string_encoding(self, module: PlanModule, home: InterfaceInstance, found: _Found, where: str) -> StringEncoding:
        """The encoding that the module's own world gives to the item."""
        world = self.world.modules[module.name]
        key: WorldKey | None = home.key
        exported = home.exported
        if key is None:
            match found.meaning:
                case LoweredFunction(function=function):
                    key = function.name
                case TaskReturn(function=function):
                    key, exported = function.name, True
                case CopyBuiltin() as copy if copy.type is not None:
                    key, exported = copy.function, copy.exported
        encodings = world.exports if exported else world.imports
        encoding = None if key is None else encodings.get(key)
        if encoding is None and found.needs.string_encoding and key is not None:
            raise ComponentizeError(
                f"{where}: the module does not say which string encoding it uses: its `component-type` sections do not "
                f"mention `{self.resolve.world_key_name(key)}`"
            )
        return encoding or StringEncoding.UTF8
