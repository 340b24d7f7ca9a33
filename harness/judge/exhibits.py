"""The data of a plan that a report shows beside the verdict. It travels between processes."""

from __future__ import annotations

from dataclasses import dataclass

from harness.plan.roles import Role


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The events that a component must show and those that it showed, around the first that differs.

    `cells`: where it was so. `first`: the number of the first event here, counted from 1; `at`: that of the one that
    differs. `places`: of each expected event, the call and the place in its values.
    """

    cells: tuple[str, ...]
    run: int
    role: Role
    first: int
    at: int
    expected: tuple[str, ...]
    seen: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """The subject as toolchains built it. `library` and `component` are bytes, 0 if there is none; `wit` is the
    component's world as our front end reads it."""

    toolchains: str
    library: int
    component: int
    wit: str = ""


@dataclass(frozen=True, slots=True)
class Covered:
    """Features of WIT that calls went through. `direction` is the subject's: `import` or `export`."""

    direction: str
    position: str
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Used:
    """A function that an interpreter under test has, without `wit_dylib_`: the number of its calls, and the types with
    which it was called if it takes one."""

    function: str
    calls: int
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exhibits:
    """`interface`: the functions between libraries and interpreter that ran, without `wit_dylib_`. `checklist`: all
    functions of an interpreter that is not ours."""

    excerpts: tuple[Excerpt, ...] = ()
    made: tuple[Made, ...] = ()
    covered: tuple[Covered, ...] = ()
    interface: tuple[str, ...] = ()
    checklist: tuple[Used, ...] = ()
