"""Wraps a function that a library exports: the library's binary gets one more function, and the export refers to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from generator.wasm.code import Code
from generator.wasm.decode import DecodedModule
from generator.wasm.encode import MAGIC, encode_bytes, encode_export, encode_section, encode_vector
from generator.wasm.leb128 import encode_unsigned
from generator.wasm.reader import Reader

_FUNCTIONS, _EXPORTS, _CODE = 3, 7, 10

Wrapper = Callable[[Code, int], None]
"""Writes a body with the original's parameters and results; the second argument is the original's index."""


def wrap_export(binary: bytes, name: str, write: Wrapper) -> bytes:
    """Calls from inside the library still reach the original. Raises KeyError if there is no such export."""
    module = DecodedModule(binary)
    original = module.exports_by_name[name].index
    wrapper = len(module.function_type_indices)
    code = Code(len(module.func_type(original).params))
    write(code, original)
    exports = [replace(item, index=wrapper) if item.name == name else item for item in module.exports]
    reader = Reader(binary, len(MAGIC))
    out = bytearray(binary[: len(MAGIC)])
    while not reader.at_end:
        start = reader.position
        id = reader.byte()
        body = reader.sub(reader.unsigned())
        if id == _EXPORTS:
            out += encode_section(id, encode_vector([encode_export(item) for item in exports]))
        elif id == _FUNCTIONS:
            out += _with_one_more(id, body, encode_unsigned(module.function_type_indices[original]))
        elif id == _CODE:
            out += _with_one_more(id, body, encode_bytes(code.body()))
        else:
            out += binary[start : body.end]
        reader.position = body.end
    return bytes(out)


def _with_one_more(id: int, body: Reader, item: bytes) -> bytes:
    count = body.count()
    return encode_section(id, encode_unsigned(count + 1) + body.bytes(body.end - body.position) + item)
