"""The libraries that the outside reaches."""

from __future__ import annotations

from generator.componentize.world import decoded_world
from generator.link.library import Library
from generator.link.names import START
from generator.wasm.module import CustomSection


def is_root(library: Library) -> bool:
    """Whether something outside reaches the library: exports of its world, `dlopen`, or a `_start`. The reference drops
    libraries without these: a world that only imports cannot be entered."""
    contents = library.contents
    return library.dl_openable or START in contents.lifecycle or any(map(_has_exports, contents.component_types))


def _has_exports(section: CustomSection) -> bool:
    resolve, world, _ = decoded_world(section.data)
    return bool(resolve.worlds[world].exports)
