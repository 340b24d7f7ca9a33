"""A case before it is written, with the parts that can be left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.plan.steps import Step
from harness.script.operations import Lists
from harness.suite import case_writer
from harness.suite.case import Case, Sample
from harness.suite.conditions import UNCONDITIONAL, Conditions
from harness.suite.provenance import Provenance
from harness.text.toml_lines import TomlFile

_LISTS = {Lists.BY_ELEMENT: "elements", Lists.NUMBERS: "whole", Lists.ANY: "any"}


@dataclass(frozen=True, slots=True)
class CaseParts:
    """The contents of a case without comments. Handles are named without `$`. Either `steps` or `sample`."""

    title: str
    why: str
    wit: str
    world: str | None = None
    features: tuple[str, ...] = ()
    lists: Lists = Lists.BY_ELEMENT
    steps: tuple[Step[str], ...] = ()
    sample: Sample | None = None
    origin: tuple[str, ...] = ("own",)
    encodings: tuple[str, ...] = ()
    merge_versions: bool = True
    hooks: str = ""
    conditions: Conditions = UNCONDITIONAL
    made_by: Provenance | None = None
    async_filters: tuple[str, ...] = ()
    blocking_run: bool = False


def case_of(parts: CaseParts) -> Case:
    """The case that its text would be read as."""
    wit = _wit(parts)
    return Case(
        parts.title,
        parts.why,
        parts.origin,
        TomlFile("<case>", "", {"wit": wit}),
        wit,
        parts.world,
        parts.features,
        (parts.lists,),
        parts.steps,
        parts.sample,
        parts.merge_versions,
        encodings=parts.encodings,
        hooks=parts.hooks,
        async_filters=parts.async_filters,
        blocking_run=parts.blocking_run,
        conditions=parts.conditions,
    )


def _wit(parts: CaseParts) -> str:
    return parts.wit.rstrip() + "\n"


def case_text(case: CaseParts, comments: Sequence[str] = ()) -> str:
    """TOML that parses to a case with the same content."""
    head = [f"# {line}\n" for comment in comments for line in comment.splitlines()]
    text = case_writer.case_text(
        case.title,
        case.why,
        case.origin,
        _wit(case),
        case.steps,
        world=case.world,
        features=case.features,
        lists=_LISTS[case.lists],
        sample=case.sample,
        encodings=case.encodings,
        merge_versions=case.merge_versions,
        hooks=case.hooks,
        async_filters=case.async_filters,
        blocking_run=case.blocking_run,
        conditions=case.conditions,
        made_by=case.made_by,
    )
    return "".join(head) + text
