"""A library between a generated library and its interpreter that counts the calls of `wit_dylib_*`.

The interpreter's functions get other names, and this library has functions of the old names that count and call them.
A function whose second parameter is the index of a type is counted for each type. The size of the memory is kept at
the end of exported calls, so that one can see whether it grows from call to call.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import interpreters
from harness.binary.core_module import core_interface
from harness.binary.sections import MODULE_PREAMBLE, BinaryError, Reader, name, section, sections, unsigned, vector
from harness.binary.wat import binary_of
from harness.composition.anchor import exporting

LIBRARY = "libcounting.so"
EXPORT = "harness-counts"
"""A function of the component: `func() -> list<u32>`, with `TYPES` numbers for each function, then `MEMORY` numbers."""
TYPES = 256
"""The last number also counts all higher indices of types."""
MEMORY = 33
"""The number of exported calls that ended; then, for each possible number of bits of a call's number, counted from 1,
the pages of memory at the end of the last such call."""

_PREFIX = "wit_dylib_"
_FINISH = "wit_dylib_export_finish"
_HIDDEN = "harness_counted_"
_RESULT = 8
"""Bytes before the numbers: the list, as the Canonical ABI returns it."""
_EXPORTS = 7
_LIST_OF_U32 = b"\x01\x70\x79"
_FUNCTION = b"\x01\x40\x00\x00\x00"
_SIGNATURE = re.compile(r"func\(([^)]*)\) -> \(([^)]*)\)")


def functions(libraries: Sequence[bytes]) -> tuple[str, ...]:
    """The functions that are counted, in the order of their numbers. Raises `BinaryError`."""
    found = dict.fromkeys(name for library in libraries for name in core_interface(library).exports)
    return tuple(sorted(name for name in found if name.startswith(_PREFIX)))


def hidden(library: bytes) -> bytes:
    """A library whose functions of the interpreter's interface have other names. Raises `BinaryError`."""
    return _renamed(library, lambda text: _HIDDEN + text if text.startswith(_PREFIX) else text)


@lru_cache(maxsize=4)
def counting(libraries: tuple[bytes, ...]) -> bytes:
    """The library that counts for these libraries of an interpreter. Raises `BinaryError`."""
    types = {text: kind for library in libraries for text, kind in core_interface(library).exports.items()}
    names = functions(libraries)
    module = binary_of(_wat([(text, _signature(text, types[text])) for text in names]))
    members = [_LIST_OF_U32, _FUNCTION, b"\x04\x00" + name(EXPORT) + b"\x01\x01"]
    return exporting(module, members, "counting")


def _signature(text: str, kind: str) -> tuple[list[str], list[str]]:
    found = _SIGNATURE.fullmatch(kind)
    if found is None:
        raise BinaryError(f"{text} is a {kind}, not a function")
    params, results = (group.split(", ") if group else [] for group in found.groups())
    return params, results


def _wat(signatures: Sequence[tuple[str, tuple[list[str], list[str]]]]) -> str:
    typed = {_PREFIX + function for function in interpreters.typed_functions()}
    numbers = TYPES * len(signatures) + MEMORY
    size = _RESULT + 4 * numbers
    memory = size - 4 * MEMORY
    imports, counted = [], []
    for number, (text, (params, results)) in enumerate(signatures):
        kind = f"(param {' '.join(params)}) (result {' '.join(results)})"
        imports.append(f'(import "env" "{_HIDDEN}{text}" (func $f{number} {kind}))')
        first = f"(i32.const {_RESULT + 4 * TYPES * number})"
        place = f"(i32.add {first} (call $type (local.get {_type_at(text)})))" if text in typed else first
        args = " ".join(f"(local.get {at})" for at in range(len(params)))
        then = "(call $remember)" if text == _FINISH else ""
        counted.append(f'(func (export "{text}") {kind} (call $count {place}) (call $f{number} {args}) {then})')
    return f"""
(module (@dylink.0 (mem-info (memory {size} 2)))
  {" ".join(imports)}
  (import "env" "memory" (memory 0))
  (import "env" "__memory_base" (global $base i32))
  (func $type (param $type i32) (result i32)
    (i32.shl
      (select (local.get $type) (i32.const {TYPES - 1}) (i32.lt_u (local.get $type) (i32.const {TYPES})))
      (i32.const 2)))
  (func $count (param $at i32)
    (local.set $at (i32.add (global.get $base) (local.get $at)))
    (i32.store (local.get $at) (i32.add (i32.load (local.get $at)) (i32.const 1))))
  (func $remember (local $at i32)
    (call $count (i32.const {memory}))
    (local.set $at (i32.add (global.get $base) (i32.const {memory})))
    (i32.store
      (i32.add (local.get $at)
        (i32.shl (i32.sub (i32.const 32) (i32.clz (i32.load (local.get $at)))) (i32.const 2)))
      (memory.size)))
  {" ".join(counted)}
  (func (export "{EXPORT}") (result i32)
    (i32.store (global.get $base) (i32.add (global.get $base) (i32.const {_RESULT})))
    (i32.store offset=4 (global.get $base) (i32.const {numbers}))
    (global.get $base)))"""


def _type_at(text: str) -> int:
    """The position of the parameter with a type's index: the first of a destructor, the second of other functions."""
    return 0 if text == _PREFIX + "resource_dtor" else 1


def _renamed(module: bytes, rename: Callable[[str], str]) -> bytes:
    """The module with other names for its exports."""
    if module[:8] != MODULE_PREAMBLE:
        raise BinaryError("not a core module: wrong first 8 bytes")
    out = bytearray(module[:8])
    for part in sections(module):
        if part.id != _EXPORTS:
            out += module[part.start : part.end]
            continue
        reader = Reader(module, part.body, part.end)
        items = []
        for _ in range(reader.unsigned()):
            text = reader.name()
            kind = reader.byte()
            items.append(name(rename(text)) + bytes([kind]) + unsigned(reader.unsigned()))
        out += section(_EXPORTS, vector(items))
    return bytes(out)
