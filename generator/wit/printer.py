"""A `Resolve` as WIT text that parses to the same `Resolve`. The layout is that of the reference's `component wit`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from generator.resolved.model import (
    Constructor,
    Freestanding,
    Function,
    FunctionItem,
    Interface,
    InterfaceId,
    InterfaceItem,
    InterfaceOwner,
    Method,
    Owner,
    Package,
    PackageId,
    PackageName,
    Resolve,
    Static,
    TypeDef,
    TypeItem,
    World,
    WorldId,
    WorldItem,
    WorldKey,
    WorldOwner,
)
from generator.resolved.types import Alias, Resource, Result, Type, TypeId
from generator.wit.printer_lines import Lines
from generator.wit.printer_types import definition_lines, escaped, type_text


def print_package(resolve: Resolve, package: PackageId, docs: bool = True) -> str:
    """One package as a separate text, without the packages that it refers to."""
    printer = _Printer(resolve, docs)
    printer.package(package)
    return printer.text()


def print_all(
    resolve: Resolve, main: PackageId, docs: bool = True, without: Collection[PackageId] = frozenset()
) -> str:
    """All packages in one text: `main` first, the others nested after it as `package ... { }`. `without`: packages that
    nothing else uses."""
    printer = _Printer(resolve, docs)
    printer.package(main)
    others = [PackageId(index) for index in range(len(resolve.packages)) if index != main and index not in without]
    for position, package in enumerate(others):
        if position > 0:
            printer.lines += ["", ""]
        printer.nested_package(package)
    return printer.text()


class _Printer(Lines):
    def __init__(self, resolve: Resolve, docs: bool):
        super().__init__(docs)
        self._resolve = resolve
        self._package = PackageId(0)
        self._functions: dict[tuple[str, str, int], list[str]] = {}
        """The lines of functions of worlds, by keyword, indentation and identity: worlds that include each other share
        functions."""

    def package(self, id: PackageId) -> None:
        package = self._start(id)
        self.line(f"{_package_head(package)};")
        self.lines.append("")
        for interface in package.interfaces.values():
            self._interface(interface)
            self.lines.append("")
        for world in package.worlds.values():
            self._world(world)

    def nested_package(self, id: PackageId) -> None:
        package = self._start(id)
        self.open(_package_head(package))
        for interface in package.interfaces.values():
            self._interface(interface)
        for world in package.worlds.values():
            self._world(world)
        self.close()

    def _start(self, id: PackageId) -> Package:
        self._package = id
        package = self._resolve.packages[id]
        self.docs(package.docs)
        return package

    def _interface(self, id: InterfaceId) -> None:
        interface = self._resolve.interfaces[id]
        assert interface.name is not None, "a package has named interfaces only"
        self.docs(interface.docs)
        self.attributes(interface.stability)
        self.open(f"interface {escaped(interface.name)}")
        self._interface_body(id, interface)
        self.close()

    def _interface_body(self, id: InterfaceId, interface: Interface) -> None:
        functions = interface.functions.values()
        separate = self._types(InterfaceOwner(id), interface.types.items(), functions, False)
        for function in functions:
            if isinstance(function.kind, Freestanding):
                if separate:
                    self.lines.append("")
                separate = True
                self.docs(function.docs)
                self.attributes(function.stability, function.external_id)
                self.line(f"{escaped(_label(function))}: {self._signature(function)};")

    def _types(
        self, owner: Owner, types: Iterable[tuple[str, TypeId]], functions: Iterable[Function], separate: bool
    ) -> bool:
        """The types of an owner: first the types that it uses from elsewhere, then its own with a blank line before
        each.

        `separate` says whether this block already has text before them; the result says whether it has text now.
        """
        own_types: list[TypeId] = []
        uses: list[tuple[InterfaceId, TypeDef, list[str]]] = []
        for name, id in types:
            definition = self._resolve.types[id]
            source = self._used(owner, definition)
            if source is None:
                own_types.append(id)
                continue
            interface, target = source
            entry = escaped(name) if name == target else f"{escaped(target)} as {escaped(name)}"
            if uses and uses[-1][0] == interface and _same_attributes(uses[-1][1], definition):
                uses[-1][2].append(entry)
            else:
                uses.append((interface, definition, [entry]))
        for interface, definition, entries in uses:
            self.attributes(definition.stability, definition.external_id)
            self.line(f"use {self._path(interface)}.{{{', '.join(entries)}}};")
        separate = separate or bool(uses)
        methods: dict[TypeId, list[Function]] = {}
        for function in functions:
            if not isinstance(function.kind, Freestanding):
                methods.setdefault(function.kind.resource, []).append(function)
        for id in own_types:
            if separate:
                self.lines.append("")
            separate = True
            self._definition(id, methods.get(id, ()))
        return separate

    def _used(self, owner: Owner, definition: TypeDef) -> tuple[InterfaceId, str] | None:
        """The interface from which a type is used, and its name there."""
        if isinstance(definition.kind, Alias) and isinstance(definition.kind.type, int):
            target = self._resolve.types[definition.kind.type]
            if isinstance(target.owner, InterfaceOwner) and target.owner != owner:
                assert target.name is not None, "an item of an interface has a name"
                return target.owner.id, target.name
        return None

    def _definition(self, id: TypeId, functions: Sequence[Function]) -> None:
        """A type; `functions` are those of a resource."""
        definition = self._resolve.types[id]
        assert definition.name is not None, "an owned item has a name"
        self.docs(definition.docs)
        self.attributes(definition.stability, definition.external_id)
        if not isinstance(definition.kind, Resource):
            for docs, line in definition_lines(self._resolve, definition.name, definition.kind):
                self.docs(docs, "  ")
                self.line(line)
            return
        if not functions:
            self.line(f"resource {escaped(definition.name)};")
            return
        self.open(f"resource {escaped(definition.name)}")
        for function in functions:
            self.docs(function.docs)
            self.attributes(function.stability, function.external_id)
            self.line(f"{self._member_head(function)}{self._signature(function)};")
        self.close()

    def _member_head(self, function: Function) -> str:
        if isinstance(function.kind, Constructor):
            return ""
        name = escaped(_label(function))
        return f"{name}: static " if isinstance(function.kind, Static) else f"{name}: "

    def _signature(self, function: Function) -> str:
        params = function.params[1:] if isinstance(function.kind, Method) else function.params
        listed = ", ".join(f"{escaped(param.name)}: {type_text(self._resolve, param.type)}" for param in params)
        if isinstance(function.kind, Constructor):
            head = f"constructor({listed})"
            if function.result is not None and not self._is_result(function.result):
                return head
        else:
            accessor = function.kind.accessor
            word = "func" if accessor is None else accessor.value
            head = f"{'async ' if function.is_async else ''}{word}({listed})"
        return head if function.result is None else f"{head} -> {type_text(self._resolve, function.result)}"

    def _is_result(self, type_: Type) -> bool:
        return isinstance(type_, int) and isinstance(self._resolve.types[type_].kind, Result)

    def _world(self, id: WorldId) -> None:
        world = self._resolve.worlds[id]
        self.docs(world.docs)
        self.attributes(world.stability)
        self.open(f"world {escaped(world.name)}")
        self._world_body(id, world)
        self.close()

    def _world_body(self, id: WorldId, world: World) -> None:
        types: list[tuple[str, TypeId]] = []
        functions: list[Function] = []
        separate = False
        for key, item in world.imports.items():
            if isinstance(item, TypeItem):
                assert isinstance(key, str), "a type has a plain name"
                types.append((key, item.id))
            elif isinstance(item, FunctionItem):
                functions.append(item.function)
            else:
                self._world_item("import", key, item)
                separate = True
        separate = self._types(WorldOwner(id), types, functions, separate)
        for function in functions:
            if isinstance(function.kind, Freestanding):
                self._world_function("import", function)
                separate = True
        if world.exports and separate:
            self.lines.append("")
        for key, item in world.exports.items():
            self._world_item("export", key, item)

    def _world_item(self, keyword: str, key: WorldKey, item: WorldItem) -> None:
        if isinstance(item, FunctionItem):
            self._world_function(keyword, item.function)
            return
        assert isinstance(item, InterfaceItem), "types of a world are printed separately"
        interface = self._resolve.interfaces[item.id]
        docs = item.docs if item.docs is not None or interface.name is not None else interface.docs
        self.docs(docs)
        self.attributes(item.stability, item.external_id)
        label = f"{escaped(key)}: " if isinstance(key, str) else ""
        if interface.name is not None:
            self.line(f"{keyword} {label}{self._path(item.id)};")
            return
        self.open(f"{keyword} {label}interface")
        self._interface_body(item.id, interface)
        self.close()

    def _world_function(self, keyword: str, function: Function) -> None:
        known = keyword, self.indent, id(function)
        lines = self._functions.get(known)
        if lines is None:
            start = len(self.lines)
            self.docs(function.docs)
            self.attributes(function.stability, function.external_id)
            self.line(f"{keyword} {escaped(_label(function))}: {self._signature(function)};")
            self._functions[known] = self.lines[start:]
        else:
            self.lines += lines

    def _path(self, id: InterfaceId) -> str:
        interface = self._resolve.interfaces[id]
        assert interface.name is not None and interface.package is not None, "only named interfaces have paths"
        if interface.package == self._package:
            return escaped(interface.name)
        package = self._resolve.packages[interface.package].name
        version = f"@{package.version}" if package.version is not None else ""
        return f"{escaped(package.namespace)}:{escaped(package.name)}/{escaped(interface.name)}{version}"


def _package_head(package: Package) -> str:
    name: PackageName = package.name
    version = f"@{name.version}" if name.version is not None else ""
    return f"package {escaped(name.namespace)}:{escaped(name.name)}{version}"


def _same_attributes(one: TypeDef, other: TypeDef) -> bool:
    return one.stability == other.stability and one.external_id == other.external_id


def _label(function: Function) -> str:
    """The name of a function without annotations and resource."""
    return function.name.rpartition("]")[2].rpartition(".")[2]
