"""Tasks and their threads (CanonicalABI.md, "Threads", "Tasks"). A task has one thread: scripts start no others."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, unique
from typing import TYPE_CHECKING

from harness.model import table
from harness.model.concurrency.forking import Forked
from harness.model.concurrency.waitables import Subtask, Waitable, WaitableSet
from harness.model.crossing import Crossing
from harness.model.table import SpecTrap
from harness.plan.outcomes import TrapClass
from harness.plan.places import Root
from harness.plan.roles import Role
from harness.script import operations as s

if TYPE_CHECKING:
    from harness.model.concurrency.component import ComponentInstance


@unique
class LiftKind(Enum):
    """The type of a lifted function, and whether it has the option `async`."""

    CALLBACK = "an asynchronous function, lifted with `async` and a callback"
    SYNC_OF_ASYNC = "an asynchronous function, lifted without `async`"
    SYNC = "a synchronous function"


@unique
class TaskState(Enum):
    INITIAL = 1
    STARTED = 2
    PENDING_CANCEL = 3
    CANCEL_DELIVERED = 4
    RESOLVED = 5


@dataclass(eq=False, slots=True)
class Activity(Forked):
    """A frame of the script while its task runs it, operation by operation."""

    ops: tuple[s.Op, ...]
    blocking: bool
    position: int = 0
    cancelled: bool = False
    """Whether the task got the event that it is cancelled."""
    entered: bool = False
    """Whether the first core call has ended: the next ones are callbacks."""
    answered: bool = False
    """Whether `task.return` or `task.cancel` was called."""


_NO_FRAME = Activity((), False)
"""That of a task without a frame, which nothing changes."""


class Task(table.Task, Forked):
    """`key` None: `finish`. `crossing` None: the caller is the host, or a `resource.drop`."""

    __slots__ = (
        "_thread",
        "activity",
        "args",
        "crossing",
        "inst",
        "key",
        "lift",
        "number",
        "rep",
        "result",
        "state",
        "subtask",
        "where",
    )

    def __init__(
        self,
        inst: ComponentInstance,
        lift: LiftKind,
        key: s.FrameKey | None,
        crossing: Crossing | None = None,
        where: Root = "",
    ) -> None:
        self.num_borrows = 0
        self.inst = inst
        self.lift = lift
        self.key = key
        self.crossing = crossing
        self.where = where
        self.subtask: Subtask | None = None
        """The caller's side, if it may wait."""
        self.rep = 0
        """The representation that a destructor gets."""
        self.state = TaskState.INITIAL
        self.number = 0
        """The number of the task. The interpreter counts tasks when they start."""
        self.args: tuple[s.Value, ...] = ()
        self.result: s.Value | None = None
        """The value of `ret`, in a function that is lifted synchronously."""
        self.activity = _NO_FRAME
        self._thread: Thread | None = None

    @property
    def implicit_thread(self) -> Thread:
        """Made at its first use: a call that cannot block has none."""
        if self._thread is None:
            self._thread = Thread(self)
        return self._thread

    @property
    def is_async(self) -> bool:
        """Whether its type is asynchronous. Such a task runs exclusively in its instance (`needs_exclusive`)."""
        return self.lift is not LiftKind.SYNC

    def has_backpressure(self) -> bool:
        return self.inst.backpressure > 0 or self.inst.exclusive_thread is not None

    def deliver_pending_cancel(self) -> bool:
        """Whether its event loop gets the cancellation now."""
        if self.state is not TaskState.PENDING_CANCEL:
            return False
        self.state = TaskState.CANCEL_DELIVERED
        return True

    def check_return(self, *also: TrapClass) -> None:
        """The traps of `Task.return_`. `also`: other rules that are broken at the same time."""
        if self.state is TaskState.RESOLVED:
            raise SpecTrap(TrapClass.RESOLVED_TWICE, also=frozenset((*also, *self._borrows_left())))
        self._check_borrows(also)

    def check_cancel(self) -> None:
        """The traps of `Task.cancel`."""
        if self.state is TaskState.RESOLVED:
            raise SpecTrap(TrapClass.RESOLVED_TWICE, also=frozenset((TrapClass.NOT_CANCELLED, *self._borrows_left())))
        if self.state is not TaskState.CANCEL_DELIVERED:
            raise SpecTrap(TrapClass.NOT_CANCELLED, also=frozenset(self._borrows_left()))
        self._check_borrows(())

    def _borrows_left(self) -> tuple[TrapClass, ...]:
        return (TrapClass.BORROW_LEFT,) if self.num_borrows else ()

    def _check_borrows(self, also: tuple[TrapClass, ...]) -> None:
        if self.num_borrows:
            raise SpecTrap(TrapClass.BORROW_LEFT, also=frozenset(also))


