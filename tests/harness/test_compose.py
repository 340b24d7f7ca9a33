"""Components put together: wires, interpreters taken out and shared, what does not fit."""

from __future__ import annotations

import pytest
import wasmtime
import wasmtime.component

from harness.binary.core_module import core_interface, module_type, without_customs
from harness.binary.sections import SORT_FUNC, SORT_INSTANCE, BinaryError, Reader, surface, unsigned
from harness.binary.share import SharedModules, share
from harness.composition.compose import CompositionError, compose
from harness.plan.roles import ItemKind, Role, Wire
from tests.harness import stub

WIRE = Wire(Role.DRIVER, "a:b/c", ItemKind.INSTANCE, Role.SUBJECT, ("a:b/c",))


@pytest.fixture(scope="module")
def subject() -> bytes:
    return stub.component(work_export="a:b/c")


@pytest.fixture(scope="module")
def driver() -> bytes:
    return stub.component(work_import="a:b/c")


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 2**32 - 1])
def test_unsigned_round_trip(value: int) -> None:
    assert Reader(unsigned(value)).unsigned() == value


def test_surface(subject: bytes, driver: bytes) -> None:
    found = surface(driver)
    assert found.imports == {"harness:boxed/host@0.1.0": SORT_INSTANCE, "a:b/c": SORT_INSTANCE}
    assert found.exports == {"harness:boxed/control@0.1.0": SORT_INSTANCE}
    assert surface(subject).exports["a:b/c"] == SORT_INSTANCE


def test_a_composition_imports_hosts_and_exports_entries(subject: bytes, driver: bytes) -> None:
    composition = compose({Role.DRIVER: driver, Role.SUBJECT: subject}, [WIRE], SharedModules())
    found = surface(composition.component)
    assert composition.roles == (Role.SUBJECT, Role.DRIVER), "producers first"
    assert found.imports == {"host-subject": SORT_INSTANCE, "host-driver": SORT_INSTANCE}
    assert found.exports == dict.fromkeys(("subject-run", "subject-finish", "driver-run", "driver-finish"), SORT_FUNC)
    assert wasmtime.component.Component(wasmtime.Engine(), composition.component)


def test_asynchronous_interpreters_have_interfaces_of_their_own(subject: bytes) -> None:
    asynchronous = stub.component(version="0.2.0")
    composition = compose({Role.SUBJECT: asynchronous}, [], SharedModules(), asynchronous=True)
    assert composition.asynchronous
    assert surface(composition.component).exports.keys() == {"subject-run", "subject-finish"}
    assert wasmtime.component.Component(wasmtime.Engine(), composition.component)
    with pytest.raises(CompositionError, match=r"imports harness:boxed/host@0\.1\.0, which nothing provides"):
        compose({Role.SUBJECT: subject}, [], SharedModules(), asynchronous=True)


def test_a_synchronous_world_may_have_an_interface_of_that_name() -> None:
    """Then the interface belongs to the world and not to the interpreter."""
    with pytest.raises(CompositionError, match=r"imports harness:boxed/host@0\.2\.0, which nothing provides"):
        compose({Role.SUBJECT: stub.component(version="0.2.0")}, [], SharedModules())


def test_what_is_not_imported_is_not_wired(subject: bytes) -> None:
    extra = Wire(Role.SUBJECT, "x:y/z", ItemKind.INSTANCE, Role.PROVIDER, ("x:y/z",))
    composition = compose({Role.SUBJECT: subject, Role.PROVIDER: subject}, [extra], SharedModules())
    assert wasmtime.component.Component(wasmtime.Engine(), composition.component)


@pytest.mark.parametrize(
    ("wires", "message"),
    [
        ([], "the driver imports a:b/c, which nothing provides"),
        (
            [Wire(Role.DRIVER, "a:b/c", ItemKind.INSTANCE, Role.SUBJECT, ("a:b/d",))],
            "the subject does not export a:b/d",
        ),
        ([WIRE, Wire(Role.SUBJECT, "q", ItemKind.FUNC, Role.DRIVER, ("q",))], "circle"),
    ],
)
def test_what_does_not_fit_is_named(subject: bytes, driver: bytes, wires: list[Wire], message: str) -> None:
    with pytest.raises(CompositionError, match=message):
        compose({Role.DRIVER: driver, Role.SUBJECT: subject}, wires, SharedModules())


