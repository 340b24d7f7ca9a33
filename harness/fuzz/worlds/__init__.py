"""Random worlds: any that WIT can express, with weights on the differences in the Canonical ABI."""

from harness.fuzz.worlds.packages import random_world
from harness.fuzz.worlds.profile import FuzzWorld, Profile

__all__ = ["FuzzWorld", "Profile", "random_world"]
