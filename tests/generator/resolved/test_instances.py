"""The instance of an interface that a type belongs to."""

from __future__ import annotations

import pytest

from generator.resolved.instances import Instances, InterfaceInstance
from generator.resolved.model import WorldOwner
from generator.resolved.types import TypeId
from generator.sources.load import load_text, select_world

WIT = """
package a:b;
interface t { record r { x: u8 } }
interface u { use t.{r}; f: func(a: r) -> option<r>; }
world imported { import u; }
world exported { export u; }
world both { import t; export t; export u; }
world root { use t.{r}; export f: func(a: r); }
world labelled { import one: t; import two: u; export three: t; }
"""


def instances(world: str) -> Instances:
    resolve, package = load_text(WIT, "world.wit", ())
    return Instances(resolve, resolve.worlds[select_world(resolve, package, world)])


def place(found: Instances, instance: InterfaceInstance) -> tuple[str | None, bool]:
    return found.name(instance), instance.exported


@pytest.mark.parametrize(
    ("world", "user", "home"),
    [
        ("imported", ("a:b/u", False), ("a:b/t", False)),
        ("exported", ("a:b/u", True), ("a:b/t", False)),
        ("both", ("a:b/u", True), ("a:b/t", True)),
        ("labelled", ("one", False), ("one", False)),
        ("labelled", ("two", False), ("a:b/t", False)),
        ("labelled", ("three", True), ("three", True)),
    ],
)
def test_the_home_of_a_type(world: str, user: tuple[str, bool], home: tuple[str, bool]) -> None:
    found = instances(world)
    sides = (*found.imports.values(), *found.exports.values())
    (start,) = [instance for instance in sides if place(found, instance) == user]
    (record,) = [
        type for interface in found.resolve.interfaces if interface.name == "t" for type in interface.types.values()
    ]
    assert place(found, found.of(start, record)) == home


def test_types_of_the_world_and_without_a_name() -> None:
    found = instances("root")
    resolve = found.resolve
    of_world = [TypeId(id) for id, type in enumerate(resolve.types) if isinstance(type.owner, WorldOwner)]
    nameless = [TypeId(id) for id, type in enumerate(resolve.types) if type.owner is None]
    (imported,) = found.imports.values()
    assert [found.of(imported, id) for id in of_world] == [found.root]
    assert [found.of(user, id) for id in nameless for user in (found.root, imported)] == [found.root, imported]
    assert [found.describe(instance) for instance in (found.root, imported)] == ["the world", "interface `a:b/t`"]