@pytest.mark.parametrize("binary", [b"", b"\0asm\x01\0\0\0", b"\0asm\x0d\0\x01\0\x0a\xff"])
def test_malformed_components_are_named(binary: bytes) -> None:
    with pytest.raises(CompositionError, match="the subject is malformed"):
        compose({Role.SUBJECT: binary}, [], SharedModules())


class TestSharing:
    def test_a_module_becomes_an_import(self, subject: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(SharedModules, "SMALLEST", 100)
        shared = share(subject, SharedModules())
        interpreter = without_customs(stub.interpreter())
        assert interpreter in [without_customs(module.module) for module in shared.modules]
        assert set(surface(shared.component).imports) == {
            "harness:boxed/host@0.1.0",
            *(module.import_name for module in shared.modules),
        }
        assert wasmtime.component.Component(wasmtime.Engine(), shared.component)

    def test_one_import_for_components_that_embed_the_same(
        self, subject: bytes, driver: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(SharedModules, "SMALLEST", 100)
        composition = compose({Role.DRIVER: driver, Role.SUBJECT: subject}, [WIRE], SharedModules())
        keys = [module.key for module in composition.modules]
        assert len(keys) == len(set(keys))
        assert wasmtime.component.Component(wasmtime.Engine(), composition.component)

    def test_small_modules_stay(self, subject: bytes) -> None:
        assert share(subject, SharedModules()).component == subject

    def test_core_types_after_the_place_keep_the_module_embedded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(SharedModules, "SMALLEST", 8)
        text = '(component (core module (func (export "f"))) (core type (module (export "g" (func)))))'
        component = bytes(wasmtime.wat2wasm(text))
        assert share(component, SharedModules()).component == component

    def test_core_types_before_the_place_are_counted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(SharedModules, "SMALLEST", 8)
        text = '(component (core type (module (export "g" (func)))) (core module (func (export "f"))))'
        shared = share(bytes(wasmtime.wat2wasm(text)), SharedModules())
        assert len(shared.modules) == 1
        assert wasmtime.component.Component(wasmtime.Engine(), shared.component)


MODULE = """(module
  (import "env" "memory" (memory 1 9)) (import "env" "g" (global (mut i64))) (import "env" "t" (table 2 funcref))
  (import "a" "f" (func (param i32 f64) (result f32))) (import "a" "e" (tag (param i32))) (tag (export "z"))
  (global (export "h") i32 (i32.add (i32.const 1000) (i32.const -3)))
  (global f32 (f32.const 1.5)) (global f64 (f64.const 2.5)) (global i64 (i64.const -1))
  (func (export "x") (param i64)) (table (export "y") 1 externref) (export "m" (memory 0)))"""


def test_module_type_says_what_the_module_has() -> None:
    module = bytes(wasmtime.wat2wasm(MODULE))
    found = core_interface(module)
    assert found.imports == {
        ("env", "memory"): "memory",
        ("env", "g"): "global mut i64",
        ("env", "t"): "table",
        ("a", "f"): "func(i32, f64) -> (f32)",
        ("a", "e"): "tag of func(i32) -> ()",
    }
    assert found.exports == {
        "h": "global i32",
        "x": "func(i64) -> ()",
        "y": "table",
        "m": "memory",
        "z": "tag of func() -> ()",
    }


@pytest.mark.parametrize(
    "text",
    [
        "(module (type (struct)))",
        "(module (global v128 (v128.const i64x2 0 0)))",
    ],
)
def test_what_cannot_be_declared_is_refused(text: str) -> None:
    with pytest.raises(BinaryError, match="offset"):
        module_type(bytes(wasmtime.wat2wasm(text)))
