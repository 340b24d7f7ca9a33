"""The frames of scripts that may block. All others run in one step (`at_once.py`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from harness.model.crossing import Crossings, Ways
from harness.plan.roles import Role
from harness.script import operations as s

Entry = tuple[Role, s.FrameKey]
"""The frames of a component with one key: which of them a call gets depends on the run."""

_NEVER_BLOCKS = frozenset((s.Set, s.Pick, s.Return, s.Trap, *get_args(s.HandleOp)))
"""Operations that do not block by themselves. `Drop` may reach a destructor."""


def blocking_entries(crossings: Crossings, scripts: Mapping[Role, s.Script], ways: Ways) -> frozenset[Entry]:
    """Those with operations of asynchronous worlds or asynchronous calls, and those from which they can be reached."""
    if not crossings.asynchronous:
        return frozenset()
    destructors: list[Entry] = [
        (role, frame.key)
        for role, script in scripts.items()
        for frame in script.frames
        if isinstance(frame.key, s.OnDestructor)
    ]
    blocking: set[Entry] = set()
    callers: dict[Entry, set[Entry]] = {}
    for role, script in scripts.items():
        for frame in script.frames:
            entry = (role, frame.key)
            for reached in _reached(crossings, ways, role, frame, destructors):
                if reached is None:
                    blocking.add(entry)
                else:
                    callers.setdefault(reached, set()).add(entry)
    new = list(blocking)
    while new:
        for entry in callers.get(new.pop(), set()) - blocking:
            blocking.add(entry)
            new.append(entry)
    return frozenset(blocking)


def _reached(
    crossings: Crossings, ways: Ways, role: Role, frame: s.Frame, destructors: list[Entry]
) -> Iterator[Entry | None]:
    """The frames that a frame may call; None if it may block by itself."""
    for op in frame.ops:
        if isinstance(op, s.Call):
            crossing = crossings.of(role, op.interface, op.name, ways)
            if crossing is not None:
                synchronous = not (crossing.lowered_async or crossing.exported.is_async)
                yield (crossing.callee, crossing.frame) if synchronous else None
        elif isinstance(op, s.Drop):
            yield from destructors
        elif op.__class__ not in _NEVER_BLOCKS:
            yield None
