"""The pushing and popping half of the test host: values on a stack, checked against the `wit_t`."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.generator.dylib.wit_t import TypeRef, World

_SIGNED = {"s8", "s16", "s32", "s64"}
_NUMBERS = dict(zip(["u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "f32", "f64"], "BbHhIiQqfd", strict=True))
"""Formats of `struct`."""
_BITS = {"u64": 64, "s64": 64}


@dataclass
class Context:
    stack: list[Any] = field(default_factory=list)
    deferred: list[int] = field(default_factory=list)


@dataclass
class ListIterator:
    """The entry on the stack between the pop of a list and the end of its elements."""

    items: list[Any]
    position: int = 0


class Memory(Protocol):
    contexts: dict[int, Context]
    wit: World | None

    def read(self, address: int, size: int) -> bytes: ...
    def write(self, address: int, data: bytes) -> None: ...
    def reserve(self, size: int, alignment: int) -> int: ...
    def free(self, address: int, size: int, alignment: int) -> None: ...


class Interpreter:
    """`whole_lists`: takes and gives lists of numbers as canonical bytes."""

    def __init__(self, memory: Memory, whole_lists: bool) -> None:
        self.memory = memory
        self.whole_lists = whole_lists

    def function(self, name: str) -> Callable[..., Any]:
        """The function behind `wit_dylib_<name>`."""
        named: Callable[..., Any] | None = getattr(self, name, None)
        if named is not None:
            return named
        action, _, kind = name.partition("_")
        kind = {"fixed_length_list": "fixed"}.get(kind, kind)
        if kind in ("record", "tuple", "fixed"):
            return self._aggregate(action, kind)
        if kind in ("variant", "option", "result"):
            return self._variant(action, kind)
        if kind in ("flags", "enum", "own", "borrow", "future", "stream"):
            return self._indexed(action, kind)
        return self._scalar(action, kind)

    def stack(self, cx: int) -> list[Any]:
        return self.memory.contexts[cx].stack

    def entry(self, kind: str, index: int) -> tuple[Any, ...]:
        assert self.memory.wit is not None
        return self.memory.wit.arrays[kind][index]

    # values of one core value

    def _scalar(self, action: str, kind: str) -> Callable[..., Any]:
        bits = _BITS.get(kind, 32)

        def push(cx: int, value: Any) -> None:
            if kind in _SIGNED and value >> bits - 1:
                value -= 1 << bits
            if kind in _NUMBERS and kind[0] != "f":
                struct.pack(_NUMBERS[kind], value)  # raises if the value was not extended right
            self.stack(cx).append(value)

        def pop(cx: int) -> Any:
            return self.stack(cx).pop()

        return push if action == "push" else pop

    def _indexed(self, action: str, kind: str) -> Callable[..., Any]:
        array = "resource" if kind in ("own", "borrow") else kind

        def push(cx: int, index: int, value: int) -> None:
            names = self.entry(array, index)[2]
            if kind == "enum":
                assert value < len(names)
            if kind == "flags":
                assert value < 1 << len(names)
            self.stack(cx).append(value)

        def pop(cx: int, index: int) -> Any:
            self.entry(array, index)
            return self.stack(cx).pop()

        return push if action == "push" else pop

    # aggregates and variants

    def _aggregate(self, action: str, kind: str) -> Callable[..., None]:
        def count(index: int) -> int:
            members = self.entry(kind, index)[2]
            return members if isinstance(members, int) else len(members)

        def push(cx: int, index: int) -> None:
            stack, length = self.stack(cx), count(index)
            assert len(stack) >= length
            parts = tuple(stack[-length:])
            del stack[-length:]
            stack.append(parts)

        def pop(cx: int, index: int) -> None:
            parts = self.stack(cx).pop()
            assert len(parts) == count(index)
            self.stack(cx).extend(reversed(parts))

        return push if action == "push" else pop

    def payloads(self, kind: str, index: int) -> list[TypeRef]:
        entry = self.entry(kind, index)
        if kind == "variant":
            return [type for _, type in entry[2]]
        return [None, entry[2]] if kind == "option" else list(entry[2:4])

    def _variant(self, action: str, kind: str) -> Callable[..., Any]:
        def push(cx: int, index: int, case: int) -> None:
            payload = None if self.payloads(kind, index)[case] is None else self.stack(cx).pop()
            self.stack(cx).append((case, payload))

        def pop(cx: int, index: int) -> int:
            case, payload = self.stack(cx).pop()
            payloads = self.payloads(kind, index)
            if case < len(payloads) and payloads[case] is not None:
                self.stack(cx).append(payload)
            assert isinstance(case, int)
            return case

        return push if action == "push" else pop

    # strings, lists, maps

    def push_string(self, cx: int, address: int, length: int) -> None:
        self.stack(cx).append(self.memory.read(address, length))
        if length:
            self.memory.free(address, length, 1)

    def pop_string(self, cx: int, result: int) -> int:
        return self._give(self.stack(cx).pop(), 1, result)

    def _give(self, data: bytes, alignment: int, result: int) -> int:
        """Hand out bytes; their address goes to `result`."""
        address = self.memory.reserve(len(data), alignment)
        self.memory.write(address, data)
        self.memory.write(result, struct.pack("<I", address))
        return len(data)

    def _number_format(self, index: int) -> str | None:
        assert self.memory.wit is not None
        element = self.memory.wit.resolve(self.entry("list", index)[2])
        return _NUMBERS.get(element[0]) if element is not None else None

    def push_list(self, cx: int, index: int, address: int, length: int) -> int:
        format = self._number_format(index) if self.whole_lists else None
        if format is None:
            self.stack(cx).append([])
            return 0
        size = struct.calcsize(format)
        data = self.memory.read(address, length * size)
        self.stack(cx).append([value for (value,) in struct.iter_unpack("<" + format, data)])
        if length:
            self.memory.free(address, length * size, size)
        return 1

    def list_append(self, cx: int, index: int) -> None:
        self.entry("list", index)
        value = self.stack(cx).pop()
        self.stack(cx)[-1].append(value)

    def pop_list(self, cx: int, index: int, result: int) -> int:
        items = self.stack(cx).pop()
        format = self._number_format(index) if self.whole_lists else None
        if format is not None:
            self._give(struct.pack(f"<{len(items)}{format}", *items), struct.calcsize(format), result)
            return len(items)
        self.memory.write(result, bytes(4))
        return self._iterate(cx, items)

    def _iterate(self, cx: int, items: list[Any]) -> int:
        self.stack(cx).append(ListIterator(items))
        return len(items)

    def pop_list_iter_next(self, cx: int, index: int) -> None:
        self.entry("list", index)
        iterator = self.stack(cx)[-1]
        self.stack(cx).append(iterator.items[iterator.position])
        iterator.position += 1

    def pop_list_iter(self, cx: int, index: int) -> None:
        iterator = self.stack(cx).pop()
        assert isinstance(iterator, ListIterator) and iterator.position == len(iterator.items)

    pop_iter_next = pop_list_iter_next
    pop_iter = pop_list_iter

    def push_map(self, cx: int, index: int, length: int) -> None:
        self.entry("map", index)
        self.stack(cx).append([])

    def map_append(self, cx: int, index: int) -> None:
        self.entry("map", index)
        value, key = self.stack(cx).pop(), self.stack(cx).pop()
        self.stack(cx)[-1].append((key, value))

    def pop_map(self, cx: int, index: int) -> int:
        self.entry("map", index)
        return self._iterate(cx, self.stack(cx).pop())

    def pop_map_iter_next(self, cx: int, index: int) -> None:
        iterator = self.stack(cx)[-1]
        self.stack(cx).extend(reversed(iterator.items[iterator.position]))
        iterator.position += 1

    def pop_map_iter(self, cx: int, index: int) -> None:
        iterator = self.stack(cx).pop()
        assert isinstance(iterator, ListIterator) and iterator.position == len(iterator.items)
