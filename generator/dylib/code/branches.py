"""Code that selects one of several branches by a discriminant (CanonicalABI.md, `lift_flat_variant`, `load_variant`,
`lower_flat_variant`, `store_variant`)."""

from __future__ import annotations

from collections.abc import Callable

from generator.dylib.code.assembly import Assembly, Body
from generator.dylib.world.types import Node
from generator.wasm.code import Op
from generator.wasm.types import FuncType, ValType

Arm = Callable[[], None]


def branch_on_case(
    assembly: Assembly,
    body: Body,
    discriminant: int,
    node: Node,
    arm: Callable[[Node], None],
    otherwise: Arm | None = None,
    results: tuple[ValType, ...] = (),
    *,
    valid: bool = True,
) -> None:
    """`arm(payload)` for cases with a payload, `otherwise` for the other cases and for discriminants that are not
    `valid`.

    Cases with the same payload type share their code. All arms leave `results` on the operand stack; without results
    `otherwise` may be None. `discriminant` is a local.
    """
    labels: dict[Node, list[int]] = {}
    for label, part in enumerate(node.parts):
        if part is not None:
            labels.setdefault(part, []).append(label)
    if not labels:
        if otherwise is not None:
            otherwise()
        return
    block_type = _block_type(assembly, results)
    if len(node.parts) == 2:
        _two_cases(body, discriminant, node, arm, otherwise, block_type, valid)
    elif len(labels) == 1 and [len(group) for group in labels.values()] == [1]:
        ((payload, (label,)),) = labels.items()
        body.local_get(discriminant)
        body.i32_const(label)
        body.op(Op.I32_EQ)
        _if_else(body, block_type, lambda: arm(payload), otherwise)
    else:
        branch_by_table(body, discriminant, labels, arm, otherwise, block_type)


def _block_type(assembly: Assembly, results: tuple[ValType, ...]) -> int | None:
    if not results:
        return None
    return results[0] if len(results) == 1 else assembly.type_index(FuncType((), results))


def _if_else(body: Body, block_type: int | None, then: Arm, otherwise: Arm | None) -> None:
    body.if_(block_type)
    then()
    if otherwise is not None:
        body.else_()
        otherwise()
    body.end()


def _two_cases(
    body: Body,
    discriminant: int,
    node: Node,
    arm: Callable[[Node], None],
    otherwise: Arm | None,
    block_type: int | None,
    valid: bool,
) -> None:
    first, second = node.parts
    if first is not None and first is second:
        arm(first)
        return
    body.local_get(discriminant)
    if first is not None and second is not None:
        _if_else(body, block_type, lambda: arm(second), lambda: arm(first))
    elif second is not None:
        if not valid:
            body.i32_const(1)
            body.op(Op.I32_EQ)
        _if_else(body, block_type, lambda: arm(second), otherwise)
    elif first is not None:
        body.op(Op.I32_EQZ)
        _if_else(body, block_type, lambda: arm(first), otherwise)


def branch_by_table(
    body: Body,
    discriminant: int,
    labels: dict[Node, list[int]],
    arm: Callable[[Node], None],
    otherwise: Arm | None,
    block_type: int | None,
) -> None:
    """A block around each arm, one around all of them, and between these one that ends before `otherwise`."""
    count = len(labels)
    target = {label: depth for depth, group in enumerate(labels.values()) for label in group}
    body.block(block_type)
    if otherwise is not None:
        body.block()
    for _ in labels:
        body.block()
    body.local_get(discriminant)
    body.br_table([target.get(label, count) for label in range(max(target) + 1)], count)
    for index, payload in enumerate(labels):
        body.end()
        arm(payload)
        to_the_end = count - 1 - index + (otherwise is not None)
        if to_the_end > 0:
            body.br(to_the_end)
    if otherwise is not None:
        body.end()
        otherwise()
    body.end()
