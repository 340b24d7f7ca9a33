"""A library with `dlopen`, `dlsym`, `dlclose` and `dlerror` over the table of `dl_table` (POSIX, `<dlfcn.h>`).

A handle is the address of a `Library`. All libraries are there from the beginning, so that opening and closing change
nothing. The flags RTLD_LAZY, RTLD_NOW and RTLD_GLOBAL are accepted, with the values of wasi-libc.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from generator.link import names
from generator.link.dl_table import ADDRESS_OFFSET, LIBRARY_SIZE, SYMBOL_SIZE
from generator.link.dylink import SECTION
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, Mem, Op, const_global, const_i32
from generator.wasm.encode import encode_bytes
from generator.wasm.leb128 import encode_unsigned
from generator.wasm.module import CustomSection
from generator.wasm.types import ExternKind, FuncType, GlobalType, Limits, MemoryType, ValType

NAME = "libdl.so"

_I32 = ValType.I32
_RTLD_LAZY, _RTLD_NOW, _RTLD_GLOBAL = 1, 2, 256
_FLAGS = _RTLD_LAZY | _RTLD_NOW | _RTLD_GLOBAL
_MESSAGES = ("dlopen: flags not supported", "dlopen: library not found", "invalid library handle", "symbol not found")
_BAD_FLAGS, _NO_LIBRARY, _BAD_HANDLE, _NO_SYMBOL = _MESSAGES


@lru_cache(maxsize=1)
def build_libdl() -> bytes:
    return _Libdl().build()


class _Libdl:
    def __init__(self) -> None:
        self.offsets: dict[str, int] = {}
        text = bytearray()
        for message in _MESSAGES:
            self.offsets[message] = len(text)
            text += message.encode() + b"\0"
        self.text = bytes(text)
        self.builder = builder = ModuleBuilder()
        sizes = (len(self.text), 0, 0, 0)
        section = b"\x01" + encode_bytes(b"".join(map(encode_unsigned, sizes)))
        builder.module.leading_customs.append(CustomSection(SECTION, section))
        builder.import_memory(names.ENV, names.MEMORY, MemoryType(Limits(0)))
        self.base = builder.import_global(names.ENV, names.MEMORY_BASE, GlobalType(_I32))
        self.libraries = builder.import_global(names.GOT_MEM, names.LIBDL_LIBRARIES, GlobalType(_I32, True))
        self.error = builder.add_global(GlobalType(_I32, True), const_i32(0))
        builder.add_data(const_global(self.base), self.text)

    def build(self) -> bytes:
        find = self._define(None, 4, 1, self._find)
        known = self._define(None, 1, 1, self._known)
        self._define("dlopen", 2, 1, lambda code: self._dlopen(code, find))
        self._define("dlsym", 2, 1, lambda code: self._dlsym(code, known, find))
        self._define("dlclose", 1, 1, lambda code: self._dlclose(code, known))
        self._define("dlerror", 0, 1, self._dlerror)
        return self.builder.encode(names=True, name=NAME)

    def _define(self, name: str | None, params: int, results: int, write: Callable[[Code], None]) -> int:
        code = Code(params)
        write(code)
        type = FuncType((_I32,) * params, (_I32,) * results)
        index = self.builder.add_function(type, code.body(), name)
        if name is not None:
            self.builder.export(name, ExternKind.FUNC, index)
        return index

    def _fail(self, code: Code, message: str) -> None:
        """Sets the next result of `dlerror`."""
        code.global_get(self.base)
        code.i32_const(self.offsets[message])
        code.op(Op.I32_ADD)
        code.global_set(self.error)

    def _table(self, code: Code, offset: int) -> None:
        """Pushes a field of `Libraries`."""
        code.global_get(self.libraries)
        code.mem(Mem.I32_LOAD, 4, offset)

    def _find(self, code: Code) -> None:
        """`(name, entries, count, entry size)`: the entry that is called as the terminated string `name`, or 0."""
        name, entry, count, size = range(4)
        index = code.local(_I32)

        def byte_of_name() -> None:
            code.local_get(name)
            code.local_get(index)
            code.op(Op.I32_ADD)
            code.mem(Mem.I32_LOAD8_U, 1, 0)

        code.block()
        code.loop()
        code.local_get(count)
        code.op(Op.I32_EQZ)
        code.br_if(1)
        code.i32_const(0)
        code.local_set(index)
        code.block()
        code.loop()
        code.local_get(index)
        code.local_get(entry)
        code.mem(Mem.I32_LOAD, 4, 0)
        code.op(Op.I32_EQ)
        code.if_()
        byte_of_name()
        code.br_if(2)
        code.local_get(entry)
        code.op(Op.RETURN)
        code.end()
        byte_of_name()
        code.local_get(entry)
        code.mem(Mem.I32_LOAD, 4, 4)
        code.local_get(index)
        code.op(Op.I32_ADD)
        code.mem(Mem.I32_LOAD8_U, 1, 0)
        code.op(Op.I32_NE)
        code.br_if(1)
        _add(code, index, 1)
        code.br(0)
        code.end()
        code.end()
        code.local_get(entry)
        code.local_get(size)
        code.op(Op.I32_ADD)
        code.local_set(entry)
        _add(code, count, -1)
        code.br(0)
        code.end()
        code.end()
        code.i32_const(0)

    def _known(self, code: Code) -> None:
        """`(handle)`: 1 if it is the address of a library, else 0 and the error is set."""
        offset = code.local(_I32)
        code.local_get(0)
        self._table(code, 4)
        code.op(Op.I32_SUB)
        code.local_tee(offset)
        self._table(code, 0)
        code.i32_const(LIBRARY_SIZE)
        code.op(Op.I32_MUL, Op.I32_LT_U)
        code.local_get(offset)
        code.i32_const(LIBRARY_SIZE - 1)
        code.op(Op.I32_AND, Op.I32_EQZ, Op.I32_AND)
        code.if_()
        code.i32_const(1)
        code.op(Op.RETURN)
        code.end()
        self._fail(code, _BAD_HANDLE)
        code.i32_const(0)

    def _dlopen(self, code: Code, find: int) -> None:
        name, flags = 0, 1
        handle = code.local(_I32)
        code.local_get(flags)
        code.i32_const(~_FLAGS)
        code.op(Op.I32_AND)
        code.if_()
        self._fail(code, _BAD_FLAGS)
        code.i32_const(0)
        code.op(Op.RETURN)
        code.end()
        code.local_get(name)
        code.if_()
        code.local_get(name)
        self._table(code, 4)
        self._table(code, 0)
        code.i32_const(LIBRARY_SIZE)
        code.call(find)
        code.local_set(handle)
        code.end()
        code.local_get(handle)
        code.op(Op.I32_EQZ)
        code.if_()
        self._fail(code, _NO_LIBRARY)
        code.end()
        code.local_get(handle)

    def _dlsym(self, code: Code, known: int, find: int) -> None:
        handle, name = 0, 1
        symbol = code.local(_I32)
        code.local_get(handle)
        code.call(known)
        code.op(Op.I32_EQZ)
        code.if_()
        code.i32_const(0)
        code.op(Op.RETURN)
        code.end()
        code.local_get(name)
        code.local_get(handle)
        code.mem(Mem.I32_LOAD, 4, 12)
        code.local_get(handle)
        code.mem(Mem.I32_LOAD, 4, 8)
        code.i32_const(SYMBOL_SIZE)
        code.call(find)
        code.local_tee(symbol)
        code.op(Op.I32_EQZ)
        code.if_()
        self._fail(code, _NO_SYMBOL)
        code.i32_const(0)
        code.op(Op.RETURN)
        code.end()
        code.local_get(symbol)
        code.mem(Mem.I32_LOAD, 4, ADDRESS_OFFSET)

    def _dlclose(self, code: Code, known: int) -> None:
        """0, or -1 if the argument is no handle."""
        code.local_get(0)
        code.call(known)
        code.i32_const(1)
        code.op(Op.I32_SUB)

    def _dlerror(self, code: Code) -> None:
        """The message of the last failure, once; null if there was none since."""
        code.global_get(self.error)
        code.i32_const(0)
        code.global_set(self.error)


def _add(code: Code, local: int, value: int) -> None:
    code.local_get(local)
    code.i32_const(value)
    code.op(Op.I32_ADD)
    code.local_set(local)
