"""The rules of the specification for traps, types and steps: a sentence and the functions of CanonicalABI.md behind it.

The model (`harness/model`) follows the same functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.plan.async_steps import (
    AwaitStep,
    BackpressureStep,
    CancelledStep,
    CancelStep,
    CodeStep,
    EndsStep,
    ExitStep,
    IfCancelledStep,
    JoinStep,
    ReadStep,
    ReturnStep,
    SetStep,
    StopStep,
    TakeStep,
    TaskStep,
    WaitStep,
    WriteStep,
    YieldStep,
)
from harness.plan.outcomes import TrapClass
from harness.plan.steps import (
    CallStep,
    DropStep,
    ErrorContextStep,
    MessageStep,
    NewStep,
    RepStep,
    Step,
)
from harness.values.values import Value
from harness.world import types as t
from harness.world.walk import reachable


@dataclass(frozen=True, slots=True)
class Rule:
    """`functions`: in CanonicalABI.md; empty if the specification has no such rule."""

    says: str
    functions: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.says} ({', '.join(self.functions)})" if self.functions else self.says


_RANGES = ("load_list_from_range", "load_string_from_range", "lift_flat_values")

TRAPS: Mapping[TrapClass, Rule] = {
    TrapClass.INVALID_CHAR: Rule(
        "a char that is 0x110000 or more, or a surrogate (0xd800 to 0xdfff), traps", ("convert_i32_to_char",)
    ),
    TrapClass.INVALID_DISCRIMINANT: Rule(
        "a discriminant beyond the last case traps", ("load_variant", "lift_flat_variant")
    ),
    TrapClass.INVALID_UTF8: Rule("bytes that the string encoding does not allow trap", ("load_string_from_range",)),
    TrapClass.INVALID_HANDLE: Rule("an index without an entry in the table of handles traps", ("Table.get",)),
    TrapClass.HANDLE_TYPE: Rule(
        "a handle of another type traps, and so does a borrow where an own handle is needed",
        ("lift_own", "lift_borrow", "canon_resource_drop", "canon_resource_rep", "lift_error_context"),
    ),
    TrapClass.UNALIGNED: Rule("an address that is no multiple of the type's alignment traps", _RANGES),
    TrapClass.OUT_OF_BOUNDS: Rule("a value that does not lie inside the memory traps", _RANGES),
    TrapClass.TOO_LONG: Rule(
        "a list or a string of more bytes than its limit traps", ("load_list_from_range", "load_string_from_range")
    ),
    TrapClass.BORROW_LEFT: Rule("a call that returns while it still has a borrowed handle traps", ("Task.return_",)),
    TrapClass.LENT: Rule("a lent handle is neither given away nor dropped", ("lift_own", "canon_resource_drop")),
    TrapClass.CANNOT_LEAVE: Rule(
        "a component that must not leave, as in its allocator or after its return, calls no import",
        ("canon_lower", "canon_resource_drop"),
    ),
    TrapClass.CANNOT_ENTER: Rule(
        "a component that has been entered is not entered again", ("ComponentInstance.may_enter_from",)
    ),
    TrapClass.DEADLOCK: Rule("nothing can go on, although something waits: the engine ends the run"),
    TrapClass.CANNOT_BLOCK: Rule(
        "a synchronous function that blocks before it returns, while nothing else of its component can go on, traps",
        ("canon_lift",),
    ),
    TrapClass.NO_RESULT: Rule(
        "a task that ends without `task.return` or `task.cancel` traps", ("Task.unregister_thread",)
    ),
    TrapClass.RESOLVED_TWICE: Rule("a task that returns or is cancelled again traps", ("Task.return_", "Task.cancel")),
    TrapClass.NOT_CANCELLED: Rule("`task.cancel` of a task that nobody cancelled traps", ("Task.cancel",)),
    TrapClass.TASK_RETURN: Rule(
        "`task.return` with a type or options other than the lift's traps", ("canon_task_return",)
    ),
    TrapClass.CALLBACK_CODE: Rule("a callback code without a meaning traps", ("unpack_callback_result",)),
    TrapClass.UNRESOLVED: Rule("a subtask is not dropped before the event of its end is delivered", ("Subtask.drop",)),
    TrapClass.DELIVERED: Rule(
        "a subtask is not cancelled after the event of its end is delivered", ("canon_subtask_cancel",)
    ),
    TrapClass.SET_IN_USE: Rule("a waitable set with members or waiters is not dropped", ("WaitableSet.drop",)),
    TrapClass.IN_SET: Rule(
        "a member of a waitable set is neither given away nor waited for in place",
        ("lift_async_value", "stream_copy", "future_copy", "cancel_copy", "canon_subtask_cancel"),
    ),
    TrapClass.COPYING: Rule(
        "an end with a copy in progress is neither used again, given away nor dropped",
        ("stream_copy", "future_copy", "lift_async_value", "CopyEnd.drop"),
    ),
    TrapClass.NOT_COPYING: Rule("a cancelled copy must be in progress", ("cancel_copy",)),
    TrapClass.END_DONE: Rule(
        "an end is neither used again nor given away after its last status is delivered",
        ("stream_copy", "future_copy", "lift_async_value"),
    ),
    TrapClass.FUTURE_UNWRITTEN: Rule(
        "the writable end of a future is not dropped before the value is written", ("WritableFutureEnd.drop",)
    ),
    TrapClass.SAME_INSTANCE: Rule(
        "both ends in one instance carry only numbers or nothing",
        ("SharedStreamImpl.read", "SharedStreamImpl.write", "SharedFutureImpl.read", "SharedFutureImpl.write"),
    ),
    TrapClass.BACKPRESSURE: Rule(
        "the counter of backpressure stays between 0 and 2^16", ("canon_backpressure_inc", "canon_backpressure_dec")
    ),
    TrapClass.UNREACHABLE: Rule("the component's own code executes `unreachable`"),
    TrapClass.STACK_OVERFLOW: Rule("the engine's stack ends: a limit of the engine"),
    TrapClass.OUT_OF_FUEL: Rule("the fuel ends: a limit of the harness"),
    TrapClass.INTERPRETER: Rule("the interpreter stops, because a call contradicts wit_dylib.h"),
    TrapClass.ENGINE_FAULT: Rule("the engine finds a bug in itself"),
    TrapClass.OTHER: Rule("a trap of another kind"),
}

CALL = Rule(
    "parameters are lifted from the caller and lowered into the callee, the result goes the other way",
    ("canon_lift", "canon_lower"),
)
_CASES = Rule(
    "a discriminant says which case it is; the flat form of all payloads is joined",
    ("load_variant", "store_variant", "lift_flat_variant"),
)
_FIELDS = Rule("fields follow each other, each at its alignment", ("load_record", "store_record"))
_INTEGER = Rule(
    "an integer keeps its width and its sign", ("load_int", "store_int", "lift_flat_unsigned", "lift_flat_signed")
)
_FLOAT = Rule("a number arrives unchanged; of a NaN only that it is one", ("canonicalize_nan32", "canonicalize_nan64"))
_BOOL = Rule("every number but 0 is true", ("convert_int_to_bool",))
_CHAR = Rule("a char is a Unicode scalar value", ("convert_i32_to_char", "char_to_i32"))
_STRING = Rule("a string is copied between memories and encodings", ("load_string", "store_string"))
_ERROR_CONTEXT = Rule("both ends have an error context", ("lift_error_context", "lower_error_context"))
_FLAGS = Rule("a flag is a bit; bits without a flag are ignored", ("unpack_flags_from_int",))
_LIST = Rule("elements follow each other, in order", ("load_list", "store_list"))
_MAP = Rule("a map is a list of pairs", ("despecialize", "load_list", "store_list"))
_END = Rule("a readable end moves to the receiver", ("lift_stream", "lift_future", "lower_stream", "lower_future"))
_OWN = Rule("an own handle leaves the giver's table of handles", ("lift_own", "lower_own"))
_BORROW = Rule(
    "a borrow stays in the lender's table; the component that defines the resource gets the representation",
    ("lift_borrow", "lower_borrow"),
)

KINDS: Mapping[str, Rule] = {
    **dict.fromkeys(("u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64"), _INTEGER),
    **dict.fromkeys(("f32", "f64"), _FLOAT),
    **dict.fromkeys(("record", "tuple"), _FIELDS),
    **dict.fromkeys(("variant", "enum", "option", "result"), _CASES),
    **dict.fromkeys(("list", "fixed_length_list"), _LIST),
    "bool": _BOOL,
    "char": _CHAR,
    "string": _STRING,
    "error_context": _ERROR_CONTEXT,
    "flags": _FLAGS,
    "map": _MAP,
    **dict.fromkeys(("stream", "future"), _END),
    "own": _OWN,
    "borrow": _BORROW,
}
"""Rules by the kind of a value, as the names of functions in wit_dylib.h have it (`push_s8`, `pop_record`)."""


def of_type(type: t.Type) -> Rule:
    """The rule of a type by itself, its parts apart."""
    match type:
        case t.Prim():
            return KINDS[type.value.replace("-", "_")]
        case t.Record() | t.Tuple():
            return _FIELDS
        case t.Variant() | t.EnumType() | t.Option() | t.Result():
            return _CASES
        case t.Flags():
            return _FLAGS
        case t.List() | t.FixedLengthList():
            return _LIST
        case t.Map():
            return _MAP
        case t.Stream() | t.Future():
            return _END
        case t.Own():
            return _OWN
        case t.Borrow():
            return _BORROW


def of_types(types: Iterable[t.Type | None]) -> list[Rule]:
    """The rules of types and of all their parts, each once."""
    found = [of_type(type) for type in reachable(*types)]
    return list(dict.fromkeys(found))


def of_steps(steps: Sequence[Step[Value]] | Sequence[Step[str]]) -> list[Rule]:
    """The rules of steps and of the steps during them, each once."""
    found: dict[Rule, None] = {}
    for step in steps:
        found[_of_step(step)] = None
        if isinstance(step, CallStep | DropStep):
            found.update(dict.fromkeys(of_steps(step.during)))
        elif isinstance(step, IfCancelledStep):
            found.update(dict.fromkeys(of_steps(step.steps)))
    return list(found)


def _of_step(step: Step[Value] | Step[str]) -> Rule:
    match step:
        case CallStep():
            return CALL
        case DropStep():
            functions = ("canon_resource_drop", "canon_error_context_drop")
            return Rule("a drop removes a handle; that of an own handle calls the destructor", functions)
        case NewStep():
            return Rule("the component that defines a resource makes its handles", ("canon_resource_new",))
        case ErrorContextStep():
            return Rule("a component makes an error context", ("canon_error_context_new",))
        case MessageStep():
            return Rule("the message of an error context can be read", ("canon_error_context_debug_message",))
        case RepStep():
            return Rule(
                "the component that defines a resource reads a handle's representation", ("canon_resource_rep",)
            )
    return _of_task_step(step)


def _of_task_step(step: TaskStep[Value] | TaskStep[str]) -> Rule:
    match step:
        case YieldStep():
            return Rule("while a task yields, other tasks may run", ("Task.yield_", "canon_thread_yield"))
        case AwaitStep():
            return Rule(
                "a waitable set delivers its members' events; a subtask can be dropped after the event of its end",
                ("WaitableSet.wait", "canon_waitable_set_wait", "canon_subtask_drop"),
            )
        case CancelStep():
            return Rule(
                "a call that has not started is cancelled at once; a started one gets a request",
                ("canon_subtask_cancel",),
            )
        case ReturnStep():
            return Rule("a task returns once, and may continue", ("canon_task_return", "Task.return_"))
        case CancelledStep() | IfCancelledStep():
            return Rule(
                "a task may end without a result after it got the event that it is cancelled", ("canon_task_cancel",)
            )
        case ExitStep() | CodeStep():
            return Rule("the callback code says whether a task ends, yields or waits", ("canon_lift",))
        case SetStep():
            return Rule("a component makes a waitable set", ("canon_waitable_set_new",))
        case JoinStep():
            return Rule("a waitable is a member of at most one set", ("canon_waitable_join", "Waitable.join"))
        case WaitStep(poll=True):
            return Rule("a poll gives an event of a member, if there is one", ("canon_waitable_set_poll",))
        case WaitStep():
            return Rule("a wait ends with an event of a member", ("WaitableSet.wait", "canon_waitable_set_wait"))
        case EndsStep():
            return Rule("a component makes both ends at once", ("canon_stream_new", "canon_future_new"))
        case ReadStep() | WriteStep():
            says = "a copy continues until one side has nothing left, and reports its count"
            return Rule(says, ("stream_copy", "future_copy", "SharedStreamImpl.read", "SharedStreamImpl.write"))
        case TakeStep():
            return Rule("elements are lifted as values of their type", ("load_list_from_range",))
        case StopStep():
            return Rule("a copy in progress can be cancelled, and reports what it has copied", ("cancel_copy",))
        case BackpressureStep():
            return Rule(
                "a component with backpressure starts no calls", ("canon_backpressure_inc", "canon_backpressure_dec")
            )
