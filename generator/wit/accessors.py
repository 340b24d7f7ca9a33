"""Getters and setters: what their types must be, and that a getter comes before its setter.

The rules are those of component-model PR 701 and PR 722 (Binary.md, "Import and Export Definitions"; WIT.md, "WIT
Functions"). That a setter is moved behind its getter where WIT has them the other way round, and that types are
compared by structure, is learnt from wasm-tools.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from generator.names.component_names import getter_of
from generator.resolved.despecialize import dealias
from generator.resolved.kinds import children, shape
from generator.resolved.model import Accessor, Constructor, Function, Method, Resolve, Resource, Result, Type


def accessor_of(function: Function) -> Accessor | None:
    return None if isinstance(function.kind, Constructor) else function.kind.accessor


def params_problem(function: Function) -> str | None:
    """What is wrong with the number of parameters, the `self` of a method apart; None if nothing."""
    count = len(function.params) - isinstance(function.kind, Method)
    match accessor_of(function):
        case Accessor.GET if count:
            return "a getter has no parameters"
        case Accessor.SET if count != 1:
            return "a setter has exactly one parameter"
    return None


def result_problem(resolve: Resolve, function: Function) -> str | None:
    """What is wrong with the result; None if nothing."""
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
    """What is wrong with a setter among the functions of its scope; None if nothing."""
    getter = functions.get(getter_of(setter.name))
    if getter is None:
        return "this setter has no getter: a `get` of the same name is needed beside each `set`"
    result = _result(resolve, getter.result)
    value = getter.result if result is None else result.ok
    if value is None or not _same(resolve, value, setter.params[-1].type):
        return "the parameter of this setter has another type than the value of its getter"
    return None


def setters_behind_getters(names: Iterable[str]) -> list[str]:
    """The names with each setter that precedes its getter moved directly behind it."""
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
    """Whether two types are one by structure; resources are one by identity. The stack stands for recursion."""
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
