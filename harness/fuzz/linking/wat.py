"""Pieces of the text format of WebAssembly."""

from __future__ import annotations

from collections.abc import Sequence

from harness.fuzz.linking.model import argument
from harness.fuzz.linking.parts import Signature


def functype(signature: Signature) -> str:
    params = f"(param {' '.join(signature.params)}) " if signature.params else ""
    return f"{params}(result {signature.result})"


def arguments(signature: Signature) -> str:
    return " ".join([f"({type}.const {argument(place)})" for place, type in enumerate(signature.params)])


def arguments_as_i32(signature: Signature) -> list[str]:
    return [to_i32(type, f"(local.get {place})") for place, type in enumerate(signature.params)]


_TO_I32 = {"i32": "", "i64": "i32.wrap_i64", "f32": "i32.trunc_sat_f32_u", "f64": "i32.trunc_sat_f64_u"}

_FROM_I32 = {"i32": "", "i64": "i64.extend_i32_u", "f64": "f64.convert_i32_u"}


def to_i32(type: str, value: str) -> str:
    return f"({_TO_I32[type]} {value})" if _TO_I32[type] else value


def from_i32(type: str, value: str) -> str:
    return f"({_FROM_I32[type]} {value})" if _FROM_I32[type] else value


def sum_of(terms: Sequence[str]) -> str:
    return folded("i32.add", terms)


def any_of(terms: Sequence[str]) -> str:
    return folded("i32.or", terms)


def folded(operator: str, terms: Sequence[str]) -> str:
    if not terms:
        return "(i32.const 0)"
    found = terms[0]
    for term in terms[1:]:
        found = f"({operator} {found} {term})"
    return found


def at(base: str, offset: int) -> str:
    return f"(i32.add (global.get {base}) (i32.const {offset}))"


def byte_at(offset: int) -> str:
    return f"(i32.load8_u offset={offset} (global.get $base))"


def escaped(data: bytes | bytearray) -> str:
    return "".join(f"\\{byte:02x}" for byte in data)
