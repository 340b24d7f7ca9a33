"""Names: the simplest are letters, the others collide with something on the way to a running component."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from harness.fuzz.choices import Source, choose, weighted

# fmt: off
KEYWORDS = (
    "as", "async", "bool", "borrow", "char", "constructor", "enum", "error-context", "export", "f32", "f64", "flags",
    "from", "func", "future", "import", "include", "interface", "list", "map", "option", "own", "package", "record",
    "resource", "result", "s16", "s32", "s64", "s8", "static", "stream", "string", "tuple", "type", "u16", "u32",
    "u64", "u8", "use", "variant", "with", "world",
)
"""WIT.md, "Keywords"."""

_SYMBOLS = (
    "memory", "malloc", "free", "calloc", "realloc", "cabi-realloc", "cabi-post", "main", "start", "env", "initialize",
    "stack-pointer", "memory-base", "table-base", "indirect-function-table", "wasm-call-ctors", "heap-base",
    "wit-dylib-initialize", "wit-dylib", "got-mem", "got-func", "memcpy", "abort", "exit", "errno", "boxed", "harness",
    "host", "control", "run", "finish", "self", "this", "init", "main-module", "callback", "task-return", "post-return",
    "canon", "instance", "component", "core", "module", "none", "some", "ok", "err", "true", "false", "is", "since",
    "unstable", "nan", "inf", "root", "method", "drop", "new", "rep", "resource-drop", "dtor", "null", "int", "class",
    "get", "set", "get-a", "set-a",
)
"""Words of core modules, of libc, of the linker, of the interpreter's own world, of the value notation and of other
languages."""

_ACRONYMS = ("A", "URL", "get-URL", "A-b", "HTTP-v2", "X1", "X-1", "Z9-z9")
_LONG = ("a-b", "a1", "a-b-c-d", "x0-y1", "a-1", "a-1b", "the-quick-brown-fox-jumps-over-the-lazy-dog", "a" * 70)
# fmt: on

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def letters() -> Iterator[str]:
    """`a` to `z`, then `a1` to `z1` and so on, without the keywords among them."""
    yield from _LETTERS
    for number in count(1):
        for letter in _LETTERS:
            name = f"{letter}{number}"
            if name not in KEYWORDS:
                yield name


def escaped(name: str) -> str:
    """A name as WIT text has it."""
    return f"%{name}" if name in KEYWORDS else name


def _folded(name: str) -> str:
    """The part of a name that distinguishes it: neither case nor hyphens count (Explainer.md, "Name Uniqueness")."""
    return name.lower().replace("-", "")


class ScopeNames:
    """The names of one scope; all tools tell them apart."""

    def __init__(self, *taken: str) -> None:
        self._taken = {_folded(name) for name in taken}
        self._letters = letters()

    def __contains__(self, name: str) -> bool:
        return _folded(name) in self._taken

    def claim(self, name: str) -> str:
        self._taken.add(_folded(name))
        return name

    def simple(self) -> str:
        """The first letter that is free."""
        return self.claim(next(name for name in self._letters if name not in self))

    def draw(self, source: Source, hard: bool) -> str:
        """A free name; `hard`: not only letters."""
        if hard:
            pool = weighted(source, _POOLS)
            if pool:
                name = choose(source, pool)
                if name not in self:
                    return self.claim(name)
        return self.simple()


_POOLS: tuple[tuple[int, tuple[str, ...]], ...] = ((5, ()), (2, _SYMBOLS), (2, KEYWORDS), (1, _ACRONYMS), (1, _LONG))
