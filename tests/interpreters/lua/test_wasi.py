"""Lua with WASI: files, environment, output, messages of errors; and what is kept by `component init`."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.cli import main
from interpreters.lua.build import LibraryKind
from tests.interpreters.lua.libraries import Library
from tests.interpreters.lua.running import linked
from tests.interpreters.lua.wasmtime_command import wasmtime

WIT = "package a:b; world w { export init: func(); export greet: func(name: string) -> string; }"
MAIN = """
local words = require("words")
local started = os.getenv("WHO") or "nobody"
function wit.exports.init() wit.forget_host() end
function wit.exports.greet(name)
  if name == "" then error("nobody to greet") end
  print("printed")
  local file = io.open("/app/data.txt")
  local text = file and file:read("a") or "no file"
  return words.hello .. name .. "; " .. started .. "; " .. (os.getenv("WHO") or "nobody") .. "; " .. text
end
"""
FILES = {"main.lua": MAIN, "words.lua": "return { hello = 'hello ' }", "data.txt": "data"}


@dataclass(frozen=True)
class Apps:
    folder: Path
    command: Path

    def greet(self, component: str, name: str, *flags: str) -> subprocess.CompletedProcess[str]:
        words = [str(self.command), "run", *flags, "--invoke", f'greet("{name}")', component]
        return subprocess.run(words, cwd=self.folder, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def apps(lua: Library, adapter: Path, tmp_path_factory: pytest.TempPathFactory) -> Apps:
    """`app.wasm`, and `ready.wasm`, in which the program has run."""
    folder = tmp_path_factory.mktemp("wasi")
    (folder / "app").mkdir()
    for name, content in FILES.items():
        (folder / "app" / name).write_text(content)
    at = {name: str(folder / name) for name in ("w.wit", "world.so", "app.wasm", "ready.wasm")}
    Path(at["w.wit"]).write_text(WIT)
    link = ["component", "link", str(lua(LibraryKind())), at["world.so"], "--adapt", str(adapter), "-o", at["app.wasm"]]
    init = ["component", "init", at["app.wasm"], "--init-func", "init", "-o", at["ready.wasm"]]
    given = ["--dir", f"{folder / 'app'}::/app", "--env", "LUA_PROGRAM=/app/main.lua", "--env", "WHO=init"]
    for command in (["wit-dylib", at["w.wit"], "-w", "w", "-o", at["world.so"]], link, [*init, *given]):
        assert main(command) == 0
    return Apps(folder, wasmtime(folder))


FOLDER, PROGRAM, WHO = ("--dir", "app::/app"), ("--env", "LUA_PROGRAM=/app/main.lua"), ("--env", "WHO=now")


@pytest.mark.parametrize(
    ("component", "flags", "result"),
    [
        ("app.wasm", (*FOLDER, *PROGRAM, *WHO), "hello Ada; now; now; data"),
        ("ready.wasm", WHO, "hello Ada; init; now; no file"),
        ("ready.wasm", FOLDER, "hello Ada; init; nobody; data"),
    ],
)
def test_files_environment_and_output(apps: Apps, component: str, flags: tuple[str, ...], result: str) -> None:
    done = apps.greet(component, "Ada", *flags)
    assert (done.returncode, done.stdout.split("\n")) == (0, ["printed", f'"{result}"', ""]), done.stderr


@pytest.mark.parametrize(
    ("component", "flags", "message"),
    [
        (
            "app.wasm",
            (),
            "lua: the program: there is no program: link one as a library, or name a file",
        ),
        ("app.wasm", PROGRAM, "lua: the program: cannot open /app/main.lua"),
        ("ready.wasm", (), "lua: greet: /app/main.lua:6: nobody to greet\nstack traceback:\n"),
    ],
)
def test_errors_are_on_standard_error(apps: Apps, component: str, flags: tuple[str, ...], message: str) -> None:
    done = apps.greet(component, "", *flags)
    assert done.returncode and done.stderr.startswith(message), done.stderr[:300]


WAITING = """
function wit.exports.greet(name)
  if name == "" then wit.yield() error("nobody to greet") end
  local who, text = wit.together(
    function() wit.yield() print("printed") return os.getenv("WHO") end,
    function()
      local file <close> = io.open("/app/data.txt")
      wit.yield()
      return file:read("a")
    end)
  return "hello " .. name .. "; " .. who .. "; " .. text
end
"""


def test_asynchronous_functions(apps: Apps, lua: Library, adapter: Path) -> None:
    """`io` and `os` in coroutines between which the component goes on, and the message of an error in a callback."""
    library = lua(LibraryKind(asynchronous=True))
    wit = "package a:b; world w { export greet: async func(name: string) -> string; }"
    folder = apps.folder / "waiting"
    folder.mkdir()
    (folder / "app.wasm").write_bytes(linked(folder, library, wit, [("main", WAITING)], "--adapt", str(adapter)))
    flags = ("-Wcomponent-model-async", *FOLDER, *WHO)
    done = apps.greet("waiting/app.wasm", "Ada", *flags)
    assert (done.returncode, done.stdout) == (0, 'printed\n"hello Ada; now; data"\n'), done.stderr
    done = apps.greet("waiting/app.wasm", "", *flags)
    assert done.returncode and done.stderr.startswith("lua: greet: main.lua:3: nobody to greet\n"), done.stderr[:300]
