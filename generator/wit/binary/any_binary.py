"""The WIT of any WebAssembly binary: an encoded package, a component, or a core module that contains its world."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, unique

from generator.component.errors import BinaryError
from generator.component.read import is_component, read_component
from generator.resolved.model import PackageId, PackageName, Resolve
from generator.wasm.decode import DecodedModule
from generator.wasm.errors import WasmFormatError
from generator.wit.binary.decode import decode_world, is_package, package_of_component, world_of_component
from generator.wit.binary.encode import is_component_type_section
from generator.wit.combine import add_packages
from generator.wit.merge import Union


@unique
class BinaryKind(Enum):
    PACKAGE = "WIT package"
    COMPONENT = "component"
    MODULE = "core module"


def decode_binary(binary: bytes) -> tuple[BinaryKind, Resolve, PackageId]:
    """Components have the package `root:component`, core modules `root:root`, each with the world `root`.

    Raises BinaryError, and MergeError for a core module whose worlds contradict each other.
    """
    if not is_component(binary):
        return BinaryKind.MODULE, *_module(binary)
    component = read_component(binary)
    if is_package(component):
        return BinaryKind.PACKAGE, *package_of_component(component)
    resolve, world = world_of_component(component)
    package = resolve.worlds[world].package
    assert package is not None
    return BinaryKind.COMPONENT, resolve, package


def _module(binary: bytes) -> tuple[Resolve, PackageId]:
    """The union of the worlds in a core module's `component-type` sections, and these worlds themselves.

    The specification does not define the WIT of a core module; wasm-tools 1.262 prints the worlds in addition to their
    union, and this function does the same.
    """
    try:
        customs = DecodedModule(binary).customs
    except WasmFormatError as error:
        raise BinaryError(error.message, error.offset, error.section) from error
    worlds = [decode_world(custom.data) for custom in customs if is_component_type_section(custom.name)]
    if not worlds:
        raise BinaryError("a core module without a `component-type` section: it contains no WIT", 0)
    union = Union()
    for resolve, world, _ in worlds:
        union.add(resolve, world)
    union.finish()
    package = union.resolve.worlds[union.world].package
    assert package is not None
    packages = union.resolve.packages
    packages[package] = replace(packages[package], name=PackageName("root", "root"))
    for resolve, _, _ in worlds:
        add_packages(union.resolve, resolve)
    return union.resolve, package
