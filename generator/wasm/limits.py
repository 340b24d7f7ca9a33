"""The engines' limits on a core module.

The numbers are those of the JavaScript API ("Implementation-defined Limits"), which engines agree on; wasmparser, the
validator of wasm-tools and wasmtime, has them in its `limits.rs`. A larger module may be valid, but no engine accepts
it.
"""

from __future__ import annotations

from generator.errors import LimitError
from generator.wasm.module import Module

MOST_ITEMS = 1_000_000
"""Types, functions, imports, exports, globals and tags; each kind separately."""
MOST_SEGMENTS = 100_000
"""Data segments, and element segments."""
MOST_PARAMS = 1_000
"""Parameters of a function, and results."""
MOST_LOCALS = 50_000
"""Locals of a function, including parameters."""
LARGEST_BODY = 7_654_321
"""Bytes of a function's body."""
MOST_ELEMENTS = 10_000_000
"""Functions of an element segment."""
LONGEST_NAME = 100_000
"""Bytes of the name of an import, an export or a section."""


def check_name(raw: bytes) -> None:
    """Raises LimitError for a name, in UTF-8, that is too long."""
    if len(raw) > LONGEST_NAME:
        beginning = raw[:40].decode(errors="ignore")
        raise LimitError(
            f"the name that begins with `{beginning}` has {len(raw)} bytes; no engine accepts more than {LONGEST_NAME}"
        )


def check_locals(count: int) -> None:
    """Raises LimitError for a function with too many locals."""
    _check("locals of a function", count, MOST_LOCALS)


def check_module(module: Module) -> None:
    """Raises LimitError for a module that no engine accepts."""
    for what, items in (
        ("types", module.types),
        ("imports", module.imports),
        ("exports", module.exports),
        ("globals", module.globals),
        ("tags", module.tags),
    ):
        _check(f"{what} of a core module", len(items), MOST_ITEMS)
    _check("functions of a core module", len(module.imports) + len(module.functions), MOST_ITEMS)
    _check("data segments of a core module", len(module.data), MOST_SEGMENTS)
    _check("element segments of a core module", len(module.elements), MOST_SEGMENTS)
    for segment in module.elements:
        _check("functions of an element segment", len(segment.functions), MOST_ELEMENTS)
    for type in module.types:
        _check("parameters of a core function", len(type.params), MOST_PARAMS)
        _check("results of a core function", len(type.results), MOST_PARAMS)
    _check("bytes of a function's body", max(map(len, module.code), default=0), LARGEST_BODY)


def _check(what: str, count: int, most: int) -> None:
    if count > most:
        raise LimitError(f"there would be {count} {what}; no engine accepts more than {most}")
