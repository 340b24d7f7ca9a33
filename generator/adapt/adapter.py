"""Adapters (`--adapt`): modules that implement imports of other modules by means of WIT.

An adapter is no dynamic library: it has no data of its own in memory, and only those of its functions are kept that
somebody reaches. Other modules define its imports from `__main_module__`. All this is the reference's convention,
learnt from what wasm-tools 1.257 accepts and does (`component new --adapt`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.adapt.errors import AdapterError
from generator.canonical.names import MEMORY
from generator.canonical.names import REALLOC as CABI_REALLOC
from generator.componentize.world import decoded_world
from generator.errors import GeneratorError
from generator.resolved.model import FunctionItem
from generator.wasm.decode import DecodedModule
from generator.wasm.module import CustomSection
from generator.wasm.types import ExternKind, FuncIndex, FuncType, MemoryType, OtherType, ValType
from generator.wit.binary.encode import is_component_type_section

MAIN_MODULE = "__main_module__"
ENV = "env"
STACK_POINTER = "__stack_pointer"
ALLOCATION_STATE = "allocation_state"
"""The names of two globals."""
IMPORT_REALLOC, EXPORT_REALLOC = "cabi_import_realloc", "cabi_export_realloc"
REALLOCS = (IMPORT_REALLOC, EXPORT_REALLOC, CABI_REALLOC)
MAIN_REALLOCS = (CABI_REALLOC, "canonical_abi_realloc")
"""The names of `__main_module__`'s functions that give it memory."""
REALLOC = FuncType((ValType.I32,) * 4, (ValType.I32,))
_PREFIX = re.compile(r"(cabi_post_|\[callback\])?(\[async-lift(-stackful)?\])?")
"""Prefixes of core exports that belong to a function of the world."""


@dataclass(frozen=True, slots=True)
class Adapter:
    name: str
    """The import module that it implements."""
    module: DecodedModule
    """Without the `component-type` sections."""
    component_types: tuple[CustomSection, ...]
    world_exports: tuple[str, ...]
    """Core exports for the exports of its world."""

    def variable(self, name: str) -> int | None:
        """A global of that name, by the name section (so does the reference), if it is a mutable i32."""
        for index, found in self.module.global_names.items():
            if found == name and index < len(self.module.globals):
                type = self.module.globals[index]
                return index if type.mutable and type.type is ValType.I32 else None
        return None

    @property
    def own_reallocs(self) -> tuple[str, ...]:
        """The allocators for the Canonical ABI that it exports."""
        return tuple([name for name in REALLOCS if self.module.export_func_type(name) == REALLOC])


def read_adapter(name: str, binary: bytes) -> Adapter:
    """Raises AdapterError for a binary that is malformed or has something that adapters cannot have."""
    try:
        module = DecodedModule(binary)
        _check(module)
        sections = tuple([custom for custom in module.customs if is_component_type_section(custom.name)])
        exports = tuple(_world_exports(module, sections))
    except GeneratorError as error:
        raise AdapterError(f"adapter `{name}`: {error}") from None
    stripped = module.without_customs(is_component_type_section)
    return Adapter(name, stripped, sections, exports)


def _check(module: DecodedModule) -> None:
    if module.custom("dylink.0") is not None:
        raise AdapterError("a dynamic library cannot be an adapter; give it as a library")
    if module.has_segments or module.start is not None or module.tags:
        raise AdapterError("it has data, elements, tags or a start function; an adapter has only functions and globals")
    for type in module.types:
        if isinstance(type, OtherType):
            raise AdapterError(f"it has {type.what}; in an adapter that is not supported")
    memories = 0
    for item in module.imports:
        is_memory = isinstance(item.desc, MemoryType) and (item.module, item.name) == (ENV, MEMORY)
        memories += is_memory
        if not is_memory and not (isinstance(item.desc, FuncIndex) and item.module != ENV):
            raise AdapterError(
                f"import `{item.module}` `{item.name}`: an adapter imports functions of WIT or of `{MAIN_MODULE}`, "
                f"and `{MEMORY}` from `{ENV}`"
            )
    if len(module.memories) > memories:
        raise AdapterError(f"it defines a memory; an adapter imports `{MEMORY}` from `{ENV}`")


def _world_exports(module: DecodedModule, sections: tuple[CustomSection, ...]) -> Iterator[str]:
    """Names of core exports that implement an export of the world, including those of post-returns and destructors."""
    interfaces: set[str] = set()
    functions: set[str] = set()
    for section in sections:
        resolve, world, _ = decoded_world(section.data)
        for key, item in resolve.worlds[world].exports.items():
            (functions if isinstance(item, FunctionItem) else interfaces).add(resolve.world_key_name(key))
    for export in module.exports:
        base = _PREFIX.sub("", export.name, count=1)
        interface, hash, _ = base.partition("#")
        if export.kind is ExternKind.FUNC and (base in functions or (hash and interface in interfaces)):
            yield export.name
