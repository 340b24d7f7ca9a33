"""WIT from binaries: encoded packages, worlds in `component-type` sections, components, core modules.

All functions raise BinaryError with section and offset for malformed input, and for input that WIT cannot express.
"""

from __future__ import annotations

from generator.component.component import Component, Custom, Export
from generator.component.errors import BinaryError
from generator.component.evaluate import Evaluator
from generator.component.nodes import ComponentNode, ExternItem, FuncNode, InstanceNode, Opaque, Signature, TypeNode
from generator.component.read import read_component
from generator.component.types import ComponentType, Sort
from generator.errors import LimitError
from generator.names.component_names import ExternName, is_label, name_clash, parse_interface_name
from generator.resolved.model import (
    Function,
    FunctionItem,
    InterfaceItem,
    InterfaceKey,
    PackageId,
    PackageName,
    Resolve,
    TypeItem,
    World,
    WorldId,
    WorldItem,
    WorldKey,
    WorldOwner,
)
from generator.resolved.types import TypeId
from generator.wasm.errors import WasmFormatError
from generator.wasm.reader import Reader
from generator.wit.binary.docs_reader import inject_docs
from generator.wit.binary.encode import ENCODING_BYTES, ENCODING_SECTION, ENCODING_VERSION
from generator.wit.binary.interfaces import Interfaces, check_names, interface_and_package
from generator.wit.binary.limits import check_written_out
from generator.wit.binary.package_docs import SECTION as DOCS_SECTION

_OLDER_FORM = b"\x03"
_ENCODINGS = {byte: encoding.value for encoding, byte in ENCODING_BYTES.items()}


def decode_package(binary: bytes) -> tuple[Resolve, PackageId]:
    """A WIT package in binary form, as `encode_package` writes it, with the used parts of other packages."""
    return package_of_component(read_component(binary))


def is_package(component: Component) -> bool:
    """Whether a component is a WIT package: it imports nothing, and all its exports are component types."""
    signature = Evaluator().component(component)
    exports = signature.exports.values()
    return not signature.imports and bool(exports) and all(_component_type(item) is not None for item in exports)


def _component_type(item: ExternItem) -> ComponentNode | None:
    node = item.node
    if isinstance(node, TypeNode) and isinstance(node.definition, ComponentType):
        return ComponentNode(node.definition, node.scope, node.visible)
    return None


def _is_whole_package(item: ExternItem) -> bool:
    """Whether an exported type has all interfaces and worlds of its package.

    This is the first binary form of WIT packages, which tools of 2023 wrote and no specification describes any longer:
    the one export is named `ns:package/wit` (from the behaviour of wasm-tools 1.257).
    """
    name = parse_interface_name(item.name.name)
    return name is not None and name.interface == "wit"


def package_of_component(component: Component) -> tuple[Resolve, PackageId]:
    """The package of a component, and the used parts of other packages. Raises BinaryError."""
    evaluator = Evaluator()
    decoder = _Decoder(evaluator)
    main: PackageId | None = None
    order: dict[str, None] = {}
    exports = evaluator.component(component).exports
    check_names(exports)
    for item in exports.values():
        type = _component_type(item)
        if type is None:
            raise BinaryError(f"export {item.name.name!r} is not a component type", item.offset, "export")
        signature = evaluator.signature(type)
        inners = signature.exports.values() if _is_whole_package(item) else [_only_export(signature, item)]
        for inner in inners:
            parsed, package_name = interface_and_package(inner.name, inner.offset)
            package = decoder.interfaces.package(package_name)
            if main is not None and package != main:
                raise BinaryError(f"{inner.name.name!r} is not of the same package as the exports before", inner.offset)
            main = package
            if isinstance(inner.node, InstanceNode):
                decoder.imported_interfaces(signature)
                decoder.interfaces.named(inner.name, inner.node, inner.offset)
                order[parsed.interface] = None
            elif isinstance(inner.node, ComponentNode):
                decoder.world(parsed.interface, package, evaluator.signature(inner.node), inner.offset)
            else:
                raise BinaryError(f"{inner.name.name!r} is neither an interface nor a world", inner.offset)
    if main is None:
        raise BinaryError("the component exports no interface and no world", 0)
    interfaces = decoder.interfaces.resolve.packages[main].interfaces
    clash = name_clash([*interfaces, *decoder.interfaces.resolve.packages[main].worlds])
    if clash is not None:
        raise BinaryError(f"{clash[1]!r} has the same name as {clash[0]!r} in its package", 0)
    for name in order:
        interfaces[name] = interfaces.pop(name)
    return decoder.finish(component, main)


