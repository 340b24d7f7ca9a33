"""What a case says about versions of tools: to which it applies, and which have a known fault that it shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.suite import tool_versions
from harness.suite.expectations import Expectation
from harness.suite.expectations_file import OUTCOMES
from harness.suite.faults.bounded import BadPattern, check
from harness.text.json_schema import text
from harness.text.toml_lines import TomlFile
from harness.toolchains.protocol import Toolchain

_TOOL = "A tool, as the first lines of a run name it: `wasm-tools`, `generator`, the program of a toolchain's file."
_VERSIONS = "Conditions on its version, all of which must hold: `>=1.262.0, <1.263.0`."

CONDITIONS: dict[str, Any] = {
    "applies-to": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": text(_VERSIONS),
        "description": f"Tools that the case asks only in some versions. The others are asked in all. Keys: {_TOOL}",
    },
    "expect": {
        "type": "array",
        "minItems": 1,
        "description": "Known faults that the case shows. Such a tool without the fault is an unexpected pass.",
        "items": {
            "type": "object",
            "required": ["tool", "versions", "outcome", "reason"],
            "properties": {
                "tool": text(_TOOL),
                "versions": text(_VERSIONS),
                "outcome": {"enum": list(OUTCOMES), "description": "The outcome of the tool."},
                "message": {"type": "string", "description": "A regular expression that matches in the message."},
                "reason": text("The fault, in a sentence."),
                "link": text("The report of the fault."),
            },
            "additionalProperties": False,
        },
    },
}
"""Keys of the schema of cases and link cases."""


@dataclass(frozen=True, slots=True)
class KnownHere:
    """A known fault of a tool in some versions, which the case shows."""

    tool: str
    versions: str
    outcome: str
    reason: str
    message: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Conditions:
    """`applies_to`: pairs of a tool and the versions that are asked."""

    applies_to: tuple[tuple[str, str], ...] = ()
    expected: tuple[KnownHere, ...] = ()

    def not_asked(self, toolchain: Toolchain) -> str:
        """Why the case does not ask a toolchain; empty if it does."""
        for tool, versions in self.applies_to:
            asked = tool_versions.conditions(versions)
            if toolchain.tool == tool and not tool_versions.holds(asked, toolchain.version):
                about = f"the case applies to {tool} {versions}, not to {toolchain.version}"
                return f"toolchain {toolchain.name} is left out: {about}"
        return ""

    def expectations(self, case: str, toolchains: Iterable[Toolchain]) -> Iterator[Expectation]:
        """The known faults of the versions that take part; each must show."""
        for toolchain in toolchains:
            for number, known in enumerate(self.expected, 1):
                conditions = tool_versions.conditions(known.versions)
                if toolchain.tool == known.tool and tool_versions.holds(conditions, toolchain.version):
                    source = known.link or f"`expect` {number} in the case"
                    yield Expectation(
                        f"{case}#{number}",
                        toolchain.known_as,
                        known.outcome,
                        known.reason,
                        source,
                        (case,),
                        known.message,
                        place=f"{case}: `message` of `expect` {number}",
                    )


UNCONDITIONAL = Conditions()


def read_conditions(file: TomlFile) -> Conditions:
    """Those of a file that matches the schema. Raises `FileError` for conditions and patterns that are none."""
    applies = tuple(file.data.get("applies-to", {}).items())
    for tool, versions in applies:
        _check_versions(file, ["applies-to", tool], versions)
    expected = []
    for index, row in enumerate(file.data.get("expect", ())):
        _check_versions(file, ["expect", index, "versions"], row["versions"])
        _check_pattern(file, ["expect", index, "message"], row.get("message", ""))
        found = (row["tool"], row["versions"], row["outcome"], row["reason"])
        expected.append(KnownHere(*found, row.get("message", ""), row.get("link", "")))
    return Conditions(applies, tuple(expected))


def _check_versions(file: TomlFile, path: list[str | int], versions: str) -> None:
    try:
        tool_versions.conditions(versions)
    except tool_versions.BadConditions as error:
        raise file.error(path, str(error)) from error


def _check_pattern(file: TomlFile, path: list[str | int], pattern: str) -> None:
    try:
        check(pattern)
    except BadPattern as error:
        raise file.error(path, str(error)) from error


def condition_tables(conditions: Conditions) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The heads and the contents of the tables in a file."""
    if conditions.applies_to:
        yield "[applies-to]", dict(conditions.applies_to)
    for known in conditions.expected:
        row = {"tool": known.tool, "versions": known.versions, "outcome": known.outcome, "reason": known.reason}
        row |= {"message": known.message} if known.message else {}
        row |= {"link": known.link} if known.link else {}
        yield "[[expect]]", row
