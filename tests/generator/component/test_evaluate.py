"""Evaluation of components on the level of types."""

from __future__ import annotations

import pytest

from generator.component.builder import ComponentBuilder
from generator.component.errors import BinaryError
from generator.component.evaluate import DEEPEST_INSTANTIATION, LONGEST_CHAIN, Evaluator
from generator.component.nodes import ComponentNode, ExternItem, FuncNode, InstanceNode, Signature, TypeNode
from generator.component.read import read_component
from generator.component.type_builder import ComponentTypeBuilder, InstanceTypeBuilder
from generator.component.types import (
    ComponentType,
    FuncType,
    OwnType,
    PrimValType,
    ResourceType,
    Sort,
    SubResource,
    TypedExtern,
    TypeEq,
)


def evaluate(builder: ComponentBuilder) -> Signature:
    return Evaluator().component(read_component(builder.finish()))


def type_of(item: ExternItem) -> TypeNode:
    assert isinstance(item.node, TypeNode)
    return item.node


def exports_of(item: ExternItem) -> dict[str, ExternItem]:
    assert isinstance(item.node, InstanceNode)
    return item.node.exports


def instance_with_resource() -> InstanceTypeBuilder:
    scope = InstanceTypeBuilder()
    scope.export("r", SubResource())
    return scope


def test_each_instance_of_a_type_has_its_own_resource() -> None:
    builder = ComponentBuilder()
    type = builder.type(instance_with_resource().finish())
    builder.import_("a", TypedExtern(Sort.INSTANCE, type))
    builder.import_("b", TypedExtern(Sort.INSTANCE, type))
    imports = evaluate(builder).imports
    assert type_of(exports_of(imports["a"])["r"]) is not type_of(exports_of(imports["b"])["r"])


def test_an_export_of_a_type_names_it_again() -> None:
    builder = ComponentBuilder()
    builder.import_("i", TypedExtern(Sort.INSTANCE, builder.type(instance_with_resource().finish())))
    builder.export("s", Sort.TYPE, builder.alias_export(0, "r", Sort.TYPE))
    signature = evaluate(builder)
    resource = type_of(exports_of(signature.imports["i"])["r"])
    assert type_of(signature.exports["s"]).origin is resource


def test_instantiation_binds_imports() -> None:
    """A nested component gets a resource and gives it out again under another name."""
    inner = ComponentBuilder()
    inner.import_("t", SubResource())
    inner.import_("f", TypedExtern(Sort.FUNC, inner.type(FuncType((), inner.type(OwnType(0))))))
    inner.export("u", Sort.TYPE, 0)
    inner.export("g", Sort.FUNC, 0)
    builder = ComponentBuilder()
    resource = builder.type(ResourceType())
    own = builder.type(OwnType(resource))
    builder.core_module(b"\0asm\x01\0\0\0")
    func = builder.lift(0, builder.type(FuncType((), own)))
    component = builder.component(inner)
    instance = builder.instantiate(component, [("t", Sort.TYPE, resource), ("f", Sort.FUNC, func)])
    builder.export("i", Sort.INSTANCE, instance)
    exports = exports_of(evaluate(builder).exports["i"])
    exported = type_of(exports["u"])
    assert exported.origin is not None
    assert exported.origin.definition == ResourceType()
    assert isinstance(exports["g"].node, FuncNode)
    assert exports["g"].node.type == FuncType((), own)


def test_component_types_are_closed_over_their_scope() -> None:
    outer = ComponentTypeBuilder()
    string = outer.type(PrimValType.STRING)
    inner = ComponentTypeBuilder()
    inner.export("t", TypeEq(inner.alias_outer(1, string, Sort.TYPE)))
    outer.export("c", TypedExtern(Sort.COMPONENT, outer.type(inner.finish())))
    builder = ComponentBuilder()
    builder.export("w", Sort.TYPE, builder.type(outer.finish()))
    evaluator = Evaluator()
    world = type_of(evaluator.component(read_component(builder.finish())).exports["w"])
    assert isinstance(world.definition, ComponentType)
    component = evaluator.signature(ComponentNode(world.definition, world.scope, world.visible))
    node = component.exports["c"].node
    assert isinstance(node, ComponentNode)
    assert type_of(evaluator.signature(node).exports["t"]).definition is PrimValType.STRING


def undefined_type(builder: ComponentBuilder) -> None:
    builder.type(OwnType(3))


def undefined_instance(builder: ComponentBuilder) -> None:
    builder.alias_export(0, "f", Sort.FUNC)


