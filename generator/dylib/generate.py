"""The dynamic library of a world: functions that convert between the component and an interpreter
(wit_dylib.h)."""

from __future__ import annotations

from collections.abc import Iterable

from generator.canonical.names import REALLOC, error_context_import_names
from generator.dylib.adapters.call_area import async_call_area
from generator.dylib.adapters.functions import Adapters, declare_adapters, write_adapters
from generator.dylib.adapters.kit import Kit
from generator.dylib.adapters.sync_exports import SyncExports, place_return_area
from generator.dylib.code import intrinsics
from generator.dylib.code.assembly import Assembly, Func
from generator.dylib.code.frame import Frames
from generator.dylib.code.globals import table_base_index
from generator.dylib.code.helpers import Helpers
from generator.dylib.code.lift import Lift
from generator.dylib.code.lower import Lower
from generator.dylib.code.plan import HelperPlan, Mode, conversions_of
from generator.dylib.import_order import in_world_order
from generator.dylib.output import Library, encode_library
from generator.dylib.unsupported import refuse_async_without_type, refuse_env, refuse_maps, refuse_oversized
from generator.dylib.wit_t.copies import CopyUse, copy_entry, find_copies, payload_conversions
from generator.dylib.wit_t.encoder import Description, Encoder, FunctionEntry
from generator.dylib.wit_t.resources import resource_entry, write_destructor
from generator.dylib.wit_t.start import LibraryStart, write_constructor, write_passing
from generator.dylib.wit_t.words import WORD
from generator.dylib.world.functions import FunctionUse, WorldFunctions, world_functions
from generator.dylib.world.options import DylibOptions
from generator.dylib.world.partial import without
from generator.dylib.world.type_table import TypeTable
from generator.dylib.world.types import Kind, Node, TypeWord
from generator.resolved.instances import Instances
from generator.resolved.model import Resolve, WorldId
from generator.wasm.module import CustomSection
from generator.wasm.types import FuncType, ValType
from generator.wit.binary.encode import encode_world, section_name

I32 = ValType.I32


def generate(resolve: Resolve, world_id: WorldId, options: DylibOptions | None = None) -> bytes:
    """The library for a world.

    Raises UnsupportedError for synchronous functions that a filter makes async, for maps in version 2 of the interface
    and for types that are too large; GeneratorError for an `--async` filter that decides nothing, and for exclusions
    that match nothing or that the rest of the world needs.
    """
    options = options or DylibOptions()
    resolve = without(resolve, world_id, options.exclusions)
    world = resolve.worlds[world_id]
    refuse_env(resolve, world)
    table = TypeTable(Instances(resolve, world))
    functions = world_functions(table, world, options.async_filters)
    refuse_async_without_type(resolve, functions.all)
    refuse_oversized(table, functions.all)
    if options.abi_version < 3:
        refuse_maps(resolve, functions.all, table.nodes)
    component_type = CustomSection(
        section_name(), encode_world(resolve, world_id, canonical_names=options.canonical_names)
    )
    return encode_library(Generation(table, functions, options).run(component_type))


Declared = tuple[FunctionUse, Adapters]


