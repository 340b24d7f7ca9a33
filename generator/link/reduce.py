"""A module reduced to what some of its functions reach: the others are left out, and so is what only they import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from generator.wasm.decode import DecodedModule
from generator.wasm.encode import encode_custom, encode_module
from generator.wasm.errors import WasmFormatError
from generator.wasm.instructions import References, read_references
from generator.wasm.leb128 import encode_unsigned
from generator.wasm.module import CustomSection, Export, Global, Module
from generator.wasm.names import SECTION, name_section
from generator.wasm.reader import Reader
from generator.wasm.types import ExternKind, FuncIndex, FuncType


@dataclass(frozen=True, slots=True)
class Reach:
    """Functions that are reached, and what their bodies refer to; indices of the whole module."""

    functions: Mapping[int, References]
    """Those that the module defines, in the order of their indices."""
    imports: frozenset[int]
    globals: frozenset[int]


def reach(module: DecodedModule, exports: Iterable[str]) -> Reach:
    """What the exported functions of these names reach by calls. Tables are not looked at: a module without element
    segments has nothing in them. Raises WasmFormatError."""
    imported = _imported(module)
    waiting = [module.exports_by_name[name].index for name in exports]
    found: dict[int, References] = {}
    imports: set[int] = set()
    while waiting:
        index = waiting.pop()
        module.func_type(index)  # or it is out of range
        if index < imported:
            imports.add(index)
        elif index not in found:
            start, end = module.bodies[index - imported]
            found[index] = read_references(Reader(module.binary, start, end, "code"))
            waiting += [use.index for use in found[index].functions]
    globals = frozenset().union(*[references.globals for references in found.values()])
    return Reach(dict(sorted(found.items())), frozenset(imports), globals)


def reduce(
    module: DecodedModule, exports: Iterable[str], reach: Reach, initial: Mapping[int, bytes], name: str
) -> bytes:
    """The module with the functions that are reached, and exports of these names only.

    Tables and globals stay. The module must import neither, and have no segments, and function types only. `initial`:
    new initial values of globals, as constant expressions without `end`. `name`: of the module, for its name section.
    """
    result = Module()
    result.types += [type for type in module.types if isinstance(type, FuncType)]
    indices: dict[int, int] = {}
    number = 0
    for item in module.imports:
        if isinstance(item.desc, FuncIndex):
            number += 1
            if number - 1 not in reach.imports:
                continue
            indices[number - 1] = len(indices)
        result.imports.append(item)
    for index in reach.functions:
        indices[index] = len(indices)
    for index, references in reach.functions.items():
        result.functions.append(module.function_type_indices[index])
        start, end = module.bodies[index - _imported(module)]
        result.code.append(_renumbered(module.binary, start, end, references, indices))
    result.tables += module.tables
    result.globals += [
        Global(item.type, initial.get(index, item.init)) for index, item in enumerate(module.defined_globals)
    ]
    result.exports += [
        Export(export, ExternKind.FUNC, indices[module.exports_by_name[export].index]) for export in exports
    ]
    names = {indices[index]: text for index, text in module.function_names.items() if index in indices}
    return encode_module(result) + encode_custom(CustomSection(SECTION, name_section(name, names)))


def _imported(module: DecodedModule) -> int:
    """The number of imported functions."""
    imported = sum(isinstance(item.desc, FuncIndex) for item in module.imports)
    declared = len(module.function_type_indices) - imported
    if declared != len(module.bodies):
        raise WasmFormatError(
            f"{declared} functions are declared, but there are {len(module.bodies)} bodies", 0, "code"
        )
    return imported


def _renumbered(binary: bytes, start: int, end: int, references: References, indices: Mapping[int, int]) -> bytes:
    pieces: list[bytes] = []
    for use in references.functions:
        pieces += (binary[start : use.start], encode_unsigned(indices[use.index]))
        start = use.end
    return b"".join([*pieces, binary[start:end]])
