"""One damaged input for one command, in this process, and what it does wrong."""

from __future__ import annotations

import contextlib
import io
import resource
import signal
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import FrameType

from benchmarks.hostile.corpus import Corpus, Link
from benchmarks.hostile.damage import damaged
from generator.cli import main

SECONDS = 20
"""Processor seconds for one input; the whole inputs take about 0.01."""
MEMORY = 64 << 20
"""Bytes by which one input of at most some 100 kB may raise the greatest memory of the process so far."""

WIT = "package a:b; world w { import log: func(x: string); export run: func() -> list<string>; }"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of a command. `kind` is the same for the same fault."""

    index: int
    kind: str
    words: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Done:
    """`code`: the exit code, None if there is none."""

    code: int | None
    finding: Finding | None


class _Late(BaseException):
    """Raised by a signal; no clause of the command takes it."""


def trial(corpus: Corpus, folder: Path, seed: int, index: int) -> Done:
    """Put the input with this number to its command, in an empty folder, and judge what it does."""
    words = prepared(corpus, folder, seed, index)
    memory = greatest_memory()
    said = io.StringIO()
    code: int | None = None
    kind = ""
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())), _deadline():
        try:
            code = main(words)
        except _Late as error:
            kind = f"it takes more than {SECONDS} seconds, in {_place(error)}"
        except Exception as error:
            kind = f"{type(error).__name__} in {_place(error)}"
    text = said.getvalue()
    kind = kind or _unclean(code, text)
    grown = greatest_memory() - memory
    if not kind and grown > MEMORY:
        kind = f"{words[1]} needs {grown >> 20} MiB"
    return Done(code, Finding(index, kind, tuple(words), text) if kind else None)


def _unclean(code: int | None, text: str) -> str:
    """The fault of an answer; empty if it has none."""
    if code not in (0, 1):
        return f"exit code {code}"
    if code == 1 and "error: " not in text:
        return "no error is told"
    if "memory ran out" in text:
        return "memory ran out"
    if "Traceback" in text:
        return "a traceback is told"
    return ""


def prepared(corpus: Corpus, folder: Path, seed: int, index: int) -> list[str]:
    """Write the files of the input with this number; returns the words of its command."""
    random = Random(f"{seed}:{index}")
    binaries = corpus.binaries
    match random.randrange(8):
        case 0 | 1 | 2 | 3:
            return _linked(random, random.choice(corpus.links), binaries, folder)
        case 4 | 5:
            path = folder / "input.wasm"
            path.write_bytes(damaged(random, random.choice(corpus.described), binaries))
            form = random.choice(([], ["--json"], ["--wasm"], ["--importize"]))
            return ["component", "wit", str(path), *form]
        case 6:
            library = random.choice(random.choice(corpus.links).parts)
            path = folder / "input.wasm"
            path.write_bytes(damaged(random, library.data, binaries))
            (folder / "world.wit").write_text(WIT)
            return ["component", "embed", str(folder / "world.wit"), str(path), "-o", str(folder / "out.wasm")]
        case _:
            path = folder / "input.wasm"
            path.write_bytes(damaged(random, random.choice(corpus.described), binaries))
            command = random.choice((["wit-dylib"], ["component", "embed", "--dummy"]))
            return [*command, str(path), "-o", str(folder / "out.wasm")]


def _linked(random: Random, link: Link, binaries: Sequence[bytes], folder: Path) -> list[str]:
    """A link with one damaged part; the complete module alone for `component new`, now and then also a library."""
    alone = link.alone or random.randrange(8) == 0
    libraries = [part for part in link.parts if not part.adapter]
    parts = [part for part in link.parts if part.adapter or not alone or part is libraries[0]]
    hit = random.randrange(len(parts))
    words = ["component", "new" if alone else "link", "-o", str(folder / "out.wasm")]
    words += [] if alone else link.flags
    words += random.choice(([], [], [], ["--validate"], ["--return-call-ref"], ["--debug-names=false"]))
    for number, part in enumerate(parts):
        path = folder / f"{number}.wasm"
        path.write_bytes(damaged(random, part.data, binaries) if number == hit else part.data)
        if part.adapter:
            words += ["--adapt", f"{part.name}={path}"]
        elif alone:
            words.append(str(path))
        else:
            words += ["--dl-openable", f"{part.name}={path}"] if part.openable else [f"{part.name}={path}"]
    return words


@contextlib.contextmanager
def _deadline() -> Iterator[None]:
    def late(number: int, frame: FrameType | None) -> None:
        raise _Late

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def greatest_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def _place(error: BaseException) -> str:
    """The function of ours that was running."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "generator" in frame.filename]
    last = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno} {last.name}"
