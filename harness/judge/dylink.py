"""Level 1: whether the `dylink.0` section of a generated library requests everything that the library uses.

Source: tool-conventions, DynamicLinking.md, "The dylink.0 Section": a loader reserves `memorysize` bytes, aligned to
`memoryalignment`, and `tablesize` elements, provides their start (`__memory_base`, `__table_base`), and loads the
needed libraries first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from harness.binary.base_offsets import Bases, Touched, touched
from harness.binary.core_module import imported, place, skip_constant
from harness.binary.sections import BinaryError, Reader, Section, sections
from harness.judge.difference import NOTHING, Difference
from harness.plan.roles import Role
from harness.records.unguarded import unguarded

_MEM_INFO, _NEEDED = 1, 2
_ELEMENT, _CODE, _DATA = 9, 10, 11
_POINTER_ALIGNMENT = 2
"""The alignment of `wit_t` as a power of two: its widest fields are pointers (interpreters/include/wit_dylib.h)."""
_INITIALIZE = ("env", "wit_dylib_initialize")


@dataclass(frozen=True, slots=True)
class Dylink:
    """Sizes in bytes and elements; alignments as exponents of two."""

    memory_size: int = 0
    memory_alignment: int = 0
    table_size: int = 0
    table_alignment: int = 0
    needed: tuple[str, ...] = ()


@unguarded
@dataclass(frozen=True, slots=True)
class Segment:
    """`base`: the global that places an active segment, None for none; `end` counts from there."""

    base: int | None
    start: int
    end: int


def judge_dylink(library: bytes, interpreter: str, role: Role) -> list[Difference]:
    """The insufficient requests in the section of a library that was generated for `interpreter`."""
    try:
        return [Difference(1, "dylink", role, *problem) for problem in _problems(library, interpreter)]
    except BinaryError as error:
        return [Difference(1, "dylink", role, "section", "a library whose sections can be read", str(error))]


@lru_cache(maxsize=64)
def _problems(library: bytes, interpreter: str) -> tuple[tuple[str, str, str], ...]:
    """The place of each problem, the expected and the actual content."""
    parts = {part.id: part for part in sections(library) if part.id}
    dylink = read_dylink(library)
    if dylink is None:
        return (("section", "a section `dylink.0` before all others", NOTHING),)
    bases = _bases(library)
    found: list[tuple[str, str, str]] = []
    if interpreter not in dylink.needed:
        needed = ", ".join(f'"{name}"' for name in dylink.needed)
        found.append(("needed", f'"{interpreter}" among the needed libraries', needed or NOTHING))
    data = list(_data(library, parts.get(_DATA)))
    elements = list(_elements(library, parts.get(_ELEMENT)))
    code = touched(library, parts.get(_CODE), bases)
    found += _outside("memory size", "data segment", data, bases.memory, dylink.memory_size, "bytes")
    found += _outside("table size", "element segment", elements, bases.table, dylink.table_size, "elements")
    found += _outside("memory size", "access by code", _accesses(code), None, dylink.memory_size, "bytes")
    found += _outside("memory size", "pointer", _points(code.pointers), None, dylink.memory_size, "bytes")
    found += _outside("table size", "function pointer", _indices(code), None, dylink.table_size, "elements")
    if bases.initialize is not None and data and dylink.memory_alignment < _POINTER_ALIGNMENT:
        expected = f"an alignment of at least {1 << _POINTER_ALIGNMENT} bytes, for `wit_t`"
        found.append(("memory alignment", expected, f"{1 << dylink.memory_alignment}"))
    for offset in code.descriptions:
        if offset % (1 << _POINTER_ALIGNMENT):
            expected = f"a `wit_t` at a multiple of {1 << _POINTER_ALIGNMENT} bytes"
            found.append(("memory alignment", expected, f"`wit_dylib_initialize` of `__memory_base` + {offset}"))
    return tuple(found)


def _outside(
    place: str, what: str, segments: list[Segment], base: int | None, size: int, unit: str
) -> Iterator[tuple[str, str, str]]:
    """The first segment that is not placed by `base`, and the one that reaches furthest."""
    for segment in segments:
        if segment.base != base:
            yield place, f"each {what} placed by its base", f"one at {segment.start}, wherever the library is"
            return
    if not segments:
        return
    first, last = min(segments, key=lambda item: item.start), max(segments, key=lambda item: item.end)
    if first.start < 0:
        yield place, f"no {what} before the beginning", f"one at {first.start}"
    if last.end > size:
        yield place, f"at least {last.end} {unit}, for the {what} at {last.start}", f"{size}"


def _accesses(code: Touched) -> list[Segment]:
    return [Segment(None, start, start + width) for start, width in code.accesses]


def _points(offsets: frozenset[int]) -> list[Segment]:
    """A pointer may point directly after the last byte: to nothing, or to an empty list."""
    return [Segment(None, offset, offset) for offset in offsets]


def _indices(code: Touched) -> list[Segment]:
    return [Segment(None, offset, offset + 1) for offset in code.indices]


def read_dylink(library: bytes) -> Dylink | None:
    """The section, which must come first. Raises `BinaryError`."""
    first = next(sections(library), None)
    if first is None or first.id:
        return None
    reader = Reader(library, first.body, first.end)
    if reader.name() != "dylink.0":
        return None
    sizes, needed = (0, 0, 0, 0), []
    while reader.at < reader.end:
        kind, size = reader.byte(), reader.unsigned()
        part = Reader(library, reader.at, reader.at + size)
        reader.take(size)
        if kind == _MEM_INFO:
            sizes = (part.unsigned(), part.unsigned(), part.unsigned(), part.unsigned())
        elif kind == _NEEDED:
            needed += [part.name() for _ in range(part.unsigned())]
    return Dylink(*sizes, tuple(needed))


def _bases(library: bytes) -> Bases:
    """Indices of the imported bases, and of the function that gets the `wit_t`."""
    found: dict[tuple[str, str], int] = {}
    counts = [0, 0, 0, 0]
    for module, name, kind in imported(library):
        found[module, name] = counts[kind]
        counts[kind] += 1
    return Bases(found.get(("env", "__memory_base")), found.get(("env", "__table_base")), found.get(_INITIALIZE))


def _data(library: bytes, part: Section | None) -> Iterator[Segment]:
    """The active segments. Code places passive ones."""
    if part is None:
        return
    reader = Reader(library, part.body, part.end)
    for _ in range(reader.unsigned()):
        flags = reader.unsigned()
        if flags > 2:
            raise BinaryError(f"a data segment of kind {flags} before offset {reader.at}")
        if flags == 2:
            reader.unsigned()
        at = place(reader) if flags != 1 else None
        size = reader.unsigned()
        reader.take(size)
        if at is not None:
            yield Segment(at[0], at[1], at[1] + size)


def _elements(library: bytes, part: Section | None) -> Iterator[Segment]:
    """The active segments (core specification, 5.5.12: bit 0 of the flags: not active; bit 1: with a table's index or
    declarative; bit 2: expressions instead of function indices)."""
    if part is None:
        return
    reader = Reader(library, part.body, part.end)
    for _ in range(reader.unsigned()):
        flags = reader.unsigned()
        if flags > 7:
            raise BinaryError(f"an element segment of kind {flags} before offset {reader.at}")
        active = not flags & 1
        if active and flags & 2:
            reader.unsigned()
        at = place(reader) if active else None
        if flags & 3:
            reader.byte()
        count = reader.unsigned()
        for _ in range(count):
            if flags & 4:
                skip_constant(reader)
            else:
                reader.unsigned()
        if at is not None:
            yield Segment(at[0], at[1], at[1] + count)
