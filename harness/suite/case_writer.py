"""Cases as TOML text for `harness.suite.case`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from harness.plan.steps import CallStep, DropStep, ErrorContextStep, MessageStep, NewStep, RepStep, Step, own_trap
from harness.suite.case import Sample
from harness.suite.conditions import UNCONDITIONAL, Conditions, condition_tables
from harness.suite.provenance import Provenance, provenance_table
from harness.suite.task_steps import status_pair, task_step_pairs

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def case_text(
    title: str,
    why: str,
    origin: Sequence[str],
    wit: str,
    steps: Sequence[Step[str]] = (),
    *,
    world: str | None = None,
    features: Sequence[str] = (),
    lists: str = "elements",
    sample: Sample | None = None,
    encodings: Sequence[str] = (),
    merge_versions: bool = True,
    hooks: str = "",
    async_filters: Sequence[str] = (),
    blocking_run: bool = False,
    conditions: Conditions = UNCONDITIONAL,
    made_by: Provenance | None = None,
) -> str:
    """A case file. `wit` is the text of one file; handles in steps are named without `$`."""
    lines = [f"title = {toml_string(title)}", f"why = {toml_string(why)}"]
    lines.append(f"origin = {toml_string(origin[0]) if len(origin) == 1 else _array(map(toml_string, origin))}")
    lines.append(f"wit = {_block(wit)}")
    if world is not None:
        lines.append(f"world = {toml_string(world)}")
    if features:
        lines.append(f"features = {_array(map(toml_string, features))}")
    if lists != "elements":
        lines.append(f"lists = {toml_string(lists)}")
    if not merge_versions:
        lines.append("merge-versions = false")
    if hooks:
        lines.append(f"hooks = {toml_string(hooks)}")
    if async_filters:
        lines.append(f"async = {_array(map(toml_string, async_filters))}")
    if blocking_run:
        lines.append("blocking-run = true")
    if encodings:
        lines.append(f"encodings = {_array(map(toml_string, encodings))}")
    if sample is None and not steps:
        lines.append("instantiate-only = true")
    for head, table in _tables_of(conditions, made_by):
        lines += ["", head, *(f"{_key(key)} = {value}" for key, value in table.items())]
    if sample is not None:
        lines += ["", "[sample]", f"seed = {sample.seed}", f"calls = {sample.calls}"]
    for step in steps:
        lines += ["", "[[step]]", *(f"{key} = {value}" for key, value in _step(step))]
    return "\n".join([*lines, ""])


def _tables_of(conditions: Conditions, made_by: Provenance | None) -> Iterator[tuple[str, Mapping[str, str]]]:
    for head, table in condition_tables(conditions):
        yield head, {key: toml_string(value) for key, value in table.items()}
    made = provenance_table(made_by) if made_by is not None else {}
    if made:
        yield "[made-by]", {k: toml_string(v) if isinstance(v, str) else _texts(v) for k, v in made.items()}


def _key(key: str) -> str:
    return key if re.fullmatch("[A-Za-z0-9_-]+", key) else toml_string(key)


def _step(step: Step[str]) -> list[tuple[str, str]]:
    """Keys and values of a step."""
    pairs: list[tuple[str, str]] = []
    match step:
        case CallStep():
            pairs += [("call", toml_string(step.function)), *_by(step)]
            if step.name is not None:
                pairs += [("as", _handle(step.name)), *status_pair(step.status)]
            if step.args:
                pairs.append(("args", _array(map(toml_string, step.args))))
            if step.result is not None:
                pairs.append(("result", toml_string(step.result)))
            pairs += _during(step.during)
            if step.keep:
                pairs.append(("keep", _array(_handle(name) for name in sorted(step.keep))))
        case DropStep():
            pairs += [("drop", _handle(step.handle)), *_by(step)]
            if step.stale:
                pairs.append(("stale", "true"))
            pairs += _during(step.during)
        case NewStep():
            pairs += [("new", _handle(step.handle)), ("resource", toml_string(step.resource)), *_by(step)]
            if step.rep is not None:
                pairs.append(("rep", str(step.rep)))
        case RepStep():
            pairs += [("rep", _handle(step.handle)), *_by(step)]
        case ErrorContextStep():
            pairs += [("error-context", _handle(step.handle)), ("message", toml_string(step.message)), *_by(step)]
        case MessageStep():
            pairs += [("message-of", _handle(step.handle)), *_by(step)]
        case _:
            pairs += [*task_step_pairs(step, _handle, _tables, _texts), *_by(step)]
    trap = own_trap(step)
    if trap is not None:
        pairs.append(("trap", toml_string(trap.value)))
    if isinstance(step, CallStep | DropStep) and step.destroys is not None:
        pairs.append(("destroys", _array(_handle(name) for name in step.destroys)))
    return pairs


def _by(step: Step[str]) -> list[tuple[str, str]]:
    return [] if step.by is None else [("by", toml_string(step.by.value))]


def _during(steps: Sequence[Step[str]]) -> list[tuple[str, str]]:
    return [("during", _tables(steps))] if steps else []


def _texts(texts: Sequence[str]) -> str:
    return _array(map(toml_string, texts))


def _tables(steps: Sequence[Step[str]]) -> str:
    return _array(f"{{ {', '.join(f'{key} = {value}' for key, value in _step(inner))} }}" for inner in steps)


def _handle(name: str) -> str:
    return toml_string(f"${name}")


def _array(items: Iterable[str]) -> str:
    return f"[{', '.join(items)}]"


def _plain(text: str) -> bool:
    """Whether a literal string can contain the text: no control characters."""
    return all(char >= " " and char != "\x7f" for char in text)


def toml_string(text: str) -> str:
    """A string on one line; literal if only the other form needs escapes."""
    if "'" not in text and _plain(text) and ("\\" in text or '"' in text):
        return f"'{text}'"
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    return char if _plain(char) else f"\\u{ord(char):04x}"


def _block(text: str) -> str:
    """A text of several lines as a multi-line literal string, if that can contain it."""
    if "'''" in text or text.endswith("'") or not _plain(text.replace("\n", "").replace("\t", "")):
        return toml_string(text)
    return f"'''\n{text}'''"
