"""Features of the engine, mostly of components: which are on, which can be turned on here, and why others cannot."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from functools import cache

import wasmtime
from wasmtime import _ffi as ffi

from harness.engine.release import KNOWN_RELEASE, release

_BITS = {"threading": 30, "error-context": 31, "fixed-length-lists": 32, "accessors": 43}
"""Bits in wasmtime's feature word for features without a setter in its C API (50.0.1)."""

_SETTERS = {
    "async": "component_model_async",
    "more-async-builtins": "component_model_more_async_builtins",
    "stackful-async": "component_model_async_stackful",
    "custom-page-sizes": "custom_page_sizes",
}
"""Setters of wasmtime's C API by feature."""

_NO_SETTER = "wasmtime has no setter for it"
_NEVER = {"forward": _NO_SETTER, "context-i64": _NO_SETTER}
"""Features of the specification that this engine does not run. `context-i64`: context slots of 64 bits."""


@dataclass(frozen=True, slots=True)
class Feature:
    name: str
    why_not: str | None = None
    """The reason why the feature is off; None if it is on."""


@cache
def features() -> dict[str, Feature]:
    """The features that plans may need, by name."""
    found = {name: Feature(name) for name in ("map", "implements")}
    try:
        _word_offset()
        why_not = None
    except FeatureWordError as error:
        why_not = str(error)
    for name in _BITS:
        found[name] = Feature(name, why_not)
    for name, setter in _SETTERS.items():
        found[name] = Feature(name, None if hasattr(ffi, _setter(setter)) else "this wasmtime has no setter for it")
    for name, why_not in _NEVER.items():
        found[name] = Feature(name, why_not)
    return found


def _setter(name: str) -> str:
    return f"wasmtime_config_wasm_{name}_set"


def missing(needs: frozenset[str]) -> list[str]:
    """Why each of these features is unavailable; empty if all are available."""
    known = features()
    reasons = []
    for name in sorted(needs):
        feature = known.get(name)
        if feature is None:
            reasons.append(f"{name}: not a feature of this engine")
        elif feature.why_not is not None:
            reasons.append(f"{name}: {feature.why_not}")
    return reasons


def enable_all(config: wasmtime.Config) -> None:
    """Turn on every feature that plans may need and that can be turned on in this process."""
    config.wasm_component_model_map = True
    config.wasm_component_model_implements = True
    for setter in _SETTERS.values():
        if hasattr(ffi, _setter(setter)):
            getattr(ffi, _setter(setter))(config.ptr(), True)
    try:
        offset = _word_offset()
    except FeatureWordError:
        return
    word = ctypes.c_uint64.from_address(_address(config) + offset)
    for bit in _BITS.values():
        word.value |= 1 << bit


class FeatureWordError(Exception):
    """The feature word of the engine's configuration cannot be found with certainty."""


def _address(config: wasmtime.Config) -> int:
    address = ctypes.cast(config.ptr(), ctypes.c_void_p).value
    if address is None:
        raise FeatureWordError("the engine gives no configuration")
    return address


@cache
def _word_offset() -> int:
    """The place of the feature word in a configuration: the one word that three setters of known bits change."""
    if sys.platform != "linux":
        raise FeatureWordError(f"not possible on {sys.platform}")
    if release() != KNOWN_RELEASE:
        raise FeatureWordError(f"known only for wasmtime {KNOWN_RELEASE}, this is {release()}")
    libc = ctypes.CDLL(None)
    try:
        malloc_usable_size = libc.malloc_usable_size
    except AttributeError:
        raise FeatureWordError("this C library does not report the size of an allocation") from None
    malloc_usable_size.restype = ctypes.c_size_t
    malloc_usable_size.argtypes = [ctypes.c_void_p]
    config = wasmtime.Config()
    address = _address(config)
    size = malloc_usable_size(address)
    before = ctypes.string_at(address, size)
    for name in ("async", "async_stackful", "map"):
        getattr(ffi, _setter(f"component_model_{name}"))(config.ptr(), True)
    after = ctypes.string_at(address, size)
    changed = {
        at: int.from_bytes(before[at : at + 8], "little") ^ int.from_bytes(after[at : at + 8], "little")
        for at in range(0, size - 7, 8)
        if before[at : at + 8] != after[at : at + 8]
    }
    if list(changed.values()) != [1 << 27 | 1 << 28 | 1 << 38]:
        raise FeatureWordError("the configuration's feature word does not look as expected")
    return next(iter(changed))
