"""The state of a run, and which thread continues (CanonicalABI.md, "Stack Switching", "Threads", "Embedding API").

A store runs until it has something to show, a choice to make, or has ended. Between those it is deterministic. The
choices are those of Concurrency.md, "Nondeterminism": whether a yield, or a wait on a set that has an event, blocks;
which ready thread continues; which member of a set delivers its event; when a ready task gets its cancellation. No
specification says how an engine chooses. `predict` takes the first option of each choice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from harness.model.abi import Abi
from harness.model.concurrency.blocking import blocking_entries
from harness.model.concurrency.component import ComponentInstance
from harness.model.concurrency.copies import Shared
from harness.model.concurrency.forking import Forked
from harness.model.concurrency.observed import Left, PredictedEvent
from harness.model.concurrency.shapes import Shapes
from harness.model.concurrency.threads import Choice, Condition, Possibility, Running, SyncWait, Task, TaskState, Thread
from harness.model.concurrency.waitables import EventTuple, Waitable, WaitableSet
from harness.model.crossing import Crossings
from harness.model.table import ResourceIdentity, SpecTrap, Unpredictable
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.roles import Role
from harness.script import operations as s
from harness.trace.events import LATE


@dataclass(frozen=True, slots=True)
class HostCall:
    role: Role
    is_run: bool


@dataclass(frozen=True, slots=True)
class Guest:
    """The behaviour of the interpreters. `called`: the host calls `run`, or `finish`; returns the task."""

    called: Callable[[Store, Role, bool], Task]
    run_frame: Callable[[Store, Thread], None]
    """Executes the next operation."""
    at_once: Mapping[type, Callable[[Store, Task, Any], None]]
    """The operations of frames that cannot block. They need a task and no thread."""
    deliver: Callable[[Store, Thread, EventTuple], None]


class Store(Forked):
    def __init__(
        self,
        crossings: Crossings,
        scripts: Mapping[Role, s.Script],
        entries: Sequence[Role],
        guest: Guest,
        silent: Set[Role] = frozenset(),
    ) -> None:
        """`silent`: components whose interpreter writes no trace and has no `finish`. They do the same as others."""
        self.crossings = crossings
        self.asynchronous = crossings.asynchronous
        self.guest = guest
        self.shapes = Shapes()
        self.ways = frozenset([(role, script.lists) for role, script in scripts.items()])
        self.instances = {
            role: ComponentInstance(
                self,
                role,
                crossings.world(role),
                crossings.links.identify,
                script.frames,
                script.lists,
                role in silent,
                crossings.hooks(role),
            )
            for role, script in scripts.items()
        }
        self.channels: dict[int, Shared] = {}
        self.waiting: list[Thread] = []
        self.stack: list[Running] = []
        """The running threads, the innermost last. Control goes back to the one below when a thread blocks or ends."""
        self.shown: deque[PredictedEvent] = deque()
        """Events that nobody has taken yet."""
        self.choice: Choice | None = None
        self.ended: ExpectedOutcome | None = None
        self.unpredictable: str | None = None
        """Why the specification does not define how the run continues."""
        self.calls = 0
        """The number of calls so far, for places."""
        self.left: dict[Role, Left] = {}
        self.destroyed: list[tuple[ResourceIdentity, int]] = []
        """In a synchronous run: the resources whose destructors ran, with their representations."""
        self._blocking = blocking_entries(crossings, scripts, self.ways)
        finished = [role for role in scripts if role not in silent]
        self._host = deque([HostCall(role, True) for role in entries] + [HostCall(role, False) for role in finished])
        self._host_task: Task | None = None

    @property
    def abi(self) -> Abi:
        return self.crossings.abi

    def release(self) -> None:
        """Break the cycles of a run that has ended: so it is freed at once, and not by a search for cycles."""
        self.instances.clear()
        self._host_task = None

    # -- steps

    def run(self) -> None:
        """Run until there is an event or a choice, or the run ends."""
        while not self.shown and self.choice is None and self.ended is None and self.unpredictable is None:
            self._step()

    def choose(self, index: int) -> None:
        assert self.choice is not None
        option = self.choice[index]
        self.choice = None
        self._guarded(option.function, option.args)

    def _step(self) -> None:
        top = self.stack[-1] if self.stack else None
        if top is None:
            self._tick()
        elif isinstance(top, SyncWait):
            self._guarded(Store._sync_wait, (top,))
        elif top.todo:
            do = top.todo.pop()
            top.task.inst.where = top.task.where
            self._guarded(do.function, (top, *do.args))
            self.collect(top.task)
        else:
            self.stack.pop()

    def _guarded(self, function: object, args: tuple[object, ...]) -> None:
        assert callable(function)
        try:
            function(self, *args)
        except SpecTrap as trap:
            self.ended = ExpectedOutcome(trap.cause, trap.detail, trap.also)
        except Unpredictable as error:
            self.unpredictable = str(error)

    def collect(self, task: Task) -> None:
        """Take the events since the last ones were taken: they belong to one task. Those of a synchronous run stay
        with their components, because they have no tasks, and nobody needs their global order."""
        if not self.asynchronous:
            return
        inst = task.inst
        shown = inst.take_shown()
        if inst.silent:
            return
        for event, place in shown:
            if event.__class__ in LATE:
                inst.late.append(event)
            else:
                self.shown.append(PredictedEvent(inst.role, task.number, event, place, inst.take_late()))

    def may_block(self, role: Role, key: s.FrameKey) -> bool:
        """Whether a call of a synchronous function or a destructor with these frames may block."""
        return bool(self._blocking) and (role, key) in self._blocking

    def summary(self) -> tuple[object, ...]:
        """Equal for two states that continue in the same way, and quick to make."""
        instances = [
            (inst.tasks, inst.backpressure, inst.num_waiting_to_enter, len(inst.threads))
            for inst in self.instances.values()
        ]
        waiting = [(thread.task.number, thread.task.state, thread.cancellable) for thread in self.waiting]
        return len(self._host), len(self.stack), len(self.shown), *instances, *waiting

    # -- threads

    def enter(self, task: Task, *, loops: bool = False) -> None:
        """Control goes to a new task. `loops`: the caller waits until it is resolved (`canon_lift`)."""
        if loops:
            self.stack.append(SyncWait(task))
        self.stack.append(task.implicit_thread)

    def resume(self, thread: Thread, cancelled: bool = False) -> None:
        self.waiting.remove(thread)
        thread.condition, thread.cancellable = None, False
        thread.cancelled = cancelled
        self.stack.append(thread)

    def wait_until(self, thread: Thread, condition: Condition, cancellable: bool = False) -> None:
        """`Thread.wait_until`. Afterwards the thread takes the next step of its list."""
        thread.cancelled = False
        if condition.holds() and self._differs(thread):
            below = self.stack[-2]
            expected = below.expected() if isinstance(below, Thread) else None
            self.choice = [
                Possibility(Store._go_on, (), thread.expected()),
                Possibility(Store._block, (thread, condition, cancellable), expected),
            ]
            if condition.is_yield():
                self.choice.reverse()
        else:
            self._block(thread, condition, cancellable)

    def _differs(self, thread: Thread) -> bool:
        """Whether it makes a difference if a thread blocks that could continue. It makes none if it can be resumed at
        once."""
        if len(self.stack) < 2:
            return False
        return isinstance(self.stack[-2], Thread) or thread is thread.task.inst.exclusive_thread

    def _go_on(self) -> None:
        pass

    def _block(self, thread: Thread, condition: Condition, cancellable: bool) -> None:
        assert self.stack[-1] is thread
        self.stack.pop()
        thread.condition, thread.cancellable = condition, cancellable
        self.waiting.append(thread)

    def _sync_wait(self, wait: SyncWait) -> None:
        """The end of `canon_lift` of a synchronous function that has blocked."""
        if wait.task.state is TaskState.RESOLVED:
            self.stack.pop()
            return
        inst = wait.task.inst
        ready = [t for t in self.waiting if t in inst.threads and t.ready() and t is not inst.exclusive_thread]
        if not ready:
            raise SpecTrap(TrapClass.CANNOT_BLOCK)
        self.choose_from([Possibility(Store.resume, (thread,), thread.expected()) for thread in ready])

    def choose_from(self, options: Choice) -> None:
        """With one option there is no choice: it is taken at once."""
        self.choice = options
        if len(options) == 1:
            self.choose(0)

    def deliver_one_of(self, thread: Thread, wset: WaitableSet) -> None:
        """`WaitableSet.get_pending_event`. The event becomes the last argument of the thread's next step."""
        options = [
            Possibility(Store._deliver, (thread, waitable), thread.expected(), waitable.index)
            for waitable in wset.ready()
        ]
        self.choose_from(options)

    def _deliver(self, thread: Thread, waitable: Waitable) -> None:
        event: EventTuple = waitable.get_pending_event()
        do = thread.todo[-1]
        do.args = (*do.args, event)

    # -- the host

    def _tick(self) -> None:
        """The host calls, or resumes a ready thread (`Store.tick`)."""
        options = [Possibility(Store.resume, (thread,), thread.expected()) for thread in self.waiting if thread.ready()]
        answered = self._host_task is None or self._host_task.state is TaskState.RESOLVED
        if answered:
            options.append(self._host_goes_on())
        if options:
            self.choose_from(options)
        elif self._host_task is not None and self._host_task.key is None and self._can_give_up(self._host_task):
            self.resume(self._host_task.implicit_thread)
        else:
            self.ended = ExpectedOutcome(TrapClass.DEADLOCK)

    def _host_goes_on(self) -> Possibility:
        if not self._host:
            return Possibility(Store._end, ())
        call = self._host[0]
        inst = self.instances[call.role]
        waits = inst.backpressure or inst.exclusive_thread is not None or inst.num_waiting_to_enter
        known = call.is_run and not waits and not inst.silent
        return Possibility(Store._call, (), (call.role, inst.tasks + 1) if known else None)

    def _call(self) -> None:
        call = self._host.popleft()
        self._host_task = self.guest.called(self, call.role, call.is_run)

    def _end(self) -> None:
        self.ended = ExpectedOutcome()

    def _can_give_up(self, task: Task) -> bool:
        """Whether `finish` reaches its bound of yields. It does if nothing else is ready and it can run at all."""
        thread = task.implicit_thread
        can_run = task.inst.exclusive_thread in (None, thread)
        return can_run and task.state is TaskState.STARTED and thread in self.waiting
