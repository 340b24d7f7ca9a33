"""A dummy module whose async functions have the asynchronous ABI, with all built-ins that their code may need.

There is no standard scheme of names for these. Which built-ins a module gets was learnt from the output of wasm-tools
1.262 (`component embed --dummy-names legacy --async-callback`); their types are those of CanonicalABI.md.
"""

from __future__ import annotations

from generator.canonical.flatten import AsyncAbi, Context
from generator.canonical.names import (
    ROOT,
    CopyIntrinsic,
    callback_name,
    copy_import_name,
    export_name,
    import_name,
    task_return_name,
)
from generator.dummy.module import DummyModule
from generator.dummy.schemes import SCHEMES
from generator.resolved.model import Function, FunctionItem, InterfaceItem, Resolve, WorldId, WorldKey
from generator.resolved.types import Stream
from generator.resolved.walk import copy_types
from generator.wasm.types import FuncType, ValType

_I32 = ValType.I32


def _type(params: int, results: int = 0) -> FuncType:
    return FuncType((_I32,) * params, (_I32,) * results)


_CALLBACK = _type(3, 1)
_OF_TASKS = {
    "[backpressure-inc]": _type(0),
    "[backpressure-dec]": _type(0),
    "[waitable-set-new]": _type(0, 1),
    "[waitable-set-wait]": _type(2, 1),
    "[waitable-set-poll]": _type(2, 1),
    "[waitable-set-drop]": _type(1),
    "[waitable-join]": _type(2),
    "[thread-yield]": _type(0, 1),
    "[subtask-drop]": _type(1),
    "[subtask-cancel]": _type(1, 1),
    "[context-get-0]": _type(0, 1),
    "[context-set-0]": _type(1),
}
_COPIES = {
    CopyIntrinsic.NEW: FuncType((), (ValType.I64,)),
    CopyIntrinsic.CANCEL_READ: _type(1, 1),
    CopyIntrinsic.CANCEL_WRITE: _type(1, 1),
    CopyIntrinsic.DROP_READABLE: _type(1),
    CopyIntrinsic.DROP_WRITABLE: _type(1),
}


def async_dummy_module(resolve: Resolve, world: WorldId, abi: AsyncAbi) -> bytes:
    """The module's binary, with the names of the scheme `legacy`. Functions that are not declared `async` are imported
    and exported with the synchronous ABI."""
    return _AsyncDummyModule(resolve, world, abi).build()


class _AsyncDummyModule(DummyModule):
    def __init__(self, resolve: Resolve, world: WorldId, abi: AsyncAbi) -> None:
        super().__init__(resolve, world, SCHEMES["legacy"])
        self._abi = abi

    def _import_rest(self) -> None:
        self._module.import_function(f"[export]{ROOT}", "[task-cancel]", _type(0))
        for name, type in _OF_TASKS.items():
            self._module.import_function(ROOT, name, type)
        for key, item in self._world.exports.items():
            match item:
                case FunctionItem(function):
                    self._import_for_export(None, function)
                case InterfaceItem(id):
                    for function in self._resolve.interfaces[id].functions.values():
                        self._import_for_export(key, function)

    def _import_for_export(self, key: WorldKey | None, function: Function) -> None:
        type = self._flattening.task_return_type(function).type
        self._module.import_function(*task_return_name(self._resolve, key, function), type)
        self._import_copies(key, function, exported=True)

    def import_function(self, key: WorldKey | None, function: Function) -> None:
        abi = self._abi if function.is_async else AsyncAbi.SYNC
        type = self._flattening.flatten_functype(function, Context.LOWER, abi).type
        self._module.import_function(*import_name(self._resolve, key, function, abi), type)
        self._import_copies(key, function, exported=False)

    def _import_copies(self, key: WorldKey | None, function: Function, *, exported: bool) -> None:
        """The built-ins of the streams and futures that a function mentions; reads and writes do not block."""
        for ordinal, id in enumerate(copy_types(self._resolve, function)):
            is_stream = isinstance(self._resolve.types[id].kind, Stream)
            kind = "stream" if is_stream else "future"
            copy = _type(3, 1) if is_stream else _type(2, 1)
            for intrinsic, type in (*_COPIES.items(), (CopyIntrinsic.READ, copy), (CopyIntrinsic.WRITE, copy)):
                is_copy = type is copy
                name = copy_import_name(
                    self._resolve, key, function, kind, intrinsic, ordinal, exported, async_lower=is_copy
                )
                self._module.import_function(*name, type)
            module, new = copy_import_name(self._resolve, key, function, kind, CopyIntrinsic.NEW, ordinal, exported)
            self._module.import_function(module, new.replace("-new-", "-forward-", 1), _type(2))

    def _export(self, key: WorldKey | None, function: Function) -> None:
        if not function.is_async:
            super()._export(key, function)
            return
        type = self._flattening.flatten_functype(function, Context.LIFT, self._abi).type
        self._function(export_name(self._resolve, key, function, self._abi), type, traps=True)
        if self._abi is AsyncAbi.CALLBACK:
            self._function(callback_name(self._resolve, key, function), _CALLBACK, traps=True)
