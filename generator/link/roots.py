"""Which libraries the outside reaches."""

from __future__ import annotations

from generator.link.library import Library
from generator.link.names import START


def is_root(library: Library) -> bool:
    """Whether something outside reaches the library: its world, `dlopen`, or a `_start`."""
    contents = library.contents
    return library.dl_openable or START in contents.lifecycle or bool(contents.component_types)
