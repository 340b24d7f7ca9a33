"""Small dynamic libraries for tests, built without a compiler."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from generator.link.dylink import SECTION, SymbolFlags
from generator.link.library import Library, read_library
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, const_i32
from generator.wasm.encode import encode_bytes, encode_name, encode_vector
from generator.wasm.leb128 import encode_unsigned
from generator.wasm.module import CustomSection
from generator.wasm.types import ExternKind, FuncType, GlobalType, Limits, MemoryType, TableType, ValType

I32 = ValType.I32
THUNK = FuncType(())
GETTER = FuncType((), (I32,))
UNARY = FuncType((I32,), (I32,))
SETTER = FuncType((I32,))
NO_LIMITS = Limits(0)
REALLOC = FuncType((I32,) * 4, (I32,))


def dylink(
    *,
    memory: tuple[int, int] = (0, 0),
    table: tuple[int, int] = (0, 0),
    needed: Sequence[str] = (),
    weak: Iterable[str] = (),
    tls: Iterable[str] = (),
) -> bytes:
    """The contents of a `dylink.0` section: sizes with alignment exponents, needed libraries, flags of symbols."""
    sizes = b"".join(map(encode_unsigned, (*memory, *table)))
    subsections = [(1, sizes), (2, encode_vector([encode_name(name) for name in needed]))]
    exports = [encode_name(name) + encode_unsigned(SymbolFlags.TLS) for name in tls]
    imports = [encode_name("env") + encode_name(name) + encode_unsigned(SymbolFlags.BINDING_WEAK) for name in weak]
    subsections += [(3, encode_vector(exports)), (4, encode_vector(imports))]
    return b"".join([bytes([kind]) + encode_bytes(body) for kind, body in subsections])


class LibraryBuilder(ModuleBuilder):
    """A module with a `dylink.0` section. Imports come before definitions, as in `ModuleBuilder`."""

    def __init__(self, section: bytes | None = None) -> None:
        super().__init__()
        self.module.leading_customs.append(CustomSection(SECTION, dylink() if section is None else section))

    def env(self, name: str, type: FuncType) -> int:
        return self.import_function("env", name, type)

    def memory(self, limits: Limits = NO_LIMITS) -> int:
        return self.import_memory("env", "memory", MemoryType(limits))

    def table(self, limits: Limits = NO_LIMITS) -> int:
        return self.import_table("env", "__indirect_function_table", TableType(limits))

    def env_global(self, name: str, *, mutable: bool = False) -> int:
        return self.import_global("env", name, GlobalType(I32, mutable))

    def data_address(self, name: str) -> int:
        return self.import_global("GOT.mem", name, GlobalType(I32, True))

    def function_address(self, name: str) -> int:
        return self.import_global("GOT.func", name, GlobalType(I32, True))

    def define(self, name: str, type: FuncType, write: Callable[[Code], None]) -> int:
        """Exports a function whose body `write` writes."""
        code = Code(len(type.params))
        write(code)
        index = self.add_function(type, code.body(), name)
        self.export(name, ExternKind.FUNC, index)
        return index

    def constant(self, name: str, value: int) -> None:
        """Exports a function that answers `value`."""
        self.define(name, GETTER, lambda code: code.i32_const(value))

    def getter(self, name: str, index: int) -> None:
        """Exports a function that returns a global's value."""
        self.define(name, GETTER, lambda code: code.global_get(index))

    def forward(self, name: str, type: FuncType, index: int) -> None:
        """Exports a function that calls another with its parameters."""

        def write(code: Code) -> None:
            for param in range(len(type.params)):
                code.local_get(param)
            code.call(index)

        self.define(name, type, write)

    def calls_with(self, name: str, index: int, value: int) -> None:
        """Exports a function without parameters that calls another with a number."""

        def write(code: Code) -> None:
            code.i32_const(value)
            code.call(index)

        self.define(name, THUNK, write)

    def data(self, name: str, offset: int) -> None:
        """Exports the address of data, relative to the library's memory."""
        self.export(name, ExternKind.GLOBAL, self.add_global(GlobalType(I32), const_i32(offset)))

    def root(self) -> None:
        """An export that makes the linker keep a library without a world."""
        self.define("_start", THUNK, lambda code: None)

    def library(self, name: str) -> Library:
        return read_library(name, self.encode())
