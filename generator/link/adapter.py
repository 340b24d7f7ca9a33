"""Adapters (`--adapt`): modules that give libraries what they import beside WIT and each other, in terms of WIT.

An adapter is no dynamic library: it has no data of its own in memory, and of its functions only those are kept that
somebody reaches. What it imports from `__main_module__` the libraries define. All this is the reference's convention,
learnt from what wasm-tools 1.257 accepts and does (`component new --adapt`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.componentize.world import decoded_world
from generator.errors import GeneratorError
from generator.link import names
from generator.link.errors import LinkError
from generator.resolved.model import FunctionItem
from generator.wasm.decode import DecodedModule
from generator.wasm.module import CustomSection
from generator.wasm.types import ExternKind, FuncIndex, MemoryType, OtherType

MAIN_MODULE = "__main_module__"
_PREFIX = re.compile(r"(cabi_post_|\[callback\])?(\[async-lift(-stackful)?\])?")
"""Of core exports that belong to a function of the world."""


@dataclass(frozen=True, slots=True)
class Adapter:
    name: str
    """The import module that it stands for."""
    module: DecodedModule
    """Without the `component-type` sections."""
    component_types: tuple[CustomSection, ...]
    world_exports: tuple[str, ...]
    """Core exports for what its world exports."""


def read_adapter(name: str, binary: bytes) -> Adapter:
    """Raises LinkError for a binary that is malformed or has what adapters cannot have."""
    try:
        module = DecodedModule(binary)
        _check(module)
        sections = tuple([custom for custom in module.customs if custom.name.startswith(names.COMPONENT_TYPE_PREFIX)])
        exports = tuple(_world_exports(module, sections))
    except GeneratorError as error:
        raise LinkError(f"adapter `{name}`: {error}") from None
    stripped = module.without_customs(lambda custom: custom.startswith(names.COMPONENT_TYPE_PREFIX))
    return Adapter(name, stripped, sections, exports)


def _check(module: DecodedModule) -> None:
    if module.custom("dylink.0") is not None:
        raise LinkError("a dynamic library cannot be an adapter; give it as a library")
    if module.has_segments or module.start is not None or module.tags:
        raise LinkError("it has data, elements, tags or a start function; an adapter has only functions and globals")
    for type in module.types:
        if isinstance(type, OtherType):
            raise LinkError(f"it has {type.what}; in an adapter that is not supported")
    memories = 0
    for item in module.imports:
        is_memory = isinstance(item.desc, MemoryType) and (item.module, item.name) == (names.ENV, names.MEMORY)
        memories += is_memory
        if not is_memory and not (isinstance(item.desc, FuncIndex) and item.module != names.ENV):
            raise LinkError(
                f"import `{item.module}` `{item.name}`: an adapter imports functions of WIT or of `{MAIN_MODULE}`, "
                f"and `{names.MEMORY}` from `{names.ENV}`"
            )
    if len(module.memories) > memories:
        raise LinkError(f"it defines a memory; an adapter imports `{names.MEMORY}` from `{names.ENV}`")


def _world_exports(module: DecodedModule, sections: tuple[CustomSection, ...]) -> Iterator[str]:
    """Names of core exports that stand for an export of the world, those of post-returns and destructors among them."""
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
