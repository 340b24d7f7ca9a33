"""The options of a library."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, unique

from generator.dylib.world.async_filter import AsyncFilters
from generator.dylib.world.exclusions import Exclusions


@unique
class StackPointer(Enum):
    """The location of the shadow stack's pointer."""

    GLOBAL = "global"
    """The imported global `__stack_pointer` (WASI 0.2 and before)."""
    TASK_CONTEXT = "task-context"
    """The task's context slot 0 (WASI 0.3 and later)."""


@unique
class Optimize(Enum):
    """Which code is preferred (docs/generated-code.md)."""

    SPEED = "speed"
    """Small conversions are inlined wherever they are used, elements in the loops over their lists; loops over plain
    elements are unrolled."""
    SIZE = "size"
    """A conversion that is used several times becomes a function, if that is shorter."""


ABI_VERSIONS = (2, 3)


@dataclass(frozen=True, slots=True)
class DylibOptions:
    """`interpreter` is the name of the needed library, if any; `abi_version` the version of `wit_t`: 2 or 3."""

    interpreter: str | None = None
    async_filters: AsyncFilters = field(default_factory=AsyncFilters)
    abi_version: int = 3
    stack_pointer: StackPointer = StackPointer.GLOBAL
    optimize: Optimize = Optimize.SPEED
    canonical_names: bool = False
    """Versions in the `component-type` section are split into the matched part (`@0.2`) and a suffix (`.1`)."""
    several_worlds: bool = False
    """The interpreter's functions are those of this project's extension for several worlds (wit_dylib.h)."""
    exclusions: Exclusions = field(default_factory=Exclusions)
    """The items that the interpreter implements itself: not generated, and not in the `component-type` section."""
