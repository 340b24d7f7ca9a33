"""Canonical definitions of a component, as data, each by its name in core modules or in the world."""

from __future__ import annotations

from dataclasses import dataclass, field

ENCODINGS = ("utf-8", "utf-16", "latin1+utf16")


@dataclass(frozen=True, slots=True)
class DefinitionOptions:
    """`opts`: the indices that they name; a missing encoding means UTF-8."""

    encoding: str = ENCODINGS[0]
    memory: int | None = None
    realloc: int | None = None
    post_return: int | None = None
    is_async: bool = False
    callback: int | None = None

    def words(self) -> str:
        """The options that are present, without indices, which may differ between components."""
        present = {
            "memory": self.memory,
            "realloc": self.realloc,
            "post-return": self.post_return,
            "callback": self.callback,
        }
        given = [word for word, index in present.items() if index is not None]
        return ", ".join([self.encoding, *(["async"] if self.is_async else []), *given])


@dataclass(frozen=True, slots=True)
class CanonDefinition:
    """A canonical definition. `core`: the core function of a lift as (core instance, export), if it is an export."""

    opcode: int
    options: DefinitionOptions
    core: tuple[int, str] | None = None


@dataclass(slots=True)
class CanonDefinitions:
    """`lifts` by the world's name (`a:b/i#f`, `f`), `others` by the module and field of the core import."""

    lifts: dict[str, CanonDefinition] = field(default_factory=dict)
    others: dict[tuple[str, str], list[CanonDefinition]] = field(default_factory=dict)
    post_returns: frozenset[tuple[int, str]] = frozenset()
    """Core exports with a matching `cabi_post_` function, as (core instance, export)."""
