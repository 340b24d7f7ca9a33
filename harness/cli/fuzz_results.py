"""A campaign as data of the reports."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from harness.cli.results import to_tool
from harness.fuzz.campaign import Campaign
from harness.fuzz.findings import Found
from harness.fuzz.in_words import title
from harness.judge.party import initializer_of
from reports.fuzz import FuzzFinding, FuzzRun, RefusedWorlds

NOT_ASKED = "this campaign reduces nothing; `harness reduce FILE` does it"


def head(campaign: Campaign) -> FuzzRun:
    """The summary before the first world."""
    return report(campaign)


def scope(campaign: Campaign) -> str:
    """The worlds of the campaign."""
    bounds, done = campaign.bounds, campaign.ledger.worlds
    parts = []
    if bounds.worlds is not None:
        first, last = campaign.first + done, campaign.first + bounds.worlds - 1
        if first > last:
            parts.append(f"nothing left: {done} of {bounds.worlds} are done, set a larger total with --worlds")
        else:
            parts.append(f"{first} to {last}" if first < last else f"number {first} alone")
    else:
        parts.append(f"from number {campaign.first + done} on")
    if bounds.seconds is not None:
        parts.append(f"for {bounds.seconds:g} s")
    return ", ".join(parts)


def report(campaign: Campaign) -> FuzzRun:
    ledger, recipe = campaign.ledger, campaign.recipe
    started = datetime.now(UTC) - timedelta(seconds=campaign.seconds)
    return FuzzRun(
        started=started.isoformat(timespec="seconds").replace("+00:00", "Z"),
        seconds=round(campaign.seconds, 3),
        command=" ".join(["harness", *sys.argv[1:]]),
        tools=tuple(map(to_tool, campaign.run.tools)),
        engine=campaign.options.engine.value,
        seed=recipe.seed,
        source=recipe.worlds,
        jobs=campaign.bounds.jobs,
        worlds=ledger.worlds,
        calls=ledger.calls,
        next=campaign.next_index,
        outcomes=dict(ledger.outcomes),
        findings=tuple([_finding(found, campaign.reducing) for found in ledger.found.values()]),
        refusals=tuple(RefusedWorlds(tool, reason, count) for (tool, reason), count in ledger.refusals.items()),
        errors=tuple(campaign.errors),
        stopped=campaign.stopped,
        notes=tuple(campaign.run.notes),
        stages={stage: round(seconds, 3) for stage, seconds in ledger.stages.items()},
        initializer=str(initializer_of(campaign.options.initializer)) if campaign.options.initializer else "",
    )


def _finding(found: Found, reducing: bool) -> FuzzFinding:
    bucket = found.bucket
    note = found.note or ("" if reducing or found.reduced else NOT_ASKED)
    return FuzzFinding(
        bucket.toolchain,
        bucket.outcome,
        bucket.level,
        bucket.aspect,
        bucket.kind,
        bucket.minority,
        found.message,
        found.count,
        found.index,
        found.known,
        found.file,
        found.reduced,
        note,
        found.repeat,
        found.run,
        found.same_as,
        found.same_why,
        title(bucket),
    )
