"""Names and types of interfaces."""

from __future__ import annotations

import pytest

from generator.resolved.model import (
    Constructor,
    Freestanding,
    Function,
    InterfaceId,
    InterfaceOwner,
    Method,
    Resolve,
    Static,
    TypeDef,
)
from generator.resolved.types import (
    Alias,
    Borrow,
    EnumType,
    FixedLengthList,
    Future,
    Label,
    List,
    Map,
    Option,
    Own,
    Primitive,
    Record,
    Resource,
    Result,
    Stream,
    Tuple,
    Type,
    TypeId,
    TypeKind,
)
from generator.sources.load import load_text
from generator.wit.parser_types import MAX_LIST_LENGTH
from tests.generator.wit.refusals import check_refusal

U8 = Primitive.U8


def interface(members: str) -> tuple[Resolve, dict[str, TypeId], dict[str, Function]]:
    resolve, package = load_text(f"package a:b@1.0.0; interface i {{ {members} }}")
    found = resolve.interfaces[resolve.packages[package].interfaces["i"]]
    return resolve, found.types, found.functions


def kind_of(resolve: Resolve, type_: Type | None) -> TypeKind:
    assert isinstance(type_, int)
    return resolve.types[type_].kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("u8", Alias(U8)),
        ("error-context", Alias(Primitive.ERROR_CONTEXT)),
        ("list<u8>", List(U8)),
        ("list<u8, 7>", FixedLengthList(U8, 7)),
        (f"list<u8, {MAX_LIST_LENGTH}>", FixedLengthList(U8, MAX_LIST_LENGTH)),
        ("option<u8>", Option(U8)),
        ("tuple<u8, string,>", Tuple((U8, Primitive.STRING))),
        ("result", Result(None, None)),
        ("result<u8>", Result(U8, None)),
        ("result<_, u8>", Result(None, U8)),
        ("result<u8, u8>", Result(U8, U8)),
        ("map<char, u8>", Map(Primitive.CHAR, U8)),
        ("future", Future(None)),
        ("future<u8>", Future(U8)),
        ("stream", Stream(None)),
        ("stream<u8>", Stream(U8)),
    ],
)
def test_kinds(text: str, kind: TypeKind) -> None:
    resolve, types, _ = interface(f"type t = {text};")
    assert resolve.types == [TypeDef("t", kind, InterfaceOwner(InterfaceId(0)))]
    assert types == {"t": 0}


@pytest.mark.parametrize("primitive", Primitive)
def test_primitives_are_no_definitions(primitive: Primitive) -> None:
    resolve, _, functions = interface(f"f: func(a: {primitive.value}) -> {primitive.value};")
    assert resolve.types == []
    assert functions["f"].params[0].type is primitive
    assert functions["f"].result is primitive


def test_definitions_come_after_what_they_refer_to() -> None:
    resolve, types, _ = interface("type a = b; record b { x: c } variant c { y(list<d>), z } enum d { e }")
    assert [resolve.types[id].name for id in sorted(types.values())] == ["d", "c", "b", "a"]
    assert kind_of(resolve, types["a"]) == Alias(types["b"])
    assert kind_of(resolve, types["d"]) == EnumType((Label("e"),))
    for index, definition in enumerate(resolve.types):
        parts = getattr(definition.kind, "type", None)
        assert not isinstance(parts, int) or parts < index


def test_declaration_order_is_kept_where_nothing_depends() -> None:
    _, types, _ = interface("type z = u8; type a = u8; type m = a; type b = u8;")
    assert list(types) == ["z", "a", "m", "b"]


def test_equal_anonymous_types_are_one_definition() -> None:
    resolve, _, functions = interface("f: func(a: list<u8>, b: list<u8>, c: list<u8, 2>) -> list<list<u8>>;")
    a, b, c = (param.type for param in functions["f"].params)
    assert a == b != c
    assert kind_of(resolve, functions["f"].result) == List(a)
    assert all(definition.name is None and definition.owner is None for definition in resolve.types)


