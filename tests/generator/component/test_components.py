"""Whole components: sections, index spaces, custom sections; what is written is read again."""

from __future__ import annotations

import pytest

from generator.component.builder import ComponentBuilder, encode_component
from generator.component.canon import (
    Builtin,
    BuiltinOp,
    CanonOptions,
    Immediate,
    ImmediateValue,
    Lift,
    Lower,
    StringEncoding,
)
from generator.component.component import (
    Component,
    CoreInlineExports,
    CoreInstantiate,
    CoreModule,
    Custom,
    Definition,
    Export,
    InlineExports,
    Instantiate,
)
from generator.component.read import is_component, read_component
from generator.component.type_builder import ComponentTypeBuilder, InstanceTypeBuilder
from generator.component.types import (
    AliasCoreExport,
    AliasExport,
    AliasOuter,
    ComponentType,
    ExportDecl,
    FuncType,
    Import,
    InstanceType,
    OwnType,
    PrimValType,
    Sort,
    SubResource,
    TypedExtern,
    TypeEq,
)
from generator.names.component_names import ExternName
from generator.wasm.builder import ModuleBuilder
from generator.wasm.types import FuncType as CoreFuncType
from generator.wasm.types import ValType as CoreValType

PREAMBLE = "00 61 73 6d 0d 00 01 00"
U32 = PrimValType.U32
ALL_OPTIONS = CanonOptions(StringEncoding.UTF16, 1, 2, 3, True, 4)

DEFINITIONS: list[tuple[Definition, str]] = [
    (Custom("a", b"xy"), "00 04 01 61 78 79"),
    (CoreModule(b"\0asm\x01\0\0\0"), "01 08 00 61 73 6d 01 00 00 00"),
    (CoreInstantiate(1, (("a", 2),)), "02 08 01 00 01 01 01 61 12 02"),
    (CoreInlineExports((("a", Sort.CORE_MEMORY, 2),)), "02 07 01 01 01 01 61 02 02"),
    (CoreFuncType((CoreValType.I32,)), "03 05 01 60 01 7f 00"),
    (Component(()), f"04 08 {PREAMBLE}"),
    (Instantiate(1, (("a", Sort.INSTANCE, 2),)), "05 08 01 00 01 01 01 61 05 02"),
    (InlineExports(((ExternName("a"), Sort.FUNC, 2),)), "05 08 01 01 01 00 01 61 01 02"),
    (AliasExport(Sort.FUNC, 0, "f"), "06 06 01 01 00 00 01 66"),
    (FuncType(()), "07 05 01 40 00 01 00"),
    (Lift(1, 2), "08 06 01 00 00 01 00 02"),
    (Lower(1, ALL_OPTIONS), "08 0f 01 01 00 01 06 01 03 01 04 02 05 03 06 07 04"),
    (Builtin(BuiltinOp.RESOURCE_DROP, (1,)), "08 03 01 03 01"),
    (Builtin(BuiltinOp.TASK_RETURN, (None, CanonOptions(memory=0))), "08 07 01 09 01 00 01 03 00"),
    (Builtin(BuiltinOp.CONTEXT_GET, (CoreValType.I32, 1)), "08 04 01 0a 7f 01"),
    (Builtin(BuiltinOp.WAITABLE_SET_WAIT, (True, 3)), "08 04 01 20 01 03"),
    (Import(ExternName("a"), TypedExtern(Sort.INSTANCE, 0)), "0a 06 01 00 01 61 05 00"),
    (Export(ExternName("a"), Sort.TYPE, 3), "0b 07 01 00 01 61 03 03 00"),
    (Export(ExternName("a"), Sort.FUNC, 3, TypedExtern(Sort.FUNC, 4)), "0b 09 01 00 01 61 01 03 01 01 04"),
]


@pytest.mark.parametrize(("definition", "section"), DEFINITIONS)
def test_definition(definition: Definition, section: str) -> None:
    component = Component((definition,))
    binary = encode_component(component)
    assert binary.hex(" ") == f"{PREAMBLE} {section}"
    assert read_component(binary) == component
    assert is_component(binary)


def test_neighbours_of_one_kind_share_a_section() -> None:
    items = (FuncType(()), FuncType((), U32), AliasOuter(Sort.TYPE, 0, 0), FuncType(()))
    binary = encode_component(Component(items))
    assert binary.hex(" ") == f"{PREAMBLE} 07 09 02 40 00 01 00 40 00 00 79 06 05 01 03 02 00 00 07 05 01 40 00 01 00"
    component = read_component(binary)
    assert component.definitions == items
    assert component.offsets == (11, 15, 22, 29)


