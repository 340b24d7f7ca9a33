"""Core import and export names."""

from __future__ import annotations

from dataclasses import replace

from generator.canonical.flatten import AsyncAbi
from generator.canonical.names import (
    CopyIntrinsic,
    Intrinsic,
    callback_name,
    copy_import_name,
    dtor_name,
    error_context_import_names,
    export_name,
    import_name,
    post_return_name,
    resource_import_name,
    task_return_name,
)
from generator.resolved.model import Interface, InterfaceId, InterfaceKey, Package, PackageId, PackageName
from generator.resolved.types import Future, Primitive, Resource, Stream
from generator.resolved.walk import copy_types
from tests.generator.canonical.types import Types, function

KEY = InterfaceKey(InterfaceId(0))
F = function([])


def types_with_interface() -> Types:
    types = Types()
    types.resolve.packages.append(Package(PackageName("a", "b", "1.2.3"), {"i": InterfaceId(0)}, {}))
    types.resolve.interfaces.append(Interface("i", PackageId(0), {}, {}))
    return types


def test_functions() -> None:
    resolve = types_with_interface().resolve
    assert import_name(resolve, KEY, F) == ("a:b/i@1.2.3", "f")
    assert import_name(resolve, None, F) == ("$root", "f")
    assert import_name(resolve, "label", F, AsyncAbi.CALLBACK) == ("label", "[async-lower]f")
    assert export_name(resolve, KEY, F) == "a:b/i@1.2.3#f"
    assert export_name(resolve, None, F) == "f"
    assert export_name(resolve, None, F, AsyncAbi.CALLBACK) == "[async-lift]f"
    assert post_return_name(resolve, KEY, F) == "cabi_post_a:b/i@1.2.3#f"
    assert callback_name(resolve, KEY, F) == "[callback][async-lift]a:b/i@1.2.3#f"
    assert task_return_name(resolve, None, F) == ("[export]$root", "[task-return]f")
    assert export_name(resolve, "l", replace(F, name="[method]r.f")) == "l#[method]r.f"


def test_resources() -> None:
    types = types_with_interface()
    id = types.add(Resource(), "r")
    resolve = types.resolve
    assert resource_import_name(resolve, KEY, id, Intrinsic.DROP, False) == ("a:b/i@1.2.3", "[resource-drop]r")
    assert resource_import_name(resolve, KEY, id, Intrinsic.NEW, True) == ("[export]a:b/i@1.2.3", "[resource-new]r")
    assert resource_import_name(resolve, KEY, id, Intrinsic.REP, True) == ("[export]a:b/i@1.2.3", "[resource-rep]r")
    assert resource_import_name(resolve, None, id, Intrinsic.DROP, False) == ("$root", "[resource-drop]r")
    assert dtor_name(resolve, KEY, id) == "a:b/i@1.2.3#[dtor]r"


def test_streams_and_futures() -> None:
    types = types_with_interface()
    inner = types.add(Future(Primitive.U32))
    outer = types.add(Future(inner))
    stream = types.add(Stream(Primitive.STRING))
    f = function([outer, Primitive.U32], stream)
    assert copy_types(types.resolve, f) == [inner, outer, stream]
    assert copy_import_name(types.resolve, None, f, "future", CopyIntrinsic.NEW, 0, False) == (
        "$root",
        "[future-new-0]f",
    )
    assert copy_import_name(types.resolve, KEY, f, "stream", CopyIntrinsic.READ, 2, True, True) == (
        "[export]a:b/i@1.2.3",
        "[async-lower][stream-read-2]f",
    )


def test_error_context() -> None:
    assert error_context_import_names()[1] == ("$root", "[error-context-debug-message-utf8]")
