"""Lower and push: a lifted value arrives in a component and is pushed to its interpreter.

Sources: CanonicalABI.md, "Flat Lowering" and "Storing"; the order of pushes is that of wit_dylib.h.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.model.instance import Instance
from harness.model.lifted import Composite, Lifted, LiftedCase, Rep
from harness.model.places import Place, place_text
from harness.model.table import ErrorContextHandle, ResourceHandle, Task
from harness.model.take import Unpredictable
from harness.model.told import told_items
from harness.script import operations as s
from harness.values.numbers import write_numbers
from harness.world import types as t


def _not_told(_event: tuple[str, Place]) -> None:
    """Values in a list that goes whole are told by the list."""


class Giver:
    """One transfer of values into `instance`; `task` is the call that borrows belong to, None for results."""

    def __init__(self, instance: Instance, task: Task | None) -> None:
        self._instance = instance
        self._show = instance.show
        self._task = task

    def give(self, value: Lifted, type: t.Type, place: Place) -> s.Value:
        give = _GIVE.get((type.__class__, value.__class__))
        if give is None:
            raise Unpredictable(f"{place_text(place)}: no way to give {type.canonical}")
        return give(self, value, type, place)

    def _string(self, value: s.Str, _type: t.Prim, place: Place) -> s.Value:
        self._show((f"push_string {len(value.data)} {value.data.hex() or '-'}", place))
        return value

    def _error_context(self, value: ErrorContextHandle, _type: t.Prim, place: Place) -> s.Value:
        number = self._instance.table.add(value)
        self._instance.emit(f"push_error_context {number}", place)
        return s.Handle(number, s.ERROR_CONTEXT)

    def _number(self, value: s.Number, type: t.Prim, place: Place) -> s.Value:
        shown = f"{value.value:0{t.FLOATS[type] // 4}x}" if type in t.FLOATS else value.value
        self._show((f"push_{value.kind} {shown}", place))
        return value

    def _named_number(self, value: s.Number, type: t.EnumType | t.Flags, place: Place) -> s.Value:
        self._show((f"push_{value.kind} {type.canonical} {value.value}", place))
        return value

    def _fields(self, value: Composite, type: t.Record | t.Tuple | t.FixedLengthList, place: Place) -> s.Value:
        if isinstance(type, t.FixedLengthList):
            event, members = "push_fixed_length_list", type.parts * type.size
        else:
            event, members = "push_record" if isinstance(type, t.Record) else "push_tuple", type.parts
        given = [
            self.give(item, member, (place, step))
            for item, member, step in zip(value.items, members, type.steps, strict=True)
        ]
        self._show((f"{event} {type.canonical}", place))
        return s.Fields(tuple(given))

    def _list(self, value: Composite, type: t.List, place: Place) -> s.Value:
        items = value.items
        name = type.canonical
        element = type.type
        lists = self._instance.lists
        if lists is s.Lists.ANY and not element.holds_handles:
            return self._list_whole(value, type, place)
        if lists is s.Lists.NUMBERS and isinstance(element, t.Prim) and element in t.NUMBERS:
            data = write_numbers([item.value for item in items if isinstance(item, s.Number)], element)
            self._show((f"push_list {name} {len(items)} = 1 {data.hex() or '-'}", place))
            return s.Raw(len(items), data)
        self._show((f"push_list {name} {len(items)} = 0", place))
        append = f"list_append {name}"
        given = []
        for index, item in enumerate(items):
            here = (place, index)
            given.append(self.give(item, element, here))
            self._show((append, here))
        return s.Items(tuple(given))

    def _list_whole(self, value: Composite, type: t.List, place: Place) -> s.Value:
        """The interpreter loads the elements by itself, and tells them all in one."""
        show, self._show = self._show, _not_told
        try:
            given = [self.give(item, type.type, (place, index)) for index, item in enumerate(value.items)]
        finally:
            self._show = show
        self._show((f"push_list {type.canonical} {len(given)} = 1{told_items(given)}", place))
        return s.Items(tuple(given))

    def _map(self, value: Composite, type: t.Map, place: Place) -> s.Value:
        items = value.items
        name = type.canonical
        self._show((f"push_map {name} {len(items) // 2}", place))
        pairs = []
        for index in range(0, len(items), 2):
            here = (place, index // 2)
            key = self.give(items[index], type.key, (here, ".key"))
            pairs.append((key, self.give(items[index + 1], type.value, (here, ".value"))))
            self._show((f"map_append {name}", here))
        return s.Entries(tuple(pairs))

    def _case(self, value: LiftedCase, type: t.Variant | t.Option | t.Result, place: Place) -> s.Value:
        index = value.index
        inner = type.payloads[index]
        given = None
        if inner is not None and value.payload is not None:
            given = self.give(value.payload, inner, (place, f".{type.case_names[index]}"))
        self._show((f"{CASE_PUSHED[type.__class__]} {type.canonical} {index}", place))
        return s.Case(index, given)

    def _handle(self, value: Rep, type: t.Own | t.Borrow, place: Place) -> s.Value:
        """`lower_own` and `lower_borrow`: the implementor of a resource gets a borrow as the representation."""
        instance, resource, rep = self._instance, type.resource, value.rep
        rt = instance.identity(resource)
        if isinstance(type, t.Own):
            number = instance.table.add(ResourceHandle(rt, rep, own=True))
        elif rt.implementor is instance.role:
            number = rep
        else:
            assert self._task is not None, "a result holds no borrow"
            self._task.num_borrows += 1
            number = instance.table.add(ResourceHandle(rt, rep, own=False, borrow_scope=self._task))
        event = "push_own" if isinstance(type, t.Own) else "push_borrow"
        instance.emit(f"{event} {resource.canonical} {number}", place)
        return s.Handle(number, resource.canonical)


CASE_PUSHED: dict[type, str] = {t.Variant: "push_variant", t.Option: "push_option", t.Result: "push_result"}

_GIVE: dict[tuple[type, type], Callable[[Giver, Any, Any, Place], s.Value]] = {
    (t.Prim, s.Str): Giver._string,
    (t.Prim, ErrorContextHandle): Giver._error_context,
    (t.Prim, s.Number): Giver._number,
    (t.EnumType, s.Number): Giver._named_number,
    (t.Flags, s.Number): Giver._named_number,
    (t.Record, Composite): Giver._fields,
    (t.Tuple, Composite): Giver._fields,
    (t.FixedLengthList, Composite): Giver._fields,
    (t.List, Composite): Giver._list,
    (t.Map, Composite): Giver._map,
    (t.Variant, LiftedCase): Giver._case,
    (t.Option, LiftedCase): Giver._case,
    (t.Result, LiftedCase): Giver._case,
    (t.Own, Rep): Giver._handle,
    (t.Borrow, Rep): Giver._handle,
}
"""By the kind of the type and the kind of what was lifted."""
