"""A module whose functions call each other by reference; indices are assigned when everything is known.

So the module imports exactly the functions that it calls.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.canonical.names import ImportName
from generator.dylib.code.intrinsics import ENV, SIGNATURES, in_several_worlds
from generator.wasm.code import Code, Op
from generator.wasm.leb128 import encode_unsigned
from generator.wasm.types import FuncType

_LOCAL_SET = 0x21


class Body(Code):
    """Instructions of one function, with calls of functions whose index is not yet known."""

    def __init__(self, params: int) -> None:
        super().__init__(params)
        self.calls: list[tuple[int, Func]] = []
        self._last_set = 0, 0, -1
        """The start and the end of the last `local.set`, and its local."""

    def local_set(self, index: int) -> None:
        start = len(self.out)
        super().local_set(index)
        self._last_set = start, len(self.out), index

    def local_get(self, index: int) -> None:
        """Directly after a `local.set` of the same local, both become a `local.tee`: a single-pass engine would load
        what it has just stored."""
        start, end, local = self._last_set
        if local == index and end == len(self.out) and self.out[start] == _LOCAL_SET:
            del self.out[start:]
            self.local_tee(index)
        else:
            super().local_get(index)

    def call_to(self, function: Func) -> None:
        self.out.append(0x10)
        self.calls.append((len(self.out), function))

    def address(self, base: int, offset: int) -> None:
        """Leave `base + offset`."""
        self.local_get(base)
        if offset:
            self.i32_const(offset)
            self.op(Op.I32_ADD)

    def advance(self, local: int, bytes: int) -> None:
        self.address(local, bytes)
        self.local_set(local)

    def count_down(self, local: int, by: int = 1) -> None:
        """Repeat the innermost loop until `local`, counted down, is zero."""
        self.address(local, -by)
        self.local_tee(local)
        self.br_if(0)


@dataclass(eq=False, slots=True)
class Func:
    """A function of the module: imported, or with a body."""

    name: str
    type: FuncType
    import_name: ImportName | None = None
    body: Body | None = None


@dataclass(slots=True)
class Assembly:
    """Functions in the order of their first mention."""

    several_worlds: bool = False
    """The interpreter's functions are those of the extension for several worlds."""
    passing: dict[str, tuple[Func, Func]] = field(default_factory=dict)
    """For that extension, by name: a function with the usual signature and the interpreter's function that it calls."""
    imports: list[Func] = field(default_factory=list)
    functions: list[Func] = field(default_factory=list)
    types: list[FuncType] = field(default_factory=list)
    elements: list[Func] = field(default_factory=list)
    exports: list[tuple[str, Func]] = field(default_factory=list)
    _intrinsics: dict[str, Func] = field(default_factory=dict)
    _type_index: dict[FuncType, int] = field(default_factory=dict)
    _element_index: dict[Func, int] = field(default_factory=dict)

    def type_index(self, type: FuncType) -> int:
        index = self._type_index.get(type)
        if index is None:
            index = self._type_index[type] = len(self.types)
            self.types.append(type)
        return index

    def intrinsic(self, name: str) -> Func:
        """A function of the interpreter; imported at its first use."""
        function = self._intrinsics.get(name)
        if function is None:
            type = in_several_worlds(name) if self.several_worlds else None
            function = self.import_function((ENV, name), SIGNATURES[name] if type is None else type)
            if type is not None:
                passing = self.declare(f"{name} for this world", SIGNATURES[name])
                self.passing[name] = passing, function
                function = passing
            self._intrinsics[name] = function
        return function

    def uses(self, name: str) -> bool:
        """Whether a function of the interpreter is in use."""
        return name in self._intrinsics

    def import_function(self, name: ImportName, type: FuncType) -> Func:
        module, field_name = name
        shown = field_name if module == ENV else f"{module}#{field_name}"
        function = Func(shown, type, name)
        self.imports.append(function)
        return function

    def declare(self, name: str, type: FuncType) -> Func:
        """A function whose body comes later."""
        function = Func(name, type)
        self.functions.append(function)
        return function

    def element(self, function: Func) -> int:
        """The function's place in the table, from `__table_base`."""
        index = self._element_index.get(function)
        if index is None:
            index = self._element_index[function] = len(self.elements)
            self.elements.append(function)
        return index

    def export(self, name: str, function: Func) -> None:
        self.exports.append((name, function))

    def indices(self) -> dict[Func, int]:
        return {function: index for index, function in enumerate([*self.imports, *self.functions])}


def assemble(body: Body, indices: dict[Func, int]) -> bytes:
    """A body with its calls resolved: local declarations, instructions, final `end`."""
    instructions = body.out
    pieces: list[bytes | bytearray] = []
    start = 0
    for position, function in body.calls:
        pieces.append(instructions[start:position])
        pieces.append(encode_unsigned(indices[function]))
        start = position
    pieces.append(instructions[start:])
    return body.declarations() + b"".join(pieces) + b"\x0b"
