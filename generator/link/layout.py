"""The places of everything in the shared memory and the shared table.

Memory: the stack, which grows down from its top to address 0, so that an overflow traps instead of overwriting data;
the linker's own data; the libraries' data; the heap. Table: the null function pointer, the libraries' own elements,
then a slot for each function whose address the linker hands out (`GOT.func`, `dlsym`) or that is called before its
library exists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from generator.link.errors import LinkError
from generator.link.library import Library
from generator.link.symbols import FunctionSymbol
from generator.wasm.types import Limits

PAGE_SIZE = 65536
DEFAULT_STACK_SIZE = 16 * PAGE_SIZE
"""The value of the reference."""
STACK_ALIGNMENT = 16
HEAP_ALIGNMENT = 16
MAX_PAGES = 65535
"""One less than the most, so that the end of memory is a 32-bit number."""
MAX_TABLE_SIZE = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class MemoryLayout:
    """Addresses in bytes, table places in elements."""

    stack_size: int
    reserved_base: int
    """The size of the memory that the linker reserves for itself."""
    memory_bases: Mapping[str, int]
    table_bases: Mapping[str, int]
    heap_base: int
    slots: Mapping[FunctionSymbol, int]
    first_slot: int
    memory: Limits
    """In pages."""
    table: Limits

    @property
    def heap_end(self) -> int:
        return self.memory.minimum * PAGE_SIZE


def lay_out(
    libraries: Sequence[Library],
    slots: Iterable[FunctionSymbol],
    stack_size: int,
    reserved: int = 0,
    memories: Sequence[tuple[str, Limits]] = (),
) -> MemoryLayout:
    """`slots`: the functions that need a place in the table, each once. `reserved`: bytes for the linker itself.
    `memories`: as others than libraries import the memory, by name.

    Raises LinkError if all that does not fit, or a library limits memory or table to less.
    """
    stack_size = align(stack_size, STACK_ALIGNMENT)
    memory_end, table_end = stack_size + reserved, 1
    memory_bases: dict[str, int] = {}
    table_bases: dict[str, int] = {}
    for library in libraries:
        dylink = library.contents.dylink
        memory_bases[library.name] = memory_base = align(memory_end, 1 << dylink.memory_alignment)
        table_bases[library.name] = table_base = align(table_end, 1 << dylink.table_alignment)
        memory_end = memory_base + dylink.memory_size
        table_end = table_base + dylink.table_size
    places = {function: table_end + offset for offset, function in enumerate(slots)}
    heap_base = align(memory_end, HEAP_ALIGNMENT)
    memories = [
        *memories,
        *[(item.name, item.contents.memory.limits) for item in libraries if item.contents.memory is not None],
    ]
    tables = [(item.name, item.contents.table.limits) for item in libraries if item.contents.table is not None]
    return MemoryLayout(
        stack_size=stack_size,
        reserved_base=stack_size,
        memory_bases=memory_bases,
        table_bases=table_bases,
        heap_base=heap_base,
        slots=places,
        first_slot=table_end,
        memory=needed_limits("memory", "pages", align(heap_base, PAGE_SIZE) // PAGE_SIZE, MAX_PAGES, memories),
        table=needed_limits("table", "elements", table_end + len(places), MAX_TABLE_SIZE, tables),
    )


def align(value: int, alignment: int) -> int:
    """The smallest multiple of `alignment`, a power of two, that is not below `value`."""
    return (value + alignment - 1) & -alignment


def needed_limits(what: str, unit: str, needed: int, most: int, imports: Sequence[tuple[str, Limits]]) -> Limits:
    """Limits that satisfy all imports: at least the largest minimum, at most the smallest maximum."""
    minimum = max([needed, *[limits.minimum for _, limits in imports]])
    if minimum > most:
        raise LinkError(f"the program needs a {what} of {minimum} {unit}; at most {most} are possible")
    maximum = None
    for name, limits in imports:
        if limits.maximum is not None:
            if limits.maximum < minimum:
                raise LinkError(
                    f"`{name}` allows a {what} of at most {limits.maximum} {unit}; the program needs {minimum}"
                )
            maximum = limits.maximum if maximum is None else min(maximum, limits.maximum)
    return Limits(minimum, maximum)
