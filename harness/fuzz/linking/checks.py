"""The expected results of a library's exports."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase

from harness.fuzz.linking import dl_table
from harness.fuzz.linking.model import MASK
from harness.fuzz.linking.module_text import DEFAULT_STACK, MISSING, PAGE, TEXT, ModuleText, allocator
from harness.fuzz.linking.parts import SymbolDefinition
from harness.fuzz.linking.wat import any_of, at, byte_at, sum_of

USE = "use-"


@dataclass(frozen=True, slots=True)
class Check:
    """An export of the component. `answer`: its result; None if it is called for its effect. `last`: checks that change
    the results of others come after those."""

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
    """The name of a check of one use of a library, without the library's letter."""
    return f"{USE}{ascii_lowercase[number]}"


class Checks:
    """The exports of one library that look at everything around it. They add their needs to its module."""

    def __init__(self, module: ModuleText) -> None:
        self._module = module
        self._model = module.model
        self._index = module.index
        self._library = module.library
        self._symbols = module.model.program.symbols

    def all(self) -> list[Check]:
        return [
            *self._values(),
            *self._storage(),
            *self._layout(),
            *self._table(),
            *self._opened(),
            *self._limits(),
            *self._untouched(),
        ]

    def _check(self, what: str, body: str, answer: int | None, last: int = 0) -> Check:
        return Check(f"{what}-{self._library.letter}", body, answer, last=last)

    def _values(self) -> list[Check]:
        library, model = self._library, self._model
        found = [
            self._check(use_name(number), self._module.use(use), model.value(use, model.final))
            for number, use in enumerate(library.checks)
        ]
        for number, name in enumerate(library.weakly):
            call = self._module.import_("env", name, f"$weak{number}", "(func {} (result i32))", weak=True)
            address = self._module.import_("GOT.func", name, f"$weak-at{number}", "(global {} (mut i32))", weak=True)
            body = f"(if (result i32) (global.get {address}) (then (call {call})) (else (global.get {address})))"
            found.append(self._check(f"weak-{ascii_lowercase[number]}", body, 0))
        realloc = model.export_realloc(self._index) if library.takes else None
        if realloc is not None:
            body = "(i32.load align=1 (i32.sub (local.get 0) (i32.const 4)))"
            found.append(Check(f"take-{library.letter}", body, allocator(*realloc), (f'"{TEXT}"',)))
        return found

    def _storage(self) -> list[Check]:
        """Its own word, and what the program says about all storage: how many libraries have some, and the addresses of
        their descriptions, one of which is its own (docs/linking.md, "Tasks and threads")."""
        library, module = self._library, self._module
        if library.storage is None:
            return []
        get = module.import_("env", "__wasm_get_tls_base", "$get-storage", "(func {} (result i32))")
        info = module.linker_address("__wasm_program_tls_info")
        count = len(self._model.with_storage)
        own = at("$base", module.description)
        entries = [f"(i32.load offset={4 * place} (i32.load offset=4 {info}))" for place in range(count)]
        return [
            self._check("storage", f"(i32.load align=1 (call {get}))", library.storage),
            self._check("storage-count", f"(i32.load {info})", count),
            self._check("storage-described", sum_of([f"(i32.eq {entry} {own})" for entry in entries]), 1),
        ]

    def _layout(self) -> list[Check]:
        asks = self._library.asks
        off = [f"(i32.and (global.get $base) (i32.const {(1 << asks.memory_alignment) - 1}))"]
        for symbol in sorted(self._model.used_by(self._index)):
            if self._symbols[symbol].signature is None:
                alignment = self._model.definition(symbol).alignment
                off.append(f"(i32.and {self._module.address(symbol)} (i32.const {(1 << alignment) - 1}))")
        heap, end = self._module.linker_address("__heap_base"), self._module.linker_address("__heap_end")
        stack = self._module.import_("env", "__stack_pointer", "$stack", "(global {} (mut i32))")
        above = [
            f"(i32.lt_u {heap} {at('$base', self._module.size)})",
            f"(i32.lt_u {heap} (global.get {stack}))",
        ]
        return [
            self._check("misaligned", any_of(off), 0),
            self._check("heap-misaligned", f"(i32.and {heap} (i32.const 15))", 0),
            self._check("heap-in-data", sum_of(above), 0),
            self._check("heap-end", f"(i32.sub {end} (i32.mul (memory.size) (i32.const {PAGE})))", 0),
            self._check("stack-misaligned", f"(i32.and (global.get {stack}) (i32.const 15))", 0),
        ]

    def _table(self) -> list[Check]:
        asks = self._library.asks
        self._module.functions += [
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
        open = self._module.import_("env", "dlopen", "$dlopen", "(func {} (param i32 i32) (result i32))")
        find = self._module.import_("env", "dlsym", "$dlsym", "(func {} (param i32 i32) (result i32))")
        program, found = self._model.program, []
        openable = sum(library.openable for library in program.libraries)
        self._module.functions.append(dl_table.FUNCTIONS)
        table = f"(call $dl_table {self._module.linker_address(dl_table.ADDRESS)})"
        found.append(self._check("dl-table", table, openable * dl_table.LIBRARIES))
        for index, library in enumerate(program.libraries):
            if not library.openable:
                continue
            handle = f"(call {open} {self._module.text(library.name)} (i32.const 2))"
            values, answer = [], 0
            for definition in library.definitions:
                item = self._symbols[definition.symbol]
                address = f"(call {find} {handle} {self._module.text(item.name)})"
                values.append(self._found(index, definition, address))
                answer += self._model.found(index, definition.symbol)
            missing = [f"(call {find} {handle} {self._module.text(name)})" for name in MISSING]
            found.append(self._check(f"found-{library.letter}", sum_of(values), answer & MASK))
            found.append(self._check(f"not-found-{library.letter}", any_of(missing), 0))
        return found

    def _found(self, library: int, definition: SymbolDefinition, address: str) -> str:
        signature = self._symbols[definition.symbol].signature
        if signature is not None:
            return self._module.indirect(signature, address)
        word = f"(i32.load align=1 {address})"
        return word if definition.target is None else self._module.end(definition.target, word)

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
        """The contents of the data, before and after a write to everything beside it."""
        library = self._library
        fill = self._module.image[self._module.fill :]
        filled = sum_of([byte_at(self._module.fill + place) for place in range(len(fill))])
        empty = sum_of([byte_at(len(self._module.image) + place) for place in range(library.asks.empty)])
        found = []
        for suffix, last in (("", 0), ("-still", 2)):
            found.append(self._check(f"filled{suffix}", filled, sum(fill), last))
            found.append(self._check(f"empty{suffix}", empty, 0, last))
        if library.touches:
            heap, end = (
                self._module.linker_address("__heap_base"),
                self._module.linker_address("__heap_end"),
            )
            size = self._model.program.stack_size
            stack = f"(i32.const {DEFAULT_STACK if size is None else size})"
            body = (
                f"(memory.fill {heap} (i32.const 255) (i32.sub {end} {heap})) "
                f"(memory.fill (i32.sub (global.get $stack) {stack}) (i32.const 255) {stack})"
            )
            found.append(self._check("touch", body, None, last=1))
        return found
