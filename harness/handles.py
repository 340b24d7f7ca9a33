"""Handle numbers and NaN bits in traces, made comparable.

The specification fixes how a table hands out indices, but not what else lies in it; so handles are compared by what
they are, not by number. `normalize` renames: in the order of the trace of one component, each event that brings a new
handle (`resource_new`, `push_own`, `push_borrow` of an imported resource, `error_context_new`, `push_error_context`)
gives its number the next name `h1`, `h2`, ..; every other event shows the name that its number has at that time, or
the bare number where it has none. A borrow of a resource that the component exports is a representation and stays.

NaN payloads may change at every boundary (CanonicalABI.md, "Loading"), so NaNs in `push_f32`, `pop_f32` and the like
are replaced by the canonical NaN.

The same function is applied to actual traces and to what the model expects.
"""

from __future__ import annotations

from collections.abc import Iterable

from harness.plan import Event
from harness.values import CANONICAL_NAN, is_nan_bits

_NEW = {
    "resource_new": 2,
    "push_own": 1,
    "push_borrow": 1,
    "push_error_context": 0,
    "error_context_new": 2,
}
"""Events that bring a handle, and which argument it is."""

_USE = {
    "pop_own": 1,
    "pop_borrow": 1,
    "resource_rep": 1,
    "resource_drop": 1,
    "pop_error_context": 0,
    "error_context_debug_message": 0,
    "error_context_drop": 0,
}
_FLOAT = {"push_f32": 32, "pop_f32": 32, "push_f64": 64, "pop_f64": 64}


def normalize(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events of one component with handles renamed and NaNs canonical. Malformed events are left alone."""
    names: dict[str, str] = {}
    brought = 0
    out = []
    for event in events:
        kind = event.name
        if kind in _NEW:
            position = _NEW[kind]
            if position < len(event.args) and not _is_rep(event):
                brought += 1
                names[event.args[position]] = f"h{brought}"
                event = _replace(event, position, f"h{brought}")
        elif kind in _USE:
            position = _USE[kind]
            if position < len(event.args):
                event = _replace(event, position, names.get(event.args[position], event.args[position]))
        elif kind in _FLOAT and event.args:
            event = _canonical_nan(event, _FLOAT[kind])
        out.append(event)
    return tuple(out)


def _is_rep(event: Event) -> bool:
    return event.name == "push_borrow" and event.args[0].startswith("[export]")


def _replace(event: Event, position: int, arg: str) -> Event:
    args = event.args
    return Event(event.name, (*args[:position], arg, *args[position + 1 :]), event.path)


def _canonical_nan(event: Event, width: int) -> Event:
    try:
        bits = int(event.args[0], 16)
    except ValueError:
        return event
    return _replace(event, 0, f"{CANONICAL_NAN[width]:0{width // 4}x}") if is_nan_bits(bits, width) else event
