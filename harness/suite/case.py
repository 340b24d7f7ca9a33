"""A case: one TOML file with a world, calls, and their expected results.

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

Steps run in order. `result` is the value that the callee returns and the caller must receive. Handles have names:

* `result = "$x"` makes the callee return a handle and binds it for the caller; a callee that defines the resource makes
  a new one unless it holds `$x` already, any other callee must hold `$x`;
* `args = ["$x"]` gives an own handle away, or lends it where the parameter is a borrow;
* a callee keeps the own handles that it receives, and drops borrowed ones before it returns (but see `keep`);
* `drop = "$x"`: the holder drops it. A handle that is never dropped stays alive;
* `during` lists the callee's actions before it returns: calls of its imports, `new`, `drop`, `rep`; for a `drop`, the
  actions of the resource's destructor;
* `error-context = "$e"` makes an error context, `message-of = "$e"` reads its message; both sides of a call have it
  under its name, and drop it in separate steps.

A call with a name (`as`) is not waited for; `await`, `cancel` and other steps of tasks name it (`task_steps.py`).

A new composition begins after a step with `trap`; earlier handles are gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, ErrorContextStep, MessageStep, NewStep, RepStep, Step, StepPath
from harness.script.operations import Lists
from harness.suite import wit_file
from harness.suite.conditions import UNCONDITIONAL, Conditions, read_conditions
from harness.suite.provenance import Provenance, read_provenance
from harness.suite.schema import CASE_SCHEMA
from harness.suite.task_steps import read_task_step, status_of
from harness.suite.version import parse_versioned, read_versioned
from harness.text.toml_lines import FileError, TomlFile

DEFAULT_SAMPLE_CALLS = 50

CaseError = FileError


@dataclass(frozen=True)
class Sample:
    """Calls drawn from a seed instead of steps."""

    seed: int = 0
    calls: int = DEFAULT_SAMPLE_CALLS


@dataclass(frozen=True)
class Case:
    """Values in `steps` are texts: WAVE, or a script value after `!`; handles in them have names without `$`. `lists`:
    for each run, which lists go whole."""

    title: str
    why: str
    origin: tuple[str, ...]
    file: TomlFile
    wit: str | Path
    world: str | None = None
    features: tuple[str, ...] = ()
    lists: tuple[Lists, ...] = (Lists.BY_ELEMENT,)
    steps: tuple[Step[str], ...] = ()
    sample: Sample | None = None
    merge_versions: bool = True
    """Whether the subject is linked with the default."""
    encodings: tuple[str, ...] = ()
    """The encodings in which `component embed`, `new` and `wit` are tried."""
    hooks: str = ""
    """The task hooks of the subject's interpreter (`interpreters.HOOKS`)."""
    async_filters: tuple[str, ...] = ()
    """`--async` of `wit-dylib` for the subject."""
    blocking_run: bool = False
    """`run` and `finish` of the interpreters are lifted synchronously."""
    conditions: Conditions = UNCONDITIONAL
    made_by: Provenance | None = None

    def error(self, path: Sequence[str | int], message: str) -> CaseError:
        """`message` about the place of `path` in the file."""
        return self.file.error(path, message)


def load_case(path: Path) -> Case:
    """Read a case file; raises `CaseError` with file and line."""
    return _case(read_versioned(path, CASE_SCHEMA), path.parent)


def parse_case(text: str, name: str = "<case>", folder: Path = Path()) -> Case:
    """A case from its text; `folder` is the folder of `wit-file`."""
    return _case(parse_versioned(text, name, CASE_SCHEMA), folder)


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
        data.get("hooks", ""),
        tuple(data.get("async", ())),
        data.get("blocking-run", False),
        read_conditions(file),
        read_provenance(data),
    )


def _steps(rows: Sequence[dict[str, Any]], path: StepPath) -> tuple[Step[str], ...]:
    return tuple(_step(row, (*path, index)) for index, row in enumerate(rows))


def _step(row: dict[str, Any], path: StepPath) -> Step[str]:
    trap = TrapClass(row["trap"]) if "trap" in row else None
    by = Role(row["by"]) if "by" in row else None
    if "new" in row:
        return NewStep(_name(row["new"]), row["resource"], row.get("rep"), by, path)
    if "rep" in row:
        return RepStep(_name(row["rep"]), trap, by, path)
    if "error-context" in row:
        return ErrorContextStep(_name(row["error-context"]), row["message"], by, path)
    if "message-of" in row:
        return MessageStep(_name(row["message-of"]), trap, by, path)
    task = read_task_step(row, path, by, trap, _steps)
    if task is not None:
        return task
    during = _steps(row.get("during", ()), (*path, "during"))
    destroys = tuple(map(_name, row["destroys"])) if "destroys" in row else None
    if "drop" in row:
        return DropStep(_name(row["drop"]), row.get("stale", False), trap, during, destroys, by, path)
    keep = frozenset(map(_name, row.get("keep", ())))
    args = tuple(row.get("args", ()))
    name = _name(row["as"]) if "as" in row else None
    result = row.get("result")
    return CallStep(row["call"], args, result, by, trap, during, keep, destroys, path, name, status_of(row))


def _name(handle: str) -> str:
    return handle.removeprefix("$")
