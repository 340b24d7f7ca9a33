"""Random programs, drawn from choices so that a finding can be shrunk: the smallest program has one library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.fuzz.choices import Source, chance, choose, repeat
from harness.fuzz.linking.model import Model
from harness.fuzz.linking.parts import (
    Asks,
    Bump,
    ExportedAllocators,
    How,
    Library,
    LinkProgram,
    Signature,
    StartExport,
    Symbol,
    SymbolDefinition,
    SymbolUse,
)

LETTERS = "abdef"
"""Names of libraries; the reference's `libdl.so` asks for `libc.so`."""
MOST_STARTS = 8
"""Right orders of constructors that one program may have; one with more runs fewer constructors."""
_NAMES = ("f", "fo", "foo", "Foo", "_f", "g", "ga", "z", "a.b", "a", "item_1", "item_10", "item_2", "_ZN1aEv", "é")
"""Names of symbols: prefixes of each other, and bytes on both sides of letters."""
_NUMBERS = (1, 2, 1000, 65_537, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF)
_ALIGNMENTS = (0, 1, 2, 3, 4, 5, 8, 12)
_STACKS = (4096, 65536, 16)
_ODD_STACKS = (4097, 1000, 8)


def random_program(source: Source) -> LinkProgram:
    letters = [LETTERS[at] for at in repeat(source, 1, len(LETTERS), "libraries")]
    symbols = _symbols(source, len(letters))
    order = _shuffled(source, letters)
    opens = chance(source, 4)
    libraries = []
    definers = _definers(source, symbols, len(letters))
    opened = len(order) - source.integer(0, len(order) - 1) if opens else len(order)
    for index, letter in enumerate(order):
        with source.span("library"):
            libraries.append(_library(source, index, letter, len(order), symbols, definers, opens, index >= opened))
    libraries[0] = replace(libraries[0], exports=True)
    stack_size = _stack_size(source)
    if chance(source, 3):
        libraries = _reading_ahead(source, libraries)
    return _settled(LinkProgram(tuple(symbols), tuple(libraries), stack_size))


def _reading_ahead(source: Source, libraries: list[Library]) -> list[Library]:
    """With a constructor that follows a pointer in the data of a later library of its circle, if there is such a
    pointer: it must be relocated already."""
    first: dict[int, int] = {}
    for index, library in enumerate(libraries):
        for item in library.definitions:
            first.setdefault(item.symbol, index)
    ahead = [
        (item.symbol, index)
        for index, library in enumerate(libraries)
        for item in library.definitions
        if item.target is not None and 0 < index == first[item.symbol]
    ]
    if not ahead:
        return libraries
    symbol, later = choose(source, ahead)
    reader = source.integer(0, later - 1)
    found = list(libraries)
    found[later] = _needing(libraries[later], reader)
    found[reader] = replace(
        _needing(libraries[reader], later),
        start=libraries[reader].start or choose(source, list(StartExport)),
        starting=(SymbolUse(How.DIRECT, symbol), *libraries[reader].starting),
    )
    return found


def _needing(library: Library, other: int) -> Library:
    return library if other in library.needed else replace(library, needed=(*library.needed, other))


def _stack_size(source: Source) -> int | None:
    if not chance(source, 2):
        return None
    return choose(source, _ODD_STACKS if chance(source, 8) else _STACKS)


def _symbols(source: Source, libraries: int) -> list[Symbol]:
    """Several may have one name: functions of different signatures, not more than there are libraries."""
    found: list[Symbol] = []
    for _ in repeat(source, 0, 8, "symbols", mean=5):
        name = choose(source, _NAMES)
        signature = None if chance(source, 2) else choose(source, list(Signature))
        same = [item for item in found if item.name == name]
        if len(same) == libraries or any(signature is None or item.signature in (None, signature) for item in same):
            continue
        if same:
            found = [replace(item, overloaded=True) if item.name == name else item for item in found]
        found.append(Symbol(name, signature, overloaded=bool(same)))
    return found


def _shuffled(source: Source, items: list[str]) -> list[str]:
    left, found = list(items), []
    while left:
        found.append(left.pop(source.integer(0, len(left) - 1)))
    return found


def _definers(source: Source, symbols: list[Symbol], libraries: int) -> list[set[int]]:
    """The libraries that define each symbol: one where another has its name, else sometimes several."""
    found: list[set[int]] = []
    taken: dict[str, set[int]] = {}
    for symbol in symbols:
        free = sorted(set(range(libraries)) - taken.setdefault(symbol.name, set()))
        chosen = {choose(source, free)}
        while not symbol.overloaded and chance(source, 4):
            chosen.add(choose(source, free))
        taken[symbol.name] |= chosen
        found.append(chosen)
    return found


