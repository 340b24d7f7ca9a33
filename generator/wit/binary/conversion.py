"""Types of a component as WIT types: each node once; types without a name in WIT are made at their first use."""

from __future__ import annotations

from generator.component.errors import BinaryError
from generator.component.nodes import TypeNode
from generator.component.type_indices import type_indices
from generator.component.types import (
    BorrowType,
    DefType,
    EnumType,
    FixedLengthListType,
    FlagsType,
    FutureType,
    ListType,
    MapType,
    OptionType,
    OwnType,
    PrimValType,
    RecordType,
    ResourceType,
    ResultType,
    StreamType,
    SubResource,
    TupleType,
    ValType,
    VariantType,
)
from generator.resolved.model import Owner, Resolve, TypeDef, WorldOwner
from generator.resolved.types import (
    Alias,
    Borrow,
    Field,
    FixedLengthList,
    Flags,
    Future,
    Label,
    List,
    Map,
    Option,
    Own,
    Record,
    Resource,
    Result,
    Stream,
    Tuple,
    Type,
    TypeId,
    TypeKind,
    Variant,
    VariantCase,
)
from generator.resolved.types import EnumType as WitEnumType
from generator.wit.binary.deftypes import PRIMITIVES
from generator.wit.binary.validity import check_labels, kind_problem
from generator.wit.package_context import kind_borrows

_PRIMITIVES = {component: wit for wit, component in PRIMITIVES.items()}
_NEED_A_NAME = (RecordType, VariantType, EnumType, FlagsType, SubResource, ResourceType)
DEEPEST_TYPE = 100
"""Maximum nesting of types without names, so that walks over types may recurse."""


