"""Interpreters with a fault inside: the committed library of faults, with one of them chosen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import interpreters
from generator.wasm.code import Code
from generator.wasm.decode import DecodedModule
from harness.mutants.mutant import Area, Mutant
from harness.mutants.wrapping import wrap_export

_BEGINNING = "wit_dylib_initialize"
"""The first call of an interpreter that can reach a fault."""


@cache
def _libraries() -> tuple[bytes, bytes]:
    """The library that also exists with faults, and the library of faults."""
    return interpreters.boxed(*interpreters.WITH_FAULTS).read_bytes(), interpreters.faulty().read_bytes()


@dataclass(frozen=True)
class BoxedFault:
    """Makes an interpreter wrong. Libraries that do not exist with faults stay as they are."""

    name: str

    def __call__(self, binary: bytes) -> bytes:
        """ValueError if there is no such fault."""
        number = interpreters.faults().index(self.name) + 1
        right, wrong = _libraries()
        if binary != right:
            return binary
        choose = DecodedModule(wrong).exports_by_name[interpreters.CHOOSE_FAULT].index

        def write(code: Code, original: int) -> None:
            code.i32_const(number)
            code.call(choose)
            code.local_get(0)
            code.call(original)

        return wrap_export(wrong, _BEGINNING, write)


_ROWS = (
    (
        "area_freed_early",
        "the area of an asynchronous call is freed before the call is resolved",
        "an asynchronous import that waits and has a result in memory",
        "async-calls",
    ),
    (
        "arguments_freed_early",
        "the arguments of an asynchronous call are freed before the call has started",
        "a call with a string or a list that waits for its start",
        "async-held-calls",
    ),
    (
        "buffer_freed_early",
        "the buffer of a copy is freed while the copy is under way",
        "a read or a write that waits",
        "async-streams",
    ),
    (
        "elements_freed_early",
        "the strings and lists of a write are freed while it is under way",
        "a write of strings or lists that waits",
        "async-streams",
    ),
    (
        "lifted_when_started",
        "the result of an asynchronous call is lifted when the call has started",
        "an asynchronous import that waits",
        "async-calls",
    ),
    (
        "call_not_ended",
        "the context of an asynchronous call stays after the call is resolved",
        "an asynchronous import",
        "async-calls",
    ),
    (
        "cancel_not_applied",
        "the interpreter ignores what `subtask.cancel` says",
        "a call that is resolved when it is cancelled",
        "async-cancelled-calls",
    ),
    (
        "cancelled_unheard",
        "a task ignores that it is cancelled",
        "a call that is cancelled and that asks for it",
        "async-cancelled-calls",
    ),
    (
        "left_in_the_set",
        "a call or an end stays in its waitable set when it is cancelled",
        "a call or a copy that was in a set and is cancelled",
        "async-left-sets",
    ),
    (
        "call_not_dropped",
        "subtasks are never dropped",
        "a call that is dropped before it is resolved: a trap",
        "async-unresolved",
    ),
    (
        "set_not_dropped",
        "waitable sets are never dropped",
        "a set that is dropped with a member: a trap",
        "async-sets-in-use",
    ),
    (
        "end_not_dropped",
        "ends of streams and futures are never dropped",
        "an end that is dropped while the other end is used",
        "async-dropped-ends",
    ),
    (
        "borrow_not_dropped",
        "a task returns without dropping its borrows",
        "an asynchronous export with a borrow of an imported resource",
        "async-borrows",
    ),
    (
        "given_end_dropped",
        "an end is dropped after it was given away",
        "an end as an argument or a result",
        "async-streams",
    ),
    (
        "unread_handles_lost",
        "own handles of elements that nobody read are lost",
        "a write of own handles of which a part is read",
        "async-unread-elements",
    ),
    (
        "unsent_handles_lost",
        "own arguments of a call that was cancelled before its start are lost",
        "a call with an own handle that is cancelled while it waits for its start",
        "async-unsent-arguments",
    ),
    (
        "unread_elements_lifted",
        "a read lifts its whole buffer, also what was not copied",
        "a read of more elements than there are",
        "async-ended-reads",
    ),
    (
        "stop_not_applied",
        "the interpreter ignores what the cancellation of a copy says",
        "a copy that is cancelled",
        "async-cancelled-copies",
    ),
    (
        "stopped_elements_lost",
        "the elements of a copy that is cancelled after a part of it are lost",
        "a read that is cancelled after a part of it was copied",
        "async-ended-reads",
    ),
    (
        "last_elements_lost",
        "the elements that come with the drop of the other end are lost",
        "a read that waits while the other end is written and dropped",
        "async-ended-reads",
    ),
    (
        "event_in_place_lost",
        "the event of a wait in place is ignored",
        "a function that is lifted synchronously and awaits a call or a copy",
        "async-in-place",
    ),
    (
        "polled_event_lost",
        "the event of a poll is ignored",
        "a poll of a set with an event",
        "async-polled",
    ),
    (
        "waits_in_another_set",
        "a task waits in the set in which another waited before",
        "two tasks of a component that await calls or copies",
        "async-two-tasks",
    ),
    (
        "newest_task_goes_on",
        "a callback goes on with the newest task, whatever its context slot says",
        "two tasks of a component that wait at once",
        "async-two-tasks",
    ),
    (
        "backpressure_twice",
        "backpressure ends twice",
        "a component with backpressure",
        "async-held-calls",
    ),
)

BOXED_FAULTS = tuple(
    [
        Mutant(
            f"interpreter-{fault.replace('_', '-')}",
            Area.INTERPRETER,
            wrong,
            needs=needs,
            shown_by=shown_by,
            fault=BoxedFault(fault),
        )
        for fault, wrong, needs, shown_by in _ROWS
    ]
)
