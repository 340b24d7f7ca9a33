"""Copies and comparison of a whole state.

Threads are data (a frame, a position, the next steps) and not generators of Python, because nobody can copy a waiting
generator. To follow a trace, the model copies the state wherever two schedules may explain the observed events.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from operator import is_
from typing import Any, TypeVar

from harness.model.table import ErrorContextHandle, HandleTable, ResourceHandle

_S = TypeVar("_S")


class Forked:
    """The base of objects that belong to one state. All states share the other objects, which never change."""

    __slots__ = ()

    def rebind(self) -> None:
        """Called on each new copy, after its attributes were copied."""


def fork(state: _S) -> _S:
    """A copy that shares no object that can change."""
    memo: dict[int, Any] = {}
    made: list[Forked] = []
    copied: _S = _copied(state, memo, made)
    for one in made:
        one.rebind()
    return copied


def fingerprint(state: object) -> list[object]:
    """Equal for two states if both continue in the same way. Objects of a state are numbered by their first visit."""
    flat: list[object] = []
    _flatten(state, {}, flat)
    return flat


_OWN = (Forked, HandleTable, ResourceHandle, ErrorContextHandle)
_DERIVED = frozenset(("show", "_shown"))
"""Attributes that `rebind` makes. They do not belong to a state between two steps."""
_SLOTS: dict[type, tuple[str, ...]] = {}


def _slots(cls: type) -> tuple[str, ...]:
    if cls not in _SLOTS:
        _SLOTS[cls] = tuple([slot for base in cls.__mro__ for slot in base.__dict__.get("__slots__", ())])
    return _SLOTS[cls]


def _attributes(of: Any) -> list[tuple[str, Any]]:
    found = [(name, getattr(of, name)) for name in _slots(of.__class__)]
    found += [(name, value) for name, value in getattr(of, "__dict__", {}).items() if name not in _DERIVED]
    return found


_SHARED: set[type] = {type(None)}
"""Classes whose objects belong to no state, as far as known."""


def _copied(of: Any, memo: dict[int, Any], made: list[Forked]) -> Any:
    cls = of.__class__
    if cls in _SHARED:
        return of
    copier = _COPY.get(cls)
    if copier is not None:
        return copier(of, memo, made)
    if not isinstance(of, _OWN):
        _SHARED.add(cls)
        return of
    found = memo.get(id(of))
    if found is None:
        found = memo[id(of)] = cls.__new__(cls)
        for name, value in _attributes(of):
            object.__setattr__(found, name, _copied(value, memo, made))
        if isinstance(found, Forked):
            made.append(found)
    return found


def _copied_list(of: list[Any], memo: dict[int, Any], made: list[Forked]) -> list[Any]:
    return [item if item.__class__ in _SHARED else _copied(item, memo, made) for item in of]


def _copied_tuple(of: tuple[Any, ...], memo: dict[int, Any], made: list[Forked]) -> tuple[Any, ...]:
    items = tuple(_copied_list(list(of), memo, made))
    return of if all(map(is_, items, of)) else items


_COPY: dict[type, Callable[[Any, dict[int, Any], list[Forked]], Any]] = {
    tuple: _copied_tuple,
    list: _copied_list,
    deque: lambda of, memo, made: deque(_copied_list(of, memo, made)),
    dict: lambda of, memo, made: {key: _copied(value, memo, made) for key, value in of.items()},
}


def _flatten(of: Any, numbers: dict[int, int], flat: list[object]) -> None:
    cls = of.__class__
    if cls in _SHARED:
        flat.append(of)
    elif cls in (list, deque, tuple):
        flat.append(len(of))
        for item in of:
            if item.__class__ in _SHARED:
                flat.append(item)
            else:
                _flatten(item, numbers, flat)
    elif cls is dict:
        flat.append(len(of))
        for key, value in of.items():
            flat.append(key)
            _flatten(value, numbers, flat)
    elif isinstance(of, _OWN):
        number = numbers.get(id(of))
        if number is not None:
            flat.append(("again", number))
            return
        numbers[id(of)] = len(numbers)
        flat.append(cls)
        for _, value in _attributes(of):
            _flatten(value, numbers, flat)
    else:
        _SHARED.add(cls)
        flat.append(of)
