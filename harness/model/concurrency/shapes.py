"""Equality of types in two components. The specification compares types by their structure and resource types."""

from __future__ import annotations

from typing import Protocol

from harness.model.table import ResourceIdentity
from harness.plan.roles import Role
from harness.world import types as t


class Viewer(Protocol):
    """A component, which knows the resources of its types."""

    @property
    def role(self) -> Role: ...

    def identity(self, resource: t.Resource) -> ResourceIdentity: ...


class Shapes:
    """Gives equal types equal numbers. Looks at each type of each component once."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, t.Type], int] = {}
        self._numbers: dict[tuple[object, ...], int] = {}

    def of(self, inst: Viewer, type: t.Type | None) -> int:
        """The number of a type; 0 for no type, as in a stream without payload."""
        if type is None:
            return 0
        key = (inst.role, type)
        found = self._known.get(key)
        if found is None:
            shape = self._shape(inst, type)
            found = self._known[key] = self._numbers.setdefault(shape, len(self._numbers) + 1)
        return found

    def _shape(self, inst: Viewer, type: t.Type) -> tuple[object, ...]:
        match type:
            case t.Prim():
                return (type,)
            case t.Own(resource) | t.Borrow(resource):
                return type.__class__, inst.identity(resource)
            case t.EnumType():
                return type.__class__, type.cases
            case t.Flags():
                return type.__class__, type.labels
            case t.Cases():
                payloads = [self.of(inst, payload) for payload in type.payloads]
                return type.__class__, type.case_names, *payloads
            case t.Members():
                return type.__class__, type.steps, *[self.of(inst, part) for part in type.parts]
            case t.List() | t.Map() | t.Stream() | t.Future():
                return type.__class__, *[self.of(inst, part) for part in type.parts]
