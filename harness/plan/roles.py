"""The roles of components in a composition, and their wires."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique


@unique
class Role(Enum):
    """The role of a component in a composition."""

    PROVIDER = "provider"
    SUBJECT = "subject"
    DRIVER = "driver"

    # Members are singletons; Enum hashes their names, which is slow.
    __hash__ = object.__hash__


@unique
class ItemKind(Enum):
    INSTANCE = "instance"
    FUNC = "func"
    TYPE = "type"


@dataclass(frozen=True, slots=True)
class Wire:
    """`consumer` imports `name`; it gets the item at `path` of `producer`'s exports (two steps: export, item of it)."""

    consumer: Role
    name: str
    kind: ItemKind
    producer: Role
    path: tuple[str, ...]
