"""String literals: the `name` production of the core WebAssembly text format ("Names", "Strings")."""

from __future__ import annotations

import re

from generator.wit.text import SourceText

_ESCAPE = re.compile(
    r"""\\(?:(?P<simple>[tnr"'\\])|(?P<byte>[0-9a-fA-F]{2})|u\{(?P<code>[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)\}|)"""
)
_SIMPLE = {"t": b"\t", "n": b"\n", "r": b"\r", '"': b'"', "'": b"'", "\\": b"\\"}


def decode_string_literal(source: SourceText, at: int, literal: str) -> str:
    """The value of `literal`, including quotes, at the position `at`. Raises WitError for an unknown escape."""
    body = literal[1:-1]
    if "\\" not in body:
        return body
    value = bytearray()
    last = 0
    for match in _ESCAPE.finditer(body):
        value += body[last : match.start()].encode()
        last = match.end()
        simple, byte, code = match.group("simple", "byte", "code")
        if simple is not None:
            value += _SIMPLE[simple]
        elif byte is not None:
            value.append(int(byte, 16))
        elif code is not None:
            number = int(code.replace("_", ""), 16)
            if number > 0x10FFFF or 0xD800 <= number < 0xE000:
                raise source.error(at + 1 + match.start(), f"U+{number:X} is not a Unicode scalar value")
            value += chr(number).encode()
        else:
            hint = r"escapes are \t \n \r \" \' \\, two hexadecimal digits, or \u{...}"
            raise source.error(at + 1 + match.start(), "unknown escape in a string", hint)
    value += body[last:].encode()
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise source.error(at, "this string is not valid UTF-8") from error


_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def encode_string_literal(value: str) -> str:
    """`value` as a string literal with its quotes, in ASCII."""
    text = (_ESCAPES.get(c) or (c if " " <= c <= "~" else f"\\u{{{ord(c):x}}}") for c in value)
    return f'"{"".join(text)}"'
