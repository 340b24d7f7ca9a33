"""The input texts of toolchains: the packages of the source, and the mirror worlds nested after them."""

from __future__ import annotations

from generator.resolved.model import PackageId, Resolve
from generator.wit.printer import print_all, print_package
from harness.frontend.mirror import MIRROR


def with_mirrors(resolve: Resolve, source_text: str) -> str:
    """`source_text`, one file, with the mirror package of `resolve` nested after it."""
    package = resolve.find_package(MIRROR)
    assert package is not None
    head, _, body = print_package(resolve, package).partition(";")
    assert head.strip() == f"package {MIRROR}"
    return f"{source_text.rstrip()}\n\npackage {MIRROR} {{{body.rstrip()}\n}}\n"


def one_text(resolve: Resolve, main: PackageId) -> str:
    """Everything in `resolve` as one text."""
    return print_all(resolve, main)