class TypeConversion:
    """The known WIT types of one file's type nodes."""

    def __init__(self, resolve: Resolve) -> None:
        self.owner: Owner | None = None
        """The owner of the items in conversion: they may use only its own types, and name others by `use`."""
        self._resolve = resolve
        self._known: dict[TypeNode, Type] = {}
        self._depths: dict[TypeId, int] = {}
        self._borrowing: list[bool] = []
        """For each type whether it contains a borrowed handle."""

    def find(self, node: TypeNode) -> Type | None:
        """The WIT type of a node, or of the nearest node that it renames."""
        current: TypeNode | None = node
        while current is not None:
            found = self._known.get(current)
            if found is not None:
                return found
            current = current.origin
        return None

    def _used(self, node: TypeNode) -> Type | None:
        """The same for a referenced node; cached, because chains of names may be long."""
        found = self.find(node)
        if found is not None:
            self._known.setdefault(node, found)
        return found

    def bind(self, node: TypeNode, id: TypeId) -> None:
        """A node is the existing type `id`."""
        self._known[node] = id
        self._bind_root(node, id)

    def _bind_root(self, node: TypeNode, id: TypeId) -> None:
        """Functions may refer to a resource by the node that defines it, regardless of its later names."""
        if isinstance(node.definition, SubResource | ResourceType):
            while node.origin is not None:
                node = node.origin
            self._known.setdefault(node, id)

    def define(self, node: TypeNode, name: str, external_id: str | None) -> TypeId:
        """The WIT type for a node with the name `name` in `owner`: a definition, or another name for one."""
        target = self.find(node)
        if target is not None:
            self._check_use(target, node)
            kind: TypeKind = Alias(target)
        else:
            self._convert_children(node)
            kind = self.kind(node)
        id = self._new(TypeDef(name, kind, self.owner, external_id=external_id))
        self._known.setdefault(node, id)
        if isinstance(kind, Resource):
            self._bind_root(node, id)
        return id

    def valtype(self, type: ValType, scope: list[TypeNode]) -> Type:
        """A value type in a definition whose scope has these types."""
        if isinstance(type, PrimValType):
            return _PRIMITIVES[type]
        found = self._used(scope[type])
        if found is None:
            return self._anonymous(scope[type])
        self._check_own(found, scope[type])
        return found

    def _check_own(self, type: Type, node: TypeNode) -> None:
        """A component may use a type of another interface directly; WIT needs a name for it at the place of use."""
        if isinstance(type, int):
            definition = self._resolve.types[type]
            if definition.owner is not None and definition.owner != self.owner:
                message = f"type {definition.name!r} of another interface has no name here: WIT cannot express that"
                raise BinaryError(message, node.offset, "type")

    def _check_use(self, type: Type, node: TypeNode) -> None:
        """`use` takes types from interfaces that have a name."""
        owner = self._resolve.types[type].owner if isinstance(type, int) else None
        if owner is None or owner == self.owner:
            return
        if isinstance(owner, WorldOwner) or self._resolve.interfaces[owner.id].name is None:
            message = "a type of a world or of an interface without a name is used elsewhere: WIT cannot express that"
            raise BinaryError(message, node.offset, "type")

    def _optional(self, type: ValType | None, scope: list[TypeNode]) -> Type | None:
        return None if type is None else self.valtype(type, scope)

    def borrows(self, type: Type) -> bool:
        """Whether a type contains a borrowed handle."""
        return isinstance(type, int) and self._borrowing[type]

    def _new(self, type: TypeDef) -> TypeId:
        self._borrowing.append(kind_borrows(type.kind, self._borrowing))
        self._resolve.types.append(type)
        return TypeId(len(self._resolve.types) - 1)

    def _missing(self, node: TypeNode) -> list[TypeNode]:
        return [child for child in _children(node) if self._used(child) is None]

    def _convert_children(self, node: TypeNode) -> None:
        for child in self._missing(node):
            if self.find(child) is None:
                self._anonymous(child)

    def _anonymous(self, node: TypeNode) -> Type:
        """Make a type without a name, and the types inside it first (a loop: a file may nest them arbitrarily deep)."""
        waiting = [node]
        while waiting:
            current = waiting[-1]
            if self.find(current) is not None:
                waiting.pop()
                continue
            if len(waiting) > 1 and isinstance(current.definition, _NEED_A_NAME):
                raise _nameless(current)
            missing = self._missing(current)
            if missing:
                waiting += reversed(dict.fromkeys(missing))
            else:
                self._define_anonymous(current)
                waiting.pop()
        found = self.find(node)
        assert found is not None
        return found

    def _define_anonymous(self, node: TypeNode) -> None:
        if isinstance(node.definition, _NEED_A_NAME):
            raise _nameless(node)
        if isinstance(node.definition, PrimValType):
            self._known[node] = _PRIMITIVES[node.definition]
            return
        inside = map(self.find, _children(node))
        depth = 1 + max((self._depths.get(type, 0) for type in inside if isinstance(type, int)), default=0)
        if depth > DEEPEST_TYPE:
            raise BinaryError(f"types are nested deeper than {DEEPEST_TYPE}", node.offset, "type")
        id = self._new(TypeDef(None, self.kind(node), None))
        self._known[node] = id
        self._depths[id] = depth

    def kind(self, node: TypeNode) -> TypeKind:
        """The definition itself; the types that it refers to must be known or nameable."""
        check_labels(node)
        kind = self._kind(node)
        problem = kind_problem(self._resolve, kind, self.borrows)
        if problem is not None:
            raise BinaryError(problem, node.offset, "type")
        return kind

    def _kind(self, node: TypeNode) -> TypeKind:
        scope = node.scope.types
        definition: DefType | SubResource = node.definition
        match definition:
            case PrimValType():
                return Alias(_PRIMITIVES[definition])
            case RecordType(fields):
                return Record(tuple([Field(name, self.valtype(type, scope)) for name, type in fields]))
            case VariantType(cases):
                return Variant(tuple([VariantCase(name, self._optional(type, scope)) for name, type in cases]))
            case ListType(element):
                return List(self.valtype(element, scope))
            case FixedLengthListType(_, 0):
                raise BinaryError("a list of length 0", node.offset, "type")
            case FixedLengthListType(element, length):
                return FixedLengthList(self.valtype(element, scope), length)
            case TupleType(types):
                return Tuple(tuple([self.valtype(type, scope) for type in types]))
            case FlagsType(labels):
                return Flags(tuple(map(Label, labels)))
            case EnumType(labels):
                return WitEnumType(tuple(map(Label, labels)))
            case OptionType(type):
                return Option(self.valtype(type, scope))
            case ResultType(ok, error):
                return Result(self._optional(ok, scope), self._optional(error, scope))
            case OwnType(index):
                return Own(self._resource(scope[index]))
            case BorrowType(index):
                return Borrow(self._resource(scope[index]))
            case StreamType(element):
                return Stream(self._optional(element, scope))
            case FutureType(element):
                return Future(self._optional(element, scope))
            case MapType(key, value):
                return Map(self.valtype(key, scope), self.valtype(value, scope))
            case SubResource() | ResourceType():
                return Resource()
        raise BinaryError("WIT has no values of this type", node.offset, "type")

    def _resource(self, node: TypeNode) -> TypeId:
        found = self._used(node)
        if not isinstance(found, int) or not isinstance(node.definition, SubResource | ResourceType):
            raise BinaryError("a handle's resource is not exported under a name before", node.offset, "type")
        self._check_own(found, node)
        return found


def _children(node: TypeNode) -> list[TypeNode]:
    types = node.scope.types
    return [] if isinstance(node.definition, SubResource) else [types[i] for i in type_indices(node.definition)]


def _nameless(node: TypeNode) -> BinaryError:
    what = type(node.definition).__name__.removeprefix("Sub").removesuffix("Type").lower()
    return BinaryError(f"a {what} is used that has no name: WIT cannot express that", node.offset, "type")


def definition_shape(node: TypeNode) -> tuple[str | int, ...]:
    """The shape (see `generator.resolved.kinds`) of the WIT kind of a node."""
    match node.definition:
        case RecordType(fields):
            return ("record", *(name for name, _ in fields))
        case TupleType(types):
            return ("tuple", len(types))
        case VariantType(cases):
            return ("variant", *(name for name, _ in cases))
        case EnumType(labels):
            return ("enum", *labels)
        case FlagsType(labels):
            return ("flags", *labels)
        case FixedLengthListType(_, length):
            return ("fixed-length list", length)
        case PrimValType():
            return ("alias",)
        case definition:
            return (type(definition).__name__.removeprefix("Sub").removesuffix("Type").lower(),)
