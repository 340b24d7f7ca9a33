"""Thread-local storage of libraries: an address for each library and thread.

Each library that exports `__wasm_library_tls_info` has a place in an array. The array is in memory that the linker
reserves; in a program that makes threads, slot 1 of the context leads to the array of the running thread, and the
reserved one serves until the slot is set. All this was learnt from the behaviour of wasm-tools 1.262.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from generator.componentize.threads import GET_TLS_BASE, SET_TLS_BASE, makes_threads
from generator.link.library import Library
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, Mem, Op, const_i32
from generator.wasm.types import ExternKind, FuncType, ValType

_GETTER, _SETTER = FuncType((), (ValType.I32,)), FuncType((ValType.I32,))
_WORD = 4
_PROGRAM_INFO = struct.Struct("<III")
"""The number of libraries, the address of the array of their descriptions, that of the first thread's addresses."""


def tls_export(library: str, function: str) -> str:
    """The main module's export of the function that a library imports."""
    return f"{function}:{library}"


@dataclass(frozen=True, slots=True)
class ThreadLocal:
    """`base`: where its reserved memory begins."""

    importers: tuple[str, ...]
    """Libraries that ask for their address."""
    libraries: tuple[str, ...]
    """Libraries with thread-local storage, in the order of the array."""
    threads: bool
    base: int

    @property
    def size(self) -> int:
        return 2 * _WORD * len(self.libraries) + _PROGRAM_INFO.size

    @property
    def program_info(self) -> int:
        return self.base + 2 * _WORD * len(self.libraries)

    def offset(self, library: str) -> int:
        """The offset of a library's address in the array."""
        return _WORD * self.libraries.index(library)

    def description(self, library: str) -> int:
        """The place for the address of a library's description."""
        return self.base + _WORD * len(self.libraries) + _WORD * self.libraries.index(library)

    def add_import(self, builder: ModuleBuilder) -> int | None:
        """The function that gives the array of the running thread; None without threads."""
        return builder.import_function("$root", "[context-get-1]", _GETTER) if self.threads else None

    def add(self, builder: ModuleBuilder, context: int | None) -> None:
        """Adds the functions and the description of the program to the main module. `context`: from `add_import`."""
        for library in self.importers:
            for name, type in ((GET_TLS_BASE, _GETTER), (SET_TLS_BASE, _SETTER)):
                body = self._body(library, type, context)
                export = tls_export(library, name)
                builder.export(export, ExternKind.FUNC, builder.add_function(type, body, export))
        infos = self.base + _WORD * len(self.libraries)
        builder.add_data(const_i32(self.program_info), _PROGRAM_INFO.pack(len(self.libraries), infos, self.base))

    def _body(self, library: str, type: FuncType, context: int | None) -> bytes:
        code = Code(len(type.params))
        if library not in self.libraries:
            code.op(Op.UNREACHABLE)
            return code.body()
        self._array(code, context)
        offset = self.offset(library)
        if type.params:
            code.local_get(0)
            code.mem(Mem.I32_STORE, _WORD, offset)
        else:
            code.mem(Mem.I32_LOAD, _WORD, offset)
        return code.body()

    def _array(self, code: Code, context: int | None) -> None:
        if context is None:
            code.i32_const(self.base)
            return
        array = code.local(ValType.I32)
        code.call(context)
        code.local_tee(array)
        code.i32_const(self.base)
        code.local_get(array)
        code.op(Op.SELECT)


def thread_local(libraries: Sequence[Library], base: int) -> ThreadLocal | None:
    """None if no library imports thread-local storage. `libraries`: in the order of instantiation."""
    importers = [item.name for item in libraries if item.contents.imports_tls]
    having = [item.name for item in libraries if item.contents.has_tls]
    if not importers and not any(item.contents.asks_for_tls_info for item in libraries):
        return None
    threads = any(makes_threads(item.contents.module) for item in libraries)
    return ThreadLocal(tuple(importers), tuple(having), threads, base)
