"""What the records of imports answer is what reading the sources answers, whatever was edited in between."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from gokiln.base.disk import Disk
from gokiln.errors import GokilnError
from gokiln.index.importrecords import ImportRecords
from gokiln.packages.scan import ScanMemo
from gokiln.packages.sourcefiles import ReadError

ANY_TAGS = frozenset(["*"])
DIRS = st.sampled_from(["main", "main/a", "main/a/b", "cache/x.y/m@v1.0.0/p", "go/src/fmt"])
NAMES = st.sampled_from(["a.go", "b_test.go", "c_windows.go", "_d.go", "e.txt"])
IMPORTS = st.lists(st.sampled_from(["fmt", "C", "x.y/m", "appengine", "os"]), max_size=3, unique=True)
HEADS = st.sampled_from(["", "//go:build ignore\n\n", "//go:build linux\n\n", "//go:build windows\n\n"])
SOURCE = st.one_of(
    st.builds(lambda h, i: f"{h}package p\n" + "".join(f'import "{x}"\n' for x in i), HEADS, IMPORTS),
    st.sampled_from(["", "package p\nimport fmt\n"]),
)
# A file is written or, with None, removed. The module cache is never written to, only unpacked anew.
EDIT = st.tuples(DIRS, NAMES, st.one_of(SOURCE, st.none()))
_DAMAGES = st.sampled_from(["", "cut", "flip", "empty"])


def answers(memo: ScanMemo, root: Path) -> list[object]:
    """What every directory imports, for any tags and for the build's."""
    found: list[object] = []
    for directory in sorted(root.rglob("*")):
        for tags in (ANY_TAGS, None):
            try:
                found.append((str(directory), memo.scan_dir(str(directory), tags)))
            except (ReadError, GokilnError, OSError) as err:
                found.append((str(directory), type(err).__name__, str(err)))
        if memo.has_go_files(str(directory)):
            assert any(directory.glob("*.go"))
    return found


def memo(root: Path, records: Path | None) -> ScanMemo:
    scan = ScanMemo(Disk(), {"linux", "amd64", "unix"}.__contains__, True)
    if records is not None:
        places = (str(records), str(root / "cache"), str(root / "go" / "src"))
        any_tags = ImportRecords(*places, "*")
        scan.records = {True: any_tags, False: ImportRecords(*places, "linux", any_tags)}
    return scan


def edit(root: Path, directory: str, name: str, text: str | None) -> None:
    folder = root / directory
    if directory.startswith("cache/") and folder.exists():
        # As the go command does it: the old tree goes, another takes its place.
        kept = {f.name: f.read_text() for f in folder.iterdir()}
        shutil.rmtree(folder)
        folder.mkdir()
        for old, content in kept.items():
            (folder / old).write_text(content)
    folder.mkdir(parents=True, exist_ok=True)
    if text is not None:
        (folder / name).write_text(text)
    else:
        (folder / name).unlink(missing_ok=True)


def damage(records: Path, how: str) -> None:
    for file in sorted(records.iterdir()) if records.exists() and how else ():
        data = file.read_bytes()
        at = len(data) // 2
        changed = {"cut": data[:at], "flip": data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], "empty": b""}[how]
        file.write_bytes(changed)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.lists(EDIT, min_size=1, max_size=4), _DAMAGES), min_size=1, max_size=4))
def test_records_answer_as_the_sources_do(rounds: list[tuple[list[tuple[str, str, str | None]], str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root, records = Path(folder) / "w", Path(folder) / "records"
        (root / "main").mkdir(parents=True)
        (root / "main" / "go.mod").write_text("module m\n")
        now = time.time_ns
        # Seen from a minute later, so that nothing is too young to be remembered.
        with mock.patch("gokiln.index.importrecords.time.time_ns", lambda: now() + 60_000_000_000):
            for edits, how in rounds:
                for each in edits:
                    edit(root, *each)
                damage(records, how)
                expected = answers(memo(root, None), root)
                for _ in range(2):  # to learn, and to answer from what was learned
                    scan = memo(root, records)
                    assert answers(scan, root) == expected
                    for kept in scan.records.values():
                        kept.save()


def test_a_main_module_is_answered_without_reading(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module m\n")
    (tmp_path / "a.go").write_text('package m\nimport "fmt"\n')
    os.utime(tmp_path / "a.go", (1, 1))
    now = time.time_ns
    with mock.patch("gokiln.index.importrecords.time.time_ns", lambda: now() + 60_000_000_000):
        first = memo(tmp_path, tmp_path / "records")
        assert first.scan_dir(str(tmp_path), ANY_TAGS) == (["fmt"], [])
        first.records[True].save()
        again = memo(tmp_path, tmp_path / "records")
        with mock.patch.object(ScanMemo, "_scan_dir", side_effect=AssertionError("read")):
            assert again.scan_dir(str(tmp_path), ANY_TAGS) == (["fmt"], [])
