"""The sources of Lua 5.4: a folder that the user names, or the source package of Debian or Ubuntu, by apt."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path

PACKAGE = "lua5.4"
SECONDS = 120
"""For each of the two commands of apt."""
LARGEST = 16 << 20
"""Bytes of all sources together."""
_APT = Path("/etc/apt")
_VERSION = re.compile(r'#define\s+LUA_VERSION_(MAJOR|MINOR|RELEASE|NUM)\s+"?(\d+)"?')


class NoSources(Exception):
    """There are no sources of Lua; the message gives the reason and the fix."""


def named(folder: Path) -> Path:
    """The folder with `lua.h` and `lapi.c`: this one, or its `src`. Raises `NoSources`."""
    for found in (folder, folder / "src"):
        if (found / "lua.h").is_file() and (found / "lapi.c").is_file():
            if version(found)[:2] != ("5", "4"):
                raise NoSources(f"{found} has Lua {'.'.join(version(found))}; Lua 5.4 is needed")
            return found
    raise NoSources(f"{folder} has no sources of Lua: neither lua.h with lapi.c nor src/lua.h with src/lapi.c")


def version(folder: Path) -> tuple[str, ...]:
    """Major, minor and release, if `lua.h` contains them."""
    found = dict(_VERSION.findall((folder / "lua.h").read_text(encoding="utf-8", errors="replace")))
    if "MAJOR" not in found and "NUM" in found:  # from 5.5 on the parts are numbers of another form
        return found["NUM"][0], found["NUM"][1:].lstrip("0")
    return tuple(found[part] for part in ("MAJOR", "MINOR", "RELEASE") if part in found)


def fetched(folder: Path) -> Path:
    """Download the source package into an empty folder and unpack it. Returns as `named`.

    apt checks the signature of its lists, and the package by the checksum in them. Raises `NoSources`.
    """
    if shutil.which("apt-get") is None:
        raise NoSources(f"no apt-get to get Lua's sources with; {_ADVICE}")
    lists = folder / "apt"
    for name in ("lists/partial", "cache/archives/partial", "parts", "package"):
        (lists / name).mkdir(parents=True)
    if not _source_lists(lists / "parts"):
        raise NoSources(f"apt has no list of packages in {_APT}; {_ADVICE}")
    options = [
        *("-o", "Dir::Etc::SourceList=/dev/null", "-o", f"Dir::Etc::SourceParts={lists / 'parts'}"),
        *("-o", f"Dir::State::Lists={lists / 'lists'}", "-o", f"Dir::Cache={lists / 'cache'}"),
        *("-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20", "-o", "Acquire::https::Timeout=20"),
        *("-o", "APT::Get::AllowUnauthenticated=false", "-o", "APT::Sandbox::User=root"),
    ]
    _apt([*options, "update"], lists)
    _apt([*options, "source", "--download-only", "--tar-only", PACKAGE], lists / "package")
    (archive,) = (lists / "package").glob("*.orig.tar.*")
    unpack(archive, folder / PACKAGE)
    return named(folder / PACKAGE)


def unpack(archive: Path, folder: Path) -> None:
    """The C files of an archive's `src`, without their folders. Raises `NoSources`."""
    folder.mkdir()
    size = 0
    with tarfile.open(archive) as members:
        for member in members:
            path = Path(member.name)
            if not member.isfile() or path.parent.name != "src" or path.suffix not in (".c", ".h"):
                continue
            size += member.size
            content = members.extractfile(member)
            if size > LARGEST or content is None:
                raise NoSources(f"{archive.name} is no source package of Lua: it has more than {LARGEST} bytes")
            (folder / path.name).write_bytes(content.read())


_ADVICE = "name a folder with them: --sources FOLDER (https://www.lua.org/ftp has them)"


def _source_lists(to: Path) -> int:
    """Turn the machine's lists of packages into lists of source packages; returns their number."""
    lines = [
        path for path in (_APT / "sources.list", *sorted((_APT / "sources.list.d").glob("*.list"))) if path.exists()
    ]
    stanzas = sorted((_APT / "sources.list.d").glob("*.sources"))
    for path in lines:
        text = re.sub(r"^\s*deb(?:-src)?\s", "deb-src ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        (to / path.with_suffix(".list").name).write_text(text, encoding="utf-8")
    for path in stanzas:
        text = re.sub(r"^Types:.*$", "Types: deb-src", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        (to / path.name).write_text(text, encoding="utf-8")
    return len(lines) + len(stanzas)


def _apt(arguments: Sequence[str], folder: Path) -> None:
    environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            ["apt-get", "-q", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise NoSources(f"apt-get {arguments[-1]} took more than {SECONDS} s; {_ADVICE}") from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("E: ")]
        raise NoSources(f"apt-get cannot get the source package {PACKAGE}: {' '.join(said)[3:]}; {_ADVICE}")
