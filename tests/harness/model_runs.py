"""Small scripts for the model to run."""

from __future__ import annotations

from harness.frontend.front_end import WitText, surround
from harness.model import Crossings, ModelRun, run_model
from harness.plan.roles import Role
from harness.script import operations as s
from harness.script.parser import parse_value

RUN = s.OnRun()


def value(text: str) -> s.Value:
    return parse_value(text, lambda name: s.Register(int(name)))


def run(
    wit: str,
    subject: list[s.Frame],
    provider: list[s.Frame],
    driver: list[s.Frame] | None = None,
    lists: s.Lists = s.Lists.BY_ELEMENT,
) -> ModelRun:
    """The subject runs, then the driver where there is one."""
    parts = surround(WitText(wit, "test.wit"))
    frames = {Role.SUBJECT: subject, Role.PROVIDER: provider, Role.DRIVER: driver or []}
    scripts = {role: s.Script(tuple(frames[role]), lists=lists) for role in parts.parts}
    entries = [role for role in (Role.SUBJECT, Role.DRIVER) if any(f.key == RUN for f in frames[role])]
    worlds = parts.worlds
    return run_model(Crossings(worlds, parts.wires), scripts, entries)


def echo(
    types: str, args: list[str], result: str | None = None, result_type: str = "", lists: s.Lists = s.Lists.BY_ELEMENT
) -> ModelRun:
    """One call of an imported function with these parameter types."""
    params = ", ".join(f"p{i}: {t}" for i, t in enumerate(types.split(";"))) if types else ""
    arrow = f" -> {result_type}" if result_type else ""
    wit = f"""package a:b;
    interface x {{
      record pair {{ a: u8, b: string }}
      enum colour {{ r, g, b }}
      flags mode {{ m, n, o }}
      variant v {{ one(s8), two, three(list<u8>) }}
      f: func({params}){arrow};
    }}
    world w {{ import x; }}"""
    register = 0 if result_type else None
    subject = [s.Frame(RUN, (s.Call("a:b/x", "f", register, tuple(map(value, args))),))]
    provider = [s.Frame(s.OnExport("a:b/x", "f"), (s.Return(value(result) if result is not None else None),))]
    return run(wit, subject, provider, lists=lists)


def lines(seen: ModelRun, role: Role) -> list[str]:
    return [event.line for event in seen.expected[role]]


def moved(seen: ModelRun) -> tuple[list[str], list[str]]:
    """The subject's pops and the provider's pushes."""
    popped = [line for line in lines(seen, Role.SUBJECT) if line.startswith("pop_")]
    pushed = [line for line in lines(seen, Role.PROVIDER) if line.startswith(("push_", "list_", "map_"))]
    return popped, pushed
