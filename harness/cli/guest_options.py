"""Options for an interpreter that is not ours, which is then under test (docs/interpreters.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

import interpreters
from harness.cli.exits import UsedWrongly
from harness.toolchains.abilities import Abilities, Streams
from harness.toolchains.interpreter import NEWEST, BadInterpreter, Interpreter, NamedFile

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--interpreter",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Test this interpreter's library; docs/interpreters.md says what it must do.",
    ),
    click.option(
        "--abi-version",
        type=click.Choice([str(version) for version in interpreters.VERSIONS]),
        help=f"The version of its interface.  [default: {NEWEST}]",
    ),
    click.option("--with-async", is_flag=True, help="It has async functions, streams and futures."),
    click.option(
        "--streams",
        type=click.Choice([streams.value for streams in Streams]),
        help="What it does with streams and futures.  [default: pass with --with-async, else none]",
    ),
    click.option("--with-cancel", is_flag=True, help="Its tasks pass cancellation on while they wait."),
    click.option("--one-at-a-time", is_flag=True, help="A task of it that waits holds the component: no other starts."),
    click.option(
        "--adapt",
        "adapters",
        multiple=True,
        metavar="NAME=FILE",
        help="An adapter for the interpreter's imports; with --init, for initialisation (docs/preinit.md).",
    ),
    click.option(
        "--library", "libraries", multiple=True, metavar="NAME=FILE", help="A library to link with the interpreter."
    ),
)


def guest_options(command: F) -> F:
    """Adds the options; `take_interpreter` removes them from the parameters."""
    decorated = command
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def take_interpreter(given: dict[str, Any]) -> Interpreter | None:
    """Raises `UsedWrongly` for files that cannot be an interpreter."""
    path, version = given.pop("interpreter"), given.pop("abi_version")
    adapters, libraries = given.pop("adapters"), given.pop("libraries")
    asynchronous, streams, cancels = given.pop("with_async"), given.pop("streams"), given.pop("with_cancel")
    one_at_a_time = given.pop("one_at_a_time")
    if path is None:
        options = {
            "--abi-version": version,
            "--with-async": asynchronous,
            "--streams": streams,
            "--with-cancel": cancels,
            "--one-at-a-time": one_at_a_time,
            "--adapt": adapters,
            "--library": libraries,
        }
        for option, value in options.items():
            if value:
                raise UsedWrongly(f"{option} is for an interpreter: name it with --interpreter FILE")
        return None
    files = named_files("--library", libraries), named_files("--adapt", adapters)
    if cancels and not asynchronous:
        raise UsedWrongly("--with-cancel is for an interpreter with async functions: say --with-async, too")
    if one_at_a_time and not asynchronous:
        raise UsedWrongly("--one-at-a-time is for an interpreter with async functions: say --with-async, too")
    if one_at_a_time and cancels:
        raise UsedWrongly("--one-at-a-time: a task that holds the component hears of no cancellation (--with-cancel)")
    if streams == Streams.COPY.value and not asynchronous:
        raise UsedWrongly("--streams copy is for an interpreter with async functions: say --with-async, too")
    ends = Streams(streams) if streams else _usual(asynchronous)
    abilities = Abilities(asynchronous, ends, cancels, one_at_a_time)
    found = Interpreter(path, int(version or NEWEST), *files, abilities)
    try:
        found.read()
    except BadInterpreter as error:
        raise UsedWrongly(str(error)) from error
    return found


def _usual(asynchronous: bool) -> Streams:
    return Streams.PASS if asynchronous else Streams.NONE


def named_files(option: str, texts: Sequence[str]) -> tuple[NamedFile, ...]:
    """The values NAME=FILE of an option. Raises `UsedWrongly`."""
    found = []
    for text in texts:
        name, equals, path = text.partition("=")
        if not (name and equals and path):
            raise UsedWrongly(f"{option} {text}: expected NAME=FILE")
        found.append(NamedFile(name, Path(path)))
    return tuple(found)


def interpreter_words(interpreter: Interpreter | None) -> list[str]:
    """The options of a command that repeats a run."""
    if interpreter is None:
        return []
    words = ["--interpreter", str(interpreter.path)]
    words += ["--abi-version", str(interpreter.abi_version)] if interpreter.abi_version != NEWEST else []
    words += ["--with-async"] if interpreter.abilities.asynchronous else []
    streams = interpreter.abilities.streams
    words += ["--with-cancel"] if interpreter.abilities.cancels else []
    words += ["--one-at-a-time"] if interpreter.abilities.one_at_a_time else []
    words += ["--streams", streams.value] if streams is not _usual(interpreter.abilities.asynchronous) else []
    for option, items in (("--adapt", interpreter.adapters), ("--library", interpreter.libraries)):
        words += [word for item in items for word in (option, f"{item.name}={item.path}")]
    return words
