"""`harness submit`: from a suspicion to a case that is ready to be handed in."""

from __future__ import annotations

import contextlib
import itertools
import shlex
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli import exits, outputs
from harness.cli.chosen import Chosen, as_argument, features_of
from harness.cli.exits import UsedWrongly
from harness.cli.finding_option import FINDING
from harness.cli.fit import Submission, hand_in, no_case
from harness.cli.guest_options import guest_options, interpreter_words, take_interpreter
from harness.cli.options import take_chosen, tool_options
from harness.cli.reduce import WITHOUT_WORLD
from harness.cli.sources import check_source
from harness.cli.terminal import echo
from harness.fuzz.wanted import Wanted
from harness.process.interrupts import result_of
from harness.runs.pool import TaskFailed
from harness.runs.suite_files import FileKind, NoCases, SuiteFile, find
from harness.submission.asked import Asked
from harness.submission.command import Command, parse
from harness.submission.wording import Wording
from harness.text.limits import MAX_CALLS
from harness.toolchains import reference_binary
from harness.toolchains.interpreter import Interpreter

if TYPE_CHECKING:
    from harness.submission.failing import Failure
    from harness.submission.from_world import CaseOfWorld

_COMMAND = "submitted command"
_SUITE = Path("cases")
_SEED = 0
_COUNT = 50
_SUBCOMMANDS_OF_WORLDS = {"embed": ("utf8",), "new": ("utf8",), "wit": ("utf8",)}
"""Subcommands that a case only runs where it has `encodings`."""


