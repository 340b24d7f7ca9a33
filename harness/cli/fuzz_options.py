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

_NO, _ALWAYS = "no-", "always-"
_PREFIX = re.compile(f"^(?:{_NO}|{_ALWAYS})")
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
    """Named kinds are on and all others off. If no kind is named without `no-` or `always-`, the others keep their
    defaults."""
    names = [name for given in kinds for name in given.split(",") if name]
    unknown = [name for name in names if _PREFIX.sub("", name) not in SWITCHES]
    if unknown:
        raise UsedWrongly(f"--kinds: there is no {unknown[0]!r}; there are {', '.join(SWITCHES)}")
    unwanted, always = _after(_NO, names), _after(_ALWAYS, names)
    wanted = {name for name in names if _PREFIX.match(name) is None}
    needed = always | ({"packages"} if "versions" in always else set())
    switches = dict.fromkeys(SWITCHES, False) if wanted else _usual()
    switches |= dict.fromkeys(wanted | always, True) | dict.fromkeys(unwanted, False)
    missing = [name for name in SWITCHES if name in needed and not switches[name]]
    if missing:
        of = missing[0] if missing[0] in always else "versions"
        raise UsedWrongly(f"--kinds: {_ALWAYS}{of} contradicts worlds without {missing[0]}")
    in_order = tuple([name.replace("-", "_") for name in SWITCHES if name in always])
    fields = {name.replace("-", "_"): on for name, on in switches.items()}
    return dataclasses.replace(Profile(), always=in_order, **fields)


def _usual() -> dict[str, bool]:
    return {name: bool(getattr(Profile(), name.replace("-", "_"))) for name in SWITCHES}


def _after(prefix: str, names: Sequence[str]) -> set[str]:
    return {name.removeprefix(prefix) for name in names if name.startswith(prefix)}


def switches_of(profile: Profile) -> str:
    """The text from which `profile_of` makes this profile; empty for the default."""
    always = [name for name in SWITCHES if name.replace("-", "_") in profile.always]
    switches = {name: bool(getattr(profile, name.replace("-", "_"))) for name in SWITCHES}
    by_name = [name for name, on in switches.items() if on and name not in always]
    said = [] if switches == _usual() else by_name or [_NO + name for name, on in switches.items() if not on]
    return ",".join([*said, *(_ALWAYS + name for name in always)])
