"""The model predicts task hooks; `cases/task-hooks` compares it with interpreters."""

from __future__ import annotations

import pytest

from harness.frontend.front_end import WitText, surround
from harness.model import Crossings, ModelRun, run_model
from harness.model.hooks import HOOKS
from harness.plan.roles import Role
from harness.script import operations as s
from interpreters import HOOKS as NAMES
from tests.harness.model_runs import RUN, lines, value

WIT = """package a:b;
interface x { resource r; f: func() -> u8; }
interface y { g: func(); }
world w { export x; import y; }
"""
EXPORT = s.Frame(s.OnExport("a:b/x", "f"), (s.Call("a:b/y", "g", None, ()), s.Return(value("u8 1"))))


def run(hooks: str, export: s.Frame = EXPORT) -> ModelRun:
    parts = surround(WitText(WIT, "test.wit"))
    frames = {
        Role.SUBJECT: (export,),
        Role.PROVIDER: (s.Frame(s.OnExport("a:b/y", "g"), (s.Return(None),)),),
        Role.DRIVER: (s.Frame(RUN, (s.Call("a:b/x", "f", 0, ()),)),),
    }
    scripts = {role: s.Script(frames[role]) for role in parts.parts}
    worlds = parts.worlds
    return run_model(Crossings(worlds, parts.wires, {Role.SUBJECT: hooks}), scripts, [Role.DRIVER])


CALL = ["export_start a:b/x#f", "export_call a:b/x#f", "import_call a:b/y#g", "import_return a:b/y#g", "pop_u8 = 1"]
FINISH = "export_finish a:b/x#f"


@pytest.mark.parametrize(
    ("hooks", "expected"),
    [
        ("", [*CALL, FINISH]),
        (
            "task-hook",
            ["task_hook 6", "task_hook 7", "task_hook 0", *CALL, FINISH, "task_hook 1", "task_hook 0"],
        ),
        ("init-task", ["init_task 0", "init_task 0", *CALL, FINISH, "init_task 0"]),
    ],
)
def test_around_an_export(hooks: str, expected: list[str]) -> None:
    assert lines(run(hooks), Role.SUBJECT) == expected


def test_a_destructor_in_a_task() -> None:
    ops = (EXPORT.ops[0], s.New(0, "a:b/x", "r", 5), s.Drop(value("$0")), s.Return(value("u8 1")))
    seen = lines(run("task-hook", s.Frame(EXPORT.key, ops)), Role.SUBJECT)
    first = seen.index("task_hook 8")
    assert [line.partition(" ")[0] for line in seen[first - 2 : first]] == ["resource_new", "resource_drop"]
    assert seen[first + 1 : first + 4] == ["resource_dtor [export]a:b/x#r 5", "task_hook 9", "pop_u8 = 1"]


@pytest.mark.parametrize("hooks", NAMES)
def test_after_a_trap_nothing_is_told(hooks: str) -> None:
    seen = lines(run(hooks, s.Frame(EXPORT.key, (s.Trap(),))), Role.SUBJECT)
    assert seen[-2:] == CALL[:2]


def test_the_model_knows_all_hooks() -> None:
    assert set(HOOKS) == {"", *NAMES}
