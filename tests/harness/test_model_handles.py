"""The model: handles, and the traps that the specification demands for them."""

from __future__ import annotations

import pytest

from harness.model import ModelRun, Unpredictable
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.script import operations as s
from tests.harness.model_runs import RUN, lines, run

RESOURCES = """package a:b;
interface x {
  resource r { constructor(); use-it: func(); }
  give: func(a: r);
  lend: func(a: borrow<r>, b: borrow<r>);
  both: func(a: r, b: borrow<r>);
  q: func() -> r;
}
world w { import x; }"""

MAKE = s.Call("a:b/x", "[constructor]r", 0, ())
MADE = s.Frame(s.OnExport("a:b/x", "[constructor]r"), (s.New(0, "a:b/x", "r", 5), s.Return(s.Register(0))))


def resources(ops: tuple[s.Op, ...], *provider: s.Frame) -> ModelRun:
    return run(RESOURCES, [s.Frame(RUN, (MAKE, *ops))], [MADE, *provider])


def on(name: str, *ops: s.Op) -> s.Frame:
    return s.Frame(s.OnExport("a:b/x", name), (*ops, s.Return()))


def test_an_implementor_gets_a_borrow_as_the_representation_and_an_own_as_a_handle() -> None:
    ops = (
        s.Call("a:b/x", "[method]r.use-it", None, (s.Register(0),)),
        s.Call("a:b/x", "give", None, (s.Register(0),)),
    )
    seen = resources(ops, on("[method]r.use-it"), on("give", s.Drop(s.Argument(0))))
    assert lines(seen, Role.SUBJECT)[1:] == [
        "push_own a:b/x#r h1",
        "import_return a:b/x#[constructor]r",
        "import_call a:b/x#[method]r.use-it",
        "pop_borrow a:b/x#r = h1",
        "import_return a:b/x#[method]r.use-it",
        "import_call a:b/x#give",
        "pop_own a:b/x#r = h1",
        "import_return a:b/x#give",
    ]
    provider = lines(seen, Role.PROVIDER)
    assert "push_borrow [export]a:b/x#r 5" in provider
    assert provider[provider.index("push_own [export]a:b/x#r h2") :] == [
        "push_own [export]a:b/x#r h2",
        "export_call a:b/x#give",
        "resource_drop [export]a:b/x#r h2",
        "resource_dtor [export]a:b/x#r 5",
        "export_finish a:b/x#give",
    ]
    assert [rep for _, rep in seen.destroyed] == [5]


def test_who_drops_an_own_handle_runs_the_destructor_of_the_implementor() -> None:
    seen = resources((s.Drop(s.Register(0)),))
    assert lines(seen, Role.SUBJECT)[-1] == "resource_drop a:b/x#r h1"
    assert lines(seen, Role.PROVIDER)[-1] == "resource_dtor [export]a:b/x#r 5"


@pytest.mark.parametrize(
    ("ops", "trap"),
    [
        ((s.Drop(s.Register(0)), s.Drop(s.Register(0))), TrapClass.INVALID_HANDLE),
        ((s.Call("a:b/x", "give", None, (s.Handle(99),)),), TrapClass.INVALID_HANDLE),
        ((s.Call("a:b/x", "both", None, (s.Register(0), s.Register(0))),), TrapClass.INVALID_HANDLE),
        ((s.Call("a:b/x", "lend", None, (s.Register(0), s.Handle(0))),), TrapClass.INVALID_HANDLE),
    ],
)
def test_invalid_handles_trap(ops: tuple[s.Op, ...], trap: TrapClass) -> None:
    assert resources(ops).outcome.trap is trap


@pytest.mark.parametrize("type", ["own<r>", "borrow<r>"])
def test_an_error_context_is_no_handle_of_a_resource(type: str) -> None:
    wit = f"package a:b; interface x {{ resource r; f: func(h: {type}, e: error-context); }} world w {{ import x; }}"
    made = s.ErrorContextNew(0, s.Str(b"m"))
    seen = run(wit, [s.Frame(RUN, (made, s.Call("a:b/x", "f", None, (s.Register(0), s.Register(0)))))], [])
    assert (seen.outcome.trap, seen.outcome.detail) == (TrapClass.INTERPRETER, "pop_kind")


def test_a_handle_of_a_resource_is_no_error_context() -> None:
    wit = """package a:b; interface x { resource r { constructor(); } f: func(h: error-context); }
    world w { import x; }"""
    make = s.Call("a:b/x", "[constructor]r", 0, ())
    subject = [s.Frame(RUN, (make, s.Call("a:b/x", "f", None, (s.Register(0),))))]
    new = s.New(0, "a:b/x", "r", 1)
    provider = [s.Frame(s.OnExport("a:b/x", "[constructor]r"), (new, s.Return(s.Register(0))))]
    seen = run(wit, subject, provider)
    assert (seen.outcome.trap, seen.outcome.detail) == (TrapClass.INTERPRETER, "pop_kind")


def test_a_lent_handle_cannot_be_given_away_in_the_same_call() -> None:
    wit = RESOURCES.replace("a: r, b: borrow<r>", "a: borrow<r>, b: r")
    ops = (MAKE, s.Call("a:b/x", "both", None, (s.Register(0), s.Register(0))))
    assert run(wit, [s.Frame(RUN, ops)], [MADE]).outcome.trap is TrapClass.LENT


THROUGH = """package a:b;
interface x { resource r { constructor(); } }
interface y { use x.{r}; f: func(a: borrow<r>); }
world w { import x; export y; }"""


@pytest.mark.parametrize("drops", [True, False])
def test_a_borrow_must_be_dropped_before_the_call_returns(drops: bool) -> None:
    ops: tuple[s.Op, ...] = (s.Drop(s.Argument(0)), s.Return()) if drops else (s.Return(),)
    driver = [s.Frame(RUN, (MAKE, s.Call("a:b/y", "f", None, (s.Register(0),))))]
    seen = run(THROUGH, [s.Frame(s.OnExport("a:b/y", "f"), ops)], [MADE], driver)
    assert seen.outcome.trap is (None if drops else TrapClass.BORROW_LEFT)
    assert "push_borrow a:b/x#r h1" in lines(seen, Role.SUBJECT)


def test_a_frame_that_nothing_asks_for_is_a_mistake() -> None:
    with pytest.raises(Unpredictable, match="nothing calls"):
        resources((), on("give"))


def test_a_call_without_a_frame_traps_in_the_interpreter() -> None:
    seen = resources((s.Call("a:b/x", "give", None, (s.Register(0),)),))
    assert (seen.outcome.trap, seen.outcome.detail) == (TrapClass.INTERPRETER, "no_frame")
