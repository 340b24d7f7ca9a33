"""Types of the component binary format as data (Component Model, Binary.md, "Type Definitions")."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, unique

from generator.names.component_names import ExternName
from generator.wasm.types import FuncType as CoreFuncType
from generator.wasm.types import GlobalType, MemoryType, TableType, TagType
from generator.wasm.types import ValType as CoreValType


@unique
class Sort(Enum):
    """The contents of an index space; the value is the encoding of `sort`."""

    CORE_FUNC = b"\x00\x00"
    CORE_TABLE = b"\x00\x01"
    CORE_MEMORY = b"\x00\x02"
    CORE_GLOBAL = b"\x00\x03"
    CORE_TAG = b"\x00\x04"
    CORE_TYPE = b"\x00\x10"
    CORE_MODULE = b"\x00\x11"
    CORE_INSTANCE = b"\x00\x12"
    FUNC = b"\x01"
    VALUE = b"\x02"
    TYPE = b"\x03"
    COMPONENT = b"\x04"
    INSTANCE = b"\x05"

    # Members are singletons; the hash of their name, which Enum takes, is slow.
    __hash__ = object.__hash__


@unique
class PrimValType(Enum):
    """`primvaltype`; the value is its opcode."""

    BOOL = 0x7F
    S8 = 0x7E
    U8 = 0x7D
    S16 = 0x7C
    U16 = 0x7B
    S32 = 0x7A
    U32 = 0x79
    S64 = 0x78
    U64 = 0x77
    F32 = 0x76
    F64 = 0x75
    CHAR = 0x74
    STRING = 0x73
    ERROR_CONTEXT = 0x64

    # Members are singletons; the hash of their name, which Enum takes, is slow.
    __hash__ = object.__hash__


ValType = PrimValType | int
"""`valtype`: a primitive, or an index into the type index space."""


@dataclass(frozen=True, slots=True)
class RecordType:
    fields: tuple[tuple[str, ValType], ...]


@dataclass(frozen=True, slots=True)
class VariantType:
    cases: tuple[tuple[str, ValType | None], ...]


@dataclass(frozen=True, slots=True)
class ListType:
    element: ValType


@dataclass(frozen=True, slots=True)
class FixedLengthListType:
    element: ValType
    length: int


@dataclass(frozen=True, slots=True)
class TupleType:
    types: tuple[ValType, ...]


@dataclass(frozen=True, slots=True)
class FlagsType:
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EnumType:
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OptionType:
    type: ValType


@dataclass(frozen=True, slots=True)
class ResultType:
    ok: ValType | None
    error: ValType | None


@dataclass(frozen=True, slots=True)
class OwnType:
    resource: int


@dataclass(frozen=True, slots=True)
class BorrowType:
    resource: int


@dataclass(frozen=True, slots=True)
class StreamType:
    element: ValType | None


@dataclass(frozen=True, slots=True)
class FutureType:
    element: ValType | None


@dataclass(frozen=True, slots=True)
class MapType:
    key: ValType
    value: ValType


DefValType = (
    PrimValType
    | RecordType
    | VariantType
    | ListType
    | FixedLengthListType
    | TupleType
    | FlagsType
    | EnumType
    | OptionType
    | ResultType
    | OwnType
    | BorrowType
    | StreamType
    | FutureType
    | MapType
)


@dataclass(frozen=True, slots=True)
class FuncType:
    params: tuple[tuple[str, ValType], ...]
    result: ValType | None = None
    is_async: bool = False


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A resource that this component defines; `dtor` is an index of a core function of type `[i32] -> []`."""

    dtor: int | None = None
    rep: CoreValType = CoreValType.I32


@dataclass(frozen=True, slots=True)
class TypedExtern:
    """`externtype` of a core module, function, component or instance: the index of its type."""

    sort: Sort
    type: int


@dataclass(frozen=True, slots=True)
class TypeEq:
    """`(type (eq i))`"""

    type: int


@dataclass(frozen=True, slots=True)
class SubResource:
    """`(type (sub resource))`"""


ExternType = TypedExtern | TypeEq | SubResource


@dataclass(frozen=True, slots=True)
class AliasExport:
    """`(alias export instance name (sort))`"""

    sort: Sort
    instance: int
    name: str


@dataclass(frozen=True, slots=True)
class AliasCoreExport:
    """`(alias core export instance name (sort))`"""

    sort: Sort
    instance: int
    name: str


@dataclass(frozen=True, slots=True)
class AliasOuter:
    """`(alias outer count index (sort))`; count 0 is the current scope."""

    sort: Sort
    count: int
    index: int


Alias = AliasExport | AliasCoreExport | AliasOuter


@dataclass(frozen=True, slots=True)
class Import:
    name: ExternName
    type: ExternType


@dataclass(frozen=True, slots=True)
class ExportDecl:
    """An export in a component type or instance type."""

    name: ExternName
    type: ExternType


CoreExternType = int | TableType | MemoryType | GlobalType | TagType
"""`core:externtype`; an `int` is a function's type, as an index into the module type's own index space."""


@dataclass(frozen=True, slots=True)
class ModuleType:
    """`core:moduletype`; `types` is its index space of types, which may contain an outer alias."""

    types: tuple[CoreFuncType | OtherCoreType | AliasOuter, ...]
    imports: tuple[tuple[str, str, CoreExternType], ...]
    exports: tuple[tuple[str, CoreExternType], ...]


@dataclass(frozen=True, slots=True)
class OtherCoreType:
    """A core type that no code here must understand (a recursion group, a struct, ...), in its binary form."""

    encoded: bytes


CoreType = CoreFuncType | ModuleType | OtherCoreType


@dataclass(frozen=True, slots=True)
class InstanceType:
    """`offsets`: the offset of each declarator in the file that was read; empty for a type that was built."""

    declarators: tuple[InstanceDecl, ...]
    offsets: tuple[int, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ComponentType:
    """`offsets`: as in `InstanceType`."""

    declarators: tuple[ComponentDecl, ...]
    offsets: tuple[int, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class EncodedType:
    """A component or instance type that is already in binary form (see `type_builder`)."""

    body: bytes


DefType = DefValType | FuncType | ResourceType | ComponentType | InstanceType | EncodedType
InstanceDecl = CoreType | DefType | Alias | ExportDecl
ComponentDecl = InstanceDecl | Import