def test_resources_as_values_are_owned_handles() -> None:
    resolve, types, functions = interface(
        "resource r; type same = r; type handle = own<r>; record holder { x: r, y: same }"
        "f: func(a: r, b: own<r>, c: borrow<r>, d: same, e: borrow<same>, g: handle) -> option<r>;"
    )
    r, same = types["r"], types["same"]
    assert kind_of(resolve, r) == Resource()
    assert kind_of(resolve, same) == Alias(r)
    assert kind_of(resolve, types["handle"]) == Own(r)
    kinds = [kind_of(resolve, param.type) for param in functions["f"].params]
    assert kinds == [Own(r), Own(r), Borrow(r), Own(same), Borrow(same), Own(r)]
    assert functions["f"].params[0].type == functions["f"].params[1].type
    assert functions["f"].params[5].type == types["handle"]
    option = kind_of(resolve, functions["f"].result)
    assert isinstance(option, Option)
    assert kind_of(resolve, option.type) == Own(r)
    holder = kind_of(resolve, types["holder"])
    assert isinstance(holder, Record)
    assert [kind_of(resolve, field.type) for field in holder.fields] == [Own(r), Own(same)]


def test_functions_of_resources() -> None:
    resolve, types, functions = interface(
        "resource r { constructor(a: u8); m: func(b: u8) -> r; s: static async func(); %constructor: async func(); }"
    )
    r = types["r"]
    assert list(functions) == ["[constructor]r", "[method]r.m", "[static]r.s", "[method]r.constructor"]
    constructor, method, static, named_constructor = functions.values()
    assert (constructor.kind, static.kind) == (Constructor(r), Static(r))
    assert [param.name for param in constructor.params] == ["a"]
    assert kind_of(resolve, constructor.result) == Own(r)
    assert method.kind == named_constructor.kind == Method(r)
    assert [param.name for param in method.params] == ["self", "b"]
    assert kind_of(resolve, method.params[0].type) == Borrow(r)
    assert [function.is_async for function in functions.values()] == [False, False, True, True]
    assert static.result is None


@pytest.mark.parametrize("result", ["result<r>", "result<r, string>", "result<own<r>, u8>", "named"])
def test_fallible_constructors(result: str) -> None:
    resolve, types, functions = interface(f"resource r {{ constructor() -> {result}; }} type named = result<r, u8>;")
    kind = kind_of(resolve, functions["[constructor]r"].result)
    assert isinstance(kind, Result)
    assert kind_of(resolve, kind.ok) == Own(types["r"])


def test_functions_carry_what_is_written_at_them() -> None:
    _, _, functions = interface('/// Docs.\n@since(version = 1.0.0)\n@external-id("x")\nf: async func();')
    function = functions["f"]
    assert function.kind == Freestanding()
    assert (function.docs, function.external_id, function.is_async) == ("Docs.", "x", True)
    assert function.stability.since == "1.0.0"
    assert function.span is not None
    assert (function.span.line, function.span.column) == (4, 1)


def test_use_makes_aliases() -> None:
    resolve, _ = load_text("package a:b; interface i { use j.{t, t as u}; } interface j { type t = u8; }")
    used, target = resolve.packages[0].interfaces["i"], resolve.packages[0].interfaces["j"]
    t = resolve.interfaces[target].types["t"]
    types = resolve.interfaces[used].types
    assert list(types) == ["t", "u"]
    for name, id in types.items():
        assert resolve.types[id] == TypeDef(name, Alias(t), InterfaceOwner(used))


