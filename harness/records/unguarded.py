"""Frozen dataclasses that a run makes by the ten thousand: values, operations, events.

The constructor of a frozen dataclass sets each field with `object.__setattr__`, because the class refuses assignments.
That is most of its cost: an eighth of the processor time of a differential run (`benchmarks/throughput.py`). Here only
the type checker refuses assignments.
"""

from __future__ import annotations

from dataclasses import field, fields, is_dataclass, make_dataclass
from typing import Any, TypeVar

_T = TypeVar("_T")
_GUARDS = ("__setattr__", "__delattr__")


def unguarded(made: type[_T]) -> type[_T]:
    """The same frozen dataclass with a constructor that assigns its fields. The type checker still sees it as frozen;
    at run time, nothing stops assignments any more.

    Raises TypeError for a class that is not a frozen dataclass of its own, and for one with `__post_init__`."""
    guarded = is_dataclass(made) and all(name in vars(made) for name in _GUARDS)
    if not guarded or hasattr(made, "__post_init__"):
        raise TypeError(f"{made.__name__} is not a frozen dataclass without __post_init__")
    for name in _GUARDS:
        delattr(made, name)
    if made.__setattr__ is not object.__setattr__:
        raise TypeError(f"{made.__name__} inherits from a class that refuses assignments")
    constructor = _constructor(made)
    constructor.__qualname__ = f"{made.__qualname__}.{constructor.__name__}"
    setattr(made, constructor.__name__, constructor)
    return made


def _constructor(made: type[Any]) -> Any:
    """The constructor of a dataclass with the same fields that is not frozen."""
    like = [
        (
            each.name,
            each.type,
            field(default=each.default, default_factory=each.default_factory, init=each.init, kw_only=each.kw_only),
        )
        for each in fields(made)
    ]
    slots = "__slots__" in vars(made)
    return make_dataclass(made.__name__, like, repr=False, eq=False, slots=slots).__init__  # type: ignore[misc]
