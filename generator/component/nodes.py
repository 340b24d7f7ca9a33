"""The meaning of a component's definitions: types with identity, functions, instances, components, and their scopes."""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.component.component import Component
from generator.component.types import ComponentType, DefType, FuncType, SubResource
from generator.names.component_names import ExternName


@dataclass(slots=True, eq=False)
class TypeNode:
    """A type. Two nodes are the same type only if they are the same object, or one is the other's origin."""

    definition: DefType | SubResource
    scope: IndexSpaces
    offset: int
    origin: TypeNode | None = None
    chain: int = 0
    visible: tuple[int, int] = (0, 0)
    """The number of types and components in the scope at this definition: its contents see no more."""


@dataclass(slots=True, eq=False)
class FuncNode:
    type: FuncType
    scope: IndexSpaces


@dataclass(slots=True, eq=False)
class ComponentNode:
    """A component or component type, not yet evaluated."""

    body: Component | ComponentType
    scope: IndexSpaces
    visible: tuple[int, int]


@dataclass(slots=True, eq=False)
class InstanceNode:
    exports: dict[str, ExternItem]


@dataclass(slots=True, eq=False)
class Opaque:
    """An item whose contents do not matter to component types: a core module."""


Node = TypeNode | FuncNode | ComponentNode | InstanceNode | Opaque


@dataclass(slots=True, eq=False)
class ExternItem:
    """An import or export."""

    name: ExternName
    node: Node
    offset: int


@dataclass(slots=True, eq=False)
class Signature:
    imports: dict[str, ExternItem] = field(default_factory=dict)
    exports: dict[str, ExternItem] = field(default_factory=dict)


class IndexSpaces:
    """Index spaces, filled as definitions are evaluated. Those of core sorts are not kept."""

    __slots__ = ("components", "funcs", "instances", "parent", "types", "visible")

    def __init__(self, parent: IndexSpaces | None, visible: tuple[int, int]) -> None:
        self.parent = parent
        self.visible = visible
        self.types: list[TypeNode] = []
        self.funcs: list[FuncNode] = []
        self.instances: list[InstanceNode] = []
        self.components: list[ComponentNode] = []

    def seen(self) -> tuple[int, int]:
        return len(self.types), len(self.components)
