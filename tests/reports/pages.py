"""Pages taken apart by the standard library's parser, for questions about their structure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "br", "input", "img", "hr"})
EMPTY_IN_SVG = frozenset({"line", "circle", "polyline", "rect"})


@dataclass(slots=True)
class Element:
    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    """The text of the element and of all below it."""

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def all(self, *tags: str) -> Iterator[Element]:
        """Below it, in the order of the document."""
        for child in self.children:
            if not tags or child.tag in tags:
                yield child
            yield from child.all(*tags)

    def one(self, tag: str) -> Element:
        (found,) = self.all(tag)
        return found


class Malformed(AssertionError):
    """Elements that are not nested."""


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            raise Malformed(f"an attribute twice: {tag} {names}")
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in EMPTY_IN_SVG:
            raise Malformed(f"<{tag}/>")
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag != tag:
            raise Malformed(f"</{tag}> ends {self.open[-1].tag}")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.texts.append(data)


def parse(text: str) -> Element:
    """Raises `Malformed` unless every element ends where it must."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    if len(parser.open) != 1:
        raise Malformed(f"not ended: {[element.tag for element in parser.open[1:]]}")
    return parser.root
