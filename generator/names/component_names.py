"""Names of imports and exports with their attributes (Explainer.md, "Import and Export Definitions")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_LABEL = r"(?:[a-z][0-9a-z]*|[A-Z][0-9A-Z]*)(?:-(?:[0-9a-z]+|[0-9A-Z]+))*"
_WORDS = r"[a-z][0-9a-z]*(?:-[0-9a-z]+)*"
_VERSION = r"[0-9A-Za-z.+-]+"

_FUNCTION_NAME = re.compile(
    rf"\[constructor\](?P<made>{_LABEL})"
    rf"|\[(?P<of>method|static)\](?:\[(?P<member>get|set)\])?(?P<resource>{_LABEL})\.(?P<label>{_LABEL})"
    rf"|(?:\[(?P<accessor>get|set)\])?(?P<free>{_LABEL})"
)
_CANON_VERSION = re.compile(r"[1-9][0-9]*|0\.[1-9][0-9]*|0\.0\.[0-9]+")
_IS_LABEL = re.compile(_LABEL)
_INTERFACE_NAME = re.compile(rf"({_WORDS}):({_WORDS})/({_LABEL})(?:@({_VERSION}))?")


HOW_NAMES_ARE_COMPARED = "names are compared without regard to case and hyphens"
"""For hints after an error about clashing names."""


@dataclass(frozen=True, slots=True)
class ExternName:
    """`nameattributes`: a name for matching, and its attributes."""

    name: str
    implements: str | None = None
    """The interface name behind a plain name (a label)."""
    version_suffix: str | None = None
    """The part of the full version that a canonical interface version omits."""
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class InterfaceName:
    """`ns:package/interface@version`, without nested namespaces and packages."""

    namespace: str
    package: str
    interface: str
    version: str | None


@dataclass(frozen=True, slots=True)
class FunctionName:
    """A `plainname` of a function: `f`, `[method]r.f`, `[static][get]r.p`, `[constructor]r` and their like."""

    label: str
    """The name without its resource; empty for a constructor."""
    resource: str | None = None
    annotation: str | None = None
    """`method`, `static` or `constructor`."""
    accessor: str | None = None
    """`get` or `set`."""

    def __str__(self) -> str:
        annotations = "".join(f"[{word}]" for word in (self.annotation, self.accessor) if word is not None)
        member = f".{self.label}" if self.resource is not None and self.label else self.label
        return f"{annotations}{self.resource or ''}{member}"


def parse_function_name(text: str) -> FunctionName | None:
    """The parts of a function's name; None when `text` is not one."""
    match = _FUNCTION_NAME.fullmatch(text)
    if match is None:
        return None
    if match["made"] is not None:
        return FunctionName("", match["made"], "constructor")
    if match["of"] is not None:
        return FunctionName(match["label"], match["resource"], match["of"], match["member"])
    return FunctionName(match["free"], accessor=match["accessor"])


def getter_of(name: str) -> str:
    """The name of the getter that a setter belongs to; any other name itself."""
    return name.replace("[set]", "[get]", 1)


def is_label(text: str) -> bool:
    """Whether `text` is a `label`: words of one case joined by `-`, the first of which starts with a letter."""
    return _IS_LABEL.fullmatch(text) is not None


def canonical_label(label: str) -> str:
    """The form that two labels of one scope must not share: case and hyphens do not distinguish them."""
    return label.lower().replace("-", "")


def bad_label(names: Iterable[str]) -> str | None:
    """The error in the labels of one scope: not a label, or not strongly-unique; None if they are good."""
    taken: dict[str, str] = {}
    for name in names:
        if _IS_LABEL.fullmatch(name) is None:
            return f"{name!r} is not a kebab-case name"
        canonical = canonical_label(name)
        if canonical in taken:
            previous = taken[canonical]
            return f"{name!r} appears twice" if previous == name else f"{name!r} is the same name as {previous!r}"
        taken[canonical] = name
    return None


@lru_cache(maxsize=1 << 16)
def canonical_name(name: str) -> str:
    """The form in which two strongly-unique names must differ (Explainer.md, "Name Uniqueness").

    A setter does not clash with its getter, which has the name of a function; two setters clash. Case and hyphens do
    not count (component-model PR 704), except in a version: names of interfaces with different versions are different.
    That exception comes from the behaviour of wasm-tools.
    """
    if "@" not in name and "]" not in name:  # the most frequent case
        return canonical_label(name)
    path, at, version = name.partition("@")
    path = canonical_label(path)
    annotations, bracket, rest = path.rpartition("]")
    if not bracket or annotations == "[constructor":
        return path + at + version
    resource, _, member = rest.partition(".")
    if resource == member:
        return resource
    return f"[set]{rest}" if annotations.endswith("[set") else rest


def name_clash(names: Iterable[str]) -> tuple[str, str] | None:
    """The first two names that are not strongly-unique; None if all are."""
    listed = list(names)
    canonical = list(map(canonical_name, listed))
    if len(set(canonical)) == len(canonical):
        return None
    taken: dict[str, str] = {}
    for form, name in zip(canonical, listed, strict=True):
        if form in taken:
            return taken[form], name
        taken[form] = name
    return None


def parse_interface_name(text: str) -> InterfaceName | None:
    """The parts of an interface name; None when `text` is not one."""
    match = _INTERFACE_NAME.fullmatch(text)
    return None if match is None else InterfaceName(match[1], match[2], match[3], match[4])


def canonical_version(version: str) -> tuple[str, str]:
    """A semantic version, split into `canonversion` and `semversuffix` ("Canonical Interface Name").

    The specification splits a pre-release like any version (`0.2`, `.6-rc.1`). wasm-tools 1.262 calls that invalid and
    splits off only the build (`0.2.6-rc.1`), because a pre-release is compatible with nothing; this function does the
    same.
    """
    base, plus, build = version.partition("+")
    if "-" in base:
        return base, plus + build
    match = _CANON_VERSION.match(version)
    end = 0 if match is None else match.end()
    return version[:end], version[end:]


def canonical_interface_name(name: str) -> tuple[str, str | None]:
    """A name with the canonical part of its version, if it has a version, and the rest of the version, if any."""
    path, at, version = name.partition("@")
    if not at:
        return name, None
    canonical, suffix = canonical_version(version)
    return f"{path}@{canonical}", suffix or None
