"""The context of lifting and lowering (CanonicalABI.md, "Lifting and Lowering Context")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.model.instance import Instance, Show
from harness.model.table import SpecTrap, Subtask, Task
from harness.model.table import Unpredictable as Unpredictable
from harness.plan.outcomes import TrapClass
from harness.plan.places import Place
from harness.script import operations as s
from harness.trace.event import Event

Load = Callable[["LiftLowerContext", s.Value, Place], s.Value]
"""Shows the pops of an interpreter's value, and returns the lifted value."""
Store = Callable[["LiftLowerContext", Any, Place], s.Value]
"""Shows the pushes of a value that was lifted with the same type, and returns the interpreter's value."""

_LATER: tuple[TrapClass, frozenset[TrapClass]] = TrapClass.OTHER, frozenset()
NOTHING = s.Fields(())
"""The placeholder for a value whose lifting trapped."""


class LiftLowerContext:
    """One transfer of values out of or into `inst`. `borrow_scope`: the call to which borrowed handles belong.

    The generated code pops all values before the first of them is lifted, so an invalid value traps after the last pop:
    `finish` raises the first trap. Values refer to registers of `inst` and to `args`, the arguments of its frame.
    """

    __slots__ = ("_args", "_trap", "borrow_scope", "inst", "show")

    def __init__(self, inst: Instance, borrow_scope: Task | Subtask | None, args: tuple[s.Value, ...] = ()) -> None:
        self.inst = inst
        self.borrow_scope = borrow_scope
        self._args = args
        self.show: Show = inst.show
        """Shows an event and its place. A list that goes whole shows no events for the values in it."""
        self._trap: tuple[TrapClass, frozenset[TrapClass]] | None = None

    def only_pops(self) -> LiftLowerContext:
        """A context that only pops values. Another context lifts them later, so handles stay in their table."""
        self._trap = _LATER
        return self

    @property
    def trapped(self) -> bool:
        return self._trap is not None

    def invalid(self, cause: TrapClass, *also: TrapClass) -> s.Value:
        self._trap = self._trap or (cause, frozenset(also))
        return NOTHING

    def wrong_kind(self) -> SpecTrap:
        return self.inst.fail("pop_kind")

    def held(self, value: s.Value) -> s.Value:
        return self.inst.evaluate(value, self._args)

    def otherwise(self, load: Load, value: s.Value, place: Place) -> s.Value:
        """Load a value of another kind than the popped one: a register or an argument may contain the right kind."""
        if isinstance(value, s.Register | s.Argument):
            return load(self, self.held(value), place)
        raise self.wrong_kind()

    def finish(self) -> None:
        """Raise the first trap of the lift."""
        if self._trap is not None:
            # made only here: a stored exception would keep the whole run alive by its traceback
            cause, also = self._trap
            raise SpecTrap(cause, also=also)


def unseen(_event: tuple[Event, Place]) -> None:
    """A `show` that shows nothing."""
