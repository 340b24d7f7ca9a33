"""The library that defines each imported symbol.

The first library on the command line that exports a symbol defines it, for all (as the reference has it; loaders of
executables do the same). Functions are found by name and type: an export of another type is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from generator.link.dylink import SymbolFlags
from generator.link.errors import LinkError
from generator.link.library import Library
from generator.link.names import LINKER_ADDRESSES
from generator.wasm.types import FuncType

STUBS = "link:stubs"
"""The module that holds a trapping function for each function that nobody defines."""

_THUNK = FuncType(())


@dataclass(frozen=True, slots=True)
class FunctionSymbol:
    """A function that a library exports, or a stub."""

    library: str
    """A library's name, or `STUBS`."""
    name: str
    type: FuncType


@dataclass(slots=True)
class Bindings:
    """The sources of one library's imports."""

    functions: dict[str, FunctionSymbol] = field(default_factory=dict)
    function_addresses: dict[str, FunctionSymbol | None] = field(default_factory=dict)
    """None is the null pointer: a weak symbol that nobody defines."""
    memory_addresses: dict[str, str | None] = field(default_factory=dict)
    """The library that defines the data; None is the null pointer. Without the addresses of the linker itself."""
    tags: dict[str, str] = field(default_factory=dict)
    """The library that defines the tag."""

    def dependencies(self) -> Iterable[str]:
        """Names of the libraries (or `STUBS`) that define something that this one imports."""
        for function in (*self.functions.values(), *self.function_addresses.values()):
            if function is not None:
                yield function.library
        yield from (library for library in self.memory_addresses.values() if library is not None)
        yield from self.tags.values()


def describe(type: FuncType) -> str:
    """A function type as messages show it: `[i32, i64] -> [i32]`."""
    params = ", ".join([param.name.lower() for param in type.params])
    results = ", ".join([result.name.lower() for result in type.results])
    return f"[{params}] -> [{results}]"


class Definitions:
    """Everything that the libraries export, by name; of several the first library's."""

    def __init__(self, libraries: Sequence[Library]) -> None:
        self.functions: dict[str, list[FunctionSymbol]] = {}
        self.data: dict[str, Library] = {}
        self.tags: dict[str, list[tuple[str, FuncType]]] = {}
        self.unusable: dict[str, str] = {}
        """Functions that have a type of their library's own; the library."""
        for library in libraries:
            contents = library.contents
            for name, type in contents.defined_functions.items():
                self.functions.setdefault(name, []).append(FunctionSymbol(library.name, name, type))
            for name in contents.unusable_functions:
                self.unusable.setdefault(name, library.name)
            for name in contents.defined_data:
                self.data.setdefault(name, library)
            for name, type in contents.defined_tags.items():
                self.tags.setdefault(name, []).append((library.name, type))

    def function(self, name: str, type: FuncType) -> FunctionSymbol | None:
        for function in self.functions.get(name, ()):
            if function.type == type:
                return function
        return None

    def tag(self, name: str, type: FuncType) -> str | None:
        for library, found in self.tags.get(name, ()):
            if found == type:
                return library
        return None

    def others(self, name: str) -> list[str]:
        """The definitions of that name, each with its kind, type and library."""
        found = [f"`{f.library}` exports a function {describe(f.type)}" for f in self.functions.get(name, ())]
        found += [f"`{library}` exports a tag {describe(type)}" for library, type in self.tags.get(name, ())]
        if name in self.unusable:
            found.append(f"`{self.unusable[name]}` exports a function of a type that only itself has (not supported)")
        if name in self.data:
            found.append(f"`{self.data[name].name}` exports data")
        return found


_INTERPRETER = "wit_dylib_"
"""Begins the names of the functions that an interpreter has for generated libraries (wit_dylib.h)."""
_OLD_INTERPRETER = (
    "  hint: no interpreter is among the libraries, or one of an older version of wit_dylib.h: link a newer one, or "
    "generate the library for it with `wit-dylib --abi-version 2`"
)


class Resolver:
    """Finds the binding of each import of the libraries (tool-conventions, DynamicLinking.md)."""

    def __init__(self, libraries: Sequence[Library], stub_missing_functions: bool) -> None:
        self.definitions = Definitions(libraries)
        self.stub_missing_functions = stub_missing_functions
        self.problems: dict[str, None] = {}
        """A set that keeps its order."""

    def resolve(self, library: Library) -> Bindings:
        contents, definitions = library.contents, self.definitions
        bindings = Bindings()
        for name, type in contents.functions.items():
            function = definitions.function(name, type)
            if function is None:
                self._may_stub(library, name, f"a function {describe(type)}")
                function = FunctionSymbol(STUBS, name, type)
            bindings.functions[name] = function
        for name in contents.function_addresses:
            bindings.function_addresses[name] = self.function_address(library, name, bindings.functions.get(name))
        for name in contents.memory_addresses:
            if name not in LINKER_ADDRESSES:
                bindings.memory_addresses[name] = self._memory_address(library, name)
        for name, type in contents.tags.items():
            exporter = definitions.tag(name, type)
            if exporter is None:
                self._missing(library, name, f"a tag {describe(type)}")
            else:
                bindings.tags[name] = exporter
        return bindings

    def function_address(self, library: Library, name: str, called: FunctionSymbol | None) -> FunctionSymbol | None:
        """The address of the function that the library also calls, if it calls one; otherwise that of any function of
        that name."""
        if called is None:
            found = self.definitions.functions.get(name)
            if found:
                return found[0]
            self._may_stub(library, name, "a function (its address, any type)")
            called = FunctionSymbol(STUBS, name, _THUNK)
        return None if called.library == STUBS and name in library.contents.weak else called

    def _memory_address(self, library: Library, name: str) -> str | None:
        exporter = self.definitions.data.get(name)
        if exporter is None:
            if name not in library.contents.weak or self.definitions.others(name):
                self._missing(library, name, "data (its address)")
            return None
        if exporter.contents.dylink.export_flags.get(name, 0) & SymbolFlags.TLS:
            self._problem(f"`{library.name}` needs `{name}`, which is thread-local in `{exporter.name}`: not supported")
        return exporter.name

    def _may_stub(self, library: Library, name: str, wanted: str) -> None:
        if self.stub_missing_functions:
            return
        if name not in library.contents.weak or self.definitions.others(name):
            self._missing(library, name, wanted)

    def _missing(self, library: Library, name: str, wanted: str) -> None:
        others = "".join([f", but {other}" for other in self.definitions.others(name)])
        self._problem(f"`{library.name}` needs `{name}`: {wanted}{others}")

    def _problem(self, problem: str) -> None:
        self.problems.setdefault(problem)


def resolve(libraries: Sequence[Library], *, stub_missing_functions: bool) -> Mapping[str, Bindings]:
    """The bindings of each library, by its name.

    Raises LinkError that lists every symbol that is missing or has another type than its importer expects. Weak
    functions that nobody defines become stubs with a null address; with `stub_missing_functions` all others become
    stubs too.
    """
    resolver = Resolver(libraries, stub_missing_functions)
    bindings = {library.name: resolver.resolve(library) for library in libraries}
    if resolver.problems:
        lines = [f"  {problem}" for problem in resolver.problems]
        if any(f" needs `{_INTERPRETER}" in problem for problem in resolver.problems):
            lines.append(_OLD_INTERPRETER)
        raise LinkError("\n".join(["unresolved symbols:", *lines]))
    return bindings
