"""Handle numbers and NaN bits in traces, made comparable.

The specification fixes how a table hands out indices, but not what else lies in it; so handles are compared by what
they are, not by number. `normalize` renames: in the order of the trace of one component, each event that brings a new
handle (`resource_new`, `push_own`, `push_borrow` of an imported resource, `error_context_new`, `push_error_context`)
gives its number the next name `h1`, `h2`, ..; every other event shows the name that its number has at that time, or
the bare number where it has none. A borrow of a resource that the component exports is a representation and stays.

NaN payloads may change at every boundary (CanonicalABI.md, "Loading"), so NaNs in `push_f32`, `pop_f32` and the like
are replaced by the canonical NaN.

The same function is applied to actual traces and to what the model expects; names in them are canonical names already.
"""

from __future__ import annotations

from collections.abc import Iterable

from harness.values.values import CANONICAL_NAN, is_nan_bits

_NEW = {"resource_new": -1, "push_own": -1, "push_borrow": -1, "push_error_context": -1, "error_context_new": -1}
"""Events that bring a handle, and which word of the line it is."""

_USE = {
    "pop_own": -1,
    "pop_borrow": -1,
    "resource_rep": 2,
    "resource_drop": -1,
    "pop_error_context": -1,
    "error_context_debug_message": 1,
    "error_context_drop": -1,
}
_FLOAT = {"push_f32": 32, "pop_f32": 32, "push_f64": 64, "pop_f64": 64}


PREPARED = frozenset((*_NEW, *_USE, *_FLOAT))
"""The kinds of events that `prepare` does anything to."""


class HandleLine(str):
    """A line with a handle's number in it, taken apart. `brings`: the handle is new with this line."""

    before: str
    number: str
    after: str
    brings: bool


def prepare(line: str) -> str:
    """What can be said about a line by itself: NaNs become canonical, and where there is a handle's number it is found
    (`HandleLine`)."""
    kind = line.partition(" ")[0]
    if kind in _FLOAT:
        start, blank, bits = line.rpartition(" ")
        return start + blank + _canonical_nan(bits, _FLOAT[kind])
    at = _NEW.get(kind) or _USE.get(kind)
    if at is None or line.startswith("push_borrow [export]"):
        return line
    words = line.split(" ")
    at %= len(words)
    found = HandleLine(line)
    found.before = "".join(word + " " for word in words[:at])
    found.number = words[at]
    found.after = "".join(" " + word for word in words[at + 1 :])
    found.brings = kind in _NEW
    return found


def rename(lines: Iterable[str]) -> list[str]:
    """The prepared lines of one component's trace with handles renamed."""
    names: dict[str, str] = {}
    brought = 0
    renamed = list(lines)
    with_handles = [index for index, line in enumerate(renamed) if line.__class__ is not str]
    for index in with_handles:
        line = renamed[index]
        if isinstance(line, HandleLine):
            if line.brings:
                brought += 1
                names[line.number] = f"h{brought}"
            renamed[index] = f"{line.before}{names.get(line.number, line.number)}{line.after}"
    return renamed


def normalize(lines: Iterable[str]) -> list[str]:
    """The lines of one component's trace with handles renamed and NaNs canonical; the rest as it is."""
    return rename(map(prepare, lines))


def _canonical_nan(bits: str, width: int) -> str:
    try:
        is_nan = is_nan_bits(int(bits, 16), width)
    except ValueError:
        return bits
    return f"{CANONICAL_NAN[width]:0{width // 4}x}" if is_nan else bits
