"""The core of a finding: the same for the ways in which one fault shows."""

from __future__ import annotations

import pytest

from harness.bench.examination import Options
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.fuzz import core
from harness.fuzz.bucket import Bucket
from harness.fuzz.case_text import CaseParts
from harness.fuzz.core import core_of
from harness.fuzz.oracle import Oracle
from harness.process.steps import Steps
from harness.toolchains.selection import Named, Selection

OPTIONS = Options(artifacts=None)
IN_A_RECORD = Bucket("ours", "fail", 3, "event", "push_option / push_plain", "ours")
BY_ITSELF = Bucket("ours", "fail", 3, "outcome", "every entry returns / a trap interpreter wrong values", "ours")
CORE = "package a:b;\ninterface i { f: func() -> option<u8>; }\nworld w { import i; }\n"


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    selection = Selection((Named("mutant:option-inverted", stands_in=True),))
    return Workbench(Settings(tmp_path_factory.mktemp("wrong"), selection), Steps())


def parts(items: str) -> CaseParts:
    return CaseParts("t", "w", f"package a:b;\ninterface i {{ {items} }}\nworld w {{ import i; }}\n", "w")


@pytest.mark.parametrize(
    ("bucket", "items"),
    [
        (BY_ITSELF, "f: func() -> option<u8>;"),
        (IN_A_RECORD, "record r { a: string, b: option<string> } f: func() -> r;"),
        (BY_ITSELF, "f: func(a: list<u64>) -> list<option<bool>>;"),
    ],
)
def test_one_fault_has_one_core(wrong: Workbench, bucket: Bucket, items: str) -> None:
    found = core_of(wrong, parts(items), bucket, OPTIONS)
    assert found is not None
    assert found.wit == CORE


@pytest.mark.parametrize(
    "bucket",
    [
        Bucket("reference", "fail", 3, "event", "push_option / push_plain", "reference"),
        Bucket("ours", "fail", 1, "wit_t", "push_option / push_plain", "ours"),
        Bucket("ours", "crash", 0, "", "panicked", "ours"),
    ],
)
def test_a_fault_of_another_has_no_core_here(wrong: Workbench, bucket: Bucket) -> None:
    assert core_of(wrong, parts("f: func() -> option<u8>;"), bucket, OPTIONS) is None


def test_a_world_that_calls_show_nothing_of_has_no_core(wrong: Workbench) -> None:
    assert core_of(wrong, parts("f: func() -> u8;"), BY_ITSELF, OPTIONS) is None


def test_after_the_end_of_the_time_there_is_none(wrong: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(Oracle):
        """The time ends while it reduces."""

        def case_fails(self, parts: CaseParts) -> bool:
            shows = super().case_fails(parts)
            self.cut = True
            return shows

    monkeypatch.setattr(core, "Oracle", Late)
    assert core_of(wrong, parts("f: func() -> option<u8>;"), BY_ITSELF, OPTIONS) is None
