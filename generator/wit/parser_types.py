"""The grammar of types, type definitions and functions (WIT.md, "Items: type", "Types", "Handles")."""

from __future__ import annotations

from generator.resolved.types import MAX_FLAGS, Primitive
from generator.wit.ast import (
    AliasBody,
    Attributes,
    ConstructedType,
    FieldDeclaration,
    FieldsBody,
    FunctionDeclaration,
    HandleType,
    Name,
    NamedType,
    ResourceBody,
    TypeDeclaration,
    TypeExpression,
)
from generator.wit.attributes import parse_attributes
from generator.wit.cursor import Cursor
from generator.wit.lexer import IDENTIFIER

MAX_TYPE_DEPTH = 100
"""Maximum nesting of types in one expression, including the innermost type; the reference has the same limit."""

MAX_LIST_LENGTH = 2**32 - 1

_PRIMITIVES = {primitive.value: primitive for primitive in Primitive}

TYPE_KEYWORDS = frozenset({"type", "record", "variant", "enum", "flags", "resource"})


def parse_type(cursor: Cursor, depth: int = 0) -> TypeExpression:
    if depth >= MAX_TYPE_DEPTH:
        raise cursor.source.error(cursor.at, f"types nest deeper than {MAX_TYPE_DEPTH} levels")
    kind = cursor.kind
    primitive = _PRIMITIVES.get(kind)
    if primitive is not None:
        cursor.advance()
        return primitive
    if kind == IDENTIFIER:
        return NamedType(cursor.name())
    at = cursor.at
    if kind == "own" or kind == "borrow":
        cursor.advance()
        cursor.expect("<")
        resource = cursor.name("a name of a resource")
        cursor.expect(">")
        return HandleType(at, kind == "borrow", resource)
    if kind == "list":
        cursor.advance()
        return _parse_list(cursor, at, depth + 1)
    if kind == "option":
        cursor.advance()
        cursor.expect("<")
        argument = parse_type(cursor, depth + 1)
        cursor.expect(">")
        return ConstructedType(at, kind, (argument,), None)
    if kind == "result":
        cursor.advance()
        return ConstructedType(at, kind, _parse_result_arguments(cursor, depth + 1), None)
    if kind == "tuple":
        cursor.advance()
        return ConstructedType(at, kind, _parse_tuple_arguments(cursor, depth + 1), None)
    if kind == "map":
        cursor.advance()
        cursor.expect("<")
        key = parse_type(cursor, depth + 1)
        cursor.expect(",")
        value = parse_type(cursor, depth + 1)
        cursor.expect(">")
        return ConstructedType(at, kind, (key, value), None)
    if kind == "future" or kind == "stream":
        cursor.advance()
        payload = None
        if cursor.eat("<"):
            payload = parse_type(cursor, depth + 1)
            cursor.expect(">")
        return ConstructedType(at, kind, (payload,), None)
    raise cursor.unexpected("a type")


def _parse_list(cursor: Cursor, at: int, depth: int) -> TypeExpression:
    cursor.expect("<")
    element = parse_type(cursor, depth)
    size = None
    if cursor.eat(","):
        size_at = cursor.at
        size = cursor.integer("the length of the list")
        if not 1 <= size <= MAX_LIST_LENGTH:
            raise cursor.source.error(size_at, f"the length of a list is from 1 to {MAX_LIST_LENGTH}")
    cursor.expect(">")
    return ConstructedType(at, "list", (element,), size)


def _parse_result_arguments(cursor: Cursor, depth: int) -> tuple[TypeExpression | None, ...]:
    if not cursor.eat("<"):
        return (None, None)
    if cursor.eat("_"):
        # `result<_>` is refused: the grammar has `_` only before an error type.
        cursor.expect(",")
        arguments: tuple[TypeExpression | None, ...] = (None, parse_type(cursor, depth))
    else:
        ok = parse_type(cursor, depth)
        arguments = (ok, parse_type(cursor, depth) if cursor.eat(",") else None)
    cursor.expect(">")
    return arguments


def _parse_tuple_arguments(cursor: Cursor, depth: int) -> tuple[TypeExpression, ...]:
    cursor.expect("<")
    types = [parse_type(cursor, depth)]
    while cursor.goes_on(">") and cursor.kind != ">":
        types.append(parse_type(cursor, depth))
    cursor.expect(">")
    return tuple(types)


