"""Lower and push: a lifted value arrives in a component and is pushed to its interpreter.

Sources: CanonicalABI.md, "Flat Lowering" and "Storing"; the order of pushes is that of wit_dylib.h.
"""

from __future__ import annotations

from harness import script as s
from harness import types as t
from harness.model.instance import Instance
from harness.model.lifted import Composite, Lifted, LiftedCase, Rep
from harness.model.table import ErrorContextHandle, ResourceHandle, Task
from harness.model.take import Unpredictable, write_numbers
from harness.values import case_name, field_steps


class Giver:
    """One transfer of values into `instance`; `task` is the call that borrows belong to, None for results."""

    def __init__(self, instance: Instance, task: Task | None) -> None:
        self._instance = instance
        self._emit = instance.emit
        self._task = task

    def give(self, value: Lifted, type: t.Type, path: str) -> s.Value:
        match type, value:
            case t.Prim.STRING, s.Str(data):
                self._emit(f"push_string {len(data)} {data.hex() or '-'}", path)
                return value
            case t.Prim.ERROR_CONTEXT, ErrorContextHandle():
                number = self._instance.table.add(value)
                self._emit(f"push_error_context {number}", path)
                return s.Handle(number, s.ERROR_CONTEXT)
            case t.Prim(), s.Number(kind, number):
                shown = f"{number:0{t.FLOATS[type] // 4}x}" if type in t.FLOATS else number
                self._emit(f"push_{kind} {shown}", path)
                return value
            case t.Record() | t.Tuple() | t.FixedLengthList(), Composite(items):
                return self._fields(items, type, path)
            case t.List(), Composite(items):
                return self._list(items, type, path)
            case t.Map(), Composite(items):
                return self._map(items, type, path)
            case t.Variant() | t.Option() | t.Result(), LiftedCase(index, payload):
                return self._case(index, payload, type, path)
            case t.EnumType() | t.Flags(), s.Number(kind, number):
                self._emit(f"push_{kind} {type.canonical} {number}", path)
                return value
            case t.Own() | t.Borrow(), Rep(rep):
                return self._handle(rep, type, path)
            case _:
                raise Unpredictable(f"{path}: no way to give {type.canonical}")

    def _fields(self, items: tuple[Lifted, ...], type: t.Record | t.Tuple | t.FixedLengthList, path: str) -> s.Value:
        if isinstance(type, t.FixedLengthList):
            event, members = "push_fixed_length_list", (type.type,) * type.size
            steps = tuple(f"[{index}]" for index in range(type.size))
        else:
            event = "push_record" if isinstance(type, t.Record) else "push_tuple"
            members, steps = t.parts(type), field_steps(type)
        given = tuple(
            self.give(item, member, path + step) for item, member, step in zip(items, members, steps, strict=True)
        )
        self._emit(f"{event} {type.canonical}", path)
        return s.Fields(given)

    def _list(self, items: tuple[Lifted, ...], type: t.List, path: str) -> s.Value:
        name = type.canonical
        element = type.type
        if self._instance.script.lists and isinstance(element, t.Prim) and element in t.NUMBERS:
            data = write_numbers([item.value for item in items if isinstance(item, s.Number)], element)
            self._emit(f"push_list {name} {len(items)} = 1 {data.hex() or '-'}", path)
            return s.Raw(len(items), data)
        self._emit(f"push_list {name} {len(items)} = 0", path)
        given = []
        for index, item in enumerate(items):
            here = f"{path}[{index}]"
            given.append(self.give(item, element, here))
            self._emit(f"list_append {name}", here)
        return s.Items(tuple(given))

    def _map(self, items: tuple[Lifted, ...], type: t.Map, path: str) -> s.Value:
        name = type.canonical
        self._emit(f"push_map {name} {len(items) // 2}", path)
        pairs = []
        for index in range(0, len(items), 2):
            here = f"{path}[{index // 2}]"
            key = self.give(items[index], type.key, f"{here}.key")
            pairs.append((key, self.give(items[index + 1], type.value, f"{here}.value")))
            self._emit(f"map_append {name}", here)
        return s.Entries(tuple(pairs))

    def _case(self, index: int, payload: Lifted | None, type: t.Variant | t.Option | t.Result, path: str) -> s.Value:
        inner = t.payloads(type)[index]
        given = None
        if inner is not None and payload is not None:
            given = self.give(payload, inner, f"{path}.{case_name(type, index)}")
        event = {t.Variant: "push_variant", t.Option: "push_option", t.Result: "push_result"}[type.__class__]
        self._emit(f"{event} {type.canonical} {index}", path)
        return s.Case(index, given)

    def _handle(self, rep: int, type: t.Own | t.Borrow, path: str) -> s.Value:
        """`lower_own` and `lower_borrow`: the implementor of a resource gets a borrow as the representation."""
        instance, resource = self._instance, type.resource
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
        self._emit(f"{event} {resource.canonical} {number}", path)
        return s.Handle(number, resource.canonical)
