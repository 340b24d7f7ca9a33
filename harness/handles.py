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
CONCERNED = frozenset(_NEW) | frozenset(_USE) | frozenset(_FLOAT)
"""Events that `normalize` may change; lines without any of them need not pass through it."""


def normalize(lines: Iterable[str]) -> list[str]:
    """The lines of one component's trace with handles renamed and NaNs canonical; the rest as it is."""
    names: dict[str, str] = {}
    brought = 0
    out = []
    for line in lines:
        kind = line.partition(" ")[0]
        if kind not in CONCERNED:
            out.append(line)
            continue
        words = line.split(" ")
        if kind in _FLOAT:
            words[-1] = _canonical_nan(words[-1], _FLOAT[kind])
        elif kind in _USE:
            at = _USE[kind]
            words[at] = names.get(words[at], words[at])
        elif kind != "push_borrow" or not words[1].startswith("[export]"):
            brought += 1
            names[words[-1]] = f"h{brought}"
            words[-1] = f"h{brought}"
        out.append(" ".join(words))
    return out


def _canonical_nan(bits: str, width: int) -> str:
    try:
        is_nan = is_nan_bits(int(bits, 16), width)
    except ValueError:
        return bits
    return f"{CANONICAL_NAN[width]:0{width // 4}x}" if is_nan else bits
