"""A command of a toolchain, as people type it: its inputs, and the world in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_WASM_MAGIC = b"\0asm"
_GENERATED = b"wit_dylib_"
"""A part of the names of functions that a generated library imports from its interpreter."""
_OUTPUTS = ("-o", "--output")
_WORLDS = ("-w", "--world")
_FEATURES = ("--features",)


@dataclass(frozen=True, slots=True)
class InputWord:
    """A word of a command that names a file or folder. `prefix`: the part of the word before the path (`NAME=`)."""

    at: int
    prefix: str
    path: Path

    @property
    def is_text(self) -> bool:
        """Whether it is WIT, a file or a folder."""
        return self.path.is_dir() or self.path.suffix == ".wit"


@dataclass(frozen=True, slots=True)
class Command:
    """`world` None and `features` empty where no option says them."""

    words: tuple[str, ...]
    inputs: tuple[InputWord, ...]
    world: str | None
    features: tuple[str, ...]

    @property
    def name(self) -> str:
        """The program and its subcommands, for people."""
        program, *rest = self.words
        inputs = {input.at for input in self.inputs}
        leading = []
        for at, word in enumerate(rest, 1):
            if word.startswith("-") or at in inputs:
                break
            leading.append(word)
        return " ".join([Path(program).name, *leading[:2]])

    def subject(self) -> InputWord | None:
        """The input with the world that the command is about: WIT, else the generated library, else the only binary
        that can have one. None if there is no such input."""
        texts = [input for input in self.inputs if input.is_text]
        binaries = [input for input in self.inputs if not input.is_text]
        generated = [input for input in binaries if _GENERATED in input.path.read_bytes()]
        for found in (texts, generated, binaries):
            if len(found) == 1:
                return found[0]
        return None

    def with_input(self, input: InputWord, path: Path) -> tuple[str, ...]:
        """The words with another file in the place of an input."""
        return (*self.words[: input.at], f"{input.prefix}{path}", *self.words[input.at + 1 :])


def parse(words: Sequence[str]) -> Command:
    """Options that it does not know are words like others."""
    world, features = None, list[str]()
    for option, value in _options(words):
        if option in _WORLDS:
            world = value
        elif option in _FEATURES:
            features += [name.strip() for name in value.split(",") if name.strip()]
    return Command(tuple(words), tuple(_inputs(words)), world, tuple(features))


def with_output(words: Sequence[str], path: Path) -> tuple[tuple[str, ...], bool]:
    """The words with another file for the output, so that nothing of the user's is replaced; and whether they name
    one."""
    found, named = list(words), False
    for at, word in enumerate(words):
        option, equals, _ = word.partition("=")
        if option in _OUTPUTS and equals:
            found[at], named = f"{option}={path}", True
        elif word in _OUTPUTS and at + 1 < len(words):
            found[at + 1], named = str(path), True
    return tuple(found), named


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Options with their values, as `--name value` or `--name=value`."""
    for at, word in enumerate(words):
        option, equals, value = word.partition("=")
        if word.startswith("-") and equals:
            yield option, value
        elif word.startswith("-") and at + 1 < len(words):
            yield word, words[at + 1]


def _inputs(words: Sequence[str]) -> Iterator[InputWord]:
    for at, word in enumerate(words):
        if not at or words[at - 1] in _OUTPUTS or word.partition("=")[0] in _OUTPUTS:
            continue
        name, equals, value = word.partition("=")
        for prefix, text in (("", word), (f"{name}{equals}", value)):
            path = Path(text)
            if text and not text.startswith("-") and _is_input(path):
                yield InputWord(at, prefix, path)
                break


def _is_input(path: Path) -> bool:
    if path.is_dir():
        return any(path.glob("*.wit"))
    if not path.is_file():
        return False
    if path.suffix == ".wit":
        return True
    with path.open("rb") as file:
        return file.read(len(_WASM_MAGIC)) == _WASM_MAGIC
