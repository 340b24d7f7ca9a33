"""Task hooks: functions of a core module that are called whenever it is entered from outside and left again, so that it
can set up a stack pointer and thread-local storage.

There are two generations, and no specification has them; the calls were learnt from encoders of wasm-tools:
`__wasm_init_task` with `__wasm_init_async_task` from 1.256, `__wasm_task_hook` from 1.258 and later. A module with both
has the later one only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum, auto, unique

from generator.componentize.plan import CoreExport
from generator.componentize.signatures import show
from generator.wasm.decode import DecodedModule
from generator.wasm.types import ExternKind, FuncType, ValType

HOOK = "__wasm_task_hook"
INIT_TASK = "__wasm_init_task"
INIT_ASYNC_TASK = "__wasm_init_async_task"

TYPES = {HOOK: FuncType((ValType.I32,)), INIT_TASK: FuncType(()), INIT_ASYNC_TASK: FuncType(())}
"""The exports, and the only core type that each may have."""


@unique
class EntryKind(Enum):
    """The ways to enter a module."""

    START = auto()
    """`_initialize`, or all constructors."""
    SYNC = auto()
    """A function that is lifted without `async`."""
    SYNC_BEFORE_POST_RETURN = auto()
    """The same, if it has a post-return function: the task ends behind that."""
    POST_RETURN = auto()
    ASYNC = auto()
    """A function that is lifted with `async` and a callback."""
    CALLBACK = auto()
    STACKFUL = auto()
    """A function that is lifted with `async` alone."""
    DESTRUCTOR = auto()
    REALLOC = auto()
    """A call of the canonical option `realloc`. Allocations by the module itself do not enter it."""


@unique
class Point(IntEnum):
    """The argument of `__wasm_task_hook`."""

    SYNC_START = 0
    SYNC_END = 1
    ASYNC_START = 2
    CALLBACK_START = 3
    PAUSED = 4
    """A callback is to be called: the code that was returned is not 0."""
    ASYNC_END = 5
    INIT_START = 6
    INIT_END = 7
    DESTRUCTOR_START = 8
    DESTRUCTOR_END = 9
    REALLOC_START = 12
    REALLOC_END = 13


@dataclass(frozen=True, slots=True)
class Points:
    """When the hook is called around an entry."""

    before: Point | None = None
    after: Point | None = None
    paused: Point | None = None
    """Replaces `after` if the function returns a code other than 0."""


POINTS: Mapping[EntryKind, Points] = {
    EntryKind.START: Points(Point.INIT_START, Point.INIT_END),
    EntryKind.SYNC: Points(Point.SYNC_START, Point.SYNC_END),
    EntryKind.SYNC_BEFORE_POST_RETURN: Points(before=Point.SYNC_START),
    EntryKind.POST_RETURN: Points(after=Point.SYNC_END),
    EntryKind.ASYNC: Points(Point.ASYNC_START, Point.ASYNC_END, Point.PAUSED),
    EntryKind.CALLBACK: Points(Point.CALLBACK_START, Point.ASYNC_END, Point.PAUSED),
    EntryKind.STACKFUL: Points(Point.ASYNC_START, Point.ASYNC_END),
    EntryKind.DESTRUCTOR: Points(Point.DESTRUCTOR_START, Point.DESTRUCTOR_END),
    EntryKind.REALLOC: Points(Point.REALLOC_START, Point.REALLOC_END),
}


@dataclass(frozen=True, slots=True)
class CoreCall:
    """A call of a function that returns nothing, with one number or none."""

    function: CoreExport
    argument: int | None = None

    @property
    def type(self) -> FuncType:
        return FuncType(() if self.argument is None else (ValType.I32,))


@dataclass(frozen=True, slots=True)
class Around:
    """The calls before and after a function."""

    before: CoreCall | None = None
    after: CoreCall | None = None
    paused: CoreCall | None = None
    """Replaces `after` if the function returns a number other than 0."""

    @property
    def calls(self) -> tuple[CoreCall, ...]:
        return tuple([call for call in (self.before, self.after, self.paused) if call is not None])


NOTHING = Around()


@dataclass(frozen=True, slots=True)
class TaskHook:
    """The later generation."""

    hook: CoreExport

    def around(self, entry: EntryKind) -> Around:
        points = POINTS[entry]
        return Around(self._call(points.before), self._call(points.after), self._call(points.paused))

    def _call(self, point: Point | None) -> CoreCall | None:
        return None if point is None else CoreCall(self.hook, point)


SYNC_ENTRIES = frozenset((EntryKind.SYNC, EntryKind.SYNC_BEFORE_POST_RETURN))
ASYNC_ENTRIES = frozenset((EntryKind.ASYNC, EntryKind.STACKFUL))


@dataclass(frozen=True, slots=True)
class InitTask:
    """The earlier generation. The function for synchronous tasks alone is called at the start only."""

    sync: CoreExport
    asynchronous: CoreExport | None

    def around(self, entry: EntryKind) -> Around:
        if entry is EntryKind.START:
            return Around(CoreCall(self.sync))
        if self.asynchronous is not None:
            if entry in SYNC_ENTRIES:
                return Around(CoreCall(self.sync))
            if entry in ASYNC_ENTRIES:
                return Around(CoreCall(self.asynchronous))
        return NOTHING


TaskHooks = TaskHook | InitTask


def exported_hooks(module: DecodedModule) -> list[str]:
    """The hooks that a module exports, by name; their types may be wrong."""
    exports = module.exports_by_name
    return [name for name in TYPES if name in exports and exports[name].kind is ExternKind.FUNC]


def wrong_type(module: DecodedModule, name: str) -> str | None:
    """The fault of a hook that a module exports, as a sentence; None if there is none."""
    if module.has_own_type(module.exports_by_name[name].index):
        return f"`{name}` is exported with a type that only its module has; a task hook has {show(TYPES[name])}"
    found = module.export_func_type(name)
    if found is not None and found != TYPES[name]:
        return f"`{name}` is exported with the core type {show(found)}; a task hook has {show(TYPES[name])}"
    return None


def counting(names: Collection[str]) -> list[str]:
    """The hooks of a program that count: if it has the later generation, nobody calls the earlier one."""
    return [HOOK] if HOOK in names else [name for name in TYPES if name in names]


def choose(exports: Mapping[str, CoreExport]) -> TaskHooks | None:
    """The hooks of a program, by the names of `TYPES`; None if it has none."""
    if HOOK in exports:
        return TaskHook(exports[HOOK])
    if INIT_TASK in exports:
        return InitTask(exports[INIT_TASK], exports.get(INIT_ASYNC_TASK))
    return None


def surrounded(calls: Iterable[CoreCall], hooks: TaskHooks | None) -> list[CoreCall]:
    """The calls at a program's start, with those that its hooks add; if nothing is called, they add nothing."""
    calls = list(calls)
    if hooks is None or not calls:
        return calls
    around = hooks.around(EntryKind.START)
    before, after = ([] if call is None else [call] for call in (around.before, around.after))
    return [*before, *calls, *after]
