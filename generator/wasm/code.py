"""An assembler for one function's body: methods named as the instructions (core specification, 5.4)."""

from __future__ import annotations

import struct
from enum import IntEnum, unique

from generator.wasm.leb128 import encode_signed, encode_unsigned
from generator.wasm.limits import check_locals
from generator.wasm.types import ValType


@unique
class Op(IntEnum):
    """One-byte opcodes without immediates."""

    UNREACHABLE = 0x00
    ELSE = 0x05
    END = 0x0B
    RETURN = 0x0F
    DROP = 0x1A
    SELECT = 0x1B
    I32_EQZ = 0x45
    I32_EQ = 0x46
    I32_NE = 0x47
    I32_LT_S = 0x48
    I32_LT_U = 0x49
    I32_GT_S = 0x4A
    I32_GT_U = 0x4B
    I32_LE_S = 0x4C
    I32_LE_U = 0x4D
    I32_GE_S = 0x4E
    I32_GE_U = 0x4F
    I64_EQZ = 0x50
    I32_ADD = 0x6A
    I32_SUB = 0x6B
    I32_MUL = 0x6C
    I32_AND = 0x71
    I32_OR = 0x72
    I32_XOR = 0x73
    I32_SHL = 0x74
    I32_SHR_S = 0x75
    I32_SHR_U = 0x76
    I64_ADD = 0x7C
    I64_MUL = 0x7E
    I64_OR = 0x84
    I64_SHL = 0x86
    I64_SHR_U = 0x88
    I32_WRAP_I64 = 0xA7
    I64_EXTEND_I32_S = 0xAC
    I64_EXTEND_I32_U = 0xAD
    F32_DEMOTE_F64 = 0xB6
    F64_PROMOTE_F32 = 0xBB
    I32_REINTERPRET_F32 = 0xBC
    I64_REINTERPRET_F64 = 0xBD
    F32_REINTERPRET_I32 = 0xBE
    F64_REINTERPRET_I64 = 0xBF
    I32_EXTEND8_S = 0xC0
    I32_EXTEND16_S = 0xC1


@unique
class Mem(IntEnum):
    """Loads and stores; each takes an alignment exponent and an offset."""

    I32_LOAD = 0x28
    I64_LOAD = 0x29
    F32_LOAD = 0x2A
    F64_LOAD = 0x2B
    I32_LOAD8_S = 0x2C
    I32_LOAD8_U = 0x2D
    I32_LOAD16_S = 0x2E
    I32_LOAD16_U = 0x2F
    I32_STORE = 0x36
    I64_STORE = 0x37
    F32_STORE = 0x38
    F64_STORE = 0x39
    I32_STORE8 = 0x3A
    I32_STORE16 = 0x3B


