"""Where calls cross from one component into another: what is worked out once for an import and what it reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.model.give import Giver
from harness.model.instance import Instance, Setting
from harness.model.lifted import Lifted
from harness.model.links import Links
from harness.model.places import place_text
from harness.model.plain import Move, Moves, NotPlain
from harness.model.take import Taker
from harness.plan.roles import Role, Wire
from harness.script import operations as s
from harness.world import types as t
from harness.world.layout import MAX_FLAT_PARAMS, MAX_FLAT_RESULTS, Layout
from harness.world.world import Function, World

Ways = frozenset[tuple[Role, s.Lists]]
"""How lists go, of each component."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One value's way: its type where it is popped and where it is pushed. `step`: what follows the call in a place.

    `spilled`: through memory. `move` None: values of the type are never plain.
    """

    step: str
    popped: t.Type
    pushed: t.Type
    spilled: bool
    move: Move | None


@dataclass(frozen=True, slots=True)
class Crossing:
    """An imported function and the exported one that it reaches."""

    imported: Function
    callee: Role
    exported: Function
    params: tuple[Passage, ...]
    result: Passage | None


class Crossings:
    """The crossings of a composition, each made when it is first asked for; they serve any number of runs."""

    def __init__(self, worlds: Mapping[Role, World], wires: Sequence[Wire]) -> None:
        self.links = Links(worlds, wires)
        self.layout = Layout()
        self._worlds = worlds
        self._moves = Moves(self.layout)
        self._made: dict[tuple[Role, str | None, str, Ways], Crossing | None] = {}

    def setting(self, role: Role, lists: s.Lists) -> Setting:
        return Setting(role, self._worlds[role], self.layout, self.links.identify, lists)

    def of(self, caller: Role, interface: str | None, name: str, ways: Ways) -> Crossing | None:
        """None where the caller imports no such function. `ways`: how lists go of each component."""
        key = (caller, interface, name, ways)
        if key not in self._made:
            imported = self._worlds[caller].import_function(interface, name)
            self._made[key] = None if imported is None else self._make(caller, imported, ways)
        return self._made[key]

    def _make(self, caller: Role, imported: Function, ways: Ways) -> Crossing:
        callee, exported = self.links.callee(caller, imported.interface, imported.name)
        spilled = sum(self.layout.flat_count(param.type) for param in imported.params) > MAX_FLAT_PARAMS
        params = [
            self._passage(f", {here.name}", here.type, there.type, spilled, caller, callee, ways)
            for here, there in zip(imported.params, exported.params, strict=True)
        ]
        result = None
        if imported.result is not None and exported.result is not None:
            spilled = self.layout.flat_count(exported.result) > MAX_FLAT_RESULTS
            result = self._passage(", result", exported.result, imported.result, spilled, callee, caller, ways)
        return Crossing(imported, callee, exported, tuple(params), result)

    def _passage(
        self, step: str, popped: t.Type, pushed: t.Type, spilled: bool, giver: Role, getter: Role, ways: Ways
    ) -> Passage:
        move = None
        if not _goes_whole(popped, giver, getter, ways):
            move = self._moves.of(popped, pushed, (getter, s.Lists.NUMBERS) in ways)
        return Passage(step, popped, pushed, spilled, move)


def _goes_whole(type: t.Type, giver: Role, getter: Role, ways: Ways) -> bool:
    """Whether a list in the type may go whole, other than one of numbers."""
    if ways.isdisjoint([(giver, s.Lists.ANY), (getter, s.Lists.ANY)]):
        return False
    return any(isinstance(part, t.List) for part in t.reachable(type))


@dataclass(slots=True)
class Arriving:
    """A plain value on its way: what is shown where it leaves and where it arrives. `call`: where the call is told."""

    value: s.Value
    pops: list[str]
    pushes: list[str]
    passage: Passage
    call: str
    sender: Setting
    getter: Setting | None = None
    _walked: dict[bool, Instance] = field(default_factory=dict)
    """Who took (True) and who was given the value when places were asked for."""

    def text(self, shown: Sequence[str], number: int) -> str:
        """Where in the value an event belongs: the long way again, once, for who asks."""
        taken = shown is self.pops
        if taken not in self._walked:
            self._walked[taken] = self._walk(taken)
        return place_text(self._walked[taken].place_of(number))

    def _walk(self, taken: bool) -> Instance:
        place = (self.call, self.passage.step)
        taking = Instance(self.sender)
        lifted = Taker(taking).take(self.value, self.passage.popped, place, False)
        if taken:
            return taking
        assert self.getter is not None
        giving = Instance(self.getter)
        Giver(giving, None).give(lifted, self.passage.pushed, place)
        return giving


def send(
    taker: Taker, sender: Instance, value: s.Value, args: tuple[s.Value, ...], passage: Passage, where: str
) -> Lifted | Arriving:
    """What leaves an interpreter. `args`: of the frame that says so. `where`: the call."""
    if passage.move is not None:
        pops: list[str] = []
        pushes: list[str] = []
        try:
            passage.move(value, pops.append, pushes.append)
        except NotPlain:
            pass
        else:
            sent = Arriving(value, pops, pushes, passage, where, sender.setting)
            sender.show_all((pops, sent))
            return sent
    return taker.take(sender.evaluate(value, args), passage.popped, (where, passage.step), passage.spilled)


def deliver(giver: Giver, getter: Instance, sent: Lifted | Arriving, passage: Passage, where: str) -> s.Value:
    """What arrives at an interpreter."""
    if isinstance(sent, Arriving):
        sent.getter = getter.setting
        getter.show_all((sent.pushes, sent))
        return sent.value
    return giver.give(sent, passage.pushed, (where, passage.step))
