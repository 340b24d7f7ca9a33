"""The canonical definitions of a component, each by its name in core modules or in the world.

Read from the binary alone (Component Model, Binary.md), without the readers of the toolchains under test.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from harness.binary.canon_definitions import CanonDefinition, CanonDefinitions
from harness.binary.canon_options import read_immediates, read_options
from harness.binary.sections import COMPONENT_PREAMBLE, BinaryError, Reader, extern_name, extern_type, sections

_LIFT, _LOWER = 0x00, 0x01

_CORE_MODULE, _CORE_INSTANCE, _COMPONENT, _INSTANCE, _ALIAS, _CANON, _IMPORT, _EXPORT = 1, 2, 4, 5, 6, 8, 10, 11

_CORE_EXPORTS = 7

_FUNC, _COMPONENT_SORT, _INSTANCE_SORT = 1, 4, 5

_CORE_FUNC, _CORE_TABLE = 0, 1

_POST_RETURN, _STANDARD_POST_RETURN = "cabi_post_", "_post"
"""The prefix of a core export that is the `post-return` function of the export in the rest of its name; the suffix by
the standard names (BuildTargets.md)."""


@lru_cache(maxsize=32)
def read_definitions(component: bytes) -> CanonDefinitions:
    """Raises BinaryError if the input is not a component, or has forms that no linker writes.

    The components of one plan are judged first and then compared; the cache keeps them, so that each is read once.
    Callers must not change the result.
    """
    if component[:8] != COMPONENT_PREAMBLE:
        raise BinaryError("not a component: wrong first 8 bytes")
    return _Component(component).definitions()


_CoreFunc = CanonDefinition | tuple[int, str]

_Func = CanonDefinition | None


class _Component:
    """The index spaces that canonical definitions and their names need."""

    def __init__(self, data: bytes) -> None:
        self.modules: list[bytes] = []
        self.core_instances: list[int | dict[str, tuple[int, int]]] = []
        """The module, or the items by name, each with its sort and index."""
        self.arguments: dict[int, list[tuple[str, int]]] = {}
        self.fillers: set[int] = set()
        """Instances of modules that fill a shim's table."""
        self.core_funcs: list[_CoreFunc] = []
        self.core_tables: list[tuple[int, str]] = []
        self.funcs: list[_Func] = []
        self.components: list[bytes] = []
        self.instances: list[tuple[int, dict[str, int]] | int | None] = []
        """A component with its functions by argument, an alias of another instance, or an import."""
        self.exports: list[tuple[str, int, int]] = []
        for part in sections(data):
            if part.id == _CORE_MODULE:
                self.modules.append(data[part.body : part.end])
            elif part.id == _COMPONENT:
                self.components.append(data[part.body : part.end])
            elif part.id in _READERS:
                reader, read = Reader(data, part.body, part.end), _READERS[part.id]
                for _ in range(reader.unsigned()):
                    read(self, reader)

    def core_instance(self, reader: Reader) -> None:
        if reader.byte():
            items = {}
            for _ in range(reader.unsigned()):
                name = reader.name()
                items[name] = (reader.byte(), reader.unsigned())
            self.core_instances.append(items)
            return
        module = reader.unsigned()
        arguments = self.arguments[len(self.core_instances)] = []
        for _ in range(reader.unsigned()):
            name = reader.name()
            reader.byte()
            arguments.append((name, reader.unsigned()))
        self.core_instances.append(module)

    def instance(self, reader: Reader) -> None:
        inline = reader.byte()
        component = -1 if inline else reader.unsigned()
        functions: dict[str, int] = {}
        for _ in range(reader.unsigned()):
            name = extern_name(reader) if inline else reader.name()
            sort = reader.byte()
            if sort == 0:
                reader.byte()
            index = reader.unsigned()
            if sort == _FUNC:
                functions[name] = index
        self.instances.append((component, functions))

    def alias(self, reader: Reader) -> None:
        sort = reader.byte()
        core = reader.byte() if sort == 0 else None
        if reader.byte() == 2:
            reader.unsigned()
            reader.unsigned()
            target = (-1, "")
        else:
            target = (reader.unsigned(), reader.name())
        if core == _CORE_FUNC:
            self.core_funcs.append(target)
        elif core == _CORE_TABLE:
            self.core_tables.append(target)
        self._add(sort)

    def canon(self, reader: Reader) -> None:
        opcode = reader.byte()
        if opcode == _LIFT:
            reader.byte()
            core = self.core_funcs[reader.unsigned()]
            options = read_options(reader)
            reader.unsigned()
            self.funcs.append(CanonDefinition(opcode, options, core if isinstance(core, tuple) else None))
            return
        if opcode == _LOWER:
            reader.byte()
            reader.unsigned()
            options = read_options(reader)
        else:
            options = read_immediates(reader, opcode)
        self.core_funcs.append(CanonDefinition(opcode, options))

    def import_(self, reader: Reader) -> None:
        extern_name(reader)
        self._add(extern_type(reader))

    def export(self, reader: Reader) -> None:
        name = extern_name(reader)
        sort = reader.byte()
        if sort == 0:
            reader.byte()
        index = reader.unsigned()
        if reader.byte():
            extern_type(reader)
        self.exports.append((name, sort, index))
        if sort == _FUNC:
            self.funcs.append(self.funcs[index])
        elif sort == _INSTANCE_SORT:
            self.instances.append(index)

    def _add(self, sort: int) -> None:
        if sort == _FUNC:
            self.funcs.append(None)
        elif sort == _INSTANCE_SORT:
            self.instances.append(None)
        elif sort == _COMPONENT_SORT:
            self.components.append(b"")

    def definitions(self) -> CanonDefinitions:
        found = CanonDefinitions(post_returns=frozenset(self._post_returns()))
        for name, sort, index in self.exports:
            if sort == _FUNC:
                self._lift(found, name, index)
            elif sort == _INSTANCE_SORT:
                for function, inner in self._functions(index).items():
                    self._lift(found, f"{name}#{function}", inner)
        late = self._late()
        for number, arguments in self.arguments.items():
            for module, instance in arguments if number not in self.fillers else ():
                items = self.core_instances[instance]
                if isinstance(items, dict):
                    self._imports(found, module, items, late)
        return found

    def _lift(self, found: CanonDefinitions, name: str, index: int) -> None:
        function = self.funcs[index]
        if function is not None:
            found.lifts[name] = function

    def _functions(self, index: int) -> dict[str, int]:
        """The functions that an instance exports, by name: a nested component re-exports its imports."""
        instance = self.instances[index]
        while isinstance(instance, int):
            instance = self.instances[instance]
        if instance is None:
            return {}
        component, arguments = instance
        if component < 0:
            return arguments
        return {name: arguments[given] for name, given in _handed_on(self.components[component]).items()}

    def _late(self) -> dict[tuple[int, str], CanonDefinition]:
        """The functions that a shim calls, by its instance and export. A module that gets the shim's table, and the
        functions under the names of the shim's exports, fills that table."""
        called = {function for function in self.core_funcs if isinstance(function, tuple)}
        found: dict[tuple[int, str], CanonDefinition] = {}
        for number, arguments in self.arguments.items():
            given = [(index, self.core_instances[index]) for _, index in arguments]
            modules = {index for index, items in given if not isinstance(items, dict)}
            for items in [items for _, items in given if isinstance(items, dict)]:
                tables = {self.core_tables[index][0] for sort, index in items.values() if sort == _CORE_TABLE}
                for name, (sort, index) in items.items():
                    function = self.core_funcs[index] if sort == _CORE_FUNC else None
                    places = called.intersection((shim, name) for shim in modules | tables)
                    if isinstance(function, CanonDefinition) and places:
                        found.update(dict.fromkeys(places, function))
                        self.fillers.add(number)
        return found

    def _imports(
        self,
        found: CanonDefinitions,
        module: str,
        items: dict[str, tuple[int, int]],
        late: dict[tuple[int, str], CanonDefinition],
    ) -> None:
        for name, (sort, index) in items.items():
            if sort != _CORE_FUNC or not module:
                continue
            function = self.core_funcs[index]
            definition = late.get(function) if isinstance(function, tuple) else function
            if definition is not None:
                found.others.setdefault((module, name), []).append(definition)

    def _post_returns(self) -> Iterator[tuple[int, str]]:
        for number, module in enumerate(self.core_instances):
            if isinstance(module, int):
                names = _core_exports(self.modules[module])
                others = ((name, (f"{_POST_RETURN}{name}", f"{name}{_STANDARD_POST_RETURN}")) for name in names)
                yield from ((number, name) for name, found in others if not names.isdisjoint(found))


