"""The canonical definition behind a core import of WIT, before indices are known (Explainer.md, "Canonical
Definitions").

Each definition lists its needs from the module that imports it; `CoreImport.needs` decides whether it can be defined
before that module is instantiated.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.canonical.flatten import AsyncAbi
from generator.component.canon import BuiltinOp, ImmediateValue, StringEncoding
from generator.componentize.options import NeededOptions
from generator.resolved.instances import InterfaceInstance
from generator.resolved.model import Function
from generator.resolved.types import TypeId
from generator.wasm.types import FuncType


@dataclass(frozen=True, slots=True)
class LoweredFunction:
    """An imported function of an interface or of the world."""

    home: InterfaceInstance
    function: Function
    async_abi: AsyncAbi = AsyncAbi.SYNC


@dataclass(frozen=True, slots=True)
class ResourceBuiltin:
    """`resource.new`, `.rep` or `.drop`."""

    op: BuiltinOp
    home: InterfaceInstance
    resource: TypeId


@dataclass(frozen=True, slots=True)
class CopyBuiltin:
    """A built-in of a stream or future type."""

    op: BuiltinOp
    home: InterfaceInstance
    type: TypeId | None
    """None for `stream` or `future` without payload if no function mentions the type."""
    is_async: bool
    function: str
    """The function that mentions the type; empty if there is none."""
    exported: bool
    """Whether the world exports that function."""


@dataclass(frozen=True, slots=True)
class TaskReturn:
    """`task.return` of an exported function."""

    home: InterfaceInstance
    function: Function


@dataclass(frozen=True, slots=True)
class PlainBuiltin:
    """A built-in that mentions no type. `immediates` lack the options or the memory index, which come last."""

    op: BuiltinOp
    immediates: tuple[ImmediateValue, ...] = ()


@dataclass(frozen=True, slots=True)
class NewThread:
    """`thread.new-indirect`, with the table of the module that imports it."""


Meaning = LoweredFunction | ResourceBuiltin | CopyBuiltin | TaskReturn | PlainBuiltin | NewThread


@dataclass(frozen=True, slots=True)
class CoreImport:
    meaning: Meaning
    type: FuncType
    needs: NeededOptions
    encoding: StringEncoding
    """Matters where `needs.string_encoding`."""
