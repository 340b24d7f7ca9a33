"""A table of negative cases in words: the input of each row, who must refuse it, and what was answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.suite.negative_cases import NegativeCase, NegativeCases
from harness.text.visible import lines_of

_STAGES: Mapping[str, str] = {
    "wit": "the reader of WIT",
    "generate": "the generator of the library",
    "link": "the linker",
    "new": "`component new`",
}
_DOCUMENTS: Mapping[str, str] = {
    "wit": "component-model, WIT.md and the grammar of names in Explainer.md",
    "generate": "interpreters/include/wit_dylib.h, and what a dynamic library can be made of",
    "link": 'docs/linking.md, "Choices", and tool-conventions, DynamicLinking.md',
    "new": "component-model, Explainer.md and CanonicalABI.md: what a component may consist of",
}
"""Where the rules of each stage are."""
_REFERENCE: Mapping[str, str] = {
    "refuses": "wasm-tools refuses it as well",
    "accepts": "wasm-tools accepts it",
    "panics": "wasm-tools panics",
}


def table_words(table: NegativeCases) -> str:
    """What each row says, without any answer of a tool."""
    count = f"{len(table.rows)} inputs" if len(table.rows) > 1 else "one input"
    lines = [table.title, f"  a table of negative cases: {count} that a correct tool does not accept", ""]
    return lines_of([*lines, *(line for row in table.rows for line in row_words(row))])


def row_words(row: NegativeCase) -> Iterator[str]:
    """The fault, where the rule is, who must refuse it, and what wasm-tools does."""
    yield f"line {row.line}: {row.why}"
    if row.limit_of_ours:
        yield "  rule: none; ours does not support this"
        yield f"  {_STAGES[row.stage]} of ours says: {row.message}"
    else:
        yield f"  rule: {_DOCUMENTS[row.stage]}"
        yield f"  {_STAGES[row.stage]} must refuse it; ours says: {row.message}"
    yield from (f"  origin: {origin}" for origin in row.origin if origin != "own")
    only = f" (in {row.versions})" if row.versions else ""
    yield f"  {_REFERENCE[row.reference]}{only}"
    if row.features:
        yield f"  with the gates {', '.join(row.features)} open"