def _only_export(signature: Signature, item: ExternItem) -> ExternItem:
    if len(signature.exports) != 1:
        raise BinaryError(f"type {item.name.name!r} has {len(signature.exports)} exports instead of one", item.offset)
    return next(iter(signature.exports.values()))


def decode_world(section: bytes) -> tuple[Resolve, WorldId, str]:
    """The contents of a `component-type` section: the world and the string encoding (`utf8`, `utf16`,
    `compact-utf16`) of the core module's functions.

    The function also reads an older form, which tools of 2023 wrote and the WASI adapters still contain: a byte for the
    form, one for the encoding, the name of the world and its package (from the behaviour of wasm-tools 1.257).
    """
    if section[:1] == _OLDER_FORM:
        return _decode_older(section)
    component = read_component(section)
    encoding = _string_encoding(component)
    exports = [definition for definition in component.definitions if isinstance(definition, Export)]
    if len(exports) != 1 or exports[0].sort is not Sort.TYPE:
        raise BinaryError("a world's section exports exactly one type", 0)
    resolve, package = package_of_component(component)
    worlds = resolve.packages[package].worlds
    if len(worlds) != 1:
        raise BinaryError("the exported type is not a world", 0)
    return resolve, next(iter(worlds.values())), encoding


def _decode_older(section: bytes) -> tuple[Resolve, WorldId, str]:
    try:
        reader = Reader(section, 1)
        byte = reader.byte()
        name = reader.name()
    except WasmFormatError as error:
        raise BinaryError(error.message, error.offset) from error
    if byte not in _ENCODINGS:
        raise BinaryError(f"unknown string encoding {byte}", 1)
    resolve, package = package_of_component(read_component(section[reader.position :]))
    world = resolve.packages[package].worlds.get(name)
    if world is None:
        raise BinaryError(f"its package has no world {name!r}", 2)
    return resolve, world, _ENCODINGS[byte]


def _string_encoding(component: Component) -> str:
    for definition, offset in zip(component.definitions, component.offsets, strict=True):
        if isinstance(definition, Custom) and definition.name == ENCODING_SECTION:
            data = definition.data
            if len(data) != 2 or data[0] != ENCODING_VERSION:
                raise BinaryError(f"unknown version of the section {ENCODING_SECTION!r}", offset, "custom")
            if data[1] not in _ENCODINGS:
                raise BinaryError(f"unknown string encoding {data[1]}", offset, "custom")
            return _ENCODINGS[data[1]]
    raise BinaryError(f"there is no custom section {ENCODING_SECTION!r}", 0)


def decode_component(binary: bytes, apart: bool = False) -> tuple[Resolve, WorldId]:
    """The world of a component: its imports and exports as the world `root` of the package `root:component`.

    Imported components and core modules are left out, as in the reference: worlds cannot express them.

    An interface that is imported and exported, or also has a label, becomes one interface with the items of all: WIT
    has no other form. `apart`: each import and export is a separate interface with only its own items, so that several
    may have one name; such a result is only for inspection, and cannot be printed as WIT.
    """
    return world_of_component(read_component(binary, core_instances=False), apart)


def world_of_component(component: Component, apart: bool = False) -> tuple[Resolve, WorldId]:
    evaluator = Evaluator()
    decoder = _Decoder(evaluator, apart)
    package = decoder.interfaces.package(PackageName("root", "component"))
    signature = evaluator.component(component)
    for name, item in tuple(signature.imports.items()):
        if isinstance(item.node, ComponentNode | Opaque):
            del signature.imports[name]
    world = decoder.world("root", package, signature, 0)
    resolve, _ = decoder.finish(component, package)
    return resolve, world