def missing_export(builder: ComponentBuilder) -> None:
    builder.alias_export(builder.inline_exports([]), "f", Sort.FUNC)


def wrong_sort(builder: ComponentBuilder) -> None:
    builder.type(PrimValType.U8)
    builder.alias_export(builder.inline_exports([("t", Sort.TYPE, 0)]), "t", Sort.FUNC)


def no_function_type(builder: ComponentBuilder) -> None:
    builder.import_("f", TypedExtern(Sort.FUNC, builder.type(PrimValType.U8)))


def no_instance_type(builder: ComponentBuilder) -> None:
    builder.import_("f", TypedExtern(Sort.INSTANCE, builder.type(PrimValType.U8)))


def no_component_type(builder: ComponentBuilder) -> None:
    builder.import_("f", TypedExtern(Sort.COMPONENT, builder.type(PrimValType.U8)))


def missing_argument(builder: ComponentBuilder) -> None:
    inner = ComponentBuilder()
    inner.import_("t", SubResource())
    builder.instantiate(builder.component(inner))


def import_twice(builder: ComponentBuilder) -> None:
    builder.import_("t", SubResource())
    builder.import_("t", SubResource())


def export_twice(builder: ComponentBuilder) -> None:
    builder.import_("t", SubResource())
    builder.export("t", Sort.TYPE, 0)
    builder.export("t", Sort.TYPE, 0)


def scope_outside(builder: ComponentBuilder) -> None:
    builder.alias_outer(5, 0, Sort.TYPE)


def type_after_the_scope(builder: ComponentBuilder) -> None:
    """A component cannot use a type that is defined after it."""
    inner = ComponentBuilder()
    inner.alias_outer(1, 0, Sort.TYPE)
    component = builder.component(inner)
    builder.type(PrimValType.U8)
    builder.instantiate(component)


def component_in_itself(builder: ComponentBuilder) -> None:
    inner = ComponentBuilder()
    inner.instantiate(inner.alias_outer(1, 0, Sort.COMPONENT))
    builder.instantiate(builder.component(inner))


def doubling(builder: ComponentBuilder) -> None:
    """Each component instantiates the one before twice."""
    inner = ComponentBuilder()
    inner.type(PrimValType.U8)
    builder.component(inner)
    for level in range(40):
        inner = ComponentBuilder()
        before = inner.alias_outer(1, level, Sort.COMPONENT)
        inner.instantiate(before)
        inner.instantiate(before)
        builder.component(inner)
    builder.instantiate(40)


def deep_instantiation(builder: ComponentBuilder) -> None:
    builder.component(ComponentBuilder())
    for level in range(DEEPEST_INSTANTIATION + 5):
        inner = ComponentBuilder()
        inner.instantiate(inner.alias_outer(1, level, Sort.COMPONENT))
        builder.component(inner)
    builder.instantiate(DEEPEST_INSTANTIATION + 5)


def chain_of_names(builder: ComponentBuilder) -> None:
    builder.import_("t", SubResource())
    for index in range(LONGEST_CHAIN + 5):
        builder.export(f"t{index}", Sort.TYPE, index)


def test_a_long_chain_of_names() -> None:
    builder = ComponentBuilder()
    builder.import_("t", SubResource())
    for index in range(5_000):
        builder.export(f"t{index}", Sort.TYPE, index)
    assert len(evaluate(builder).exports) == 5_000


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (undefined_type, "type 3 is not defined before it is used"),
        (undefined_instance, "instance 0 is not defined"),
        (missing_export, "exports no func 'f'"),
        (wrong_sort, "exports no func 't'"),
        (no_function_type, "not a function type"),
        (no_instance_type, "not an instance type"),
        (no_component_type, "not a component type"),
        (missing_argument, "without a fitting argument for import 't'"),
        (import_twice, "import 't' appears twice"),
        (export_twice, "export 't' appears twice"),
        (scope_outside, "alias to scope 5, which does not exist"),
        (type_after_the_scope, "type 0 of the outer scope is not defined"),
        (component_in_itself, "component 0 of the outer scope is not defined"),
        (doubling, "definitions to evaluate"),
        (deep_instantiation, "nested deeper than"),
        (chain_of_names, "names for one type"),
    ],
)
def test_refused(build: object, message: str) -> None:
    builder = ComponentBuilder()
    assert callable(build)
    build(builder)
    with pytest.raises(BinaryError, match=message):
        evaluate(builder)
