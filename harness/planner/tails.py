"""Reads from a readable end whose writer continues alone, after it has returned the end (`streaming_together.py`)."""

from __future__ import annotations

from random import Random

from harness.plan.async_steps import AwaitStep, ReadStep, YieldStep
from harness.plan.steps import DropStep
from harness.planner.channels import Channel, KnownEnd, Tail
from harness.planner.room import Doing


def last_reads(frame: Doing, channel: Channel, random: Random) -> None:
    """All further steps with the readable end, which is gone afterwards. Its state depends on the order of turns."""
    reader = channel.readable
    rounds = random.randrange(3)
    if frame.waits and channel.tail is Tail.YIELDS_FIRST and rounds:
        count = many(reader, random)
        frame.steps += [ReadStep(reader.name, count, by=frame.by), AwaitStep(reader.name, by=frame.by)]
    elif channel.tail is Tail.WRITES:
        # without a turn in between, all reads find the same write; one that found nothing would wait
        left = channel.offered
        for _ in range(rounds):
            if left > 0:
                count = many(reader, random)
                frame.steps.append(ReadStep(reader.name, count, by=frame.by))
                left -= count
        if frame.waits and rounds and random.randrange(2) == 1:
            frame.steps.append(YieldStep(1 + random.randrange(2), by=frame.by))
    frame.steps.append(DropStep(reader.name, by=frame.by))
    frame.room.give_back()
    reader.role = None


def many(end: KnownEnd, random: Random) -> int:
    """The number of elements that a read takes whose writer is not known to wait."""
    return random.choice((1, 1, 2, 4, 9)) if end.is_stream else 1
