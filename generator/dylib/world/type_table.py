"""Numbers the types of a world for the wit_t (wit_dylib.h) and finds equal types.

Each definition of a named type is one type; equal types without a name are one (Explainer.md, "Type Checking": types
other than resources are compared by structure)."""

from __future__ import annotations

from dataclasses import dataclass

from generator.canonical.flatten import Flattening
from generator.canonical.layout import Layout
from generator.dylib.world.types import KINDS, PASSING, PRIMITIVE_KIND, Kind, Node, TypeWord
from generator.resolved.despecialize import (
    Handle,
    Product,
    Scalar,
    Sequence,
    Shape,
    Sum,
    despecialize,
    shape_of,
)
from generator.resolved.instances import Instances, InterfaceInstance
from generator.resolved.model import TypeDef
from generator.resolved.types import (
    Alias,
    Borrow,
    EnumType,
    Flags,
    Own,
    Primitive,
    Record,
    Resource,
    Type,
    TypeId,
    TypeKind,
    Variant,
)


@dataclass(frozen=True, slots=True)
class TypeUse:
    """A use of a type: its word in the wit_t, and the type itself behind any aliases."""

    word: TypeWord
    node: Node


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """A type in the wit_t's array of its kind."""

    interface: str | None
    name: str | None
    labels: tuple[str, ...] = ()
    """Names of fields, cases or flags."""
    types: tuple[TypeWord | None, ...] = ()
    length: int = 0
    """The length of a fixed-length list."""


@dataclass(frozen=True, slots=True)
class ResourceUse:
    """A resource in the wit_t."""

    instance: InterfaceInstance
    id: TypeId
    name: str


