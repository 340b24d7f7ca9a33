"""The core of a finding: the smallest case near its reduced case in which the same toolchain is wrong in any way.

A reduced case keeps what its finding needs to show in its own way: an inverted option in a record must stay in the
record if the finding is about the push of a field. The core drops that, because any other fault of the toolchain will
do: what remains is what the toolchain does wrong. So findings with one cause tend to have one core. The reduced case
has little besides its own fault, so another fault of the toolchain rarely takes its place.
"""

from __future__ import annotations

from dataclasses import replace

from harness.bench.examination import Options
from harness.bench.workbench import Workbench
from harness.fuzz.bucket import Bucket
from harness.fuzz.case_reducer import smaller_text
from harness.fuzz.case_text import CaseParts
from harness.fuzz.oracle import Oracle
from harness.suite.case import Sample

EFFORT = 200
"""The maximum effort, in the units of `oracle.effort_of`: reduced cases are small."""
CALLS = 10
SEEDS = 3
"""Values are drawn anew in every attempt: those of the finding would hold the types that they need."""
BEHAVIOUR = 3
"""The level at which one fault shows in many ways. The messages of other levels are about the fault itself."""


def core_of(
    bench: Workbench, parts: CaseParts, bucket: Bucket, options: Options, until: float | None = None
) -> CaseParts | None:
    """`parts`: the reduced case of the finding. None if the finding is not about behaviour, if calls with values from a
    seed show no fault in its world, or if the time (`until`, as `time.time()` counts) ended before."""
    if bucket.level != BEHAVIOUR:
        return None
    oracle = Oracle(bench, bucket, options, until, any_way=True)
    fails = oracle.case_fails
    for seed in range(SEEDS):
        oracle.allow(EFFORT)
        drawn = replace(parts, steps=(), sample=Sample(seed, CALLS))
        if fails(drawn):
            core = smaller_text(drawn, fails)
            return None if oracle.cut else core
    return None
