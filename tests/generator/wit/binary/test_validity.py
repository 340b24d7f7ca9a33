"""Binaries that break rules of the Component Model: what text cannot say is refused when it is read."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from generator.component.errors import BinaryError
from generator.names.component_names import name_clash
from generator.resolved.model import Accessor, Constructor, Freestanding, Function, FunctionKind, Method, Param, Static
from generator.resolved.types import (
    Field,
    FixedLengthList,
    Flags,
    Future,
    Label,
    Map,
    Primitive,
    Record,
    Stream,
    Tuple,
    Type,
    TypeId,
    TypeKind,
)
from generator.sources.load import load_text
from generator.wit.binary.decode import decode_package
from generator.wit.binary.encode import encode_package

WIT = "package a:b; interface i { resource r; type b = borrow<r>; type o = own<r>; resource q; type t = list<u8>; }"


def flags(count: int) -> Flags:
    return Flags(tuple(Label(f"l{number}") for number in range(count)))


BORROW, OWN = TypeId(1), TypeId(2)
"""Handles of the resource `r` in `WIT`."""


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (flags(33), "flags have at most 32 labels"),
        (flags(0), "there are no fields, cases or flags"),
        (Record(()), "there are no fields, cases or flags"),
        (Record((Field("a", Primitive.U8), Field("A", Primitive.U8))), "'A' is the same name as 'a'"),
        (Tuple(()), "there are no types in a tuple"),
        (FixedLengthList(Primitive.U8, 0), "a list of length 0"),
        (Map(Primitive.F32, Primitive.U8), "this type cannot be the key of a map"),
        (Map(OWN, Primitive.U8), "this type cannot be the key of a map"),
        (Stream(Primitive.CHAR), "a stream cannot carry `char`"),
        (Stream(BORROW), "a stream cannot carry borrowed handles"),
        (Future(BORROW), "a future cannot carry borrowed handles"),
    ],
)
def test_types(kind: TypeKind, message: str) -> None:
    resolve, package = load_text(WIT)
    type = resolve.interfaces[0].types["t"]
    resolve.types[type] = replace(resolve.types[type], kind=kind)
    with pytest.raises(BinaryError, match=re.escape(message)):
        decode_package(encode_package(resolve, package))


def test_the_largest_flags() -> None:
    resolve, package = load_text(WIT)
    type = resolve.interfaces[0].types["t"]
    resolve.types[type] = replace(resolve.types[type], kind=flags(32))
    decoded, _ = decode_package(encode_package(resolve, package))
    assert decoded.types[decoded.interfaces[0].types["t"]].kind == flags(32)


GETTER = "a getter has no parameters"
SETTER = "a setter has exactly one parameter"
ALONE = "this setter has no getter"
METHOD = "the first parameter of a method is `self`"
CONSTRUCTOR = "a constructor returns its resource"
R, Q = TypeId(0), TypeId(3)
GET, SET = Accessor.GET, Accessor.SET


@pytest.mark.parametrize(
    ("name", "kind", "params", "result", "message"),
    [
        ("f", Freestanding(), (), BORROW, "'f': the result contains a borrowed handle"),
        ("[method]r.m", Method(R), (), None, METHOD),
        ("[method]r.m", Method(R), (Param("this", BORROW),), None, METHOD),
        ("[method]r.m", Method(R), (Param("self", OWN),), None, METHOD),
        ("[method]r.m", Method(R), (Param("self", Primitive.U32),), None, METHOD),
        ("[method]q.m", Method(Q), (Param("self", BORROW),), None, METHOD),
        ("[constructor]r", Constructor(R), (), None, CONSTRUCTOR),
        ("[constructor]r", Constructor(R), (), Primitive.U32, CONSTRUCTOR),
        ("[constructor]q", Constructor(Q), (), OWN, CONSTRUCTOR),
        ("[get]p", Freestanding(GET), (Param("x", Primitive.U8),), Primitive.U8, GETTER),
        ("[get]p", Freestanding(GET), (), None, "a getter has a result"),
        ("[static][get]r.p", Static(R, GET), (Param("self", BORROW),), Primitive.U8, GETTER),
        ("[method][get]r.p", Method(R, GET), (), Primitive.U8, METHOD),
        ("[method][get]r.p", Method(R, GET), (Param("self", BORROW), Param("x", OWN)), Primitive.U8, GETTER),
        ("[set]p", Freestanding(SET), (), None, SETTER),
        ("[set]p", Freestanding(SET), (Param("x", OWN),), Primitive.U8, "a setter has no result, or a `result`"),
        ("[method][set]r.p", Method(R, SET), (Param("self", BORROW),), None, SETTER),
        ("[set]p", Freestanding(SET), (Param("x", OWN),), None, ALONE),
        ("[static][set]r.p", Static(R, SET), (Param("x", OWN),), None, ALONE),
        ("[get]r", Freestanding(GET), (), Primitive.U8, "'[get]r' has the same name as 'r'"),
        ("[get][method]r.p", Freestanding(GET), (), Primitive.U8, "is not a name of a function"),
        ("[get][set]p", Freestanding(GET), (), Primitive.U8, "is not a name of a function"),
        ("[get]r.p", Freestanding(GET), (), Primitive.U8, "is not a name of a function"),
        ("[get][constructor]z", Freestanding(GET), (), OWN, "is not a name of a function"),
        ("[static]r.r", Static(R), (), None, "'[static]r.r' has the same name as 'r'"),
        ("R", Freestanding(), (), None, "'R' has the same name as 'r'"),
    ],
)
def test_functions(name: str, kind: FunctionKind, params: tuple[Param, ...], result: Type | None, message: str) -> None:
    resolve, package = load_text(WIT)
    resolve.interfaces[0].functions[name] = Function(name, kind, params, result)
    with pytest.raises(BinaryError, match=re.escape(message)):
        decode_package(encode_package(resolve, package))


@pytest.mark.parametrize("result", ["", " -> result<r>", " -> result<r, u8>", " -> result<own<r>, u8>"])
def test_constructors(result: str) -> None:
    resolve, package = load_text(f"package a:b; interface i {{ resource r {{ constructor(){result}; }} }}")
    decoded, _ = decode_package(encode_package(resolve, package))
    assert list(decoded.interfaces[0].functions) == ["[constructor]r"]


@pytest.mark.parametrize(
    ("order", "value", "message"),
    [
        (("[get]p", "[set]p"), Primitive.U8, None),
        (("[set]p", "[get]p"), Primitive.U8, ALONE),
        (("[get]p", "[set]p"), Primitive.U16, "the value of its getter have different types"),
    ],
)
def test_a_setter_stands_behind_its_getter(order: tuple[str, ...], value: Primitive, message: str | None) -> None:
    functions = {
        "[get]p": Function("[get]p", Freestanding(GET), (), Primitive.U8),
        "[set]p": Function("[set]p", Freestanding(SET), (Param("x", value),), None),
    }
    resolve, package = load_text("package a:b; interface i { }")
    resolve.interfaces[0].functions.update((name, functions[name]) for name in order)
    binary = encode_package(resolve, package)
    if message is None:
        decoded, _ = decode_package(binary)
        assert tuple(decoded.interfaces[0].functions) == order
    else:
        with pytest.raises(BinaryError, match=re.escape(message)):
            decode_package(binary)


UNIQUE = ["foo", "foo-bar", "[constructor]foo", "[method]foo.bar", "[static]foo.baz", "foo:bar/baz"]
UNIQUE += ["[get]prop", "[set]prop", "[method][get]foo.prop", "[method][set]foo.prop", "[static][get]foo.prop-2"]
UNIQUE += ["[static][set]foo.prop-2", "[method]foo.get-prop", "[method]foo.set-prop", "get-prop"]


@pytest.mark.parametrize(
    "name",
    [
        "FOO", "foo-BAR", "[constructor]FOO", "[method]foo.BAR", "[static]foo.bar", "[method]foo.baz",
        "[method]foo.foo", "[static]foo-BAR.FOO-bar", "foo:bar/BAZ",
        "foobar", "fo-o", "[constructor]f-oo", "[method]foo.b-ar", "[static]fo-o.baz", "[method]foo.f-oo",
        "f-oo:bar/baz", "foo:bar/b-az", "foo:b-ar/baz",
        "prop", "[set]PROP", "[get]pr-op", "[get]foo", "[method]foo.prop", "[static]foo.PROP", "[method][get]foo.pr-op",
        "[static][get]foo.prop", "[method][set]foo.PROP", "[static][set]foo.prop", "[method][get]foo.foo",
        "[static][set]foo.FO-O",
    ],
)  # fmt: skip
def test_strongly_unique(name: str) -> None:
    """The example of Explainer.md, "Name Uniqueness", with hyphens (component-model PR 704) and accessors (PR 701)."""
    assert name_clash(UNIQUE) is None
    clash = name_clash([*UNIQUE, name])
    assert clash is not None and clash[1] == name
