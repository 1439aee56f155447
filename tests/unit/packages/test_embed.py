import pytest

from gokiln.base.disk import Disk
from gokiln.base.memorydisk import MemoryDisk
from gokiln.packages.embed import resolve_embed
from gokiln.packages.error import EmbedError

DISK = MemoryDisk(
    {
        "/p/a.txt": b"",
        "/p/b.txt": b"",
        "/p/link": "a.txt",
        "/p/d/x": b"",
        "/p/d/.hidden": b"",
        "/p/d/_under": b"",
        "/p/d/sub/y": b"",
        "/p/d/mod/go.mod": b"",
        "/p/d/mod/z": b"",
        "/p/empty/.only": b"",
        "/p/.git/config": b"",
        "/p/bad/na:me": b"",
        "/p/na:me": b"",
        "/p/up/d/x": b"",
        "/p/up/other/go.mod": b"",
        "/p/up/other/z": b"",
        "/p/up/.svn/entries": b"",
        "/p/up/.hg": b"",
        "/p/links/x": b"",
        "/p/links/y": "x",
        "/p/_deep/sub/z": b"",
    }
)


@pytest.mark.parametrize(
    ("patterns", "files"),
    [
        (["*.txt"], ["a.txt", "b.txt"]),
        (["d"], ["d/sub/y", "d/x"]),
        (["all:d"], ["d/.hidden", "d/_under", "d/sub/y", "d/x"]),
        (["d/.hidden", "a.txt"], ["a.txt", "d/.hidden"]),
        (["d/*/y"], ["d/sub/y"]),
        (["up"], ["up/d/x"]),
        (["all:up"], ["up/d/x"]),
        (["d/x", "d"], ["d/sub/y", "d/x"]),
        (["links"], ["links/x"]),
        (["_deep"], ["_deep/sub/z"]),
    ],
)
def test_files(patterns, files):
    found, by_pattern = resolve_embed(DISK, "/p", patterns)
    assert found == files
    assert list(by_pattern) == patterns


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("none*", "no matching files found"),
        ("../x", "invalid pattern syntax"),
        ("[", "invalid pattern syntax"),
        (".", "invalid pattern syntax"),
        ("/a", "invalid pattern syntax"),
        ("link", "cannot embed irregular file link"),
        ("", "invalid pattern syntax"),
        ("a//b", "invalid pattern syntax"),
        ("d/..", "invalid pattern syntax"),
        ("a\udcff", "invalid pattern syntax"),
        ("na:me", "cannot embed file na:me: invalid name na:me"),
        ("up/.svn", "cannot embed directory up/.svn: invalid name .svn"),
        ("up/.hg", "cannot embed file up/.hg: invalid name .hg"),
        (".git", "cannot embed directory .git: invalid name .git"),
        ("d/mod/z", "cannot embed file d/mod/z: in different module"),
        ("d/mod", "cannot embed directory d/mod: in different module"),
        ("empty", "cannot embed directory empty: contains no embeddable files"),
        (".git/config", "cannot embed file .git/config: in invalid directory .git"),
        ("bad", "cannot embed file bad/na:me: invalid name na:me"),
    ],
)
def test_refusals(pattern, text):
    with pytest.raises(EmbedError) as info:
        resolve_embed(DISK, "/p", ["a.txt", pattern])
    assert str(info.value) == f"pattern {pattern}: {text}"


def test_links_can_be_followed():
    assert resolve_embed(DISK, "/p", ["link"], True)[0] == ["link"]


def test_followed_links_must_lead_to_files(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "dir").symlink_to("d")
    (tmp_path / "gone").symlink_to("nowhere")
    for name, text in (
        ("dir", "cannot embed irregular file dir"),
        ("gone", f"stat {tmp_path}/gone: no such file or directory"),
    ):
        with pytest.raises(EmbedError) as info:
            resolve_embed(Disk(), str(tmp_path), [name], True)
        assert str(info.value) == f"pattern {name}: {text}"


def test_not_through_links_to_directories(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").write_text("")
    (tmp_path / "dl").symlink_to("d")
    with pytest.raises(EmbedError) as info:
        resolve_embed(Disk(), str(tmp_path), ["dl/x"])
    assert str(info.value) == "pattern dl/x: cannot embed file dl/x: in non-directory dl"
