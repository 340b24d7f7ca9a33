"""Functions and resources by their names in steps."""

from __future__ import annotations

from collections.abc import Sequence

from harness.plan.roles import Role
from harness.plan.steps import CallStep, NewStep, StepError, V
from harness.planner.composition import Composition
from harness.text.nearest import there_are
from harness.world import types as t
from harness.world.world import Function

WORLD = t.qualified(None, "")
"""The prefix of canonical names of the world's own items; steps leave it out."""


def split_function(text: str) -> tuple[str | None, str]:
    """Interface and name of `a:b/c#f` or `f`."""
    interface, hash_, name = text.rpartition("#")
    return (interface if hash_ and interface != "-" else None), name


def callable_by(composition: Composition, roles: Sequence[Role]) -> list[str]:
    """The functions that these components can call."""
    functions = [f for role in roles if role in composition.worlds for f in composition.imports(role)]
    return list(dict.fromkeys(function.canonical.removeprefix(WORLD) for function in functions))


def import_of(composition: Composition, role: Role, step: CallStep[V]) -> Function:
    """The function that a component calls. Raises `StepError`."""
    interface, name = split_function(step.function)
    function = composition.worlds[role].import_function(interface, name)
    if function is None:
        known = callable_by(composition, [role])
        message = f"the {role.value} imports no {step.function}\n{there_are(step.function, known, 'imports of it')}"
        raise StepError((*step.path, "call"), message)
    return function


def resource_of(composition: Composition, role: Role, step: NewStep) -> t.Resource:
    """The resource that a component makes. Raises `StepError`."""
    interface, name = split_function(step.resource)
    exports = composition.worlds[role].exports
    resource = exports[interface].resources.get(name) if interface in exports else None
    if resource is not None and resource.exported:
        return resource
    known = [
        t.qualified(key, found).removeprefix(WORLD)
        for key, exported in exports.items()
        for found, resource in exported.resources.items()
        if resource.exported
    ]
    message = f"the {role.value} defines no resource {step.resource}"
    listed = there_are(step.resource, known, "resources of it")
    raise StepError((*step.path, "resource"), f"{message}\n{listed}")
