"""Getters and setters: the rules for their types, and the order of a getter before its setter.

The rules are those of component-model PR 701 and PR 722 (Binary.md, "Import and Export Definitions"; WIT.md, "WIT
Functions"). Two rules come from the behaviour of wasm-tools: a setter moves behind its getter if WIT has them the other
way round, and types are compared by structure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from generator.names.component_names import getter_of
from generator.resolved.despecialize import dealias
from generator.resolved.kinds import children, shape
from generator.resolved.model import Accessor, Constructor, Function, Method, Resolve
from generator.resolved.types import Resource, Result, Type


def accessor_of(function: Function) -> Accessor | None:
    return None if isinstance(function.kind, Constructor) else function.kind.accessor


def params_problem(function: Function) -> str | None:
    """The error in the number of parameters, without the `self` of a method; None if there is none."""
    count = len(function.params) - isinstance(function.kind, Method)
    match accessor_of(function):
        case Accessor.GET if count:
            return "a getter has no parameters"
        case Accessor.SET if count != 1:
            return "a setter has exactly one parameter"
    return None


def result_problem(resolve: Resolve, function: Function) -> str | None:
    """The error in the result; None if there is none."""
    result = _result(resolve, function.result)
    match accessor_of(function):
        case Accessor.GET if function.result is None:
            return "a getter has a result"
        case Accessor.GET if result is not None and result.ok is None:
            return "the `result` of a getter has a first type, the value"
        case Accessor.SET if function.result is not None and (result is None or result.ok is not None):
            return "a setter has no result, or a `result` without a first type"
    return None


def pair_problem(resolve: Resolve, functions: Mapping[str, Function], setter: Function) -> str | None:
    """The error in a setter among the functions of its scope; None if there is none."""
    getter = functions.get(getter_of(setter.name))
    if getter is None:
        return "this setter has no getter: each `set` needs a `get` of the same name"
    result = _result(resolve, getter.result)
    value = getter.result if result is None else result.ok
    if value is None or not _same(resolve, value, setter.params[-1].type):
        return "the parameter of this setter and the value of its getter have different types"
    return None


def setters_behind_getters(names: Iterable[str]) -> list[str]:
    """The names, with each setter that precedes its getter moved directly behind it."""
    order: dict[str, None] = {}
    waiting: dict[str, str] = {}
    for name in names:
        getter = getter_of(name)
        if getter != name and getter not in order:
            waiting[getter] = name
            continue
        order[name] = None
        if name in waiting:
            order[waiting.pop(name)] = None
    return [*order, *waiting.values()]


def _result(resolve: Resolve, type: Type | None) -> Result | None:
    target = None if type is None else dealias(resolve, type)
    kind = resolve.types[target].kind if isinstance(target, int) else None
    return kind if isinstance(kind, Result) else None


def _same(resolve: Resolve, one: Type, other: Type) -> bool:
    """Whether two types have the same structure; resources are compared by identity. The stack replaces recursion."""
    seen: set[tuple[Type, Type]] = set()
    stack: list[tuple[Type | None, Type | None]] = [(one, other)]
    while stack:
        left, right = stack.pop()
        if left is None or right is None:
            if left is not right:
                return False
            continue
        left, right = dealias(resolve, left), dealias(resolve, right)
        if left == right or (left, right) in seen:
            continue
        if not isinstance(left, int) or not isinstance(right, int):
            return False
        seen.add((left, right))
        kinds = resolve.types[left].kind, resolve.types[right].kind
        if isinstance(kinds[0], Resource) or shape(kinds[0]) != shape(kinds[1]):
            return False
        stack += zip(children(kinds[0]), children(kinds[1]), strict=True)
    return True
