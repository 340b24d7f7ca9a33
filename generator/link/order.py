"""The libraries that are linked at all, and the order of their instantiation and construction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Dependencies = Mapping[str, Sequence[str]]
"""The libraries that each library needs directly."""


def reachable(roots: Iterable[str], dependencies: Dependencies) -> set[str]:
    """The roots and all that they need, directly or not."""
    found = set(roots)
    waiting = list(found)
    while waiting:
        for name in dependencies[waiting.pop()]:
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found


def dependency_order(names: Sequence[str], dependencies: Dependencies) -> list[str]:
    """Every library after all that it needs, except within a circle, which keeps the order of `names`. Tarjan's
    algorithm, without recursion: it yields each circle (strongly connected component) after those that it needs."""
    place = {name: index for index, name in enumerate(names)}
    found: dict[str, int] = {}
    lowest: dict[str, int] = {}
    component: list[str] = []
    in_component: set[str] = set()
    order: list[str] = []
    for root in names:
        if root in found:
            continue
        path = [(root, iter(dependencies[root]))]
        found[root] = lowest[root] = len(found)
        component.append(root)
        in_component.add(root)
        while path:
            name, rest = path[-1]
            for needed in rest:
                if needed not in found:
                    found[needed] = lowest[needed] = len(found)
                    component.append(needed)
                    in_component.add(needed)
                    path.append((needed, iter(dependencies[needed])))
                    break
                if needed in in_component:
                    lowest[name] = min(lowest[name], found[needed])
            else:
                path.pop()
                if path:
                    parent = path[-1][0]
                    lowest[parent] = min(lowest[parent], lowest[name])
                if lowest[name] == found[name]:
                    circle: list[str] = []
                    while not circle or circle[-1] != name:
                        circle.append(component.pop())
                    in_component.difference_update(circle)
                    order += sorted(circle, key=place.__getitem__)
    return order
