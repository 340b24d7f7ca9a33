"""Core modules written as WAT."""

from __future__ import annotations

from harness.binary.sections import name, section

_SECTION = "component-type:program"


class BadWat(ValueError):
    """The text is not a module. The message contains the place."""


def binary_of(wat: str) -> bytes:
    """Raises `BadWat`."""
    import wasmtime  # loads an engine, which most readers of files do not need

    try:
        return bytes(wasmtime.wat2wasm(wat))
    except wasmtime.WasmtimeError as error:
        raise BadWat(str(error)) from error


def with_world(wat: str, component_type: bytes) -> bytes:
    """The binary with a world in it: the contents of its `component-type` section. Raises `BadWat`."""
    return binary_of(wat) + section(0, name(_SECTION) + component_type)
