"""A program of several libraries, as data: what each defines, imports, asks for and does when it is started.

Everything that runs is about symbols. A symbol is a function or a word of data; its definitions use symbols of lower
index only, so that every function ends, in any libraries. So libraries depend on each other in circles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, unique
from functools import cached_property


@unique
class Signature(Enum):
    """Types of functions, so that a name alone does not say which function is meant. The value: parameters, result."""

    PLAIN = ((), "i32")
    ONE = (("i32",), "i32")
    MIXED = (("i64", "i32"), "i64")
    FLOATS = (("f32", "f64"), "f64")
    LONG = ((), "i64")
    MANY = (("i32", "f64", "i64", "i32"), "i32")

    @property
    def params(self) -> tuple[str, ...]:
        params: tuple[str, ...] = self.value[0]
        return params

    @property
    def result(self) -> str:
        result: str = self.value[1]
        return result


@dataclass(frozen=True, slots=True)
class Symbol:
    """`signature` None: a word of data. Functions of one name and several signatures are several symbols."""

    name: str
    signature: Signature | None
    overloaded: bool = False
    """There is another of that name: its address is not to be taken by the name."""


@unique
class How(Enum):
    """The use of a symbol. The value of a word with a pointer is the value behind the pointer."""

    DIRECT = "a call of an import from `env`; of data, what its address leads to"
    POINTER = "a call through the address; of data the same as DIRECT"
    SAME = "1: the pointer in a word is the address that the user itself imports; of others the same as DIRECT"


@dataclass(frozen=True, slots=True)
class SymbolUse:
    """`symbol`: its index."""

    how: How
    symbol: int


@dataclass(frozen=True, slots=True)
class Bump:
    """A number added to a word of data, wherever it lies."""

    symbol: int
    number: int


@dataclass(frozen=True, slots=True)
class SymbolDefinition:
    """A function returns the sum of `number`, its arguments and its `uses`. A word contains `number`, or the address of
    `target`."""

    symbol: int
    number: int
    uses: tuple[SymbolUse, ...] = ()
    target: int | None = None
    alignment: int = 0
    """The alignment of a word, as a power of two."""


@unique
class ExportedAllocators(Enum):
    """Allocators that a library may export for the Canonical ABI."""

    BOTH = "cabi_realloc"
    EXPORT = "cabi_export_realloc"
    IMPORT = "cabi_import_realloc"


@unique
class StartExport(Enum):
    """The export that starts a library."""

    CONSTRUCTORS = "__wasm_call_ctors"
    INITIALIZE = "_initialize"


@dataclass(frozen=True, slots=True)
class Asks:
    """The requests of a library to its loader: alignments as powers of two, memory limits in pages. `filled` bytes and
    `elements` hold something, the `empty` ones behind them do not."""

    memory_alignment: int = 0
    filled: int = 0
    empty: int = 0
    table_alignment: int = 0
    elements: int = 0
    empty_elements: int = 0
    minimum: int = 0
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Library:
    """`letter` names it: `liba.so`, and the functions of the component that it exports."""

    letter: str
    asks: Asks = Asks()
    needed: tuple[int, ...] = ()
    definitions: tuple[SymbolDefinition, ...] = ()
    exports: bool = True
    """Whether the component exports functions of it; then `checks`, `takes` and its layout matter."""
    checks: tuple[SymbolUse, ...] = ()
    start: StartExport | None = None
    starting: tuple[SymbolUse | Bump, ...] = ()
    """The actions at its start; the values of uses are logged."""
    reallocs: frozenset[ExportedAllocators] = frozenset()
    takes: bool = False
    """Exports a function with a string."""
    weak: frozenset[int] = frozenset()
    """Symbols that it imports as weak, where it imports them."""
    weakly: tuple[str, ...] = ()
    """Functions that nobody defines, which it calls unless their address is null."""
    opens: bool = False
    """Looks up with `dlsym` all that openable libraries define."""
    openable: bool = False
    storage: int | None = None
    """Has thread-local storage, a word that holds this number."""
    touches: bool = False
    """Writes all over the heap and the stack."""

    @property
    def name(self) -> str:
        return f"lib{self.letter}.so"

    def definition(self, symbol: int) -> SymbolDefinition | None:
        return next((item for item in self.definitions if item.symbol == symbol), None)


@dataclass(frozen=True)
class LinkProgram:
    """`libraries` in the order of the command line. `stack_size` None: the linker's own choice."""

    symbols: tuple[Symbol, ...]
    libraries: tuple[Library, ...]
    stack_size: int | None = None
    only: str | None = None
    """The only export that a reduced program keeps."""

    @cached_property
    def opens(self) -> bool:
        return any(library.opens for library in self.libraries)

    def definers(self, symbol: int) -> Iterator[int]:
        """The libraries that define it, in the order of the command line."""
        for index, library in enumerate(self.libraries):
            if library.definition(symbol) is not None:
                yield index
