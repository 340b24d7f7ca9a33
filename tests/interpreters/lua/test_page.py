"""docs/embedding.md: its commands are run, one after the other, and the handler answers."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.harness.test_page_commands import blocks
from tests.interpreters.compiled import NO_ZIG, ZIG
from tests.interpreters.lua.wasmtime_command import wasmtime

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "embedding.md"
EXAMPLES = ROOT / "interpreters" / "lua" / "examples"
_COMMAND = """{name}() {{ {python} -c 'import sys; from {package}.cli import main; sys.exit(main())' "$@"; }}\n"""
COMMANDS = f'python() {{ {shlex.quote(sys.executable)} "$@"; }}\n' + "".join(
    [_COMMAND.format(name=name, package=name, python=shlex.quote(sys.executable)) for name in ("generator", "harness")]
)
"""As if everything were installed."""


@dataclass(frozen=True)
class Walk:
    """The folder in which all commands of the page ran, and what each wrote."""

    folder: Path
    said: dict[str, str]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory, sources: Path, zig_cache: Path) -> Walk:
    folder = tmp_path_factory.mktemp("page")
    files = (("wit", "hello.wit", 0), ("wit", "pipes.wit", 1), ("lua", "hello.lua", 0), ("python", "run.py", 0))
    for language, name, place in files:
        (folder / name).write_text(blocks(PAGE, language)[place])
    said = {}
    given = {"EXAMPLES": EXAMPLES, "LUA_SOURCES": sources, "ZIG_LOCAL_CACHE_DIR": zig_cache, "PYTHONPATH": ROOT}
    environment = {**os.environ, **{name: str(path) for name, path in given.items()}}
    for line in [line for block in blocks(PAGE, "sh") for line in block.splitlines()]:
        words = ["sh", "-ec", COMMANDS + line]
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, (line, done.stdout + done.stderr)
        said[line] = done.stdout
    return Walk(folder, said)


@pytest.mark.skipif(not ZIG, reason=NO_ZIG)
def test_the_commands(walk: Walk) -> None:
    assert len(walk.said) == 18
    for component, name in (("hello", "Ada"), ("ready", "Grace")):
        said = walk.said[f"python run.py {component}.wasm {name}"]
        assert f"Hello, {name}!" in said and f"1 ['dear {name}']" in said
    for world, functions in (("hello", 5), ("pipes", 3)):
        (checked,) = [said for line, said in walk.said.items() if line.startswith(f"harness check {world}.wit")]
        assert re.search(rf"1 case: 1 pass .* calls of {functions} functions ran in 4 cells", checked), checked


# ---- The handler -----------------------------------------------------------------------------------------------------


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def command(walk: Walk) -> Path:
    return wasmtime(walk.folder)


@contextmanager
def serving(command: Path, component: str, *flags: str) -> Iterator[int]:
    """The port at which the engine serves a component that is beside its command."""
    port = free_port()
    words = [str(command), "serve", *flags, "--addr", f"127.0.0.1:{port}", component]
    with subprocess.Popen(words, cwd=command.parent, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            assert process.stderr is not None
            assert b"Serving HTTP" in process.stderr.readline()
            yield port
        finally:
            process.kill()


@pytest.fixture(scope="module")
def server(command: Path) -> Iterator[str]:
    with serving(command, "http.wasm") as port:
        yield f"http://127.0.0.1:{port}"


def answer(url: str, body: bytes | None) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(url, body, timeout=60) as response:
            assert response.headers["content-type"] == "application/json"
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


NUMBERS = list(range(5000))
DEEP = "[" * 101 + "]" * 101


@pytest.mark.parametrize(
    ("path", "body", "status", "result"),
    [
        ("/", None, 200, {"routes": ["GET /", "GET /greet", "POST /same", "POST /statistics"]}),
        ("/greet?name=Ada%20L%C3%A9", None, 200, {"greeting": "Hello, Ada L\N{LATIN SMALL LETTER E WITH ACUTE}!"}),
        ("/greet", None, 400, {"error": "greet whom? /greet?name=NAME"}),
        ("/none", None, 404, {"error": "there is no GET /none"}),
        ("/statistics", "[1, 2.5, -4]", 200, {"count": 3, "sum": -0.5, "mean": -0.5 / 3, "least": -4, "greatest": 2.5}),
        ("/statistics", '[1, "2"]', 400, {"error": "element 2 is no number"}),
        ("/statistics", "[1,", 400, {"error": "JSON, byte 4: expected a value"}),
        ("/statistics", DEEP, 400, {"error": "JSON, byte 101: nested too deeply"}),
        ("/same", '{"b": [], "a": {"x": null, "y": "\\ud83d\\ude00\\u00e9\\n"}, "c": [true, 1e2, -0.5]}', 200, None),
        ("/same", json.dumps(NUMBERS), 200, NUMBERS),
    ],
)
def test_the_handler(server: str, path: str, body: str | None, status: int, result: Any) -> None:
    expected = json.loads(body) if result is None and body is not None else result
    assert answer(server + path, None if body is None else body.encode()) == (status, expected)


# ---- The handler that streams ----------------------------------------------------------------------------------------


def test_the_page_shows_the_handler() -> None:
    assert blocks(PAGE, "lua")[1] in (EXAMPLES / "shout" / "handler.lua").read_text()


def received(connection: socket.socket, last: bytes) -> bytes:
    found = b""
    while last not in found:
        part = connection.recv(4096)
        assert part, found
        found += part
    return found


def test_the_handler_answers_while_the_request_comes(command: Path) -> None:
    request = b"POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
    with (
        serving(command, "shout.wasm", "-Sp3", "-Wcomponent-model-async") as port,
        socket.create_connection(("127.0.0.1", port), timeout=60) as connection,
    ):
        connection.sendall(request + b"5\r\nfirst\r\n")
        assert b"200 OK" in received(connection, b"FIRST")
        connection.sendall(b"6\r\nsecond\r\n0\r\n\r\n")
        assert b"SECOND" in received(connection, b"\r\n0\r\n\r\n")
