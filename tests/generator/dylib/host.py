"""A host that plays interpreter, component and memory for a generated library.

It believes nothing but the `wit_t`: the type indices that it is given must mean there what the calls say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import wasmtime as wt

from tests.generator.dylib.interpreter import Context, Interpreter
from tests.generator.dylib.wit_t import Reader, World

MEMORY_BASE = 0x20010
TABLE_BASE = 7
STACK_TOP = 0x10000
HEAP = 0x100000

_CONFIG = wt.Config()
_CONFIG.cranelift_opt_level = "none"
ENGINE = wt.Engine(_CONFIG)


class Host:
    """`import_call(module, name, args)` answers calls of imports; `on_export(context, which)` plays exports.

    Arguments of exports are on the context's stack, and so is to be the result.
    """

    def __init__(
        self,
        library: bytes,
        import_call: Callable[[str, str, tuple[Any, ...]], Any] | None = None,
        on_export: Callable[[Context, int], None] | None = None,
        whole_lists: bool = False,
    ) -> None:
        self.import_call = import_call
        self.on_export = on_export
        self.interpreter = Interpreter(self, whole_lists)
        self.store = wt.Store(ENGINE)
        self.memory = wt.Memory(self.store, wt.MemoryType(wt.Limits(64, None)))
        self.table = wt.Table(self.store, wt.TableType(wt.ValType.funcref(), wt.Limits(4096, None)), None)
        self.stack_pointer = self._global(STACK_TOP, True)
        self.blocks: dict[int, tuple[int, int]] = {}
        """The allocations of `cabi_realloc` that are not freed: address to size and alignment."""
        self.contexts: dict[int, Context] = {}
        self.events: list[str] = []
        self.destroyed: list[tuple[int, int]] = []
        self.error_context: tuple[int, ...] = ()
        """Table indices of error-context.new, debug-message and drop."""
        self._top = HEAP
        self._next_cx = 1000
        self.wit: World | None = None
        module = wt.Module(ENGINE, library)
        self.imports = [(item.module, str(item.name)) for item in module.imports]
        self.export_names = {str(item.name) for item in module.exports}
        instance = wt.Instance(self.store, module, [self._import(item) for item in module.imports])
        self.exports = instance.exports(self.store)
        if "__wasm_apply_data_relocs" in self.exports:
            self.call("__wasm_apply_data_relocs")
        self.call("__wasm_call_ctors")

    # the memory that the canonical ABI of the tests uses

    def read(self, address: int, size: int) -> bytes:
        assert address >= 0 and address + size <= self.memory.data_len(self.store), "out of bounds"
        return bytes(self.memory.read(self.store, address, address + size))

    def write(self, address: int, data: bytes) -> None:
        self.memory.write(self.store, data, address)

    def allocate(self, size: int, alignment: int) -> int:
        """Allocates as a host does that lowers values into the component. Empty values are not allocated."""
        return self.realloc(0, 0, alignment, size) if size else alignment

    def reserve(self, size: int, alignment: int) -> int:
        """Memory that belongs to the interpreter or to a caller."""
        self._top = -(-self._top // alignment) * alignment
        address = self._top
        self._top += size + 1  # neighbours that touch would hide an overrun
        return address

    def realloc(self, old: int, old_size: int, alignment: int, size: int) -> int:
        assert (old, old_size) == (0, 0) and size > 0 and alignment in (1, 2, 4, 8)
        address = self.reserve(size, alignment)
        self.blocks[address] = (size, alignment)
        return address

    def free(self, address: int, size: int, alignment: int) -> None:
        assert self.blocks.pop(address) == (size, alignment)

    # running

    def call(self, name: str, *args: Any) -> Any:
        function = self.exports[name]
        assert isinstance(function, wt.Func)
        type = function.type(self.store)
        result = function(self.store, *map(signed, args, map(str, type.params)))
        return None if result is None else unsigned(result, str(type.results[0]))

    def call_pointer(self, pointer: int, *args: int) -> Any:
        function = self.table.get(self.store, pointer)
        assert isinstance(function, wt.Func)
        return function(self.store, *args)

    def call_import(self, which: int, args: list[Any]) -> Any:
        """Call an import as an interpreter does; returns the pushed result, None if there is none."""
        assert self.wit is not None
        cx = self.new_context()
        self.contexts[cx].stack += reversed(args)
        self.call_pointer(self.wit.arrays["imports"][which][2], cx)
        stack = self.contexts[cx].stack
        self.end_context(cx)
        assert len(stack) <= 1
        return stack[0] if stack else None

    def new_context(self) -> int:
        self._next_cx += 1
        self.contexts[self._next_cx] = Context()
        return self._next_cx

    def end_context(self, cx: int) -> None:
        for address in self.contexts.pop(cx).deferred:
            del self.blocks[address]

    # imports

    def _global(self, value: int, mutable: bool) -> wt.Global:
        return wt.Global(self.store, wt.GlobalType(wt.ValType.i32(), mutable), wt.Val.i32(value))

    def _import(self, item: wt.ImportType) -> Any:
        type = item.type
        if not isinstance(type, wt.FuncType):
            assert item.module == "env"
            return {
                "memory": self.memory,
                "__indirect_function_table": self.table,
                "__memory_base": self._global(MEMORY_BASE, False),
                "__table_base": self._global(TABLE_BASE, False),
                "__stack_pointer": self.stack_pointer,
            }[str(item.name)]
        return wt.Func(self.store, type, self._function(item.module, str(item.name), type))

    def _function(self, module: str, name: str, type: wt.FuncType) -> Callable[..., Any]:
        params, results = [str(param) for param in type.params], [str(result) for result in type.results]
        if module != "env":

            def imported(*args: Any) -> Any:
                assert self.import_call is not None
                return _answer(self.import_call(module, name, tuple(map(unsigned, args, params))), results)

            return imported
        name = name.removeprefix("wit_dylib_")
        method: Callable[..., Any]
        if name == "cabi_realloc":
            method = self.realloc
        else:
            method = getattr(self, name, None) or self.interpreter.function(name)

        def env(*args: Any) -> Any:
            self.events.append(name)
            return _answer(method(*map(unsigned, args, params)), results)

        return env

    def initialize(self, address: int) -> None:
        assert self.wit is None, "initialized twice"
        self.wit = Reader(self.read, address).world

    def error_context_initialize(self, *pointers: int) -> None:
        assert self.wit is None, "comes before the wit_t"
        self.error_context = pointers

    def resource_dtor(self, resource: int, rep: int) -> None:
        self.destroyed.append((resource, rep))

    def dealloc_bytes(self, cx: int, address: int, size: int, alignment: int, defer: int) -> None:
        assert self.blocks[address] == (size, alignment), "freed with another size or alignment"
        if defer:
            self.contexts[cx].deferred.append(address)
        else:
            self.free(address, size, alignment)

    def export_start(self, which: int) -> int:
        return self.new_context()

    def export_call(self, cx: int, which: int) -> None:
        assert self.on_export is not None
        self.on_export(self.contexts[cx], which)

    def export_finish(self, cx: int, which: int) -> None:
        assert self.contexts[cx].stack == []
        self.end_context(cx)


def unsigned(value: Any, type: str) -> Any:
    """The values as they arrived: the sign of an i32 is not known here."""
    return value & (1 << int(type[1:])) - 1 if type in ("i32", "i64") else value


def signed(value: Any, type: str) -> Any:
    """Core integers in the form that wasmtime takes."""
    if type not in ("i32", "i64"):
        return value
    bits = int(type[1:])
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value


def _answer(value: Any, types: list[str]) -> Any:
    return signed(value, types[0]) if types else None
