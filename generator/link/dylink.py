"""The `dylink.0` section: a library's requests to its loader (tool-conventions, DynamicLinking.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

from generator.wasm.reader import Reader

SECTION = "dylink.0"


class _Subsection(IntEnum):
    MEM_INFO = 1
    NEEDED = 2
    EXPORT_INFO = 3
    IMPORT_INFO = 4
    RUNTIME_PATH = 5


class SymbolFlags(IntFlag):
    """Flags of a symbol (tool-conventions, Linking.md); only those that matter to a loader."""

    BINDING_WEAK = 0x1
    TLS = 0x100


@dataclass(frozen=True, slots=True)
class Dylink:
    """Sizes in bytes and table elements; alignments as powers of two, given as the exponent."""

    memory_size: int = 0
    memory_alignment: int = 0
    table_size: int = 0
    table_alignment: int = 0
    needed: tuple[str, ...] = ()
    export_flags: dict[str, int] = field(default_factory=dict)
    """By export name; `SymbolFlags` and others."""
    import_flags: dict[tuple[str, str], int] = field(default_factory=dict)
    """By import module and field."""
    runtime_path: tuple[str, ...] = ()


def read_dylink(contents: bytes) -> Dylink:
    """Decodes the section. Offsets in errors count from the beginning of its contents. Raises WasmFormatError, also for
    a subsection that the convention does not know, because its request would be lost."""
    reader = Reader(contents, section=SECTION)
    sizes = (0, 0, 0, 0)
    needed: list[str] = []
    runtime_path: list[str] = []
    export_flags: dict[str, int] = {}
    import_flags: dict[tuple[str, str], int] = {}
    while not reader.at_end:
        start = reader.position
        kind = reader.byte()
        body = reader.sub(reader.unsigned())
        match kind:
            case _Subsection.MEM_INFO:
                sizes = _read_mem_info(body)
            case _Subsection.NEEDED:
                needed += [body.name() for _ in range(body.count())]
            case _Subsection.EXPORT_INFO:
                export_flags.update([(body.name(), body.unsigned()) for _ in range(body.count())])
            case _Subsection.IMPORT_INFO:
                import_flags.update([((body.name(), body.name()), body.unsigned()) for _ in range(body.count())])
            case _Subsection.RUNTIME_PATH:
                runtime_path += [body.name() for _ in range(body.count())]
            case _:
                raise reader.error(f"unknown subsection {kind}", start)
        body.expect_end()
    return Dylink(*sizes, tuple(dict.fromkeys(needed)), export_flags, import_flags, tuple(runtime_path))


def _read_mem_info(body: Reader) -> tuple[int, int, int, int]:
    memory_size = body.unsigned()
    memory_alignment = _read_alignment(body)
    table_size = body.unsigned()
    return memory_size, memory_alignment, table_size, _read_alignment(body)


def _read_alignment(body: Reader) -> int:
    start = body.position
    exponent = body.unsigned()
    if exponent > 31:
        raise body.error(f"alignment 2^{exponent} is larger than the address space", start)
    return exponent