class _WithCommand(click.Command):
    """The words after the first `--` are a command, not arguments of this one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if "--" in args:
            at = args.index("--")
            ctx.meta[_COMMAND] = tuple(args[at + 1 :])
            args = args[:at]
        return super().parse_args(ctx, args)


@click.command(cls=_WithCommand)
@click.argument("source", required=False, metavar="[SOURCE]", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The case to hand in; a new file. Default: NAME.toml here, by the name of SOURCE or of the command's tool.",
)
@click.option("--call", "calls", multiple=True, metavar="'f(1) -> 2'", help="A call; values as in cases, or drawn.")
@click.option("--world", "-w", help="The world, if there are several.")
@click.option("--features", multiple=True, help="Gated features to enable; comma separated.")
@click.option("--seed", type=click.IntRange(0), default=_SEED, show_default=True, help="The seed of drawn values.")
@click.option(
    "--calls",
    "count",
    type=click.IntRange(1, MAX_CALLS),
    default=_COUNT,
    show_default=True,
    help="Without --call: the approximate number of drawn calls.",
)
@click.option("--title", default="", help="A few words.")
@click.option("--why", default="", help="What the case guards, in a sentence.")
@click.option("--origin", multiple=True, metavar="URL", help="Where it comes from.")
@click.option(
    "--suite",
    default=_SUITE,
    show_default=True,
    type=click.Path(path_type=Path),
    help="The folder of existing cases that it may not repeat.",
)
@FINDING
@guest_options
@tool_options
@click.pass_context
def submit(
    context: click.Context,
    /,
    source: Path | None,
    output: Path | None,
    calls: tuple[str, ...],
    world: str | None,
    features: tuple[str, ...],
    seed: int,
    count: int,
    title: str,
    why: str,
    origin: tuple[str, ...],
    suite: Path,
    wanted: Wanted,
    **tools: Any,
) -> None:
    """Make a case of SOURCE, or of a command that fails (-- COMMAND), ready to be handed in.

    SOURCE is a case, a link case or a finding (.toml), WIT (a file or folder), or a component, a library or a module
    that contains its world. It runs twice, which must give the same; what disagrees is reduced; it may repeat no case
    of the suite and of the folder of the new file, even under other names. Exit codes: 0 the file is written, or SOURCE
    is fit as it is, 1 it is not, and why, 2 wrong usage, 3 the harness itself failed, 130 interrupted.
    """
    command = context.meta.get(_COMMAND)
    if (source is None) == (command is None):
        raise UsedWrongly("name one SOURCE: a case, WIT, a binary with a world; or a failing command: -- COMMAND")
    given = Asked(world, features_of(features), calls, seed, count, Wording(title, why, _links(origin)))
    interpreter = take_interpreter(tools)
    chosen = take_chosen(tools)
    if interpreter is not None and command is not None:
        raise UsedWrongly("--interpreter is for a case, WIT or a binary with a world; -- COMMAND runs without it")
    if wanted.given and command is not None:
        raise UsedWrongly("--finding is for a case, WIT or a binary with a world; of -- COMMAND its failure is meant")
    if command is not None:
        found = parse(command)
        if shutil.which(command[0]) is None:
            raise UsedWrongly(
                f"-- {command[0]}: there is no such program that can be started; give its path, or put it on PATH"
            )
        destination = _free(output, found.name.replace(" ", "-"))
        chosen = _with_reference(chosen, found)
    else:
        assert source is not None
        check_source(source)
        if source.suffix == ".toml":
            _check_case(source, given)
        destination = _free(output, source.resolve().stem)
    words = [*interpreter_words(interpreter), *chosen.words()]
    beginning = [as_argument(source)] if source is not None else []
    beginning += ["--suite", str(suite)] if suite != _SUITE else []
    with chosen.open_run(1, interpreter=interpreter) as run:
        for note in run.notes:
            echo(note, err=True)
        made = Submission(
            run,
            SuiteFile(Path(), destination.stem),
            chosen.options(run, None),
            destination,
            suite,
            words,
            shlex.join(["harness", *sys.argv[1:]]),
            ["harness", "submit", *beginning, *given.words(_SEED, _COUNT), *words],
            wanted,
            output is not None,
        )
        if command is not None:
            code = _from_command(made, found, given)
        elif source is not None and source.suffix == ".toml":
            code = hand_in(replace(made, file=_case_file(source, interpreter)))
        else:
            assert source is not None
            code = _from_world(made, source, given)
    sys.exit(code)


def _links(origin: tuple[str, ...]) -> tuple[str, ...]:
    for link in origin:
        if not link.startswith("https://") and link != "own":
            raise UsedWrongly(f"--origin {link}: a link begins with https://")
    return origin


def _free(output: Path | None, stem: str) -> Path:
    """The file of a case: as asked, or the first name that is free here. Raises `UsedWrongly`."""
    if output is None:
        names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
        output = next(path for name in names if not (path := Path(f"{name}.toml")).exists())
    elif output.exists():
        raise UsedWrongly(f"--output {output}: this file already exists")
    outputs.check_file(output)
    return output


def _check_case(source: Path, given: Asked) -> None:
    if given.chooses or given.told != Wording():
        raise UsedWrongly(
            f"{source} is a case: it says itself what --call, --world, --features, --title, --why and --origin say"
        )


def _case_file(source: Path, interpreter: Interpreter | None) -> SuiteFile:
    try:
        (file,) = find([source])
    except NoCases as error:
        raise UsedWrongly(str(error)) from error
    if file.kind is FileKind.NEGATIVE_CASES:
        raise UsedWrongly(
            f"{source} is {WITHOUT_WORLD[file.kind]}: put its rows into a table under cases/refusals (docs/cases.md)"
        )
    if interpreter is not None and file.kind in WITHOUT_WORLD:
        raise UsedWrongly(f"{source} is {WITHOUT_WORLD[file.kind]}, which has no interpreter that could be another")
    return file


def _from_world(submission: Submission, source: Path, given: Asked) -> int:
    if source.suffix == ".wat":
        raise UsedWrongly(f"{source} is a text: convert it to a .wasm file")
    from harness.submission.from_world import CaseOfWorld

    return hand_in(_with_case(submission, CaseOfWorld(source, given, repeat=submission.repeat)))


def _with_case(submission: Submission, task: CaseOfWorld) -> Submission:
    """The case of a world, in a file of its own. Raises `UsedWrongly`."""
    from harness.submission.from_world import NoCase  # loads much that a help text does not need

    try:
        text = result_of(submission.run.submit(task))
    except TaskFailed as error:
        raise UsedWrongly(f"{task.path}: {error}") from error
    if isinstance(text, NoCase):
        raise UsedWrongly(text.reason)
    file = submission.run.settings.directory / f"{submission.output.stem}.toml"
    file.write_text(text)
    return replace(submission, file=SuiteFile(file, submission.output.stem))


def _with_reference(chosen: Chosen, command: Command) -> Chosen:
    """The wasm-tools of the command is the reference, if it is one and no other is named."""
    if chosen.reference is not None or chosen.no_reference:
        return chosen
    with contextlib.suppress(reference_binary.UnusableReference):
        reference_binary.find(command.words[0])
        return replace(chosen, references=(command.words[0],))
    return chosen


def _from_command(submission: Submission, command: Command, given: Asked) -> int:
    from harness.submission.failing import ReduceByCommand, RunCommand
    from harness.submission.from_world import CaseOfWorld

    run = submission.run
    try:
        failure: Failure | None = result_of(run.submit(RunCommand(command.words)))
    except TaskFailed as error:
        echo(f"Error: {error}", err=True)
        return exits.BROKEN
    if failure is None:
        return no_case(
            "the command ends with exit code 0, and its output is valid; `harness submit WIT` tests what it does"
        )
    echo(f"the command {failure.words}")
    subject = command.subject()
    if subject is None:
        raise UsedWrongly(f"{command.name} has no input with a world: WIT, a generated library, a component")
    told = given.told
    told = replace(
        told,
        title=told.title or f"{command.name} {failure.words}",
        why=told.why or f"{command.name} must accept this world.",
    )
    asked = replace(given, world=given.world or command.world, features=given.features or command.features, told=told)
    last = command.name.rpartition(" ")[2]
    task = CaseOfWorld(
        subject.path,
        asked,
        instantiate=not given.calls,
        encodings=_SUBCOMMANDS_OF_WORLDS.get(last, ()),
        repeat=submission.repeat,
    )
    try:
        made = _with_case(submission, task)
    except UsedWrongly as error:
        hint = "an input that all tools must refuse is a row of a table of negative cases: docs/cases.md"
        raise UsedWrongly(f"our front end refuses it, too: {error.message}\n  {hint}") from error

    def smaller() -> str:
        text: str
        text, attempts = result_of(run.submit(ReduceByCommand(command, subject, made.file.path.read_text(), failure)))
        echo(f"reduced by {attempts} runs of the command; the toolchains here do what the model says", err=True)
        echo("  its tool takes part, and fails, with --toolchain FILE.toml (docs/toolchains.md)", err=True)
        return text

    return hand_in(made, failure, smaller if subject.is_text else None)
