"""One dynamic library: its definitions and its requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from generator.componentize.threads import GET_STACK_POINTER, GET_TLS_BASE, SET_STACK_POINTER, SET_TLS_BASE
from generator.link import names
from generator.link.dylink import SECTION, Dylink, SymbolFlags, read_dylink
from generator.link.errors import LinkError
from generator.link.unsupported import unsupported
from generator.wasm.decode import DecodedModule
from generator.wasm.errors import WasmFormatError
from generator.wasm.module import CustomSection, Import
from generator.wasm.types import (
    ExternKind,
    FuncIndex,
    FuncType,
    GlobalType,
    MemoryType,
    TableType,
    TagType,
    ValType,
)


@dataclass(frozen=True, slots=True)
class Contents:
    """The contents of a library's binary. It is immutable, so one binary may be linked many times, under any name."""

    module: DecodedModule
    """Without the `component-type` sections."""
    component_types: tuple[CustomSection, ...]
    dylink: Dylink
    memory: MemoryType | None
    """As imported."""
    table: TableType | None
    """As imported."""
    env_globals: tuple[str, ...]
    """Names out of `names.ENV_GLOBALS`."""
    functions: Mapping[str, FuncType]
    """Functions imported from `env`."""
    tags: Mapping[str, FuncType]
    """Exception tags imported from `env`."""
    memory_addresses: tuple[str, ...]
    """Imports from `GOT.mem`."""
    function_addresses: tuple[str, ...]
    """Imports from `GOT.func`."""
    weak: frozenset[str]
    """Imported symbols that may stay undefined."""
    imports_wit: bool
    defined_functions: Mapping[str, FuncType]
    """Exported functions, without those that merely pass on an import of the same name."""
    unusable_functions: frozenset[str]
    """Exported functions of types that only the library's module has (a recursion group, references to its types): no
    other library can import them."""
    defined_data: tuple[str, ...]
    """Exported addresses, relative to `__memory_base`."""
    defined_tags: Mapping[str, FuncType]
    lifecycle: frozenset[str]
    """Which of `names.LIFECYCLE` are exported."""
    imports_tls: bool
    """Whether it asks for the address of its thread-local storage."""
    has_tls: bool
    """Whether it has some, which it describes by `names.LIBRARY_TLS_INFO`."""

    @property
    def asks_for_tls_info(self) -> bool:
        return names.PROGRAM_TLS_INFO in self.memory_addresses


@dataclass(frozen=True, slots=True)
class Library:
    name: str
    """Its name in the `needed` of other libraries."""
    contents: Contents
    dl_openable: bool = False


def read_library(name: str, binary: bytes, *, dl_openable: bool = False) -> Library:
    """Raises LinkError for a binary that is malformed, is not a dynamic library, or requests something that the linker
    lacks."""
    try:
        return Library(name, _read_contents(binary), dl_openable)
    except (LinkError, WasmFormatError) as error:
        raise LinkError(f"library `{name}`: {error}") from None


@lru_cache(maxsize=64)
def _read_contents(binary: bytes) -> Contents:
    module = DecodedModule(binary)
    problem = unsupported(module)
    if problem is not None:
        raise LinkError(problem)
    dylink = _find_dylink(module)
    imports = _Imports(module, dylink)
    functions: dict[str, FuncType] = {}
    data: list[str] = []
    tags: dict[str, FuncType] = {}
    lifecycle: list[str] = []
    own_types: list[str] = []
    has_tls = False
    for export in module.exports:
        name = export.name
        match export.kind:
            case ExternKind.FUNC if name in names.LIFECYCLE:
                if module.export_func_type(name) != FuncType(()):
                    raise LinkError(f"`{name}` is exported with parameters or results; it has neither")
                lifecycle.append(name)
            case ExternKind.FUNC if module.has_own_type(export.index):
                own_types.append(name)
            case ExternKind.FUNC if imports.hands_on.get(export.index) != name:
                functions[name] = module.func_type(export.index)
            case ExternKind.GLOBAL if module.export_global_type(name) == GlobalType(ValType.I32):
                if name == names.LIBRARY_TLS_INFO:
                    has_tls = True
                else:
                    data.append(name)
            case ExternKind.TAG:
                tags[name] = module.tag_type(export.index)
            case ExternKind.MEMORY | ExternKind.TABLE:
                raise LinkError(f"a {export.kind.name.lower()} is exported (`{name}`): a library imports it from `env`")
    if names.CALL_CTORS in lifecycle and names.INITIALIZE in lifecycle:
        # As in the reference: wasm-ld's `_initialize` calls `__wasm_call_ctors` itself.
        raise LinkError(f"both `{names.CALL_CTORS}` and `{names.INITIALIZE}` are exported; at most one may be")
    return Contents(
        module=module.without_customs(_is_component_type),
        component_types=tuple([custom for custom in module.customs if _is_component_type(custom.name)]),
        dylink=dylink,
        memory=imports.memory,
        table=imports.table,
        env_globals=tuple(dict.fromkeys(imports.env_globals)),
        functions=imports.functions,
        tags=imports.tags,
        memory_addresses=tuple(dict.fromkeys(imports.memory_addresses)),
        function_addresses=tuple(dict.fromkeys(imports.function_addresses)),
        weak=frozenset([name for (_, name), flags in dylink.import_flags.items() if flags & SymbolFlags.BINDING_WEAK]),
        imports_wit=imports.wit,
        defined_functions=functions,
        unusable_functions=frozenset(own_types),
        defined_data=tuple(data),
        defined_tags=tags,
        lifecycle=frozenset(lifecycle),
        imports_tls=imports.tls,
        has_tls=has_tls,
    )


