"""What known faults ask of the program of a link case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.binary.core_module import core_interface, imported_memory
from harness.binary.sections import BinaryError
from harness.binary.wat import binary_of


@dataclass(frozen=True, slots=True)
class LibraryShape:
    """A library. `memory`: the least and the most pages that its memory must have."""

    exports: Mapping[str, str]
    """Each with its type in words."""
    memory: tuple[int, int | None] | None = None


@dataclass(frozen=True, eq=False)
class ProgramOfCase:
    """`text`: that of the file. `wats`: the texts of its libraries, which have been read before without an error."""

    text: str
    stack_size: int | None = None
    wats: Sequence[str] = ()

    @cached_property
    def libraries(self) -> tuple[LibraryShape, ...]:
        """Those that have only parts of C libraries."""
        found = [_shape(binary_of(wat)) for wat in self.wats]
        return tuple(shape for shape in found if shape is not None)


def _shape(module: bytes) -> LibraryShape | None:
    try:
        return LibraryShape(core_interface(module).exports, imported_memory(module))
    except BinaryError:
        return None
