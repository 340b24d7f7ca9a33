"""A module reduced to everything that some of its functions reach: other functions are left out, and so are imports
that only they use. The parts that it lacks to stand on its own are added: an allocator, a stack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from generator.adapt.adapter import ENV, REALLOC
from generator.canonical.names import MEMORY
from generator.wasm.code import Code, Op, const_i32
from generator.wasm.decode import DecodedModule
from generator.wasm.encode import encode_custom, encode_module
from generator.wasm.errors import WasmFormatError
from generator.wasm.instructions import References, read_references
from generator.wasm.leb128 import encode_unsigned
from generator.wasm.module import CustomSection, Export, Global, Import, Module
from generator.wasm.names import SECTION, name_section
from generator.wasm.reader import Reader
from generator.wasm.types import ExternKind, FuncIndex, FuncType, GlobalType, Limits, MemoryType, ValType

STACK_SIZE = 65536
"""The size of an adapter's own stack, in bytes; it is the reference's."""
STACK_ALIGNMENT = 16
"""tool-conventions, BasicCABI.md."""
ALLOCATING, ALLOCATED = 1, 2
"""The values of the global `allocation_state` while an adapter's stack is made, and afterwards (learnt from the
reference, for the adapters that come with it)."""
GROW = "realloc via memory.grow"
"""The name of an allocator that takes whole pages."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Functions that are reached, and everything to which their bodies refer; indices of the whole module."""

    functions: Mapping[int, References]
    """The functions that the module defines, in the order of their indices."""
    imports: frozenset[int]
    globals: frozenset[int]


def reach(module: DecodedModule, exports: Iterable[str]) -> Reach:
    """Everything that the exported functions of these names reach by calls. Tables do not count: a module without
    element segments has nothing in them. Raises WasmFormatError."""
    imported = _imported(module)
    waiting = [module.exports_by_name[name].index for name in exports]
    found: dict[int, References] = {}
    imports: set[int] = set()
    while waiting:
        index = waiting.pop()
        module.func_type(index)  # or it is out of range
        if index < imported:
            imports.add(index)
        elif index not in found:
            start, end = module.bodies[index - imported]
            found[index] = read_references(Reader(module.binary, start, end, "code"))
            waiting += [use.index for use in found[index].functions]
    globals = frozenset().union(*[references.globals for references in found.values()])
    return Reach(dict(sorted(found.items())), frozenset(imports), globals)


@dataclass(frozen=True, slots=True)
class OwnStack:
    """A stack that is allocated when the first of some functions is called."""

    pointer: int
    """The global that becomes its top."""
    state: int | None
    """A global that code looks at: `ALLOCATING` and `ALLOCATED`; None if there is none."""
    users: frozenset[str]
    """Exports that need it."""


@dataclass(frozen=True, slots=True)
class ModuleReduction:
    """The changes that reduce a module.

    The module must have no segments, no imported tables or globals, and only function types.
    """

    name: str
    """The module's name, for its name section."""
    initial: Mapping[int, bytes] = field(default_factory=dict)
    """New initial values of globals, as constant expressions without `end`."""
    realloc: tuple[str, str] | None = None
    """An allocator for the stack: where it is imported from. None: one that takes whole pages is added."""
    own_reallocs: frozenset[int] = frozenset()
    """Imported functions that the added one replaces."""
    stack: OwnStack | None = None
    exports_realloc: bool = False
    """The added allocator is exported as `GROW`."""


def reduce(module: DecodedModule, exports: Iterable[str], reach: Reach, reduction: ModuleReduction) -> bytes:
    """The module with the functions that are reached, and exports of these names only. Tables and globals stay."""
    return _Reduced(module, reach, reduction).encode(list(exports))


