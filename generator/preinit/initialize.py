"""`component init`: run a function of a component, and keep the state that it leaves."""

from __future__ import annotations

from generator.component.errors import BinaryError
from generator.component.read import is_component, read_component
from generator.errors import LimitError
from generator.preinit.errors import PreinitError
from generator.preinit.instrument import instrument
from generator.preinit.rewrite import rewrite
from generator.preinit.snapshot import InitOptions, Snapshot, take_snapshot
from generator.preinit.state import stateful_modules
from generator.wasm.errors import WasmFormatError


def initialize(binary: bytes, options: InitOptions) -> tuple[bytes, Snapshot]:
    """A component that begins with the state after `options.init`, and the recorded state.

    Start functions of core modules, and so constructors, do not run again. Handles of the host that are stored in
    memory refer to nothing in a new instance: the component must give them back before its initialisation ends.

    Raises PreinitError for a component that cannot be initialised in this way, or whose function traps; UsageError
    without an engine.
    """
    if not is_component(binary):
        raise PreinitError("not a component in binary form")
    try:
        component = read_component(binary)
        modules = stateful_modules(component)
        snapshot = take_snapshot(instrument(component, modules), options)
        return rewrite(binary, modules, snapshot), snapshot
    except (BinaryError, WasmFormatError) as error:
        raise PreinitError(f"malformed component: {error}") from error
    except LimitError as error:
        raise PreinitError(f"with a module for each memory, which reads it, {error}") from error