def _is_component_type(name: str) -> bool:
    return name.startswith(names.COMPONENT_TYPE_PREFIX)


def _find_dylink(module: DecodedModule) -> Dylink:
    contents = module.custom(SECTION)
    if contents is None:
        raise LinkError(
            f"not a dynamic library: it has no `{SECTION}` section (link it with `-shared`; "
            "a module that is complete in itself becomes a component with `component new`)"
        )
    return read_dylink(contents)


class _Imports:
    """The imports, sorted by the work that they cause for the linker."""

    def __init__(self, module: DecodedModule, dylink: Dylink) -> None:
        self.module = module
        self.memory: MemoryType | None = None
        self.table: TableType | None = None
        self.env_globals: list[str] = []
        self.functions: dict[str, FuncType] = {}
        self.tags: dict[str, FuncType] = {}
        self.memory_addresses: list[str] = []
        self.function_addresses: list[str] = []
        self.wit = False
        self.tls = False
        self.hands_on: dict[int, str] = {}
        """Names of functions imported from `env`, by index. An export of the same name defines nothing: if it did,
        the import would be resolved to itself."""
        index = 0
        for item in module.imports:
            match item.module:
                case names.ENV:
                    self._env(item, index)
                case names.GOT_MEM:
                    self._check_address(item)
                    self.memory_addresses.append(item.name)
                case names.GOT_FUNC:
                    self._check_address(item)
                    self.function_addresses.append(item.name)
                case _ if not isinstance(item.desc, FuncIndex):
                    raise self._wrong(item, "only functions can be imported from outside")
                case _:
                    self.wit = True
            index += isinstance(item.desc, FuncIndex)

    def _env(self, item: Import, index: int) -> None:
        name, desc = item.name, item.desc
        match desc:
            case FuncIndex() if name in (GET_STACK_POINTER, SET_STACK_POINTER):
                pass  # built-ins, even if libraries define them
            case FuncIndex() if name in (GET_TLS_BASE, SET_TLS_BASE):
                self.tls = True
            case FuncIndex():
                self.hands_on[index] = name
                self._add(self.functions, name, self.module.import_func_type(item))
            case TagType():
                self._add(self.tags, name, self.module.import_func_type(item))
            case MemoryType(limits) if name == names.MEMORY:
                if limits.is_64 or limits.shared or limits.page_size_log2 not in (None, 16):
                    raise self._wrong(item, "only an unshared memory of 32 bits with pages of 64 KiB is supported")
                self.memory = desc
            case TableType(limits, element) if name == names.TABLE:
                if limits.is_64 or limits.shared or element is not ValType.FUNCREF:
                    raise self._wrong(item, "only an unshared table of funcref with 32-bit indices is supported")
                self.table = desc
            case GlobalType() if name in names.ENV_GLOBALS:
                mutable = names.ENV_GLOBALS[name]
                if desc != GlobalType(ValType.I32, mutable):
                    raise self._wrong(item, f"its type must be `{'mut i32' if mutable else 'i32'}`")
                self.env_globals.append(name)
            case _:
                raise self._wrong(item, "the linker provides no such item")

    def _add(self, found: dict[str, FuncType], name: str, type: FuncType) -> None:
        if found.setdefault(name, type) != type:
            raise LinkError(f"`{name}` is imported twice, with different types")

    def _check_address(self, item: Import) -> None:
        if item.desc != GlobalType(ValType.I32, mutable=True):
            raise self._wrong(item, "an address is a global of type `mut i32`")

    def _wrong(self, item: Import, why: str) -> LinkError:
        kind = type(item.desc).__name__.removesuffix("Type").removesuffix("Index").lower()
        return LinkError(f"import of {kind} `{item.name}` from `{item.module}`: {why}")
