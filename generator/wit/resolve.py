"""Syntax trees of packages to a `Resolve`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.errors import WitError
from generator.names.versions import VersionKey, version_key
from generator.resolved.model import Package, PackageId, PackageName, Resolve
from generator.wit.ast import InterfaceDeclaration, WorldDeclaration, syntax_shape
from generator.wit.gates import Features
from generator.wit.handle_order import ArenaStart, move_owned_handles
from generator.wit.package_context import PackageContext, borrowing_types
from generator.wit.resolve_package import PackageResolver, Unit, all_paths
from generator.wit.resolve_world import resolve_worlds
from generator.wit.text import SourceText
from generator.wit.world_sizes import WorldSizes


class PackageSyntax(NamedTuple):
    """A package before resolution: its name with its place, and its parts by file."""

    name: PackageName
    source: SourceText
    at: int
    docs: str | None
    units: tuple[Unit, ...]


def resolve_packages(
    packages: Sequence[PackageSyntax], resolve: Resolve, features: Features, *, for_binary: bool = False
) -> dict[PackageName, PackageId]:
    """Add packages to `resolve`, which may already have some; returns the ids of all its packages, by name.

    Raises WitError for unknown names, cycles, and everything else that WIT forbids, also behind closed gates: if gates
    disable anything, everything is resolved once more with all gates open, and the second result is discarded. With
    `for_binary`, raises LimitError if the first package's worlds are certainly too large for the binary form.
    """
    before = Resolve(list(resolve.types), list(resolve.interfaces), list(resolve.worlds), list(resolve.packages))
    ids, left_out = _resolve_packages(packages, resolve, features, packages[0].name if for_binary else None)
    if left_out:
        _resolve_packages(packages, before, Features(all=True))
    return ids


def _resolve_packages(
    packages: Sequence[PackageSyntax], resolve: Resolve, features: Features, for_binary: PackageName | None = None
) -> tuple[dict[PackageName, PackageId], bool]:
    """The ids by name, and whether gates disabled anything."""
    left_out = False
    ids = {package.name: PackageId(index) for index, package in enumerate(resolve.packages)}
    by_name = _by_name(packages, ids)
    borrowing = borrowing_types(resolve)
    for package in _in_order(by_name, ids):
        id = PackageId(len(resolve.packages))
        resolve.packages.append(Package(package.name, {}, {}, package.docs))
        ids[package.name] = id
        start = ArenaStart.of(resolve)
        context = PackageContext(resolve, id, features, borrowing)
        _resolve_package(context, package, ids, for_binary == package.name)
        move_owned_handles(resolve, start, borrowing, context.copied)
        left_out = left_out or context.left_out
    return ids, left_out


def _resolve_package(
    context: PackageContext, package: PackageSyntax, ids: dict[PackageName, PackageId], for_binary: bool
) -> None:
    resolver = PackageResolver(context, package.units, ids)
    items = resolver.ordered_items()
    for declaration, unit in items:
        if isinstance(declaration, InterfaceDeclaration):
            resolver.resolve_interface(declaration, unit)
    worlds = ((item, unit) for item, unit in items if isinstance(item, WorldDeclaration))
    resolve_worlds(resolver, worlds, WorldSizes(context.resolve, str(context.name)) if for_binary else None)
    resolver.check_toplevel_uses()


def _by_name(
    packages: Sequence[PackageSyntax], known: dict[PackageName, PackageId]
) -> dict[PackageName, PackageSyntax]:
    by_name: dict[PackageName, PackageSyntax] = {}
    for package in packages:
        previous = by_name.get(package.name)
        if previous is not None and previous.source is not package.source and _contents(previous) == _contents(package):
            # WIT.md, "Root Package: A Directory": duplicates across dependencies must have the same contents.
            continue
        if previous is not None or package.name in known:
            where = f"another one is in {previous.source.name}" if previous is not None else "another one is binary"
            raise package.source.error(package.at, f"the package `{package.name}` is defined more than once", where)
        by_name[package.name] = package
    return by_name


def _contents(package: PackageSyntax) -> object:
    return [syntax_shape(unit.members) for unit in package.units]


def _sort_key(name: PackageName) -> tuple[str, str, bool, VersionKey | tuple[()]]:
    version = version_key(name.version) if name.version is not None else ()
    return name.namespace, name.name, name.version is not None, version


def _in_order(by_name: dict[PackageName, PackageSyntax], known: dict[PackageName, PackageId]) -> list[PackageSyntax]:
    """Packages after the packages that they refer to, otherwise by name. The stack replaces recursion."""
    done: set[PackageName] = set()
    order: list[PackageSyntax] = []
    for root in sorted(by_name, key=_sort_key):
        if root in done:
            continue
        stack = [(by_name[root], _dependencies(by_name[root]))]
        active = {root}
        while stack:
            package, dependencies = stack[-1]
            for name, source, at in dependencies:
                if name in active:
                    hint = "inside a package, refer to its items by their bare names" if name == package.name else None
                    raise source.error(at, f"the package `{name}` depends on itself", hint)
                if name in done or name in known:
                    continue
                if name not in by_name:
                    raise _unknown_package(name, source, at, [*known, *by_name])
                stack.append((by_name[name], _dependencies(by_name[name])))
                active.add(name)
                break
            else:
                stack.pop()
                active.remove(package.name)
                done.add(package.name)
                order.append(package)
    return order


def _dependencies(package: PackageSyntax) -> Iterator[tuple[PackageName, SourceText, int]]:
    seen: set[PackageName] = set()
    for unit in package.units:
        for path in all_paths(unit.members):
            if path.package is not None and path.package not in seen:
                seen.add(path.package)
                yield path.package, unit.source, path.package_at


def _unknown_package(name: PackageName, source: SourceText, at: int, known: list[PackageName]) -> WitError:
    others = ", ".join(sorted(str(package) for package in known))
    hint = f"packages come from the `deps` folder or from `package ... {{ }}`; there are: {others}"
    return source.error(at, f"unknown package `{name}`", hint)
