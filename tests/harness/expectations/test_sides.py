"""What the project's file excuses of streams and futures on both sides of a world."""
# ruff: noqa: E501 - messages as tools and the harness write them

from __future__ import annotations

import pytest

from harness.suite.faults.condition import WorldFacts
from tests.harness.expectations.known import FEATURES, excuses, explained, project

BOTH_SIDES = "async/payloads/own-on-both-sides"
BUILT_IN = "wit_t (subject, {}): expected the built-in for {}, got that for {} (core import {})"
OTHER_SIDE = "stream stream<a:b/x#rec>, new", "own<[export]a:b/x#r>", "own<a:b/x#r>", "a:b/x [stream-new-0]g"
OTHER_SIDE_OF_FUTURE = ("future future<own<[export]x#r>>, new", "own<[export]x#r>", "own<x#r>", "x [future-new-0]g")
BY_LABELS = "stream stream<own<[export]q#r>>, new", "own<[export]q#r>", "own<p#r>", "p [stream-new-0]g"
UNDER_LABELS = "async/payloads/own-under-two-labels"
EXCHANGED = "stream stream<u8>, read", "u8", "u32", "a:b/x [async-lower][stream-read-0]h"
STREAM_TYPE, FUTURE_TYPE = (f"handle-type: handle is a {kind} of a different type" for kind in ("stream", "future"))
STREAM_TRAP = "outcome (call 1 a:b/x#g): expected `stream_lower s 0` (subject, task 1), got a trap ({}) in driver-run"


test_what_the_projects_file_excuses_and_what_not = excuses(
    [
        ("both", BOTH_SIDES, "fail", BUILT_IN.format(*OTHER_SIDE), (), True),
        ("both", BOTH_SIDES, "fail", BUILT_IN.format(*EXCHANGED), (), False),
        ("both", BOTH_SIDES, "fail", STREAM_TRAP.format(STREAM_TYPE), (), False),
        ("both", "x", "fail", BUILT_IN.format(*OTHER_SIDE), (), True),
        ("both", "x", "fail", BUILT_IN.format(*OTHER_SIDE_OF_FUTURE), (), True),
        # a function that the world exports is about imported resources; that of an exported interface is not
        ("both", "x", "fail", BUILT_IN.format(*OTHER_SIDE[:3], "[export]$root [stream-cancel-read-1]a"), (), True),
        ("both", "x", "fail", BUILT_IN.format(*OTHER_SIDE[:3], "$root [stream-drop-writable-0]a"), (), True),
        ("both", "x", "fail", BUILT_IN.format(*OTHER_SIDE[:3], "[export]a:b/y [stream-cancel-read-1]a"), (), False),
        ("both", "x", "fail", BUILT_IN.format(*OTHER_SIDE_OF_FUTURE[:3], "[export]$root [future-cancel-read-1]a"), (), True),
        ("both", "x", "fail", BUILT_IN.format(*OTHER_SIDE_OF_FUTURE[:3], "[export]x [future-read-0]g"), (), False),
        ("both", "x", "fail", BUILT_IN.format(OTHER_SIDE[0], "own<a:b/x#r>", "own<[export]a:b/x#r>", "[export]$root [stream-new-0]a"), (), False),
        # the interface is imported under one label and exported under another; `o` is another interface
        ("both by labels", "x", "fail", BUILT_IN.format(*BY_LABELS), (), True),
        ("both by labels", UNDER_LABELS, "fail", BUILT_IN.format(*BY_LABELS), (), True),
        ("both", "x", "fail", BUILT_IN.format(*BY_LABELS), (), False),
        ("both by labels", "x", "fail", BUILT_IN.format(*BY_LABELS[:2], "own<o#r>", BY_LABELS[3]), (), False),
        ("both by labels", "x", "fail", BUILT_IN.format(*BY_LABELS[:2], "own<p#s>", BY_LABELS[3]), (), False),
        ("both by labels", "x", "fail", BUILT_IN.format(BY_LABELS[0], "own<q#r>", "own<[export]p#r>", BY_LABELS[3]), (), False),
        ("both", "x", "fail", BUILT_IN.format(*EXCHANGED), (), False),
        ("both", "x", "fail", BUILT_IN.format(OTHER_SIDE[0], "own<[export]a:b/x#r>", "own<a:b/x#q>", "a:b/x [stream-new-0]g"), (), False),
        ("both", "x", "fail", BUILT_IN.format(OTHER_SIDE[0], "own<a:b/x#r>", "own<[export]a:b/x#r>", "[export]a:b/x [stream-new-0]g"), (), False),
        ("both", "x", "fail", BUILT_IN.format(OTHER_SIDE[0], "own<[export]a:b/x#r>", "own<a:b/x#r>", "[export]a:b/x [stream-new-0]g"), (), False),
        ("both", "x", "fail", BUILT_IN.format("stream stream<own<[export]a:b/x#r>>, new", "own<[export]a:b/x#r>", "u8", "a:b/x [stream-new-0]h"), (), False),
        ("both", "x", "fail", "wit_t (subject, stream stream<own<[export]a:b/x#r>>, new): expected the built-in `new`, got core import a:b/x [stream-drop-readable-0]g", (), False),
        ("both", "x", "fail", STREAM_TRAP.format(STREAM_TYPE), (), False),
    ],
)  # fmt: skip


@pytest.mark.parametrize(
    ("case", "trap", "beside", "known"),
    [
        ("x", STREAM_TYPE, [OTHER_SIDE], True),
        ("x", FUTURE_TYPE, [OTHER_SIDE_OF_FUTURE], True),
        (BOTH_SIDES, STREAM_TYPE, [OTHER_SIDE], True),
        ("x", STREAM_TYPE, [EXCHANGED, OTHER_SIDE], True),  # what is exchanged is itself not excused, see above
        ("x", STREAM_TYPE, [EXCHANGED], False),
        ("x", STREAM_TYPE, [], False),
        ("x", STREAM_TYPE, [OTHER_SIDE_OF_FUTURE], False),
        ("x", FUTURE_TYPE, [OTHER_SIDE], False),
        ("x", "handle-type: handle is not a stream", [OTHER_SIDE], False),
        ("x", "unreachable: wasm trap", [OTHER_SIDE], False),
    ],
)
def test_a_trap_is_excused_only_beside_the_wrong_built_in(
    case: str, trap: str, beside: list[tuple[str, ...]], known: bool
) -> None:
    """A tool that exchanges the built-ins of `stream<u8>` and `stream<u32>` traps in the same way."""
    items = project().about(WorldFacts(f"package a:b; {FEATURES['both']}"))
    others = [BUILT_IN.format(*parts) for parts in beside]
    for message in (STREAM_TRAP, STREAM_TRAP.replace(" (call 1 a:b/x#g)", "")):
        assert (explained(items, case, "fail", message.format(trap), (), others) is not None) is known
