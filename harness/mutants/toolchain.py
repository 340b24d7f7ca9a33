"""A mutant as a toolchain, named `mutant:NAME`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from harness.mutants.async_interpreters import ASYNC_INTERPRETERS
from harness.mutants.boxed_faults import BOXED_FAULTS
from harness.mutants.embedding import EMBEDDING
from harness.mutants.generators import GENERATORS
from harness.mutants.initializing import INITIALIZING
from harness.mutants.interpreters import INTERPRETERS
from harness.mutants.linkers import LINKERS
from harness.mutants.mutant import Area, Mutant
from harness.mutants.packages import PACKAGES
from harness.mutants.patch import MissingTarget, NotTaken, Patch
from harness.toolchains.component_build import INTERPRETER
from harness.toolchains.named import UnknownToolchain
from harness.toolchains.ours import OurToolchain
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

PREFIX = "mutant:"

_TABLES = (ASYNC_INTERPRETERS, EMBEDDING, PACKAGES, INITIALIZING)

MUTANTS: dict[str, Mutant] = {
    mutant.name: mutant
    for table in (GENERATORS, LINKERS, INTERPRETERS, BOXED_FAULTS, *[table.rows for table in _TABLES])
    for mutant in table
}


_FOLDER = str(Path(__file__).parent)


class BrokenMutant(Exception):
    """The fault itself is broken, not our tool: our tools have changed, and the mutant must follow."""


class _PatchedJob:
    """A job of ours that runs while a patch is applied."""

    def __init__(self, job: Job, applied: Callable[[], AbstractContextManager[None]]) -> None:
        self._job = job
        self._applied = applied

    def result(self) -> BuildResult:
        with self._applied():
            result = self._job.result()
        if isinstance(result, Panicked) and _FOLDER in result.message.rpartition('File "')[2]:
            raise BrokenMutant(result.message)
        return result


class _Wrong:
    """Our tools, one of them or the interpreter with a fault."""

    def __init__(self, mutant: Mutant) -> None:
        self._ours = OurToolchain()
        self._mutant = mutant

    def _applied(self, *areas: Area) -> AbstractContextManager[None]:
        fault = self._mutant.fault
        return fault.applied() if self._mutant.area in areas and isinstance(fault, Patch) else nullcontext()

    def generate(self, wit: str | Path, world: str | None, options: GenerateOptions) -> Job:
        return _PatchedJob(self._ours.generate(wit, world, options), lambda: self._applied(Area.GENERATOR))

    def embed(self, wit: str, world: str, options: EmbedOptions) -> Job:
        return self._embedding(self._ours.embed(wit, world, options))

    def new(self, module: bytes, adapters: Sequence[Library] = ()) -> Job:
        """`new` makes components as `link` does: a wrong linker is wrong here, too."""
        return _PatchedJob(self._ours.new(module, adapters), lambda: self._applied(Area.EMBEDDER, Area.LINKER))

    def wit(self, component: bytes) -> Job:
        return self._embedding(self._ours.wit(component))

    def print_package(self, form: str, wit: str, features: tuple[str, ...]) -> Job:
        return self._embedding(self._ours.print_package(form, wit, features))

    def initialize(self, component: bytes, function: str | None) -> Job:
        return _PatchedJob(self._ours.initialize(component, function), lambda: self._applied(Area.INITIALIZER))

    def _embedding(self, job: Job) -> Job:
        return _PatchedJob(job, lambda: self._applied(Area.EMBEDDER))

    def link(self, libraries: Sequence[Library], options: LinkOptions) -> Job:
        if not isinstance(self._mutant.fault, Patch):
            libraries = [
                replace(item, data=_wrong_interpreter(self._mutant.name, item.data))
                if item.name == INTERPRETER
                else item
                for item in libraries
            ]
        return _PatchedJob(self._ours.link(libraries, options), lambda: self._applied(Area.LINKER))


@lru_cache(maxsize=256)
def _wrong_interpreter(name: str, binary: bytes) -> bytes:
    fault = MUTANTS[name].fault
    assert not isinstance(fault, Patch), f"{name} is no interpreter"
    return fault(binary)


def toolchain(name: str) -> Toolchain:
    """The toolchain of a mutant, after a proof that its fault takes effect. Raises `UnknownToolchain`,
    `BrokenMutant`."""
    if name not in MUTANTS:
        raise UnknownToolchain(f"there is no mutant {name!r} (`harness mutants --list` shows all)")
    fault = MUTANTS[name].fault
    if isinstance(fault, Patch):
        try:
            fault.prove()
        except (MissingTarget, NotTaken) as error:
            raise BrokenMutant(f"mutant {name}: {error}") from error
    tool = _Wrong(MUTANTS[name])
    version = metadata.version("wit-dylib-harness")
    return Toolchain(
        f"{PREFIX}{name}",
        "mutant",
        version,
        tool,
        tool,
        in_process=True,
        embedder=tool,
        printer=tool,
        initializer=tool,
    )
