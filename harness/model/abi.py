"""The asynchronous functions that are lowered or lifted synchronously."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.world.world import Function, Interface, World


@dataclass(frozen=True, slots=True)
class Abi:
    """The choices of `--async` that the world does not show: functions that are not lowered or lifted by their type.

    A function is named by its component and its canonical name there.
    """

    lowered_synchronously: frozenset[tuple[Role, str]] = frozenset()
    """Imported asynchronous functions that are called without the `async` option."""
    lifted_synchronously: frozenset[tuple[Role, str]] = frozenset()
    """Exported asynchronous functions without the `async` option."""
    blocking_runs: frozenset[Role] = frozenset()
    """Components whose `run` and `finish` are lifted synchronously (interpreters/ASYNC.md)."""


AS_TYPED = Abi()


class FilterError(ValueError):
    """A filter that no tool may accept."""


def abi_of(plan: Plan) -> Abi:
    """Raises `FilterError`."""
    return abi_from(plan.worlds, plan.async_filters, plan.blocking_runs)


def abi_from(
    worlds: Mapping[Role, World], filters: Mapping[Role, Sequence[str]], blocking_runs: frozenset[Role] = frozenset()
) -> Abi:
    """What `--async` with these filters chooses, by component. Raises `FilterError`."""
    lowered: set[tuple[Role, str]] = set()
    lifted: set[tuple[Role, str]] = set()
    for role, texts in filters.items():
        used: set[str] = set()
        for side, function in _functions(worlds[role]):
            text = next((text for text in texts if _matches(text, side, function)), None)
            if text is None:
                continue
            used.add(text)
            if text.startswith("-"):
                if function.is_async:
                    (lowered if side == "import" else lifted).add((role, function.canonical))
            elif not function.is_async:
                raise FilterError(f"`{text}`: {function.canonical} is synchronous, so it cannot be {side}ed async")
        for text in texts:
            if text not in used and text.removeprefix("-") != "all":
                raise FilterError(f"`{text}`: no function of the world, or a filter before it decides")
    return Abi(frozenset(lowered), frozenset(lifted), blocking_runs)


def async_functions(world: World) -> Iterator[tuple[str, Function]]:
    """The asynchronous functions of a world, each after `import` or `export`."""
    return ((side, function) for side, function in _functions(world) if function.is_async)


def filter_of(side: str, function: Function) -> str:
    """The filter that lowers or lifts just this asynchronous function synchronously."""
    return f"-{side}:{_named(function)}"


def fitting(world: World, filters: Sequence[str]) -> tuple[str, ...]:
    """The filters that match a function of the world."""
    functions = list(_functions(world))
    return tuple([text for text in filters if any(_matches(text, *item) for item in functions)])


def as_described(world: World, role: Role, abi: Abi) -> World:
    """The world as a `wit_t` describes it: a function is asynchronous if it is lowered or lifted so."""
    return replace(
        world,
        imports=_without(world.imports, {name for of, name in abi.lowered_synchronously if of is role}),
        exports=_without(world.exports, {name for of, name in abi.lifted_synchronously if of is role}),
    )


def _functions(world: World) -> Iterator[tuple[str, Function]]:
    yield from (("import", function) for function in world.import_functions())
    yield from (("export", function) for function in world.export_functions())


def _matches(text: str, side: str, function: Function) -> bool:
    name = text.removeprefix("-")
    if name == "all":
        return True
    known = _named(function)
    direction, colon, rest = name.partition(":")
    if colon and direction in ("import", "export"):
        return direction == side and rest == known
    return name == known


def _named(function: Function) -> str:
    """A function's name in a filter."""
    return function.name if function.interface is None else function.canonical


def _without(interfaces: Mapping[str | None, Interface], names: set[str]) -> dict[str | None, Interface]:
    """The interfaces with these functions synchronous."""
    return {
        key: replace(
            interface,
            functions={
                name: replace(function, is_async=function.is_async and function.canonical not in names)
                for name, function in interface.functions.items()
            },
        )
        for key, interface in interfaces.items()
    }
