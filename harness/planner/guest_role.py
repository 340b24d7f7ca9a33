"""Whether a case has a role for an interpreter that is not ours, and its values there."""

from __future__ import annotations

from harness.planner.cases import value_of
from harness.script.encoding import handles
from harness.values.values import HandleName, Invalid, Value
from harness.values.wave_lexer import WaveError
from harness.world import types as t


class NoRole(Exception):
    """A case in which an interpreter that is not ours has no role; the message says why."""


def value_in_role(text: str, type: t.Type) -> Value:
    """The value of a text in the case. Raises `NoRole`."""
    try:
        found = value_of(text, type)
    except WaveError as error:
        raise NoRole(f"a value has no meaning there: {error}") from error
    for _, _, held in () if isinstance(found, Invalid) else handles(found, type):
        if isinstance(held, HandleName) and held.arrives is not None:
            raise NoRole("a handle gets another name where it arrives")
    return found
