"""Scalars, drawn by how often they reveal something, and other types without parts."""

from __future__ import annotations

from harness.fuzz.worlds.ast import Alias, Facts, Type, UsedType

SCALARS = (
    (6, "u8"), (6, "s8"), (5, "s16"), (3, "u16"), (4, "u32"), (3, "s32"), (5, "u64"), (3, "s64"), (4, "f32"),
    (4, "f64"), (3, "bool"), (3, "char"), (6, "string"),
)  # fmt: skip
"""Small integers most of all, because every border must treat them with care."""

KEYS = ("u8", "bool", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "char", "string")
"""WIT.md, `kt`: a key is one of these words, never a name."""

JOINED = (
    ("u64", "f32"), ("f32", "u64"), ("f64", "f32"), ("f32", "f64"), ("u32", "f32"), ("f32", "s64", "u8"),
    ("u32", "f64", "f32", "s8"), ("string", "f32"), ("f32", "string", "u64"), ("f64", "s16"),
)  # fmt: skip
"""Every two core types meet in some of them, in either order."""

MOST_NODES = 400


def scalar(word: str) -> Type:
    return Type(word, Facts(2 if word == "string" else 1))


U8 = scalar("u8")


def is_char(type: Type) -> bool:
    """Whether the type is `char`, under any name: no stream carries it for the time being (Explainer.md, "Asynchronous
    value types")."""
    definition = type.named
    while definition is not None and isinstance(definition.body, UsedType):
        definition = definition.body.original
    if definition is None:
        return type.word == "char"
    return isinstance(definition.body, Alias) and is_char(definition.body.type)
