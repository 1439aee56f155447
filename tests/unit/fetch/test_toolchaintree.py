"""Making a GOROOT of a toolchain module's tree."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from gokiln.errors import FatalError, GokilnError
from gokiln.modules.fetch.errors import NotExistError
from gokiln.modules.fetch.toolchaintree import ToolchainDownloadError, fetch_toolchain

pytestmark = pytest.mark.skipif(os.name == "nt", reason="looks at permission bits")


class _Fetcher:
    def __init__(self, answer: str | Exception) -> None:
        self.answer = answer

    def download_toolchain(self, version: str, goos: str, goarch: str) -> str:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def _tree(root: Path) -> None:
    for name in (
        "bin/go",
        "bin/gofmt",
        "pkg/tool/linux_amd64/compile",
        "lib/wasm/go_js_wasm_exec",
        "lib/time/update.bash",
        "lib/go_x_exec",
        "src/_go.mod",
        "src/cmd/_go.mod",
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"module {name}\n")
        path.chmod(0o444)
    for folder in (root / "src", root / "src" / "cmd"):
        folder.chmod(0o555)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_bits_and_module_files_are_restored(tmp_path: Path) -> None:
    _tree(tmp_path)
    for _ in range(2):
        root = fetch_toolchain(_Fetcher(str(tmp_path)), "go1.30.2", "linux", "amd64")  # type: ignore[arg-type]
        assert root == str(tmp_path)
        for name in ("bin/go", "bin/gofmt", "pkg/tool/linux_amd64/compile", "lib/wasm/go_js_wasm_exec"):
            assert _mode(tmp_path / name) == 0o555, name
        for name in ("lib/time/update.bash", "lib/go_x_exec"):
            assert _mode(tmp_path / name) == 0o444, name
        for name in ("src", "src/cmd"):
            assert (tmp_path / name / "go.mod").read_text() == f"module {name}/_go.mod\n"
            assert _mode(tmp_path / name / "go.mod") == 0o444
            assert _mode(tmp_path / name) == 0o555
    for name in ("src/cmd", "src"):
        (tmp_path / name).chmod(0o755)


def test_a_cut_off_copy_is_completed(tmp_path: Path) -> None:
    _tree(tmp_path)
    (tmp_path / "src").chmod(0o755)
    (tmp_path / "src" / "go.mod").write_text("mod")
    fetch_toolchain(_Fetcher(str(tmp_path)), "go1.30.2", "linux", "amd64")  # type: ignore[arg-type]
    assert (tmp_path / "src" / "go.mod").read_text() == "module src/_go.mod\n"
    (tmp_path / "src" / "cmd").chmod(0o755)


@pytest.mark.parametrize(
    ("toolchain", "error", "text"),
    [
        ("go1.99.1", NotExistError("gone"), "download go1.99.1 for linux/amd64: toolchain not available"),
        (
            "go1.99",
            NotExistError("gone"),
            "invalid toolchain: go1.99 is a language version but not a toolchain version (go1.99.x)",
        ),
        ("go1.99.1", GokilnError("no route to host"), "download go1.99.1: no route to host"),
    ],
)
def test_what_is_said_when_there_is_none(toolchain: str, error: GokilnError, text: str) -> None:
    with pytest.raises(ToolchainDownloadError) as caught:
        fetch_toolchain(_Fetcher(error), toolchain, "linux", "amd64")  # type: ignore[arg-type]
    assert str(caught.value) == text


def test_a_wrong_hash_stays_what_it_is() -> None:
    with pytest.raises(FatalError):
        fetch_toolchain(_Fetcher(FatalError("SECURITY ERROR")), "go1.99.1", "linux", "amd64")  # type: ignore[arg-type]
