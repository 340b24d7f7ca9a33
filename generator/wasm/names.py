"""The `name` custom section (WebAssembly core specification, appendix "Name Section")."""

from __future__ import annotations

from collections.abc import Mapping

from generator.wasm.encode import encode_name, encode_section, encode_vector
from generator.wasm.leb128 import encode_unsigned
from generator.wasm.reader import Reader

SECTION = "name"
_MODULE = 0
_FUNCTIONS = 1
_GLOBALS = 7


def name_section(module: str | None, functions: Mapping[int, str]) -> bytes:
    """The contents of the section: the module's name, if any, and names of functions by index."""
    body = b"" if module is None else encode_section(0, encode_name(module))
    if functions:
        entries = [encode_unsigned(index) + encode_name(name) for index, name in sorted(functions.items())]
        body += encode_section(1, encode_vector(entries))
    return body


def with_module_name(contents: bytes, module: str) -> bytes:
    """The contents of a section with this name of the module and everything else unchanged. Raises WasmFormatError."""
    reader = Reader(contents, section=SECTION)
    kept = [encode_section(_MODULE, encode_name(module))]
    while not reader.at_end:
        start = reader.position
        kind = reader.byte()
        end = reader.sub(reader.unsigned()).end
        if kind != _MODULE:
            kept.append(contents[start:end])
    return b"".join(kept)


def read_function_names(contents: bytes) -> dict[int, str]:
    """Names of functions by index, from the contents of the section. Raises WasmFormatError."""
    return _read(contents, _FUNCTIONS)


def read_global_names(contents: bytes) -> dict[int, str]:
    """Names of globals by index, from the contents of the section. Raises WasmFormatError."""
    return _read(contents, _GLOBALS)


def _read(contents: bytes, wanted: int) -> dict[int, str]:
    reader = Reader(contents, section=SECTION)
    names: dict[int, str] = {}
    while not reader.at_end:
        kind = reader.byte()
        body = reader.sub(reader.unsigned())
        if kind == wanted:
            names.update([(body.unsigned(), body.name()) for _ in range(body.count())])
            body.expect_end()
    return names
