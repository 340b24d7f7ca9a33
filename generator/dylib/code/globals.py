"""Indices of the globals that a library imports (tool-conventions, DynamicLinking.md, "Interface and usage")."""

from __future__ import annotations

MEMORY_BASE_INDEX = 0
"""`__memory_base`."""

STACK_POINTER_INDEX = 1
"""`__stack_pointer`, if it is imported."""


def table_base_index(uses_stack_pointer: bool) -> int:
    """`__table_base`, imported if the library has elements."""
    return STACK_POINTER_INDEX + uses_stack_pointer
