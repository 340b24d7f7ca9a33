"""Cases of other people's tests: folders of WIT, as wit-bindgen and wit-dylib lay theirs out.

wit-bindgen: `tests/codegen/*.wit` or a folder with `deps/`, `tests/runtime/*/test.wit`. wit-dylib:
`test-programs/src/bin/*.wit`. All have worlds in files or in folders of one package, with or without `deps/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.bench.workbench import Workbench
from harness.frontend.front_end import FrontEndError, Surroundings, surround, worlds_of
from harness.fuzz.case_text import CaseParts, case_of, case_text
from harness.fuzz.same_case import shape
from harness.plan.left_out import LeftOut
from harness.plan.roles import Role
from harness.planner import case_plan
from harness.planner.registers import OutOfRegisters
from harness.process.steps import StepLost
from harness.suite.case import CaseError, Sample
from harness.text.limits import planning
from harness.values.draws import Impossible

CALLS = 50
"""The approximate number of drawn calls of a case."""
_DEPENDENCIES = "deps"


@dataclass(frozen=True, slots=True)
class WitSource:
    """A file, or a folder that is one package. `name`: its path below the imported folder, without a suffix."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A case of one world, as text, or why there is none. `note`: what of the world the case leaves out."""

    name: str
    text: str = ""
    why_not: str = ""
    note: str = ""
    shape: object = field(default=None, compare=False)
    """Equal for the same case with other names."""


@dataclass(frozen=True, slots=True)
class ImportSource:
    """The task of a worker. `origin`: a link to the imported folder, or empty; `seed`: of drawn calls."""

    source: WitSource
    origin: str
    seed: int

    def perform(self, bench: Workbench) -> tuple[Imported, ...]:
        try:
            with bench.steps.bounded("read"):
                worlds = worlds_of(self.source.path)
        except (FrontEndError, StepLost) as error:
            return (Imported(self.source.name, why_not=str(error)),)
        if not worlds:
            return (Imported(self.source.name, why_not="it has no world"),)
        names = [self.source.name] if len(worlds) == 1 else [f"{self.source.name}-{world}" for world in worlds]
        return tuple(self._import(bench, name, world) for name, world in zip(names, worlds, strict=True))

    def _import(self, bench: Workbench, name: str, world: str) -> Imported:
        try:
            with bench.steps.bounded(f"plan {world}", extra=planning(CALLS)):
                surroundings = surround(self.source.path, world)
                parts, note = self._parts(surroundings, world)
                case = case_of(parts)
                case_plan(case)
                return Imported(name, case_text(parts), note=note, shape=shape(case))
        except (FrontEndError, CaseError, Impossible, OutOfRegisters, StepLost, _NothingLeft) as error:
            return Imported(name, why_not=str(error))

    def _parts(self, surroundings: Surroundings, world: str) -> tuple[CaseParts, str]:
        """A sample if anything can be called, otherwise the world alone. Raises `_NothingLeft`."""
        subject = surroundings.parts[Role.SUBJECT]
        left_out = _shortened(surroundings.unsupported)
        callable_ = any(part.world.import_functions() for part in surroundings.parts.values())
        if not callable_ and left_out:
            raise _NothingLeft(f"nothing is left of its functions: {left_out}")
        origin = f"{self.origin.rstrip('/')}/{self.source.name}" if self.origin else "own"
        return CaseParts(
            title=f"{self.source.name}, world {world}",
            why="Bindings of this world are tested elsewhere; every function is called."
            if callable_
            else "Bindings of this world are tested elsewhere; it has nothing to call.",
            wit=subject.plan.wit,
            world=world,
            sample=Sample(self.seed, CALLS) if callable_ else None,
            origin=(origin,),
        ), left_out


class _NothingLeft(Exception):
    """All functions of a world are left out. The message says why."""


def _shortened(unsupported: Sequence[LeftOut]) -> str:
    """The functions that are left out, by reason; of many the first one and their number."""
    by_reason: dict[str, list[str]] = {}
    for item in unsupported:
        by_reason.setdefault(item.why, []).append(item.what)
    return "; ".join(
        f"{names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''}: {reason}"
        for reason, names in by_reason.items()
    )


def sources(folder: Path) -> Iterator[WitSource]:
    """The WIT files and packages below a folder, in the order of their paths. Dependencies are no sources."""
    wit = sorted(path for path in folder.rglob("*.wit") if path.is_file())
    folders = dict.fromkeys(path.parent for path in wit)
    packages = {path for path in folders if (path / _DEPENDENCIES).is_dir()}
    for path in folders:
        if _inside_dependencies(path, folder) or any(parent in packages for parent in path.parents):
            continue
        if path in packages:
            yield WitSource(path, _name(path, folder))
        else:
            yield from (WitSource(file, _name(file.with_suffix(""), folder)) for file in wit if file.parent == path)


def _inside_dependencies(path: Path, folder: Path) -> bool:
    return _DEPENDENCIES in path.relative_to(folder).parts


def _name(path: Path, folder: Path) -> str:
    """`runtime/lists/test` is `runtime/lists`."""
    found = path.relative_to(folder)
    if found.name == "test" and len(found.parts) > 1:
        found = found.parent
    return found.as_posix() if found.parts else path.resolve().name
