"""Functions of interfaces, worlds and resources (WIT.md, "WIT Functions", "Item: resource")."""

from __future__ import annotations

from collections.abc import Callable

from generator.component.names import canonical_label
from generator.wit.ast import FunctionDeclaration, Name, ResourceBody, TypeDeclaration
from generator.wit.model import (
    Constructor,
    Freestanding,
    Function,
    FunctionKind,
    Method,
    Param,
    Result,
    Static,
    Type,
    TypeId,
)
from generator.wit.resolve_types import Scope

_FUNCTION_KINDS: dict[str, Callable[[TypeId], FunctionKind]] = {
    "method": Method,
    "static": Static,
    "constructor": Constructor,
}


def resolve_function(scope: Scope, declaration: FunctionDeclaration, resource: Name | None = None) -> Function | None:
    """A function of a scope, or of a resource of it; None if its gates turn it off."""
    context, source = scope.context, scope.source
    stability, external_id, at = declaration.attributes
    if not context.is_included(stability, source, at):
        return None
    name = declaration.name.text
    kind: FunctionKind = Freestanding()
    params: list[Param] = []
    taken: dict[str, str] = {}
    owner: TypeId | None = None
    if resource is not None:
        owner = scope.lookup(resource)
        kind = _FUNCTION_KINDS[declaration.kind](owner)
        if declaration.kind == "method":
            params.append(Param("self", context.borrow(owner)))
            taken["self"] = "self"
        member = "" if declaration.kind == "constructor" else f".{name}"
        name = f"[{declaration.kind}]{resource.text}{member}"
    for param, type_ in declaration.params:
        scope.claim_in(taken, param, "parameter")
        params.append(Param(param.text, scope.type(type_)))
    result = scope.optional(declaration.result)
    if declaration.kind == "constructor" and owner is not None:
        result = _constructor_result(scope, declaration, owner, result)
    if result is not None and context.borrows(result):
        message = f"the result of `{declaration.name.text}` contains a borrowed handle"
        raise source.error(declaration.result_at, message, "a borrow ends with the call; return an owned handle")
    span = source.span(declaration.name.at)
    is_async = declaration.is_async
    return Function(name, kind, tuple(params), result, is_async, declaration.docs, stability, span, external_id)


def _constructor_result(scope: Scope, declaration: FunctionDeclaration, owner: TypeId, result: Type | None) -> Type:
    """`own<r>`, or the declared `result<r, e>` of a fallible constructor."""
    own = scope.context.own(owner)
    if result is None:
        return own
    kind = scope.context.resolve.types[result].kind if isinstance(result, int) else None
    if isinstance(kind, Result) and kind.ok == own:
        return result
    message = "a constructor returns the resource, or a result whose first type is the resource"
    raise scope.source.error(declaration.result_at, message, "leave the result away, or write `result<r, e>`")


def resource_functions(scope: Scope, declaration: TypeDeclaration) -> list[Function]:
    """The functions in a resource's braces that are not gated off."""
    if not isinstance(declaration.body, ResourceBody):
        return []
    taken: dict[str, str] = {}
    functions = []
    has_constructor = False
    for member in declaration.body.functions:
        if member.kind == "constructor":
            if has_constructor:
                message = f"the resource `{declaration.name.text}` has a constructor already"
                raise scope.source.error(member.name.at, message)
            has_constructor = True
        else:
            scope.claim_in(taken, member.name, "function")
            _check_member_name(scope, member.name, declaration.name)
        function = resolve_function(scope, member, declaration.name)
        if function is not None:
            functions.append(function)
    return functions


def _check_member_name(scope: Scope, member: Name, resource: Name) -> None:
    """`[method]r.r` and `[static]r.r` are the same name as `r` (Explainer.md, "strongly-unique")."""
    if canonical_label(member.text) == canonical_label(resource.text):
        message = f"a function of the resource `{resource.text}` cannot have the resource's name"
        raise scope.source.error(member.at, message)
