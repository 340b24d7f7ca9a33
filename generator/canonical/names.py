"""Names of core imports and exports that connect a core module to its world.

The scheme is the tools' convention (BuildTargets.md and its predecessor): module and field of an import, name of an
export. Names without a specification are those that wasm-tools 1.257 accepts (component new). `key` is the key of an
interface in the world, or None for functions and types of the world itself.
"""

from __future__ import annotations

from enum import Enum, unique

from generator.canonical.flatten import AsyncAbi
from generator.resolved.model import Function, Resolve, WorldKey
from generator.resolved.types import TypeId

ROOT = "$root"
"""The module of imports that belong to the world itself."""

_EXPORT = "[export]"

REALLOC = "cabi_realloc"
INITIALIZE = "_initialize"
MEMORY = "memory"

ImportName = tuple[str, str]
"""Module and field of a core import."""


@unique
class Intrinsic(Enum):
    """Built-ins of a resource."""

    DROP = "resource-drop"
    NEW = "resource-new"
    REP = "resource-rep"


@unique
class CopyIntrinsic(Enum):
    """Built-ins of a stream or future type."""

    NEW = "new"
    READ = "read"
    WRITE = "write"
    CANCEL_READ = "cancel-read"
    CANCEL_WRITE = "cancel-write"
    DROP_READABLE = "drop-readable"
    DROP_WRITABLE = "drop-writable"


def import_module(resolve: Resolve, key: WorldKey | None, exported: bool = False) -> str:
    """The module of imports for an interface; `exported`: of built-ins for the component's exports."""
    name = ROOT if key is None else resolve.world_key_name(key)
    return _EXPORT + name if exported else name


def import_name(
    resolve: Resolve, key: WorldKey | None, function: Function, async_abi: AsyncAbi = AsyncAbi.SYNC
) -> ImportName:
    """Module and field of an imported function."""
    prefix = "" if async_abi is AsyncAbi.SYNC else "[async-lower]"
    return import_module(resolve, key), prefix + function.name


_LIFT_PREFIX = {AsyncAbi.SYNC: "", AsyncAbi.CALLBACK: "[async-lift]", AsyncAbi.STACKFUL: "[async-lift-stackful]"}
ASYNC_LIFT_PREFIXES = (_LIFT_PREFIX[AsyncAbi.CALLBACK], _LIFT_PREFIX[AsyncAbi.STACKFUL])


def _qualified(resolve: Resolve, key: WorldKey | None, name: str) -> str:
    return name if key is None else f"{resolve.world_key_name(key)}#{name}"


def export_name(resolve: Resolve, key: WorldKey | None, function: Function, async_abi: AsyncAbi = AsyncAbi.SYNC) -> str:
    """The name of the core function that implements an exported function."""
    return _LIFT_PREFIX[async_abi] + _qualified(resolve, key, function.name)


def post_return_name(resolve: Resolve, key: WorldKey | None, function: Function) -> str:
    """The name of the post-return function of an exported synchronous function."""
    return "cabi_post_" + _qualified(resolve, key, function.name)


def callback_name(resolve: Resolve, key: WorldKey | None, function: Function) -> str:
    """The name of the callback of an exported async function."""
    return "[callback]" + export_name(resolve, key, function, AsyncAbi.CALLBACK)


def resource_name(resolve: Resolve, resource: TypeId) -> str:
    name = resolve.types[resource].name
    assert name is not None, "resources have names"
    return name


def resource_import_name(
    resolve: Resolve, key: WorldKey | None, resource: TypeId, intrinsic: Intrinsic, exported: bool
) -> ImportName:
    """Module and field of a built-in of a resource; an imported resource has only `Intrinsic.DROP`."""
    assert exported or intrinsic is Intrinsic.DROP, "resource.new and resource.rep belong to the definer"
    return import_module(resolve, key, exported), f"[{intrinsic.value}]{resource_name(resolve, resource)}"


def dtor_name(resolve: Resolve, key: WorldKey, resource: TypeId) -> str:
    """The name of the core function that is the destructor of an exported resource."""
    return _qualified(resolve, key, f"[dtor]{resource_name(resolve, resource)}")


def task_return_name(resolve: Resolve, key: WorldKey | None, function: Function) -> ImportName:
    """Module and field of `task.return` for an exported async function."""
    return import_module(resolve, key, exported=True), f"[task-return]{function.name}"


def copy_import_name(
    resolve: Resolve,
    key: WorldKey | None,
    function: Function,
    kind: str,
    intrinsic: CopyIntrinsic,
    ordinal: int | None,
    exported: bool,
    async_lower: bool = False,
) -> ImportName:
    """Module and field of a built-in of a stream or future type that a function mentions.

    `kind` is "stream" or "future"; `ordinal` is the type's place in `copy_types(function)`, None for the type without a
    payload, which no function must mention.
    """
    position = "unit" if ordinal is None else str(ordinal)
    prefix = "[async-lower]" if async_lower else ""
    return (
        import_module(resolve, key, exported),
        f"{prefix}[{kind}-{intrinsic.value}-{position}]{function.name}",
    )


def error_context_import_names(encoding: str = "utf8") -> tuple[ImportName, ImportName, ImportName]:
    """Module and field of `error-context.new`, `.debug-message` and `.drop`."""
    return (
        (ROOT, f"[error-context-new-{encoding}]"),
        (ROOT, f"[error-context-debug-message-{encoding}]"),
        (ROOT, "[error-context-drop]"),
    )
