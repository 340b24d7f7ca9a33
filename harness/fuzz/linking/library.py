"""One library of a program as WAT, and what its exports must answer."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase

from harness.fuzz.linking import dl_table
from harness.fuzz.linking.model import MASK, Model
from harness.fuzz.linking.parts import Bump, Definition, How, Realloc, Signature, Use
from harness.fuzz.linking.wat import (
    any_of,
    arguments,
    arguments_as_i32,
    at,
    byte_at,
    escaped,
    from_i32,
    functype,
    sum_of,
    to_i32,
)

LOG = "log"

USE = "use-"

PAGE = 65536

DEFAULT_STACK = 65536
"""Bytes of the stack that are written to where nothing is asked of the linker: no linker gives less."""

_ARENA = 16
"""Bytes for each allocator, in which it says who it is."""

_TEXT = "words"


@dataclass(frozen=True, slots=True)
class Check:
    """An export of the component: what it answers, `None` for one that is called for what it does. `last`: of checks
    that change what others see, the place behind those."""

    name: str
    body: str
    answer: int | None
    args: tuple[str, ...] = ()
    last: int = 0

    @property
    def wit(self) -> str:
        params = "a: string" if self.args else ""
        return f"{self.name}: func({params}){'' if self.answer is None else ' -> u32'}"


def use_name(number: int) -> str:
    """What tells of one use of a library is called, but for the library's letter."""
    return f"{USE}{ascii_lowercase[number]}"


