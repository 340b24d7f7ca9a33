"""Plain data into dataclasses, by their annotations. What does not fit is named by its place."""

from __future__ import annotations

import dataclasses
import re
import sys
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from reports.json_places import Step

T = TypeVar("T")


class Misfit(Exception):
    """Data that is not as the annotations say."""

    def __init__(self, path: tuple[Step, ...], problem: str) -> None:
        super().__init__(problem)
        self.path = path
        self.problem = problem


def decode(cls: type[T], data: object, path: tuple[Step, ...] = ()) -> T:
    """Every field must be there, except those that were added to a format (`reports.model.ADDED`), and nothing else.
    Raises `Misfit`."""
    if not isinstance(data, dict):
        raise Misfit(path, f"an object is needed, not {_word(data)}")
    fields = _fields(typing.cast(typing.Hashable, cls))
    missing = [name for name in fields if name not in data and name not in _added(typing.cast(typing.Hashable, cls))]
    if missing:
        raise Misfit(path, f"`{missing[0]}` is missing")
    unknown = [name for name in data if name not in fields]
    if unknown:
        raise Misfit((*path, unknown[0]), "this key is unknown")
    return cls(**{name: _value(kind, data[name], (*path, name)) for name, kind in fields.items() if name in data})


@cache
def _fields(cls: Any) -> Mapping[str, Any]:
    hints = typing.get_type_hints(cls)
    return {field.name: hints[field.name] for field in dataclasses.fields(cls)}


@cache
def _added(cls: Any) -> frozenset[str]:
    return frozenset([field.name for field in dataclasses.fields(cls) if field.metadata.get("added")])


def _value(kind: Any, data: object, path: tuple[Step, ...]) -> Any:
    if kind is str or kind is int or kind is bool:
        # a bool is no number here
        if type(data) is not kind or (kind is int and data < 0):  # type: ignore[operator]
            raise Misfit(path, f"{_NEEDED[kind]} is needed, not {_word(data)}")
        return data
    if kind is float:
        if isinstance(data, bool) or not isinstance(data, int | float) or not 0 <= data <= sys.float_info.max:
            raise Misfit(path, f"{_NEEDED[kind]} is needed, not {_word(data)}")
        return float(data)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _word_of(kind, data, path)
    if dataclasses.is_dataclass(kind):
        return decode(kind, data, path)  # type: ignore[arg-type]
    return _compound(kind, data, path)


def _word_of(kind: type[StrEnum], data: object, path: tuple[Step, ...]) -> StrEnum:
    found = next((word for word in kind if word.value == data), None)
    if found is None:
        name = re.sub(r"\B(?=[A-Z])", " ", kind.__name__).lower()
        raise Misfit(path, f"no {name} is called {_word(data)}")
    return found


def _compound(kind: Any, data: object, path: tuple[Step, ...]) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is types.UnionType:
        (present,) = (argument for argument in arguments if argument is not types.NoneType)
        return None if data is None else _value(present, data, path)
    if origin is tuple:
        if not isinstance(data, list):
            raise Misfit(path, f"a list is needed, not {_word(data)}")
        return tuple([_value(arguments[0], item, (*path, index)) for index, item in enumerate(data)])
    assert origin in (dict, Mapping), kind
    if not isinstance(data, dict):
        raise Misfit(path, f"an object is needed, not {_word(data)}")
    return {key: _value(arguments[1], item, (*path, key)) for key, item in data.items()}


_NEEDED = {str: "a text", int: "a whole number from 0 on", bool: "true or false", float: "a number from 0 on"}


def _word(data: object) -> str:
    """The value, in a few characters."""
    if isinstance(data, dict):
        return "an object"
    if isinstance(data, list):
        return "a list"
    if data is None or isinstance(data, bool):
        return {None: "null", True: "true", False: "false"}[data]
    return repr(data)[:40]