REFUSED = [
    ("type t = ¶u;", "there is no type `u` here"),
    ("type t = ¶float32;", "there is no type `float32`"),
    ("type t = ¶t;", "`t` contains itself"),
    ("record a { x: list<b> } variant b { y(option<¶a>) }", "`a` contains itself"),
    ("type t = u8; type ¶t = u8;", "name `t` is defined more than once"),
    ("type t = u8; enum ¶T { a }", "name `T` is defined more than once"),
    ("type f = u8; ¶f: func();", "name `f` is defined more than once"),
    ("f: func(); ¶F: func();", "name `F` is defined more than once"),
    ("f: func(a: u8, ¶A: u8);", "parameter `A` is defined more than once"),
    ("record r { a: u8, ¶a: u8 }", "field `a` is defined more than once"),
    ("variant v { a, ¶A }", "case `A` is defined more than once"),
    ("enum e { a, ¶a }", "case `a` is defined more than once"),
    ("flags f { a, ¶a }", "case `a` is defined more than once"),
    ("resource r { a: func(); ¶a: static func(); }", "function `a` is defined more than once"),
    ("resource r { constructor(); ¶constructor(); }", "already has a constructor"),
    ("resource r { ¶r: func(); }", "cannot have the resource's name"),
    ("resource r { ¶R: static func(); }", "cannot have the resource's name"),
    ("resource r { m: func(¶self: u8); }", "parameter `self` is defined more than once"),
    ("resource r { constructor() -> ¶r; }", "a constructor returns the resource"),
    ("resource r { constructor() -> ¶result<_, r>; }", "a constructor returns the resource"),
    ("resource r; resource s { constructor() -> ¶result<r>; }", "a constructor returns the resource"),
    ("type t = u8; type b = borrow<¶t>;", "`t` is not a resource"),
    ("resource r; type o = own<r>; type b = own<¶o>;", "`o` is not a resource"),
    ("f: func(a: ¶f);", "there is no type `f`"),
    ("type t = ¶map<f32, u8>;", "cannot be the key of a map"),
    ("type k = string; type t = ¶map<k, u8>;", "cannot be the key of a map"),
    ("f: func(a: option<¶map<list<u8>, u8>>);", "cannot be the key of a map"),
    ("resource r; f: func() -> ¶borrow<r>;", "contains a borrowed handle"),
    ("resource r; type t = tuple<list<borrow<r>>>; f: func() -> ¶option<t>;", "contains a borrowed handle"),
    ("resource r; type t = ¶stream<borrow<r>>;", "cannot carry borrowed handles"),
    ("resource r; record t { b: borrow<r> } f: func(a: ¶future<list<t>>);", "cannot carry borrowed handles"),
    ("type t = ¶stream<char>;", "cannot carry `char`"),
    ("type c = char; f: func(a: ¶stream<c>);", "cannot carry `char`"),
    ("use ¶missing.{t};", "there is no interface or world `missing`"),
    ("use j.{¶x};", "has no type `x`"),
    ("use j.{¶g};", "`g` is a function of a:b/j@1.0.0"),
    ("use j.{t, ¶t};", "name `t` is defined more than once"),
    ("use j.{t}; type ¶t = u8;", "name `t` is defined more than once"),
    ("use ¶i.{t};", "`i` depends on itself"),
    ("use ¶w.{t};", "`w` is a world"),
    ("use ¶other:dep/i.{t};", "unknown package `other:dep`"),
]


@pytest.mark.parametrize(("members", "message"), REFUSED)
def test_refused(members: str, message: str) -> None:
    rest = "\ninterface j { type t = u8; g: func(); }\nworld w { }"
    check_refusal("package a:b@1.0.0;\ninterface i {\n" + members + "\n}" + rest, "¶", message)


def test_long_chains_need_no_deep_stack() -> None:
    count = 3000
    chain = "".join(f"record t{n} {{ x: t{n + 1} }}" for n in range(count))
    resolve, types, _ = interface(f"{chain} type t{count} = u8; f: func(a: t0) -> t0;")
    assert len(types) == count + 1
    links = "".join(f"interface i{n} {{ use i{n + 1}.{{t}}; }}" for n in range(count))
    resolve, _ = load_text(f"package a:b; {links} interface i{count} {{ type t = u8; }} world w {{ export i0; }}")
    assert len(resolve.worlds[0].imports) == count
