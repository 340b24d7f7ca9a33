"""The layers of folders, from the bottom. A table for each package that has them; `test_house.py` holds them.

A folder imports folders of lower layers only, so folders of one layer know nothing of each other and no folders form a
circle. A new folder needs a place here; docs/house.md says what it is for.
"""

from __future__ import annotations

Layers = tuple[tuple[str, ...], ...]

GENERATOR: Layers = (
    ("generator",),  # errors, places in source texts
    ("generator/names", "generator/processes", "generator/resolved", "generator/wasm"),
    ("generator/canonical", "generator/component", "generator/text_format", "generator/wit"),
    ("generator/wit/binary", "generator/dylib/world", "generator/preinit", "generator/validate"),
    ("generator/dylib/code", "generator/sources", "generator/componentize", "generator/dummy"),
    ("generator/dylib/adapters", "generator/dylib/wit_t", "generator/adapt"),
    ("generator/link",),
    ("generator/dylib", "generator/cli/arguments"),
    ("generator/cli",),
)

LAYERS: dict[str, Layers] = {"generator": GENERATOR}
"""The layers of each package."""