class Code:
    """Instructions of one function. Locals beyond the parameters come from `local`; `free_local` releases them."""

    def __init__(self, params: int) -> None:
        self.out = bytearray()
        self._params = params
        self._locals: list[ValType] = []
        self._free: dict[ValType, list[int]] = {}

    def local(self, type: ValType) -> int:
        """The index of an unused local; it has the value from its last use."""
        free = self._free.get(type)
        if free:
            return free.pop()
        self._locals.append(type)
        return self._params + len(self._locals) - 1

    def free_local(self, index: int) -> None:
        self._free.setdefault(self._locals[index - self._params], []).append(index)

    def op(self, *ops: Op) -> None:
        self.out += bytes(ops)

    def mem(self, op: Mem, align: int, offset: int) -> None:
        """`align` in bytes (a power of two)."""
        self.out.append(op)
        self.out += encode_unsigned(align.bit_length() - 1)
        self.out += encode_unsigned(offset)

    def memory_grow(self) -> None:
        self.out += b"\x40\0"

    def i32_const(self, value: int) -> None:
        """`value` may be given signed or unsigned."""
        self.out.append(0x41)
        self.out += encode_signed(value - (1 << 32) if value >= 1 << 31 else value)

    def i64_const(self, value: int) -> None:
        self.out.append(0x42)
        self.out += encode_signed(value - (1 << 64) if value >= 1 << 63 else value)

    def f32_const(self, value: float) -> None:
        self.out.append(0x43)
        self.out += struct.pack("<f", value)

    def f64_const(self, value: float) -> None:
        self.out.append(0x44)
        self.out += struct.pack("<d", value)

    def local_get(self, index: int) -> None:
        self.out.append(0x20)
        self.out += encode_unsigned(index)

    def local_set(self, index: int) -> None:
        self.out.append(0x21)
        self.out += encode_unsigned(index)

    def local_tee(self, index: int) -> None:
        self.out.append(0x22)
        self.out += encode_unsigned(index)

    def global_get(self, index: int) -> None:
        self.out.append(0x23)
        self.out += encode_unsigned(index)

    def global_set(self, index: int) -> None:
        self.out.append(0x24)
        self.out += encode_unsigned(index)

    def call(self, function: int) -> None:
        self.out.append(0x10)
        self.out += encode_unsigned(function)

    def call_indirect(self, type_index: int, table: int = 0) -> None:
        self.out.append(0x11)
        self.out += encode_unsigned(type_index) + encode_unsigned(table)

    def call_ref(self, type_index: int) -> None:
        """A call of the function reference on top of the stack."""
        self.out.append(0x14)
        self.out += encode_unsigned(type_index)

    def return_call_ref(self, type_index: int) -> None:
        """The same, in place of the rest of the function."""
        self.out.append(0x15)
        self.out += encode_unsigned(type_index)

    def ref_func(self, function: int) -> None:
        self.out += const_function(function)

    def block(self, result: int | None = None) -> None:
        """`result`: none, a value type, or a type index (multi-value)."""
        self._structured(0x02, result)

    def loop(self, result: int | None = None) -> None:
        self._structured(0x03, result)

    def if_(self, result: int | None = None) -> None:
        self._structured(0x04, result)

    def _structured(self, opcode: int, result: int | None) -> None:
        self.out.append(opcode)
        if result is None:
            self.out.append(0x40)
        elif isinstance(result, ValType):
            self.out.append(result)
        else:  # a type index is a non-negative signed integer
            self.out += encode_signed(result)

    def else_(self) -> None:
        self.out.append(Op.ELSE)

    def end(self) -> None:
        self.out.append(Op.END)

    def br(self, depth: int) -> None:
        self.out.append(0x0C)
        self.out += encode_unsigned(depth)

    def br_if(self, depth: int) -> None:
        self.out.append(0x0D)
        self.out += encode_unsigned(depth)

    def br_table(self, targets: list[int], default: int) -> None:
        self.out.append(0x0E)
        self.out += encode_unsigned(len(targets))
        for target in targets:
            self.out += encode_unsigned(target)
        self.out += encode_unsigned(default)

    def declarations(self) -> bytes:
        """The vector of local declarations, equal neighbours joined. Raises LimitError for too many locals."""
        check_locals(self._params + len(self._locals))
        runs: list[list[int]] = []
        for type in self._locals:
            if runs and runs[-1][1] == type:
                runs[-1][0] += 1
            else:
                runs.append([1, type])
        return encode_unsigned(len(runs)) + b"".join(encode_unsigned(count) + bytes([type]) for count, type in runs)

    def body(self) -> bytes:
        """Local declarations, instructions and the final `end`."""
        return self.declarations() + bytes(self.out) + b"\x0b"


def const_i32(value: int) -> bytes:
    """A constant expression, without its final `end`. `value` may be given signed or unsigned."""
    return b"\x41" + encode_signed(value - (1 << 32) if value >= 1 << 31 else value)


def const_i64(value: int) -> bytes:
    return b"\x42" + encode_signed(value)


def const_global(index: int) -> bytes:
    return b"\x23" + encode_unsigned(index)


def const_function(index: int) -> bytes:
    """A reference to a function."""
    return b"\xd2" + encode_unsigned(index)
