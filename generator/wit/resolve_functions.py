"""Functions of interfaces, worlds and resources (WIT.md, "WIT Functions", "Item: resource")."""

from __future__ import annotations

from collections.abc import Mapping

from generator.errors import WitError
from generator.names.component_names import FunctionName, canonical_label, getter_of
from generator.resolved.kinds import function_kind
from generator.resolved.model import Accessor, Freestanding, Function, FunctionKind, Param, Resolve
from generator.resolved.types import Result, Type, TypeId
from generator.wit.accessors import accessor_of, pair_problem, params_problem, result_problem, setters_behind_getters
from generator.wit.ast import FunctionDeclaration, Name, ResourceBody, TypeDeclaration
from generator.wit.resolve_types import Scope


def resolve_function(scope: Scope, declaration: FunctionDeclaration, resource: Name | None = None) -> Function | None:
    """A function of a scope, or of one of its resources; None if its gates disable it."""
    context, source = scope.context, scope.source
    stability, external_id, at = declaration.attributes
    if not context.is_included(stability, source, at):
        return None
    accessor = None if declaration.accessor is None else Accessor(declaration.accessor)
    name = FunctionName(declaration.name.text, accessor=declaration.accessor)
    kind: FunctionKind = Freestanding(accessor)
    params: list[Param] = []
    taken: dict[str, str] = {}
    owner: TypeId | None = None
    if resource is not None:
        owner = scope.lookup(resource)
        kind = function_kind(declaration.kind, owner, accessor)
        if declaration.kind == "method":
            params.append(Param("self", context.borrow(owner)))
            taken["self"] = "self"
        label = "" if declaration.kind == "constructor" else declaration.name.text
        name = FunctionName(label, resource.text, declaration.kind, declaration.accessor)
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
    function = Function(
        str(name), kind, tuple(params), result, is_async, declaration.docs, stability, span, external_id
    )
    _check_accessor(scope, declaration, function)
    return function


def _check_accessor(scope: Scope, declaration: FunctionDeclaration, function: Function) -> None:
    problem = params_problem(function)
    if problem is not None:
        raise scope.source.error(declaration.name.at, problem)
    problem = result_problem(scope.context.resolve, function)
    if problem is not None:
        at = declaration.name.at if declaration.result is None else declaration.result_at
        raise scope.source.error(at, problem)


def pair_setters(resolve: Resolve, functions: Mapping[str, Function]) -> list[str]:
    """The names of the functions of a scope, with setters behind their getters. Raises WitError for a setter without a
    getter of its type."""
    for function in functions.values():
        problem = pair_problem(resolve, functions, function) if accessor_of(function) is Accessor.SET else None
        if problem is not None:
            alone = getter_of(function.name) not in functions
            hint = "a getter that its feature gate disables does not count" if alone else None
            raise WitError(problem, function.span, hint)
    return setters_behind_getters(functions)


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
    setters: dict[str, str] = {}
    functions = []
    has_constructor = False
    for member in declaration.body.functions:
        if member.kind == "constructor":
            if has_constructor:
                message = f"the resource `{declaration.name.text}` already has a constructor"
                raise scope.source.error(member.name.at, message)
            has_constructor = True
        else:
            scope.claim_in(setters if member.accessor == "set" else taken, member.name, "function")
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
