"""Names of imported and exported interfaces (Explainer.md, "Import and Export Definitions")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.component.names import ExternName, canonical_interface_name
from generator.wit.model import InterfaceItem, Resolve, WorldKey


@dataclass(frozen=True, slots=True)
class InterfaceNaming:
    renamed_imports: Mapping[str, str] = field(default_factory=dict)
    """New names by the names that imports would have."""
    canonical: bool = False
    """Of a version, the name has only what compatible versions share (`canonversion`); the rest is an attribute."""

    def of(self, resolve: Resolve, key: WorldKey, item: InterfaceItem, *, exported: bool) -> ExternName:
        """A label (a plain name for an interface that has one of its own) says which interface it stands for."""
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