class LibraryWriter:
    """`text`: the module. `checks`: what it exports from the component."""

    def __init__(self, model: Model, index: int) -> None:
        self._model = model
        self._index = index
        self._library = model.program.libraries[index]
        self._symbols = model.program.symbols
        self._imports: dict[str, str] = {}
        self._weak: dict[tuple[str, str], None] = {}
        self._functions: list[str] = []
        self._image = bytearray()
        self._lay_out()
        self._write_definitions()
        self._write_reallocs()
        self._write_start()
        checks = self._checks() if self._library.exports else []
        self.checks = [check for check in checks if model.program.only in (None, check.name)]
        for check in self.checks:
            self._write_check(check)
        self.text = self._module()

    # The memory of the library: words, text, arenas of allocators, what is filled, what is empty.

    def _lay_out(self) -> None:
        library = self._library
        self._words: dict[int, int] = {}
        for definition in self._data():
            self._pad(definition.alignment)
            self._words[definition.symbol] = len(self._image)
            number = 0 if definition.target is not None else definition.number
            self._image += number.to_bytes(4, "little")
        self._texts: dict[str, int] = {}
        if library.opens:
            for text in self._looked_up():
                self._texts.setdefault(text, len(self._image))
                self._image += text.encode() + b"\0"
        self._arenas: dict[Realloc, int] = {}
        for kind in sorted(library.reallocs, key=lambda item: item.value):
            self._arenas[kind] = len(self._image)
            self._image += allocator(self._index, kind).to_bytes(4, "little").ljust(_ARENA, b"\0")
        self._fill = len(self._image)
        self._image += bytes(1 + (self._index + place * 37) % 255 for place in range(library.asks.filled))

    def _pad(self, alignment: int) -> None:
        self._image += bytes(-len(self._image) % (1 << alignment))

    def _data(self) -> list[Definition]:
        return [item for item in self._library.definitions if self._symbols[item.symbol].signature is None]

    @property
    def _size(self) -> int:
        return len(self._image) + self._library.asks.empty

    # Imports, each written when it is first used.

    def _import(self, module: str, name: str, id: str, type: str, weak: bool = False) -> str:
        if weak:
            self._weak[module, name] = None
        self._imports.setdefault(id, f'(import "{module}" "{name}" {type.format(id)})')
        return id

    def _callee(self, symbol: int) -> str:
        item = self._symbols[symbol]
        assert item.signature is not None
        weak = symbol in self._library.weak
        return self._import("env", item.name, f"$f{symbol}", f"(func {{}} {functype(item.signature)})", weak)

    def _address(self, symbol: int) -> str:
        """Instructions that give it."""
        item = self._symbols[symbol]
        module = "GOT.mem" if item.signature is None else "GOT.func"
        id = self._import(module, item.name, f"$at{symbol}", "(global {} (mut i32))", symbol in self._library.weak)
        return f"(global.get {id})"

    def _linker_address(self, name: str) -> str:
        return f"(global.get {self._import('GOT.mem', name, f'${name}', '(global {} (mut i32))')})"

    # What is defined.

    def _write_definitions(self) -> None:
        for definition in self._library.definitions:
            item = self._symbols[definition.symbol]
            if item.signature is None:
                offset = self._words[definition.symbol]
                self._functions.append(f'(global (export "{item.name}") i32 (i32.const {offset}))')
                continue
            terms = [f"(i32.const {definition.number})", *arguments_as_i32(item.signature)]
            terms += [self._use(use) for use in definition.uses]
            body = from_i32(item.signature.result, sum_of(terms))
            self._functions.append(f'(func (export "{item.name}") {functype(item.signature)} {body})')
        relocations = [
            f"(i32.store offset={self._words[item.symbol]} align=1 (global.get $base) {self._address(item.target)})"
            for item in self._data()
            if item.target is not None
        ]
        if relocations:
            self._functions.append(f'(func (export "__wasm_apply_data_relocs") {" ".join(relocations)})')

    def _write_reallocs(self) -> None:
        for kind, arena in self._arenas.items():
            body = f"(i32.add (global.get $base) (i32.const {arena + 4}))"
            self._functions.append(f'(func (export "{kind.value}") (param i32 i32 i32 i32) (result i32) {body})')

    def _write_start(self) -> None:
        library = self._library
        if library.start is None:
            return
        log = self._import("$root", LOG, "$log", "(func {} (param i32))")
        body = [f"(call {log} (i32.const {self._index}))"]
        for action in library.starting:
            if isinstance(action, Bump):
                address = self._address(action.symbol)
                more = f"(i32.add (i32.load align=1 {address}) (i32.const {action.number}))"
                body.append(f"(i32.store align=1 {address} {more})")
            else:
                body.append(f"(call {log} {self._use(action)})")
        self._functions.append(f'(func (export "{library.start.value}") {" ".join(body)})')

    # Uses.

    def _use(self, use: Use) -> str:
        """Instructions that give the value of a use, as an i32."""
        signature = self._symbols[use.symbol].signature
        if signature is not None:
            if self._model.through_address(use):
                return self._indirect(signature, self._address(use.symbol))
            return to_i32(signature.result, f"(call {self._callee(use.symbol)} {arguments(signature)})")
        word = f"(i32.load align=1 {self._address(use.symbol)})"
        target = self._model.target(use.symbol)
        if target is None:
            return word
        if use.how is How.SAME:
            return f"(i32.eq {word} {self._address(target)})"
        return self._end(target, word)

    def _end(self, symbol: int, address: str) -> str:
        """What is at the end of a chain of pointers; `address`: that of `symbol`."""
        signature = self._symbols[symbol].signature
        if signature is not None:
            return self._indirect(signature, address)
        word = f"(i32.load align=1 {address})"
        target = self._model.target(symbol)
        return word if target is None else self._end(target, word)

    def _indirect(self, signature: Signature, address: str) -> str:
        return to_i32(
            signature.result, f"(call_indirect $table {functype(signature)} {arguments(signature)} {address})"
        )

    # Checks.

    def _write_check(self, check: Check) -> None:
        type = ("(param i32 i32) " if check.args else "") + ("" if check.answer is None else "(result i32)")
        self._functions.append(f'(func (export "{check.name}") {type} {check.body})')

    def _checks(self) -> list[Check]:
        return [*self._values(), *self._layout(), *self._table(), *self._opened(), *self._limits(), *self._untouched()]

    def _check(self, what: str, body: str, answer: int | None, last: int = 0) -> Check:
        return Check(f"{what}-{self._library.letter}", body, answer, last=last)

    def _values(self) -> list[Check]:
        library, model = self._library, self._model
        found = [
            self._check(use_name(number), self._use(use), model.value(use, model.final))
            for number, use in enumerate(library.checks)
        ]
        for number, name in enumerate(library.weakly):
            call = self._import("env", name, f"$weak{number}", "(func {} (result i32))", weak=True)
            address = self._import("GOT.func", name, f"$weak-at{number}", "(global {} (mut i32))", weak=True)
            body = f"(if (result i32) (global.get {address}) (then (call {call})) (else (global.get {address})))"
            found.append(self._check(f"weak-{ascii_lowercase[number]}", body, 0))
        realloc = model.export_realloc(self._index) if library.takes else None
        if realloc is not None:
            body = "(i32.load align=1 (i32.sub (local.get 0) (i32.const 4)))"
            found.append(Check(f"take-{library.letter}", body, allocator(*realloc), (f'"{_TEXT}"',)))
        return found

    def _layout(self) -> list[Check]:
        asks = self._library.asks
        off = [f"(i32.and (global.get $base) (i32.const {(1 << asks.memory_alignment) - 1}))"]
        for symbol in sorted(self._model.used_by(self._index)):
            if self._symbols[symbol].signature is None:
                alignment = self._model.definition(symbol).alignment
                off.append(f"(i32.and {self._address(symbol)} (i32.const {(1 << alignment) - 1}))")
        heap, end = self._linker_address("__heap_base"), self._linker_address("__heap_end")
        stack = self._import("env", "__stack_pointer", "$stack", "(global {} (mut i32))")
        above = [f"(i32.lt_u {heap} {at('$base', self._size)})", f"(i32.lt_u {heap} (global.get {stack}))"]
        return [
            self._check("misaligned", any_of(off), 0),
            self._check("heap-misaligned", f"(i32.and {heap} (i32.const 15))", 0),
            self._check("heap-in-data", sum_of(above), 0),
            self._check("heap-end", f"(i32.sub {end} (i32.mul (memory.size) (i32.const {PAGE})))", 0),
            self._check("stack-misaligned", f"(i32.and (global.get {stack}) (i32.const 15))", 0),
        ]

    def _table(self) -> list[Check]:
        asks = self._library.asks
        self._functions += [
            f"(func $element{place} (result i32) (i32.const {self._element(place)}))" for place in range(asks.elements)
        ]
        off = f"(i32.and (global.get $table_base) (i32.const {(1 << asks.table_alignment) - 1}))"
        calls = [f"(call_indirect $table (result i32) {at('$table_base', place)})" for place in range(asks.elements)]
        nulls = [
            f"(ref.is_null (table.get $table {at('$table_base', asks.elements + place)}))"
            for place in range(asks.empty_elements)
        ]
        return [
            self._check("table-misaligned", off, 0),
            self._check("elements", sum_of(calls), sum(map(self._element, range(asks.elements)))),
            self._check("empty-elements", sum_of(nulls), asks.empty_elements),
            self._check("slot-of-null", "(ref.is_null (table.get $table (i32.const 0)))", 1),
        ]

    def _element(self, place: int) -> int:
        return 100 * (self._index + 1) + place

    def _opened(self) -> list[Check]:
        if not self._library.opens:
            return []
        open = self._import("env", "dlopen", "$dlopen", "(func {} (param i32 i32) (result i32))")
        find = self._import("env", "dlsym", "$dlsym", "(func {} (param i32 i32) (result i32))")
        program, found = self._model.program, []
        openable = sum(library.openable for library in program.libraries)
        self._functions.append(dl_table.FUNCTIONS)
        table = f"(call $dl_table {self._linker_address(dl_table.ADDRESS)})"
        found.append(self._check("dl-table", table, openable * dl_table.LIBRARIES))
        for index, library in enumerate(program.libraries):
            if not library.openable:
                continue
            handle = f"(call {open} {self._text(library.name)} (i32.const 2))"
            values, answer = [], 0
            for definition in library.definitions:
                item = self._symbols[definition.symbol]
                address = f"(call {find} {handle} {self._text(item.name)})"
                values.append(self._found(index, definition, address))
                answer += self._model.found(index, definition.symbol)
            missing = [f"(call {find} {handle} {self._text(name)})" for name in MISSING]
            found.append(self._check(f"found-{library.letter}", sum_of(values), answer & MASK))
            found.append(self._check(f"not-found-{library.letter}", any_of(missing), 0))
        return found

    def _found(self, library: int, definition: Definition, address: str) -> str:
        signature = self._symbols[definition.symbol].signature
        if signature is not None:
            return self._indirect(signature, address)
        word = f"(i32.load align=1 {address})"
        return word if definition.target is None else self._end(definition.target, word)

    def _looked_up(self) -> list[str]:
        found = []
        for library in self._model.program.libraries:
            if library.openable:
                found += [library.name, *[self._symbols[item.symbol].name for item in library.definitions]]
                found += MISSING
        return found

    def _text(self, text: str) -> str:
        return at("$base", self._texts[text])

    def _limits(self) -> list[Check]:
        asks = self._library.asks
        found = [self._check("pages-missing", f"(i32.lt_u (memory.size) (i32.const {asks.minimum}))", 0)]
        live = [self._model.program.libraries[index] for index in self._model.live]
        most = [item.asks.maximum for item in live if item.asks.maximum is not None]
        if most:
            rest = f"(i32.sub (i32.const {min(most)}) (memory.size))"
            found.append(self._check("grows", f"(i32.lt_s (memory.grow {rest}) (i32.const 0))", 0, last=3))
            found.append(self._check("grows-too-far", "(memory.grow (i32.const 1))", MASK, last=4))
        return found

    def _untouched(self) -> list[Check]:
        """What data holds, before and after everything beside it was written to."""
        library = self._library
        fill = self._image[self._fill :]
        filled = sum_of([byte_at(self._fill + place) for place in range(len(fill))])
        empty = sum_of([byte_at(len(self._image) + place) for place in range(library.asks.empty)])
        found = []
        for suffix, last in (("", 0), ("-still", 2)):
            found.append(self._check(f"filled{suffix}", filled, sum(fill), last))
            found.append(self._check(f"empty{suffix}", empty, 0, last))
        if library.touches:
            heap, end = self._linker_address("__heap_base"), self._linker_address("__heap_end")
            size = self._model.program.stack_size
            stack = f"(i32.const {DEFAULT_STACK if size is None else size})"
            body = (
                f"(memory.fill {heap} (i32.const 255) (i32.sub {end} {heap})) "
                f"(memory.fill (i32.sub (global.get $stack) {stack}) (i32.const 255) {stack})"
            )
            found.append(self._check("touch", body, None, last=1))
        return found

    # The module.

    def _module(self) -> str:
        library, asks = self._library, self._library.asks
        table = asks.elements + asks.empty_elements
        needed = [f'"{self._model.program.libraries[other].name}"' for other in library.needed]
        parts = [f"(mem-info (memory {self._size} {asks.memory_alignment}) (table {table} {asks.table_alignment}))"]
        parts += [f"(needed {' '.join(needed)})"] if needed else []
        parts += [f'(import-info "{module}" "{name}" binding-weak undefined)' for module, name in self._weak]
        maximum = "" if asks.maximum is None else f" {asks.maximum}"
        lines = [
            f"(module (@dylink.0 {' '.join(parts)})",
            f'(import "env" "memory" (memory {asks.minimum}{maximum}))',
            '(import "env" "__indirect_function_table" (table $table 0 funcref))',
            '(import "env" "__memory_base" (global $base i32))',
            '(import "env" "__table_base" (global $table_base i32))',
            *self._imports.values(),
            *self._functions,
        ]
        if library.exports and asks.elements:
            ids = " ".join([f"$element{place}" for place in range(asks.elements)])
            lines.append(f"(elem (table $table) (offset (global.get $table_base)) func {ids})")
        if self._image:
            lines.append(f'(data (global.get $base) "{escaped(self._image)}")')
        return "\n  ".join(lines) + ")\n"


def allocator(library: int, kind: Realloc) -> int:
    """What an allocator's memory says about whose it is."""
    return 1000 + 10 * library + list(Realloc).index(kind)


MISSING = ("A", "fooo", "item_", "zz")
"""Names that no library defines, before, between and behind those that they do."""
