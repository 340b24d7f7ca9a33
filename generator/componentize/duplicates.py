"""Duplicate imports of a core module. Core WebAssembly allows them, components do not (Explainer.md, "Instance
Definitions": the names of an instance's exports are different). All but the first get a new name in the embedded
module; their meaning stays."""

from __future__ import annotations

from dataclasses import replace

from generator.componentize.errors import ComponentizeError
from generator.componentize.plan import ImportModule, LateInstance, PlanModule, SynthesizedInstance
from generator.wasm.decode import DecodedModule
from generator.wasm.encode import encode_import, encode_section, encode_vector
from generator.wasm.module import Import
from generator.wasm.reader import Reader

_IMPORT_SECTION = 2

Originals = dict[tuple[str, str], str]
"""By import module and new name: the original name of the import."""


def with_unique_imports(module: PlanModule) -> tuple[PlanModule, Originals]:
    """The module with unique imports, and which were renamed."""
    imports = module.module.imports
    names = {(item.module, item.name) for item in imports}
    if len(names) == len(imports):
        return module, {}
    seen: set[tuple[str, str]] = set()
    originals: Originals = {}
    renamed: list[Import] = []
    for item in imports:
        if (item.module, item.name) in seen:
            new = _free_name(item, names)
            names.add((item.module, new))
            originals[item.module, new] = item.name
            item = replace(item, name=new)
        seen.add((item.module, item.name))
        renamed.append(item)
    sources = dict(module.imports)
    for (namespace, new), original in originals.items():
        if namespace in sources:
            sources[namespace] = _with_copy(sources[namespace], original, new, module.name)
    return replace(module, module=_with_imports(module.module, renamed), imports=sources), originals


def _free_name(item: Import, taken: set[tuple[str, str]]) -> str:
    number = 2
    while (item.module, f"{item.name} {number}") in taken:
        number += 1
    return f"{item.name} {number}"


def _with_copy(source: ImportModule, original: str, new: str, module: str) -> ImportModule:
    if isinstance(source, LateInstance):
        return source
    if not isinstance(source, SynthesizedInstance):
        raise ComponentizeError(f"module `{module}` imports `{original}` of module `{source.module}` more than once")
    return SynthesizedInstance({**source.items, new: source.items[original]})


def _with_imports(module: DecodedModule, imports: list[Import]) -> DecodedModule:
    binary = module.binary
    reader = Reader(binary, 8)
    while not reader.at_end:
        start = reader.position
        id = reader.byte()
        reader.bytes(reader.unsigned())
        if id == _IMPORT_SECTION:
            section = encode_section(id, encode_vector([encode_import(item) for item in imports]))
            return DecodedModule(binary[:start] + section + binary[reader.position :])
    raise AssertionError("a module with imports has a section for them")
