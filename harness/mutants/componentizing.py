"""Linkers that make a wrong component of the right core modules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import generator.componentize.shim as shim
import generator.componentize.world as world
from generator.component.canon import StringEncoding
from generator.component.types import EnumType, RecordType
from generator.componentize.canonical import CanonicalDefinitions
from generator.componentize.core_exports import CoreExports, LiftedFunction
from generator.componentize.core_imports import CoreImports
from generator.componentize.extern_names import InterfaceNaming
from generator.componentize.options import NeededOptions, TypeContents
from generator.componentize.plan import PlanModule
from generator.componentize.types import TypeEncoder
from generator.link.dylink import SECTION, read_dylink
from generator.names.component_names import ExternName
from generator.resolved.instances import Instances, InterfaceInstance
from generator.resolved.model import InterfaceItem, Resolve, WorldKey
from generator.resolved.types import Resource, TypeId, TypeKind
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import const_i32
from generator.wasm.types import FuncType, Limits, TableType
from generator.wit.merge import Union
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, Member

COMPONENTIZING = Table(Area.LINKER)
_row = COMPONENTIZING.function

Original = Callable[..., Any]


@_row(
    "lift-as-utf-16",
    Member(CanonicalDefinitions, "lift"),
    "exports are lifted with the string encoding UTF-16",
    needs="an exported function with a string",
    shown_by="strings",
)
def _(original: Original, self: CanonicalDefinitions, lifted: LiftedFunction, home: InterfaceInstance) -> int:
    index: int = original(self, replace(lifted, encoding=StringEncoding.UTF16), home)
    return index


@_row(
    "lift-without-realloc",
    Member(TypeContents, "to_lift"),
    "exports are lifted without the option `realloc`",
    needs="an exported function with a string or list as a parameter",
    shown_by="strings",
)
def _(original: Original, self: TypeContents, *args: Any) -> NeededOptions:
    needs: NeededOptions = original(self, *args)
    return replace(needs, realloc=False)


@_row(
    "lift-without-post-return",
    Member(CanonicalDefinitions, "lift"),
    "exports are lifted without the option `post-return`",
    needs="an exported function",
    shown_by="numbers",
)
def _(original: Original, self: CanonicalDefinitions, lifted: LiftedFunction, home: InterfaceInstance) -> int:
    index: int = original(self, replace(lifted, post_return=None), home)
    return index


@_row(
    "lift-with-every-option",
    Member(TypeContents, "to_lift"),
    "exports are lifted with `memory`, `realloc` and an encoding even if nothing needs them",
    needs="an exported function",
    shown_by="numbers",
)
def _(original: Original, self: TypeContents, *args: Any) -> NeededOptions:
    return NeededOptions(memory=True, realloc=True, string_encoding=True)


@_row(
    "resource-without-destructor",
    Member(CoreExports, "destructor"),
    "exported resources are defined without their destructors",
    needs="an exported resource that is dropped",
    shown_by="resources",
)
def _(original: Original, *args: Any) -> None:
    return None


@_row(
    "destructors-exchanged",
    Member(CoreExports, "destructor"),
    "every exported resource of an interface has the destructor of its first one",
    needs="two exported resources of one interface, the second of which is dropped",
    shown_by="resources",
)
def _(
    original: Original, self: CoreExports, home: InterfaceInstance, resource: TypeId
) -> tuple[PlanModule, str] | None:
    assert home.interface is not None
    types = self.resolve.interfaces[home.interface].types.values()
    first = next(id for id in types if isinstance(self.resolve.types[id].kind, Resource))
    found: tuple[PlanModule, str] | None = original(self, home, first)
    return found


@_row(
    "shim-slots-exchanged",
    FunctionOf(shim, "fixup_module"),
    "functions of one type in the shim are exchanged",
    needs="two exported resources that are dropped",
    shown_by="resources",
)
def _(original: Original, types: Sequence[FuncType], debug_names: bool) -> bytes:
    module = ModuleBuilder()
    functions = [module.import_function("", str(number), type) for number, type in enumerate(types)]
    module.import_table("", shim.TABLE, TableType(Limits(len(types), len(types))))
    alike = [[n for n, other in enumerate(types) if other == type] for type in types]
    places = [functions[numbers[-1 - numbers.index(place)]] for place, numbers in enumerate(alike)]
    module.add_elements(const_i32(0), places)
    return module.encode()


@_row(
    "native-world-ignored",
    FunctionOf(world, "add_module"),
    "the worlds of libraries that need no other library are not merged with the rest",
    needs="any world",
    shown_by="numbers",
)
def _(original: Original, union: Union, module: PlanModule) -> object:
    custom = module.module.custom(SECTION)
    alone = custom is not None and not read_dylink(custom).needed
    return original(union, replace(module, component_types=()) if alone else module)


@_row(
    "versions-confused",
    Member(CoreImports, "find_interface"),
    "an import is looked up in the first interface of that name, of any version",
    needs="two versions of a package in one world",
    shown_by="versions",
)
def _(original: Original, self: CoreImports, name: str, exported: bool, *_: str) -> InterfaceInstance | None:
    for key, home in (self.homes.exports if exported else self.homes.imports).items():
        if self.resolve.world_key_name(key).partition("@")[0] == name.partition("@")[0]:
            return home
    return None


@_row(
    "label-left-out",
    Member(InterfaceNaming, "of"),
    "an interface with a label is imported or exported under its own name",
    needs="an import or export with a label",
    shown_by="labels",
)
def _(
    original: Original, self: InterfaceNaming, resolve: Resolve, key: WorldKey, item: InterfaceItem, *, exported: bool
) -> ExternName:
    name: ExternName = original(self, resolve, key, item, exported=exported)
    return name if name.implements is None else replace(name, name=name.implements, implements=None)


@_row(
    "field-names-of-types-reversed",
    Member(TypeEncoder, "definition_type"),
    "the component's record types have the names of their fields in reverse order",
    needs="a record of two fields of one type",
    shown_by="layout",
)
def _(original: Original, self: TypeEncoder, home: InterfaceInstance, kind: TypeKind) -> object:
    type = original(self, home, kind)
    if not isinstance(type, RecordType):
        return type
    names = [name for name, _ in type.fields]
    return RecordType(tuple([(name, part) for name, (_, part) in zip(reversed(names), type.fields, strict=True)]))


@_row(
    "last-enum-case-left-out",
    Member(TypeEncoder, "definition_type"),
    "the component's enum types lack their last case",
    needs="an enum of two cases",
    shown_by="variants",
)
def _(original: Original, self: TypeEncoder, home: InterfaceInstance, kind: TypeKind) -> object:
    type = original(self, home, kind)
    return EnumType(type.labels[:-1]) if isinstance(type, EnumType) and len(type.labels) > 1 else type


@_row(
    "exports-use-imported-types",
    Member(Instances, "of"),
    "an exported interface uses the imported instance of another interface, although that interface is also exported",
    needs="an interface with a resource that is imported and exported, used by an exported interface",
    shown_by="both-sides",
)
def _(original: Original, self: Instances, home: InterfaceInstance, id: TypeId) -> InterfaceInstance:
    found: InterfaceInstance = original(self, home, id)
    return self.imports.get(found.key, found) if found is not home and found.key is not None else found
