"""Functions of asynchronous type that are lowered or lifted without `async`, and runs that block."""

from __future__ import annotations

import pytest

from harness.explain.words import case_words
from harness.model.abi import Abi, FilterError, abi_from, abi_of, as_described
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.planner import case_plan
from harness.suite.case import CaseError, parse_case
from harness.suite.case_writer import case_text
from harness.world import types as t
from harness.world.layout import Layout
from harness.world.world import Function

WIT = """package a:b;
interface x { f: async func(a: u8) -> u8; s: func(); }
world w { import x; export x; import k: async func(); }
"""
HEAD = f"title = 'T'\nwhy = 'W.'\norigin = 'own'\nwit = '''\n{WIT}'''\n"
CALL = "[[step]]\ncall = 'a:b/x#f'\nby = 'subject'\nargs = ['1']\nresult = '2'\n"
F = (Role.SUBJECT, "a:b/x#f")


def plan(head: str, steps: str = CALL) -> Plan:
    return case_plan(parse_case(HEAD + head + steps))


WORLDS = plan("").worlds


@pytest.mark.parametrize(
    ("filters", "lowered", "lifted"),
    [
        ([], [], []),
        (["-a:b/x#f"], [F], [F]),
        (["-import:a:b/x#f"], [F], []),
        (["-export:a:b/x#f"], [], [F]),
        (["import:a:b/x#f", "-all"], [(Role.SUBJECT, "-#k")], [F]),
        (["-k"], [(Role.SUBJECT, "-#k")], []),
    ],
)
def test_the_first_filter_that_matches_decides(
    filters: list[str], lowered: list[tuple[Role, str]], lifted: list[tuple[Role, str]]
) -> None:
    abi = abi_from(WORLDS, {Role.SUBJECT: filters})
    assert (abi.lowered_synchronously, abi.lifted_synchronously) == (frozenset(lowered), frozenset(lifted))


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        (["all"], "`all`: a:b/x#s is synchronous, so it cannot be imported async"),
        (["export:a:b/x#s"], "`export:a:b/x#s`: a:b/x#s is synchronous, so it cannot be exported async"),
        (["-import:k", "-k"], "`-k`: no function of the world, or a filter before it decides"),
        (["-import:a:b/x"], "`-import:a:b/x`: no function of the world"),
    ],
)
def test_filters_that_no_tool_may_accept(filters: list[str], message: str) -> None:
    with pytest.raises(FilterError) as caught:
        abi_from(WORLDS, {Role.SUBJECT: filters})
    assert message in str(caught.value)


def test_what_a_wit_t_says() -> None:
    abi = abi_from(WORLDS, {Role.SUBJECT: ["-import:a:b/x#f"]})
    world = as_described(WORLDS[Role.SUBJECT], Role.SUBJECT, abi)
    assert [f.is_async for f in world.import_functions() if f.name == "f"] == [False]
    assert [f.is_async for f in world.export_functions() if f.name == "f"] == [True]
    other = as_described(WORLDS[Role.DRIVER], Role.DRIVER, abi)
    assert [f.is_async for f in other.import_functions() if f.name == "f"] == [True]


def test_the_plan_of_a_case() -> None:
    made = plan("async = ['-import:a:b/x#f']\nblocking-run = true\n")
    assert abi_of(made) == Abi(frozenset({F}), frozenset(), frozenset(part.role for part in made.components))
    assert {part.interpreter for part in made.components} == {"async-sync"}
    assert [part.role for part in made.components if part.async_filters] == [Role.SUBJECT]
    script = made.runs[0].scripts[Role.SUBJECT].splitlines()
    assert "call a:b/x f 0 1 u8 1" in script
    case = parse_case(HEAD + "async = ['-import:a:b/x#f']\nblocking-run = true\n" + CALL)
    words = case_words(case, made)
    assert "The subject is generated with --async -import:a:b/x#f." in words
    assert "`run` and `finish` of the interpreters are lifted synchronously." in words


@pytest.mark.parametrize(
    ("head", "steps", "message"),
    [
        ("async = ['-import:a:b/x#g']\n", CALL, "<case>:9:1: `-import:a:b/x#g`: no function of the world"),
        ("async = ['-all']\n", f"{CALL}as = '$c'\n", "a:b/x#f is lowered synchronously: its caller waits for it"),
        (
            "async = ['-all']\n",
            CALL.replace("subject", "driver") + "during = [{ return = true }, { yield = 1 }]\n",
            "a:b/x#f is lifted synchronously: it returns when its core call ends",
        ),
        ("async = ['-import:a:b/x#g']\n", "[sample]\n", "`-import:a:b/x#g`: no function of the world"),
        ("blocking-run = true\n", "[sample]\n", "only a case with steps has `blocking-run`"),
    ],
)
def test_cases_that_make_no_sense(head: str, steps: str, message: str) -> None:
    with pytest.raises(CaseError) as caught:
        plan(head, steps)
    assert message in str(caught.value)


def test_runs_of_a_synchronous_world_do_not_block() -> None:
    with pytest.raises(CaseError, match="the world has no asynchronous function"):
        case_plan(
            parse_case(
                "title = 'T'\nwhy = 'W.'\norigin = 'own'\nwit = 'package a:b; world w { export f: func(); }'\n"
                "blocking-run = true\n[[step]]\ncall = 'f'\n"
            )
        )


def test_what_is_written_is_read_again() -> None:
    text = case_text(
        "t", "w", ("own",), WIT, parse_case(HEAD + CALL).steps, async_filters=("-all", "k"), blocking_run=True
    )
    case = parse_case(text)
    assert (case.async_filters, case.blocking_run) == (("-all", "k"), True)


U8, U64, STRING = t.Prim.U8, t.Prim.U64, t.Prim.STRING


@pytest.mark.parametrize(
    ("params", "result", "area"),
    [
        ((), None, (0, 1)),
        ((U8,) * 4, None, (0, 1)),
        ((U8,) * 5, None, (5, 1)),
        ((), STRING, (8, 4)),
        ((STRING, STRING), U8, (1, 1)),
        ((STRING, STRING, U8), U64, (32, 8)),
        ((U64,) * 5, U8, (48, 8)),
        ((U64,) * 5, t.Tuple((U8, U64)), (56, 8)),
    ],
)
def test_the_area_of_a_call(params: tuple[t.Type, ...], result: t.Type | None, area: tuple[int, int]) -> None:
    function = Function(None, "f", tuple(t.Param(f"p{n}", type) for n, type in enumerate(params)), result, True)
    assert Layout().async_area(function) == area
