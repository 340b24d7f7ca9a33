"""The harness's view of a toolchain: a generator, a linker and an embedder with all outcomes as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Built:
    """The tool succeeded. `data` is a core module (generator) or a component (linker)."""

    data: bytes
    linked: bytes | None = field(default=None, repr=False)
    """A pre-initialised component as it was before: there a module is still the library that was linked."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The tool refused the input in its own words and ended cleanly."""

    message: str
    stage: str


@dataclass(frozen=True, slots=True)
class Panicked:
    """The tool crashed: a Rust panic (exit code 101), a signal (negative), a Python exception (code 1)."""

    exit_code: int
    message: str
    stage: str


@dataclass(frozen=True, slots=True)
class InvalidOutput:
    """A validator refuses the tool's output: the engine's, or the tool's own (`data` is empty then)."""

    message: str
    stage: str
    data: bytes


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The tool did not end within its time limit."""

    seconds: float
    stage: str


BuildFailure = Refused | Panicked | InvalidOutput | TimedOut
BuildResult = Built | BuildFailure


ENCODINGS = ("utf8", "utf16", "compact-utf16")
"""String encodings, by their names in the flag `--encoding`."""
DEFAULT_ENCODING = ENCODINGS[0]
KEEP_VERSIONS = "--merge-imports-based-on-semver=false"
"""The common flag of tools for `component link` and `component new` if `LinkOptions.merge_versions` is false."""


STANDARD_NAMES, LEGACY_NAMES = "standard32", "legacy"
"""Schemes of core names, by their names in the flag `--dummy-names`. With the standard ones, compatible versions of one
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
    """A library to link. The name is its name in other libraries' `needed` lists; `openable`: `dlopen` can find it;
    `adapter`: an adapter instead of a library, which implements the libraries' imports from the module of that name
    (`--adapt`)."""

    name: str
    data: bytes
    openable: bool = False
    adapter: bool = False


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """Options of `component link`. `stack_size` in bytes.

    `several_worlds`: several generated libraries are linked, which use the extension of that name (wit_dylib.h).
    `merge_versions`: imports in compatible versions become one import of the highest version, as tools do by default;
    otherwise each is wired to its own version. `return_call_ref`: functions that exist before their targets call
    function references, by tail calls, and not through a table.
    """

    stub_missing_functions: bool = False
    stack_size: int | None = None
    built_in_libdl: bool = False
    several_worlds: bool = False
    merge_versions: bool = True
    return_call_ref: bool = False


class Job(Protocol):
    """Work in progress. A tool in its own process runs in parallel; a tool in this process works on demand."""

    def result(self) -> BuildResult:
        """Wait for the end. Another call returns the same result."""


class Generator(Protocol):
    """WIT and a world in it to a dynamic library (`wit-dylib`). `wit`: a text, or the path of a user's file or folder.
    `world` None: the only world of the package."""

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
    """The subcommands that make components without a linker, and show their contents."""

    def embed(self, wit: str, world: str, options: EmbedOptions) -> Job:
        """A core module with all items of the world that traps when it is called (`component embed`)."""

    def new(self, module: bytes, adapters: Sequence[Library] = ()) -> Job:
        """A component of a core module that contains its world (`component new` with its default flags: imports in
        compatible versions become one import of the highest version). `adapters`: by `--adapt`."""

    def wit(self, component: bytes) -> Job:
        """The world of a component, as WIT text in UTF-8 (`component wit`)."""


class Printer(Protocol):
    """`component wit` of a WIT package."""

    def print_package(self, form: str, wit: str, features: tuple[str, ...]) -> Job:
        """The text with these features, as one of `PACKAGE_FORMS`: UTF-8 text with all packages, JSON, or a binary of
        the main package."""


INITIALIZE = "initialize"
"""The stage of an `Initializer`."""


class Initializer(Protocol):
    """A component with the state that it has after its initialisation (`component init`)."""

    def initialize(self, component: bytes, function: str | None) -> Job:
        """`function`: the exported function to run; None: none, only instantiation. `Refused` at the stage `INITIALIZE`
        if it cannot be done."""


GENERATE_WORDS = "WIT --world WORLD --interpreter NAME [--features NAMES]"
"""The arguments after `wit-dylib`, for `Toolchain.commands`."""
EMBED_WORDS = (
    "component embed WIT --world WORLD --encoding ENCODING --dummy-names SCHEME [--features NAMES]",
    "component new MODULE",
    "component wit COMPONENT",
)
"""The subcommands of an `Embedder`, for `Toolchain.commands`."""
PRINT_WORDS = ("component wit WIT [--json] [--wasm] [--features NAMES]",)
"""The subcommands of a `Printer`, for `Toolchain.commands`."""
OUR_COMMANDS = (
    f"generator wit-dylib {GENERATE_WORDS}",
    "generator component link NAME=LIBRARY...",
    *(f"generator {words}" for words in (*EMBED_WORDS, *PRINT_WORDS)),
)
"""The commands that match our calls, which run in this process."""


@dataclass(frozen=True, slots=True)
class Toolchain:
    """`name` is its name in cells (`ours`, `reference`, or a name from a TOML file); `tool` and `version` identify the
    program. `in_process`: it works in the harness's own process and can stop it."""

    name: str
    tool: str
    version: str
    generator: Generator
    linker: Linker
    in_process: bool = False
    commands: tuple[str, ...] = ()
    """Its commands with every flag, as a user would type them; capitals stand for the parts that differ between
    cases."""
    lacks: frozenset[str] = frozenset()
    """Its missing abilities: a stage (`generate`, `link`, `embed`, `new`, `wit`, `wit-text`, `wit-json`,
    `wit-wasm`), `features`, `interpreter` (its name), an option of the linker, `embed-features`, `embed-names`,
    `new-adapt`, `wit-text-features` and its kin."""
    embedder: Embedder | None = None
    """Its `component embed`, `new` and `wit`; None if it has none of them."""
    printer: Printer | None = None
    """Its `component wit` of WIT packages; None if it has none."""
    initializer: Initializer | None = None
    """Its `component init`; None if it has none."""
    version_of: str = ""
    """The tool, if several versions of it take part in a run. Known faults are those of this version."""

    @property
    def known_as(self) -> str:
        """The tool whose known faults it may have, as the expectations of a run name it."""
        return known_as(self.version_of, self.version) if self.version_of else self.tool


def known_as(tool: str, version: str) -> str:
    """The name of one of several versions of a tool, in the expectations of a run."""
    return f"{tool}@{version}"


@dataclass(slots=True)
class Done:
    """A job that is already finished."""

    outcome: BuildResult

    def result(self) -> BuildResult:
        return self.outcome
