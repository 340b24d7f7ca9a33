"""Guards: where linkers put them, and what they notice."""

from __future__ import annotations

import pytest
import wasmtime
from wasmtime import Func, Global, GlobalType, Instance, Limits, Memory, MemoryType, Module, Store, Val, ValType

from harness.composition import guards, initial_state
from harness.composition.anchor import EXPORT
from harness.judge.dylink import read_dylink

BEFORE_AT, BETWEEN = 64, 39
"""The place of the library before, and the size of the guarded one."""
BETWEEN_AT = BEFORE_AT + 65
BEHIND_AT = BETWEEN_AT + BETWEEN


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        (range(BETWEEN_AT, BEHIND_AT), True),
        (range(BETWEEN_AT - 1, BETWEEN_AT), False),
        (range(BEFORE_AT, BEFORE_AT + 1), False),
        (range(BEHIND_AT, BEHIND_AT + 1), False),
        (range(BEHIND_AT + 1023, BEHIND_AT + 1024), False),
        (range(BEHIND_AT + 1024, BEHIND_AT + 1025), True),
    ],
)
def test_what_is_written_beside_the_library_shows(written: range, whole: bool) -> None:
    store = Store(wasmtime.Engine())
    memory = Memory(store, MemoryType(Limits(1, None)))

    def base(at: int) -> Global:
        return Global(store, GlobalType(ValType.i32(), False), Val.i32(at))

    before = Instance(store, Module(store.engine, guards.before()), [memory, base(BEFORE_AT)])
    intact = before.exports(store)["harness_intact_before"]
    behind = Instance(store, Module(store.engine, guards.behind("libworld.so")), [intact, memory, base(BEHIND_AT)])
    check = behind.exports(store)[EXPORT]
    assert isinstance(check, Func)
    check(store)
    memory.write(store, bytes(len(written)), written.start)
    if whole:
        check(store)
    else:
        with pytest.raises(wasmtime.Trap, match="unreachable"):
            check(store)


def test_lost_state_shows_beside_whole_memory() -> None:
    behind = read_dylink(guards.behind("libworld.so", initialized=True))
    assert behind is not None and behind.needed == (guards.BEFORE, "libworld.so", initial_state.LIBRARY)


def test_what_follows_the_first_is_only_as_aligned_as_it_asks_for() -> None:
    before, behind = read_dylink(guards.before()), read_dylink(guards.behind("libworld.so"))
    assert before is not None and behind is not None
    base = 1 << before.memory_alignment
    end = base + before.memory_size
    for alignment in range(before.memory_alignment):
        aligned = -(-end >> alignment) << alignment
        assert aligned & -aligned == 1 << alignment
    assert behind.memory_alignment == 0
    assert behind.needed == (guards.BEFORE, "libworld.so")
