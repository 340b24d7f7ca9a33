"""Replaces one place of our tools while they work, and restores it afterwards.

A patch replaces a function of a module in every module of `generator` that imported it by name. Functions of
`generator` and of our adapter that cache their results (`lru_cache`) get separate empty caches meanwhile, so that
cached results of a wrong tool never reach the right one, nor the other way round.

A patch proves before its use that it takes effect: the place exists, every user of the original sees the replacement,
and afterwards the original again. It counts its calls, so that a test can distinguish a fault that nothing notices from
a fault that was never reached.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any, Protocol

from harness.toolchains import ours

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)

Original = Callable[..., Any]
Wrong = Callable[..., Any]
"""Called like the original, with the original before all other arguments."""


class MissingTarget(Exception):
    """The place of the patch no longer exists: our tools have changed, and the mutant must follow."""


class NotTaken(Exception):
    """The patch replaced the place, but some user still sees the original, or the other way round."""


@dataclass(frozen=True)
class Change:
    """One name of a module, a class or a mapping, and its temporary value."""

    owner: Any
    key: Any
    value: Any

    def exchange(self) -> Change:
        """Set `value`; the result is the change that undoes it."""
        if isinstance(self.owner, MutableMapping):
            undo = Change(self.owner, self.key, self.owner[self.key])
            self.owner[self.key] = self.value
        else:
            undo = Change(self.owner, self.key, vars(self.owner)[self.key])
            setattr(self.owner, self.key, self.value)
        return undo

    def holds(self) -> bool:
        """Whether the value is in place."""
        names = self.owner if isinstance(self.owner, MutableMapping) else vars(self.owner)
        return names[self.key] is self.value


class Seam(Protocol):
    """A function, method, table entry or number of `generator` that a mutant replaces (docs/house.md, "Seams")."""

    def changes(self, wrong: Any) -> list[Change]:
        """Raises `MissingTarget`."""
        ...


@dataclass(frozen=True)
class FunctionOf:
    """A function of a module, in all modules that call it. The replacement is a `Wrong`."""

    module: ModuleType
    name: str

    def changes(self, wrong: Wrong) -> list[Change]:
        original = _of(self.module, self.name)
        replacement = _calling(wrong, original)
        return [
            Change(module, name, replacement)
            for module in _generator_modules()
            for name, value in vars(module).items()
            if value is original
        ]


@dataclass(frozen=True)
class Here:
    """A function or number in the view of one module. The replacement is a `Wrong` or a number."""

    module: ModuleType
    name: str

    def changes(self, wrong: Any) -> list[Change]:
        original = _of(self.module, self.name)
        return [Change(self.module, self.name, _calling(wrong, original) if callable(original) else wrong)]


@dataclass(frozen=True)
class Member:
    """A method. The replacement is a `Wrong`."""

    owner: type
    name: str

    def changes(self, wrong: Wrong) -> list[Change]:
        return [Change(self.owner, self.name, _calling(wrong, _of(self.owner, self.name)))]


@dataclass(frozen=True)
class SeveralSeams:
    """Several seams with the same replacement."""

    seams: tuple[Seam, ...]

    def changes(self, wrong: Any) -> list[Change]:
        return [change for seam in self.seams for change in seam.changes(wrong)]


@dataclass(frozen=True)
class MappingEntry:
    """An entry of a table in a module. The replacement is another value."""

    module: ModuleType
    table: str
    key: Any

    def changes(self, wrong: Any) -> list[Change]:
        table = _of(self.module, self.table)
        if self.key not in table:
            raise MissingTarget(f"{self.module.__name__}.{self.table} has no entry {self.key}")
        return [Change(table, self.key, wrong)]


class Patch:
    """A seam and its replacement. The seam is found at the first use; the caches live as long as the patch."""

    def __init__(self, seam: Seam, wrong: Any) -> None:
        self.seam = seam
        self._wrong = wrong
        self._changes: list[Change] = []
        self._modules = 0
        self._is_proven = False
        self.calls = 0
        """The number of calls of the replacement, if it is a function."""

    def _counted(self, original: Original, *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        return self._wrong(original, *args, **kwargs)

    @property
    def is_function(self) -> bool:
        return callable(self._wrong)

    def resolve(self) -> list[Change]:
        """The changes. Raises `MissingTarget`. Includes modules that were loaded since the last use."""
        modules = len(_generator_modules())
        if modules != self._modules:
            wrong = self._counted if self.is_function else self._wrong
            self._changes, self._modules = self.seam.changes(wrong) + _own_memories(), modules
        return self._changes

    def prove(self) -> None:
        """Apply the patch, restore the original, and check once that both took effect.

        Raises `MissingTarget`, `NotTaken`.
        """
        if self._is_proven:
            return
        changes = self.resolve()
        hidden = [change for change in changes if change.holds()]
        if hidden:
            raise NotTaken(f"{hidden[0].key} of {hidden[0].owner} is replaced already")
        undo: list[Change] = []
        try:
            undo = [change.exchange() for change in changes]
            self._ensure_called_alike(undo[0].value)
            self._ensure(changes, undo, "the original")
        finally:
            for change in reversed(undo):
                change.exchange()
        self._ensure(undo, changes, "the replacement")
        self._is_proven = True

    def _ensure_called_alike(self, original: Any) -> None:
        """Check that a function can be called like the original, with the original before its arguments. One module
        may always call it in the same way; all callers together may leave out any argument with a default."""
        enough = any if isinstance(self.seam, Here) else all
        if inspect.isfunction(original) and self.is_function and not enough(_taken(self._wrong, original)):
            raise NotTaken(f"{original.__qualname__} and its replacement have different parameters")

    def _ensure(self, now: list[Change], before: list[Change], what: str) -> None:
        """Check that every place has its value of `now`, and that no module of `generator` still has a function that is
        replaced everywhere."""
        for change in now:
            if not change.holds():
                raise NotTaken(f"{change.key} of {change.owner} is still {what}")
        if isinstance(self.seam, FunctionOf):
            gone = {id(change.value) for change in before}
            for module in _generator_modules():
                for name, value in vars(module).items():
                    if id(value) in gone:
                        raise NotTaken(f"{module.__name__}.{name} is still {what}")

    @contextmanager
    def applied(self) -> Iterator[None]:
        self.prove()
        undo: list[Change] = []
        try:
            for change in self.resolve():
                undo.append(change.exchange())
            yield
        finally:
            for change in reversed(undo):
                change.exchange()


def _taken(wrong: Wrong, original: Original) -> Iterator[bool]:
    """Whether calls of the original fit, without some of its last parameters with defaults; the last call has all."""
    every = [item for item in inspect.signature(original).parameters.values() if item.kind not in _VARIADIC]
    needed = max([at for at, item in enumerate(every, 1) if item.default is item.empty], default=0)
    return (_takes(wrong, every[:end]) for end in range(needed, len(every) + 1))


def _takes(wrong: Wrong, given: Sequence[inspect.Parameter]) -> bool:
    """Whether a call fits: the first arguments by position and the rest by name."""
    by_place = [item for item in given if item.kind is not item.KEYWORD_ONLY]
    for count in range(len(by_place) + 1):
        by_name = {item.name: None for item in given if item not in by_place[:count]}
        with suppress(TypeError):
            inspect.signature(wrong).bind(None, *by_place[:count], **by_name)
            return True
    return False


def _calling(wrong: Wrong, original: Original) -> Wrong:
    def replacement(*args: Any, **kwargs: Any) -> Any:
        return wrong(original, *args, **kwargs)

    return replacement


def _of(owner: Any, name: str) -> Any:
    found = vars(owner).get(name)
    if found is None:
        raise MissingTarget(f"{owner.__name__} has no {name}")
    return found


def _generator_modules() -> list[ModuleType]:
    names = [name for name in sys.modules if name.startswith("generator.") or name == "generator"]
    return [sys.modules[name] for name in sorted(names)]


def _own_memories() -> list[Change]:
    """A fresh cache for each cached function of `generator` and of our adapter, in all modules that call it."""
    fresh: dict[int, Any] = {}
    changes = []
    for module, name, value in _memories((*_generator_modules(), ours)):
        if id(value) not in fresh:
            fresh[id(value)] = lru_cache(maxsize=value.cache_parameters()["maxsize"])(value.__wrapped__)
        changes.append(Change(module, name, fresh[id(value)]))
    return changes


@lru_cache(maxsize=1)
def _memories(modules: tuple[ModuleType, ...]) -> list[tuple[ModuleType, str, Any]]:
    """The cached functions of modules: hundreds of patches do not search the same modules again."""
    return [
        (module, name, value)
        for module in modules
        for name, value in vars(module).items()
        if hasattr(value, "cache_parameters")
    ]