def _library(
    source: Source,
    index: int,
    letter: str,
    count: int,
    symbols: list[Symbol],
    definers: list[set[int]],
    opens: bool,
    openable: bool,
) -> Library:
    asks = _asks(source)
    definitions = [_definition(source, at, symbols, asks) for at in range(len(symbols)) if index in definers[at]]
    exports = not chance(source, 5)
    starts = chance(source, 2)
    return Library(
        letter,
        asks,
        needed=tuple([other for other in range(count) if other != index and chance(source, 3)]),
        definitions=tuple(definitions),
        exports=exports,
        checks=tuple([_use(source, symbols) for _ in repeat(source, 0, 5, "checks") if symbols]),
        start=choose(source, list(StartExport)) if starts else None,
        starting=tuple(_actions(source, symbols)) if starts and symbols else (),
        reallocs=frozenset([kind for kind in ExportedAllocators if chance(source, 4)]),
        takes=chance(source, 3),
        weak=frozenset([at for at in range(len(symbols)) if chance(source, 6)]),
        weakly=(f"weak_{letter}",) if chance(source, 8) else (),
        opens=opens and exports,
        openable=openable,
        touches=chance(source, 2),
        storage=choose(source, _NUMBERS) if chance(source, 4) else None,
    )


def _asks(source: Source) -> Asks:
    return Asks(
        memory_alignment=choose(source, _ALIGNMENTS),
        filled=source.integer(0, 23),
        empty=source.integer(0, 9),
        table_alignment=source.integer(0, 3),
        elements=source.integer(0, 3),
        empty_elements=source.integer(0, 2),
        minimum=choose(source, (1, 30, 100)) if chance(source, 12) else 0,
        maximum=choose(source, (1000, 400, 300)) if chance(source, 32) else None,
    )


def _definition(source: Source, at: int, symbols: list[Symbol], asks: Asks) -> SymbolDefinition:
    number = choose(source, _NUMBERS)
    earlier = [index for index in range(at) if not symbols[index].overloaded]
    if symbols[at].signature is None:
        target = choose(source, earlier) if earlier and chance(source, 2) else None
        return SymbolDefinition(at, number, target=target, alignment=min(asks.memory_alignment, source.integer(0, 4)))
    uses = [_use(source, symbols[:at]) for _ in repeat(source, 0, 2, "uses", mean=1) if at]
    return SymbolDefinition(at, number, uses=tuple(uses))


def _use(source: Source, symbols: list[Symbol]) -> SymbolUse:
    return SymbolUse(choose(source, list(How)), source.integer(0, len(symbols) - 1))


def _actions(source: Source, symbols: list[Symbol]) -> Iterator[SymbolUse | Bump]:
    """Words that point somewhere are not counted up; which those are is known when all libraries are drawn."""
    for _ in repeat(source, 0, 4, "actions"):
        use = _use(source, symbols)
        if symbols[use.symbol].signature is None and chance(source, 2):
            yield Bump(use.symbol, choose(source, _NUMBERS))
        else:
            yield use


def _settled(program: LinkProgram) -> LinkProgram:
    """The drawn program, corrected: words that point somewhere are not counted up, strings have an allocator, no
    library imports two functions of one name or is reached by addresses alone (docs/linking.md), and few orders are
    right."""
    for index, library in enumerate(program.libraries):
        program = _changed(program, index, _of_one_signature(program, library))
    model = Model(program)
    for index, library in enumerate(program.libraries):
        starting = [
            item for item in library.starting if isinstance(item, SymbolUse) or model.target(item.symbol) is None
        ]
        takes = library.takes and model.export_realloc(index) is not None
        program = _changed(program, index, replace(library, starting=tuple(starting), takes=takes))
    program = _reached_by_more_than_addresses(program)
    while len({Model(program).logs(order) for order in Model(program).orders()}) > MOST_STARTS:
        last = max(index for index, item in enumerate(program.libraries) if item.start is not None)
        program = _changed(program, last, replace(program.libraries[last], start=None, starting=()))
    return program


def _of_one_signature(program: LinkProgram, library: Library) -> Library:
    """The items without uses of functions whose name was met before with another signature."""
    met: dict[str, int] = {}

    def first(use: SymbolUse | Bump) -> bool:
        return met.setdefault(program.symbols[use.symbol].name, use.symbol) == use.symbol

    return replace(
        library,
        definitions=tuple([replace(item, uses=tuple(filter(first, item.uses))) for item in library.definitions]),
        checks=tuple(filter(first, library.checks)),
        starting=tuple(filter(first, library.starting)),
    )


def _reached_by_more_than_addresses(program: LinkProgram) -> LinkProgram:
    while True:
        model = Model(program)
        reached = model.reached(by_address=False)
        for index in sorted(reached):
            lost = model.depends_on(index, by_address=True) - reached
            if lost:
                library = program.libraries[index]
                program = _changed(program, index, replace(library, needed=(*library.needed, min(lost))))
                break
        else:
            return program


def _changed(program: LinkProgram, index: int, library: Library) -> LinkProgram:
    libraries = list(program.libraries)
    libraries[index] = library
    return replace(program, libraries=tuple(libraries))
