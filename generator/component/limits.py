"""The engines' limits on a component: wasmparser's limits, which wasm-tools and wasmtime share.

The limits on types are in `generator.wit.binary.limits`. The limits here come from tests of wasm-tools 1.262.0 and
wasmtime 50.0.1 at both sides of each. wasmparser 0.257 has them in its `limits.rs`, but with 1,000 each for instances,
modules and components.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.component.types import Sort
from generator.errors import LimitError

MOST_BINARIES = 1_000
"""Core modules and components in a file, at all depths, including the component itself."""
MOST_INSTANCES = 4_096
"""Instances and core instances in the index spaces of one component: defined, imported, exported."""
MOST_ITEMS = 1_000_000
"""Functions and core functions together; types and core types together; tables, memories, globals, tags."""
MOST_ARGUMENTS = 100_000
"""Arguments of an instantiation, and exports of an instance that is made of items."""

_TOGETHER = {
    Sort.INSTANCE: ("instances", (Sort.INSTANCE, Sort.CORE_INSTANCE), MOST_INSTANCES),
    Sort.FUNC: ("functions", (Sort.FUNC, Sort.CORE_FUNC), MOST_ITEMS),
    Sort.TYPE: ("types", (Sort.TYPE, Sort.CORE_TYPE), MOST_ITEMS),
}
_SPACES = {sort: entry for entry in _TOGETHER.values() for sort in entry[1]}


UNCHECKED = {sort: _SPACES[sort][2] // 2 if sort in _SPACES else MOST_ITEMS for sort in Sort}
"""Index spaces cannot be too large while none has more than this: at most two are counted together."""


def check_space(next_index: Mapping[Sort, int], sort: Sort) -> None:
    """Raises LimitError if the index space of `sort`, and the one that is counted with it, have too many items."""
    what, sorts, most = _SPACES.get(sort) or (f"items of sort {sort.name.lower()}", (sort,), MOST_ITEMS)
    if sum([next_index[each] for each in sorts]) > most:
        raise LimitError(f"the component would have more than {most} {what}: no engine accepts that")


def check_binaries(count: int) -> None:
    """Raises LimitError for too many core modules and components in one file."""
    if count > MOST_BINARIES:
        raise LimitError(
            f"there would be more than {MOST_BINARIES} components and core modules in one file: no engine accepts that "
            "(each exported interface is a separate component)"
        )


def check_arguments(count: int) -> None:
    """Raises LimitError for too many arguments or exports of one instance."""
    if count > MOST_ARGUMENTS:
        raise LimitError(
            f"an instance would have {count} arguments or exports; no engine accepts more than {MOST_ARGUMENTS}"
        )
