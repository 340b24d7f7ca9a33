"""Traps of asynchronous functions: each is made by a component that runs, and has its class and the engine's words."""

from __future__ import annotations

import pytest
import wasmtime
from wasmtime import WasmtimeError
from wasmtime.component import Component, Linker

from harness.engine.engine import Engine, call
from harness.engine.results import EngineKind, RunLimits
from harness.engine.traps import classify
from harness.plan.outcomes import TrapClass as T
from tests.harness.async_component import BLOCKING_START, component

EXIT = "(i32.const 0)"
STREAM = "(drop (call $stream))"
FUTURE = "(drop (call $future))"
SET = "(drop (call $set))"
SLOW = "(drop (call $slow))"


def c(name: str, *numbers: int) -> str:
    return f"(call ${name} {' '.join(f'(i32.const {number})' for number in numbers)})"


def d(name: str, *numbers: int) -> str:
    return f"(drop {c(name, *numbers)})"


def wait(handle: int) -> str:
    return f"(i32.const {2 | handle << 4})"


CONCURRENT = "wasm trap: cannot have concurrent operations active on a future/stream"
MEMBER = "wasm trap: waitable cannot be used synchronously while added to a waitable set"
DEADLOCK = "wasm trap: deadlock detected: event loop cannot make further progress"
TWICE = "wasm trap: `task.return` or `task.cancel` called more than once for current task"
NO_WRITER = "wasm trap: cannot read from stream after being notified that the writable end dropped"
NO_READER = "wasm trap: cannot write to stream after being notified that the readable end dropped"
NO_FUTURE = "wasm trap: cannot write to future after previous write succeeded or readable end dropped"
INVALID = "wasm trap: invalid `task.return` signature and/or options for current task"
LATE = "wasm trap: `subtask.cancel` called after terminal status delivered"
BLOCKED = "wasm trap: cannot block a synchronous task before returning"
INTRA = "cannot read from and write to intra-component future/stream with non-numeric payload"

TRAPS = [
    (EXIT, T.NO_RESULT, "wasm trap: async-lifted export failed to produce a result"),
    (c("return") + c("return") + EXIT, T.RESOLVED_TWICE, TWICE),
    (c("cancel") + EXIT, T.NOT_CANCELLED, "wasm trap: `task.cancel` called by task which has not been cancelled"),
    (c("return-other", 1) + EXIT, T.TASK_RETURN, INVALID),
    ("(i32.const 3)", T.CALLBACK_CODE, "wasm trap: unsupported callback code"),
    (wait(0), T.INVALID_HANDLE, "unknown handle index 0"),
    (STREAM + wait(1), T.INVALID_HANDLE, "handle is not an waitable-set"),
    (SET + wait(1), T.DEADLOCK, DEADLOCK),
    (SLOW + c("drop-subtask", 1) + EXIT, T.UNRESOLVED, "wasm trap: cannot drop a subtask which has not yet resolved"),
    (SLOW + SET + c("join", 1, 2) + d("cancel-subtask", 1) + EXIT, T.IN_SET, MEMBER),
    (
        SLOW + SET + c("join", 1, 2) + d("wait", 2, 0) + c("join", 1, 0) + d("cancel-subtask", 1) + EXIT,
        T.DELIVERED,
        LATE,
    ),
    (SET + d("cancel-subtask", 1) + EXIT, T.INVALID_HANDLE, "handle is not a subtask"),
    (SET + STREAM + c("join", 2, 1) + c("drop-set", 1) + EXIT, T.SET_IN_USE, "resource has children"),
    (SET + SET + c("join", 2, 1) + EXIT, T.INVALID_HANDLE, "handle is not a waitable"),
    (STREAM + d("read", 1, 0, 1) + d("read", 1, 0, 1) + EXIT, T.COPYING, CONCURRENT),
    (STREAM + d("read", 2, 0, 1) + EXIT, T.COPYING, CONCURRENT),
    (FUTURE + d("read", 1, 0, 1) + EXIT, T.INVALID_HANDLE, "handle is not a stream"),
    (FUTURE + d("other-read-f", 1, 0) + EXIT, T.HANDLE_TYPE, "handle is a future of a different type"),
    (STREAM + c("drop-w", 2) + d("read", 1, 0, 1) + d("read", 1, 0, 1) + EXIT, T.END_DONE, NO_WRITER),
    (STREAM + c("drop-r", 1) + d("write", 2, 0, 1) + d("write", 2, 0, 1) + EXIT, T.END_DONE, NO_READER),
    (FUTURE + c("drop-rf", 1) + d("write-f", 2, 0) + d("write-f", 2, 0) + EXIT, T.END_DONE, NO_FUTURE),
    (
        FUTURE + d("write-f", 2, 0) + d("read-f", 1, 0) + d("read-f", 1, 0) + EXIT,
        T.END_DONE,
        "cannot read from future after previous read succeeded",
    ),
    (
        FUTURE + c("drop-wf", 2) + EXIT,
        T.FUTURE_UNWRITTEN,
        "cannot drop future write end without first writing a value",
    ),
    (STREAM + d("read", 1, 0, 1) + c("drop-r", 1) + EXIT, T.COPYING, "cannot remove busy stream"),
    (STREAM + d("write", 2, 0, 1) + c("drop-w", 2) + EXIT, T.COPYING, "cannot drop busy stream"),
    (FUTURE + d("read-f", 1, 0) + c("drop-rf", 1) + EXIT, T.COPYING, "cannot remove busy future"),
    (STREAM + d("read", 1, 0, 1) + c("give", 1) + EXIT, T.COPYING, "cannot remove busy stream"),
    (STREAM + SET + c("join", 1, 3) + c("give", 1) + EXIT, T.IN_SET, "cannot lift stream while it's in a waitable set"),
    (
        FUTURE + SET + c("join", 1, 3) + c("give-f", 1) + EXIT,
        T.IN_SET,
        "cannot lift future while it's in a waitable set",
    ),
    (STREAM + c("give", 2) + EXIT, T.INVALID_HANDLE, "handle is not a readable end of a stream"),
    (
        STREAM + c("drop-w", 2) + d("read", 1, 0, 1) + c("give", 1) + EXIT,
        T.END_DONE,
        "cannot lift stream after being notified that the writable end dropped",
    ),
    (
        FUTURE + d("write-f", 2, 0) + d("read-f", 1, 0) + c("give-f", 1) + EXIT,
        T.END_DONE,
        "cannot lift future after previous read succeeded",
    ),
    (STREAM + d("stop-read", 1) + EXIT, T.NOT_COPYING, "stream or future read cancelled when no read is pending"),
    (STREAM + d("stop-write", 2) + EXIT, T.NOT_COPYING, "stream or future write cancelled when no write is pending"),
    (STREAM + SET + c("join", 1, 3) + d("read-now", 1, 0, 1) + EXIT, T.IN_SET, MEMBER),
    (STREAM + d("read", 1, 0, 1 << 28) + EXIT, T.TOO_LONG, "wasm trap: stream read/write count too large"),
    (STREAM + d("read", 1, 0, 1 << 27) + EXIT, T.OUT_OF_BOUNDS, "read pointer out of bounds of memory"),
    (c("dec") + EXIT, T.BACKPRESSURE, "wasm trap: backpressure counter overflow"),
    (STREAM + d("read-now", 1, 0, 1) + EXIT, T.DEADLOCK, DEADLOCK),
]


