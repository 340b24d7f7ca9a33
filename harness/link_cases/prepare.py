"""Prepares a link case: WAT becomes binaries that contain the world, values are read by their types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.binary.wat import BadWat, binary_of, with_world
from harness.frontend.front_end import FrontEndError, WitText, Worlds
from harness.judge.difference import Line
from harness.link_cases.needs import needs_of_library
from harness.plan.outcomes import TrapClass
from harness.planner.needs import needs_of
from harness.suite.link_case import LinkCase, LinkCaseLibrary, LinkCaseStep
from harness.text.counted import counted
from harness.text.nearest import there_are
from harness.text.toml_lines import FileError
from harness.toolchains.protocol import Library
from harness.values.amount import Bounded
from harness.values.values import Value
from harness.values.wave import function_call
from harness.values.wave_lexer import WaveError
from harness.values.wave_parser import from_wave
from harness.world import types as t
from harness.world.world import Function, World

_PLAIN = frozenset(t.Prim) - {t.Prim.F32, t.Prim.F64, t.Prim.ERROR_CONTEXT}
"""Types whose values are Python values of the same kind in the host."""


@dataclass(frozen=True)
class PreparedCall:
    """A step's call, and its expected lines: the log, then its end."""

    function: Function
    args: tuple[Value, ...]
    lines: tuple[Line, ...]

    @property
    def traps(self) -> bool:
        return self.lines[-1].trap is not None


@dataclass(frozen=True)
class Prepared:
    """The input of linkers, and the expected behaviour. `libraries` in the order of the command line."""

    libraries: tuple[Library, ...]
    world: World
    starts: tuple[tuple[Line, ...], ...]
    """Any of these may occur during instantiation."""
    calls: tuple[PreparedCall, ...]

    def needs(self) -> frozenset[str]:
        """The features of the engine that the world and the libraries need."""
        return needs_of([self.world]).engine.union(*map(needs_of_library, self.libraries))


def prepare(case: LinkCase) -> Prepared:
    """Raises `FileError` with file and line for bad WIT, WAT or values."""
    worlds = Worlds(WitText(case.wit, case.file.name, case.file.lines_before("wit")))
    world, _ = _world(case, worlds, case.world)
    if case.steps:
        _check_imports(case, world)
    libraries = [_library(case, worlds, index, library) for index, library in enumerate(case.libraries)]
    libraries.sort(key=lambda library: library.openable)  # as on the command line: `--dl-openable` has no place there
    read = Bounded(from_wave)
    calls = tuple(_call(case, world, index, step, read) for index, step in enumerate(case.steps))
    starts = tuple(tuple(map(_logged, lines)) for lines in (case.starts, *case.starts_also))
    return Prepared(tuple(libraries), world, starts, calls)


def returned(function: Function, args: Sequence[Value], result: Value | None) -> Line:
    """The line of a call that returned; `f`, not `-#f`, for a function of the world itself."""
    prefix = t.qualified(None, "")
    return Line(function.canonical.removeprefix(prefix), function_call(function, args, result).removeprefix(prefix))


def trapped(function: Function, args: Sequence[Value], trap: TrapClass) -> Line:
    """The line of a call that ended in a trap of this class."""
    return replace(returned(function, args, None), trap=trap)


def _logged(text: str) -> Line:
    """A call of an import as the file of a case has it: `f(1)`."""
    return Line(text.partition("(")[0], text)


def _world(case: LinkCase, worlds: Worlds, name: str | None) -> tuple[World, bytes]:
    """A world of the case's WIT, and the contents of its component-type section."""
    try:
        return worlds.section(name)
    except FrontEndError as error:
        if error.line is None:
            raise case.file.error(["wit"], f"the WIT is not usable: {error}") from error
        place = case.file.place_within("wit", error.line, error.column)
        raise FileError(case.file.name, place, error.problem) from error


def _library(case: LinkCase, worlds: Worlds, index: int, library: LinkCaseLibrary) -> Library:
    try:
        if library.world is None:
            return Library(library.name, binary_of(library.wat), library.openable, library.adapter)
        _, component_type = _world(case, worlds, library.world or case.world)
        return Library(library.name, with_world(library.wat, component_type), library.openable, library.adapter)
    except BadWat as error:
        raise case.file.error(["library", index, "wat"], f"{library.name}: {error}") from error


def _check_imports(case: LinkCase, world: World) -> None:
    for function in world.import_functions():
        if function.result not in (None, t.Prim.STRING):
            problem = f"{function.canonical} is imported and returns something other than a string"
            raise case.file.error(["wit"], problem)
    for function in (*world.import_functions(), *world.export_functions()):
        for type in (*(param.type for param in function.params), function.result):
            if type is not None and type not in _PLAIN:
                message = f"{function.canonical} has a value of type {type.canonical}; link cases have integers, bool, "
                raise case.file.error(["wit"], f"{message}char and string")


def _call(case: LinkCase, world: World, index: int, step: LinkCaseStep, read: Bounded) -> PreparedCall:
    interface, _, name = step.call.rpartition("#")
    function = world.export_function(interface or None, name)
    if function is None:
        known = [f.canonical.removeprefix(t.qualified(None, "")) for f in world.export_functions()]
        message = f"the world exports no function {step.call!r}\n{there_are(step.call, known, 'exports')}"
        raise case.file.error(["step", index, "call"], message)
    if len(step.args) != len(function.params):
        message = f"{step.call} takes {counted(len(function.params), 'argument')}, not {len(step.args)}"
        raise case.file.error(["step", index, "args"], message)
    pairs = zip(step.args, function.params, strict=True)
    args = tuple(_value(case, index, "args", text, param.type, read) for text, param in pairs)
    if step.trap is not None:
        end = trapped(function, args, step.trap)
    else:
        if (function.result is None) != (step.result is None):
            wrong = "is missing: it returns one" if step.result is None else "is given: it returns none"
            raise case.file.error(["step", index], f"{step.call}: `result` {wrong}")
        result = None
        if step.result is not None and function.result is not None:
            result = _value(case, index, "result", step.result, function.result, read)
        end = returned(function, args, result)
    return PreparedCall(function, args, (*map(_logged, step.logs), end))


def _value(case: LinkCase, index: int, key: str, text: str, type: t.Type, read: Bounded) -> Value:
    try:
        return read(text, type)
    except WaveError as error:
        raise case.file.error(["step", index, key], f"{key} {text!r}, {error}") from error
