"""Dynamic libraries into one component (tool-conventions, DynamicLinking.md)."""

from __future__ import annotations

from collections.abc import Sequence

from generator.componentize.encoder import ComponentizeOptions, componentize
from generator.link.library import Library, read_library
from generator.link.options import LinkOptions
from generator.link.plan_link import plan_link
from generator.link.worlds import Warn, ignore

__all__ = ["Library", "LinkOptions", "link", "plan_link", "read_library"]

_LINK_DEFAULTS = LinkOptions()
_COMPONENTIZE_DEFAULTS = ComponentizeOptions()


def link(
    libraries: Sequence[Library],
    options: LinkOptions = _LINK_DEFAULTS,
    componentize_options: ComponentizeOptions = _COMPONENTIZE_DEFAULTS,
    *,
    warn: Warn = ignore,
) -> bytes:
    """One component of all libraries that its world reaches; the first library that exports a symbol defines it.

    Raises LinkError for libraries that do not fit together, another GeneratorError for their worlds.
    """
    plan = plan_link(
        libraries,
        options,
        debug_names=componentize_options.debug_names,
        legacy_names=componentize_options.legacy_names,
        warn=warn,
    )
    return componentize(plan, componentize_options)
