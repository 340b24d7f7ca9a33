"""The handle table of a component instance (CanonicalABI.md, "Table State", "Resource State", `canon resource.*`)."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role


class SpecTrap(Exception):
    """The specification requires a trap here. With `detail`, the interpreter traps."""

    def __init__(self, cause: TrapClass, detail: str | None = None, also: frozenset[TrapClass] = frozenset()) -> None:
        super().__init__(cause.value)
        self.cause = cause
        self.detail = detail
        self.also = also


class Unpredictable(ValueError):
    """The specification does not define the outcome of the script, and the model does not guess."""


def wrong_kind(*also: TrapClass) -> SpecTrap:
    """A handle of another kind than the required one. wasmtime reports it as a handle that does not exist."""
    return SpecTrap(TrapClass.HANDLE_TYPE, also=frozenset((TrapClass.INVALID_HANDLE, *also)))


@dataclass(frozen=True, slots=True)
class ResourceIdentity:
    """A resource type by the component that defines it and its canonical name there."""

    implementor: Role
    canonical: str


@dataclass(slots=True, eq=False)
class Task:
    """A running call of an export. `num_borrows`: borrowed handles that it has not dropped yet."""

    num_borrows: int = 0


class Entry:
    """An entry of a handle table."""

    __slots__ = ()


@dataclass(slots=True, eq=False)
class ResourceHandle(Entry):
    rt: ResourceIdentity
    rep: int
    own: bool
    borrow_scope: Task | None = None
    num_lends: int = 0


@dataclass(slots=True, eq=False)
class Subtask:
    """A call of an import, on the caller's side, with the handles that it lends."""

    lenders: list[ResourceHandle] = field(default_factory=list)

    def add_lender(self, handle: ResourceHandle) -> None:
        handle.num_lends += 1
        self.lenders.append(handle)

    def deliver_resolve(self) -> None:
        for handle in self.lenders:
            handle.num_lends -= 1


@dataclass(slots=True, eq=False)
class ErrorContextHandle(Entry):
    message: bytes


class HandleTable:
    """A handle table. Indices start at 1. The index that was freed last is used first."""

    def __init__(self) -> None:
        self._entries: list[Entry | None] = [None]
        self._free: list[int] = []

    def get(self, index: int) -> Entry:
        entry = self._entries[index] if 0 <= index < len(self._entries) else None
        if entry is None:
            raise SpecTrap(TrapClass.INVALID_HANDLE)
        return entry

    def add(self, entry: Entry) -> int:
        if self._free:
            index = self._free.pop()
            self._entries[index] = entry
            return index
        self._entries.append(entry)
        return len(self._entries) - 1

    def remove(self, index: int) -> Entry:
        entry = self.get(index)
        self._entries[index] = None
        self._free.append(index)
        return entry

    def resource(self, entry: Entry, rt: ResourceIdentity) -> ResourceHandle:
        """`entry` as a handle of resource type `rt`."""
        if not isinstance(entry, ResourceHandle) or entry.rt != rt:
            raise SpecTrap(TrapClass.HANDLE_TYPE)
        return entry

    def _not_lent(self, entry: Entry, rt: ResourceIdentity) -> ResourceHandle:
        """Checks the type first. Engines differ if the handle is also lent."""
        lent = isinstance(entry, ResourceHandle) and entry.num_lends > 0
        try:
            handle = self.resource(entry, rt)
        except SpecTrap as trap:
            raise SpecTrap(trap.cause, also=frozenset({TrapClass.LENT} if lent else ())) from None
        if lent:
            raise SpecTrap(TrapClass.LENT)
        return handle

    def lift_own(self, index: int, rt: ResourceIdentity) -> int:
        handle = self._not_lent(self.remove(index), rt)
        if not handle.own:
            raise SpecTrap(TrapClass.HANDLE_TYPE)
        return handle.rep

    def lift_borrow(self, index: int, rt: ResourceIdentity, borrow_scope: Subtask) -> int:
        handle = self.resource(self.get(index), rt)
        borrow_scope.add_lender(handle)
        return handle.rep

    def lift_error_context(self, index: int) -> ErrorContextHandle:
        entry = self.get(index)
        if not isinstance(entry, ErrorContextHandle):
            raise SpecTrap(TrapClass.HANDLE_TYPE)
        return entry

    def drop(self, index: int, rt: ResourceIdentity) -> ResourceHandle:
        """`canon resource.drop` without the destructor: the caller runs it if this was an own handle."""
        handle = self._not_lent(self.remove(index), rt)
        if handle.borrow_scope is not None:
            handle.borrow_scope.num_borrows -= 1
        return handle
