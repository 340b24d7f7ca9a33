"""What an interpreter that is not ours does with each exported function (docs/interpreters.md): it calls the import of
the same name, or returns a parameter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.model.table import ResourceIdentity
from harness.plan.left_out import LeftOut
from harness.plan.roles import Role, Wire
from harness.planner.composition import Composition, Sources
from harness.toolchains.abilities import NO_ABILITIES, Abilities, Streams
from harness.world import types as t
from harness.world.despecialize import Product, despecialize
from harness.world.walk import reachable
from harness.world.world import Function, World

SYMBOLS = "env"


@dataclass(frozen=True, slots=True)
class Forward:
    """Calls an import with the arguments, and returns its result."""

    imported: Function


@dataclass(frozen=True, slots=True)
class Echo:
    """Returns the parameter of this number; None: returns nothing."""

    parameter: int | None


@dataclass(frozen=True, slots=True)
class Copy:
    """Returns a new stream or future with the elements of the parameter of this number."""

    parameter: int


Rule = Forward | Echo | Copy


@dataclass(frozen=True, slots=True)
class Rules:
    """The rule of each exported function by its canonical name, and why the others have none."""

    of: dict[str, Rule]
    without: dict[str, str]
    not_called: tuple[str, ...]
    """Canonical names of imports that no rule calls."""

    @property
    def left_out(self) -> list[LeftOut]:
        """What takes no part, with the reason."""
        exports = [LeftOut(f"export {name}", why) for name, why in self.without.items()]
        return exports + [
            LeftOut(f"import {name}", "no export of its name and type calls it") for name in self.not_called
        ]


def rules_of(world: World, abilities: Abilities = NO_ABILITIES) -> Rules:
    found: dict[str, Rule] = {}
    without: dict[str, str] = {}
    for function in world.export_functions():
        rule = _rule(world, function, abilities)
        if isinstance(rule, str):
            without[function.canonical] = rule
        else:
            found[function.canonical] = rule
    return Rules(found, without, tuple([function.canonical for function in _not_called(world, found)]))


def _not_called(world: World, rules: dict[str, Rule]) -> list[Function]:
    """The imports that no rule calls."""
    called = {rule.imported.canonical for rule in rules.values() if isinstance(rule, Forward)}
    return [function for function in world.import_functions() if function.canonical not in called]


def without_rule(world: World, abilities: Abilities = NO_ABILITIES) -> frozenset[str]:
    """The interfaces, and the functions of the world itself, of which a function has no rule. No toolchain can import
    an interface with the name of the core module of symbols."""
    rules = rules_of(world, abilities).of
    exports = [function for function in world.export_functions() if function.canonical not in rules]
    functions = [*exports, *_not_called(world, rules)]
    return frozenset(function.interface or function.name for function in functions) - {SYMBOLS}


def _rule(world: World, function: Function, abilities: Abilities) -> Rule | str:
    """Or why there is none."""
    if function.end is not None and abilities.streams is Streams.NONE:
        return f"`{function.end.canonical}` in its type, left out without --streams pass"
    if function.is_async and not abilities.asynchronous:
        return "async function, which is called with --with-async"
    types = [*(param.type for param in function.params), function.result]
    if t.Prim.ERROR_CONTEXT in reachable(*types):
        return "error contexts have no rule"
    imported = world.import_function(function.interface, function.name)
    if imported is not None and _same_signature(function, imported):
        return Forward(imported)
    if function.result is None:
        return Echo(None)
    for number, param in enumerate(function.params):
        if same_type(param.type, function.result):
            copies = abilities.streams is Streams.COPY and _can_copy(function, number)
            return Copy(number) if copies else Echo(number)
    return "it has neither an import of its name and type, nor a parameter of its result's type"


def _can_copy(function: Function, number: int) -> bool:
    """Whether an interpreter can return a copy of this parameter: who copies waits, and moves no handles."""
    others = [param.type for at, param in enumerate(function.params) if at != number]
    end = function.result
    if not function.is_async or not isinstance(end, t.End) or any(type.holds_handles for type in others):
        return False
    return end.type is None or not end.type.holds_handles


def _same_signature(exported: Function, imported: Function) -> bool:
    if exported.is_async != imported.is_async:
        return False
    one = [*(param.type for param in exported.params), exported.result]
    other = [*(param.type for param in imported.params), imported.result]
    return len(one) == len(other) and all(same_type(a, b, paired=True) for a, b in zip(one, other, strict=True))


def same_type(one: t.Type | None, other: t.Type | None, paired: bool = False) -> bool:
    """Whether two types have the same shape, with the same names of fields, cases and flags.

    Two resources are the same if they are one; with `paired`, also if one is exported, the other imported, and both
    have the same name in the same interface. That does not hold inside a stream or a future: who gives its end on does
    not see what it carries.
    """
    if one is other:
        return True
    if one is None or other is None or one.__class__ is not other.__class__:
        return False
    if isinstance(one, t.Own | t.Borrow) and isinstance(other, t.Own | t.Borrow):
        return same_resource(one.resource, other.resource, paired)
    if isinstance(one, t.Prim) or _labels(one) != _labels(other) or len(one.parts) != len(other.parts):
        return False
    paired = paired and not isinstance(one, t.End)
    return all(same_type(a, b, paired) for a, b in zip(one.parts, other.parts, strict=True))


def same_resource(one: t.Resource, other: t.Resource, paired: bool) -> bool:
    return one == other or (
        paired and one.exported != other.exported and (one.interface, one.name) == (other.interface, other.name)
    )


def _labels(type: t.Type) -> object:
    """What distinguishes types of one kind, beside their parts."""
    match type:
        case t.Record():
            return tuple(field.name for field in type.fields)
        case t.Variant() | t.Option() | t.Result():
            payloads = type.payloads
            return type.case_names, tuple(payload is None for payload in payloads)
        case t.EnumType():
            return type.cases
        case t.Flags():
            return type.labels
    shape = despecialize(type)
    return shape.times if isinstance(shape, Product) else None


class GuestComposition(Composition):
    """A composition whose subject has an interpreter that is not ours: it does nothing by itself, and has every handle
    that it returns from a parameter or from the provider."""

    def __init__(
        self, worlds: Mapping[Role, World], wires: Sequence[Wire], abilities: Abilities = NO_ABILITIES
    ) -> None:
        super().__init__(worlds, wires)
        self.rules = rules_of(worlds[Role.SUBJECT], abilities)

    def rule(self, caller: Role, function: Function) -> Rule | None:
        """The rule of a function of the subject that `caller` imports; None for any other."""
        callee, exported = self.links.callee(caller, function.interface, function.name)
        return self.rules.of.get(exported.canonical) if callee is Role.SUBJECT else None

    def imports(self, role: Role) -> list[Function]:
        if role is Role.SUBJECT:
            return []
        return [f for f in super().imports(role) if not self._reaches_subject(role, f) or self.rule(role, f)]

    def _reaches_subject(self, caller: Role, function: Function) -> bool:
        return self.links.callee(caller, function.interface, function.name)[0] is Role.SUBJECT

    def _yields(self, role: Role, function: Function) -> list[tuple[Role, ResourceIdentity]]:
        echoes = isinstance(self.rule(role, function), Echo)
        return [] if echoes else super()._yields(role, function)

    def obtainable(self, role: Role, identity: ResourceIdentity, found: Sources | None = None) -> bool:
        return role is Role.SUBJECT or super().obtainable(role, identity, found)

    def in_reach(self, role: Role, identity: ResourceIdentity, rank: int) -> bool:
        return role is Role.SUBJECT or super().in_reach(role, identity, rank)