class _Decoder:
    """Worlds of one file."""

    def __init__(self, evaluator: Evaluator, apart: bool = False) -> None:
        self.interfaces = Interfaces()
        self._evaluator = evaluator
        self._apart = apart

    def finish(self, component: Component, main: PackageId) -> tuple[Resolve, PackageId]:
        package = self.interfaces.finish(main)
        try:
            check_written_out(self.interfaces.resolve)
        except LimitError as error:
            raise BinaryError(str(error), 0, "type") from error
        sections = [
            (definition, offset)
            for definition, offset in zip(component.definitions, component.offsets, strict=True)
            if isinstance(definition, Custom) and definition.name == DOCS_SECTION
        ]
        if len(sections) > 1:
            raise BinaryError(f"the custom section {DOCS_SECTION!r} appears twice", sections[1][1], "custom")
        for section, offset in sections:
            inject_docs(self.interfaces.resolve, package, section.data, offset)
        return self.interfaces.resolve, package

    def imported_interfaces(self, signature: Signature) -> None:
        """The interfaces that an interface's component type imports to use their types."""
        for item in signature.imports.values():
            if not isinstance(item.node, InstanceNode):
                raise BinaryError(f"import {item.name.name!r} is not an instance", item.offset)
            self.interfaces.named(item.name, item.node, item.offset)

    def world(self, name: str, package: PackageId, signature: Signature, offset: int) -> WorldId:
        resolve = self.interfaces.resolve
        if name in resolve.packages[package].worlds:
            raise BinaryError(f"world {name!r} appears twice", offset)
        check_names(signature.imports)
        check_names(signature.exports)
        id = WorldId(len(resolve.worlds))
        world = World(name, package, {}, {})
        resolve.worlds.append(world)
        resolve.packages[package].worlds[name] = id
        types: dict[str, TypeId] = {}
        functions: dict[str, Function] = {}
        for item in signature.imports.values():
            self.interfaces.types.owner = WorldOwner(id)
            if isinstance(item.node, TypeNode):
                type = self.interfaces.define_type(item, item.node)
                types[item.name.name] = type
                world.imports[item.name.name] = TypeItem(type)
            else:
                key, found = self._item(item, package, types, functions)
                world.imports[key] = found
        functions = {}
        for item in signature.exports.values():
            self.interfaces.types.owner = WorldOwner(id)
            # A world exports no resource that a function could belong to.
            key, found = self._item(item, package, {}, functions)
            world.exports[key] = found
        return id

    def _item(
        self, item: ExternItem, package: PackageId, types: dict[str, TypeId], functions: dict[str, Function]
    ) -> tuple[WorldKey, WorldItem]:
        """`functions` are the functions of the same side so far; a new function is added to them."""
        name = item.name.name
        if isinstance(item.node, FuncNode):
            function = functions[name] = self.interfaces.function(item, item.node, types, functions)
            return name, FunctionItem(function)
        if not isinstance(item.node, InstanceNode):
            what = "type" if isinstance(item.node, TypeNode) else "component or core module"
            raise BinaryError(f"{name!r} is a {what}: WIT worlds have none here", item.offset)
        if self._apart:
            self.interfaces.forget_names()
        external_id = item.name.external_id
        if item.name.implements is not None:
            if not is_label(name):
                raise BinaryError(f"{name!r} implements an interface, but is not a plain name", item.offset)
            full_name = ExternName(item.name.implements, version_suffix=item.name.version_suffix)
            implemented = self.interfaces.named(full_name, item.node, item.offset)
            return name, InterfaceItem(implemented, external_id=external_id)
        if parse_interface_name(name) is not None:
            id = self.interfaces.named(item.name, item.node, item.offset)
            return InterfaceKey(id), InterfaceItem(id, external_id=external_id)
        if not is_label(name):
            raise BinaryError(f"{name!r} is neither a plain name nor an interface's", item.offset)
        return name, InterfaceItem(self.interfaces.inline(package, item.node), external_id=external_id)
