"""Runs of scripts, and the schedules that the specification allows for them (docs/async.md). A run of a synchronous
world has one."""

from harness.model.abi import Abi
from harness.model.concurrency.follow import follow
from harness.model.concurrency.observed import Explained, Following, Left, RunEnd, Seen, Shown, Undecided, Unexplained
from harness.model.concurrency.predict import Prediction, predict
from harness.model.concurrency.waitables import EventCode

__all__ = [
    "Abi",
    "EventCode",
    "Explained",
    "Following",
    "Left",
    "Prediction",
    "RunEnd",
    "Seen",
    "Shown",
    "Undecided",
    "Unexplained",
    "follow",
    "predict",
]
