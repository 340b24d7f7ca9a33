"""WIT texts of the worlds that show mutants."""

from __future__ import annotations


def both(name: str, interface: str) -> str:
    """A world that imports and exports an interface of this name."""
    return f"package m:{name};\n\n{interface.strip()}\n\nworld w {{ import {name}; export {name}; }}\n"


def case_names(count: int) -> list[str]:
    """The names of the cases of an enum or a variant."""
    return [f"c{number}" for number in range(count)]
