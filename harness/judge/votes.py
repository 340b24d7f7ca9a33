"""The minority: a vote of all opinions, the toolchains' and the model's.

Opinions that agree form a camp. Toolchains without a fault are in the model's camp; two wrong toolchains are in one
camp if they showed the same. The opinions outside the largest camp are the minority; without a largest camp, no
minority is named. The model judges a single toolchain.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from harness.judge.party import ByItself, Minority, OfModel
from harness.plan.roles import Role
from harness.toolchains.cells import Cell


def minority(names: Sequence[str], wrong: Collection[str], agree: Callable[[str, str], bool]) -> Minority:
    """`names`: all toolchains, in order. `wrong`: the toolchains that the model contradicts. `agree`: whether two wrong
    toolchains showed the same. The result has the order of `names`, with the model last."""
    if len(names) == 1:
        return tuple(ByItself(name) for name in names if name in wrong)  # the model judges
    right = [ByItself(name) for name in names if name not in wrong]
    others: list[list[ByItself]] = []
    for name in names:
        if name in wrong:
            for camp in others:
                if agree(camp[0].toolchain, name):
                    camp.append(ByItself(name))
                    break
            else:
                others.append([ByItself(name)])
    camps: list[Minority] = [(*right, OfModel()), *map(tuple, others)]
    sizes = sorted(map(len, camps), reverse=True)
    if not others or sizes[0] == sizes[1]:
        return ()
    outside = {opinion for camp in camps for opinion in camp if len(camp) < sizes[0]}
    return tuple(opinion for opinion in (*map(ByItself, names), OfModel()) if opinion in outside)


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
