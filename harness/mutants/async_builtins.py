"""Linkers that define built-ins for tasks as others, and the case that shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from generator.component.canon import BuiltinOp
from generator.componentize.canonical import CanonicalDefinitions
from generator.componentize.definitions import CoreImport, PlainBuiltin
from generator.componentize.plan import PlanModule
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import Member

ASYNC_BUILTINS = Table(Area.LINKER)
_row = ASYNC_BUILTINS.function

Original = Callable[..., Any]

_DEFINITION = Member(CanonicalDefinitions, "core_function")


def _with(item: CoreImport, others: Mapping[BuiltinOp, BuiltinOp]) -> CoreImport:
    """The import of a plain built-in, which is defined as another."""
    if not isinstance(item.meaning, PlainBuiltin):
        return item
    op = item.meaning.op
    return replace(item, meaning=replace(item.meaning, op=others.get(op, op)))


@_row(
    "cancellation-of-calls-the-other-way",
    _DEFINITION,
    "`subtask.cancel` is defined with `async` where it is imported without, and the other way round",
    needs="a call that is cancelled, and whose callee does not end at once",
    shown_by="async-cancelled-calls",
)
def _(original: Original, self: CanonicalDefinitions, item: CoreImport, module: PlanModule) -> int:
    meaning = item.meaning
    if isinstance(meaning, PlainBuiltin) and meaning.op is BuiltinOp.SUBTASK_CANCEL:
        item = replace(item, meaning=replace(meaning, immediates=(not meaning.immediates[0],)))
    index: int = original(self, item, module)
    return index


@_row(
    "backpressure-the-other-way",
    _DEFINITION,
    "`backpressure.dec` is defined as `backpressure.inc`",
    needs="a component with backpressure",
    shown_by="async-cancelled-calls",
)
def _(original: Original, self: CanonicalDefinitions, item: CoreImport, module: PlanModule) -> int:
    index: int = original(self, _with(item, {BuiltinOp.BACKPRESSURE_DEC: BuiltinOp.BACKPRESSURE_INC}), module)
    return index


@_row(
    "polls-that-wait",
    _DEFINITION,
    "`waitable-set.poll` is defined as `waitable-set.wait`",
    needs="a poll of a set without an event",
    shown_by="async-cancelled-calls",
)
def _(original: Original, self: CanonicalDefinitions, item: CoreImport, module: PlanModule) -> int:
    index: int = original(self, _with(item, {BuiltinOp.WAITABLE_SET_POLL: BuiltinOp.WAITABLE_SET_WAIT}), module)
    return index


@_row(
    "task-cancel-is-something-else",
    _DEFINITION,
    "`task.cancel` is defined as `backpressure.inc`",
    needs="a task that ends because it is cancelled",
    shown_by="async-cancelled-calls",
)
def _(original: Original, self: CanonicalDefinitions, item: CoreImport, module: PlanModule) -> int:
    index: int = original(self, _with(item, {BuiltinOp.TASK_CANCEL: BuiltinOp.BACKPRESSURE_INC}), module)
    return index


BUILTIN_CASES = {
    "async-cancelled-calls": """title = "Calls that are cancelled, held back, and polled for"
why = "Each built-in of tasks does its own work."
origin = "own"
wit = '''
package m:tasks;
interface x { f: async func(a: u8) -> u8; g: async func(); }
world w { import x; export x; }
'''

[[step]]
waitable-set = "$w"

[[step]]
poll = "$w"

[[step]]
drop = "$w"

[[step]]
call = "m:tasks/x#f"
as = "$c"
args = ["1"]
during = [{ yield = 1 }, { if-cancelled = [{ yield = 1 }, { cancelled = true }] }]
result = "2"
status = "started"

[[step]]
cancel = "$c"
async = true
status = "started"

[[step]]
await = "$c"
status = "cancelled"

[[step]]
call = "m:tasks/x#f"
as = "$d"
args = ["1"]
during = [{ yield = 1 }, { if-cancelled = [{ yield = 1 }, { cancelled = true }] }]
result = "2"
status = "started"

[[step]]
cancel = "$d"
status = "cancelled"

[[step]]
drop = "$d"

[[step]]
call = "m:tasks/x#g"
as = "$g"
during = [{ backpressure = 1 }, { yield = 1 }, { backpressure = -1 }]
status = "started"

[[step]]
call = "m:tasks/x#f"
as = "$e"
args = ["1"]
result = "2"
status = "starting"

[[step]]
await = "$g"

[[step]]
await = "$e"
status = "returned"
""",
}
