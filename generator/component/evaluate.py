"""The imports and exports of a component: evaluates its definitions on the level of types (Explainer.md).

It validates only what evaluation needs. Types have identity: an import or export of a type makes a new node that refers
to the renamed one (`origin`), as in an index space.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

from generator.component.canon import Lift
from generator.component.component import (
    Component,
    Export,
    InlineExports,
    Instantiate,
)
from generator.component.errors import BinaryError
from generator.component.nodes import (
    ComponentNode,
    ExternItem,
    FuncNode,
    IndexSpaces,
    InstanceNode,
    Node,
    Opaque,
    Signature,
    TypeNode,
)
from generator.component.read_names import sort_name
from generator.component.type_indices import TYPE_CLASSES, type_indices
from generator.component.types import (
    AliasCoreExport,
    AliasExport,
    AliasOuter,
    ComponentType,
    DefType,
    ExportDecl,
    ExternType,
    FuncType,
    Import,
    InstanceType,
    Sort,
    SubResource,
    TypedExtern,
    TypeEq,
)
from generator.names.component_names import ExternName

STEPS_FOR_ANY = 10_000
STEPS_FOR_EACH = 20
"""Each instantiation evaluates definitions and declarators again, in hostile files without end. Any file may evaluate
this many, and this many more for each definition in it."""
DEEPEST_INSTANTIATION = 100
LONGEST_CHAIN = 100_000
"""Maximum number of successive names of the same type. Code that follows a chain remembers its end."""


_Body = Component | ComponentType | InstanceType
_BODIES = frozenset((Component, ComponentType, InstanceType))

T = TypeVar("T", bound=Node)


class Evaluator:
    """Evaluates one file. Raises BinaryError for dangling references and for an evaluation that takes too long."""

    def __init__(self) -> None:
        self._steps = 0
        self._most_steps = STEPS_FOR_ANY
        self._depth = 0

    def signature(self, node: ComponentNode) -> Signature:
        """The imports and exports of a component or component type, with fresh resources for the imports."""
        return self._body(node, None)

    def component(self, component: Component) -> Signature:
        self._most_steps = STEPS_FOR_ANY + STEPS_FOR_EACH * _definitions(component)
        return self.signature(ComponentNode(component, IndexSpaces(None, (0, 0)), (0, 0)))

    def _step(self, offset: int) -> None:
        self._steps += 1
        if self._steps > self._most_steps:
            raise BinaryError(f"more than {self._most_steps} definitions to evaluate", offset)

    def _body(self, node: ComponentNode, args: Mapping[str, Node] | None) -> Signature:
        """`args`: the arguments of an instantiation for the imports; None leaves them open."""
        body = node.body
        items = body.definitions if isinstance(body, Component) else body.declarators
        offsets = body.offsets or (0,) * len(items)
        scope = IndexSpaces(node.scope, node.visible)
        signature = Signature()
        self._enter(offsets[0] if offsets else 0)
        for item, offset in zip(items, offsets, strict=True):
            self._step(offset)
            if isinstance(item, Import):
                self._import(scope, item, offset, signature, args)
            else:
                self._define(scope, item, offset, signature.exports)
        self._depth -= 1
        return signature

    def _enter(self, offset: int) -> None:
        self._depth += 1
        if self._depth > DEEPEST_INSTANTIATION:
            raise BinaryError(f"instances are nested deeper than {DEEPEST_INSTANTIATION}", offset)

    def instance(self, type: TypeNode, offset: int) -> InstanceNode:
        """A new instance of an instance type."""
        definition = type.definition
        if not isinstance(definition, InstanceType):
            raise BinaryError("not an instance type", offset)
        offsets = definition.offsets or (0,) * len(definition.declarators)
        scope = IndexSpaces(type.scope, type.visible)
        exports: dict[str, ExternItem] = {}
        self._enter(offset)
        for declarator, start in zip(definition.declarators, offsets, strict=True):
            self._step(start)
            self._define(scope, declarator, start, exports)
        self._depth -= 1
        return InstanceNode(exports)

    def _import(
        self, scope: IndexSpaces, item: Import, offset: int, signature: Signature, args: Mapping[str, Node] | None
    ) -> None:
        name = item.name.name
        node = self._extern(scope, item.type, offset)
        if args is not None:
            given = args.get(name)
            if given is None or given.__class__ is not node.__class__:
                raise BinaryError(f"instantiation without a fitting argument for import {name!r}", offset)
            node = given
        if name in signature.imports:
            raise BinaryError(f"import {name!r} appears twice", offset)
        signature.imports[name] = ExternItem(item.name, node, offset)
        _append(scope, node)

    def _define(self, scope: IndexSpaces, item: object, offset: int, exports: dict[str, ExternItem]) -> None:
        if item.__class__ in TYPE_CLASSES:
            _define_type(scope, cast(DefType, item), offset)
            return
        if item.__class__ is AliasCoreExport:  # with the types by far the most frequent
            return
        match item:
            case ExportDecl(name, type):
                self._export(scope, name, self._extern(scope, type, offset), offset, exports)
            case Export(name, sort, index, None):
                node = _at(scope, sort, index, offset)
                if isinstance(node, TypeNode):
                    node = _again(node, offset)
                self._export(scope, name, node, offset, exports)
            case Export(name, _, _, TypedExtern() | TypeEq() | SubResource() as ascribed):
                self._export(scope, name, self._extern(scope, ascribed, offset), offset, exports)
            case AliasExport(sort, instance, name):
                _append(scope, _exported(_get(scope.instances, instance, "instance", offset), sort, name, offset))
            case AliasOuter():
                _append(scope, _outer(scope, item, offset))
            case Lift(_, type_index, _):
                type_node = _get(scope.types, type_index, "type", offset)
                scope.funcs.append(_func(type_node, offset))
            case Component():
                scope.components.append(ComponentNode(item, scope, scope.seen()))
            case Instantiate():
                scope.instances.append(self._instantiate(scope, item, offset))
            case InlineExports(entries):
                found = {name.name: ExternItem(name, _at(scope, sort, i, offset), offset) for name, sort, i in entries}
                scope.instances.append(InstanceNode(found))

    def _instantiate(self, scope: IndexSpaces, item: Instantiate, offset: int) -> InstanceNode:
        node = _get(scope.components, item.component, "component", offset)
        args = {name: _at(scope, sort, index, offset) for name, sort, index in item.args}
        return InstanceNode(self._body(node, args).exports)

    def _export(
        self, scope: IndexSpaces, name: ExternName, node: Node, offset: int, exports: dict[str, ExternItem]
    ) -> None:
        if name.name in exports:
            raise BinaryError(f"export {name.name!r} appears twice", offset)
        exports[name.name] = ExternItem(name, node, offset)
        _append(scope, node)

    def _extern(self, scope: IndexSpaces, type: ExternType, offset: int) -> Node:
        """The item that an import or export of this type adds."""
        if isinstance(type, TypedExtern) and type.sort is Sort.FUNC:  # by far the most frequent
            return _func(_get(scope.types, type.type, "type", offset), offset)
        if isinstance(type, SubResource):
            return TypeNode(type, scope, offset)
        if isinstance(type, TypeEq):
            return _again(_get(scope.types, type.type, "type", offset), offset)
        if type.sort is Sort.CORE_MODULE:
            return Opaque()
        node = _get(scope.types, type.type, "type", offset)
        if type.sort is Sort.INSTANCE:
            return self.instance(node, offset)
        if not isinstance(node.definition, ComponentType):
            raise BinaryError(f"type {type.type} is not a component type", offset)
        return ComponentNode(node.definition, node.scope, node.visible)


def _define_type(scope: IndexSpaces, definition: DefType, offset: int) -> None:
    indices = type_indices(definition)
    if indices and max(indices) >= len(scope.types):
        raise BinaryError(f"type {max(indices)} is not defined before it is used", offset)
    scope.types.append(TypeNode(definition, scope, offset, visible=scope.seen()))


def _definitions(component: Component) -> int:
    """The number of definitions and declarators at all depths."""
    count = 0
    waiting: list[_Body] = [component]
    while waiting:
        body = waiting.pop()
        items = body.definitions if isinstance(body, Component) else body.declarators
        count += len(items)
        waiting += [cast(_Body, item) for item in items if item.__class__ in _BODIES]
    return count


def _again(node: TypeNode, offset: int) -> TypeNode:
    """A new name for a type."""
    if node.chain > LONGEST_CHAIN:
        raise BinaryError(f"more than {LONGEST_CHAIN} names for one type", offset)
    return TypeNode(node.definition, node.scope, offset, node, node.chain + 1, node.visible)


def _func(node: TypeNode, offset: int) -> FuncNode:
    if not isinstance(node.definition, FuncType):
        raise BinaryError("not a function type", offset)
    return FuncNode(node.definition, node.scope)


def _get(space: list[T], index: int, what: str, offset: int) -> T:
    if index >= len(space):
        raise BinaryError(f"{what} {index} is not defined", offset)
    return space[index]


def _append(scope: IndexSpaces, node: Node) -> None:
    match node:
        case FuncNode():
            scope.funcs.append(node)
        case TypeNode():
            scope.types.append(node)
        case InstanceNode():
            scope.instances.append(node)
        case ComponentNode():
            scope.components.append(node)
        case Opaque():
            pass


def _at(scope: IndexSpaces, sort: Sort, index: int, offset: int) -> Node:
    match sort:
        case Sort.TYPE:
            return _get(scope.types, index, "type", offset)
        case Sort.FUNC:
            return _get(scope.funcs, index, "function", offset)
        case Sort.INSTANCE:
            return _get(scope.instances, index, "instance", offset)
        case Sort.COMPONENT:
            return _get(scope.components, index, "component", offset)
        case _:
            return Opaque()


_NODE_CLASS: dict[Sort, type[Node]] = {
    Sort.TYPE: TypeNode,
    Sort.FUNC: FuncNode,
    Sort.INSTANCE: InstanceNode,
    Sort.COMPONENT: ComponentNode,
}


def _exported(instance: InstanceNode, sort: Sort, name: str, offset: int) -> Node:
    item = instance.exports.get(name)
    if item is None or item.node.__class__ is not _NODE_CLASS.get(sort, Opaque):
        raise BinaryError(f"the instance exports no {sort_name(sort)} {name!r}", offset)
    return item.node


def _outer(scope: IndexSpaces, alias: AliasOuter, offset: int) -> Node:
    if alias.sort not in (Sort.TYPE, Sort.COMPONENT):
        return Opaque()
    target, visible = scope, scope.seen()
    for _ in range(alias.count):
        if target.parent is None:
            raise BinaryError(f"alias to scope {alias.count}, which does not exist", offset)
        target, visible = target.parent, target.visible
    if alias.index >= visible[alias.sort is Sort.COMPONENT]:
        raise BinaryError(f"{sort_name(alias.sort)} {alias.index} of the outer scope is not defined", offset)
    return _at(target, alias.sort, alias.index, offset)
