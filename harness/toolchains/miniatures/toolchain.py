"""A miniature as a toolchain, named `miniature:NAME`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from harness.build import INTERPRETER
from harness.toolchains.miniatures.embedding import EMBEDDING
from harness.toolchains.miniatures.generators import GENERATORS
from harness.toolchains.miniatures.interpreters import INTERPRETERS
from harness.toolchains.miniatures.linkers import LINKERS
from harness.toolchains.miniatures.miniature import Area, Miniature
from harness.toolchains.miniatures.patch import Patch
from harness.toolchains.named import UnknownToolchain
from harness.toolchains.ours import Ours
from harness.toolchains.protocol import (
    BuildResult,
    EmbedOptions,
    GenerateOptions,
    Job,
    Library,
    LinkOptions,
    Panicked,
    Toolchain,
)

PREFIX = "miniature:"

MINIATURES: dict[str, Miniature] = {
    miniature.name: miniature for table in (GENERATORS, LINKERS, INTERPRETERS, EMBEDDING.rows) for miniature in table
}


_FOLDER = str(Path(__file__).parent)


class BrokenMiniature(Exception):
    """Not our tool fails, but what was put into it: our tools have changed, and the miniature must follow."""


class _PatchedJob:
    """A job of ours that is done while a patch is applied."""

    def __init__(self, job: Job, applied: Callable[[], AbstractContextManager[None]]) -> None:
        self._job = job
        self._applied = applied

    def result(self) -> BuildResult:
        with self._applied():
            result = self._job.result()
        if isinstance(result, Panicked) and _FOLDER in result.message.rpartition('File "')[2]:
            raise BrokenMiniature(result.message)
        return result


class _Wrong:
    """Our tools, one of them or the interpreter with a fault."""

    def __init__(self, miniature: Miniature) -> None:
        self._ours = Ours()
        self._miniature = miniature

    def _applied(self, area: Area) -> AbstractContextManager[None]:
        fault = self._miniature.fault
        return fault.applied() if self._miniature.area is area and isinstance(fault, Patch) else nullcontext()

    def generate(self, wit: str | Path, world: str | None, options: GenerateOptions) -> Job:
        return _PatchedJob(self._ours.generate(wit, world, options), lambda: self._applied(Area.GENERATOR))

    def embed(self, wit: str, world: str, options: EmbedOptions) -> Job:
        return self._embedding(self._ours.embed(wit, world, options))

    def new(self, module: bytes) -> Job:
        return self._embedding(self._ours.new(module))

    def wit(self, component: bytes) -> Job:
        return self._embedding(self._ours.wit(component))

    def _embedding(self, job: Job) -> Job:
        return _PatchedJob(job, lambda: self._applied(Area.EMBEDDER))

    def link(self, libraries: Sequence[Library], options: LinkOptions) -> Job:
        if not isinstance(self._miniature.fault, Patch):
            libraries = [
                replace(item, data=_wrong_interpreter(self._miniature.name, item.data))
                if item.name == INTERPRETER
                else item
                for item in libraries
            ]
        return _PatchedJob(self._ours.link(libraries, options), lambda: self._applied(Area.LINKER))


@lru_cache(maxsize=256)
def _wrong_interpreter(name: str, binary: bytes) -> bytes:
    fault = MINIATURES[name].fault
    assert not isinstance(fault, Patch), f"{name} is no interpreter"
    return fault(binary)


def toolchain(name: str) -> Toolchain:
    """The toolchain of a miniature. Raises `UnknownToolchain`."""
    if name not in MINIATURES:
        raise UnknownToolchain(f"there is no miniature {name!r} (`harness miniatures --list` shows all)")
    tool = _Wrong(MINIATURES[name])
    version = metadata.version("wit-dylib-harness")
    return Toolchain(f"{PREFIX}{name}", "miniature", version, tool, tool, in_process=True, embedder=tool)
