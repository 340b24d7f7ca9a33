"""Core function types as text, and the check that a module has the type that `flatten_functype` of
CanonicalABI.md gives."""

from __future__ import annotations

from generator.componentize.errors import ComponentizeError
from generator.wasm.types import FuncType, ValType


def _types(types: tuple[ValType, ...]) -> str:
    return f"({', '.join(type.name.lower() for type in types)})"


def show(type: FuncType) -> str:
    """For example `(i32, i64) -> (i32)`."""
    return f"{_types(type.params)} -> {_types(type.results)}"


def check_signature(where: str, expected: FuncType, actual: FuncType) -> None:
    """Raises ComponentizeError with both types if they differ. `where` names the module and the item."""
    if expected != actual:
        raise ComponentizeError(f"{where} has the core type {show(actual)}, but the world asks for {show(expected)}")
