"""`package p // import "path"`: heeded where there are no modules, and only there."""

from __future__ import annotations

import pytest

from gokiln.base.memorydisk import MemoryDisk
from gokiln.packages.scan import ScanMemo
from gokiln.packages.select import import_dir, import_files


def memo(files: dict[str, bytes], gopath_mode: bool = True) -> ScanMemo:
    made = ScanMemo(MemoryDisk({f"/d/{name}": data for name, data in files.items()}), lambda tag: False, False)
    made.gopath_mode = gopath_mode
    return made


@pytest.mark.parametrize(
    ("files", "comment", "error"),
    [
        ({"a.go": b'package p // import "x/p"\n'}, "x/p", None),
        ({"a.go": b'package p /* import "x/p" */\n', "b.go": b"package p\n"}, "x/p", None),
        ({"a.go": b"package p // important\n"}, "", None),
        ({"a.go": b"package p // import x\n"}, "", "/d/a.go:1: cannot parse import comment"),
        (
            {"a.go": b'package p // import "x"\n', "b.go": b'package p // import "y"\n'},
            "x",
            'found import comments "x" (a.go) and "y" (b.go) in /d',
        ),
        ({"a_test.go": b'package p // import "x"\n', "b.go": b"package p\n"}, "x", None),
    ],
)
def test_import_comments(files: dict[str, bytes], comment: str, error: str | None) -> None:
    package = import_dir(memo(files), "/d")
    assert package.import_comment == comment
    assert (None if package.error is None else str(package.error)) == error


def test_not_in_module_mode_and_not_for_files() -> None:
    files = {"a.go": b"package p // import x\n"}
    assert import_dir(memo(files, gopath_mode=False), "/d").error is None
    assert import_files(memo(files), "/d", ["a.go"]).error is None


def test_messages_name_files_in_full_where_no_index_was_asked() -> None:
    files = {"a_test.go": b'package p\n\nimport "C"\n'}
    assert str(import_dir(memo(files), "/d").error) == "use of cgo in test /d/a_test.go not supported"
    assert str(import_dir(memo(files, gopath_mode=False), "/d").error) == "use of cgo in test a_test.go not supported"
    in_files = import_files(memo(files, gopath_mode=False), "/d", ["a_test.go"])
    assert str(in_files.error) == "use of cgo in test /d/a_test.go not supported"
