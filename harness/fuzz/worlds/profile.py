"""The possible contents of random worlds, and a random world as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """Sizes and switches. An enabled switch makes a thing possible: each world draws anew which of these things it
    has."""

    functions: int = 5
    """About how many functions a world has; the maximum is four times that."""
    depth: int = 4
    """The depth of types in one expression; named types add to that."""
    nodes: int = 80
    """The maximum number of parts of a named type that is used again, with all names replaced by their definitions."""
    packages: bool = True
    resources: bool = True
    maps: bool = True
    fixed_length_lists: bool = True
    error_contexts: bool = True
    labels: bool = True
    includes: bool = True
    gates: bool = True
    hard_names: bool = True
    """Keywords, symbols of the core module, of libc and of the linker, acronyms, many words."""
    large_types: bool = True
    """Enums and variants on both sides of 256 cases, records and tuples of dozens of fields."""
    accessors: bool = True
    """Getters and setters."""
    stretched: bool = True
    """Rarely many of one thing: functions, types, fields, imports and whatever else is counted (`stretched.py`)."""
    versions: bool = True
    """Rarely an interface in several versions, for linkers that merge them (`versions.py`)."""
    asynchronous: bool = True
    """Async functions, streams and futures. Parts that cannot run yet are left out of a world, by name."""
    always: tuple[str, ...] = ()
    """The names of switches whose things each world may have, where others draw that anew for each world."""


@dataclass(frozen=True, slots=True)
class FuzzWorld:
    """A WIT text (one file, nested packages), the world in it, and the WIT features to be enabled."""

    wit: str
    world: str
    features: tuple[str, ...] = ()
