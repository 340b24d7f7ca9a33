"""`@since`, `@unstable`, `@deprecated` (WIT.md, "Feature Gates") and `@external-id` (WIT.md, "Item: world")."""

from __future__ import annotations

from generator.resolved.model import NO_GATES, Stability
from generator.wit.ast import NO_ATTRIBUTES, Attributes
from generator.wit.cursor import Cursor


def parse_attributes(cursor: Cursor) -> Attributes:
    """All attributes before an item; each at most once."""
    if cursor.kind != "@":
        return NO_ATTRIBUTES
    start = cursor.at
    found: dict[str, str] = {}
    while cursor.eat("@"):
        name = cursor.name("an attribute")
        if name.text in found:
            raise cursor.source.error(name.at, f"@{name.text} appears twice before one item")
        if name.text in ("since", "deprecated"):
            cursor.expect("(")
            cursor.word("version")
            cursor.expect("=")
            found[name.text] = cursor.version()
        elif name.text == "unstable":
            cursor.expect("(")
            cursor.word("feature")
            cursor.expect("=")
            found[name.text] = cursor.name("a name of a feature").text
        elif name.text == "external-id":
            cursor.expect("(")
            found[name.text] = cursor.string()
        else:
            hint = "there are @since, @unstable, @deprecated and @external-id"
            raise cursor.source.error(name.at, f"unknown attribute `@{name.text}`", hint)
        cursor.expect(")")
    since, unstable, deprecated = found.get("since"), found.get("unstable"), found.get("deprecated")
    if since is not None and unstable is not None:
        raise cursor.source.error(start, "an item is either @since or @unstable, not both")
    if deprecated is not None and since is None and unstable is None:
        raise cursor.source.error(start, "@deprecated needs @since or @unstable")
    gated = since is not None or unstable is not None
    stability = Stability(since, unstable, deprecated) if gated else NO_GATES
    return Attributes(stability, found.get("external-id"), start)
