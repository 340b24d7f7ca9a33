"""Small asynchronous runs: a subject that imports what a provider exports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import harness.trace.async_events  # noqa: F401  (its lines can be parsed)
from harness.frontend.front_end import WitText, world_section
from harness.model import Crossings
from harness.model.concurrency import Abi, Following, Prediction, RunEnd, Seen, follow, predict
from harness.plan.roles import ItemKind, Role, Wire
from harness.script import async_operations as ao
from harness.script import operations as s
from harness.trace.parser import parse

X = "a:b/x"
WIT = """package a:b;
interface x {
  resource r { constructor(n: u32); }
  record pair { a: u32, b: string }
  f: async func(n: u32) -> u32;
  none: async func();
  text: async func(t: string) -> string;
  plain: func(n: u32) -> u32;
  lend: async func(r: borrow<r>);
  letter: async func(c: char);
  enum kind { one, two }
  kinds: async func(k: kind, t: string);
  give: async func(r: r) -> r;
  many: async func(a: u32, b: u32, c: u32, d: u32, e: string) -> pair;
  bytes: async func(s: stream<u8>) -> stream<u8>;
  texts: async func(s: stream<string>) -> future<string>;
  later: async func(s: future<u32>) -> future<u32>;
  handles: async func(s: stream<r>);
  marks: async func(s: stream);
  nested: async func(s: stream<stream<u8>>);
}
world subject { import x; }
world provider { export x; }
"""
RUN = s.OnRun()
_LETTERS = {"s": Role.SUBJECT, "p": Role.PROVIDER}


def crossings(wit: str = WIT, abi: Abi | None = None, hooks: str = "") -> Crossings:
    """`hooks`: the task hooks of both components."""
    worlds = {role: world_section(WitText(wit, "test.wit"), role.value)[0] for role in _LETTERS.values()}
    wires = [Wire(Role.SUBJECT, X, ItemKind.INSTANCE, Role.PROVIDER, (X,))]
    return Crossings(worlds, wires, dict.fromkeys(worlds, hooks), abi or Abi())


CROSSINGS = crossings()


def run(*ops: s.Op, blocking: bool = False) -> s.Frame:
    return s.Frame(RUN, ops, blocking)


def export(name: str, *ops: s.Op, blocking: bool = False) -> s.Frame:
    return s.Frame(s.OnExport(X, name), ops, blocking)


def reg(index: int) -> s.Register:
    return s.Register(index)


def u32(value: int) -> s.Number:
    return s.Number("u32", value)


def u8(value: int) -> s.Number:
    return s.Number("u8", value)


def text(value: str) -> s.Str:
    return s.Str(value.encode())


def start(name: str, register: int, *args: s.Value) -> ao.Start:
    return ao.Start(X, name, register, args)


def place(name: str, param: int = 0, *path: int, exported: bool = False) -> s.TypePlace:
    return s.TypePlace(exported, X, name, param, path)


class Scripts:
    """A run of the subject. Lines are written as `s1 EVENT`: the component's letter and the task. Late events that
    leave with an event stand before it: `s1 task_hook 2; EVENT`."""

    def __init__(
        self, subject: Iterable[s.Frame], provider: Iterable[s.Frame], known: Crossings = CROSSINGS, runs: int = 1
    ) -> None:
        self._crossings = known
        self._scripts = {Role.SUBJECT: s.Script(tuple(subject)), Role.PROVIDER: s.Script(tuple(provider))}
        self._entries = [Role.SUBJECT] * runs

    def predict(self) -> Prediction:
        return predict(self._crossings, self._scripts, self._entries)

    def lines(self) -> list[str]:
        return [
            f"{shown.role.value[0]}{shown.task} {'; '.join([*map(str, shown.late), shown.event.line])}"
            for shown in self.predict().shown
        ]

    def follow(self, lines: Sequence[str], end: RunEnd | None = None, silent: str = "") -> Following:
        """`silent`: the letter of the component that writes no trace. Its lines are left out."""
        heard = [seen(line) for line in lines if line[0] != silent]
        roles = frozenset(_LETTERS[letter] for letter in silent)
        return follow(self._crossings, self._scripts, self._entries, heard, end or RunEnd(), roles)


def seen(line: str) -> Seen:
    who, _, events = line.partition(" ")
    *late, event = map(parse, events.split("; "))
    return Seen(_LETTERS[who[0]], int(who[1:]), event, tuple(late))
