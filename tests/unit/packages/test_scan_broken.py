"""What a directory with broken files imports: the index of the go command knows nothing of such a file."""

from __future__ import annotations

import pytest

from gokiln.base.memorydisk import MemoryDisk
from gokiln.packages.scan import ScanMemo

GOOD = b'package p\n\nimport _ "example.com/good"\n'
BAD_PATH = b'package p\n\nimport _ "bad path"\nimport _ "example.com/lost"\n'
BAD_SYNTAX = b'package p\n\nimport _ "example.com/before"\nimport what\n'
NUL = b'package p\n\nimport _ "example.com/x"\n\0'


def scan(directory: str, module_cache: str = "/cache") -> list[str]:
    names = {"good.go": GOOD, "path.go": BAD_PATH, "syntax.go": BAD_SYNTAX, "nul.go": NUL}
    if directory != "/cache/m@v1.0.0":
        del names["nul.go"]
    disk = MemoryDisk({f"{directory}/{name}": data for name, data in names.items()})
    memo = ScanMemo(disk, lambda tag: tag == "linux", True)
    memo.module_cache = module_cache
    return memo.scan_dir(directory)[0]


def test_in_the_module_cache_a_broken_file_imports_nothing() -> None:
    assert scan("/cache/m@v1.0.0") == ["example.com/good"]


def test_files_left_alone_for_two_seconds_are_in_the_index_too() -> None:
    assert scan("/old") == ["example.com/good"]


def test_a_file_just_written_is_read_as_far_as_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gokiln.packages.scan.time.time", lambda: 1.0)
    assert scan("/new") == ["bad path", "example.com/before", "example.com/good", "example.com/lost"]
