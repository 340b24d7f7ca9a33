"""Random good WIT texts: several packages of interfaces and worlds that use each other."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from generator.names.component_names import canonical_label
from generator.resolved.types import Primitive
from generator.wit.lexer import KEYWORDS

PRIMITIVES = tuple(primitive.value for primitive in Primitive)
MAP_KEYS = ("bool", "u8", "s16", "u32", "s64", "char", "string")
NAMES = ("a", "b1", "c-d", "HTTP", "x-URL-2", "list", "record", "own", "interface", "world", "self", "error-context")
DOCS = ("", "", "", "/// Docs.\n", "/** Two\n *   lines\n*/\n", "// plain\n///\n///  more\n")
"""Indentation that all lines share is left out: it is lost where documentation is printed as `///` lines."""


@dataclass
class Scope:
    """The names that an interface or world has, and what they are."""

    taken: set[str] = field(default_factory=set)
    values: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)


class TextMaker:
    """Draws one text. Names are unique without regard to case and hyphens, so that all that comes out is good."""

    def __init__(self, draw: st.DrawFn):
        self._draw = draw
        self._exported: dict[str, Scope] = {}

    def choose(self, options: tuple[str, ...] | list[str]) -> str:
        return self._draw(st.sampled_from(options))

    def count(self, most: int) -> range:
        return range(self._draw(st.integers(0, most)))

    def chance(self) -> bool:
        return self._draw(st.booleans())

    def name(self, taken: set[str]) -> str:
        base = self.choose(NAMES)
        name, number = base, 1
        while canonical_label(name) in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(canonical_label(name))
        return f"%{name}" if name in KEYWORDS or self.chance() else name

    def type(self, scope: Scope, depth: int = 0, borrow: bool = False) -> str:
        kinds = ["primitive", "named", "own"]
        if depth < 3:
            kinds += ["list", "fixed", "option", "result", "tuple", "map", "future", "stream"]
        if borrow:
            kinds.append("borrow")
        kind = self.choose(kinds)
        if kind == "borrow" and scope.resources:
            return f"borrow<{self.choose(scope.resources)}>"
        if kind == "own" and scope.resources:
            resource = self.choose(scope.resources)
            return resource if self.chance() else f"own<{resource}>"
        if kind == "named" and scope.values:
            return self.choose(scope.values)
        if kind in ("list", "option"):
            return f"{kind}<{self.type(scope, depth + 1, borrow)}>"
        if kind == "fixed":
            return f"list<{self.type(scope, depth + 1, borrow)}, {self._draw(st.integers(1, 9))}>"
        if kind == "result":
            ok, err = self.type(scope, depth + 1, borrow), self.type(scope, depth + 1, borrow)
            return self.choose(["result", f"result<{ok}>", f"result<_, {err}>", f"result<{ok}, {err}>"])
        if kind == "tuple":
            return f"tuple<{', '.join([self.type(scope, depth + 1, borrow), *self._types(scope, depth)])}>"
        if kind == "map":
            return f"map<{self.choose(MAP_KEYS)}, {self.type(scope, depth + 1, borrow)}>"
        if kind in ("future", "stream"):
            # A payload that is no `char`, whatever names it.
            return self.choose([kind, f"{kind}<list<{self.type(scope, depth + 1)}>>", f"{kind}<u8>"])
        return self.choose(PRIMITIVES)

    def _types(self, scope: Scope, depth: int) -> list[str]:
        return [self.type(scope, depth + 1) for _ in self.count(2)]

    def signature(self, scope: Scope, method: bool = False) -> str:
        taken = {"self"} if method else set()
        params = ", ".join(f"{self.name(taken)}: {self.type(scope, borrow=True)}" for _ in self.count(3))
        result = f" -> {self.type(scope)}" if self.chance() else ""
        return f"{'async ' if self.chance() else ''}func({params}){result};"

    def definition(self, scope: Scope) -> str:
        docs = self.choose(DOCS)
        kind = self.choose(["type", "record", "variant", "enum", "flags", "resource", "resource alias"])
        if kind == "resource alias" and scope.resources:
            target = self.choose(scope.resources)
            name = self.name(scope.taken)
            scope.resources.append(name)
            return f"{docs}type {name} = {target};\n"
        name = self.name(scope.taken)
        if kind == "resource":
            scope.resources.append(name)
            return f"{docs}resource {name} {self._resource_body(scope, name)}\n"
        text = self._value_definition(kind, name, scope)
        scope.values.append(name)
        return docs + text

    def _value_definition(self, kind: str, name: str, scope: Scope) -> str:
        if kind in ("type", "resource alias"):
            return f"type {name} = option<{self.type(scope)}>;\n"
        taken: set[str] = set()
        members = []
        for _ in range(self._draw(st.integers(1, 4))):
            member = self.choose(DOCS) + self.name(taken)
            if kind == "record":
                member += f": {self.type(scope)}"
            elif kind == "variant" and self.chance():
                member += f"({self.type(scope)})"
            members.append(member)
        return f"{kind} {name} {{ {', '.join(members)} }}\n"

    def _resource_body(self, scope: Scope, name: str) -> str:
        if self.chance():
            return ";"
        taken = {canonical_label(name.removeprefix("%"))}
        members = ""
        if self.chance():
            members += self.choose(["constructor();", f"constructor(x: u8) -> result<{name}, string>;"])
        for _ in self.count(2):
            member = self.name(taken)
            static = "static " if self.chance() else ""
            if self.chance():
                members += f"{member}: {static}{self.signature(scope, method=True)} "
            else:
                members += self.property(member, scope, static)
        return f"{{ {members} }}"

    def uses(self, scope: Scope) -> str:
        text = ""
        for _ in self.count(2):
            if not self._exported:
                break
            path = self.choose(list(self._exported))
            theirs = self._exported[path]
            for target in (theirs.values, theirs.resources):
                if target:
                    old, new = self.choose(target), self.name(scope.taken)
                    text += f"use {path}.{{{old} as {new}}};\n"
                    (scope.values if target is theirs.values else scope.resources).append(new)
        return text

    def interface_body(self, scope: Scope) -> str:
        body = self.uses(scope) + "".join(self.definition(scope) for _ in self.count(4))
        for _ in self.count(3):
            name = self.name(scope.taken)
            body += f"{self.choose(DOCS)}{name}: {self.signature(scope)}\n"
        if self.chance():
            body += self.property(name=self.name(scope.taken), scope=scope)
        return body

    def property(self, name: str, scope: Scope, static: str = "") -> str:
        """A getter with its setter before or behind it, or alone."""
        value = f"option<{self.type(scope)}>"
        getter = f"{self.choose(DOCS)}{name}: {static}get() -> {self.choose([value, f'result<{value}, string>'])};\n"
        failure = self.choose(["", " -> result", " -> result<_, u8>"])
        setter = f"{self.choose(DOCS)}{name}: {static}set(x: {value}){failure};\n"
        return self.choose([getter, getter + setter, setter + getter])

    def package(self, name: str, version: str, worlds: bool) -> str:
        text, taken = "", set[str]()
        local: dict[str, Scope] = {}
        for _ in self.count(3):
            interface, scope = self.name(taken), Scope()
            text += f"{self.choose(DOCS)}interface {interface} {{\n{self.interface_body(scope)}}}\n"
            local[interface] = scope
        others = self._exported
        # Within its package an interface has its bare name; from now on the full one.
        qualified = {f"{name}/{interface}{version}": scope for interface, scope in local.items()}
        self._exported = {**others, **local}
        if worlds:
            for _ in self.count(2):
                text += f"world {self.name(taken)} {{\n{self._world_body(set(self._exported))}}}\n"
        self._exported = {**others, **qualified}
        return text

    def _world_body(self, paths: set[str]) -> str:
        scope = Scope()
        body = self.uses(scope) + "".join(self.definition(scope) for _ in self.count(2))
        exports: set[str] = set()
        for path in sorted(paths):
            if self.chance():
                body += f"import {path};\n"
            if self.chance():
                body += f"import {self.name(scope.taken)}: {path};\n"
        for _ in self.count(2):
            body += f"import {self.name(scope.taken)}: {self.signature(scope)}\n"
            body += f"export {self.name(exports)}: {self.signature(scope)}\n"
            body += f"export {self.name(exports)}: interface {{\n{self.interface_body(Scope())}}}\n"
        return body

    def text(self) -> str:
        dependency = self.package("dep:one", "@1.0.0", worlds=False)
        nested = f"package dep:one@1.0.0 {{\n{dependency}}}\n"
        return f"package test:main;\n{self.package('test:main', '', worlds=True)}{nested}"


@st.composite
def wit_texts(draw: st.DrawFn) -> str:
    return TextMaker(draw).text()
