"""Names of imported and exported interfaces (Explainer.md, "Import and Export Definitions")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.componentize.errors import ComponentizeError
from generator.names.component_names import ExternName, canonical_interface_name, canonical_name
from generator.resolved.model import InterfaceItem, Resolve, WorldKey


@dataclass(frozen=True, slots=True)
class InterfaceNaming:
    renamed_imports: Mapping[str, str] = field(default_factory=dict)
    """New names by the names that imports would have."""
    canonical: bool = False
    """The name has only the part of a version that compatible versions share (`canonversion`); the rest is an
    attribute."""

    def of(self, resolve: Resolve, key: WorldKey, item: InterfaceItem, *, exported: bool) -> ExternName:
        """A label (a plain name for an interface that has a name of its own) names its interface."""
        name = resolve.world_key_name(key)
        if not exported:
            name = self.renamed_imports.get(name, name)
        implements = resolve.interface_id(item.id) if isinstance(key, str) else None
        suffix = None
        if self.canonical:
            name, suffix = canonical_interface_name(name)
            if implements is not None:
                implements, suffix = canonical_interface_name(implements)
        return ExternName(name, implements, suffix, item.external_id)


class UniqueNames:
    """The names that a component's imports, or its exports, get: each is for one item (Explainer.md, "Name
    Uniqueness")."""

    def __init__(self, side: str) -> None:
        self._side = side
        self._owners: dict[str, str] = {}

    def claim(self, name: ExternName, owner: str) -> ExternName:
        """`owner`: the name of the item in the world. Raises ComponentizeError if another item has the name."""
        other = self._owners.setdefault(canonical_name(name.name), owner)
        if other != owner:
            raise ComponentizeError(f"the {self._side}s `{other}` and `{owner}` would both be called `{name.name}`")
        return name