@pytest.fixture(scope="module", params=list(EngineKind), ids=lambda kind: str(kind.value))
def engine(request: pytest.FixtureRequest) -> Engine:
    return Engine(request.param)


def trapped(engine: Engine, text: str, *exports: str) -> tuple[T, str]:
    limits = RunLimits()
    store = engine.store(limits)
    with pytest.raises(WasmtimeError) as caught:
        instance = Linker(engine.engine).instantiate(store, Component(engine.engine, wasmtime.wat2wasm(text)))
        for export in exports:
            function = instance.get_func(store, export)
            assert function is not None
            call(function, store, 1000)
    return classify(str(caught.value))


@pytest.mark.parametrize(("body", "kind", "words"), TRAPS)
def test_a_trap(engine: Engine, body: str, kind: T, words: str) -> None:
    assert trapped(engine, component(body), "run") == (kind, words)


@pytest.mark.parametrize("body", [SET + d("wait", 1, 0), STREAM + d("read-now", 1, 0, 1), c("slow-now")])
def test_a_synchronous_export_must_not_block(engine: Engine, body: str) -> None:
    assert trapped(engine, component(EXIT, body), "now") == (T.CANNOT_BLOCK, BLOCKED)


def test_a_set_that_a_task_waits_on(engine: Engine) -> None:
    """The task goes on to wait after its return."""
    text = component(SET + c("return") + wait(1), c("drop-set", 1))
    assert trapped(engine, text, "run", "now") == (T.SET_IN_USE, "wasm trap: cannot drop waitable set with waiters")


def test_payloads_that_do_not_go_through_one_instance(engine: Engine) -> None:
    body = STREAM + d("read", 1, 0, 1) + d("write", 2, 0, 1) + EXIT
    assert trapped(engine, component(body, element="string"), "run") == (T.SAME_INSTANCE, INTRA)


def test_a_start_function_that_blocks_meets_a_fault_of_the_engine(engine: Engine) -> None:
    words = "BUG: Instance::start_call called without a running event loop"
    assert trapped(engine, BLOCKING_START) == (T.ENGINE_FAULT, words)