class TypeTable:
    """Look-ups of types fill it; then `entries`, `resources` and `nodes` are complete."""

    def __init__(self, instances: Instances) -> None:
        self.instances = instances
        self.resolve = instances.resolve
        self.layout = Layout(instances.resolve)
        self.flattening = Flattening(instances.resolve)
        self.entries: dict[Kind, list[TypeEntry]] = {kind: [] for kind in Kind}
        self.resources: list[ResourceUse] = []
        self.nodes: list[Node] = []
        self._uses: dict[tuple[InterfaceInstance, Type], TypeUse] = {}
        self.anonymous: dict[tuple[Kind, int, tuple[TypeWord | None, ...]], TypeUse] = {}
        self._resource_index: dict[tuple[InterfaceInstance, TypeId], int] = {}
        self._handles: dict[TypeWord, TypeUse] = {}

    def use(self, type: Type, instance: InterfaceInstance) -> TypeUse:
        """The meaning of a type inside `instance`."""
        known = self._uses.get((instance, type))
        if known is not None:
            return known
        if isinstance(type, Primitive):
            found = self._primitive(type)
        else:
            definition = self.resolve.types[type]
            owner = self.instances.of(instance, type)
            found = self._define(type, definition, owner) if owner is instance else self.use(type, owner)
        self._uses[instance, type] = found
        return found

    def definitions(self) -> list[TypeId]:
        """All definitions that were looked up, in the order of the arena."""
        return sorted({type for _, type in self._uses if not isinstance(type, Primitive)})

    def resource(self, id: TypeId, user: InterfaceInstance) -> int:
        """The index of a resource in the wit_t."""
        passed: list[tuple[InterfaceInstance, TypeId]] = []
        while True:  # a long chain of names is walked once, not once from each of them
            definition, instance = self.resolve.types[id], self.instances.of(user, id)
            index = self._resource_index.get((instance, id))
            if index is not None:
                break
            passed.append((instance, id))
            if not isinstance(definition.kind, Alias):
                index = len(self.resources)
                assert definition.name is not None, "resources have names"
                self.resources.append(ResourceUse(instance, id, definition.name))
                break
            target = definition.kind.type
            assert not isinstance(target, Primitive), "a handle names a resource"
            id, user = target, instance
        self._resource_index.update(dict.fromkeys(passed, index))
        return index

    def _primitive(self, type: Primitive) -> TypeUse:
        kind = PRIMITIVE_KIND[type]
        node = self._node(kind, 0, type.value, type, despecialize(self.resolve, type))
        return TypeUse(TypeWord(kind, 0), node)

    def _define(self, id: TypeId, definition: TypeDef, instance: InterfaceInstance) -> TypeUse:
        match definition.kind:
            case Alias(target):
                use = self.use(target, instance)
                entry = TypeEntry(self.instances.name(instance), definition.name, types=(use.word,))
                return TypeUse(self.add_entry(Kind.ALIAS, entry), use.node)
            case Resource():
                return self.handle(Kind.OWN, id, instance)
            case Own(resource):
                return self.handle(Kind.OWN, resource, instance)
            case Borrow(resource):
                return self.handle(Kind.BORROW, resource, instance)
            case kind:
                return self.structure(id, definition, kind, instance)

    def handle(self, kind: Kind, resource: TypeId, user: InterfaceInstance) -> TypeUse:
        """An own or borrowed handle of a resource that `user` mentions."""
        word = TypeWord(kind, self.resource(resource, user))
        use = self._handles.get(word)
        if use is None:
            name = f"{kind.word}<{self.resources[word.number].name}>"
            use = self._handles[word] = TypeUse(word, self._node(kind, word.number, name, Primitive.U32, Handle()))
        return use

    def structure(self, id: TypeId, definition: TypeDef, type_kind: TypeKind, instance: InterfaceInstance) -> TypeUse:
        """Any other type; types without a name and with equal structure are one."""
        kind, shape = KINDS[type(type_kind)], shape_of(type_kind)
        labels, types = labels_of(type_kind), _types(kind, shape)
        length = (isinstance(shape, Product) and shape.times) or 0
        uses = tuple([None if part is None else self.use(part, instance) for part in types])
        words = tuple([None if use is None else use.word for use in uses])
        anonymous = (kind, length, words) if definition.name is None else None
        if anonymous in self.anonymous:
            return self.anonymous[anonymous]
        interface = None if definition.name is None else self.instances.name(instance)
        told = words[1:] if kind is Kind.OPTION else words  # `none` has no payload
        word = self.add_entry(kind, TypeEntry(interface, definition.name, labels, told, length))
        parts = tuple([None if use is None else use.node for use in uses])
        name = definition.name or anonymous_name(kind, parts, length)
        use = TypeUse(word, self._node(kind, word.number, name, id, shape, parts, types))
        if anonymous is not None:
            self.anonymous[anonymous] = use
        return use

    def add_entry(self, kind: Kind, entry: TypeEntry) -> TypeWord:
        """Append to the array of a kind; the word of the new entry."""
        entries = self.entries[kind]
        entries.append(entry)
        return TypeWord(kind, len(entries) - 1)

    def _node(
        self,
        kind: Kind,
        index: int,
        name: str,
        type: Type,
        shape: Shape,
        parts: tuple[Node | None, ...] = (),
        part_types: tuple[Type | None, ...] = (),
    ) -> Node:
        size, alignment = self.layout.size_and_alignment(type)
        offsets: tuple[int, ...] = ()
        stride, stride_alignment = 0, 1
        times, cases = None, 0
        has_pointers = any(part is not None and part.has_pointers for part in parts)
        match shape:
            case Product(types):
                times = shape.times
                offsets = tuple(self.layout.field_offsets(types))
                if times is not None:
                    stride, stride_alignment = self.layout.record(types)
            case Sum():
                offsets = (self.layout.payload_offset(part_types),) if parts else ()
                cases = len(shape.cases)
            case Sequence(types):
                offsets = tuple(self.layout.field_offsets(types))
                stride, stride_alignment = self.layout.record(types)
                has_pointers = True
            case Handle():
                has_pointers = False
        flat = self.flattening.flatten_type(type)
        node = Node(
            len(self.nodes), kind, index, name, parts, PASSING[kind], times, cases, size, alignment, flat, offsets,
            stride, stride_alignment, has_pointers,
        )  # fmt: skip
        self.nodes.append(node)
        return node


def labels_of(kind: TypeKind) -> tuple[str, ...]:
    """Names of fields, cases or flags."""
    match kind:
        case Record(fields):
            return tuple([field.name for field in fields])
        case Variant(cases):
            return tuple([case.name for case in cases])
        case EnumType(labels) | Flags(labels):
            return tuple([label.name for label in labels])
        case _:
            return ()


def _types(kind: Kind, shape: Shape) -> tuple[Type | None, ...]:
    """The parts that the wit_t lists: fields, payloads of cases, elements, None for a future or stream without
    payload."""
    match shape:
        case Scalar():
            return ()
        case Product(types) | Sequence(types):
            return types
        case Sum(cases):
            return () if kind is Kind.ENUM else cases
        case Handle(types):
            return types or (None,)


_LONGEST_NAME = 48


def anonymous_name(kind: Kind, parts: tuple[Node | None, ...], length: int) -> str:
    """A type without a name, in WIT syntax, shortened if it is long."""
    inner = [part.name if part is not None else "_" for part in parts]
    if length:
        inner.append(str(length))
    name = f"{kind.keyword}<{', '.join(inner)}>"
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 3] + "..."
