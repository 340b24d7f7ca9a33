"""Core modules to be made components: worlds from text, and modules that import and export all that a world has."""

from __future__ import annotations

from collections.abc import Callable, Collection

from generator.canonical.flatten import Context, Flattening
from generator.canonical.names import (
    Intrinsic,
    dtor_name,
    export_name,
    import_name,
    post_return_name,
    resource_import_name,
)
from generator.resolved.model import Function, FunctionItem, InterfaceItem, Resolve, TypeItem, WorldId, WorldKey
from generator.resolved.types import Resource, TypeId
from generator.sources.load import load_text, select_world
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, Op
from generator.wasm.decode import DecodedModule
from generator.wasm.module import CustomSection
from generator.wasm.types import ExternKind, FuncType, GlobalType, Limits, MemoryType, ValType
from generator.wit.binary.encode import encode_world, section_name

I32 = ValType.I32


def i32_type(params: int, results: int = 0) -> FuncType:
    return FuncType((I32,) * params, (I32,) * results)


def load_world(text: str, name: str | None = None) -> tuple[Resolve, WorldId]:
    resolve, package = load_text(text)
    return resolve, select_world(resolve, package, name)


def world_section(text: str, name: str | None = None, encoding: str = "utf8") -> CustomSection:
    """The `component-type` section of a world."""
    resolve, world = load_world(text, name)
    return CustomSection(section_name(name), encode_world(resolve, world, encoding))


class TestModule(ModuleBuilder):
    """A module with a memory and an allocator that never frees; its first block is at 1024."""

    __test__ = False

    def finish(self, *sections: CustomSection, allocator: bool = True) -> DecodedModule:
        if allocator:
            self.export("memory", ExternKind.MEMORY, self.add_memory(MemoryType(Limits(1))))
            self.export("cabi_realloc", ExternKind.FUNC, self._realloc())
        self.module.customs += sections
        return DecodedModule(self.encode())

    def _realloc(self) -> int:
        """(old pointer, old size, alignment, new size): always a new block, aligned to 8."""
        top = self.add_global(GlobalType(I32, mutable=True), b"\x41\x80\x08")
        code = Code(4)
        result = code.local(I32)
        code.global_get(top)
        code.local_tee(result)
        code.local_get(3)
        code.op(Op.I32_ADD)
        code.i32_const(7)
        code.op(Op.I32_ADD)
        code.i32_const(-8)
        code.op(Op.I32_AND)
        code.global_set(top)
        code.local_get(result)
        return self.add_function(i32_type(4, 1), code.body())

    def counter(self) -> int:
        """A mutable global that begins at 0."""
        return self.add_global(GlobalType(I32, mutable=True), b"\x41\x00")

    def add_export(self, name: str, type: FuncType, write: Callable[[Code], None]) -> None:
        code = Code(len(type.params))
        write(code)
        self.export(name, ExternKind.FUNC, self.add_function(type, code.body()))


def unreachable(code: Code) -> None:
    code.op(Op.UNREACHABLE)


def dummy_module(text: str, name: str | None = None, only: Collection[tuple[str, str]] | None = None) -> DecodedModule:
    """A module that has all exports of a world and imports everything, or of functions and built-ins only `only`
    (module and field)."""
    resolve, world = load_world(text, name)
    return _Dummy(resolve, world, only).finish(world_section(text, name))


class _Dummy(TestModule):
    def __init__(self, resolve: Resolve, world: WorldId, only: Collection[tuple[str, str]] | None) -> None:
        super().__init__()
        self.resolve = resolve
        self.only = only
        self.flattening = Flattening(resolve)
        items = resolve.worlds[world]
        for key, item in items.imports.items():
            match item:
                case FunctionItem(function):
                    self._import_functions(None, [function])
                case TypeItem(type):
                    self._import_built_ins(None, type, exported=False)
                case InterfaceItem(id):
                    for type in resolve.interfaces[id].types.values():
                        self._import_built_ins(key, type, exported=False)
                    self._import_functions(key, resolve.interfaces[id].functions.values())
        for key, item in items.exports.items():
            if isinstance(item, InterfaceItem):
                for type in resolve.interfaces[item.id].types.values():
                    self._import_built_ins(key, type, exported=True)
        for key, item in items.exports.items():
            match item:
                case FunctionItem(function):
                    self._export_function(None, function)
                case InterfaceItem(id):
                    for function in resolve.interfaces[id].functions.values():
                        self._export_function(key, function)
                    for type in resolve.interfaces[id].types.values():
                        if isinstance(resolve.types[type].kind, Resource):
                            self.add_export(dtor_name(resolve, key, type), i32_type(1), unreachable)

    def _import_if_wanted(self, names: tuple[str, str], type: FuncType) -> None:
        if self.only is None or names in self.only:
            self.import_function(*names, type)

    def _import_functions(self, key: WorldKey | None, functions: Collection[Function]) -> None:
        for function in functions:
            core = self.flattening.flatten_functype(function, Context.LOWER)
            self._import_if_wanted(import_name(self.resolve, key, function), core.type)

    def _import_built_ins(self, key: WorldKey | None, type: TypeId, exported: bool) -> None:
        if isinstance(self.resolve.types[type].kind, Resource):
            for intrinsic in Intrinsic if exported else (Intrinsic.DROP,):
                core = i32_type(1, 0 if intrinsic is Intrinsic.DROP else 1)
                self._import_if_wanted(resource_import_name(self.resolve, key, type, intrinsic, exported), core)

    def _export_function(self, key: WorldKey | None, function: Function) -> None:
        core = self.flattening.flatten_functype(function, Context.LIFT).type
        self.add_export(export_name(self.resolve, key, function), core, unreachable)
        self.add_export(post_return_name(self.resolve, key, function), FuncType(core.results), unreachable)
