"""A case: one TOML file that says which calls are made in which world and what must come of them.

```toml
title = "s8 in a list keeps its sign"
why = "The interpreter must receive -1, not 255."
origin = "https://github.com/bytecodealliance/wasm-tools/pull/2455"
wit = '''
package a:b;
interface x { f: func(a: list<s8>) -> s8; }
world w { import x; export x; }
'''
lists = "both"

[[step]]
call = "a:b/x#f"
args = ["[-1, -128]"]
result = "-1"
```

Steps run in order. `result` is what the callee returns and what the caller must receive. Handles have names:

* `result = "$x"` makes the callee return a handle and binds it for the caller; a callee that defines the resource makes
  a new one unless it holds `$x` already, any other callee must hold `$x`;
* `args = ["$x"]` gives an own handle away, or lends it where the parameter is a borrow;
* a callee keeps the own handles that it is given, and drops borrowed ones before it returns (but see `keep`);
* `drop = "$x"`: who holds it drops it. What nobody drops stays;
* `during` is what the callee does before it returns: calls of its imports, `new`, `drop`, `rep`; for a `drop`, what the
  resource's destructor does.

After a step with `trap` a new composition begins; handles from before are gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.script.operations import Lists
from harness.suite import wit_file
from harness.suite.schema import CASE_SCHEMA
from harness.text.toml_lines import FileError, TomlFile
from harness.text.toml_schema import parse_valid, read_valid

DEFAULT_SAMPLE_CALLS = 50

CaseError = FileError


@dataclass(frozen=True)
class CallStep:
    """A call. Values are WAVE text, or a script value after `!`. `path` is where the step stands in the file."""

    function: str
    args: tuple[str, ...] = ()
    result: str | None = None
    by: Role | None = None
    trap: TrapClass | None = None
    during: tuple[Step, ...] = ()
    keep: frozenset[str] = frozenset()
    destroys: tuple[str, ...] | None = None
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class DropStep:
    """`stale`: dropped by the component that makes the calls, which has given it away. `during`: the destructor's."""

    handle: str
    stale: bool = False
    trap: TrapClass | None = None
    during: tuple[Step, ...] = ()
    destroys: tuple[str, ...] | None = None
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class NewStep:
    """The component makes a handle of a resource that it exports."""

    handle: str
    resource: str
    rep: int | None = None
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class RepStep:
    handle: str
    trap: TrapClass | None = None
    path: tuple[str | int, ...] = ()


Step = CallStep | DropStep | NewStep | RepStep


@dataclass(frozen=True)
class Sample:
    """Calls drawn from a seed instead of steps."""

    seed: int = 0
    calls: int = DEFAULT_SAMPLE_CALLS


@dataclass(frozen=True)
class Case:
    """Handles are named without `$` here. `lists`: for each run, whether lists of numbers go whole."""

    title: str
    why: str
    origin: tuple[str, ...]
    file: TomlFile
    wit: str | Path
    world: str | None = None
    features: tuple[str, ...] = ()
    lists: tuple[Lists, ...] = (Lists.BY_ELEMENT,)
    steps: tuple[Step, ...] = ()
    sample: Sample | None = None
    merge_versions: bool = True
    """The subject is linked as by default."""
    encodings: tuple[str, ...] = ()
    """In which `component embed`, `new` and `wit` are tried."""

    def error(self, path: Sequence[str | int], message: str) -> CaseError:
        """`message` about the place in the file that `path` leads to."""
        return self.file.error(path, message)


def load_case(path: Path) -> Case:
    """Read a case file; raises `CaseError` with file and line."""
    return _case(read_valid(path, CASE_SCHEMA), path.parent)


def parse_case(text: str, name: str = "<case>", folder: Path = Path()) -> Case:
    """A case from its text; `folder` is where `wit-file` is looked for."""
    return _case(parse_valid(text, name, CASE_SCHEMA), folder)


_LISTS = {
    "elements": (Lists.BY_ELEMENT,),
    "whole": (Lists.NUMBERS,),
    "both": (Lists.BY_ELEMENT, Lists.NUMBERS),
    "any": (Lists.ANY,),
    "all": tuple(Lists),
}


def _case(file: TomlFile, folder: Path) -> Case:
    data = file.data
    origin = data["origin"]
    wit: str | Path
    try:
        wit = data["wit"] if "wit" in data else wit_file.find(folder, data["wit-file"])
    except wit_file.WitFileError as error:
        raise file.error(["wit-file"], str(error)) from error
    sample = data.get("sample")
    return Case(
        data["title"],
        data["why"],
        (origin,) if isinstance(origin, str) else tuple(origin),
        file,
        wit,
        data.get("world"),
        tuple(data.get("features", ())),
        _LISTS[data.get("lists", "elements")],
        _steps(data.get("step", ()), ("step",)),
        None if sample is None else Sample(sample.get("seed", 0), sample.get("calls", DEFAULT_SAMPLE_CALLS)),
        data.get("merge-versions", True),
        tuple(data.get("encodings", ())),
    )


def _steps(rows: Sequence[dict[str, Any]], path: tuple[str | int, ...]) -> tuple[Step, ...]:
    return tuple(_step(row, (*path, index)) for index, row in enumerate(rows))


def _step(row: dict[str, Any], path: tuple[str | int, ...]) -> Step:
    trap = TrapClass(row["trap"]) if "trap" in row else None
    destroys = tuple(map(_name, row["destroys"])) if "destroys" in row else None
    if "drop" in row:
        during = _steps(row.get("during", ()), (*path, "during"))
        return DropStep(_name(row["drop"]), row.get("stale", False), trap, during, destroys, path)
    if "new" in row:
        return NewStep(_name(row["new"]), row["resource"], row.get("rep"), path)
    if "rep" in row:
        return RepStep(_name(row["rep"]), trap, path)
    return CallStep(
        row["call"],
        tuple(row.get("args", ())),
        row.get("result"),
        Role(row["by"]) if "by" in row else None,
        trap,
        _steps(row.get("during", ()), (*path, "during")),
        frozenset(map(_name, row.get("keep", ()))),
        destroys,
        path,
    )


def _name(handle: str) -> str:
    return handle.removeprefix("$")
