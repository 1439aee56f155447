"""Paths of new modules: which are refused, and what is suggested instead; directories for go.work."""

from __future__ import annotations

from pathlib import Path

import pytest

from gokiln.errors import GokilnError
from gokiln.modules.modfile.work import parse_work
from gokiln.modules.resolve.create import _check_path, _import_comment, _is_empty
from gokiln.modules.resolve.workedit import WorkUse


@pytest.mark.parametrize(
    ("path", "suggested"),
    [
        ("example.com/user/repo/v0", "example.com/user/repo/v2"),
        ("example.com/user/repo/v02", "example.com/user/repo/v2"),
        ("example.com/user/repo/v2.0.1", "example.com/user/repo/v2"),
        ("example.com/user/repo/v3.0.1", "example.com/user/repo/v3"),
        ("gopkg.in/pkg", "gopkg.in/pkg.v1"),
        ("gopkg.in/user/pkg/v1", "gopkg.in/user/pkg.v1"),
        ("gopkg.in/pkg.v01", "gopkg.in/pkg.v1"),
    ],
)
def test_suggestions(path: str, suggested: str) -> None:
    with pytest.raises(GokilnError) as caught:
        _check_path(path)
    assert str(caught.value).startswith(f'invalid module path "{path}": ')
    assert str(caught.value).endswith(f"\n\tgo mod init {suggested}")


def test_local_path() -> None:
    with pytest.raises(GokilnError, match="is a local import path"):
        _check_path("./x")


def test_good_path() -> None:
    _check_path("example.com/user/repo/v2")


def test_import_comment(tmp_path: Path) -> None:
    file = tmp_path / "x.go"
    file.write_text('package x // import "example.com/x"\n')
    assert _import_comment(str(file)) == "example.com/x"
    file.write_text("package x\n")
    assert _import_comment(str(file)) == ""


def test_empty(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "README").touch()
    assert _is_empty(str(tmp_path))
    (tmp_path / "x.go").touch()
    assert not _is_empty(str(tmp_path))


@pytest.mark.parametrize(("minor", "vendored"), [(26, True), (27, False)])
def test_work_use_passes_vendor_directories_from_1_27_on(new_loader, minor: int, vendored: bool) -> None:
    loader = new_loader({"a/go.mod": "module a\n", "vendor/b/go.mod": "module b\n"})
    loader.config.toolchain.release.minor = minor
    file = parse_work("go.work", b"go 1.21\n")
    WorkUse(loader, "/w/m/go.work", file, recursive=True).run(["."])
    assert [use.path for use in file.use] == ["./a", *["./vendor/b"] * vendored]
