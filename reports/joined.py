"""Findings with the same text about several components of one cell, told as one: a tool that refuses a type usually
refuses it in the subject, the provider and the driver."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reports.model import Finding

_TOPIC = re.compile(r"the (subject|provider|driver) of (\S+): ")
"""The beginning of a finding about a component that was not built."""


@dataclass(frozen=True, slots=True)
class _Topic:
    role: str
    cell: str
    text: str


def joined(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings that differ only in the component become the first of them, whose message names all components."""
    groups: list[list[Finding]] = []
    by_rest: dict[Finding, list[Finding]] = {}
    for finding in findings:
        topic = _topic(finding)
        rest = replace(finding, message=f"{topic.cell}: {topic.text}") if topic else finding
        group = by_rest.get(rest) if topic else None
        if group is None:
            group = []
            groups.append(group)
            if topic:
                by_rest[rest] = group
        group.append(finding)
    return tuple(map(_as_one, groups))


def texts(findings: Sequence[Finding]) -> dict[str, list[str]]:
    """What is said of components that were not built, and of which; empty if a finding is about anything else."""
    found: dict[str, list[str]] = {}
    for finding in findings:
        topic = _topic(finding)
        if topic is None:
            return {}
        found.setdefault(topic.text, []).append(topic.role)
    return found


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`; each once."""
    *first, last = dict.fromkeys(names)
    return f"{', '.join(first)} and {last}" if first else last


def _topic(finding: Finding) -> _Topic | None:
    match = _TOPIC.match(finding.message)
    if match is None or finding.aspect:
        return None
    return _Topic(match[1], match[2], finding.message[match.end() :])


def _as_one(group: Sequence[Finding]) -> Finding:
    topics = [topic for topic in map(_topic, group) if topic is not None]
    if len(topics) < 2:
        return group[0]
    roles = listed([topic.role for topic in topics])
    return replace(group[0], message=f"the {roles} of {topics[0].cell}: {topics[0].text}")
