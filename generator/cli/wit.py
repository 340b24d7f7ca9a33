"""`component wit`: reads WIT in any form and writes it in the requested form."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from generator.cli.outputs import STANDARD_STREAM, check_output, write_output
from generator.cli.visible import visible
from generator.errors import UsageError
from generator.resolved.model import PackageId, Resolve, WorldId
from generator.sources.load import Loaded, load_bytes, load_input, select_world
from generator.wit.json_form import resolve_json
from generator.wit.printer import print_all, print_package
from generator.wit.worlds import exportize, importize


def run(args: argparse.Namespace) -> int:
    """Raises GeneratorError for bad input, UsageError for unsupported options."""
    _refuse_unsupported(args)
    loaded = _load(args)
    package = _change(args, loaded)
    resolve = loaded.resolve
    if args.json:
        _write(args, (json.dumps(resolve_json(resolve), indent=2, ensure_ascii=False)).encode())
    elif args.wasm or args.wat:
        # Imported here because text output does not need it.
        from generator.wit.binary.encode import encode_package
        from generator.wit.binary.limits import check_package, check_types

        if not args.skip_validation:
            check_types(resolve)
            check_package(resolve, package)
        write_output(args, encode_package(resolve, package, canonical_names=args.emit_canonical_names))
    elif args.out_dir is not None:
        _write_folder(Path(args.out_dir), resolve, package, not args.no_docs)
    else:
        _write(args, print_all(resolve, package, not args.no_docs).encode())
    return 0


def _refuse_unsupported(args: argparse.Namespace) -> None:
    if args.generate_nominal_type_ids:
        raise UsageError("--generate-nominal-type-ids is not supported: it would change only the output of --json")
    if args.out_dir is not None and (args.output is not None or args.json or args.wasm or args.wat):
        raise UsageError("--out-dir needs WIT text output, without --output")
    if args.wasm or args.wat:
        check_output(args)
    importing = args.importize or args.importize_world is not None
    exporting = args.exportize or args.exportize_world is not None
    if args.importize_out_world_name is not None and not importing:
        raise UsageError("--importize-out-world-name needs --importize or --importize-world")
    if (args.exportize_out_world_name is not None or args.exportize_import) and not exporting:
        raise UsageError("--exportize-out-world-name and --exportize-import need --exportize or --exportize-world")


def _load(args: argparse.Namespace) -> Loaded:
    """Refuses a package that is too large for the requested form early, unless flags change it before it is written."""
    for_binary = (args.wasm or args.wat) and not args.json and not args.skip_validation and not _changes(args)
    if args.input == STANDARD_STREAM:
        content = sys.stdin.buffer.read()
        return load_bytes(content, "<stdin>", args.features, args.all_features, for_binary=for_binary)
    return load_input(Path(args.input), args.features, args.all_features, for_binary=for_binary)


def _world(loaded: Loaded, name: str | None) -> WorldId:
    """The world to change: the world of the component or core module, or the world of this name in the package."""
    if name is None and loaded.world is not None:
        return loaded.world
    return select_world(loaded.resolve, loaded.package, name)


def _changes(args: argparse.Namespace) -> bool:
    given = (args.importize_world, args.exportize_world, args.merge_world_imports_based_on_semver)
    return args.importize or args.exportize or any(name is not None for name in given)


def _change(args: argparse.Namespace, loaded: Loaded) -> PackageId:
    """Change the world as the flags request; returns the package to write."""
    if args.importize or args.importize_world is not None:
        world = _world(loaded, args.importize_world)
        importize(loaded.resolve, world, args.importize_out_world_name)
    elif args.exportize or args.exportize_world is not None:
        world = _world(loaded, args.exportize_world)
        exportize(loaded.resolve, world, args.exportize_out_world_name, args.exportize_import)
    elif args.merge_world_imports_based_on_semver is not None:
        from generator.wit.semver import merge_imports_by_version

        world = _world(loaded, args.merge_world_imports_based_on_semver)
        merge_imports_by_version(loaded.resolve, world)
    else:
        return loaded.package
    package = loaded.resolve.worlds[world].package
    return loaded.package if package is None else package


def _write(args: argparse.Namespace, content: bytes) -> None:
    if args.output is not None and args.output != STANDARD_STREAM:
        Path(args.output).write_bytes(content)
    else:
        sys.stdout.buffer.write(content)


def _write_folder(folder: Path, resolve: Resolve, main: PackageId, docs: bool) -> None:
    """The main package in `folder`, the others in its `deps`; `load` reads it back."""
    for index in range(len(resolve.packages)):
        package = PackageId(index)
        target = (folder if package == main else folder / "deps") / f"{_file_stem(resolve, package)}.wit"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(print_package(resolve, package, docs), encoding="utf-8")
        print(visible(f"Writing: {target}"))


def _file_stem(resolve: Resolve, id: PackageId) -> str:
    """The package's name, with the parts of namespace and version that distinguish it from the others."""
    name = resolve.packages[id].name
    same_name = [package.name for package in resolve.packages if package.name.name == name.name]
    one_namespace = len({other.namespace for other in same_name}) == 1
    versions = [other for other in same_name if other.namespace == name.namespace]
    stem = name.name if one_namespace else f"{name.namespace}:{name.name}"
    return stem if len(versions) == 1 or name.version is None else f"{stem}@{name.version}"
