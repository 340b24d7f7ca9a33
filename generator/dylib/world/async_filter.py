"""The functions that are lifted and lowered async: the `--async` option (its syntax is wasm-tools')."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from generator.dylib.world.direction import Direction, split_direction
from generator.errors import GeneratorError
from generator.resolved.model import Function, Resolve, WorldKey


@dataclass(frozen=True, slots=True)
class AsyncFilter:
    """`text` from the user; `name` is None for `all`, `direction` None for both."""

    text: str
    enabled: bool
    name: str | None
    direction: Direction | None

    def matches(self, name: str, direction: Direction) -> bool:
        if self.name is None:
            return True
        return self.name == name and self.direction in (None, direction)


def parse_filter(text: str) -> AsyncFilter:
    """One directive: `[-]all`, or `[-][import:|export:]<function>` with `<function>` as `ns:pkg/i@v#f` or `f`."""
    name = text.removeprefix("-")
    enabled = name == text
    if name == "all":
        return AsyncFilter(text, enabled, None, None)
    direction, function = split_direction(name)
    return AsyncFilter(text, enabled, function, direction)


@dataclass(frozen=True, slots=True)
class AsyncFilters:
    """Directives in order; the first that matches a function decides, otherwise its declaration does."""

    filters: tuple[AsyncFilter, ...] = ()

    @staticmethod
    def parse(options: Iterable[str]) -> AsyncFilters:
        """Each option may contain several directives, separated by commas."""
        return AsyncFilters(tuple(parse_filter(part) for option in options for part in option.split(",")))

    def start(self) -> AsyncChoice:
        return AsyncChoice(self)


@dataclass(slots=True)
class AsyncChoice:
    """The filters applied to one world; records which of them matched."""

    filters: AsyncFilters
    _used: set[int] = field(default_factory=set)

    def is_async(self, resolve: Resolve, key: WorldKey | None, function: Function, direction: Direction) -> bool:
        name = function.name if key is None else f"{resolve.world_key_name(key)}#{function.name}"
        for place, item in enumerate(self.filters.filters):
            if item.matches(name, direction):
                self._used.add(place)
                return item.enabled
        return function.is_async

    def ensure_all_used(self) -> None:
        """Raises GeneratorError for a directive that decided nothing, except `all`: it is a mistake of the user's."""
        filters = self.filters.filters
        unused = [item.text for place, item in enumerate(filters) if item.name is not None and place not in self._used]
        if unused:
            raise GeneratorError(
                f"--async {','.join(unused)}: the world has no such function, or a filter before it decides"
            )
