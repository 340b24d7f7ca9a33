"""The state of a component that initialisation can change: memories and mutable globals of its core instances.

State that would be lost is refused by name: state in nested components, tables that change, references in
globals, one module with state in two instances.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from generator.component.component import (
    Component,
    CoreInlineExports,
    CoreInstantiate,
    CoreModule,
    Custom,
    Definition,
    EncodedComponent,
    InlineExports,
    Instantiate,
)
from generator.component.encode import added_sort
from generator.component.read import read_component
from generator.component.types import Sort
from generator.preinit.errors import PreinitError
from generator.wasm.decode import DecodedModule
from generator.wasm.instructions import read_references
from generator.wasm.reader import Reader
from generator.wasm.types import MemoryType, ValType

NUMBERS = (ValType.I32, ValType.I64, ValType.F32, ValType.F64, ValType.V128)
"""The types of globals whose value can be written down."""


@dataclass(frozen=True, slots=True)
class StatefulModule:
    """A core module with state of its own, or with segments or a start function, which act on state.

    `module`: its place among the core modules that the component contains. `instance`: the index of its core instance.
    `memories` and `globals`: indices of those that it defines, of globals only mutable ones.
    """

    module: int
    instance: int
    decoded: DecodedModule
    memories: tuple[int, ...]
    globals: tuple[int, ...]


def stateful_modules(component: Component) -> tuple[StatefulModule, ...]:
    """In the order of instantiation. Raises PreinitError, and WasmFormatError for a malformed module."""
    contained: dict[int, tuple[int, CoreModule]] = {}
    spaces: Counter[Sort] = Counter()
    instances: dict[int, list[int]] = {}
    ordinal = 0
    for item in component.definitions:
        if isinstance(item, CoreModule):
            contained[spaces[Sort.CORE_MODULE]] = ordinal, item
            ordinal += 1
        elif isinstance(item, CoreInstantiate):
            instances.setdefault(item.module, []).append(spaces[Sort.CORE_INSTANCE])
        elif isinstance(item, Component | EncodedComponent):
            _check_nested(item)
        sort = sort_of(item)
        if sort is not None:
            spaces[sort] += 1
    found = []
    for index, places in sorted(instances.items(), key=lambda entry: entry[1][0]):
        if index not in contained:
            raise PreinitError(
                "the component instantiates a core module that it imports or aliases; its state is unknown"
            )
        number, module = contained[index]
        state = _state(number, places[0], DecodedModule(module.binary))
        if state is None:
            continue
        if len(places) > 1:
            raise PreinitError(f"core module {number} has state and is instantiated {len(places)} times")
        found.append(state)
    return tuple(found)


def sort_of(item: Definition) -> Sort | None:
    """The index space that a definition adds an index to; None for a custom section."""
    match item:
        case Custom():
            return None
        case CoreModule():
            return Sort.CORE_MODULE
        case Component() | EncodedComponent():
            return Sort.COMPONENT
        case CoreInstantiate() | CoreInlineExports():
            return Sort.CORE_INSTANCE
        case Instantiate() | InlineExports():
            return Sort.INSTANCE
    return added_sort(item)


def _check_nested(item: Component | EncodedComponent) -> None:
    component = read_component(item.binary) if isinstance(item, EncodedComponent) else item
    for module in _core_modules(component):
        if _state(0, 0, DecodedModule(module.binary)) is not None:
            raise PreinitError("a nested component has a core module with state: initialise it before it is composed")


def _core_modules(component: Component) -> Iterator[CoreModule]:
    for item in component.definitions:
        if isinstance(item, CoreModule):
            yield item
        elif isinstance(item, Component):
            yield from _core_modules(item)


def _state(number: int, instance: int, module: DecodedModule) -> StatefulModule | None:
    """The state of a module; None for a module without state, such as a shim."""
    imported = sum(isinstance(item.desc, MemoryType) for item in module.imports)
    memories = tuple(range(imported, len(module.memories)))
    first = len(module.globals) - len(module.defined_globals)
    mutable = tuple([first + at for at, item in enumerate(module.defined_globals) if item.type.mutable])
    for index in memories:
        limits = module.memories[index].limits
        for unsupported, why in (
            (limits.shared, "shared"),
            (limits.is_64, "of 64 bits"),
            (limits.page_size_log2 is not None, "with pages of another size"),
        ):
            if unsupported:
                raise PreinitError(f"memory {index} of core module {number} is {why}: not supported")
    for index in mutable:
        if module.globals[index].type not in NUMBERS:
            raise PreinitError(f"global {index} of core module {number} is mutable and contains a reference")
    _check_tables(number, module)
    if not (memories or mutable or module.has_data or module.start is not None):
        return None
    return StatefulModule(number, instance, module, memories, mutable)


def _check_tables(number: int, module: DecodedModule) -> None:
    """Tables must stay as the element segments make them, because a reference cannot be written down."""
    if not module.tables:
        return
    imported = len(module.function_type_indices) - len(module.bodies)
    for index, (start, end) in enumerate(module.bodies, imported):
        writes = read_references(Reader(module.binary, start, end, "code")).table_writes
        if writes:
            name = module.function_names.get(index, str(index))
            what = ", ".join(sorted(writes))
            raise PreinitError(
                f"function {name} of core module {number} contains {what}: changes of tables are not kept"
            )
