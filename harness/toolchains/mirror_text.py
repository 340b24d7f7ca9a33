"""The text that toolchains get: the packages of the source and the mirror worlds, in one file."""

from __future__ import annotations

from generator.errors import GeneratorError
from generator.wit.model import InterfaceItem, Resolve, WorldId, WorldItem, WorldKey
from harness.toolchains.mirror import MIRROR


def whole_text(resolve: Resolve, source_text: str) -> str:
    """`source_text` with the mirror package nested after it."""
    package = resolve.packages[-1]
    assert package.name == MIRROR
    lines = [source_text.rstrip("\n"), f"package {MIRROR} {{"]
    for name, id in package.worlds.items():
        lines.append(f"  world {name} {{")
        lines += [f"    {line}" for line in _items(resolve, id)]
        lines.append("  }")
    lines += ["}", ""]
    return "\n".join(lines)


def _items(resolve: Resolve, id: WorldId) -> list[str]:
    world = resolve.worlds[id]
    imports = [f"import {_item(resolve, key, item)};" for key, item in world.imports.items()]
    return imports + [f"export {_item(resolve, key, item)};" for key, item in world.exports.items()]


def _item(resolve: Resolve, key: WorldKey, item: WorldItem) -> str:
    if not isinstance(item, InterfaceItem):
        raise GeneratorError(f"the world's own item `{resolve.world_key_name(key)}` is not supported yet")
    name = resolve.interface_id(item.id)
    if name is None:
        raise GeneratorError(f"the inline interface `{resolve.world_key_name(key)}` is not supported yet")
    return f"%{key}: {name}" if isinstance(key, str) else name
