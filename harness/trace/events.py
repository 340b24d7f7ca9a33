"""The events of a trace, each declared once (interpreters/PROTOCOL.md, "Trace")."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated, ClassVar

from harness.trace.event import Event, event
from harness.trace.fields import U32, Core, Data, Decimal, Elements, FloatBits, HandleNumber, ItemName, Rest

Import = Annotated[str, ItemName("import")]
Export = Annotated[str, ItemName("export")]
Resource = Annotated[str, ItemName("resource")]
Defined = Annotated[str, ItemName("resource", exported=True)]
TypeOfKind = Annotated[str, ItemName()]
Number = Annotated[int, Core()]
Bits = Annotated[int, FloatBits()]
Count = Annotated[int, Decimal(0, U32)]
Change = Annotated[int, Decimal(-1 << 63, (1 << 63) - 1)]
Flag = Annotated[int, Decimal(0, 1)]
Bytes = Annotated[bytes, Data()]
NewHandle = Annotated[int | str, HandleNumber(brings=True)]
OldHandle = Annotated[int | str, HandleNumber(brings=False)]

NUMBERS = ("bool", "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "char")
FLOATS = ("f32", "f64")
PRODUCTS = ("record", "tuple", "fixed_length_list")
SUMS = ("option", "result", "variant", "enum")
SEQUENCES = ("list", "map")
ENDS = ("future", "stream")


@event("export_start {function}")
@dataclass(frozen=True, slots=True)
class ExportStart(Event):
    function: Export


@event("export_call {function}")
@dataclass(frozen=True, slots=True)
class ExportCall(Event):
    function: Export


@event("export_finish {function}")
@dataclass(frozen=True, slots=True)
class ExportFinish(Event):
    function: Export


@event("import_call {function}")
@dataclass(frozen=True, slots=True)
class ImportCall(Event):
    function: Import


@event("import_return {function}")
@dataclass(frozen=True, slots=True)
class ImportReturn(Event):
    function: Import


@event("push_{kind} {number}", NUMBERS)
@dataclass(frozen=True, slots=True)
class PushNumber(Event):
    kind: str
    number: Number


@event("pop_{kind} = {number}", NUMBERS)
@dataclass(frozen=True, slots=True)
class PopNumber(Event):
    kind: str
    number: Number


@event("push_{kind} {bits}", FLOATS)
@dataclass(frozen=True, slots=True)
class PushFloat(Event):
    kind: str
    bits: Bits


@event("pop_{kind} = {bits}", FLOATS)
@dataclass(frozen=True, slots=True)
class PopFloat(Event):
    kind: str
    bits: Bits


@event("push_string {length} {data}")
@dataclass(frozen=True, slots=True)
class PushString(Event):
    length: Count
    data: Bytes


@event("pop_string = {length} {data}")
@dataclass(frozen=True, slots=True)
class PopString(Event):
    """The bytes of a string are unknown if the script gives its address and length."""

    length: Count
    data: Bytes


@event("push_{kind} {type} {bits}", ("flags",))
@dataclass(frozen=True, slots=True)
class PushFlags(Event):
    kind: str
    type: TypeOfKind
    bits: Count


@event("pop_{kind} {type} = {bits}", ("flags",))
@dataclass(frozen=True, slots=True)
class PopFlags(Event):
    kind: str
    type: TypeOfKind
    bits: Count


@event("push_{kind} {type}", PRODUCTS)
@dataclass(frozen=True, slots=True)
class PushProduct(Event):
    kind: str
    type: TypeOfKind


@event("pop_{kind} {type}", PRODUCTS)
@dataclass(frozen=True, slots=True)
class PopProduct(Event):
    kind: str
    type: TypeOfKind


@event("push_{kind} {type} {discriminant}", SUMS)
@dataclass(frozen=True, slots=True)
class PushSum(Event):
    kind: str
    type: TypeOfKind
    discriminant: Count


@event("pop_{kind} {type} = {discriminant}", SUMS)
@dataclass(frozen=True, slots=True)
class PopSum(Event):
    kind: str
    type: TypeOfKind
    discriminant: Count


@event("push_list {type} {length} = {taken} {elements}")
@dataclass(frozen=True, slots=True)
class PushList(Event):
    """`taken` 0: the elements follow one by one."""

    type: Annotated[str, ItemName("list")]
    length: Count
    taken: Flag
    elements: Annotated[bytes | str, Elements()]


@event("pop_list {type} = {length} {elements}")
@dataclass(frozen=True, slots=True)
class PopList(Event):
    """Without `elements`, the elements follow one by one, if there are any."""

    type: Annotated[str, ItemName("list")]
    length: Count
    elements: Annotated[bytes | str, Elements()]


@event("push_map {type} {length}")
@dataclass(frozen=True, slots=True)
class PushMap(Event):
    type: Annotated[str, ItemName("map")]
    length: Count


@event("pop_map {type} = {length}")
@dataclass(frozen=True, slots=True)
class PopMap(Event):
    type: Annotated[str, ItemName("map")]
    length: Count


@event("{kind}_append {type}", SEQUENCES)
@dataclass(frozen=True, slots=True)
class Append(Event):
    kind: str
    type: TypeOfKind


@event("pop_{kind}_iter_next {type}", SEQUENCES)
@dataclass(frozen=True, slots=True)
class IterNext(Event):
    kind: str
    type: TypeOfKind


@event("pop_{kind}_iter {type}", SEQUENCES)
@dataclass(frozen=True, slots=True)
class IterEnd(Event):
    kind: str
    type: TypeOfKind


@event("push_own {resource} {handle}")
@dataclass(frozen=True, slots=True)
class PushOwn(Event):
    resource: Resource
    handle: NewHandle


@event("pop_own {resource} = {handle}")
@dataclass(frozen=True, slots=True)
class PopOwn(Event):
    resource: Resource
    handle: OldHandle


@event("push_borrow {resource} {rep}")
@dataclass(frozen=True, slots=True)
class PushRep(Event):
    """The component that defines a resource gets a borrow as the representation."""

    resource: Defined
    rep: Count


@event("push_borrow {resource} {handle}")
@dataclass(frozen=True, slots=True)
class PushBorrow(Event):
    """A resource that another component defines: the class above takes the others."""

    resource: Resource
    handle: NewHandle


@event("pop_borrow {resource} = {handle}")
@dataclass(frozen=True, slots=True)
class PopBorrow(Event):
    resource: Resource
    handle: OldHandle


@event("push_{kind} {type} {end}", ENDS)
@dataclass(frozen=True, slots=True)
class PushEnd(Event):
    """An end of a future or stream."""

    kind: str
    type: TypeOfKind
    end: Count


@event("pop_{kind} {type} = {end}", ENDS)
@dataclass(frozen=True, slots=True)
class PopEnd(Event):
    kind: str
    type: TypeOfKind
    end: Count


@event("push_error_context {handle}")
@dataclass(frozen=True, slots=True)
class PushErrorContext(Event):
    handle: NewHandle


@event("pop_error_context = {handle}")
@dataclass(frozen=True, slots=True)
class PopErrorContext(Event):
    handle: OldHandle


@event("resource_new {resource} {rep} = {handle}")
@dataclass(frozen=True, slots=True)
class ResourceNew(Event):
    resource: Resource
    rep: Count
    handle: NewHandle


@event("resource_rep {resource} {handle} = {rep}")
@dataclass(frozen=True, slots=True)
class ResourceRep(Event):
    resource: Resource
    handle: OldHandle
    rep: Count


@event("resource_drop {resource} {handle}")
@dataclass(frozen=True, slots=True)
class ResourceDrop(Event):
    resource: Resource
    handle: OldHandle


@event("resource_dtor {resource} {rep}")
@dataclass(frozen=True, slots=True)
class ResourceDtor(Event):
    resource: Resource
    rep: Count


@event("error_context_new {length} {data} = {handle}")
@dataclass(frozen=True, slots=True)
class NewErrorContext(Event):
    length: Count
    data: Bytes
    handle: NewHandle


@event("error_context_debug_message {handle} = {length} {data}")
@dataclass(frozen=True, slots=True)
class ErrorContextDebugMessage(Event):
    handle: OldHandle
    length: Count
    data: Bytes


@event("error_context_drop {handle}")
@dataclass(frozen=True, slots=True)
class ErrorContextDrop(Event):
    handle: OldHandle


@event("realloc {old_size} {align} {new_size}")
@dataclass(frozen=True, slots=True)
class Realloc(Event):
    old_size: Count
    align: Count
    new_size: Count


@event("dealloc_bytes {size} {align} {defer}")
@dataclass(frozen=True, slots=True)
class DeallocBytes(Event):
    size: Count
    align: Count
    defer: Count


@event("task_hook {point}")
@dataclass(frozen=True, slots=True)
class TaskHook(Event):
    """A call of `__wasm_task_hook`."""

    point: Count


@event("init_task {asynchronous}")
@dataclass(frozen=True, slots=True)
class InitTask(Event):
    """A call of `__wasm_init_task`, or of `__wasm_init_async_task`."""

    asynchronous: Flag


LATE = (ExportFinish, TaskHook, InitTask)
"""Events that do not leave when they happen: they come with the next event of their component. (Nor do those of memory,
which are not looked at one by one.)"""


class Balances(Event):
    """The remaining resources that a component must return: all are 0 if it returned everything."""

    __slots__ = ()
    left: ClassVar[tuple[str, ...]]
    """The fields that count."""

    @abstractmethod
    def balanced(self) -> Balances:
        """The right event."""


@event("import_balance {function} {bytes} {stack}")
@dataclass(frozen=True, slots=True)
class ImportBalance(Balances):
    left: ClassVar = ("bytes", "stack")
    function: Import
    bytes: Change
    stack: Change

    def balanced(self) -> ImportBalance:
        return ImportBalance(self.function, 0, 0)


@event("balance {bytes} {blocks} {contexts} {stack} {frames}")
@dataclass(frozen=True, slots=True)
class Balance(Balances):
    """The balance of a whole component at its end."""

    left: ClassVar = ("bytes", "blocks", "contexts", "stack", "frames")
    bytes: Change
    blocks: Change
    contexts: Change
    stack: Change
    frames: Change

    def balanced(self) -> Balance:
        return Balance(0, 0, 0, 0, 0)


@event("fail {cause}")
@dataclass(frozen=True, slots=True)
class Fail(Event):
    """The interpreter reports it just before it traps."""

    cause: Annotated[str, Rest()]


@dataclass(frozen=True, slots=True)
class Unreadable(Event):
    """A line that is no event of the protocol. No other event equals it."""

    line: str

    def __str__(self) -> str:
        return self.line

    @property
    def word(self) -> str:
        return self.line.partition(" ")[0]
