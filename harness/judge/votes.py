"""Who is in the minority: a vote of all opinions, the toolchains' and the model's.

Opinions that agree form a camp. Toolchains in which nothing is wrong are in the model's; two that are wrong are in one
camp if they showed the same. Whoever is outside the largest camp is in the minority; without a largest, nobody is
named. A single toolchain is judged by the model.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from harness.plan.roles import Role
from harness.toolchains.cells import Cell

MODEL = "model"
FRONT_END = "front end"
"""What reads WIT for ours, the model and every plan: no opinion of its own, but all of these fall with it."""


def minority(names: Sequence[str], wrong: Collection[str], agree: Callable[[str, str], bool]) -> str | None:
    """`names`: all toolchains, in order. `wrong`: those that the model contradicts. `agree`: whether two of the wrong
    ones showed the same. Names are joined by commas, the model last."""
    if len(names) == 1:
        return names[0] if wrong else None  # the model judges
    camps = [[name for name in names if name not in wrong]]
    camps[0].append(MODEL)
    for name in names:
        if name in wrong:
            for camp in camps[1:]:
                if agree(camp[0], name):
                    camp.append(name)
                    break
            else:
                camps.append([name])
    sizes = sorted(map(len, camps), reverse=True)
    if len(camps) == 1 or sizes[0] == sizes[1]:
        return None
    outside = {name for camp in camps for name in camp if len(camp) < sizes[0]}
    return ", ".join(name for name in (*names, MODEL) if name in outside)


def shared_fault(cells: Iterable[tuple[Cell, bool]]) -> str | None:
    """The toolchain whose two ends share a fault, so that it agrees with itself and with nobody else.

    `cells`: mixed cells in which two toolchains meet, and whether each is right. The one that fails as the subject
    beside others and as the others beside a subject, with every toolchain that it meets, where these agree among
    themselves. Of two toolchains that meet nobody else, none can be named here: each contradicts the other alone, and
    a host must say whom it contradicts (`harness/host_end`).
    """
    pairs: dict[frozenset[str], list[bool]] = {}
    names: dict[str, None] = {}
    for cell, right in cells:
        pair = _pair(cell)
        if pair is not None:
            pairs.setdefault(frozenset(pair), []).append(right)
            names.update(dict.fromkeys(pair))
    conflicts = {pair for pair, seen in pairs.items() if not any(seen)}
    agreeing = {pair for pair, seen in pairs.items() if all(seen)}
    suspects = [
        name
        for name in names
        if conflicts and all(name in pair for pair in conflicts) and not any(name in pair for pair in agreeing)
    ]
    if len(suspects) == 1 and conflicts | agreeing == pairs.keys():
        return suspects[0]
    return None


def _pair(cell: Cell) -> tuple[str, str] | None:
    """Who made the subject, and who everything else, where each is one toolchain and they are two."""
    subject = {build.toolchain for role, build in cell.builds if role is Role.SUBJECT}
    others = {build.toolchain for role, build in cell.builds if role is not Role.SUBJECT}
    if len(subject) == len(others) == 1:
        one, other = subject.pop(), others.pop()
        if one is not None and other is not None and one != other:
            return one, other
    return None
