"""Generators that give the interpreter wrong information: the wit_t, resources, constructors, names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import generator.dylib.wit_t.resources as resources
import generator.dylib.world.type_table as type_table
from generator.dylib.adapters.sync_exports import SyncExports
from generator.dylib.code.assembly import Assembly, Body
from generator.dylib.generate import Generation
from generator.dylib.wit_t.encoder import Encoder, FunctionEntry, ResourceEntry
from generator.dylib.wit_t.start import LibraryStart
from generator.dylib.world.functions import FunctionUse
from generator.dylib.world.type_table import ResourceUse, TypeEntry, TypeTable
from generator.dylib.world.types import Kind, TypeWord
from generator.resolved.instances import Instances, InterfaceInstance
from generator.resolved.types import EnumType, Record, TypeId, TypeKind
from generator.wasm.code import Code, Op
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf, Member

DESCRIPTION = Table(Area.GENERATOR)
_row = DESCRIPTION.function

Original = Callable[..., Any]


@_row(
    "field-names-reversed",
    FunctionOf(type_table, "labels_of"),
    "the wit_t has the names of a record's fields in reverse order",
    needs="a record of two fields",
    shown_by="layout",
)
def _(original: Original, kind: TypeKind) -> tuple[str, ...]:
    labels: tuple[str, ...] = original(kind)
    return labels[::-1] if isinstance(kind, Record) else labels


@_row(
    "enum-names-reversed",
    FunctionOf(type_table, "labels_of"),
    "the wit_t has the names of an enum's cases in reverse order",
    needs="an enum of two cases",
    shown_by="variants",
)
def _(original: Original, kind: TypeKind) -> tuple[str, ...]:
    labels: tuple[str, ...] = original(kind)
    return labels[::-1] if isinstance(kind, EnumType) else labels


@_row(
    "interface-not-told",
    Member(Instances, "name"),
    "the wit_t does not say which interface an export belongs to",
    needs="an exported interface",
    shown_by="numbers",
)
def _(original: Original, self: Instances, instance: InterfaceInstance) -> str | None:
    return None if instance.exported else original(self, instance)


@_row(
    "version-not-told",
    Member(Instances, "name"),
    "the wit_t names interfaces without their versions",
    needs="a package with a version",
    shown_by="versions",
)
def _(original: Original, self: Instances, instance: InterfaceInstance) -> str | None:
    name: str | None = original(self, instance)
    return None if name is None else name.partition("@")[0]


@_row(
    "label-not-told",
    Member(Instances, "name"),
    "the wit_t has the interface's own name instead of the label of its import",
    needs="an import or export with a label",
    shown_by="labels",
)
def _(original: Original, self: Instances, instance: InterfaceInstance) -> str | None:
    own = None if instance.interface is None else self.resolve.interface_id(instance.interface)
    return own or original(self, instance)


@_row(
    "export-index-off-by-one",
    Member(SyncExports, "write_export"),
    "an export gives the interpreter the index of the next export",
    needs="an export",
    shown_by="numbers",
)
def _(original: Original, self: SyncExports, index: int, use: FunctionUse) -> None:
    original(self, index + 1, use)


@_row(
    "import-without-its-last-parameter",
    Member(Encoder, "write_import"),
    "the wit_t leaves out the last parameter of an import",
    needs="an imported function with parameters",
    shown_by="numbers",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: tuple[int, int | None]) -> None:
    length, start = params
    original(self, entry, (max(0, length - 1), start if length > 1 else None))


@_row(
    "impl-of-the-first-import",
    Member(Encoder, "write_import"),
    "the wit_t has the adapter of the first import for every import",
    needs="two imported functions",
    shown_by="numbers",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: tuple[int, int | None]) -> None:
    first = getattr(self, "first_impl", entry.impl)
    self.__dict__["first_impl"] = first
    original(self, replace(entry, impl=first), params)


@_row(
    "area-of-a-synchronous-import",
    Member(Encoder, "write_import"),
    "the wit_t has the area of an asynchronous call for a synchronous import",
    needs="an imported function",
    shown_by="numbers",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: tuple[int, int | None]) -> None:
    original(self, entry, params)
    self.out.words[-2] = 16


@_row(
    "lift-of-an-asynchronous-import",
    Member(Encoder, "write_import"),
    "the wit_t has a function for the result of an asynchronous call, but none that starts the call",
    needs="an imported function",
    shown_by="numbers",
)
def _(original: Original, self: Encoder, entry: FunctionEntry, params: tuple[int, int | None]) -> None:
    original(self, entry, params)
    self.out.words[-6] = 1  # the fifth of the ten words of an import


@_row(
    "alias-of-the-wrong-type",
    Member(TypeTable, "add_entry"),
    "the wit_t says that every alias is a u32",
    needs="an alias",
    shown_by="aliases",
)
def _(original: Original, self: TypeTable, kind: Kind, entry: TypeEntry) -> TypeWord:
    if kind is Kind.ALIAS:
        entry = replace(entry, types=(TypeWord(Kind.U32, 0),))
    word: TypeWord = original(self, kind, entry)
    return word


@_row(
    "own-and-borrow-swapped",
    Member(TypeTable, "handle"),
    "own and borrow are exchanged",
    needs="a handle",
    shown_by="resources",
)
def _(original: Original, self: TypeTable, kind: Kind, resource: TypeId, user: InterfaceInstance) -> object:
    return original(self, Kind.BORROW if kind is Kind.OWN else Kind.OWN, resource, user)


@_row(
    "exported-types-taken-from-imports",
    Member(Instances, "of"),
    "an exported interface uses types of an imported instance, although their interface is also exported",
    needs="an interface with a resource that is imported and exported, used by an exported interface",
    shown_by="both-sides",
)
def _(original: Original, self: Instances, user: InterfaceInstance, id: TypeId) -> InterfaceInstance:
    found: InterfaceInstance = original(self, user, id)
    return self.imports.get(found.key, found) if found is not user and found.key is not None else found


@_row(
    "drop-of-the-first-resource",
    FunctionOf(resources, "resource_entry"),
    "every resource is dropped with the built-in of the first one",
    needs="two resources of one world, the second of which is dropped",
    shown_by="resources",
)
def _(original: Original, assembly: Assembly, instances: Instances, use: ResourceUse) -> ResourceEntry:
    entry: ResourceEntry = original(assembly, instances, use)
    first = next(f for f in assembly.imports if f.import_name and f.import_name[1].startswith("[resource-drop]"))
    return replace(entry, drop=assembly.element(first))


@_row(
    "new-and-rep-swapped",
    FunctionOf(resources, "resource_entry"),
    "`resource.rep` and `resource.new` are exchanged",
    needs="an exported resource",
    shown_by="resources",
)
def _(original: Original, *args: Any) -> ResourceEntry:
    entry: ResourceEntry = original(*args)
    return replace(entry, new=entry.rep, rep=entry.new)


@_row(
    "no-destructor",
    FunctionOf(resources, "write_destructor"),
    "exported resources have no destructor",
    needs="an exported resource that is dropped",
    shown_by="resources",
)
def _(original: Original, *args: Any) -> None:
    pass


@_row(
    "destructor-with-wrong-rep",
    FunctionOf(resources, "write_destructor"),
    "a destructor gets the representation plus one",
    needs="an exported resource that is dropped",
    shown_by="resources",
)
def _(original: Original, assembly: Assembly, instances: Instances, index: int, use: ResourceUse) -> None:
    before = len(assembly.functions)
    original(assembly, instances, index, use)
    for function in assembly.functions[before:]:
        assert function.body is not None
        code = Code(1)
        code.local_get(0)
        code.i32_const(1)
        code.op(Op.I32_ADD)
        code.local_set(0)
        _prepend(function.body, code)


def _prepend(body: Body, code: Code) -> None:
    body.out[0:0] = code.out
    body.calls = [(position + len(code.out), function) for position, function in body.calls]


@_row(
    "destructor-of-the-first-resource",
    FunctionOf(resources, "write_destructor"),
    "every destructor reports the first resource",
    needs="two resources, the second of which is exported and dropped",
    shown_by="resources",
)
def _(original: Original, assembly: Assembly, instances: Instances, index: int, use: ResourceUse) -> None:
    original(assembly, instances, 0, use)


@_row(
    "error-context-not-handed-over",
    Member(Generation, "error_context_places"),
    "the interpreter does not get the built-ins of error-context",
    needs="an error-context",
    shown_by="error-contexts",
)
def _(original: Original, self: Generation) -> list[int]:
    return []


@_row(
    "table-not-relocated",
    Member(LibraryStart, "write_relocations"),
    "function pointers in the wit_t do not get the base of the library's part of the table",
    needs="an imported function or a resource",
    shown_by="numbers",
)
def _(original: Original, self: LibraryStart, assembly: Assembly, table_base: int) -> None:
    self.relocates_table = False
    original(self, assembly, table_base)
