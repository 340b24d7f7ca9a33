"""Core modules that components import instead of embedding, so that each is compiled once for many components."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from harness.binary.core_module import imported, module_type, without_customs
from harness.binary.sections import (
    COMPONENT_PREAMBLE,
    BinaryError,
    Section,
    Surface,
    name,
    section,
    sections,
    surface,
    unsigned,
    vector,
)

_CORE_MODULE, _CORE_TYPE, _IMPORT = 1, 3, 10
_INITIALIZE = ("env", "wit_dylib_initialize")
"""The function of an interpreter that every library for a world calls (wit_dylib.h)."""


@dataclass(frozen=True, slots=True)
class SharedModule:
    """A core module that the host supplies. `key` identifies its content without custom sections."""

    key: str
    type: bytes
    """Its `core:moduletype`."""
    module: bytes

    @property
    def import_name(self) -> str:
        return f"harness-shared-{self.key}"


class SharedModules:
    """Core modules that are worth a separate compilation: the interpreters, and libraries that several cells of a plan
    embed.

    Recognized by content without custom sections.
    """

    SMALLEST = 1024
    """Size in bytes below which another compilation is cheaper than sharing."""
    LARGEST = 16 << 20
    """Size in bytes above which nothing is cached: such a module is no library of ours, and memory is worth more."""
    _REMEMBERED = 64

    def __init__(self) -> None:
        self._by_content: OrderedDict[bytes, SharedModule | None] = OrderedDict()
        self._shared: OrderedDict[tuple[bytes, bool], SplitComponent] = OrderedDict()

    def share(self, component: bytes, several: bool = True) -> SplitComponent:
        """`share` with a cache: a component takes part in several cells of a plan."""
        if len(component) > self.LARGEST:
            return share(component, self, several)
        found = self._shared.get((component, several))
        if found is None:
            found = self._shared[component, several] = share(component, self, several)
            if len(self._shared) > self._REMEMBERED:
                self._shared.popitem(last=False)
        return found

    def find(self, module: bytes, several: bool = True) -> SharedModule | None:
        """The module to share; None for a small or huge one, and for one with types that cannot be declared. Without
        `several`, None also for the library of a world: no other cell has it, and by itself it costs more."""
        if not self.SMALLEST <= len(module) <= self.LARGEST:
            return None
        plain = without_customs(module)
        if plain in self._by_content:
            self._by_content.move_to_end(plain)
            return self._by_content[plain]
        if not several and _is_of_a_world(plain):
            return None
        try:
            type = module_type(plain)
        except BinaryError:
            found = None
        else:
            key = hashlib.blake2b(plain, digest_size=8).hexdigest()
            found = SharedModule(f"x{key}", type, _without_world(module))
        self._by_content[plain] = found
        if len(self._by_content) > self._REMEMBERED:
            self._by_content.popitem(last=False)
        return found


@dataclass(frozen=True, slots=True)
class SplitComponent:
    """A component that imports its formerly embedded modules under their `import_name`."""

    component: bytes
    modules: tuple[SharedModule, ...]
    surface: Surface


def share(component: bytes, known: SharedModules, several: bool = True) -> SplitComponent:
    """Replace each known module by an import at the same place, so the core module index space keeps its order.
    `several`: whether the component takes part in several cells.

    A component that declares core types after such a place stays unchanged, because their indices would move.
    """
    if component[:8] != COMPONENT_PREAMBLE:
        raise BinaryError("not a component: wrong first 8 bytes")
    parts = [part for part in sections(component) if part.id in (_CORE_MODULE, _CORE_TYPE)]
    found: dict[int, SharedModule] = {}
    for position, part in enumerate(parts):
        if part.id == _CORE_MODULE:
            module = known.find(component[part.body : part.end], several)
            if module is not None and module not in found.values():
                found[position] = module
    if not found or any(part.id == _CORE_TYPE for part in parts[min(found) :]):
        return SplitComponent(component, (), surface(component))
    types = _core_types(component, parts[: min(found)])
    out = bytearray()
    copied = 0
    for position, module in found.items():
        out += component[copied : parts[position].start]
        copied = parts[position].end
        out += section(_CORE_TYPE, vector([module.type]))
        item = b"\x00" + name(module.import_name) + b"\x00\x11" + unsigned(types)
        out += section(_IMPORT, vector([item]))
        types += 1
    out += component[copied:]
    return SplitComponent(bytes(out), tuple(found.values()), surface(bytes(out)))


def _is_of_a_world(module: bytes) -> bool:
    try:
        return any((within, name) == _INITIALIZE for within, name, _ in imported(module))
    except BinaryError:
        return False


def _core_types(component: bytes, parts: list[Section]) -> int:
    """The number of core types that these sections declare; each section starts with its count."""
    count = 0
    for part in parts:
        if part.id == _CORE_TYPE:
            value = shift = 0
            for byte in component[part.body : part.end]:
                value |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    break
            count += value
    return count


def _without_world(module: bytes) -> bytes:
    """The name section stays (backtraces show names); other custom sections mean nothing to an engine."""
    kept = bytearray(module[:8])
    for part in sections(module):
        if part.id or _is_name_section(module, part):
            kept += module[part.start : part.end]
    return bytes(kept)


def _is_name_section(module: bytes, part: Section) -> bool:
    return module[part.body : part.body + 5] == b"\x04name"
