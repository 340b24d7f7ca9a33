"""The `--async` filters of a subject: which asynchronous functions are lifted or lowered synchronously."""

from __future__ import annotations

from enum import Enum

from harness.frontend.front_end import FrontEndError, WitText, surround
from harness.model.abi import async_functions, filter_of, fitting
from harness.plan.roles import Role
from harness.world.world import World


class Filters(Enum):
    """Which asynchronous functions are lifted or lowered synchronously. As a choice it stays right when a reduction
    removes functions."""

    NONE = "none"
    ALL = "all"
    SOME = "some"
    EXPORTS = "exports"


FILTERS_EVERY = 3
"""One in so many worlds has filters, if it has asynchronous functions. Odd, because the toolchains of odd and of even
worlds differ; without a common factor with the distances of task hooks and link cases."""

_BY_TURN = (Filters.EXPORTS, Filters.SOME, Filters.EXPORTS, Filters.ALL)


def filters_of(index: int) -> Filters:
    """The choice for world `index`: two worlds in a row have the same, of which one is odd."""
    turn, rest = divmod(index, FILTERS_EVERY)
    return _BY_TURN[turn // 2 % len(_BY_TURN)] if rest == FILTERS_EVERY - 1 else Filters.NONE


def chosen(choice: Filters, world: World) -> tuple[str, ...]:
    """The filters for a world; none for a world without asynchronous functions. `SOME`: every second function.
    `EXPORTS`: all that it exports, which then wait in place for what it imports."""
    functions = list(async_functions(world))
    if choice is Filters.NONE or not functions:
        return ()
    if choice is Filters.ALL:
        return ("-all",)
    if choice is Filters.EXPORTS:
        return tuple([filter_of(side, function) for side, function in functions if side == "export"])
    return tuple([filter_of(side, function) for side, function in functions[::2]])


def chosen_for(choice: Filters, wit: str, world: str | None, features: tuple[str, ...]) -> tuple[str, ...]:
    """The filters for a world as text; none if nobody can read it."""
    if choice is Filters.NONE:
        return ()
    found = _subject(wit, world, features)
    return () if found is None else chosen(choice, found)


def still_fitting(filters: tuple[str, ...], wit: str, world: str | None, features: tuple[str, ...]) -> tuple[str, ...]:
    """Those filters that a world with less in it has functions for."""
    if all(text.removeprefix("-") == "all" for text in filters):
        return filters  # they fit every world
    found = _subject(wit, world, features)
    return filters if found is None else fitting(found, filters)


def _subject(wit: str, world: str | None, features: tuple[str, ...]) -> World | None:
    try:
        parts = surround(WitText(wit, "world.wit"), world, features).parts
    except FrontEndError:
        return None
    return parts[Role.SUBJECT].world if Role.SUBJECT in parts else None
