"""Errors in a component's binary."""

from __future__ import annotations

from generator.errors import GeneratorError
from generator.wasm.errors import WasmFormatError


class BinaryError(WasmFormatError, GeneratorError):
    """Malformed or unsupported component binary. The text names the section and the offset in the file."""
