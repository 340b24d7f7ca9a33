"""`__wasm_apply_data_relocs`: adds the bases to the words of the data that are addresses or table indices
(tool-conventions, DynamicLinking.md).

The places are a list of distances after the data, one byte each, so a relocation costs a byte and not a store.
"""

from __future__ import annotations

from collections.abc import Iterable

from generator.dylib.code.assembly import Assembly, Body, Func
from generator.wasm.code import Mem, Op
from generator.wasm.types import FuncType, ValType

I32 = ValType.I32

_ESCAPE = 255
"""A distance of 254 words without a relocation."""
_END = b"\0"


def encode_distances(places: Iterable[int]) -> bytes:
    """Indices of words, ascending, as distances from one to the next; the first counts from word -1."""
    out = bytearray()
    previous = -1
    for place in places:
        escapes, distance = divmod(place - previous - 1, _ESCAPE - 1)
        out += bytes([_ESCAPE]) * escapes
        out.append(distance + 1)
        previous = place
    return bytes(out) + _END


def define_relocate(assembly: Assembly, memory_base: int) -> Func:
    """(list, base): adds `base` to each listed word. `list` is an offset from the memory base."""
    function = assembly.declare("relocate", FuncType((I32, I32)))
    body = function.body = Body(2)
    word, distance = body.local(I32), body.local(I32)
    body.global_get(memory_base)
    body.i32_const(-4)
    body.op(Op.I32_ADD)
    body.local_set(word)
    body.local_get(0)
    body.global_get(memory_base)
    body.op(Op.I32_ADD)
    body.local_set(0)
    body.block()
    body.loop()
    body.local_get(0)
    body.mem(Mem.I32_LOAD8_U, 1, 0)
    body.local_tee(distance)
    body.op(Op.I32_EQZ)
    body.br_if(1)
    body.advance(0, 1)
    _move(body, word, distance)
    _add(body, word, distance)
    body.br(0)
    body.end()
    body.end()
    return function


def _move(body: Body, word: int, distance: int) -> None:
    """word += 4 * (distance, less one for the escape)"""
    body.local_get(word)
    body.local_get(distance)
    body.local_get(distance)
    body.i32_const(_ESCAPE)
    body.op(Op.I32_EQ, Op.I32_SUB)
    body.i32_const(2)
    body.op(Op.I32_SHL, Op.I32_ADD)
    body.local_set(word)


def _add(body: Body, word: int, distance: int) -> None:
    body.local_get(distance)
    body.i32_const(_ESCAPE)
    body.op(Op.I32_NE)
    body.if_()
    body.local_get(word)
    body.local_get(word)
    body.mem(Mem.I32_LOAD, 4, 0)
    body.local_get(1)
    body.op(Op.I32_ADD)
    body.mem(Mem.I32_STORE, 4, 0)
    body.end()