class _Reduced:
    def __init__(self, module: DecodedModule, reach: Reach, reduction: ModuleReduction) -> None:
        self.module = module
        self.reach = reach
        self.reduction = reduction
        self.result = Module()
        self.indices: dict[int, int] = {}
        """New by old; of functions."""
        self.names: dict[int, str] = {}
        self.imported = 0
        """The number of imported functions."""
        self.realloc = 0
        """The allocator that is imported for the stack."""

    def encode(self, exports: Sequence[str]) -> bytes:
        module, result, reduction = self.module, self.result, self.reduction
        result.types += [type for type in module.types if isinstance(type, FuncType)]
        imports = self._imports()
        number = self.imported
        for index in self.reach.functions:
            self.indices[index] = number
            number += 1
        grow = allocate = None
        if reduction.own_reallocs & self.reach.imports or reduction.exports_realloc or self._grows_for_stack:
            grow, number = number, number + 1
            self.indices.update(dict.fromkeys(reduction.own_reallocs & self.reach.imports, grow))
        if reduction.stack is not None:
            allocate, number = number, number + 1
        result.imports += imports
        if grow is not None and not any(isinstance(item.desc, MemoryType) for item in imports):
            result.imports.append(Import(ENV, MEMORY, MemoryType(Limits(0))))
        for index, references in self.reach.functions.items():
            result.functions.append(module.function_type_indices[index])
            start, end = module.bodies[index - _imported(module)]
            result.code.append(_renumbered(module.binary, start, end, references, self.indices))
        self.names.update({self.indices[i]: text for i, text in module.function_names.items() if i in self.indices})
        result.tables += module.tables
        result.globals += [
            Global(item.type, reduction.initial.get(index, item.init))
            for index, item in enumerate(module.defined_globals)
        ]
        if grow is not None:
            self._define(grow, REALLOC, grow_body(), GROW)
        if reduction.stack is not None and allocate is not None:
            self._define(allocate, FuncType(()), self._allocate(reduction.stack, grow), "allocate_stack")
        self._export(exports, allocate)
        if reduction.exports_realloc and grow is not None:
            result.exports.append(Export(GROW, ExternKind.FUNC, grow))
        return encode_module(result) + encode_custom(CustomSection(SECTION, name_section(reduction.name, self.names)))

    @property
    def _grows_for_stack(self) -> bool:
        return self.reduction.stack is not None and self.reduction.realloc is None

    def _imports(self) -> list[Import]:
        """The kept imports, and the allocator."""
        reduction, kept = self.reduction, list[Import]()
        functions: list[tuple[str, str]] = []
        number = 0
        for item in self.module.imports:
            if isinstance(item.desc, FuncIndex):
                number += 1
                if number - 1 not in self.reach.imports or number - 1 in reduction.own_reallocs:
                    continue
                self.indices[number - 1] = len(functions)
                functions.append((item.module, item.name))
            kept.append(item)
        if reduction.stack is not None and reduction.realloc is not None:
            if reduction.realloc not in functions:
                kept.append(Import(*reduction.realloc, FuncIndex(self._type_index(REALLOC))))
                functions.append(reduction.realloc)
            self.realloc = functions.index(reduction.realloc)
        self.imported = len(functions)
        return kept

    def _type_index(self, type: FuncType) -> int:
        types = self.result.types
        if type not in types:
            types.append(type)
        return types.index(type)

    def _define(self, index: int, type: FuncType, body: bytes, name: str) -> None:
        assert index == self.imported + len(self.result.functions)
        self.result.functions.append(self._type_index(type))
        self.result.code.append(body)
        self.names[index] = name

    def _allocate(self, stack: OwnStack, grow: int | None) -> bytes:
        """The stack is allocated once. Functions that the allocator calls meanwhile have no stack, and may read the
        state."""
        state = stack.state
        if state is None:
            state = len(self.result.globals)
            self.result.globals.append(Global(GlobalType(ValType.I32, mutable=True), const_i32(0)))
        code = Code(0)
        code.global_get(state)
        code.op(Op.I32_EQZ)
        code.if_()
        code.i32_const(ALLOCATING)
        code.global_set(state)
        for argument in (0, 0, STACK_ALIGNMENT, STACK_SIZE):
            code.i32_const(argument)
        code.call(self.realloc if grow is None else grow)
        code.i32_const(STACK_SIZE)
        code.op(Op.I32_ADD)
        code.global_set(stack.pointer)
        code.i32_const(ALLOCATED)
        code.global_set(state)
        code.end()
        return code.body()

    def _export(self, exports: Sequence[str], allocate: int | None) -> None:
        stack = self.reduction.stack
        for name in exports:
            old = self.module.exports_by_name[name].index
            index = self.indices[old]
            if stack is not None and allocate is not None and name in stack.users:
                index = self._wrapper(self.module.func_type(old), index, allocate)
            self.result.exports.append(Export(name, ExternKind.FUNC, index))

    def _wrapper(self, type: FuncType, function: int, allocate: int) -> int:
        code = Code(len(type.params))
        code.call(allocate)
        for param in range(len(type.params)):
            code.local_get(param)
        code.call(function)
        index = self.imported + len(self.result.functions)
        self.result.functions.append(self._type_index(type))
        self.result.code.append(code.body())
        return index


def grow_body() -> bytes:
    """A `realloc` that gives whole pages, and traps where it is asked to change or free memory."""
    code = Code(4)
    code.local_get(0)
    code.local_get(1)
    code.op(Op.I32_OR)
    code.if_()
    code.op(Op.UNREACHABLE)
    code.end()
    code.local_get(3)  # pages, rounded up
    code.i32_const(16)
    code.op(Op.I32_SHR_U)
    code.local_get(3)
    code.i32_const(0xFFFF)
    code.op(Op.I32_AND, Op.I32_EQZ, Op.I32_EQZ, Op.I32_ADD)
    code.memory_grow()
    code.local_tee(0)
    code.i32_const(-1)
    code.op(Op.I32_EQ)
    code.if_()
    code.op(Op.UNREACHABLE)
    code.end()
    code.local_get(0)
    code.i32_const(16)
    code.op(Op.I32_SHL)
    return code.body()


def _imported(module: DecodedModule) -> int:
    """The number of imported functions."""
    imported = sum(isinstance(item.desc, FuncIndex) for item in module.imports)
    declared = len(module.function_type_indices) - imported
    if declared != len(module.bodies):
        raise WasmFormatError(
            f"{declared} functions are declared, but there are {len(module.bodies)} bodies", 0, "code"
        )
    return imported


def _renumbered(binary: bytes, start: int, end: int, references: References, indices: Mapping[int, int]) -> bytes:
    pieces: list[bytes] = []
    for use in references.functions:
        pieces += (binary[start : use.start], encode_unsigned(indices[use.index]))
        start = use.end
    return b"".join([*pieces, binary[start:end]])
