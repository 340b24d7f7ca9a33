"""The TOML text of a case: what `harness/case.py` reads, written the way people write it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.case import CallStep, DropStep, NewStep, RepStep, Sample, Step


@dataclass(frozen=True, slots=True)
class CaseParts:
    """What a case says, comments apart. Handles are named without `$`. Either `steps` or `sample`."""

    title: str
    why: str
    wit: str
    world: str | None = None
    features: tuple[str, ...] = ()
    whole_lists: bool = False
    steps: tuple[Step, ...] = ()
    sample: Sample | None = None
    origin: str = "own"


def case_text(case: CaseParts, comments: Sequence[str] = ()) -> str:
    """Parses to a case with the same content."""
    lines = [f"# {line}" for comment in comments for line in comment.splitlines()]
    lines += [f"title = {toml_string(case.title)}", f"why = {toml_string(case.why)}"]
    lines.append(f"origin = {toml_string(case.origin)}")
    lines.append(f"wit = {_block(case.wit)}")
    if case.world is not None:
        lines.append(f"world = {toml_string(case.world)}")
    if case.features:
        lines.append(f"features = {_array(case.features)}")
    if case.whole_lists:
        lines.append('lists = "whole"')
    if case.sample is not None:
        lines += ["", "[sample]", f"seed = {case.sample.seed}", f"calls = {case.sample.calls}"]
    for step in case.steps:
        lines += ["", "[[step]]", *(f"{key} = {value}" for key, value in _pairs(step))]
    return "\n".join(lines) + "\n"


def _pairs(step: Step) -> list[tuple[str, str]]:
    match step:
        case CallStep():
            pairs = [("call", toml_string(step.function))]
            if step.by is not None:
                pairs.append(("by", toml_string(step.by.value)))
            if step.args:
                pairs.append(("args", _array(step.args)))
            if step.result is not None:
                pairs.append(("result", toml_string(step.result)))
            if step.during:
                inner = ", ".join(_inline(part) for part in step.during)
                pairs.append(("during", f"[{inner}]"))
            if step.keep:
                pairs.append(("keep", _array([f"${name}" for name in sorted(step.keep)])))
        case DropStep():
            pairs = [("drop", toml_string(f"${step.handle}"))]
            if step.stale:
                pairs.append(("stale", "true"))
        case NewStep():
            pairs = [("new", toml_string(f"${step.handle}")), ("resource", toml_string(step.resource))]
            if step.rep is not None:
                pairs.append(("rep", str(step.rep)))
        case RepStep():
            pairs = [("rep", toml_string(f"${step.handle}"))]
    trap = None if isinstance(step, NewStep) else step.trap
    return pairs if trap is None else [*pairs, ("trap", toml_string(trap.value))]


def _inline(step: Step) -> str:
    return "{ " + ", ".join(f"{key} = {value}" for key, value in _pairs(step)) + " }"


def _array(texts: Sequence[str]) -> str:
    return "[" + ", ".join(map(toml_string, texts)) + "]"


def _block(text: str) -> str:
    """A literal block where the text allows it: what it holds needs no escapes."""
    if "'''" in text or any((ord(char) < 32 and char not in "\t\n") or ord(char) == 127 for char in text):
        return toml_string(text)
    return f"'''\n{text.rstrip()}\n'''"


def toml_string(text: str) -> str:
    """A basic string."""
    out = ['"']
    for char in text:
        if char in '"\\':
            out.append("\\" + char)
        elif char == "\n":
            out.append("\\n")
        elif char == "\t":
            out.append("\\t")
        elif ord(char) < 32 or ord(char) == 127:
            out.append(f"\\u{ord(char):04x}")
        else:
            out.append(char)
    return "".join(out) + '"'
