"""Detects inputs in the text format."""

from __future__ import annotations

import re

BINARY_MAGIC = b"\0asm"

_SPACE = re.compile(rb"[ \t\r\n]+|;;[^\r\n]*")
_BLOCK_BOUND = re.compile(rb"\(;|;\)")
_MODULE_OR_COMPONENT = re.compile(rb"(?:module|component)(?![^\s();])")


def is_text(content: bytes) -> bool:
    """Whether a module or component is in the text format: its first token is a parenthesis. The text format also
    allows a module that is only a list of fields (Core specification, "Text Format", "Modules")."""
    return content[_after_space(content, 0) :].startswith(b"(")


def is_text_among_wit(content: bytes) -> bool:
    """The same where the input may be WIT, too: it must begin with `(module` or `(component`. No WIT begins so."""
    start = _after_space(content, 0)
    if content[start : start + 1] != b"(":
        return False
    return _MODULE_OR_COMPONENT.match(content, _after_space(content, start + 1)) is not None


def _after_space(content: bytes, at: int) -> int:
    """The end of white space and comments (Core specification, "Lexical Format"). Block comments nest."""
    while True:
        if space := _SPACE.match(content, at):
            at = space.end()
        elif content.startswith(b"(;", at):
            at = _after_block(content, at)
        else:
            return at


def _after_block(content: bytes, at: int) -> int:
    depth = 0
    for bound in _BLOCK_BOUND.finditer(content, at):
        depth += 1 if bound.group() == b"(;" else -1
        if depth == 0:
            return bound.end()
    return len(content)
