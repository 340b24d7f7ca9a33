"""A step, an operation of the script and an event, added by the recipes: a component notes a number in its trace."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from tests.recipes.copied import Copy, Edit
from tests.recipes.text import paths, section

OPERATION = (
    Edit(
        "harness/script/operations.py",
        "REGISTERS = 256\n",
        "\n\n@dataclass(frozen=True, slots=True)\nclass Note:\n    number: int\n",
    ),
    Edit("harness/script/operations.py", "\nHandleOp = ", "Note | "),
    Edit("harness/script/text.py", "from harness.script.operations import (\n", "    Note,\n"),
    Edit(
        "harness/script/text.py",
        "_OP: dict[type, Callable[[Any], str]] = {\n",
        '    Note: lambda op: f"note {op.number}",\n',
    ),
    Edit(
        "harness/model/resource_ops.py",
        "    match op:\n",
        "        case s.Note(number):\n            instance.tell(e.Noted(number))\n",
    ),
    Edit(
        "harness/planner/compiler.py",
        "                self._call(frame, step)\n",
        "            case NoteStep(number):\n                frame.add(s.Note(number))\n",
    ),
)
OPERATION_IN_C = (
    Edit("interpreters/src/script_ops.c", '#include "fail.h"\n', '#include "trace.h"\n'),
    Edit(
        "interpreters/src/script_ops.c",
        "Val *ops_value(const Ops *ops) { return script_value(ops->reader, ops->arguments, ops->run); }\n",
        """
static void run_note(const Ops *ops) {
  uint32_t number = read_u32(ops->reader);
  if (!ops->run) return;
  trace_event("noted");
  trace_unsigned(number);
  trace_end();
}
""",
    ),
    Edit(
        "interpreters/src/script_ops.c",
        "  switch (word) {\n",
        "    case WORD('n', 'o', 't', 'e'): run_note(ops); return true;\n",
    ),
)
EVENT = (
    Edit(
        "harness/trace/events.py",
        "    cause: Annotated[str, Rest()]\n",
        '\n\n@event("noted {number}")\n@dataclass(frozen=True, slots=True)\nclass Noted(Event):\n    number: Count\n',
    ),
)
STEP = (
    Edit(
        "harness/plan/steps.py",
        '"""The place of a step in its file; empty for a step without a file."""\n',
        """

@dataclass(frozen=True)
class NoteStep:
    number: int
    by: Role | None = None
    path: StepPath = ()
""",
    ),
    Edit("harness/plan/steps.py", "\nStep: TypeAlias = ", "NoteStep | "),
    Edit("harness/plan/steps.py", "    if isinstance(step, NewStep | ", "NoteStep | "),
    Edit("harness/plan/steps.py", "        case NewStep() | ", "NoteStep() | "),
    Edit("harness/planner/compiler.py", "from harness.plan.steps import ", "NoteStep, "),
    Edit(
        "harness/suite/case.py",
        '    by = Role(row["by"]) if "by" in row else None\n',
        '    if "note" in row:\n        return NoteStep(row["note"], by, path)\n',
    ),
    Edit("harness/suite/case.py", "from harness.plan.steps import ", "NoteStep, "),
    Edit(
        "harness/suite/schema.py",
        '        *task_step_schemas(_HANDLE, _BY, _CALL["trap"], {"$ref": "#/$defs/step"}),\n',
        """        {
            "type": "object",
            "required": ["note", "by"],
            "properties": {"note": {"type": "integer", "minimum": 0}, "by": _BY},
            "additionalProperties": False,
        },
""",
    ),
    Edit(
        "harness/suite/case_writer.py",
        "    match step:\n",
        '        case NoteStep():\n            pairs += [("note", str(step.number)), *_by(step)]\n',
    ),
    Edit("harness/suite/case_writer.py", "from harness.plan.steps import ", "NoteStep, "),
    Edit(
        "harness/planner/passing.py",
        "        kept: list[str] = []\n",
        "        frame.steps.append(NoteStep(1, frame.by))\n",
    ),
    Edit("harness/planner/passing.py", "from harness.plan.steps import ", "NoteStep, "),
    Edit(
        "harness/explain/steps.py",
        "        match step:\n",
        '            case NoteStep():\n                yield f"{pad}the {role.value} notes {step.number}"\n',
    ),
    Edit("harness/explain/steps.py", "from harness.plan.steps import (\n", "    NoteStep,\n"),
    Edit(
        "harness/explain/rules.py",
        "def _of_step(step: Step[Value] | Step[str]) -> Rule:\n    match step:\n",
        '        case NoteStep():\n            return Rule("a component can note a number", ("canon_lift",))\n',
    ),
    Edit("harness/explain/rules.py", "from harness.plan.steps import (\n", "    NoteStep,\n"),
)

CASE = """
title = "A noted number"
why = "A new operation."
origin = "own"
wit = "package a:b; world w { import f: func(); }"

[[step]]
note = 7
by = "subject"

[[step]]
call = "f"
"""
WIT = "package a:b; interface i { f: func(a: u8) -> u8; } world w { import i; export i; }"
SAMPLE = f"""
title = "Numbers noted in random calls"
why = "Each caller notes a number when it has a result."
origin = "own"
wit = "{WIT}"

[sample]
calls = 4
"""


def _always_listed(title: str) -> set[str]:
    """The files of the harness that a recipe lists, without those that only some additions need."""
    rows = re.findall(r"^- .*(?:\n  .*)*", section(title), re.MULTILINE)
    return {path for row in rows if " only " not in row for path in paths(row) if path.startswith("harness/")}


@pytest.mark.parametrize(("title", "edits"), [("An operation", OPERATION), ("A step", STEP)])
def test_the_recipe_lists_these_files(title: str, edits: tuple[Edit, ...]) -> None:
    assert {edit.path for edit in edits} == _always_listed(title)


@pytest.mark.skipif(importlib.util.find_spec("ziglang") is None, reason="no C compiler: the extra `interpreters`")
def test_they_run(tmp_path: Path) -> None:
    """They run in a case and in random calls. They fail with the committed interpreter, and if the model predicts
    another event."""
    copy = Copy(tmp_path, *OPERATION, *EVENT, *STEP)
    case, sample, wit = copy.file("case.toml", CASE), copy.file("sample.toml", SAMPLE), copy.file("a.wit", WIT)
    found = tmp_path / "found.toml"

    said = copy.harness("explain", case, "--no-reference", code_of_exit=1)
    assert "the subject notes 7" in said and "script_syntax" in said

    copy.edit(OPERATION_IN_C)
    copy.python("from interpreters import boxed, build; boxed(3).write_bytes(build.build(3))")
    assert "2 cases: 2 pass in" in copy.harness("run", case, sample, "--no-reference")

    copy.edit([Edit("harness/model/resource_ops.py", "e.Noted(number", " + 1")])
    said = copy.harness("check", wit, "--calls", "4", "--write-case", found, "--no-reference", code_of_exit=1)
    assert "noted 2" in said and "noted 1" in said
    assert "\nnote = 1\n" in found.read_text(encoding="utf-8")
