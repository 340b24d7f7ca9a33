"""The contents of an item that a gate turns off (WIT.md, "Rules for feature gate usage").

By the specification all of it must be gated compatibly. Like the reference (from the behaviour of wasm-tools 1.262),
this module accepts functions without a gate, and inline interfaces, as long as they refer to no disabled item.
"""

from __future__ import annotations

from generator.wit.ast import (
    Attributes,
    ExternDeclaration,
    FunctionDeclaration,
    InterfaceDeclaration,
    Name,
    TypeDeclaration,
    UseDeclaration,
    WorldDeclaration,
)
from generator.wit.package_context import PackageContext
from generator.wit.resolve_types import names_in, names_in_type
from generator.wit.text import SourceText


class Contained:
    """Checks one file's items. Raises WitError."""

    def __init__(self, context: PackageContext, source: SourceText) -> None:
        self._context = context
        self._source = source

    def check_interface(self, declaration: InterfaceDeclaration) -> None:
        """Check a disabled interface."""
        for member in declaration.members:
            self._check_types(member, "interface")

    def check_world(self, declaration: WorldDeclaration) -> None:
        """Check a disabled world."""
        for member in declaration.members:
            if isinstance(member, ExternDeclaration):
                item = member.item
                if isinstance(item, InterfaceDeclaration) and self._is_included(member.attributes):
                    self._check_references(item)
                elif isinstance(item, InterfaceDeclaration):
                    self.check_interface(item)
            else:
                self._check_types(member, "world")

    def _check_types(self, member: object, what: str) -> None:
        """A named type there must also be disabled."""
        if isinstance(member, TypeDeclaration):
            name = member.name
        elif isinstance(member, UseDeclaration) and member.names:
            name = member.names[0].local
        else:
            return
        if self._is_included(member.attributes):
            message = f"the type `{name.text}` is not gated, but its {what} is"
            raise self._source.error(name.at, message, f"give it the gate of its {what}")

    def _check_references(self, declaration: InterfaceDeclaration) -> None:
        """An inline interface without a gate: its open items refer to no disabled item."""
        off: set[str] = set()
        mentioned: list[Name] = []
        for member in declaration.members:
            included = self._is_included(member.attributes)
            if isinstance(member, FunctionDeclaration):
                for expression in (*(type for _, type in member.params), member.result) if included else ():
                    names_in_type(expression, mentioned)
            elif included:
                mentioned += names_in(member.body) if isinstance(member, TypeDeclaration) else ()
            else:
                names = [member.name] if isinstance(member, TypeDeclaration) else [name.local for name in member.names]
                off.update(name.text for name in names)
        for name in mentioned:
            if name.text in off:
                hint = "gate its users too, or enable the feature with --features"
                raise self._source.error(name.at, f"the type `{name.text}` is turned off by its feature gate", hint)

    def _is_included(self, attributes: Attributes) -> bool:
        return self._context.is_included(attributes.stability, self._source, attributes.at)
