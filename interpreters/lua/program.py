"""A Lua program as a library: `wit-dylib` and the interpreter are linked with it, and it needs no compiler.

The library has one function, `lua_program`, which returns the address of: the number of modules, then for each the
lengths of its name and of its source, and both (src/state.c reads it). Numbers have 32 bits.
"""

from __future__ import annotations

from collections.abc import Sequence

MEMORY, GLOBAL = 2, 3
"""Kinds of imports."""


def program_library(modules: Sequence[tuple[str, bytes]]) -> bytes:
    """The library of modules (name, source); the first is the program, `require` finds the others by name."""
    data = len(modules).to_bytes(4, "little")
    for name, source in modules:
        encoded = name.encode()
        data += len(encoded).to_bytes(4, "little") + len(source).to_bytes(4, "little") + encoded + source
    memory_info = b"\x01" + _sized(_number(len(data)) + _number(2) + _number(0) + _number(0))
    at_memory_base = b"\x23\x00\x0b"  # global.get 0, end
    sections = [
        (0, _sized(b"dylink.0") + memory_info),
        (1, _vector([b"\x60\x00\x01\x7f"])),  # () -> i32
        (2, _vector([_import("memory", MEMORY, b"\x00\x00"), _import("__memory_base", GLOBAL, b"\x7f\x00")])),
        (3, _vector([b"\x00"])),
        (7, _vector([_sized(b"lua_program") + b"\x00\x00"])),
        (10, _vector([_sized(b"\x00" + at_memory_base)])),
        (11, _vector([b"\x00" + at_memory_base + _sized(data)])),
    ]
    return b"\0asm\x01\0\0\0" + b"".join([bytes([id]) + _sized(content) for id, content in sections])


def _import(name: str, kind: int, type: bytes) -> bytes:
    return _sized(b"env") + _sized(name.encode()) + bytes([kind]) + type


def _vector(items: Sequence[bytes]) -> bytes:
    return _number(len(items)) + b"".join(items)


def _sized(content: bytes) -> bytes:
    return _number(len(content)) + content


def _number(value: int) -> bytes:
    """LEB128, unsigned."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])
