"""What a toolchain is to the harness: a generator, a linker and an embedder whose every outcome is data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Built:
    """The tool did its work. `data` is a core module (generator) or a component (linker)."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """The tool said no in its own words and ended cleanly."""

    message: str
    stage: str


@dataclass(frozen=True, slots=True)
class Panicked:
    """The tool broke down: a Rust panic (exit code 101), a signal (negative), a Python exception (code 1)."""

    exit_code: int
    message: str
    stage: str


@dataclass(frozen=True, slots=True)
class InvalidOutput:
    """The tool wrote what a validator refuses: the engine's, or the tool's own (`data` is empty then)."""

    message: str
    stage: str
    data: bytes


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The tool did not end within its bound of time."""

    seconds: float
    stage: str


BuildFailure = Refused | Panicked | InvalidOutput | TimedOut
BuildResult = Built | BuildFailure


ENCODINGS = ("utf8", "utf16", "compact-utf16")
"""String encodings, as the flag `--encoding` has them."""
DEFAULT_ENCODING = ENCODINGS[0]
KEEP_VERSIONS = "--merge-imports-based-on-semver=false"
"""The flag of `component link` and `component new` that tools share, for `LinkOptions.merge_versions` being false."""


STANDARD_NAMES, LEGACY_NAMES = "standard32", "legacy"
"""Schemes of core names, as the flag `--dummy-names` has them. With the standard ones, compatible versions of one
interface have the same names (BuildTargets.md)."""


@dataclass(frozen=True, slots=True)
class GenerateOptions:
    """Options of `wit-dylib`. `interpreter` is the library name that `dylink.0` needs."""

    interpreter: str | None = None
    features: tuple[str, ...] = ()
    encoding: str = DEFAULT_ENCODING
    abi_version: int = 3
    async_filters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Library:
    """A library to link. The name is what other libraries' `needed` lists call it; `openable`: `dlopen` can find it;
    `adapter`: no library, but what gives libraries their imports from the module of that name (`--adapt`)."""

    name: str
    data: bytes
    openable: bool = False
    adapter: bool = False


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """Options of `component link`. `stack_size` in bytes.

    `merge_versions`: imports in compatible versions become one of the highest, as tools do by default; else each is
    wired to the version that it names.
    """

    stub_missing_functions: bool = False
    stack_size: int | None = None
    built_in_libdl: bool = False
    merge_versions: bool = True


class Job(Protocol):
    """Work under way. A tool in its own process runs meanwhile; one in this process works when asked."""

    def result(self) -> BuildResult:
        """Wait for the end. Asked again, it gives the same answer."""


class Generator(Protocol):
    """WIT and a world in it to a dynamic library (`wit-dylib`). `wit`: a text, or the path of a file or folder as a
    user has it. `world` None: the only one of the package."""

    def generate(self, wit: str | Path, world: str | None, options: GenerateOptions) -> Job: ...


class Linker(Protocol):
    """Libraries to a component (`component link`). The order of the libraries is their priority."""

    def link(self, libraries: Sequence[Library], options: LinkOptions) -> Job: ...


@dataclass(frozen=True, slots=True)
class EmbedOptions:
    """Options of `component embed --dummy-names`. `encoding`: of `ENCODINGS`."""

    features: tuple[str, ...] = ()
    encoding: str = DEFAULT_ENCODING
    names: str = STANDARD_NAMES


class Embedder(Protocol):
    """The subcommands that make components without a linker, and tell what is in them."""

    def embed(self, wit: str, world: str, options: EmbedOptions) -> Job:
        """A core module that has all of the world and traps when it is called (`component embed`)."""

    def new(self, module: bytes, adapters: Sequence[Library] = ()) -> Job:
        """A component of a core module that carries its world (`component new`, with the flags that it has by
        default: imports in compatible versions become one of the highest). `adapters`: by `--adapt`."""

    def wit(self, component: bytes) -> Job:
        """The world of a component, as WIT text in UTF-8 (`component wit`)."""


GENERATE_WORDS = "WIT --world WORLD --interpreter NAME [--features NAMES]"
"""What follows `wit-dylib`, for `Toolchain.commands`."""
EMBED_WORDS = (
    "component embed WIT --world WORLD --encoding ENCODING --dummy-names SCHEME [--features NAMES]",
    "component new MODULE",
    "component wit COMPONENT",
)
"""The subcommands of an `Embedder`, for `Toolchain.commands`."""
OUR_COMMANDS = (
    f"generator wit-dylib {GENERATE_WORDS}",
    "generator component link NAME=LIBRARY...",
    *(f"generator {words}" for words in EMBED_WORDS),
)
"""What the calls of ours stand for, which are made in this process."""


@dataclass(frozen=True, slots=True)
class Toolchain:
    """`name` is what cells call it (`ours`, `reference`, or a name from a TOML file); `tool` and `version` name
    what runs. `in_process`: it works in the harness's own process and can stop it."""

    name: str
    tool: str
    version: str
    generator: Generator
    linker: Linker
    in_process: bool = False
    commands: tuple[str, ...] = ()
    """What is run, with every flag, as a user would type it; capitals stand for what differs from case to case."""
    lacks: frozenset[str] = frozenset()
    """What it cannot be asked for: a stage (`generate`, `link`, `embed`, `new`, `wit`), `features`, an option of the
    linker, `embed-features`, `embed-names`, `new-adapt`."""
    embedder: Embedder | None = None
    """None: it has none of these subcommands."""


@dataclass(slots=True)
class Done:
    """A job that is finished before it starts."""

    outcome: BuildResult

    def result(self) -> BuildResult:
        return self.outcome
