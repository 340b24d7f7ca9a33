"""Calling exports that are lifted async: wasmtime's Python package has no public function for it."""

from __future__ import annotations

from ctypes import POINTER, byref, pointer
from typing import Any

from wasmtime import Store, WasmtimeError
from wasmtime import _ffi as ffi
from wasmtime.component import Func

MOST_POLLS = 1000


def call_async(store: Store, func: Func, *arguments: object) -> object:
    """The result of a call, sync or async. Raises WasmtimeError for a trap, TimeoutError if it does not end."""
    type = func.type(store)
    values = (ffi.wasmtime_component_val_t * len(arguments))()
    for place, ((_, param), argument) in enumerate(zip(type.params, arguments, strict=True)):
        param.convert_to_c(store, argument, pointer(values[place]))
    result: Any = ffi.wasmtime_component_val_t()
    error: Any = POINTER(ffi.wasmtime_error_t)()
    given = byref(result) if type.result is not None else None
    future = ffi.wasmtime_component_func_call_async(
        byref(func._func), store._context(), values, len(arguments), given, int(given is not None), byref(error)
    )
    try:
        if not any(ffi.wasmtime_call_future_poll(future) for _ in range(MOST_POLLS)):
            raise TimeoutError(f"not done after {MOST_POLLS} polls")
    finally:
        ffi.wasmtime_call_future_delete(future)
        for value in values:
            ffi.wasmtime_component_val_delete(byref(value))
    if error:
        raise WasmtimeError._from_ptr(error)
    return None if type.result is None else type.result.convert_from_c(result)
