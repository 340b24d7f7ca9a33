"""The error for a bad text, for tests."""

from __future__ import annotations

import pytest

from generator.errors import WitError
from generator.sources.load import load_text


def refusal(text: str, *features: str) -> WitError:
    """The error that `text` gives; it says where, and shows the line."""
    with pytest.raises(WitError) as caught:
        load_text(text, "bad.wit", features)
    error = caught.value
    assert error.span is not None
    assert error.line is not None
    assert str(error).startswith(f"bad.wit:{error.span.line}:{error.span.column}: error: ")
    return error


def check_refusal(text: str, at: str, message: str, *features: str) -> None:
    """`text` is refused at the place of the mark `^` in it (which is taken out), with `message` in the error."""
    assert text.count(at) == 1
    before, _, after = text.partition(at)
    error = refusal(before + after, *features)
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    assert error.span is not None
    assert (error.span.line, error.span.column) == (line, column), str(error)
    assert message in error.message
