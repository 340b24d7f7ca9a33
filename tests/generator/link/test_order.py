"""The order of libraries: laws over random graphs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.link.order import dependency_order, reachable

NAMES = "abcdefg"
GRAPHS = st.fixed_dictionaries({name: st.lists(st.sampled_from(NAMES), unique=True) for name in NAMES})


@given(GRAPHS, st.permutations(NAMES))
def test_each_after_those_it_needs_unless_they_need_it_too(graph: dict[str, list[str]], names: list[str]) -> None:
    order = dependency_order(names, graph)
    assert sorted(order) == sorted(names)
    needs = {name: reachable(graph[name], graph) for name in names}
    for place, name in enumerate(order):
        for other in order[place + 1 :]:
            circle = other in needs[name] and name in needs[other]
            assert other not in needs[name] or circle
            assert not circle or names.index(name) < names.index(other)


@given(GRAPHS, st.lists(st.sampled_from(NAMES)))
def test_reachable_is_the_least_closed_set(graph: dict[str, list[str]], roots: list[str]) -> None:
    found = reachable(roots, graph)
    assert found >= set(roots)
    assert all(needed in found for name in found for needed in graph[name])
    assert all(name in roots or any(name in graph[other] for other in found) for name in found)


def test_a_long_chain_needs_no_recursion() -> None:
    names = [str(number) for number in range(5000)]
    graph = {name: names[place + 1 : place + 2] for place, name in enumerate(names)}
    assert dependency_order(names, graph) == names[::-1]
