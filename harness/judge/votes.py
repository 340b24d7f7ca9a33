"""The minority: a vote of all opinions, the toolchains' and the model's.

Opinions that agree form a camp. Toolchains without a fault are in the model's camp; two wrong toolchains are in one
camp if they showed the same. The opinions outside the largest camp are the minority; without a largest camp, no
minority is named. The model judges a single toolchain.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from harness.plan.roles import Role
from harness.toolchains.cells import Cell

MODEL = "model"
FRONT_END = "front end"
"""The reader of WIT for ours, the model and every plan: it has no opinion of its own, but all of these depend on it."""


def minority(names: Sequence[str], wrong: Collection[str], agree: Callable[[str, str], bool]) -> str | None:
    """`names`: all toolchains, in order. `wrong`: the toolchains that the model contradicts. `agree`: whether two wrong
    toolchains showed the same. The result has the names, joined by commas, with the model last."""
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
    """The toolchain whose two ends share a fault, so that it agrees only with itself.

    `cells`: mixed cells of two toolchains, and whether each is right. The result is the toolchain that fails both as
    the subject and as the others, with every toolchain that it meets, if these agree among themselves. If only two
    toolchains take part, neither can be named here, because each contradicts only the other; a host must decide
    (`harness/host_end`).
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
    """The toolchain of the subject and the toolchain of everything else, if these are two different toolchains."""
    subject = {build.toolchain for role, build in cell.builds if role is Role.SUBJECT}
    others = {build.toolchain for role, build in cell.builds if role is not Role.SUBJECT}
    if len(subject) == len(others) == 1:
        one, other = subject.pop(), others.pop()
        if one is not None and other is not None and one != other:
            return one, other
    return None
