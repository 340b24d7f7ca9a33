"""Interfaces that a composition imports from its host for a component in it, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class HostImports:
    """`sections` of a component that import the interfaces, before any others; `instances`: their indices by name, all
    that there are; `types`: how many types the sections define."""

    sections: bytes = b""
    instances: Mapping[str, int] = field(default_factory=dict)
    types: int = 0


NO_IMPORTS = HostImports()
