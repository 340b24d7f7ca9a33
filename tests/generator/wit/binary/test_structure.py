"""The component types that WIT is encoded as, where more than one encoding would decode to the same."""

from __future__ import annotations

from generator.component.component import Custom, Export
from generator.component.read import read_component
from generator.component.types import (
    AliasExport,
    AliasOuter,
    BorrowType,
    ComponentDecl,
    ComponentType,
    ExportDecl,
    FuncType,
    Import,
    InstanceType,
    ListType,
    OwnType,
    PrimValType,
    RecordType,
    Sort,
    SubResource,
    TypedExtern,
    TypeEq,
)
from generator.names.component_names import ExternName
from generator.sources.load import load_text, select_world
from generator.wit.binary.encode import encode_package, encode_world, is_component_type_section, section_name

U8 = PrimValType.U8


def world_declarators(text: str) -> tuple[ComponentDecl, ...]:
    resolve, package = load_text(text)
    section = encode_world(resolve, select_world(resolve, package, None))
    wrapper = read_component(section).definitions[1]
    assert isinstance(wrapper, ComponentType)
    world = wrapper.declarators[0]
    assert isinstance(world, ComponentType)
    return world.declarators


def test_world_section() -> None:
    resolve, package = load_text("package a:b@1.0.0; world w {}")
    section = encode_world(resolve, select_world(resolve, package, "w"), "compact-utf16")
    assert read_component(section).definitions == (
        Custom("wit-component-encoding", b"\x04\x02"),
        ComponentType(
            (ComponentType(()), ExportDecl(ExternName("a:b/w@1.0.0"), TypedExtern(Sort.COMPONENT, 0))),
        ),
        Export(ExternName("w"), Sort.TYPE, 0),
    )


def test_section_names() -> None:
    assert section_name() == "component-type"
    assert is_component_type_section(section_name("x"))
    assert not is_component_type_section("component-name")


def test_interface() -> None:
    text = (
        "package a:b; interface i { f: func(a: list<u8>, b: list<u8>); type t = list<u8>; resource r { m: func(); } }"
    )
    resolve, package = load_text(text)
    wrapper, export, docs = read_component(encode_package(resolve, package)).definitions
    assert wrapper == ComponentType(
        (
            InstanceType(
                (
                    ListType(U8),
                    ExportDecl(ExternName("t"), TypeEq(0)),
                    ExportDecl(ExternName("r"), SubResource()),
                    BorrowType(2),
                    FuncType((("self", 3),)),
                    ExportDecl(ExternName("[method]r.m"), TypedExtern(Sort.FUNC, 4)),
                    ListType(U8),
                    FuncType((("a", 5), ("b", 5))),
                    ExportDecl(ExternName("f"), TypedExtern(Sort.FUNC, 6)),
                )
            ),
            ExportDecl(ExternName("a:b/i"), TypedExtern(Sort.INSTANCE, 0)),
        )
    )
    assert export == Export(ExternName("i"), Sort.TYPE, 0)
    assert docs == Custom("package-docs", b"\x01{}")


RECORD_INSTANCE = InstanceType((RecordType((("a", U8),)), ExportDecl(ExternName("t"), TypeEq(0))))


def test_package_imports_the_types_of_used_interfaces_without_functions() -> None:
    text = """
    package a:b;
    interface i { record t { a: u8 } f: func(); }
    interface j { use i.{t as u}; g: func() -> u; }
    """
    resolve, package = load_text(text)
    j = read_component(encode_package(resolve, package)).definitions[2]
    assert j == ComponentType(
        (
            RECORD_INSTANCE,
            Import(ExternName("a:b/i"), TypedExtern(Sort.INSTANCE, 0)),
            AliasExport(Sort.TYPE, 0, "t"),
            InstanceType(
                (
                    AliasOuter(Sort.TYPE, 1, 1),
                    ExportDecl(ExternName("u"), TypeEq(0)),
                    FuncType((), 1),
                    ExportDecl(ExternName("g"), TypedExtern(Sort.FUNC, 2)),
                )
            ),
            ExportDecl(ExternName("a:b/j"), TypedExtern(Sort.INSTANCE, 2)),
        )
    )


def test_exports_use_the_exported_interface() -> None:
    """`use` in an export means the export of the interface where there is one, though it is imported as well."""
    declarators = world_declarators("""
    package a:b;
    interface i { record t { a: u8 } }
    interface j { use i.{t}; }
    world w { import i; import j; export j; export i; }
    """)
    user = InstanceType((AliasOuter(Sort.TYPE, 1, 1), ExportDecl(ExternName("t"), TypeEq(0))))
    assert declarators == (
        RECORD_INSTANCE,
        Import(ExternName("a:b/i"), TypedExtern(Sort.INSTANCE, 0)),
        AliasExport(Sort.TYPE, 0, "t"),
        user,
        Import(ExternName("a:b/j"), TypedExtern(Sort.INSTANCE, 2)),
        RECORD_INSTANCE,
        ExportDecl(ExternName("a:b/i"), TypedExtern(Sort.INSTANCE, 3)),
        AliasExport(Sort.TYPE, 2, "t"),
        InstanceType((AliasOuter(Sort.TYPE, 1, 4), ExportDecl(ExternName("t"), TypeEq(0)))),
        ExportDecl(ExternName("a:b/j"), TypedExtern(Sort.INSTANCE, 5)),
    )


def test_use_means_the_interface_and_not_a_label_for_it() -> None:
    declarators = world_declarators("""
    package a:b;
    interface i { record t { a: u8 } }
    world w { import i; import l: i; use i.{t}; }
    """)
    assert declarators == (
        RECORD_INSTANCE,
        Import(ExternName("a:b/i"), TypedExtern(Sort.INSTANCE, 0)),
        RECORD_INSTANCE,
        Import(ExternName("l", implements="a:b/i"), TypedExtern(Sort.INSTANCE, 1)),
        AliasExport(Sort.TYPE, 0, "t"),
        Import(ExternName("t"), TypeEq(2)),
    )


def test_world_resource() -> None:
    declarators = world_declarators("package a:b; world w { resource r { constructor(); } }")
    assert declarators == (
        Import(ExternName("r"), SubResource()),
        OwnType(0),
        FuncType((), 1),
        Import(ExternName("[constructor]r"), TypedExtern(Sort.FUNC, 2)),
    )


def test_canonical_names() -> None:
    resolve, package = load_text("package a:b@1.2.3; interface i {} world w { import i; export l: i; }")
    world = select_world(resolve, package, "w")
    wrapper = read_component(encode_world(resolve, world, canonical_names=True)).definitions[1]
    assert isinstance(wrapper, ComponentType)
    inner = wrapper.declarators[0]
    assert isinstance(inner, ComponentType)
    names = [item.name for item in inner.declarators if isinstance(item, Import | ExportDecl)]
    assert names == [
        ExternName("a:b/i@1", version_suffix=".2.3"),
        ExternName("l", implements="a:b/i@1", version_suffix=".2.3"),
    ]
