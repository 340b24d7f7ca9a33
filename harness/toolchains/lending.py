"""Missing abilities of a toolchain: another toolchain lends a missing stage; if anything else is missing, the toolchain
is left out, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from harness.toolchains.command_schema import EMBEDDING, PACKAGE_FORMS
from harness.toolchains.protocol import LinkOptions, Toolchain

STAGES = ("generate", "link")


def lend(toolchain: Toolchain, lender: Toolchain) -> Toolchain:
    """The toolchain with the lender's generator or linker in place of a missing one."""
    generator = lender.generator if "generate" in toolchain.lacks else toolchain.generator
    linker = lender.linker if "link" in toolchain.lacks else toolchain.linker
    return replace(toolchain, generator=generator, linker=linker)


def makers(toolchains: Mapping[str, Toolchain], names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The owners of the generator and linker behind each of these names; the first toolchain of all is the lender."""
    lender = next(iter(toolchains), "")
    found = {}
    for name in names:
        generator, linker = (lender if stage in toolchains[name].lacks else name for stage in STAGES)
        found[name] = (generator, linker)
    return found


def lent(name: str, lacks: Iterable[str], lender: str) -> list[str]:
    """The notes at the start of a run about lent stages, skipped subcommands, and an interpreter that is not told."""
    lacking = frozenset(lacks)
    said = [f"{name} has no `{stage}`: {lender} does that for it" for stage in STAGES if stage in lacking]
    if "interpreter" in lacking:
        said.append(f"{name} has no {{interpreter}} in `generate`: its libraries must name the interpreter without it")
    untried = [f"`{word}`" for word in (*EMBEDDING, *PACKAGE_FORMS) if word in lacking]
    return said + ([f"{name} has no {', '.join(untried)}: not tried with it"] if untried else [])


OF_LIBRARIES = ("openable", "adapt")
"""The requirements of each library."""


class LibraryNeeds(Protocol):
    """The requirements of one library."""

    @property
    def openable(self) -> bool: ...

    @property
    def adapter(self) -> bool: ...


def asked_of_linker(options: LinkOptions, libraries: Sequence[LibraryNeeds]) -> list[str]:
    """The requirements of a link beyond the libraries, by the names of `Toolchain.lacks`."""
    asked = {
        "stack-size": options.stack_size is not None,
        "stub-missing-functions": options.stub_missing_functions,
        "built-in-libdl": options.built_in_libdl,
        "several-worlds": options.several_worlds,
        "return-call-ref": options.return_call_ref,
        "openable": any(library.openable for library in libraries),
        "adapt": any(library.adapter for library in libraries),
        "keep-versions": not options.merge_versions,
    }
    return [name for name, is_asked in asked.items() if is_asked]


def left_out(toolchains: Mapping[str, Toolchain], names: Iterable[str], asked: Iterable[str]) -> dict[str, str]:
    """The toolchains among these that lack a requirement, each with the reason."""
    wanted = list(asked)
    found = {}
    for name in names:
        lacking = [item for item in wanted if item in toolchains[name].lacks]
        if lacking:
            found[name] = f"toolchain {name} is left out: its file has no {', '.join(map(_shown, lacking))}"
    return found


def _shown(item: str) -> str:
    if item in STAGES or item in EMBEDDING:
        return f"`{item}`"
    if item == "new-adapt":
        return "words for adapters of `new`"
    return "{features} in `generate`" if item == "features" else f"`link-options.{item}`"
