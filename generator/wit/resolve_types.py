"""Types and functions of one interface or world: names to type ids."""

from __future__ import annotations

from collections.abc import Iterable

from generator.errors import WitError
from generator.names.component_names import HOW_NAMES_ARE_COMPARED, canonical_label
from generator.resolved.model import NO_GATES, InterfaceId, Owner, TypeDef
from generator.resolved.rules import MAP_KEYS, payload_problem
from generator.resolved.types import (
    Alias,
    Borrow,
    EnumType,
    Field,
    FixedLengthList,
    Flags,
    Future,
    Label,
    List,
    Map,
    Option,
    Own,
    Primitive,
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
from generator.wit.ast import (
    AliasBody,
    ConstructedType,
    FieldsBody,
    HandleType,
    Name,
    NamedType,
    ResourceBody,
    TypeBody,
    TypeDeclaration,
    TypeExpression,
    UseDeclaration,
)
from generator.wit.order import topological_order
from generator.wit.package_context import PackageContext
from generator.wit.text import SourceText


class Scope:
    """The names of one interface or world. A name that its gates disable is present, with None for its type."""

    def __init__(self, context: PackageContext, owner: Owner, source: SourceText):
        self.context = context
        self._owner = owner
        self.source = source
        self.types: dict[str, TypeId | None] = {}
        self._taken: dict[str, str] = {}
        self._gates = NO_GATES
        """The gates of the definition in resolution."""

    def claim(self, name: Name, what: str) -> None:
        """Record that `name` is defined here; names are strongly-unique (Explainer.md, "Name Uniqueness")."""
        self.claim_in(self._taken, name, what)

    def claim_in(self, taken: dict[str, str], name: Name, what: str) -> None:
        """The same for names that are unique among themselves; `taken` contains them by their `canonical_label`."""
        canonical = canonical_label(name.text)
        if canonical in taken:
            previous = taken[canonical]
            message = f"{what} `{name.text}` is defined more than once"
            same = f"`{previous}` is the same name: {HOW_NAMES_ARE_COMPARED}"
            raise self.source.error(name.at, message, same if previous != name.text else None)
        taken[canonical] = name.text

    def use(self, declaration: UseDeclaration, interface: InterfaceId) -> None:
        """Add types of another interface to this scope."""
        context = self.context
        theirs = context.resolve.interfaces[interface]
        stability, external_id, at = declaration.attributes
        included = context.is_included(stability, self.source, at)
        for name, local in declaration.names:
            self.claim(local, "name")
            target = theirs.types.get(name.text)
            if target is None and included:
                raise self._no_such_type(name, interface)
            if target is None or not included:
                self.types[local.text] = None
                continue
            span = self.source.span(name.at)
            definition = TypeDef(local.text, Alias(target), self._owner, None, stability, span, external_id)
            self.types[local.text] = context.add_type(definition)

    def skip_use(self, declaration: UseDeclaration) -> None:
        """A `use` that its gates disable: its names are known, but not usable."""
        for _, local in declaration.names:
            self.claim(local, "name")
            self.types[local.text] = None

    def _no_such_type(self, name: Name, interface: InterfaceId) -> WitError:
        resolve = self.context.resolve
        label = resolve.interface_id(interface) or "the interface"
        theirs = resolve.interfaces[interface]
        if name.text in theirs.functions:
            return self.source.error(name.at, f"`{name.text}` is a function of {label}; only types can be used")
        known = ", ".join(theirs.types) or "none"
        hint = f"types there are: {known}; a type behind a feature gate needs its feature to be enabled"
        return self.source.error(name.at, f"{label} has no type `{name.text}`", hint)

    def define(self, declarations: Iterable[TypeDeclaration]) -> None:
        """All type definitions of this scope, in an order in which each refers only to earlier ones."""
        by_name: dict[str, TypeDeclaration] = {}
        dependencies: dict[str, list[Name]] = {name: [] for name in self.types}
        for declaration in declarations:
            self.claim(declaration.name, "name")
            by_name[declaration.name.text] = declaration
            dependencies[declaration.name.text] = names_in(declaration.body)
        for name in topological_order(dependencies, self._unknown_type, self._cycle):
            if name in by_name:
                self._define(by_name[name])

    def _define(self, declaration: TypeDeclaration) -> None:
        context = self.context
        name = declaration.name
        stability, external_id, at = declaration.attributes
        if not context.is_included(stability, self.source, at):
            self.types[name.text] = None
            return
        self._gates = stability
        kind = self._kind(name, declaration.body)
        self._gates = NO_GATES
        span = self.source.span(name.at)
        definition = TypeDef(name.text, kind, self._owner, declaration.docs, stability, span, external_id)
        self.types[name.text] = context.add_type(definition)

    def _kind(self, name: Name, body: TypeBody) -> TypeKind:
        if isinstance(body, FieldsBody):
            return self._fields_kind(body)
        if isinstance(body, ResourceBody):
            return Resource()
        expression = body.type
        if isinstance(expression, NamedType):
            # The name of a resource stays a name of the resource here; elsewhere it means an owned handle.
            return Alias(self.lookup(expression.name))
        if isinstance(expression, Primitive):
            return Alias(expression)
        if isinstance(expression, HandleType):
            resource = self._resource(expression.resource)
            return Borrow(resource) if expression.is_borrow else Own(resource)
        return self._constructed(expression)[1]

    def _fields_kind(self, body: FieldsBody) -> TypeKind:
        taken: dict[str, str] = {}
        for field in body.fields:
            self.claim_in(taken, field.name, "field" if body.kind == "record" else "case")
        if body.kind == "variant":
            return Variant(
                tuple(VariantCase(name.text, self.optional(type_), docs) for name, type_, docs in body.fields)
            )
        if body.kind == "record":
            fields = []
            for name, type_, docs in body.fields:
                assert type_ is not None, "the grammar gives each field a type"
                fields.append(Field(name.text, self.type(type_), docs))
            return Record(tuple(fields))
        labels = tuple(Label(name.text, docs) for name, _, docs in body.fields)
        return EnumType(labels) if body.kind == "enum" else Flags(labels)

    def lookup(self, name: Name) -> TypeId:
        id = self.types.get(name.text)
        if id is not None:
            return id
        if name.text in self.types:
            hint = "gate its users too, or enable the feature with --features"
            raise self.source.error(name.at, f"the type `{name.text}` is turned off by its feature gate", hint)
        raise self._unknown_type(name)

    def _unknown_type(self, name: Name) -> WitError:
        hint = {"float32": "it is `f32` now", "float64": "it is `f64` now"}.get(name.text)
        there = self._taken.get(canonical_label(name.text))
        if hint is None and there is not None and name.text not in self.types:
            hint = f"`{there}` is not a type of this name"
        return self.source.error(name.at, f"there is no type `{name.text}` here", hint)

    def _cycle(self, name: Name) -> WitError:
        return self.source.error(name.at, f"the type `{name.text}` contains itself; types cannot be recursive")

    def _resource(self, name: Name) -> TypeId:
        id = self.lookup(name)
        if not self.context.is_resource(id):
            raise self.source.error(name.at, f"`{name.text}` is not a resource; only resources have handles")
        return id

    def optional(self, expression: TypeExpression | None) -> Type | None:
        return None if expression is None else self.type(expression)

    def type(self, expression: TypeExpression) -> Type:
        """The type of a value: the bare name of a resource is an owned handle (WIT.md, "Handles")."""
        if isinstance(expression, Primitive):
            return expression
        context = self.context
        if isinstance(expression, NamedType):
            id = self.lookup(expression.name)
            return context.own(id) if context.is_resource(id) else id
        if isinstance(expression, HandleType):
            resource = self._resource(expression.resource)
            return context.borrow(resource, self._gates) if expression.is_borrow else context.own(resource)
        key, kind = self._constructed(expression)
        return context.anonymous(key, kind, self._gates)

    def _constructed(self, expression: ConstructedType) -> tuple[tuple[object, ...], TypeKind]:
        """The kind of a built-in type with arguments, and a key that is equal for equal kinds."""
        at, constructor, arguments, size = expression
        parts = tuple(self.optional(argument) for argument in arguments)
        key = (constructor, size, parts)
        if constructor == "result":
            return key, Result(parts[0], parts[1])
        if constructor in ("future", "stream"):
            kind = Future(parts[0]) if constructor == "future" else Stream(parts[0])
            problem = payload_problem(self.context.resolve, kind, self.context.borrows)
            if problem is not None:
                raise self.source.error(at, problem)
            return key, kind
        types = tuple(part for part in parts if part is not None)
        if constructor == "tuple":
            return key, Tuple(types)
        if constructor == "option":
            return key, Option(types[0])
        if constructor == "map":
            if types[0] not in MAP_KEYS:  # a named type is never a key (WIT.md, "Types": `kt`)
                hint = "keys are bool, integers, char or string"
                raise self.source.error(at, "this type cannot be the key of a map", hint)
            return key, Map(types[0], types[1])
        return key, List(types[0]) if size is None else FixedLengthList(types[0], size)


def names_in(body: TypeBody) -> list[Name]:
    """The names of types in a definition."""
    names: list[Name] = []
    if isinstance(body, AliasBody):
        names_in_type(body.type, names)
    elif isinstance(body, FieldsBody):
        for field in body.fields:
            names_in_type(field.type, names)
    return names


def names_in_type(expression: TypeExpression | None, names: list[Name]) -> None:
    """Add the names of types in a type."""
    if isinstance(expression, NamedType):
        names.append(expression.name)
    elif isinstance(expression, HandleType):
        names.append(expression.resource)
    elif isinstance(expression, ConstructedType):
        for argument in expression.arguments:
            names_in_type(argument, names)
