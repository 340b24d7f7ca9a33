"""Random programs for the linker: what they answer does not depend on how they are cut into libraries.

A program is a list of items, each a function or a word of data, that refer to earlier ones only, so that every function
ends. Each is defined in one library or more; libraries may so depend on each other in circles. Every reference goes
through the dynamic linker, even one inside a library.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, unique

from hypothesis import strategies as st

from generator.wasm.code import Code, Mem, Op, const_global
from tests.generator.link.libraries import GETTER, THUNK, LibraryBuilder, dylink

WORD = 4
MASK = 0xFFFF_FFFF


@unique
class How(Enum):
    """The way in which a function uses an earlier item."""

    DIRECT = "a call; what lies at the end of the chain of pointers"
    ADDRESS = "a call through the function's address; of data the same as DIRECT"
    SAME = "1 if a pointer is equal to the address that it was made of; of other items the same as DIRECT"


@dataclass(frozen=True, slots=True)
class Function:
    """Answers the sum of a number and of what it uses. Each definition adds the number of its library."""

    number: int
    uses: tuple[tuple[How, int], ...]


@dataclass(frozen=True, slots=True)
class Datum:
    """A word, which the constructor of its library counts up, or (`target`) the address of an earlier item."""

    number: int
    target: int | None
    alignment: int
    """A power of two, as its exponent."""


Item = Function | Datum


@dataclass(frozen=True, slots=True)
class Program:
    items: tuple[Item, ...]
    places: tuple[tuple[int, ...], ...]
    """The libraries that define each item."""
    order: tuple[int, ...]
    """The libraries as they stand on the command line."""
    needed: tuple[tuple[int, ...], ...]

    def owner(self, item: int) -> int:
        """The first on the command line wins (docs/linking.md)."""
        return min(self.places[item], key=self.order.index)

    def value(self, item: int) -> int:
        """The answer of a function, or the value at the end of the chain of pointers."""
        found = self.items[item]
        if isinstance(found, Function):
            return (found.number + self.owner(item) + sum(self._used(how, used) for how, used in found.uses)) & MASK
        return (found.number + 1) & MASK if found.target is None else self.value(found.target)

    def _used(self, how: How, item: int) -> int:
        return 1 if how is How.SAME and self.target(item) is not None else self.value(item)

    def target(self, item: int) -> int | None:
        found = self.items[item]
        return found.target if isinstance(found, Datum) else None

    def answers(self) -> dict[str, int]:
        """The answers of the functions of `APP`: values, and the distance of data from its alignment."""
        values = {f"value{at}": self.value(at) for at in range(len(self.items))}
        return {**values, **{f"off{at}": 0 for at, item in enumerate(self.items) if isinstance(item, Datum)}}

    def libraries(self) -> dict[str, LibraryBuilder]:
        """The libraries in the order of the command line; the last one is `APP`."""
        found = {library_name(number): _Writer(self, number).write() for number in self.order}
        return {**found, APP: _Writer(self, APP_NUMBER).write()}


APP = "app.so"
APP_NUMBER = -1


def library_name(number: int) -> str:
    return f"lib{number}.so"


def symbol(item: int) -> str:
    return f"item{item}"


class _Writer:
    """One library of a program."""

    def __init__(self, program: Program, number: int) -> None:
        self.program = program
        self.number = number
        items = list(enumerate(program.items))
        mine = [(at, item) for at, item in items if number in program.places[at]]
        self.functions = [(symbol(at), item) for at, item in mine if isinstance(item, Function)]
        self.data = [(at, item) for at, item in mine if isinstance(item, Datum)]
        needed = program.needed[number] if number != APP_NUMBER else program.order
        if number == APP_NUMBER:
            self.functions = [(f"value{at}", Function(1, ((How.DIRECT, at),))) for at, _ in items]  # 1 and -1 make 0
        self.offsets: dict[int, int] = {}
        size = 0
        for at, datum in self.data:
            size = self.offsets[at] = -(-size >> datum.alignment) << datum.alignment
            size += WORD
        self.size = size
        alignment = max((datum.alignment for _, datum in self.data), default=0)
        self.builder = LibraryBuilder(
            dylink(memory=(size, alignment), needed=[library_name(other) for other in needed])
        )

    def write(self) -> LibraryBuilder:
        builder = self.builder
        builder.memory()
        builder.table()
        self.base = builder.env_global("__memory_base")
        used = {item for _, function in self.functions for _, item in function.uses}
        used |= {target for item in used if (target := self.program.target(item)) is not None}
        used |= {datum.target for _, datum in self.data if datum.target is not None}
        kinds = {item: isinstance(self.program.items[item], Function) for item in sorted(used)}
        self.calls = {item: builder.env(symbol(item), GETTER) for item, function in kinds.items() if function}
        self.addresses = {
            item: builder.function_address(symbol(item)) if function else builder.data_address(symbol(item))
            for item, function in kinds.items()
        }
        self.getter = builder.type_index(GETTER)
        for name, function in self.functions:
            self._function(name, function)
        if self.data:
            self._data()
        if self.number == APP_NUMBER:
            for at, item in enumerate(self.program.items):
                if isinstance(item, Datum):
                    self._off(at, item)
        return builder

    def _off(self, at: int, datum: Datum) -> None:
        def write(code: Code) -> None:
            code.global_get(self.addresses[at])
            code.i32_const((1 << datum.alignment) - 1)
            code.op(Op.I32_AND)

        self.builder.define(f"off{at}", GETTER, write)

    def _function(self, name: str, function: Function) -> None:
        def write(code: Code) -> None:
            code.i32_const(function.number + self.number)
            for how, used in function.uses:
                self._use(code, how, used)
                code.op(Op.I32_ADD)

        self.builder.define(name, GETTER, write)

    def _use(self, code: Code, how: How, item: int) -> None:
        target = self.program.target(item)
        if isinstance(self.program.items[item], Function) and how is not How.ADDRESS:
            code.call(self.calls[item])
            return
        code.global_get(self.addresses[item])
        if how is How.SAME and target is not None:
            code.mem(Mem.I32_LOAD, WORD, 0)
            code.global_get(self.addresses[target])
            code.op(Op.I32_EQ)
            return
        while isinstance(found := self.program.items[item], Datum):
            code.mem(Mem.I32_LOAD, WORD, 0)
            if found.target is None:
                return
            item = found.target
        code.call_indirect(self.getter)

    def _data(self) -> None:
        image = bytearray(self.size)
        for at, datum in self.data:
            offset = self.offsets[at]
            if datum.target is None:
                image[offset : offset + WORD] = datum.number.to_bytes(WORD, "little")
            self.builder.data(symbol(at), offset)
        self.builder.add_data(const_global(self.base), bytes(image))
        self.builder.define("__wasm_apply_data_relocs", THUNK, self._relocate)
        self.builder.define("__wasm_call_ctors", THUNK, self._count_up)

    def _relocate(self, code: Code) -> None:
        for at, datum in self.data:
            if datum.target is not None:
                code.global_get(self.base)
                code.global_get(self.addresses[datum.target])
                code.mem(Mem.I32_STORE, WORD, self.offsets[at])

    def _count_up(self, code: Code) -> None:
        for at, datum in self.data:
            if datum.target is None:
                code.global_get(self.base)
                code.global_get(self.base)
                code.mem(Mem.I32_LOAD, WORD, self.offsets[at])
                code.i32_const(1)
                code.op(Op.I32_ADD)
                code.mem(Mem.I32_STORE, WORD, self.offsets[at])


@st.composite
def programs(draw: st.DrawFn) -> Program:
    count = draw(st.integers(1, 4))
    items: list[Item] = []
    numbers = st.integers(0, 1 << 31)
    for at in range(draw(st.integers(1, 10))):
        earlier = st.integers(0, at - 1)
        if draw(st.booleans()):
            uses = draw(st.lists(st.tuples(st.sampled_from(How), earlier), max_size=3)) if at else []
            items.append(Function(draw(st.integers(0, 1 << 20)), tuple(uses)))
        else:
            target = draw(st.none() | earlier) if at else None
            items.append(Datum(draw(numbers), target, draw(st.integers(2, 12))))
    libraries = range(count)
    places = [draw(_places(libraries, isinstance(item, Function))) for item in items]
    order = draw(st.permutations(libraries))
    needed = [tuple(sorted(draw(st.sets(st.sampled_from(libraries), max_size=2)))) for _ in libraries]
    return Program(tuple(items), tuple(places), tuple(order), tuple(needed))


def _places(libraries: Sequence[int], several: bool) -> st.SearchStrategy[tuple[int, ...]]:
    """Functions may be defined more than once. Data not: what a library counts up would be another copy."""
    sizes = st.sets(st.sampled_from(libraries), min_size=1, max_size=2 if several else 1)
    return sizes.map(lambda chosen: tuple(sorted(chosen)))
