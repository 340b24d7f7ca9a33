"""Fills templates. Everything that is not from a template is hostile: it is escaped for HTML and shown safely."""

from __future__ import annotations

from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from reports.shown import one_line, shown
from reports.site import words
from reports.site.charts import stroke
from reports.site.labels import RULES, further_rules, labels, of_numbers, rules


def _safely(value: Any) -> Any:
    """Jinja passes every value through here before it escapes it."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _tried(noticed: bool | None) -> str:
    return "not tried" if noticed is None else "yes" if noticed else "no"


def _decimal(value: float) -> str:
    return words.number(round(value)) if value >= 100 else f"{value:.2f}"


@cache
def environment() -> jinja2.Environment:
    """All templates are HTML or XML, so all are escaped; a name that a page lacks is an error, not an empty text."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("reports.site"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_safely,
        trim_blocks=True,
        auto_reload=False,
    )
    made.filters["line"] = one_line
    made.globals.update(
        line=one_line,
        one_line=one_line,
        number=words.number,
        counted=words.counted,
        seconds=words.seconds,
        percent=words.percent,
        short=words.short,
        class_of=words.class_of,
        decimal=_decimal,
        tried=_tried,
        column_labels=labels,
        further_rules=further_rules,
        of_numbers=of_numbers,
        stroke=stroke,
    )
    return made


def fill(template: str, values: dict[str, Any]) -> str:
    return environment().get_template(template).render(values)


def style_sheet() -> str:
    loader = environment().loader
    assert loader is not None
    return loader.get_source(environment(), "style.css")[0].replace(RULES, rules())
