"""The functions that a linked library puts into the table: its core imports, by their places.

The library says where in its part of the table an import stands (its element segments); the component says where this
part begins (`__table_base`: tool-conventions, DynamicLinking.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from harness.binary.core_module import imported, place, skip_constant, without_customs
from harness.binary.sections import BinaryError, Reader, sections

_GLOBAL, _EXPORT, _ELEMENT = 6, 7, 9
_CORE_MODULE, _CORE_INSTANCE, _ALIAS = 1, 2, 6
_FUNCTION_KIND, _GLOBAL_KIND = 0, 3
_ACTIVE, _ACTIVE_IN_TABLE = 0, 2
"""The forms of active element segments with indices of functions (core specification, 5.5.12)."""
_TABLE_BASE = ("env", "__table_base")


@lru_cache(maxsize=64)
def imports_in_table(component: bytes, library: bytes) -> Mapping[int, tuple[str, str]]:
    """Module and name of the core imports of `library` that it puts into the table of `component`, by place. Places of
    its own functions are left out; none are known if the component does not instantiate it with a constant base.

    Raises `BinaryError`. Callers must not change the result.
    """
    base = _Instances(component).table_base(without_customs(library))
    return {} if base is None else {base + at: key for at, key in _imports_by_element(library)}


def _imports_by_element(library: bytes) -> Iterator[tuple[int, tuple[str, str]]]:
    """The core imports in the element segments that begin at `__table_base` or after it, by their distance from it."""
    functions = [(module, name) for module, name, kind in imported(library) if kind == _FUNCTION_KIND]
    globals_ = [(module, name) for module, name, kind in imported(library) if kind == _GLOBAL_KIND]
    base = globals_.index(_TABLE_BASE) if _TABLE_BASE in globals_ else None
    for part in sections(library):
        if part.id != _ELEMENT:
            continue
        reader = Reader(library, part.body, part.end)
        for _ in range(reader.unsigned()):
            form = reader.unsigned()
            if form not in (_ACTIVE, _ACTIVE_IN_TABLE):
                return  # other forms than C libraries have: nothing is known of what follows
            if form == _ACTIVE_IN_TABLE:
                reader.unsigned()  # a library imports one table
            start = place(reader)
            if form == _ACTIVE_IN_TABLE:
                reader.byte()  # the only kind: functions
            for at in range(reader.unsigned()):
                function = reader.unsigned()
                if start is not None and base is not None and start[0] == base and function < len(functions):
                    yield start[1] + at, functions[function]


class _Instances:
    """The core instances of a component, and the core globals that it takes from them (Component Model, Binary.md)."""

    def __init__(self, component: bytes) -> None:
        self._modules: list[bytes] = []
        self._instances: list[tuple[int, dict[str, int]] | dict[str, int]] = []
        """A module with its arguments, or the globals by name, each by its index."""
        self._globals: list[tuple[int, str]] = []
        for part in sections(component):
            reader = Reader(component, part.body, part.end)
            if part.id == _CORE_MODULE:
                self._modules.append(component[part.body : part.end])
            elif part.id in (_CORE_INSTANCE, _ALIAS):
                for _ in range(reader.unsigned()):
                    (self._instance if part.id == _CORE_INSTANCE else self._alias)(reader)

    def _instance(self, reader: Reader) -> None:
        if reader.byte():
            items = {}
            for _ in range(reader.unsigned()):
                name, sort, index = reader.name(), reader.byte(), reader.unsigned()
                if sort == _GLOBAL_KIND:
                    items[name] = index
            self._instances.append(items)
            return
        module, arguments = reader.unsigned(), {}
        for _ in range(reader.unsigned()):
            name = reader.name()
            reader.byte()
            arguments[name] = reader.unsigned()
        self._instances.append((module, arguments))

    def _alias(self, reader: Reader) -> None:
        is_global = reader.byte() == 0 and reader.byte() == _GLOBAL_KIND
        if reader.byte() == 2:
            reader.unsigned()
            reader.unsigned()
            return
        target = reader.unsigned(), reader.name()
        if is_global:
            self._globals.append(target)

    def table_base(self, library: bytes) -> int | None:
        """Where the library's part of the table begins; None if it is not instantiated, or in another form."""
        numbers = [number for number, module in enumerate(self._modules) if _is(module, library)]
        for instance in self._instances:
            if isinstance(instance, tuple) and instance[0] in numbers:
                environment = self._instances[instance[1][_TABLE_BASE[0]]] if _TABLE_BASE[0] in instance[1] else None
                if isinstance(environment, dict) and _TABLE_BASE[1] in environment:
                    return self._constant(environment[_TABLE_BASE[1]])
        return None

    def _constant(self, index: int) -> int | None:
        instance, name = self._globals[index]
        definition = self._instances[instance]
        return _exported_constant(self._modules[definition[0]], name) if isinstance(definition, tuple) else None


def _is(module: bytes, library: bytes) -> bool:
    """Whether a module is the library, apart from custom sections, which linkers change."""
    try:
        return without_customs(module) == library
    except BinaryError:
        return False


def _exported_constant(module: bytes, wanted: str) -> int | None:
    """The value of an exported global; None if it is imported or calculated."""
    count = sum(kind == _GLOBAL_KIND for _, _, kind in imported(module))
    values: list[int | None] = [None] * count
    for part in sections(module):
        reader = Reader(module, part.body, part.end)
        if part.id == _GLOBAL:
            for _ in range(reader.unsigned()):
                reader.take(2)
                values.append(_number(reader))
        elif part.id == _EXPORT:
            for _ in range(reader.unsigned()):
                name, kind, index = reader.name(), reader.byte(), reader.unsigned()
                if (name, kind) == (wanted, _GLOBAL_KIND):
                    return values[index]
    return None


def _number(reader: Reader) -> int | None:
    """An initial value if it is a constant number of 32 bits; the reader is after it then."""
    start = reader.at
    skip_constant(reader)
    found = place(Reader(reader.data, start, reader.at))
    return found[1] if found is not None and found[0] is None else None
