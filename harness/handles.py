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
from dataclasses import dataclass

from harness.values import CANONICAL_NAN, is_nan_bits

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


@dataclass(frozen=True, slots=True)
class HandleLine:
    """A line with a handle's number in it, taken apart. `brings`: the handle is new with this line."""

    before: str
    number: str
    after: str
    brings: bool


def prepare(line: str) -> str | HandleLine:
    """What can be said about a line by itself: NaNs become canonical, and a handle's number is found."""
    kind = line.partition(" ")[0]
    if kind in _FLOAT:
        start, blank, bits = line.rpartition(" ")
        return start + blank + _canonical_nan(bits, _FLOAT[kind])
    brings = kind in _NEW
    at = _NEW.get(kind) or _USE.get(kind)
    if at is None or line.startswith("push_borrow [export]"):
        return line
    words = line.split(" ")
    number = words[at]
    words[at] = "\n"
    before, _, after = " ".join(words).partition("\n")
    return HandleLine(before, number, after, brings)


def rename(lines: Iterable[str | HandleLine]) -> list[str]:
    """The prepared lines of one component's trace with handles renamed."""
    names: dict[str, str] = {}
    brought = 0
    out = []
    for line in lines:
        if isinstance(line, str):
            out.append(line)
            continue
        if line.brings:
            brought += 1
            names[line.number] = f"h{brought}"
        out.append(f"{line.before}{names.get(line.number, line.number)}{line.after}")
    return out


def normalize(lines: Iterable[str]) -> list[str]:
    """The lines of one component's trace with handles renamed and NaNs canonical; the rest as it is."""
    return rename(map(prepare, lines))


def _canonical_nan(bits: str, width: int) -> str:
    try:
        is_nan = is_nan_bits(int(bits, 16), width)
    except ValueError:
        return bits
    return f"{CANONICAL_NAN[width]:0{width // 4}x}" if is_nan else bits
