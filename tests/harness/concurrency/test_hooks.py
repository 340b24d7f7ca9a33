"""Task hooks in asynchronous runs (docs/linking.md, "Task hooks"): their place among the events of their component.

`cases/task-hooks` compares it with interpreters; here the table is written out.
"""

from __future__ import annotations

import pytest

from harness.model.concurrency import Abi, Explained, Unexplained
from harness.plan.roles import Role
from harness.script import async_operations as ao
from harness.script import operations as s
from tests.harness.concurrency.runs import WIT, Scripts, X, crossings, export, run, start, u32

HOOKED = {hooks: crossings(hooks=hooks) for hooks in ("task-hook", "init-task")}
YIELD, RETURN = ao.Yield(1), s.Return()


def told(scripts: Scripts, who: str) -> list[str]:
    """The events of a component that come late, and the words of the others; then those that leave with its balance."""
    found: list[str] = []
    for line in scripts.lines():
        if line[0] == who:
            *late, event = line.partition(" ")[2].split("; ")
            found += [*late, event.split(" ")[0]]
    left = scripts.predict().left
    role = Role.PROVIDER if who == "p" else Role.SUBJECT
    return [*found, *(map(str, left[role].late) if role in left else ())]


def hooks(lines: list[str]) -> str:
    """The points of hooks, with the other events as letters: `e`xport_start, `c`ore call ends, `v`: event, `f`inish."""
    letters = {"export_start": "e", "export_async_call": "c", "export_async_callback": "c", "run": "c", "event": "v"}
    found = []
    for line in lines:
        word, _, rest = line.partition(" ")
        if word in ("task_hook", "init_task"):
            found.append(rest)
        elif word == "export_finish":
            found.append("f")
        elif word in letters:
            found.append(letters[word])
    return " ".join(found)


@pytest.mark.parametrize(
    ("caller", "callee", "later", "earlier"),
    [
        # nothing is called: the start, and `finish`
        ([], [], "6 7 2", "0 1"),
        # ends at once
        ([start("none", 0)], [export("none", RETURN)], "6 7 2 e c 5 2", "0 1 e c 1"),
        # waits twice
        (
            [start("none", 0)],
            [export("none", YIELD, YIELD, RETURN)],
            "6 7 2 e c 4 3 v c 4 3 v c 5 2",
            "0 1 e c v c v c 1",
        ),
        # returns before it ends: the return is no entry
        (
            [start("none", 0)],
            [export("none", ao.TaskReturn(None), YIELD)],
            "6 7 2 e c 4 3 v c 5 2",
            "0 1 e c v c 1",
        ),
        # waits in place: that is no exit
        ([start("none", 0)], [export("none", YIELD, RETURN, blocking=True)], "6 7 2 e c 5 2", "0 1 e c 1"),
        # a code that is not 0 and ends the task all the same
        ([start("none", 0)], [export("none", ao.TaskReturn(None), ao.CallbackCode(16))], "6 7 2 e c 4 2", "0 1 e c 1"),
        # a synchronous function, with its post-return function
        ([s.Call(X, "plain", 1, (u32(1),))], [export("plain", s.Return(u32(2)))], "6 7 0 e f 1 2", "0 0 e f 1"),
        # a synchronous function while an asynchronous one waits
        (
            [start("none", 0), s.Call(X, "plain", 1, (u32(1),))],
            [export("none", YIELD, RETURN), export("plain", s.Return(u32(2)))],
            "6 7 2 e c 4 0 e f 1 3 v c 5 2",
            "0 1 e c 0 e f v c 1",
        ),
        # two asynchronous functions at once
        (
            [start("none", 0), start("none", 1)],
            [export("none", YIELD, YIELD, RETURN), export("none", YIELD, RETURN)],
            "6 7 2 e c 4 2 e c 4 3 v c 4 3 v c 5 3 v c 5 2",
            "0 1 e c 1 e c v c v c v c 1",
        ),
        # a task that is cancelled before it started has none
        (
            [
                start("none", 0),
                start("none", 1),
                ao.SubtaskCancel(s.Register(1), asynchronous=False),
            ],
            [export("none", ao.Backpressure(1), YIELD, ao.Backpressure(-1), RETURN)],
            "6 7 2 e c 4 3 v c 5 2",
            "0 1 e c v c 1",
        ),
    ],
)
def test_around_the_entries_of_the_callee(caller: list[s.Op], callee: list[s.Frame], later: str, earlier: str) -> None:
    for kind, expected in (("task-hook", later), ("init-task", earlier)):
        scripts = Scripts([run(*caller)], callee, HOOKED[kind])
        assert hooks(told(scripts, "p")) == expected
        assert isinstance(scripts.follow(scripts.lines()), Explained)


