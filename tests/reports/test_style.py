"""Colours of the style sheet: enough contrast in both schemes (WCAG 2.2, 1.4.3: 4.5 for text)."""

from __future__ import annotations

import re

import pytest

from reports.badge import GREEN, GREY, RED
from reports.site.environment import style_sheet

LEAST = 4.5
SURFACES = ("back", "soft")
PAIRS = (
    *((text, surface) for text in ("text", "muted", "link", "good", "bad", "known") for surface in SURFACES),
    *((word, f"{word}-back") for word in ("good", "bad", "known", "skip")),
)
LINES = tuple((f"series-{number}", "back") for number in range(4))


def schemes() -> dict[str, dict[str, str]]:
    light, dark = style_sheet().split("@media (prefers-color-scheme: dark)")[:2]
    found = {}
    for name, text in (("light", light), ("dark", dark)):
        found[name] = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text.partition("}")[0]))
    return found


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "surface"), PAIRS + LINES)
def test_text_stands_out(scheme: str, text: str, surface: str) -> None:
    colours = schemes()[scheme]
    assert contrast(colours[text], colours[surface]) >= LEAST


def test_both_schemes_have_the_same_colours() -> None:
    light, dark = schemes().values()
    assert light.keys() == dark.keys() and len(light) >= 16
    used = set(re.findall(r"var\(--([\w-]+)\)", style_sheet()))
    assert {name for name in used if not re.fullmatch(r"label|c\d+", name)} == light.keys()


@pytest.mark.parametrize("colour", [GREEN, RED, GREY, "#444c56"])
def test_the_badge(colour: str) -> None:
    assert contrast("#ffffff", colour) >= LEAST
