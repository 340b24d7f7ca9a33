"""Findings with the same text about several components of one cell, told as one: a tool that refuses a type usually
refuses it in the subject, the provider and the driver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.model import Finding, Topic


def joined(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings that differ only in the component that was not built become the first of them, which names all
    components."""
    told: dict[object, Finding] = {}
    for number, finding in enumerate(findings):
        topic = finding.topic
        if topic is None or not topic.components:
            told[number] = finding
            continue
        rest = replace(finding, message="", topic=replace(topic, components=()))
        told[rest] = _also(told[rest], topic) if rest in told else finding
    return tuple(told.values())


def texts(findings: Sequence[Finding]) -> dict[str, list[str]]:
    """What is said of components that were not built, and of which; empty if a finding is about anything else."""
    found: dict[str, list[str]] = {}
    for finding in findings:
        topic = finding.topic
        if topic is None or not topic.components:
            return {}
        found.setdefault(topic.text, []).extend(topic.components)
    return found


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`; each once."""
    *first, last = dict.fromkeys(names)
    return f"{', '.join(first)} and {last}" if first else last


def _also(first: Finding, topic: Topic) -> Finding:
    """The finding as one about the components of `topic`, too."""
    known = first.topic.components if first.topic is not None else ()
    components = tuple(dict.fromkeys((*known, *topic.components)))
    message = f"the {listed(components)} of {topic.cell}: {topic.text}"
    return replace(first, message=message, topic=replace(topic, components=components))
