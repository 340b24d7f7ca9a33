"""Interpreters with a wrong event loop: the committed library with one function of its interface wrapped."""

from __future__ import annotations

from generator.wasm.code import Code, Op
from harness.mutants.mutant import Area, Table

ASYNC_INTERPRETERS = Table(Area.INTERPRETER)
_export = ASYNC_INTERPRETERS.export

_CALL, _CALLBACK = "wit_dylib_export_async_call", "wit_dylib_export_async_callback"
_YIELD = 1


def _get(code: Code, *locals: int) -> None:
    for local in locals:
        code.local_get(local)


@_export(
    "interpreter-ends-tasks-that-wait",
    _CALL,
    "a task ends where it should wait",
    needs="an asynchronous export that waits",
    shown_by="async-waits",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1)
    code.call(original)
    code.i32_const(0)
    code.op(Op.I32_AND)


@_export(
    "interpreter-goes-on-after-the-end",
    _CALLBACK,
    "a task yields once more where it should end",
    needs="an asynchronous export that waits",
    shown_by="async-waits",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1, 2, 3)
    code.call(original)
    code.i32_const(_YIELD)
    code.op(Op.I32_OR)


@_export(
    "interpreter-waits-in-no-set",
    _CALL,
    "a task that waits names no waitable set",
    needs="an asynchronous export that awaits a call or a copy",
    shown_by="async-streams",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1)
    code.call(original)
    code.i32_const(15)
    code.op(Op.I32_AND)


@_export(
    "interpreter-loses-events",
    _CALLBACK,
    "a callback does as if there were no event",
    needs="an asynchronous export that awaits a call or a copy",
    shown_by="async-streams",
)
def _(code: Code, original: int) -> None:
    for _ in range(3):
        code.i32_const(0)
    _get(code, 3)
    code.call(original)


@_export(
    "interpreter-takes-the-callback-of-another",
    _CALLBACK,
    "a callback belongs to the export behind its own",
    needs="two exports, the first of which waits",
    shown_by="async-waits",
)
def _(code: Code, original: int) -> None:
    _get(code, 0, 1, 2, 3)
    code.i32_const(1)
    code.op(Op.I32_ADD)
    code.call(original)
