"""The grammar of files, packages, interfaces and worlds (WIT.md, "Top-level items")."""

from __future__ import annotations

from generator.resolved.model import PackageName
from generator.wit.ast import (
    NO_ATTRIBUTES,
    Attributes,
    ExternDeclaration,
    File,
    IncludeDeclaration,
    InterfaceDeclaration,
    InterfaceMember,
    Name,
    NestedPackage,
    PackageDeclaration,
    PackageMember,
    ToplevelUse,
    UseDeclaration,
    UseName,
    UsePath,
    WorldDeclaration,
    WorldMember,
)
from generator.wit.attributes import parse_attributes
from generator.wit.cursor import Cursor
from generator.wit.lexer import END, IDENTIFIER, tokenize
from generator.wit.parser_types import TYPE_KEYWORDS, accessor_word, parse_function, parse_type_declaration
from generator.wit.text import SourceText


def parse_file(source: SourceText) -> File:
    """The syntax tree of one text. Raises WitError at the first error."""
    cursor = Cursor(tokenize(source))
    package: PackageDeclaration | None = None
    members: list[PackageMember] = []
    nested: list[NestedPackage] = []
    first = True
    while cursor.kind != END:
        docs = cursor.docs()
        if cursor.kind == "package":
            declaration = _parse_package_declaration(cursor, docs)
            if first and cursor.eat(";"):
                package = declaration
            else:
                nested.append(_parse_nested(cursor, declaration, first))
        else:
            members.append(_parse_member(cursor, docs))
        first = False
    return File(source, package, tuple(members), tuple(nested))


def _parse_package_declaration(cursor: Cursor, docs: str | None) -> PackageDeclaration:
    cursor.expect("package")
    at = cursor.at
    namespace = _parse_package_words(cursor, "a namespace")
    cursor.expect(":")
    name = _parse_package_words(cursor, "a name of a package")
    if cursor.kind in (":", "/"):
        raise cursor.unexpected("`;`, `{` or `@`", "nested namespaces and packages are not supported")
    return PackageDeclaration(PackageName(namespace.text, name.text, cursor.opt_version()), at, docs)


def _parse_package_words(cursor: Cursor, what: str) -> Name:
    """A namespace or package: lower case only, because names of imports and exports are (Explainer.md, `words`).

    WIT.md allows any identifier, and the reference accepts it, but then writes binaries that no tool reads.
    """
    name = cursor.name(what)
    if name.text != name.text.lower():
        hint = "only interfaces, worlds and their items may have words in upper case"
        raise cursor.source.error(name.at, f"`{name.text}` is not {what}: it must be in lower case", hint)
    return name


def _parse_nested(cursor: Cursor, declaration: PackageDeclaration, first: bool) -> NestedPackage:
    if cursor.kind != "{":
        hint = None
        if cursor.kind == ";":
            hint = "`package ...;` comes first in a file; further packages have their items in braces"
        raise cursor.unexpected("`;` or `{`" if first else "`{`", hint)
    cursor.advance()
    members = []
    while cursor.kind != "}":
        docs = cursor.docs()
        if cursor.kind == "package":
            raise cursor.source.error(cursor.at, "a package in braces cannot be inside another one")
        members.append(_parse_member(cursor, docs))
    cursor.advance()
    return NestedPackage(declaration, tuple(members))


def _parse_member(cursor: Cursor, docs: str | None) -> PackageMember:
    attributes = parse_attributes(cursor)
    if cursor.kind == "interface":
        cursor.advance()
        name = cursor.name()
        return InterfaceDeclaration(docs, attributes, name, _parse_interface_body(cursor))
    if cursor.kind == "world":
        cursor.advance()
        name = cursor.name()
        return WorldDeclaration(docs, attributes, name, _parse_world_body(cursor))
    if cursor.kind == "use":
        if attributes is not NO_ATTRIBUTES:
            raise cursor.source.error(attributes.at, "attributes have no meaning on a `use` at the top of a file")
        return _parse_toplevel_use(cursor)
    raise cursor.unexpected("`interface`, `world`, `use` or `package`")


def _parse_toplevel_use(cursor: Cursor) -> ToplevelUse:
    cursor.expect("use")
    path = _parse_use_path(cursor)
    local = cursor.name() if cursor.eat("as") else path.name
    cursor.expect(";")
    return ToplevelUse(path, local)


