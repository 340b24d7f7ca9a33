"""One library of a program as WAT."""

from __future__ import annotations

from harness.fuzz.linking.model import Model
from harness.fuzz.linking.parts import Bump, ExportedAllocators, How, Signature, SymbolDefinition, SymbolUse
from harness.fuzz.linking.wat import arguments, arguments_as_i32, at, escaped, from_i32, functype, sum_of, to_i32

LOG = "log"

PAGE = 65536

DEFAULT_STACK = 65536
"""The number of bytes of the stack that are written if the linker gets no option: no linker reserves less."""

_ARENA = 16
"""The size of each allocator's memory, which holds the number of the allocator."""

TEXT = "words"

TLS_INFO = "__wasm_library_tls_info"
_DESCRIPTION = 8


class ModuleText:
    """A library while it is written: an import is declared at its first use, and functions may be added."""

    def __init__(self, model: Model, index: int) -> None:
        self.model = model
        self.index = index
        self.library = model.program.libraries[index]
        self._symbols = model.program.symbols
        self._imports: dict[str, str] = {}
        self._weak: dict[tuple[str, str], None] = {}
        self.functions: list[str] = []
        self.image = bytearray()
        """The initial contents of its memory."""
        self._lay_out()
        self._write_definitions()
        self._write_reallocs()
        self._write_start()

    # The memory of the library: words, text, arenas of allocators, the filled and the empty part.

    def _lay_out(self) -> None:
        library = self.library
        self._words: dict[int, int] = {}
        for definition in self._data():
            self._pad(definition.alignment)
            self._words[definition.symbol] = len(self.image)
            number = 0 if definition.target is not None else definition.number
            self.image += number.to_bytes(4, "little")
        self._texts: dict[str, int] = {}
        if library.opens:
            for text in self._looked_up():
                self._texts.setdefault(text, len(self.image))
                self.image += text.encode() + b"\0"
        self._arenas: dict[ExportedAllocators, int] = {}
        for kind in sorted(library.reallocs, key=lambda item: item.value):
            self._arenas[kind] = len(self.image)
            self.image += allocator(self.index, kind).to_bytes(4, "little").ljust(_ARENA, b"\0")
        self.storage = len(self.image)
        """Where its thread-local word is, behind a description of it, which only its address says anything about."""
        if library.storage is not None:
            self.description = len(self.image)
            self.storage += _DESCRIPTION
            self.image += bytes(_DESCRIPTION) + library.storage.to_bytes(4, "little")
        self.fill = len(self.image)
        self.image += bytes(1 + (self.index + place * 37) % 255 for place in range(library.asks.filled))

    def _pad(self, alignment: int) -> None:
        self.image += bytes(-len(self.image) % (1 << alignment))

    def _data(self) -> list[SymbolDefinition]:
        return [item for item in self.library.definitions if self._symbols[item.symbol].signature is None]

    @property
    def size(self) -> int:
        return len(self.image) + self.library.asks.empty

    # Imports, each written when it is first used.

    def import_(self, module: str, name: str, id: str, type: str, weak: bool = False) -> str:
        if weak:
            self._weak[module, name] = None
        self._imports.setdefault(id, f'(import "{module}" "{name}" {type.format(id)})')
        return id

    def _callee(self, symbol: int) -> str:
        item = self._symbols[symbol]
        assert item.signature is not None
        weak = symbol in self.library.weak
        return self.import_("env", item.name, f"$f{symbol}", f"(func {{}} {functype(item.signature)})", weak)

    def address(self, symbol: int) -> str:
        """Instructions that give it."""
        item = self._symbols[symbol]
        module = "GOT.mem" if item.signature is None else "GOT.func"
        id = self.import_(module, item.name, f"$at{symbol}", "(global {} (mut i32))", symbol in self.library.weak)
        return f"(global.get {id})"

    def linker_address(self, name: str) -> str:
        return f"(global.get {self.import_('GOT.mem', name, f'${name}', '(global {} (mut i32))')})"

    # Definitions.

    def _write_definitions(self) -> None:
        for definition in self.library.definitions:
            item = self._symbols[definition.symbol]
            if item.signature is None:
                offset = self._words[definition.symbol]
                self.functions.append(f'(global (export "{item.name}") i32 (i32.const {offset}))')
                continue
            terms = [f"(i32.const {definition.number})", *arguments_as_i32(item.signature)]
            terms += [self.use(use) for use in definition.uses]
            body = from_i32(item.signature.result, sum_of(terms))
            self.functions.append(f'(func (export "{item.name}") {functype(item.signature)} {body})')
        relocations = [
            f"(i32.store offset={self._words[item.symbol]} align=1 (global.get $base) {self.address(item.target)})"
            for item in self._data()
            if item.target is not None
        ]
        if self.library.storage is not None:
            # Every library says where its storage is before any code can ask for it.
            set_base = self.import_("env", "__wasm_set_tls_base", "$set-storage", "(func {} (param i32))")
            relocations.append(f"(call {set_base} {at('$base', self.storage)})")
            self.functions.append(f'(global (export "{TLS_INFO}") i32 (i32.const {self.description}))')
        if relocations:
            self.functions.append(f'(func (export "__wasm_apply_data_relocs") {" ".join(relocations)})')

    def _write_reallocs(self) -> None:
        for kind, arena in self._arenas.items():
            body = f"(i32.add (global.get $base) (i32.const {arena + 4}))"
            self.functions.append(f'(func (export "{kind.value}") (param i32 i32 i32 i32) (result i32) {body})')

    def _write_start(self) -> None:
        library = self.library
        if library.start is None:
            return
        log = self.import_("$root", LOG, "$log", "(func {} (param i32))")
        body = [f"(call {log} (i32.const {self.index}))"]
        for action in library.starting:
            if isinstance(action, Bump):
                address = self.address(action.symbol)
                more = f"(i32.add (i32.load align=1 {address}) (i32.const {action.number}))"
                body.append(f"(i32.store align=1 {address} {more})")
            else:
                body.append(f"(call {log} {self.use(action)})")
        self.functions.append(f'(func (export "{library.start.value}") {" ".join(body)})')

    # Uses.

    def use(self, use: SymbolUse) -> str:
        """Instructions that give the value of a use, as an i32."""
        signature = self._symbols[use.symbol].signature
        if signature is not None:
            if self.model.through_address(use):
                return self.indirect(signature, self.address(use.symbol))
            return to_i32(signature.result, f"(call {self._callee(use.symbol)} {arguments(signature)})")
        word = f"(i32.load align=1 {self.address(use.symbol)})"
        target = self.model.target(use.symbol)
        if target is None:
            return word
        if use.how is How.SAME:
            return f"(i32.eq {word} {self.address(target)})"
        return self.end(target, word)

    def end(self, symbol: int, address: str) -> str:
        """The value at the end of a chain of pointers; `address`: that of `symbol`."""
        signature = self._symbols[symbol].signature
        if signature is not None:
            return self.indirect(signature, address)
        word = f"(i32.load align=1 {address})"
        target = self.model.target(symbol)
        return word if target is None else self.end(target, word)

    def indirect(self, signature: Signature, address: str) -> str:
        return to_i32(
            signature.result, f"(call_indirect $table {functype(signature)} {arguments(signature)} {address})"
        )

    def _looked_up(self) -> list[str]:
        found = []
        for library in self.model.program.libraries:
            if library.openable:
                found += [library.name, *[self._symbols[item.symbol].name for item in library.definitions]]
                found += MISSING
        return found

    def text(self, text: str) -> str:
        """Instructions that give the address of a name by a lookup."""
        return at("$base", self._texts[text])

    # The module.

    def render(self) -> str:
        """The module so far."""
        library, asks = self.library, self.library.asks
        table = asks.elements + asks.empty_elements
        needed = [f'"{self.model.program.libraries[other].name}"' for other in library.needed]
        parts = [f"(mem-info (memory {self.size} {asks.memory_alignment}) (table {table} {asks.table_alignment}))"]
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
            *self.functions,
        ]
        if library.exports and asks.elements:
            ids = " ".join([f"$element{place}" for place in range(asks.elements)])
            lines.append(f"(elem (table $table) (offset (global.get $table_base)) func {ids})")
        if self.image:
            lines.append(f'(data (global.get $base) "{escaped(self.image)}")')
        return "\n  ".join(lines) + ")\n"


def allocator(library: int, kind: ExportedAllocators) -> int:
    """The number in an allocator's memory, which identifies its library and its kind."""
    return 1000 + 10 * library + list(ExportedAllocators).index(kind)


MISSING = ("A", "fooo", "item_", "zz")
"""Names that no library defines, before, between and behind those that they do."""
