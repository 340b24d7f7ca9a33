"""Topological order of named items, stable in the order of their declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from heapq import heapify, heappop, heappush

from generator.wit.ast import Name


def topological_order(
    dependencies: Mapping[str, Sequence[Name]],
    missing: Callable[[Name], Exception],
    cycle: Callable[[Name], Exception],
) -> list[str]:
    """The keys of `dependencies`, each after those that it depends on.

    Among items that are ready the item declared first comes first, as in the reference, so that printed packages agree.
    `missing` and `cycle` make the error for a dependency that is not a key, or that closes a cycle.
    """
    names = list(dependencies)
    index_of = {name: index for index, name in enumerate(names)}
    waiting = [0] * len(names)
    users: list[list[int]] = [[] for _ in names]
    for index, needed in enumerate(dependencies.values()):
        for dependency in needed:
            target = index_of.get(dependency.text)
            if target is None:
                raise missing(dependency)
            users[target].append(index)
            waiting[index] += 1
    ready = [index for index, count in enumerate(waiting) if count == 0]
    heapify(ready)
    order = []
    while ready:
        index = heappop(ready)
        order.append(names[index])
        for user in users[index]:
            waiting[user] -= 1
            if waiting[user] == 0:
                heappush(ready, user)
    if len(order) < len(names):
        raise cycle(_on_a_cycle(dependencies, {names[i] for i, count in enumerate(waiting) if count}))
    return order


def _on_a_cycle(dependencies: Mapping[str, Sequence[Name]], unordered: set[str]) -> Name:
    """A dependency on a cycle: the dependencies of any unordered item lead into one."""
    seen: set[str] = set()
    current = next(name for name in dependencies if name in unordered)
    while True:
        seen.add(current)
        step = next(dependency for dependency in dependencies[current] if dependency.text in unordered)
        if step.text in seen:
            return step
        current = step.text
