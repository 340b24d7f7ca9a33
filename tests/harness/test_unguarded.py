"""Frozen dataclasses with quick constructors: the same classes in all but the refusal of assignments."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace
from inspect import signature

import pytest

from harness.records.unguarded import unguarded


@dataclass(frozen=True, slots=True)
class Guarded:
    one: int
    two: str = "two"
    several: list[int] = field(default_factory=list, compare=False)
    made: int = field(default=7, init=False)


@unguarded
@dataclass(frozen=True, slots=True)
class Quick:
    one: int
    two: str = "two"
    several: list[int] = field(default_factory=list, compare=False)
    made: int = field(default=7, init=False)


@unguarded
@dataclass(frozen=True)
class WithoutSlots:
    one: int


def test_the_class_is_the_same_otherwise() -> None:
    assert str(signature(Quick)) == str(signature(Guarded))
    quick, guarded = Quick(1), Guarded(1)
    assert repr(quick) == repr(guarded).replace("Guarded", "Quick")
    assert hash(quick) == hash(guarded) == hash(Quick(1, several=[2]))
    assert quick == Quick(1, "two", [3]) and quick != Quick(2)
    assert Quick(1).several is not quick.several
    assert replace(quick, two="three") == Quick(1, "three")
    assert pickle.loads(pickle.dumps(quick)) == copy.deepcopy(quick) == quick
    assert Quick.__match_args__ == ("one", "two", "several")
    assert WithoutSlots(1) == WithoutSlots(1)


def test_its_constructor_assigns() -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(Guarded(1), "one", 2)  # noqa: B010
    changed = Quick(1)
    setattr(changed, "one", 2)  # noqa: B010
    assert changed == Quick(2)
    assert "__setattr__" not in Quick.__init__.__code__.co_names


class NotADataclass:
    pass


@dataclass
class NotFrozen:
    one: int


@dataclass(frozen=True)
class Prepared:
    one: int

    def __post_init__(self) -> None:
        assert self.one


@dataclass(frozen=True)
class Inheriting(Guarded):
    three: int = 3


@pytest.mark.parametrize("made", [NotADataclass, NotFrozen, Prepared, Inheriting, Quick])
def test_only_frozen_classes_of_their_own(made: type) -> None:
    with pytest.raises(TypeError, match=made.__name__):
        unguarded(made)
