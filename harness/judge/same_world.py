"""The third opinion on levels 1 and 2: a toolchain's description of a world, compared with the world of the WIT.

Level 1, the `wit_t`: `harness/trace/described.py` lists compared and free parts.

Level 2, the component: every function that the world imports or exports, with the names of its parameters and all types
by structure and name, and the same for the interpreter's own imports and exports. Free: the order of items; types,
resources and interfaces that no function uses may be missing, and nothing may be added.

Types are compared by a walk over both, each pair once, so the work does not grow with the size of a type's values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.judge.built_ins import BuiltIn, CoreNames, first_mismatch
from harness.judge.difference import NOTHING, Difference
from harness.plan.roles import Role
from harness.trace.described import COPY_BUILTINS, Described, DescribedCopy, FunctionPointer
from harness.trace.names import Names
from harness.world import types as t
from harness.world.layout import Layout
from harness.world.world import Function, Interface, World

_Mismatch = tuple[str, str, str]
"""Path inside the type, the expected and the actual content."""

_LONGEST = 200

_NOTHING_KNOWN: Mapping[int, tuple[str, str]] = {}


class _Types:
    """Compares types; caches equal pairs."""

    def __init__(self) -> None:
        self._same: set[tuple[int, int]] = set()

    def compare(self, expected: t.Type | None, actual: t.Type | None) -> _Mismatch | None:
        """The first mismatch. Both types must live as long as this object."""
        if expected is actual:
            return None
        if expected is None or actual is None or expected.__class__ is not actual.__class__:
            return "", *cut(_text(expected), _text(actual))
        pair = id(expected), id(actual)
        if pair in self._same:
            return None
        found = self._members(expected, actual)
        if found is None:
            self._same.add(pair)
        return found

    def _members(self, expected: t.Type, actual: t.Type) -> _Mismatch | None:
        left, right = _head(expected), _head(actual)
        if left != right:
            return "", *cut(left, right)
        for label, one, other in zip(_labels(expected), _members(expected), _members(actual), strict=True):
            found = self.compare(one, other)
            if found is not None:
                return f"{label}{'.' if found[0] else ''}{found[0]}", found[1], found[2]
        return None


def _head(type: t.Type) -> str:
    """The properties of a type apart from the types of its members."""
    match type:
        case t.Prim():
            return type.value
        case t.Own() | t.Borrow():
            return type.canonical
        case t.Record():
            return f"record {type.canonical} {{ {', '.join(field.name for field in type.fields)} }}"
        case t.Variant():
            return f"variant {type.canonical} {{ {', '.join(case.name for case in type.cases)} }}"
        case t.EnumType():
            return f"enum {type.canonical} {{ {', '.join(type.cases)} }}"
        case t.Flags():
            return f"flags {type.canonical} {{ {', '.join(type.labels)} }}"
        case t.Tuple():
            return f"tuple {type.name or '(no name)'} of {len(type.types)}"
        case t.FixedLengthList():
            return f"list {type.name or '(no name)'} of fixed length {type.size}"
        case _:
            return f"{type.__class__.__name__.lower()} {type.name or '(no name)'}"


def _members(type: t.Type) -> tuple[t.Type | None, ...]:
    match type:
        case t.Variant() | t.Result():
            return type.payloads
        case t.Future() | t.Stream():
            return (type.type,)
    return type.parts


def _labels(type: t.Type) -> Iterable[str]:
    match type:
        case t.Record():
            return [field.name for field in type.fields]
        case t.Variant():
            return [case.name for case in type.cases]
        case t.Result():
            return ("ok", "err")
        case t.Tuple():
            return [str(index) for index in range(len(type.types))]
        case t.Map():
            return ("key", "value")
        case t.Option():
            return ("some",)
        case t.List() | t.FixedLengthList():
            return ("element",)
        case t.Future() | t.Stream():
            return ("payload",)
    return ()


def _text(type: t.Type | None) -> str:
    return "no type" if type is None else type.canonical


def cut(expected: str, actual: str) -> tuple[str, str]:
    """Two different texts, shortened for the reader by their common parts; the rests differ only where the whole texts
    do."""
    shorter = min(len(expected), len(actual))
    start = _common(expected, actual)
    end = min(_common(expected[::-1], actual[::-1]), shorter - start)
    from_start = max(0, start - _LONGEST // 2)
    from_end = max(0, min(end, shorter - from_start - _LONGEST))
    before, after = (f"... ({count} characters) " if count else "" for count in (from_start, from_end))
    cut = [f"{before}{text[from_start : len(text) - from_end]}{after.rstrip()}" for text in (expected, actual)]
    return cut[0], cut[1]


def _common(one: str, other: str) -> int:
    """The length of the common prefix."""
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))


class _Comparison:
    def __init__(self, level: int, aspect: str, role: Role, expected: World) -> None:
        self.found: list[Difference] = []
        self.types = _Types()
        self._level, self._aspect, self._role = level, aspect, role
        self._candidates: dict[str, list[t.Type]] = {}
        for interface in (*expected.imports.values(), *expected.exports.values()):
            for name, type in interface.types.items():
                self._candidates.setdefault(t.qualified(interface.key, name), []).append(type)

    def differ(self, path: str, expected: str, actual: str, of_type: bool = False) -> None:
        difference = Difference(self._level, self._aspect, self._role, path, expected, actual, of_type=of_type)
        self.found.append(difference)

    def functions(self, side: str, expected: Mapping[str, Function], actual: Iterable[Function], names: bool) -> None:
        """`names`: whether parameters have names."""
        seen: set[str] = set()
        for function in actual:
            path = f"{side} {function.canonical}"
            wanted = expected.get(function.canonical)
            if function.canonical in seen:
                self.differ(path, "one function of this name", "several")
            elif wanted is None:
                self.differ(path, NOTHING, "a function")
            else:
                self._function(path, wanted, function, names)
            seen.add(function.canonical)
        for name in expected.keys() - seen:
            self.differ(f"{side} {name}", "a function", NOTHING)

    def _function(self, path: str, expected: Function, actual: Function, names: bool) -> None:
        if len(expected.params) != len(actual.params):
            self.differ(path, f"{len(expected.params)} parameters", f"{len(actual.params)} parameters")
            return
        for index, (wanted, param) in enumerate(zip(expected.params, actual.params, strict=True), 1):
            if names and wanted.name != param.name:
                self.differ(f"{path}, parameter {index}", wanted.name, param.name)
            self._type(f"{path}, parameter {wanted.name}", wanted.type, param.type)
        self._type(f"{path}, result", expected.result, actual.result)
        if expected.is_async != actual.is_async:
            words = {True: "an async function", False: "a synchronous function"}
            self.differ(path, words[expected.is_async], words[actual.is_async])

    def _type(self, path: str, expected: t.Type | None, actual: t.Type | None) -> None:
        mismatch = self.types.compare(expected, actual)
        if mismatch is not None:
            inner, left, right = mismatch
            self.differ(f"{path}.{inner}" if inner else path, left, right, of_type=True)

    def named_type(self, side: str, name: str, actual: t.Type) -> None:
        """A type with a name: it must be one of the types with that name in the world."""
        # Interfaces on both sides may have one label. A type of the same kind is probably the one that is meant.
        candidates = sorted(self._candidates.get(name, ()), key=lambda type: type.__class__ is not actual.__class__)
        mismatches = [self.types.compare(candidate, actual) for candidate in candidates]
        if not mismatches:
            self.differ(f"{side} {name}", "no such type in the world", _text(actual))
        elif None not in mismatches:
            first = mismatches[0]
            assert first is not None
            self.differ(f"{side} {name}{'.' if first[0] else ''}{first[0]}", first[1], first[2], of_type=True)

    def result(self) -> list[Difference]:
        return sorted(self.found, key=lambda difference: difference.path)


def _functions(interfaces: Iterable[Interface]) -> dict[str, Function]:
    return {function.canonical: function for interface in interfaces for function in interface.functions.values()}


def _resources(world: World) -> set[str]:
    """Canonical names of all resources in the world."""
    sides = (*world.imports.values(), *world.exports.values())
    found = {resource.canonical for interface in sides for resource in interface.resources.values()}
    functions = world.import_functions() + world.export_functions()
    return found | {resource.canonical for function in functions for resource in function.resources}


def told_world(
    names: Names, expected: World, role: Role, imports: Mapping[int, tuple[str, str]] = _NOTHING_KNOWN
) -> list[Difference]:
    """Level 1: the contents of a `wit_t`, compared with its world. `imports`: module and name of the core imports that
    are known to stand in the table, by place. Raises `DumpError`."""
    told = Described(names)
    comparison = _Comparison(1, "wit_t", role, expected)
    layout = Layout()
    for side, interfaces in (("import", expected.imports), ("export", expected.exports)):
        wanted = _functions(interfaces.values())
        functions = list(told.functions(side))
        comparison.functions(side, wanted, [found.function for found in functions], names=False)
        for found in functions:
            function = wanted.get(found.function.canonical)
            pointers = _pointers(side, function) if function is not None else found.pointers
            path = f"{side} {found.function.canonical}"
            if pointers != found.pointers:
                comparison.differ(f"{path}, pointers", pointers, found.pointers)
            if found.area is not None and function is not None:
                area = layout.async_area(function) if function.is_async else (0, 0)
                if area != found.area:
                    comparison.differ(f"{path}, area of an asynchronous call", str(area), str(found.area))
    known, seen = _resources(expected), set()
    for resource, pointers in told.resources():
        path = f"resource {resource.canonical}"
        right = f"drop 1, new {int(resource.exported)}, rep {int(resource.exported)}"
        if resource.canonical not in known:
            comparison.differ(path, "no such resource in the world", "a resource")
        elif resource.canonical in seen:
            comparison.differ(path, "one resource of this name", "several")
        elif pointers != right:
            comparison.differ(f"{path}, pointers", right, pointers)
        seen.add(resource.canonical)
    for copy in told.copies():
        _copy(comparison, copy)
    _pointed(comparison, told.pointers(), CoreNames(expected), imports)
    for named in told.named_types():
        if isinstance(named.type, t.Own) and named.kind == "alias":
            continue  # a name for a resource, described as a handle: functions show which resource it is
        comparison.named_type(named.kind, t.qualified(named.interface, named.name), named.type)
    return comparison.result()


def _pointers(side: str, function: Function) -> str:
    if side == "import":
        started, blocking = int(function.is_async), int(not function.is_async)
        return f"impl {blocking}, async_impl {started}, async_lift_impl {started}"
    return f"task_return {int(function.is_async)}"


def _copy(comparison: _Comparison, copy: DescribedCopy) -> None:
    """A stream or future: its built-ins, and the conversion and layout of a payload."""
    path = f"{copy.kind} {copy.type.canonical}"
    payload = copy.type.type
    if copy.used and copy.builtins != COPY_BUILTINS:
        comparison.differ(
            f"{path}, built-ins", f"{COPY_BUILTINS} of them, because a function uses it", str(copy.builtins)
        )
    elif copy.builtins not in (0, COPY_BUILTINS):
        comparison.differ(f"{path}, built-ins", f"0 or {COPY_BUILTINS} of them", str(copy.builtins))
    converted = copy.builtins > 0 and payload is not None
    if (copy.lift, copy.lower) != (converted, converted):
        right = f"lift {int(converted)}, lower {int(converted)}"
        comparison.differ(f"{path}, pointers", right, f"lift {int(copy.lift)}, lower {int(copy.lower)}")
    if copy.builtins:
        layout = Layout()
        wanted = (0, 1) if payload is None else (layout.elem_size(payload), layout.alignment(payload))
        if (copy.size, copy.align) != wanted:
            comparison.differ(f"{path}, size and alignment of a payload", str(wanted), str((copy.size, copy.align)))


def _pointed(
    comparison: _Comparison,
    pointers: Iterable[FunctionPointer],
    core: CoreNames,
    imports: Mapping[int, tuple[str, str]],
) -> None:
    """A function that is a core import must be the built-in of its type; any other must be different from all others.
    (Equal types may share the built-ins of one of them.)"""
    seen: dict[int, str] = {}
    for pointer in pointers:
        key = imports.get(pointer.place)
        if key is not None and pointer.of is not None:
            _built_in(comparison, pointer, core.built_in(*key), " ".join(key))
            continue
        first = seen.setdefault(pointer.place, pointer.where)
        if first != pointer.where:
            comparison.differ(pointer.where, "a function of its own", f"that of {first}")


def _built_in(comparison: _Comparison, pointer: FunctionPointer, found: BuiltIn | None, imported: str) -> None:
    if found is None or found.name != pointer.name:
        comparison.differ(pointer.where, f"the built-in `{pointer.name}`", f"core import {imported}")
        return
    mismatch = first_mismatch(pointer.of, found.of)
    if mismatch is not None:
        expected, actual = cut(*mismatch)
        comparison.differ(pointer.where, f"the built-in for {expected}", f"that for {actual} (core import {imported})")


def built_world(actual: World, expected: World, role: Role) -> list[Difference]:
    """Level 2: the world of a component; `expected` includes the interpreter's own imports and exports."""
    comparison = _Comparison(2, "wit", role, expected)
    known = _resources(expected)
    for side, wanted, found in (
        ("import", expected.imports, actual.imports),
        ("export", expected.exports, actual.exports),
    ):
        functions = _functions(found.values()).values()
        comparison.functions(side, _functions(wanted.values()), functions, names=True)
        for key, interface in found.items():
            if key not in wanted:
                comparison.differ(f"{side} {key or '(types of the world)'}", NOTHING, "an interface")
                continue
            for name, type in interface.types.items():
                comparison.named_type(f"{side} type", t.qualified(key, name), type)
            for name, resource in interface.resources.items():
                if resource.canonical not in known or name not in wanted[key].resources:
                    path = f"{side} resource {t.qualified(key, name)}"
                    comparison.differ(path, "no such resource in the world", resource.canonical)
    return comparison.result()
