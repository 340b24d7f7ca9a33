"""Where the sources of Lua come from, and the command, without a network and a compiler."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from interpreters.lua import sources
from interpreters.lua.__main__ import main
from interpreters.lua.build import without_debugging
from interpreters.lua.sources import NoSources, fetched, named, unpack

LUA_H = '#define LUA_VERSION_MAJOR\t"{}"\n#define LUA_VERSION_MINOR\t"{}"\n#define LUA_VERSION_RELEASE\t"7"\n'


def lua(folder: Path, major: int = 5, minor: int = 4) -> Path:
    folder.mkdir(parents=True)
    (folder / "lua.h").write_text(LUA_H.format(major, minor))
    (folder / "lapi.c").write_text("")
    return folder


def test_a_folder_or_its_src(tmp_path: Path) -> None:
    found = lua(tmp_path / "lua-5.4.7" / "src")
    assert named(found) == named(tmp_path / "lua-5.4.7") == found


def test_other_versions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NoSources, match=r"has Lua 5\.3\.7; Lua 5\.4 is needed"):
        named(lua(tmp_path / "x", minor=3))


def test_what_has_no_sources(tmp_path: Path) -> None:
    with pytest.raises(NoSources, match="has no sources of Lua"):
        named(tmp_path)


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def test_only_the_c_files_of_src_are_unpacked(tmp_path: Path) -> None:
    members = {
        "lua/src/a.c": b"a",
        "lua/src/b.h": b"b",
        "lua/src/Makefile": b"m",
        "lua/doc/c.c": b"c",
        "../src/d.c": b"d",
    }
    unpack(archive(tmp_path / "x.tar.gz", members), tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.c", "b.h", "d.c"]


def test_a_huge_archive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "LARGEST", 3)
    with pytest.raises(NoSources, match="more than 3 bytes"):
        unpack(archive(tmp_path / "x.tar.gz", {"a/src/a.c": b"aaaa"}), tmp_path / "out")


@pytest.mark.parametrize("listed", ["deb", "sources"])
def test_the_machine_s_lists_become_lists_of_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listed: str
) -> None:
    """apt-get is a script here, which shows what it gets and makes the package."""
    etc = tmp_path / "etc"
    (etc / "sources.list.d").mkdir(parents=True)
    if listed == "deb":
        (etc / "sources.list").write_text("deb [a=b] x:/y stable main\n# deb comment\n")
    else:
        (etc / "sources.list.d" / "debian.sources").write_text("Types: deb\nURIs: x:/y\n")
    monkeypatch.setattr(sources, "_APT", etc)
    package = archive(tmp_path / "lua.tar.gz", {"lua/src/lua.h": LUA_H.format(5, 4).encode(), "lua/src/lapi.c": b""})
    fake = tmp_path / "bin" / "apt-get"
    fake.parent.mkdir()
    fake.write_text(
        f"#!/bin/sh\nfor word; do last=$word; done\ncat ../parts/* parts/* >> {tmp_path}/seen 2>/dev/null\n"
        f'[ "$last" = update ] || cp {package} lua5.4_5.4.7.orig.tar.gz\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent), prepend=":")
    (tmp_path / "work").mkdir()
    assert named(fetched(tmp_path / "work")).name == "lua5.4"
    seen = (tmp_path / "seen").read_text()
    assert "deb-src [a=b] x:/y stable main" in seen if listed == "deb" else "Types: deb-src\nURIs: x:/y" in seen


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'E: Unable to find a source package' >&2; exit 100", "Unable to find a source package; name a folder"),
        ("exec sleep 60", "took more than 1 s; name a folder"),
    ],
)
def test_what_apt_cannot_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, why: str) -> None:
    etc, fake = tmp_path / "etc", tmp_path / "bin" / "apt-get"
    for folder in (etc, fake.parent, tmp_path / "work"):
        folder.mkdir()
    (etc / "sources.list").write_text("deb x:/y stable main\n")
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    monkeypatch.setattr(sources, "_APT", etc)
    monkeypatch.setattr(sources, "SECONDS", 1)
    monkeypatch.setenv("PATH", str(fake.parent), prepend=":")
    with pytest.raises(NoSources, match=why):
        fetched(tmp_path / "work")


def test_debugging_sections_are_left_out() -> None:
    def custom(name: str) -> bytes:
        body = bytes([len(name)]) + name.encode() + b"x" * 200
        return b"\x00" + bytes([len(body) & 0x7F | 0x80, len(body) >> 7]) + body

    kept = b"\0asm\x01\0\0\0" + custom("name")
    assert without_debugging(kept + custom(".debug_line") + custom("other")) == kept + custom("other")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["build", "--sources", "."], 1, "has no sources of Lua"),
        (["build", "--sources", "none"], 2, "does not exist"),
        (["build", "--abi-version", "4"], 2, "'4' is not one of '2', '3'"),
        (["program"], 2, "Missing argument"),
        (["program", "none.lua"], 2, "does not exist"),
        (["program", "a.lua", "-o", "none/b.so"], 1, "none/b.so: No such file or directory"),
        (["program", "a.lua", "-o", "b.so"], 0, "b.so: "),
    ],
)
def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, said: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.lua").write_text("")
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, said in done.output) == (code, True), done.output
