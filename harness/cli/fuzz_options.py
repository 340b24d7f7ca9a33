"""The meaning of the options of `harness fuzz`."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence

import click

from harness.cli.exits import UsedWrongly
from harness.fuzz.drawn import RANDOM, SOURCES
from harness.fuzz.worlds import Profile

SWITCHES = tuple(item.name.replace("_", "-") for item in dataclasses.fields(Profile) if isinstance(item.default, bool))
"""The kinds of things that worlds may contain, as `--kinds` names them."""

_COUNT = re.compile(r"0*[1-9][0-9]{0,8}")
_UNITS: Mapping[str, float] = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


def worlds_of(_context: click.Context, _param: click.Parameter, texts: Sequence[str]) -> tuple[int | None, str]:
    """The number of worlds and their source from `--worlds`. None: no number."""
    counts = [int(text) for text in texts if _COUNT.fullmatch(text)]
    sources = [text for text in texts if text in SOURCES]
    wrong = [text for text in texts if not _COUNT.fullmatch(text) and text not in SOURCES]
    if wrong:
        raise click.BadParameter(f"{wrong[0]!r} is neither a number of worlds nor one of {', '.join(SOURCES)}")
    if len(counts) > 1 or len(sources) > 1:
        raise click.BadParameter("takes one number and one source")
    return (counts[0] if counts else None), (sources[0] if sources else RANDOM)


def seconds_of(_context: click.Context, _param: click.Parameter, text: str | None) -> float | None:
    """`90`, `60s`, `15m`, `1h`."""
    if text is None:
        return None
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)([smh]?)", text)
    if match is None or not float(match[1]):
        raise click.BadParameter(f"{text!r} is not a time such as 90, 60s, 15m or 1h")
    return float(match[1]) * _UNITS[match[2]]


def profile_of(kinds: Sequence[str]) -> Profile:
    """Named kinds are on and all others off. If all names exclude a kind, the others keep their defaults."""
    names = [name for given in kinds for name in given.split(",") if name]
    unwanted = {name.removeprefix("no-").replace("-", "_") for name in names if name.startswith("no-")}
    wanted = {name.replace("-", "_") for name in names if not name.startswith("no-")}
    unknown = [name for name in names if name.removeprefix("no-") not in SWITCHES]
    if unknown:
        raise UsedWrongly(f"--kinds: there is no {unknown[0]!r}; there are {', '.join(SWITCHES)}")
    switches = {name.replace("-", "_"): False for name in SWITCHES} if wanted else {}
    switches |= dict.fromkeys(wanted, True) | dict.fromkeys(unwanted, False)
    return dataclasses.replace(Profile(), **switches)


def switches_of(profile: Profile) -> str:
    """The text from which `profile_of` makes this profile; empty for the default."""
    off = [name for name in SWITCHES if not getattr(profile, name.replace("-", "_"))]
    usual = [name for name in SWITCHES if not getattr(Profile(), name.replace("-", "_"))]
    if off == usual:
        return ""
    on = [name for name in SWITCHES if name not in off]
    return ",".join(on) if on else ",".join(f"no-{name}" for name in off)