class Generation:
    """The steps for one world. Places in the table come first, because the wit_t contains them, then the code."""

    def __init__(self, table: TypeTable, functions: WorldFunctions, options: DylibOptions) -> None:
        self.instances = table.instances
        self.table = table
        self.functions = functions
        self.options = options
        self.copies = find_copies(table, functions.all)
        forced = payload_conversions(self.copies.values())
        roots = [conversion for use in functions.all for conversion in conversions_of(use)]
        self.assembly = Assembly(several_worlds=options.several_worlds)
        self.helpers = Helpers(self.assembly, HelperPlan(table.nodes, roots, forced, options.optimize))
        self.lift = Lift(self.assembly, self.helpers)
        self.lower = Lower(self.assembly, self.helpers, options.abi_version)
        self.frames = Frames(self.assembly, options.stack_pointer)

    def run(self, component_type: CustomSection) -> Library:
        imports, exports = (
            [(use, declare_adapters(self.assembly, self._name(use), use)) for use in side]
            for side in (self.functions.imports, self.functions.exports)
        )
        encoder = Encoder(self.options.abi_version)
        root = encoder.encode(self._describe(imports, exports)) * WORD
        start = LibraryStart(encoder.out.image())
        kit = Kit(self.assembly, self.table.layout, self.lift, self.lower, self.frames)
        sync_exports = [use for use in self.functions.exports if not use.is_async]
        area = place_return_area(self.table.layout, len(start.data), sync_exports)
        sync = SyncExports(kit, area)
        for side in (imports, exports):
            for index, (use, adapters) in enumerate(side):
                write_adapters(kit, sync, index, use, adapters)
        for index, resource in enumerate(self.table.resources):
            write_destructor(self.assembly, self.instances, index, resource)
        self._write_helpers()
        error_context = self.error_context_places()
        if self._allocates():
            self.assembly.export(REALLOC, self.assembly.intrinsic(intrinsics.REALLOC))
        table_base = table_base_index(self.frames.uses_global)
        start.write_relocations(self.assembly, table_base)
        write_constructor(self.assembly, root, error_context, table_base)
        write_passing(self.assembly, root)
        self.assembly.imports = in_world_order(self.assembly.imports, self.instances.resolve, self.instances.world)
        needed = () if self.options.interpreter is None else (self.options.interpreter,)
        return Library(self.assembly, start.data, area.end, self.frames.uses_global, needed, component_type)

    def _describe(self, imports: list[Declared], exports: list[Declared]) -> Description:
        """Imports the functions that the wit_t points to."""
        return Description(
            [self._function_entry(*declared) for declared in imports],
            [self._function_entry(*declared) for declared in exports],
            [resource_entry(self.assembly, self.instances, resource) for resource in self.table.resources],
            self.table.entries,
            {
                TypeWord(node.kind, node.index): copy_entry(self.assembly, self.helpers, self.table, copy)
                for node, copy in self.copies.items()
            },
        )

    def _function_entry(self, use: FunctionUse, adapters: Adapters) -> FunctionEntry:
        area = (0, 0)
        if use.is_async and not use.exported:
            place = async_call_area(self.table.layout, use)
            area = place.size, place.alignment
        return FunctionEntry(
            self.instances.name(use.instance),
            use.function.name,
            tuple([param.word for param in use.params]),
            None if use.result is None else use.result.word,
            self._place(adapters.impl),
            self._place(adapters.async_impl),
            self._place(adapters.async_lift_impl),
            area,
            self._place(adapters.task_return),
        )

    def _place(self, function: Func | None) -> int | None:
        return None if function is None else self.assembly.element(function)

    def _name(self, use: FunctionUse) -> str:
        interface = self.instances.name(use.instance)
        return use.function.name if interface is None else f"{interface}#{use.function.name}"

    def _write_helpers(self) -> None:
        """Bodies of helpers; one body may request other helpers."""
        pending = self.helpers.pending
        while pending:
            (node, mode), function = pending.pop()
            lifts = mode in (Mode.LIFT_MEMORY, Mode.LIFT_FLAT)
            (self.lift if lifts else self.lower).write_helper(function, node, mode)

    def error_context_places(self) -> list[int]:
        """Places of the error-context built-ins, if a type of the world is one."""
        if not any(node.kind is Kind.ERROR_CONTEXT for node in self.table.nodes):
            return []
        types = (FuncType((I32, I32), (I32,)), FuncType((I32, I32)), FuncType((I32,)))
        names = error_context_import_names()
        return [
            self.assembly.element(self.assembly.import_function(name, type))
            for name, type in zip(names, types, strict=True)
        ]

    def _allocates(self) -> bool:
        """Whether memory is allocated, by the library, or by a caller or callee that passes values in memory."""
        if self.assembly.uses(intrinsics.REALLOC) or any(self._lifted_pointers()):
            return True
        if any(node.kind is Kind.ERROR_CONTEXT for node in self.table.nodes):
            return True  # for the debug message
        return any(use.exported and use.signature.indirect_params for use in self.functions.all)

    def _lifted_pointers(self) -> Iterable[bool]:
        for use in self.functions.all:
            for param in use.params if use.exported else ():
                yield param.node.has_pointers
            if not use.exported and use.result is not None:
                yield use.result.node.has_pointers
        for copy in self.copies.values():
            yield from _payload_pointers(copy)


def _payload_pointers(copy: CopyUse) -> Iterable[bool]:
    payloads: tuple[Node | None, ...] = copy.node.parts
    return [payload is not None and payload.has_pointers for payload in payloads]
