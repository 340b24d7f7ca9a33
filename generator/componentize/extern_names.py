"""Names of imported and exported interfaces (Explainer.md, "Import and Export Definitions")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.component.names import ExternName
from generator.wit.model import InterfaceItem, Resolve, WorldKey
from generator.wit.versions import compatible_track, is_version


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
            name, suffix = _split(name)
            if implements is not None:
                implements, suffix = _split(implements)
        return ExternName(name, implements, suffix, item.external_id)


def _split(name: str) -> tuple[str, str | None]:
    """An interface name up to the canonical version, and the rest of the version."""
    base, at, version = name.partition("@")
    track = compatible_track(version) if at and is_version(version) else None
    if track is None or track == version:
        return name, None
    return f"{base}@{track}", version[len(track) :]