@dataclass(eq=False, slots=True)
class Do(Forked):
    """The next step of a thread: a function of (store, thread, *args). `shows`: its first event is the thread's."""

    function: Callable[..., None]
    args: tuple[object, ...] = ()
    shows: bool = True


class Condition(Forked):
    """The condition for which a blocked thread waits (`ready_func`)."""

    def is_yield(self) -> bool:
        """Whether the thread only waits for its turn."""
        return False

    @abstractmethod
    def holds(self) -> bool: ...


@dataclass(eq=False)
class Always(Condition):
    def is_yield(self) -> bool:
        return True

    def holds(self) -> bool:
        return True


@dataclass(eq=False)
class Enterable(Condition):
    task: Task

    def holds(self) -> bool:
        return not self.task.has_backpressure()


@dataclass(eq=False)
class EventLoop(Condition):
    """No other task runs code of the instance, and there is something to deliver: without `wset` the task's turn, an
    event of a member, or a cancellation (PR 723, 726). Like an event, a cancellation may come at once or later."""

    task: Task
    wset: WaitableSet | None = None

    def holds(self) -> bool:
        if self.task.inst.exclusive_thread is not None:
            return False
        return self.wset is None or self.task.state is TaskState.PENDING_CANCEL or self.wset.has_pending_event()

    def is_yield(self) -> bool:
        return self.wset is None


@dataclass(eq=False)
class HasEvent(Condition):
    of: Waitable | WaitableSet

    def holds(self) -> bool:
        return self.of.has_pending_event()


@dataclass(eq=False)
class Resolved(Condition):
    subtask: Subtask

    def holds(self) -> bool:
        return self.subtask.resolved()


class Thread(Forked):
    __slots__ = ("cancellable", "cancelled", "condition", "task", "todo")

    def __init__(self, task: Task) -> None:
        self.task = task
        self.todo: list[Do] = []
        """The next steps, in reverse order."""
        self.condition: Condition | None = None
        """None while it runs."""
        self.cancellable = False
        """Whether a cancellation resumes it. False while it runs, so that states whose threads waited for different
        things are equal afterwards."""
        self.cancelled = False
        """Whether it was resumed by a cancellation."""

    def then(self, function: Callable[..., None], *args: object) -> None:
        self.todo.append(Do(function, args))

    def ready(self) -> bool:
        return self.condition is not None and self.condition.holds()

    def expected(self) -> tuple[Role, int] | None:
        """The task of the next event if this thread continues, if that is known."""
        inst = self.task.inst
        if not self.todo or not self.todo[-1].shows or inst.silent:
            return None
        return inst.role, self.task.number or inst.tasks + 1


@dataclass(eq=False)
class SyncWait(Forked):
    """The loop at the end of `canon_lift` of a synchronous function. It runs threads of the instance until the function
    returns."""

    task: Task


@dataclass(eq=False)
class Possibility(Forked):
    """One possibility at a choice. `expected`: the task of the next event; `handle`: the waitable with the event."""

    function: Callable[..., None]
    args: tuple[object, ...]
    expected: tuple[Role, int] | None = None
    handle: int | None = None


Running = Thread | SyncWait
Choice = list[Possibility]
