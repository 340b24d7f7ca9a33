"""Built-ins and destructors of resources (CanonicalABI.md, `canon resource.new`, `.drop`, `.rep`; `wit_resource_t`)."""

from __future__ import annotations

from generator.canonical.names import Intrinsic, dtor_name, resource_import_name
from generator.dylib.code import intrinsics
from generator.dylib.code.assembly import Assembly, Body
from generator.dylib.wit_t.encoder import ResourceEntry
from generator.dylib.world.type_table import ResourceUse
from generator.resolved.instances import Instances
from generator.wasm.types import FuncType, ValType

I32 = ValType.I32


def resource_entry(assembly: Assembly, instances: Instances, use: ResourceUse) -> ResourceEntry:
    """Import a resource's built-ins: drop, and the definer's `new` and `rep`."""

    def place(intrinsic: Intrinsic) -> int:
        name = resource_import_name(instances.resolve, use.instance.key, use.id, intrinsic, use.instance.exported)
        results = () if intrinsic is Intrinsic.DROP else (I32,)
        return assembly.element(assembly.import_function(name, FuncType((I32,), results)))

    name, interface = use.name, instances.name(use.instance)
    if not use.instance.exported:
        return ResourceEntry(interface, name, place(Intrinsic.DROP))
    return ResourceEntry(interface, name, place(Intrinsic.DROP), place(Intrinsic.NEW), place(Intrinsic.REP))


def write_destructor(assembly: Assembly, instances: Instances, index: int, use: ResourceUse) -> None:
    """The destructor of a resource that the component defines: the interpreter gets the resource's index and the
    rep."""
    if not use.instance.exported:
        return
    assert use.instance.key is not None, "worlds define no resources"
    name = dtor_name(instances.resolve, use.instance.key, use.id)
    function = assembly.declare(name, FuncType((I32,)))
    assembly.export(name, function)
    body = function.body = Body(1)
    body.i32_const(index)
    body.local_get(0)
    body.call_to(assembly.intrinsic(intrinsics.RESOURCE_DTOR))
