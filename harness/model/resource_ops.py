"""Operations of a component on its handles: `canon resource.*`, `canon error-context.*` of CanonicalABI.md."""

from __future__ import annotations

from harness.model.context import Unpredictable
from harness.model.instance import Instance
from harness.model.table import ErrorContextHandle, ResourceHandle, ResourceIdentity
from harness.script import operations as s
from harness.script.text import in_words
from harness.trace import events as e


def perform(instance: Instance, op: s.HandleOp, args: tuple[s.Value, ...]) -> ResourceHandle | None:
    """Perform an operation on a resource or an error context. The caller destroys the returned resource."""
    if isinstance(op, s.Drop):
        return drop(instance, instance.evaluate(op.handle, args))
    match op:
        case s.New(register, interface, name, number):
            new(instance, register, interface, name, number)
        case s.Rep(register, value):
            rep(instance, register, instance.evaluate(value, args))
        case s.ErrorContextNew(register, value):
            error_context_new(instance, register, instance.evaluate(value, args))
        case s.ErrorContextMessage(register, value):
            error_context_message(instance, register, instance.evaluate(value, args))
    return None


def new(instance: Instance, register: int, interface: str | None, name: str, rep: int) -> None:
    exported = instance.world.exports.get(interface)
    resource = exported.resources.get(name) if exported is not None else None
    if resource is None or not resource.exported:
        raise Unpredictable(f"the {instance.role.value} does not define the resource {name} in {interface}")
    number = instance.table.add(ResourceHandle(instance.identity(resource), rep, own=True))
    instance.tell(e.ResourceNew(resource.canonical, rep, number))
    instance.store(register, s.Handle(number, resource.canonical))


def rep(instance: Instance, register: int, value: s.Value) -> None:
    handle, canonical, rt = _resource(instance, value)
    found = instance.table.resource(instance.table.get(handle.number), rt).rep
    instance.tell(e.ResourceRep(canonical, handle.number, found))
    instance.store(register, s.Number("u32", found))


def drop(instance: Instance, value: s.Value) -> ResourceHandle | None:
    """Drop a handle. The caller destroys the returned resource, of an own handle."""
    if isinstance(value, s.Handle) and value.resource == s.ERROR_CONTEXT:
        instance.tell(e.ErrorContextDrop(value.number))
        instance.table.lift_error_context(value.number)
        instance.table.remove(value.number)
        return None
    handle, canonical, rt = _resource(instance, value)
    instance.tell(e.ResourceDrop(canonical, handle.number))
    dropped = instance.table.drop(handle.number, rt)
    return dropped if dropped.own else None


def error_context_new(instance: Instance, register: int, value: s.Value) -> None:
    """The host may shorten or replace the message; engines in use keep it."""
    if not isinstance(value, s.Str):
        raise Unpredictable("the message of an error context is not a string")
    number = instance.table.add(ErrorContextHandle(value.data))
    instance.tell(e.NewErrorContext(len(value.data), value.data, number))
    instance.store(register, s.Handle(number, s.ERROR_CONTEXT))


def error_context_message(instance: Instance, register: int, value: s.Value) -> None:
    if not isinstance(value, s.Handle):
        raise Unpredictable("the message of something that is not an error context")
    data = instance.table.lift_error_context(value.number).message
    instance.tell(e.ErrorContextDebugMessage(value.number, len(data), data))
    instance.store(register, s.Str(data))


def parts_of(canonical: str) -> tuple[str | None, str]:
    """The interface and the name in the canonical name of an exported resource."""
    interface, _, name = canonical.removeprefix("[export]").rpartition("#")
    return (None if interface == "-" else interface), name


def _resource(instance: Instance, value: s.Value) -> tuple[s.Handle, str, ResourceIdentity]:
    if not isinstance(value, s.Handle) or value.resource is None:
        raise Unpredictable(f"the resource of {in_words(value)} is not known")
    rt = instance.identity_of(value.resource)
    if rt is None:
        raise Unpredictable(f"the {instance.role.value} knows no resource {value.resource}")
    return value, value.resource, rt
