import os

import pytest

from gokiln.base.disk import SKIP_DIR, Disk, NotDirError, go_os_error, quote_glob
from gokiln.base.memorydisk import MemoryDisk
from gokiln.base.oserror import path_error
from gokiln.base.overlaydisk import OverlayDisk, OverlayError


def tree(root, names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def test_list_is_sorted_by_bytes_and_knows_kinds(tmp_path):
    tree(tmp_path, ["b.go", "a/x", "B.go"])
    (tmp_path / "link").symlink_to("b.go")
    got = [(e.name, e.kind) for e in Disk().list_dir(str(tmp_path))]
    assert got == [("B.go", "f"), ("a", "d"), ("b.go", "f"), ("link", "l")]
    with pytest.raises(NotDirError):
        Disk().list_dir(str(tmp_path / "b.go"))


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 3_000_000])
def test_read_file_of_any_size(tmp_path, size):
    (tmp_path / "f").write_bytes(b"x" * size)
    assert len(Disk().read_file(str(tmp_path / "f"))) == size


def test_errors_in_go_words(tmp_path):
    with pytest.raises(FileNotFoundError) as info:
        Disk().read_file(str(tmp_path / "no"))
    assert go_os_error("open", "no", info.value) == "open no: no such file or directory"


def test_overlay_replaces_adds_deletes(tmp_path):
    tree(tmp_path, ["d/a.go", "d/b.go", "new"])
    disk = OverlayDisk({"d/a.go": "", "d/c.go": "new", "e/f/g.go": "new"}, str(tmp_path))
    d = str(tmp_path / "d")
    assert [e.name for e in disk.list_dir(d)] == ["b.go", "c.go"]
    assert disk.read_file(d + "/c.go") == b"new"
    with pytest.raises(FileNotFoundError):
        disk.read_file(d + "/a.go")
    assert disk.is_dir(str(tmp_path / "e/f"))
    assert [e.name for e in disk.list_dir(str(tmp_path / "e"))] == ["f"]
    assert disk.actual(d + "/c.go") == str(tmp_path / "new")
    assert disk.replaced(d + "/a.go") and not disk.replaced(d + "/b.go") and not disk.replaced(d)


def test_overlay_mistakes(tmp_path):
    for table, text in [
        ({"": "x"}, "empty string key in overlay map"),
        ({"a": "x", "./a": "y"}, "duplicate paths ./a and a in overlay map"),
        ({"a": "x", "a/b": "y"}, f"inconsistent files {tmp_path}/a and {tmp_path}/a/b in overlay map"),
    ]:
        with pytest.raises(OverlayError) as info:
            OverlayDisk(table, str(tmp_path))
        assert str(info.value) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"[]", "cannot unmarshal array into Go value of type fsys.overlayJSON"),
        (b"1", "cannot unmarshal number into Go value of type fsys.overlayJSON"),
        (
            b'{"Replace":[]}',
            "cannot unmarshal array into Go struct field overlayJSON.Replace of type map[string]string",
        ),
        (b'{"replace":{"a":{}}}', "cannot unmarshal object into Go struct field overlayJSON.Replace of type string"),
    ],
)
def test_overlays_of_another_shape(tmp_path, data, text):
    with pytest.raises(OverlayError) as info:
        OverlayDisk.from_json(data, str(tmp_path))
    assert str(info.value) == f"parsing overlay JSON: json: {text}"


def test_overlays_of_another_shape_since_go1_27(tmp_path):
    with pytest.raises(OverlayError, match=r"field overlayJSON\.Replace\.a of type string"):
        OverlayDisk.from_json(b'{"Replace":{"a":1}}', str(tmp_path), 27)


def test_overlays_as_json_takes_them(tmp_path):
    d = str(tmp_path)
    assert not OverlayDisk.from_json(b"null", d).overlaid()
    assert not OverlayDisk.from_json(b'{"Replace":null,"Other":1}', d).overlaid()
    both = OverlayDisk.from_json(b'{"REPLACE":{"a":null},"Replace":{"b":""}}', d)
    assert both.replaced(d + "/a") and both.replaced(d + "/b") and both.actual(d + "/a") == ""
    everything = OverlayDisk.from_json(b'{"Replace":{"/":"x"}}', d)
    assert everything.dir_contains_replacement(d) == "/"


def test_a_directory_in_a_files_place_is_said(tmp_path):
    (tmp_path / "sub").mkdir()
    disk = OverlayDisk({"d/a.go": "sub", "d/b.go": "x\0y"}, str(tmp_path))
    with pytest.raises(OSError) as info:
        disk.list_dir(str(tmp_path / "d"))
    assert path_error("open", "d", info.value) == "read d: overlay maps child a.go to directory"
    with pytest.raises(OSError, match=r"nvalid argument"):
        disk.read_file(str(tmp_path / "d/b.go"))


def test_walk_skips():
    disk = MemoryDisk({"/r/a/x": b"", "/r/a/y": b"", "/r/b/z": b"", "/r/c": b""})
    seen = []

    def visit(path, entry, err):
        seen.append(path)
        return SKIP_DIR if path in ("/r/b", "/r/a/x") else None

    disk.walk_dir("/r", visit)
    assert seen == ["/r", "/r/a", "/r/a/x", "/r/b", "/r/c"]


def test_glob_with_quoted_directory():
    disk = MemoryDisk({"/r[1]/a.txt": b"", "/r[1]/b.txt": b"", "/r[1]/c/d.txt": b""})
    assert disk.glob(quote_glob("/r[1]" + os.sep) + "*.txt") == ["/r[1]/a.txt", "/r[1]/b.txt"]
    assert disk.glob(quote_glob("/r[1]" + os.sep) + "*/*.txt") == ["/r[1]/c/d.txt"]
    assert disk.glob("/r/none*") == []


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="needs /dev/zero")
def test_reading_a_device_that_does_not_end_ends(tmp_path):
    (tmp_path / "x.go").symlink_to("/dev/zero")
    assert set(Disk().read_file(str(tmp_path / "x.go"))) == {0}
