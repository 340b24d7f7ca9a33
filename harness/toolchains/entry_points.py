"""Toolchains by Python classes that installed packages declare as entry points (docs/toolchains.md).

An entry point of the group `GROUP` names a class without parameters. An object of it has `version` and some of these
methods, which take what a `Generator`, a `Linker`, an `Embedder` and a `Printer` take and return bytes:
`generate`, `link`, `embed`, `new`, `wit`, `print_package`. `Refusal` says that the tool refuses its input; any other
exception is a crash.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from harness.toolchains.command_schema import EMBEDDING, PACKAGE_FORMS
from harness.toolchains.lending import STAGES
from harness.toolchains.protocol import (
    BuildResult,
    Built,
    EmbedOptions,
    GenerateOptions,
    Job,
    Library,
    LinkOptions,
    Panicked,
    Refused,
    Toolchain,
)

GROUP = "wit_dylib_harness.toolchains"


class Refusal(Exception):
    """A toolchain's class raises this with the tool's own words if the tool refuses its input."""


class BadEntryPoint(Exception):
    """An entry point that cannot be used as a toolchain. The message says why."""


def names() -> tuple[str, ...]:
    """The toolchains that installed packages declare."""
    return tuple(sorted({entry.name for entry in metadata.entry_points(group=GROUP)}))


def toolchain(name: str) -> Toolchain:
    """Raises `BadEntryPoint`."""
    found = list(metadata.entry_points(group=GROUP, name=name))
    if not found:
        raise BadEntryPoint(f"no installed package declares a toolchain {name} (there are: {', '.join(names())})")
    entry = found[0]
    try:
        tool = entry.load()()
    except Exception as error:  # any fault of another package
        raise BadEntryPoint(f"the toolchain {name} ({entry.value}): {type(error).__name__}: {error}") from error
    version = getattr(tool, "version", None)
    if not isinstance(version, str):
        raise BadEntryPoint(f"the toolchain {name} ({entry.value}) has no `version`, which is a text")
    lacks = frozenset(stage for stage in (*STAGES, *EMBEDDING) if not callable(getattr(tool, stage, None)))
    prints = callable(getattr(tool, "print_package", None))
    lacks |= frozenset(() if prints else PACKAGE_FORMS)
    if lacks >= {*STAGES, "new"}:
        raise BadEntryPoint(f"the toolchain {name} ({entry.value}) has none of `generate`, `link` and `new`")
    adapter = _Adapter(tool)
    embedder = None if lacks >= set(EMBEDDING) else adapter
    return Toolchain(
        name,
        name,
        version,
        adapter,
        adapter,
        in_process=True,
        lacks=lacks,
        embedder=embedder,
        printer=adapter if prints else None,
    )


class _Adapter:
    """The methods of the class behind the harness's protocols."""

    def __init__(self, tool: Any) -> None:
        self._tool = tool

    def generate(self, wit: str | Path, world: str | None, options: GenerateOptions) -> Job:
        return _Call("generate", lambda: self._tool.generate(wit, world, options))

    def link(self, libraries: Sequence[Library], options: LinkOptions) -> Job:
        return _Call("link", lambda: self._tool.link(libraries, options))

    def embed(self, wit: str, world: str, options: EmbedOptions) -> Job:
        return _Call("embed", lambda: self._tool.embed(wit, world, options))

    def new(self, module: bytes, adapters: Sequence[Library] = ()) -> Job:
        return _Call("new", lambda: self._tool.new(module, adapters))

    def wit(self, component: bytes) -> Job:
        return _Call("wit", lambda: self._tool.wit(component))

    def print_package(self, form: str, wit: str, features: tuple[str, ...]) -> Job:
        return _Call(form, lambda: self._tool.print_package(form, wit, features))


@dataclass(slots=True)
class _Call:
    """A call of a method, on demand, in this process."""

    stage: str
    call: Callable[[], object]
    _result: BuildResult | None = None

    def result(self) -> BuildResult:
        if self._result is None:
            self._result = self._do()
        return self._result

    def _do(self) -> BuildResult:
        try:
            made = self.call()
        except Refusal as error:
            return Refused(str(error), self.stage)
        except MemoryError:  # of the whole worker
            raise
        except Exception:
            return Panicked(1, traceback.format_exc(), self.stage)
        if not isinstance(made, bytes):
            return Panicked(1, f"`{self.stage}` returned a {type(made).__name__}, not bytes", self.stage)
        return Built(made)
