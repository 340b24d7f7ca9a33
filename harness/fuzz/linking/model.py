"""The behaviour of a linked program by the rules of dynamic linking alone. The model knows no linker.

Sources: tool-conventions, DynamicLinking.md (`dylink.0`, relocations, imports, exports); where it leaves a choice,
docs/linking.md: a symbol is defined by the first library on the command line that exports it with the imported type; an
address is the same everywhere; all data is relocated before the first constructor runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import permutations

from harness.fuzz.linking.parts import Bump, ExportedAllocators, How, LinkProgram, SymbolDefinition, SymbolUse

MASK = 0xFFFF_FFFF


def argument(place: int) -> int:
    """The arguments of a function, by the place of the parameter."""
    return 3 + 7 * place


class Model:
    def __init__(self, program: LinkProgram) -> None:
        self.program = program

    def winner(self, symbol: int) -> int:
        """The library whose definition counts."""
        return next(self.program.definers(symbol))

    def definition(self, symbol: int) -> SymbolDefinition:
        found = self.program.libraries[self.winner(symbol)].definition(symbol)
        assert found is not None
        return found

    def uses(self, library: int) -> Iterator[SymbolUse]:
        """Everything that a library uses."""
        item = self.program.libraries[library]
        yield from (action for action in item.starting if isinstance(action, SymbolUse))
        yield from item.checks if item.exports else ()
        for definition in item.definitions:
            yield from definition.uses

    def called_by(self, library: int) -> set[int]:
        """The functions that a library imports to call them."""
        symbols = self.program.symbols
        return {
            use.symbol
            for use in self.uses(library)
            if symbols[use.symbol].signature is not None and not self.through_address(use)
        }

    def through_address(self, use: SymbolUse) -> bool:
        """Whether a function is used by its address. If several functions have its name, no rule says which one that
        is."""
        return use.how is How.POINTER and not self.program.symbols[use.symbol].overloaded

    def used_by(self, library: int) -> set[int]:
        """The symbols that a library imports, or their addresses."""
        item = self.program.libraries[library]
        found = {action.symbol for action in item.starting if isinstance(action, Bump)}
        found |= {definition.target for definition in item.definitions if definition.target is not None}
        for use in self.uses(library):
            found.add(use.symbol)
            target = self.target(use.symbol)
            if use.how is How.SAME and target is not None:
                found.add(target)
        return found

    def target(self, symbol: int) -> int | None:
        """The target of the word that counts."""
        return self.definition(symbol).target

    # Values.

    @cached_property
    def _initial(self) -> dict[int, int]:
        symbols = self.program.symbols
        return {index: self.definition(index).number for index, item in enumerate(symbols) if item.signature is None}

    @cached_property
    def final(self) -> dict[int, int]:
        """The words of data after all constructors."""
        words = dict(self._initial)
        for index in self.live:
            for action in self.program.libraries[index].starting:
                if isinstance(action, Bump):
                    words[action.symbol] = (words[action.symbol] + action.number) & MASK
        return words

    def value(self, use: SymbolUse, words: dict[int, int]) -> int:
        """The value of a use, given these contents of the words of data."""
        definition = self.definition(use.symbol)
        if self.program.symbols[use.symbol].signature is not None:
            return self.answer(definition, words)
        if definition.target is None:
            return words[use.symbol]
        if use.how is How.SAME:
            return 1
        return self.value(SymbolUse(How.DIRECT, definition.target), words)

    def answer(self, definition: SymbolDefinition, words: dict[int, int]) -> int:
        """The result of a function as one library defines it, called with `argument`s."""
        signature = self.program.symbols[definition.symbol].signature
        assert signature is not None
        arguments = sum(argument(place) for place in range(len(signature.params)))
        return (definition.number + arguments + sum(self.value(use, words) for use in definition.uses)) & MASK

    def found(self, library: int, symbol: int) -> int:
        """The value that `dlsym` finds in a library: its own definition, even if another one wins."""
        definition = self.program.libraries[library].definition(symbol)
        assert definition is not None
        if self.program.symbols[symbol].signature is not None:
            return self.answer(definition, self.final)
        if definition.target is not None:
            return self.value(SymbolUse(How.DIRECT, definition.target), self.final)
        return self.final[symbol] if library == self.winner(symbol) else definition.number

    # Which libraries take part, and in which order they are started.

    def depends_on(self, library: int, by_address: bool) -> set[int]:
        """The libraries that it needs, that define a function that it imports, or (`by_address`) whose symbol's address
        it imports."""
        used = self.used_by(library) if by_address else self.called_by(library)
        return {*self.program.libraries[library].needed, *map(self.winner, used)} - {library}

    def reached(self, by_address: bool) -> set[int]:
        """The libraries that are reached from those that export something from the component or can be opened."""
        waiting = [index for index, item in enumerate(self.program.libraries) if item.exports or item.openable]
        found = set(waiting)
        while waiting:
            fresh = self.depends_on(waiting.pop(), by_address) - found
            found |= fresh
            waiting += fresh
        return found

    @cached_property
    def live(self) -> list[int]:
        return sorted(self.reached(by_address=True))

    def logs(self, order: Sequence[int]) -> tuple[int, ...]:
        """The log of the constructors in this order: the number of each library, then the values of its uses."""
        words = dict(self._initial)
        found = []
        for index in order:
            library = self.program.libraries[index]
            if library.start is None:
                continue
            found.append(index)
            for action in library.starting:
                if isinstance(action, Bump):
                    words[action.symbol] = (words[action.symbol] + action.number) & MASK
                else:
                    found.append(self.value(action, words))
        return tuple(found)

    def orders(self) -> Iterator[list[int]]:
        """Every right order of the constructors: each library after all that it needs, those of a circle together and
        in the order of the command line; or all in the order of the command line."""
        circles = self._circles()
        for arranged in permutations(circles):
            place = {index: at for at, circle in enumerate(arranged) for index in circle}
            if all(place[other] <= place[index] for index in self.live for other in self.depends_on(index, True)):
                yield [index for circle in arranged for index in circle]
        yield self.live

    def _circles(self) -> list[list[int]]:
        """Libraries that need each other, directly or not, together."""
        needs = {index: {index} for index in self.live}
        for _ in self.live:
            for index, known in needs.items():
                needs[index] = known.union(*[self.depends_on(other, True) for other in known])
        found: list[list[int]] = []
        for index in self.live:
            circle = [other for other in self.live if other in needs[index] and index in needs[other]]
            if circle not in found:
                found.append(circle)
        return found

    @cached_property
    def with_storage(self) -> list[int]:
        """The libraries with thread-local storage that take part."""
        return [index for index in self.live if self.program.libraries[index].storage is not None]

    # Allocators.

    def export_realloc(self, library: int) -> tuple[int, ExportedAllocators] | None:
        """The library that allocates the parameters of another one's exports: that library itself if it has an
        allocator, else the first that has one."""
        own = self.program.libraries[library].reallocs
        for kind in (ExportedAllocators.EXPORT, ExportedAllocators.BOTH):
            if kind in own:
                return library, kind
        return next(
            (
                (index, ExportedAllocators.BOTH)
                for index in self.live
                if ExportedAllocators.BOTH in self.program.libraries[index].reallocs
            ),
            None,
        )
