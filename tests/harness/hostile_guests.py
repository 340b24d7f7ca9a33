"""Libraries of a hostile generator: generated ones that also write into the trace, through the interpreter's host.
And a hostile interpreter.

As a program it is such a generator: `hostile_guests.py GUEST WIT WORLD INTERPRETER OUTPUT`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import wasmtime

import interpreters
from generator.dylib.generate import generate
from generator.dylib.world.options import DylibOptions
from generator.sources.load import load_text, select_world
from harness.binary.sections import Section, sections
from harness.toolchains.reference_binary import find
from interpreters.echo import echo

EXPORT = "a:b/i#f"
WIT = "package a:b;\ninterface i { f: func(); }\nworld w { export i; }\n"
HOST = "harness:boxed/host@0.1.0"
AT_START = "__wasm_call_ctors"
ENDLESS = 0
"""As often as possible."""
_CUSTOM = 0


@dataclass(frozen=True, slots=True)
class Guest:
    """What a library writes, how often, and where: before the work of a function, after it, or before a trap."""

    text: bytes
    times: int = 1
    function: str = EXPORT
    place: str = "before"


def chain(kind: str, levels: int) -> str:
    """Each type is made of the one before."""
    before, element = ("23:{}", "-") if kind == "list" else ("28:{}", "x")
    return "".join(f"wit {kind} {n} - {element} {before.format(n - 1) if n else '0:0'}\n" for n in range(levels))


def doubling(levels: int) -> str:
    return "".join(f"wit tuple {n} - - 2 {' '.join([f'18:{n - 1}' if n else '0:0'] * 2)}\n" for n in range(levels))


NINES = "9" * 5000
_HEAD = "wit version 3\n"


def _dump(rest: str) -> Guest:
    """The library traps at once, so that nothing follows."""
    return Guest((_HEAD + rest).encode(), function=AT_START, place="trap")


GUESTS: dict[str, Guest] = {
    "digits": Guest(f"export_start {NINES}\n".encode()),
    "digits in the dump": _dump(f"wit enum {NINES} - e 1 a\n"),
    "a superscript": Guest("export_start ²\n".encode()),
    "a chain of lists": _dump(chain("list", 5000) + "push_list 4999 0 = 0\n"),
    "a chain of aliases": _dump(chain("alias", 5000)),
    "tuples of tuples": _dump(doubling(34) + "push_tuple 33\n"),
    "a second dump": Guest((_HEAD + chain("list", 9)).encode()),
    "a flood": Guest(b"export_start 0\n" * 4096, ENDLESS),
    "a flood of nothing": Guest(b"", ENDLESS),
    "a forged end": Guest(b"balance 0 0 0 0 0\n", place="after"),
    "a forged balance": Guest(f"balance {NINES} 0 0 0 0\n".encode(), place="after"),
    "a forged cause": Guest(b"fail " + b"x" * 50_000 + b"\n", place="trap"),
    "half a line": Guest(b"export_start"),
    "a long line": Guest(b"push_string 1 " + b"61" * 300_000 + b"\n"),
    "no UTF-8": Guest(b"\xff\xfe\xc0\x80\n"),
    "a surrogate": Guest(b"\xed\xa0\x80\n"),
    "commands for a terminal": Guest("\x1b]0;x\x07\x1b[2J\u202e\r\0\n".encode()),
    "commands, then a long line": Guest(f"\x1b[2J\u202e{NINES * 60}\n".encode()),
    "tasks": Guest(f"task 1\ntask {NINES}\ntask 2\n".encode()),
}


def library(guest: Guest, wit: str, world: str, interpreter: str) -> bytes:
    """A generated library, hostile if it exports the function of `WIT`."""
    right = _generated(wit, world, interpreter)
    text = _printed(right)
    if f'(export "{EXPORT}"' not in text:
        return right
    head = f"world {world.rpartition('/')[2]} {{"
    assert head in wit
    told = _generated(wit.replace(head, f"{head} import {HOST};") + _package(), world, interpreter)
    return _assembled(text, guest) + _world_of(told)


def hostile_interpreter(text: bytes) -> bytes:
    """`echo`, which also writes at each call of an export."""
    world = _generated(f"package hostile:guest; world hostile {{ import {HOST}; }}\n{_package()}", "hostile", "x.so")
    guest = Guest(text, function="wit_dylib_export_start")
    return _assembled(_printed(echo().read_bytes()), guest, '(import "env" "memory"') + _world_of(world)


def _printed(binary: bytes) -> str:
    done = subprocess.run([find().path, "print"], input=binary, capture_output=True, check=True, timeout=60)
    return done.stdout.decode()


def _package() -> str:
    """The interface of our interpreter: a library must say that it imports it."""
    text = (Path(interpreters.__file__).with_name("wit") / "boxed.wit").read_text()
    return f"package harness:boxed@0.1.0 {{ {re.findall(r'interface host {.*?^}', text, re.S | re.M)[0]} }}\n"


def _assembled(text: str, guest: Guest, beside: str = '(import "env" "__memory_base"') -> bytes:
    """The module of a printed text as a hostile one, without its world. `beside`: an import."""
    data = "".join(f"\\{byte:02x}" for byte in guest.text)
    pages, size = len(guest.text) // 65536 + 1, len(guest.text)
    code = f"""(func $write (local $at i32) (local $left i32)
      (local.set $at (i32.mul (memory.grow (i32.const {pages})) (i32.const 65536)))
      (memory.init $text (local.get $at) (i32.const 0) (i32.const {size}))
      (local.set $left (i32.const {guest.times}))
      (loop
        (call $trace (local.get $at) (i32.const {size}))
        (br_if 0 (local.tee $left (i32.sub (local.get $left) (i32.const 1))))))
    (data $text "{data}")"""
    assert beside in text
    text = text.replace(beside, f'(import "{HOST}" "trace" (func $trace (param i32 i32)))\n  {beside}')
    text = _PLACES[guest.place](text, guest.function).rstrip().removesuffix(")") + code + ")"
    return _without_world(bytes(wasmtime.wat2wasm(text)))


def _generated(wit: str, world: str, interpreter: str) -> bytes:
    resolve, package = load_text(wit, "w.wit")
    return generate(resolve, select_world(resolve, package, world), DylibOptions(interpreter=interpreter))


def _body(text: str, function: str) -> tuple[int, int]:
    found = re.search(rf"\n  \(func \${re.escape(function)} .*\n(?:    \(local.*\n)*((?:    .*\n)*)  \)", text)
    assert found, function
    return found.span(1)


def _before(text: str, function: str) -> str:
    start, _ = _body(text, function)
    return f"{text[:start]}    call $write\n{text[start:]}"


def _after(text: str, function: str) -> str:
    _, end = _body(text, function)
    return f"{text[:end]}    call $write\n{text[end:]}"


def _trap(text: str, function: str) -> str:
    start, _ = _body(text, function)
    return f"{text[:start]}    call $write\n    unreachable\n{text[start:]}"


_PLACES: dict[str, Callable[[str, str], str]] = {"before": _before, "after": _after, "trap": _trap}


def _without_world(data: bytes) -> bytes:
    return data[:8] + b"".join(data[part.start : part.end] for part in sections(data) if not _is_world(data, part))


def _world_of(data: bytes) -> bytes:
    return b"".join(data[part.start : part.end] for part in sections(data) if _is_world(data, part))


def _is_world(data: bytes, part: Section) -> bool:
    return part.id == _CUSTOM and data[part.body + 1 :].startswith(b"component-type")


if __name__ == "__main__":
    name, source, in_world, needs, output = sys.argv[1:]
    Path(output).write_bytes(library(GUESTS[name], Path(source).read_text(), in_world, needs))