_SAMPLE: dict[Immediate, ImmediateValue] = {
    Immediate.INDEX: 200,
    Immediate.FLAG: True,
    Immediate.CORE_VAL_TYPE: CoreValType.I64,
    Immediate.RESULT: U32,
    Immediate.OPTIONS: ALL_OPTIONS,
}


@pytest.mark.parametrize("shared", [None, False, True])
@pytest.mark.parametrize("op", BuiltinOp)
def test_every_builtin_is_read_again(op: BuiltinOp, shared: bool | None) -> None:
    """Between others, because `sh?` stands in some files and not in others."""
    sample = {**_SAMPLE, Immediate.SHARED: shared}
    definition = Builtin(op, tuple(sample[kind] for kind in op.immediates))
    component = Component((Lift(3, 4), definition, Lower(1), definition, Lift(0, 0)))
    assert read_component(encode_component(component)) == component


def test_a_builtin_needs_a_value_for_each_immediate() -> None:
    with pytest.raises(ValueError, match="argument"):
        ComponentBuilder().builtin(BuiltinOp.STREAM_READ, 1)


def test_indices_of_each_space() -> None:
    builder = ComponentBuilder()
    module = ModuleBuilder().encode()
    assert [builder.core_module(module), builder.core_module(module)] == [0, 1]
    assert builder.type(FuncType(())) == 0
    assert builder.import_("f", TypedExtern(Sort.FUNC, 0)) == 0
    assert builder.import_("t", SubResource()) == 1
    assert builder.export("u", Sort.TYPE, 1) == 2
    assert builder.export("g", Sort.FUNC, 0) == 1
    assert builder.lower(0) == 0
    assert builder.builtin(BuiltinOp.RESOURCE_DROP, 1) == 1
    assert builder.core_instantiate(0) == 0
    assert builder.core_inline_exports([("f", Sort.CORE_FUNC, 0)]) == 1
    assert builder.alias_core_export(1, "f", Sort.CORE_FUNC) == 2
    assert builder.lift(2, 0) == 2
    assert builder.component(ComponentBuilder()) == 0
    assert builder.instantiate(0) == 0
    assert builder.inline_exports([("f", Sort.FUNC, 0)]) == 1
    assert builder.alias_export(1, "f", Sort.FUNC) == 3
    assert builder.alias_outer(0, 0, Sort.TYPE) == 3
    assert builder.core_type(CoreFuncType(())) == 0
    assert builder.next_index(Sort.CORE_FUNC) == 3
    assert read_component(builder.finish()).definitions[-1] == CoreFuncType(())


def test_type_builders_give_the_same_as_data() -> None:
    instance = InstanceTypeBuilder()
    assert instance.export("r", SubResource()) == 0
    assert instance.type(OwnType(0)) == 1
    assert instance.type(FuncType((), 1)) == 2
    assert instance.export("f", TypedExtern(Sort.FUNC, 2)) == 0
    outer = ComponentTypeBuilder()
    assert outer.type(instance.finish()) == 0
    assert outer.import_("i", TypedExtern(Sort.INSTANCE, 0)) == 0
    assert outer.alias_export(0, "r", Sort.TYPE) == 1
    assert outer.export("s", TypeEq(1)) == 2
    assert outer.next_index(Sort.TYPE) == 3
    builder = ComponentBuilder()
    builder.type(outer.finish())
    expected = ComponentType(
        (
            InstanceType(
                (
                    ExportDecl(ExternName("r"), SubResource()),
                    OwnType(0),
                    FuncType((), 1),
                    ExportDecl(ExternName("f"), TypedExtern(Sort.FUNC, 2)),
                )
            ),
            Import(ExternName("i"), TypedExtern(Sort.INSTANCE, 0)),
            AliasExport(Sort.TYPE, 0, "r"),
            ExportDecl(ExternName("s"), TypeEq(1)),
        )
    )
    assert read_component(builder.finish()).definitions == (expected,)


def test_custom_sections() -> None:
    builder = ComponentBuilder()
    builder.producers({"processed-by": {"x": "1"}})
    builder.set_name(Sort.CORE_FUNC, 1, "b")
    builder.set_name(Sort.CORE_FUNC, 0, "a")
    builder.set_name(Sort.FUNC, 0, "f")
    producers, names = read_component(builder.finish()).definitions
    assert producers == Custom("producers", b"\x01\x0cprocessed-by\x01\x01x\x011")
    assert names == Custom("component-name", b"\x01\x09\x00\x00\x02\x00\x01a\x01\x01b\x01\x05\x01\x01\x00\x01f")


def test_alias_of_a_core_export_is_read_again() -> None:
    component = Component((AliasCoreExport(Sort.CORE_TABLE, 300, "täble"),))
    assert read_component(encode_component(component)) == component
