"""The part of an adapter that is kept: the items that others use, and everything that these reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from generator.adapt.adapter import Adapter
from generator.adapt.errors import AdapterError
from generator.adapt.reduce import Reach, reach
from generator.wasm.errors import WasmFormatError
from generator.wasm.module import Import
from generator.wasm.types import FuncIndex


def check_names(adapters: Sequence[Adapter]) -> None:
    for name, count in Counter([adapter.name for adapter in adapters]).items():
        if count > 1:
            raise AdapterError(f"{count} adapters have the name `{name}`: give them different names, as NAME=PATH")


def kept_exports(adapter: Adapter, wanted: Sequence[str]) -> tuple[str, ...]:
    """Names of its functions: those that others import, those that its world exports, its allocators."""
    return tuple(dict.fromkeys([*wanted, *adapter.world_exports, *adapter.own_reallocs]))


def reached(adapter: Adapter, exports: Sequence[str]) -> Reach:
    try:
        return reach(adapter.module, exports)
    except WasmFormatError as error:
        raise AdapterError(f"adapter `{adapter.name}`: {error}") from error


def reached_imports(adapter: Adapter, found: Reach) -> dict[int, Import]:
    """By index."""
    functions = [item for item in adapter.module.imports if isinstance(item.desc, FuncIndex)]
    return {index: functions[index] for index in sorted(found.imports)}