_READERS = {
    _CORE_INSTANCE: _Component.core_instance,
    _INSTANCE: _Component.instance,
    _ALIAS: _Component.alias,
    _CANON: _Component.canon,
    _IMPORT: _Component.import_,
    _EXPORT: _Component.export,
}


def _handed_on(component: bytes) -> dict[str, str]:
    """The functions that a component exports, by the name under which it imports each."""
    functions: list[str] = []
    found: dict[str, str] = {}
    for part in sections(component):
        reader = Reader(component, part.body, part.end)
        if part.id == _IMPORT:
            for _ in range(reader.unsigned()):
                name = extern_name(reader)
                if extern_type(reader) == _FUNC:
                    functions.append(name)
        elif part.id == _EXPORT:
            for _ in range(reader.unsigned()):
                name = extern_name(reader)
                sort = reader.byte()
                index = reader.unsigned()
                if reader.byte():
                    extern_type(reader)
                if sort == _FUNC:
                    found[name] = functions[index]
                    functions.append(functions[index])
    return found


def _core_exports(module: bytes) -> set[str]:
    """The names of a module's exports; none where no export is a `post-return` function, as in most modules."""
    names: set[str] = set()
    for part in sections(module):
        if part.id == _CORE_EXPORTS and any(
            module.find(word.encode(), part.body, part.end) >= 0 for word in (_POST_RETURN, _STANDARD_POST_RETURN)
        ):
            reader = Reader(module, part.body, part.end)
            for _ in range(reader.unsigned()):
                names.add(reader.name())
                reader.byte()
                reader.unsigned()
    return names