def _parse_use_path(cursor: Cursor) -> UsePath:
    at = cursor.at
    name = cursor.name("a name of an interface or world")
    if not cursor.eat(":"):
        return UsePath(None, at, name)
    package = cursor.name("a name of a package")
    cursor.expect("/")
    interface = cursor.name("a name of an interface or world")
    return UsePath(PackageName(name.text, package.text, cursor.opt_version()), at, interface)


def _parse_use(cursor: Cursor, attributes: Attributes) -> UseDeclaration:
    cursor.expect("use")
    path = _parse_use_path(cursor)
    cursor.expect(".")
    cursor.expect("{")
    names = []
    while cursor.kind != "}":
        name = cursor.name("a name of a type")
        names.append(UseName(name, cursor.name() if cursor.eat("as") else name))
        if not cursor.goes_on("}"):
            break
    cursor.expect("}")
    cursor.expect(";")
    return UseDeclaration(attributes, path, tuple(names))


def _parse_interface_body(cursor: Cursor) -> tuple[InterfaceMember, ...]:
    cursor.expect("{")
    members: list[InterfaceMember] = []
    while cursor.kind != "}":
        docs = cursor.docs()
        attributes = parse_attributes(cursor)
        if cursor.kind == IDENTIFIER:
            name = cursor.name()
            cursor.expect(":")
            members.append(parse_function(cursor, docs, attributes, name))
        elif cursor.kind in TYPE_KEYWORDS:
            members.append(parse_type_declaration(cursor, docs, attributes))
        elif cursor.kind == "use":
            members.append(_parse_use(cursor, attributes))
        else:
            raise cursor.unexpected("a name of a function, a type definition, `use` or `}`")
    cursor.advance()
    return tuple(members)


def _parse_world_body(cursor: Cursor) -> tuple[WorldMember, ...]:
    cursor.expect("{")
    members: list[WorldMember] = []
    while cursor.kind != "}":
        docs = cursor.docs()
        attributes = parse_attributes(cursor)
        if cursor.kind == "import" or cursor.kind == "export":
            members.append(_parse_extern(cursor, docs, attributes))
        elif cursor.kind in TYPE_KEYWORDS:
            members.append(parse_type_declaration(cursor, docs, attributes))
        elif cursor.kind == "use":
            members.append(_parse_use(cursor, attributes))
        elif cursor.kind == "include":
            members.append(_parse_include(cursor, attributes))
        else:
            raise cursor.unexpected("`import`, `export`, `use`, `include`, a type definition or `}`")
    cursor.advance()
    return tuple(members)


def _parse_extern(cursor: Cursor, docs: str | None, attributes: Attributes) -> ExternDeclaration:
    is_import = cursor.kind == "import"
    cursor.advance()
    # `a:b/c` is one interface id, `a: b` a label before a path (WIT.md, "Item: world"). The following names distinguish
    # them: only an id continues with a slash.
    if cursor.look_ahead(1) != ":" or (cursor.look_ahead(2) == IDENTIFIER and cursor.look_ahead(3) == "/"):
        path = _parse_use_path(cursor)
        cursor.expect(";")
        return ExternDeclaration(docs, attributes, is_import, None, path)
    name = cursor.name()
    cursor.expect(":")
    if cursor.kind == "func" or cursor.kind == "async" or accessor_word(cursor) is not None:
        return ExternDeclaration(docs, attributes, is_import, name, parse_function(cursor, docs, attributes, name))
    if cursor.eat("interface"):
        inline = InterfaceDeclaration(docs, attributes, name, _parse_interface_body(cursor))
        return ExternDeclaration(docs, attributes, is_import, name, inline)
    if cursor.kind != IDENTIFIER:
        raise cursor.unexpected("`func`, `async func`, `get`, `set`, `interface` or a name of an interface")
    path = _parse_use_path(cursor)
    cursor.expect(";")
    return ExternDeclaration(docs, attributes, is_import, name, path)


def _parse_include(cursor: Cursor, attributes: Attributes) -> IncludeDeclaration:
    cursor.expect("include")
    path = _parse_use_path(cursor)
    if not cursor.eat("with"):
        cursor.expect(";")
        return IncludeDeclaration(attributes, path, ())
    cursor.expect("{")
    renames: list[tuple[Name, Name]] = []
    while cursor.kind != "}":
        old = cursor.name()
        cursor.expect("as")
        renames.append((old, cursor.name()))
        if not cursor.goes_on("}"):
            break
    cursor.expect("}")
    return IncludeDeclaration(attributes, path, tuple(renames))
