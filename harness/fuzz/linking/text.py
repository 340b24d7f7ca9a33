"""A random program as the text of a link case (`harness/link_cases`), which anybody can run and keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.fuzz.linking.checks import Check
from harness.fuzz.linking.library import LibraryWriter
from harness.fuzz.linking.model import Model
from harness.fuzz.linking.module_text import LOG
from harness.fuzz.linking.parts import LinkProgram
from harness.suite.case_writer import toml_string

_LIBC = """
(module (@dylink.0)
  (import "env" "memory" (memory 0))
  (func (export "__wasi_init_tp"))
  (func (export "strlen") (param $at i32) (result i32)
    (local $length i32)
    (loop $next
      (if (i32.load8_u (i32.add (local.get $at) (local.get $length)))
        (then (local.set $length (i32.add (local.get $length) (i32.const 1))) (br $next))))
    (local.get $length))
  (func (export "memcmp") (param $left i32) (param $right i32) (param $size i32) (result i32)
    (local $differ i32)
    (loop $next
      (if (i32.eqz (local.get $size)) (then (return (i32.const 0))))
      (local.set $differ (i32.sub (i32.load8_u (local.get $left)) (i32.load8_u (local.get $right))))
      (if (local.get $differ) (then (return (local.get $differ))))
      (local.set $left (i32.add (local.get $left) (i32.const 1)))
      (local.set $right (i32.add (local.get $right) (i32.const 1)))
      (local.set $size (i32.sub (local.get $size) (i32.const 1)))
      (br $next))
    unreachable))
"""
"""The libc that the reference's own `libdl.so` needs."""


@dataclass(frozen=True, slots=True)
class LinkCaseText:
    """The text of a link case without its comments."""

    title: str
    why: str
    body: str

    @property
    def libraries(self) -> int:
        return self.body.count("[[library]]")

    def toml(self, comments: Sequence[str] = ()) -> str:
        head = "".join([f"# {line}\n" for comment in comments for line in comment.splitlines()])
        return f'{head}title = {toml_string(self.title)}\nwhy = {toml_string(self.why)}\norigin = "own"\n{self.body}'


def link_case_body(program: LinkProgram) -> str:
    """The TOML behind title, why and origin."""
    model = Model(program)
    writers = [LibraryWriter(model, index) for index in range(len(program.libraries))]
    starts = list(dict.fromkeys(model.logs(order) for order in model.orders()))
    lines = [f"wit = '''\n{_wit(program, writers)}'''", 'world = "whole"']
    logs = [_strings([f"{LOG}({value})" for value in order]) for order in starts if order]
    lines += [f"starts = {logs[0]}"] if logs else []
    lines += ["starts-also = [", *[f"  {order}," for order in logs[1:]], "]"] if logs[1:] else []
    lines += _options(program)
    libraries = [_library(program, index, writer) for index, writer in enumerate(writers)]
    if program.opens:
        libraries.append(f"\n[[library]]\nname = \"libc.so\"\nwat = '''{_LIBC}'''\n")
    checks = sorted([check for writer in writers for check in writer.checks], key=lambda check: check.last)
    return "\n".join(lines) + "\n" + "".join(libraries) + "".join(map(_step, checks))


def exports_of(program: LinkProgram) -> list[str]:
    """The names of the component's exports."""
    model = Model(program)
    return [check.name for index in range(len(program.libraries)) for check in LibraryWriter(model, index).checks]


def _wit(program: LinkProgram, writers: Sequence[LibraryWriter]) -> str:
    """A world for each library that has imports or exports of its own, and `whole`, which has them all."""
    texts = ["package fuzz:linking;"]
    whole: dict[str, None] = {}
    live = [program.libraries[index] for index in Model(program).live]
    for library, writer in zip(program.libraries, writers, strict=True):
        items = [f"import {LOG}: func(x: u32);"] if library.start is not None else []
        items += [f"export {check.wit};" for check in writer.checks]
        if items:
            texts.append(_world(f"w{library.letter}", items))
        if library in live:
            whole.update(dict.fromkeys(items))
    return "\n".join([*texts, _world("whole", list(whole)), ""])


def _world(name: str, items: Sequence[str]) -> str:
    return "\n".join([f"world {name} {{", *[f"  {item}" for item in items], "}"])


def _options(program: LinkProgram) -> list[str]:
    options = []
    if program.stack_size is not None:
        options.append(f"stack-size = {program.stack_size}")
    if program.opens:
        options.append("built-in-libdl = true")
    return [f"link = {{ {', '.join(options)} }}"] if options else []


def _library(program: LinkProgram, index: int, writer: LibraryWriter) -> str:
    library = program.libraries[index]
    lines = ["", "[[library]]", f"name = {toml_string(library.name)}"]
    if writer.checks or library.start is not None:
        lines.append(f"world = {toml_string('w' + library.letter)}")
    if library.openable:
        lines.append("openable = true")
    return "\n".join([*lines, f"wat = '''\n{writer.text}'''", ""])


def _step(check: Check) -> str:
    lines = ["", "[[step]]", f"call = {toml_string(check.name)}"]
    if check.args:
        lines.append(f"args = {_strings(check.args)}")
    if check.answer is not None:
        lines.append(f"result = {toml_string(str(check.answer))}")
    return "\n".join([*lines, ""])


def _strings(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(toml_string, texts))}]"