@pytest.mark.parametrize(("kind", "expected"), [("task-hook", "6 7 2 c 4 3 v c 5 2"), ("init-task", "0 1 c v c 1")])
def test_around_run_and_finish(kind: str, expected: str) -> None:
    assert hooks(told(Scripts([run(YIELD)], [], HOOKED[kind]), "s")) == expected


def test_run_and_finish_that_are_lifted_synchronously() -> None:
    known = crossings(abi=Abi(blocking_runs=frozenset({Role.SUBJECT, Role.PROVIDER})), hooks="task-hook")
    assert hooks(told(Scripts([run(YIELD)], [], known), "s")) == "6 7 0 1 0"


def test_an_asynchronous_function_that_is_lifted_synchronously() -> None:
    abi = Abi(lifted_synchronously=frozenset({(Role.PROVIDER, f"{X}#none")}))
    known = crossings(abi=abi, hooks="task-hook")
    scripts = Scripts([run(start("none", 0))], [export("none", YIELD, RETURN)], known)
    assert hooks(told(scripts, "p")) == "6 7 0 e f 1 2"


def test_a_destructor_in_a_core_call() -> None:
    wit = WIT.replace("give: async func(r: r) -> r;", "give: async func(r: r);")
    ops = (s.New(0, X, "r", 5), s.Drop(s.Register(0)), YIELD, RETURN)
    scripts = Scripts([run(start("none", 0))], [export("none", *ops)], crossings(wit, hooks="task-hook"))
    lines = told(scripts, "p")
    assert hooks(lines) == "6 7 2 e 8 9 c 4 3 v c 5 2"
    assert lines[lines.index("task_hook 8") - 1 : lines.index("task_hook 9")] == [
        "resource_drop", "task_hook 8", "resource_dtor",
    ]  # fmt: skip


LINES = Scripts([run(start("none", 0))], [export("none", YIELD, RETURN)], HOOKED["task-hook"])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("task_hook 4; task_hook 3; ", "task_hook 4; "),
        ("task_hook 4; task_hook 3; ", "task_hook 3; "),
        ("task_hook 4; task_hook 3; ", "task_hook 3; task_hook 4; "),
        ("task_hook 4; task_hook 3; ", "task_hook 4; task_hook 3; task_hook 3; "),
        ("task_hook 4; task_hook 3; ", "task_hook 4; task_hook 2; "),
        ("task_hook 4; task_hook 3; ", "task_hook 5; task_hook 3; "),
        ("task_hook 2; export_start", "export_start"),
        ("task_hook 6; task_hook 7; task_hook 2; export_start", "task_hook 2; task_hook 6; task_hook 7; export_start"),
    ],
)
def test_wrong_calls_are_refused_where_they_stand(right: str, wrong: str) -> None:
    lines = LINES.lines()
    (index,) = [at for at, line in enumerate(lines) if line[0] == "p" and right in line]
    lines[index] = lines[index].replace(right, wrong)
    answer = LINES.follow(lines)
    assert isinstance(answer, Unexplained)
    assert answer.index == index
