"""The host of an interpreter in a run: it gives the script and takes the trace."""

from __future__ import annotations

from ctypes import CFUNCTYPE, byref, c_void_p, create_string_buffer, string_at
from dataclasses import dataclass, field
from typing import Any

from wasmtime import WasmtimeError
from wasmtime import _ffi as ffi
from wasmtime.component import LinkerInstance
from wasmtime.component._enter import catch_exceptions

from harness.plan.roles import Role

CALL = 16
"""The cost of a call with a trace, in addition to its bytes: without it, empty calls would be free."""

_NO_FINALIZER = CFUNCTYPE(None, c_void_p)()


class TraceTooLong(Exception):
    """A script's trace reached its limit: the run goes on forever, or the script is far too long."""


@dataclass(slots=True)
class Host:
    """The host instance of one role during one run."""

    role: Role
    order: list[tuple[Role, int]] | None
    """The calls of `trace` by all roles; None where nobody asks for their order."""
    script: str = ""
    lines: list[str] = field(default_factory=list)
    room: int = 0
    _callback: Any = None
    """The function of the C API, which must live as long as the linker that has it."""

    def add_to(self, instance: LinkerInstance) -> None:
        """Define the functions of `harness:boxed/host`."""
        instance.add_func("script", self._give_script)
        self._callback = _takes_string(self._take_trace)
        word = b"trace"
        error = ffi.wasmtime_component_linker_instance_add_func(
            instance.ptr(), create_string_buffer(word), len(word), self._callback, None, _NO_FINALIZER
        )
        if error:
            raise WasmtimeError._from_ptr(error)

    def _give_script(self, _store: object) -> str:
        return self.script

    def _take_trace(self, lines: str) -> None:
        self.room -= len(lines) + CALL
        if self.room < 0:
            raise TraceTooLong("the trace is longer than the limit of a run")
        self.lines.append(lines)
        if self.order is not None:
            self.order.append((self.role, len(lines)))


def _takes_string(take: Any) -> Any:
    """A function of the C API with one parameter, a string, and no result; `take` gets the string.

    An interpreter for asynchronous worlds calls it for each event. wasmtime's Python API finds out the types of a
    function at each call, which takes several times as long as the call itself.
    """

    def called(_data: Any, context: Any, _type: Any, args: Any, *_results: Any) -> int:
        try:
            text = args[0].of.string
            lines = string_at(text.data, text.size).decode()
            ffi.wasm_byte_vec_delete(byref(text))
            take(lines)
        except Exception as error:
            return _failed(context, error)
        return 0

    return ffi.wasmtime_component_func_callback_t(called)


def _failed(context: Any, error: Exception) -> int:
    """The exception as an error of the engine, from which `engine.call` raises it."""

    def again(_store: object) -> None:
        raise error

    return catch_exceptions(context, again)  # type: ignore[return-value]
