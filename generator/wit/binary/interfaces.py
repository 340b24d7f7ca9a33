"""Instances as WIT interfaces, functions as WIT functions, and the packages in interface names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from generator.component.errors import BinaryError
from generator.component.nodes import ExternItem, FuncNode, InstanceNode, TypeNode
from generator.names.component_names import (
    ExternName,
    InterfaceName,
    bad_label,
    is_label,
    name_clash,
    parse_function_name,
    parse_interface_name,
)
from generator.names.versions import is_version
from generator.resolved.kinds import function_kind, shape
from generator.resolved.model import (
    Accessor,
    Freestanding,
    Function,
    FunctionKind,
    Interface,
    InterfaceId,
    InterfaceOwner,
    Package,
    PackageId,
    PackageName,
    Param,
    Resolve,
)
from generator.resolved.types import Alias, Resource, TypeId
from generator.wit.accessors import accessor_of, pair_problem
from generator.wit.binary.conversion import TypeConversion, definition_shape
from generator.wit.binary.validity import function_problem
from generator.wit.elaborate import interface_dependencies
from generator.wit.unique import interface_clash

_bad_parameters = lru_cache(maxsize=4096)(bad_label)
_param = lru_cache(maxsize=4096)(Param)
"""Many functions have the same parameters."""
_PLAIN = Freestanding()


class Interfaces:
    """Interfaces of one file by their full names: all imports, exports and mentions of a name are one interface, unless
    `forget_names` is called in between."""

    def __init__(self) -> None:
        self.resolve = Resolve()
        self.types = TypeConversion(self.resolve)
        self._named: dict[tuple[PackageName, str], InterfaceId] = {}
        self._packages: dict[PackageName, PackageId] = {}

    def package(self, name: PackageName) -> PackageId:
        """A package, made at its first mention."""
        id = self._packages.get(name)
        if id is None:
            id = self._packages[name] = PackageId(len(self.resolve.packages))
            self.resolve.packages.append(Package(name, {}, {}))
        return id

    def named(self, full_name: ExternName, instance: InstanceNode, offset: int) -> InterfaceId:
        """The interface of this name; new items of the instance are added."""
        name, package_name = interface_and_package(full_name, offset)
        key = (package_name, name.interface)
        id = self._named.get(key)
        if id is None:
            package = self.package(package_name)
            id = self._named[key] = self._new(Interface(name.interface, package, {}, {}))
            self.resolve.packages[package].interfaces[name.interface] = id
        self._fill(id, instance)
        return id

    def forget_names(self) -> None:
        """From now on an already mentioned name refers to another interface of the same name."""
        self._named.clear()

    def inline(self, package: PackageId, instance: InstanceNode) -> InterfaceId:
        """An interface without a name."""
        id = self._new(Interface(None, package, {}, {}))
        self._fill(id, instance)
        return id

    def _new(self, interface: Interface) -> InterfaceId:
        self.resolve.interfaces.append(interface)
        return InterfaceId(len(self.resolve.interfaces) - 1)

    def _fill(self, id: InterfaceId, instance: InstanceNode) -> None:
        check_names(instance.exports)
        interface = self.resolve.interfaces[id]
        is_new = not (interface.types or interface.functions)
        self.types.owner = InterfaceOwner(id)
        for name, item in instance.exports.items():
            node = item.node
            if isinstance(node, TypeNode):
                known = interface.types.get(name)
                if known is None:
                    interface.types[name] = self.define_type(item, node)
                else:
                    self._same(known, name, item, node)
            elif isinstance(node, FuncNode):
                if name not in interface.functions:
                    interface.functions[name] = self.function(item, node, interface.types, interface.functions)
            else:
                raise BinaryError(f"export {name!r} is neither a type nor a function", item.offset)
        clash = None if is_new else interface_clash(self.resolve, id)  # with the items of other instances of this name
        if clash is not None:
            here = next(name for name in reversed(clash) if name in instance.exports)
            raise BinaryError(f"{clash[1]!r} has the same name as {clash[0]!r}", instance.exports[here].offset)

    def define_type(self, item: ExternItem, node: TypeNode) -> TypeId:
        name = item.name.name
        if not is_label(name):
            raise BinaryError(f"{name!r} is not a name of a type", item.offset)
        return self.types.define(node, name, item.name.external_id)

    def _same(self, known: TypeId, name: str, item: ExternItem, node: TypeNode) -> None:
        """A type that an interface of this name already has: the same by a shallow comparison."""
        there = self.resolve.types[known].kind
        is_new = not isinstance(there, Alias) and self.types.find(node) is None
        if is_new and definition_shape(node) != shape(there):
            raise BinaryError(f"type {name!r} differs from the type of the same interface before", item.offset)
        self.types.bind(node, known)

    def function(
        self, item: ExternItem, node: FuncNode, types: dict[str, TypeId], before: Mapping[str, Function]
    ) -> Function:
        """A function; `types` are the types of its scope, including the resource of a method; `before` are functions,
        including the getter of a setter."""
        scope = node.scope.types
        problem = _bad_parameters(tuple([name for name, _ in node.type.params]))
        if problem is not None:
            raise BinaryError(f"parameters of {item.name.name!r}: {problem}", item.offset)
        params = tuple([_param(name, self.types.valtype(type, scope)) for name, type in node.type.params])
        result = None if node.type.result is None else self.types.valtype(node.type.result, scope)
        kind = self._function_kind(item, types)
        name, external_id = item.name.name, item.name.external_id
        function = Function(name, kind, params, result, node.type.is_async, external_id=external_id)
        problem = function_problem(self.resolve, function, self.types.borrows)
        if problem is None and kind is not _PLAIN and accessor_of(function) is Accessor.SET:
            problem = pair_problem(self.resolve, before, function)
        if problem is not None:
            raise BinaryError(f"{name!r}: {problem}", item.offset)
        return function

    def _function_kind(self, item: ExternItem, types: dict[str, TypeId]) -> FunctionKind:
        if is_label(item.name.name):
            return _PLAIN
        name = parse_function_name(item.name.name)
        if name is None:
            raise BinaryError(f"{item.name.name!r} is not a name of a function", item.offset)
        accessor = None if name.accessor is None else Accessor(name.accessor)
        if name.resource is None:
            return Freestanding(accessor)
        resource = types.get(name.resource)
        if resource is None or not isinstance(self.resolve.types[resource].kind, Resource):
            raise BinaryError(f"{item.name.name!r}: its scope has no resource {name.resource!r}", item.offset)
        return function_kind(name.annotation, resource, accessor)

    def finish(self, main: PackageId) -> PackageId:
        """Sort packages so that dependencies come first and the main package last; returns its new id."""
        order = self._order(main)
        places = {old: PackageId(place) for place, old in enumerate(order)}
        resolve = self.resolve
        resolve.packages[:] = [resolve.packages[old] for old in order]
        for index, interface in enumerate(resolve.interfaces):
            if interface.package is not None:
                resolve.interfaces[index] = replace(interface, package=places[interface.package])
        for index, world in enumerate(resolve.worlds):
            if world.package is not None:
                resolve.worlds[index] = replace(world, package=places[world.package])
        return places[main]

    def _order(self, main: PackageId) -> list[PackageId]:
        uses: dict[PackageId, dict[PackageId, None]] = {PackageId(i): {} for i in range(len(self.resolve.packages))}
        for index, interface in enumerate(self.resolve.interfaces):
            for used in interface_dependencies(self.resolve, InterfaceId(index)):
                package = self.resolve.interfaces[used].package
                if interface.package is not None and package is not None:
                    uses[interface.package][package] = None
        order: dict[PackageId, None] = {}
        for start in uses:
            waiting = [start]
            opened: set[PackageId] = set()
            while waiting:
                current = waiting[-1]
                missing = [used for used in uses[current] if used not in order and used not in opened]
                opened.add(current)
                if missing:
                    waiting.append(missing[0])
                else:
                    order[waiting.pop()] = None
        del order[main]
        return [*order, main]


def check_names(items: Mapping[str, ExternItem]) -> None:
    """Raises BinaryError for two names of imports or exports that are not strongly-unique."""
    clash = name_clash(items)
    if clash is not None:
        first, second = clash
        raise BinaryError(f"{second!r} has the same name as {first!r}", items[second].offset)


def interface_and_package(name: ExternName, offset: int) -> tuple[InterfaceName, PackageName]:
    """The parts of a full interface name, and the package with its full version."""
    parsed = parse_interface_name(name.name)
    if parsed is None:
        raise BinaryError(f"{name.name!r} is not a full name of an interface or world", offset)
    version = parsed.version
    if version is not None:
        version += name.version_suffix or ""
        if not is_version(version):
            raise BinaryError(f"{name.name!r}: {version!r} is not a semantic version", offset)
    return parsed, PackageName(parsed.namespace, parsed.package, version)
