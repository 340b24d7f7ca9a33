"""Faults of the engine of which nothing but the order of events tells (docs/async.md, "What the engine does wrong").

A test that fails here says that the engine was mended: then plans need not avoid the fault.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.bench.examination import Options
from harness.bench.examine import examine
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.engine.results import EngineKind
from harness.planner.cases import case_plan
from harness.process.steps import Steps
from harness.suite.case import load_case
from harness.toolchains.selection import Ours, Selection
from reports.outcomes import Outcome

F9 = """
title = "A callee blocks in a cancellation of its own"
why = "The cancellation with async says BLOCKED before others have turns."
origin = "own"
wit = '''
package a:b;
interface x { f: async func(); }
interface y { g: async func(); }
world w { import x; export y; }
'''

[[step]]
call = "a:b/y#g"
as = "$c"
status = "started"
during = [
  { call = "a:b/x#f", as = "$i", status = "started", during = [
    { yield = 2, in-place = true }, { yield = 1 }, { if-cancelled = [{ cancelled = true }] },
  ] },
  { waitable-set = "$s" },
  { wait = "$s" },
  { if-cancelled = [{ cancel = "$i", status = "cancelled" }, { drop = "$i" }, { drop = "$s" }, { cancelled = true }] },
]

[[step]]
cancel = "$c"
async = true
status = "started"

[[step]]
await = "$c"
status = "cancelled"
"""


@pytest.mark.parametrize("engine", EngineKind)
def test_others_have_turns_before_the_cancellation_blocks(tmp_path: Path, engine: EngineKind) -> None:
    (tmp_path / "f9.toml").write_text(F9)
    tools = Workbench(Settings(tmp_path, Selection((Ours(),))), Steps())
    found = examine(tools, "f9", case_plan(load_case(tmp_path / "f9.toml")), Options(engine=engine, artifacts=None))
    assert found.verdict.outcome is Outcome.FAIL
    ((_, finding),) = found.verdict.findings
    assert finding.difference is not None
    assert finding.difference.expected == "`subtask_cancel 1 = 4294967295` (driver, task 1)"
    assert finding.difference.actual == "yield = 0"
