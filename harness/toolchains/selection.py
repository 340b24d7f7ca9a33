"""The toolchains of a run, as data that travels: each worker makes them from it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Protocol

from harness.process.launching import ProcessLimits
from harness.toolchains import wasm_tools
from harness.toolchains.cells import OURS, REFERENCE
from harness.toolchains.lending import lend
from harness.toolchains.protocol import OUR_COMMANDS, Toolchain
from harness.toolchains.reference_binary import Executable


class NoToolchain(Exception):
    """A run cannot be made as requested. The message gives the reason and the fix."""


@dataclass(frozen=True, slots=True)
class ToolInfo:
    """A toolchain that takes part, for reports."""

    name: str
    tool: str
    version: str
    path: str
    commands: tuple[str, ...] = ()
    lacks: frozenset[str] = frozenset()
    """Like `Toolchain.lacks`."""
    is_further: bool = False
    """Whether it is another reference beside the first."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The surroundings of toolchains. `directory`: for temporary files. `interpreters`: the interpreters of links."""

    directory: Path
    limits: ProcessLimits
    interpreters: Collection[bytes]


class Selected(Protocol):
    """One toolchain of a selection. It travels between processes; a `Toolchain` does not."""

    def info(self) -> ToolInfo:
        """Raises `NoToolchain`."""

    def make(self, environment: Environment) -> Toolchain: ...


@dataclass(frozen=True, slots=True)
class Ours:
    """The generator of this project."""

    def info(self) -> ToolInfo:
        return ToolInfo(OURS, "generator", metadata.version("wit-dylib-harness"), "", OUR_COMMANDS)

    def make(self, environment: Environment) -> Toolchain:
        from harness.toolchains import ours

        return ours.toolchain()


@dataclass(frozen=True, slots=True)
class Named:
    """A toolchain by name. `stands_in`: in the environment of ours, under its name."""

    called: str
    stands_in: bool = False

    def info(self) -> ToolInfo:
        from harness.toolchains.named import UnknownToolchain

        try:
            made = self._made()
        except UnknownToolchain as error:
            raise NoToolchain(str(error)) from error
        return ToolInfo(made.name, made.tool, made.version, self.called, made.commands)

    def make(self, environment: Environment) -> Toolchain:
        return self._made()

    def _made(self) -> Toolchain:
        from harness.toolchains.named import named

        found = named(self.called)
        return replace(found, name=OURS) if self.stands_in else found


@dataclass(frozen=True, slots=True)
class Reference:
    """wasm-tools. `link_flags`: its additional flags in every link. `called`: its name; another than `reference` if it
    is one of several."""

    executable: Executable
    link_flags: tuple[str, ...] = ()
    called: str = REFERENCE

    @property
    def is_further(self) -> bool:
        return self.called != REFERENCE

    def info(self) -> ToolInfo:
        found = self.executable
        commands = wasm_tools.commands(self.link_flags)
        return ToolInfo(self.called, wasm_tools.TOOL, found.version, found.path, commands, is_further=self.is_further)

    def make(self, environment: Environment) -> Toolchain:
        made = wasm_tools.reference(
            self.executable, environment.directory, environment.limits, environment.interpreters, self.link_flags
        )
        return replace(made, name=self.called, version_of=wasm_tools.TOOL if self.is_further else "")


@dataclass(frozen=True, slots=True)
class FromFile:
    """The toolchain that a TOML file describes (`command.py`)."""

    path: Path

    def info(self) -> ToolInfo:
        from harness.toolchains import command_file

        try:
            read = command_file.read(self.path)
        except command_file.ToolchainFileError as error:
            raise NoToolchain(str(error)) from error
        return ToolInfo(read.name, read.program, read.version, str(self.path), read.commands, read.lacks)

    def make(self, environment: Environment) -> Toolchain:
        from harness.toolchains import command

        return command.load(self.path, environment.directory, environment.limits)


@dataclass(frozen=True, slots=True)
class FromEntryPoint:
    """The toolchain that an installed package declares (`entry_points.py`)."""

    called: str

    def info(self) -> ToolInfo:
        made = self._made()
        return ToolInfo(made.name, made.tool, made.version, f"entry point {self.called}", made.commands, made.lacks)

    def make(self, environment: Environment) -> Toolchain:
        return self._made()

    def _made(self) -> Toolchain:
        from harness.toolchains import entry_points

        try:
            return entry_points.toolchain(self.called)
        except entry_points.BadEntryPoint as error:
            raise NoToolchain(str(error)) from error


@dataclass(frozen=True, slots=True)
class Selection:
    """The toolchains in the order of reports: ours or its stand-in first. The first lends a file its missing stages."""

    members: tuple[Selected, ...] = (Ours(),)

    @property
    def reference(self) -> Executable | None:
        return next((member.executable for member in self.members if isinstance(member, Reference)), None)

    @property
    def unvalidated(self) -> tuple[str, ...]:
        """The names of the references that do not validate what they link."""
        quick = (member for member in self.members if isinstance(member, Reference))
        return tuple(member.called for member in quick if wasm_tools.UNVALIDATED in member.link_flags)

    def validating(self) -> Selection:
        """The same with references that link as users do."""
        members = (replace(each, link_flags=()) if isinstance(each, Reference) else each for each in self.members)
        return Selection(tuple(members))

    def infos(self) -> list[ToolInfo]:
        """The toolchains that take part in every cell, without toolchains by name that are tried in addition to ours.
        Raises `NoToolchain`."""
        return [m.info() for m in self.members if not isinstance(m, Named) or m.stands_in]

    def make(self, environment: Environment) -> dict[str, Toolchain]:
        """The toolchains by name."""
        found: dict[str, Toolchain] = {}
        for member in self.members:
            made = member.make(environment)
            found[made.name] = lend(made, next(iter(found.values()))) if found and made.lacks else made
        return found