def parse_type_declaration(cursor: Cursor, docs: str | None, attributes: Attributes) -> TypeDeclaration:
    """A definition that starts with one of TYPE_KEYWORDS."""
    kind = cursor.kind
    cursor.advance()
    name = cursor.name()
    if kind == "type":
        cursor.expect("=")
        body = AliasBody(parse_type(cursor))
        cursor.expect(";")
        return TypeDeclaration(docs, attributes, name, body)
    if kind == "resource":
        return TypeDeclaration(docs, attributes, name, ResourceBody(_parse_resource_functions(cursor)))
    fields = _parse_fields(cursor, kind)
    if not fields:
        part = "field" if kind == "record" else "flag" if kind == "flags" else "case"
        raise cursor.source.error(name.at, f"the {kind} `{name.text}` is empty", f"give it a {part}")
    if kind == "flags" and len(fields) > MAX_FLAGS:
        raise cursor.source.error(fields[MAX_FLAGS].name.at, f"flags have at most {MAX_FLAGS} labels")
    return TypeDeclaration(docs, attributes, name, FieldsBody(kind, fields))


def _parse_fields(cursor: Cursor, kind: str) -> tuple[FieldDeclaration, ...]:
    cursor.expect("{")
    fields = []
    while cursor.kind != "}":
        docs = cursor.docs()
        name = cursor.name()
        type_: TypeExpression | None = None
        if kind == "record":
            cursor.expect(":")
            type_ = parse_type(cursor)
        elif kind == "variant" and cursor.eat("("):
            type_ = parse_type(cursor)
            cursor.expect(")")
        fields.append(FieldDeclaration(name, type_, docs))
        if not cursor.goes_on("}"):
            break
    cursor.expect("}")
    return tuple(fields)


def _parse_resource_functions(cursor: Cursor) -> tuple[FunctionDeclaration, ...]:
    if cursor.eat(";"):
        return ()
    if cursor.kind != "{":
        raise cursor.unexpected("`;` or `{`")
    cursor.advance()
    functions = []
    while cursor.kind != "}":
        docs = cursor.docs()
        attributes = parse_attributes(cursor)
        if cursor.kind == "constructor":
            name = Name("constructor", cursor.at)
            cursor.advance()
            functions.append(_parse_signature(cursor, docs, attributes, name, "constructor", False))
        elif cursor.kind == IDENTIFIER:
            name = cursor.name()
            cursor.expect(":")
            kind = "static" if cursor.eat("static") else "method"
            functions.append(parse_function(cursor, docs, attributes, name, kind))
        else:
            raise cursor.unexpected("a name, `constructor` or `}`")
    cursor.advance()
    return tuple(functions)


def parse_function(
    cursor: Cursor, docs: str | None, attributes: Attributes, name: Name, kind: str = "function"
) -> FunctionDeclaration:
    """A function from `async`, `func`, `get` or `set` to the semicolon."""
    accessor = accessor_word(cursor)
    if accessor is not None:
        cursor.advance()
        return _parse_signature(cursor, docs, attributes, name, kind, False)._replace(accessor=accessor)
    is_async = cursor.eat("async")
    if cursor.kind != "func":
        hint = "getters and setters are not async" if is_async and accessor_word(cursor) is not None else None
        raise cursor.unexpected("`func`" if is_async else "`func`, `async func`, `get` or `set`", hint)
    cursor.advance()
    return _parse_signature(cursor, docs, attributes, name, kind, is_async)


def accessor_word(cursor: Cursor) -> str | None:
    """`get` or `set` if it is the next token and a keyword: before a parenthesis. Otherwise it is a name."""
    word = cursor.written() if cursor.kind == IDENTIFIER and cursor.look_ahead(1) == "(" else ""
    return word if word in ("get", "set") else None


def _parse_signature(
    cursor: Cursor, docs: str | None, attributes: Attributes, name: Name, kind: str, is_async: bool
) -> FunctionDeclaration:
    cursor.expect("(")
    params = []
    while cursor.kind != ")":
        param = cursor.name("a name of a parameter")
        cursor.expect(":")
        params.append((param, parse_type(cursor)))
        if not cursor.goes_on(")"):
            break
    cursor.expect(")")
    result: TypeExpression | None = None
    result_at = cursor.at
    if cursor.eat("->"):
        result_at = cursor.at
        result = parse_type(cursor)
    cursor.expect(";")
    return FunctionDeclaration(docs, attributes, name, kind, is_async, tuple(params), result, result_at)
