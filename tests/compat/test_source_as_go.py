"""Heads of Go files, as `go list -e -json` of the same GOROOT reads them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from gokiln.base.disk import Disk
from gokiln.golang.cgodirective import CgoFlags, save_cgo
from gokiln.golang.gofile import GoFileInfo
from gokiln.golang.source import read_go_info
from gokiln.packages.sourcefiles import SourceFiles
from tests.compat import gocmd

pytestmark = pytest.mark.go

BROKEN = {
    "empty.go": b"",
    "unquoted.go": b"package p\nimport fmt\n",
    "badpath.go": b'package p\nimport "a b"\n',
    "open.go": b"package p\n/* x",
    "nul.go": b'package p\n\0import "x"\n',
    "curly.go": b"package p\nimport \xe2\x80\x9cfmt\xe2\x80\x9d\n",
    "number.go": b"package p\nimport 08_\n",
    "line.go": b"//line gen.y:7\npackage p\nimport 5\n",
    "two.go": b"//go:build a\n//go:build b\npackage p\n",
    "constraint.go": b"//go:build x !\n\npackage p\n",
}


def go_list(cwd: Path, cache: Path, *args: str) -> list[dict[str, object]]:
    argv = [*gocmd.go_command(), "list", "-e", *args]
    env = gocmd.clean_env(cache, {"CGO_ENABLED": "1", "GOOS": "linux", "GOARCH": "amd64"})
    text = subprocess.run(argv, cwd=cwd, env=env, check=True, capture_output=True, text=True).stdout
    decoder, out, at = json.JSONDecoder(), [], 0
    while at < len(text.rstrip()):
        value, at = decoder.raw_decode(text, at)
        out.append(value)
        at += 1
    return out


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_errors_of_broken_files(name: str, tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module m\n\ngo 1.24\n")
    (tmp_path / name).write_bytes(BROKEN[name])
    listed = go_list(tmp_path, tmp_path / "cache", "-json=Error,Name", ".")[0]["Error"]
    assert isinstance(listed, dict)
    theirs = f"{listed['Pos']}: {listed['Err']}" if listed["Pos"] else str(listed["Err"])
    info = read_go_info(str(tmp_path / name), BROKEN[name])
    if info.read_error:
        ours = f"read {tmp_path / name}: {info.read_error}"
    elif info.errors:
        ours = info.error_string().partition(" (and ")[0]
    else:
        ours = f"{name}: {SourceFiles(Disk(), 'linux'.__eq__, False).verdict(info)[1]}"
    assert ours.replace(f"{tmp_path}/", "") in theirs.replace(f"{tmp_path}/", "").replace("./", "")


def test_the_standard_library(tmp_path: Path) -> None:
    root = gocmd.goroot()
    assert root is not None
    names = "GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,IgnoredGoFiles,Imports,TestImports,Doc,Name,Dir,EmbedPatterns"
    release = [f"go1.{minor}" for minor in range(1, 40)]
    fields = f"-json={names},CgoCFLAGS,CgoLDFLAGS,ImportPath"
    packages = go_list(
        root / "src", tmp_path / "cache", fields, "net/...", "os/...", "runtime/...", "go/...", "time/..."
    )
    assert len(packages) > 40
    experiments = go_experiments(tmp_path)
    tags = {"linux", "amd64", "cgo", "gc", "unix", *experiments, *release[: minor_of(root)]}
    for package in packages:
        check_package(package, SourceFiles(Disk(), tags.__contains__, True))


def minor_of(root: Path) -> int:
    return int((root / "VERSION").read_text().split()[0].split(".")[1].partition("rc")[0])


def go_experiments(tmp_path: Path) -> list[str]:
    argv = [*gocmd.go_command(), "list", "-f", "{{range context.ToolTags}}{{.}} {{end}}", "unsafe"]
    env = gocmd.clean_env(tmp_path / "cache", {"GOOS": "linux", "GOARCH": "amd64"})
    return subprocess.run(argv, env=env, check=True, capture_output=True, text=True).stdout.split()


def check_package(package: dict[str, object], sources: SourceFiles) -> None:
    folder = Path(str(package["Dir"]))
    imports: set[str] = set()
    embeds: set[str] = set()
    doc = ""
    flags = CgoFlags()
    files: dict[str, list[str]] = {"GoFiles": [], "CgoFiles": [], "IgnoredGoFiles": []}
    for path in sorted(folder.glob("*.go")):
        info: GoFileInfo = read_go_info(str(path), path.read_bytes())
        assert not info.errors and not info.read_error
        if path.name.startswith(("_", ".")) or path.name.endswith("_test.go"):
            continue
        if not sources.good_name(path.name) or not sources.verdict(info)[0]:
            files["IgnoredGoFiles"].append(path.name)
            continue
        if info.package == "documentation":
            files["IgnoredGoFiles"].append(path.name)
            continue
        found = [imp.path for imp in info.imports]
        files["CgoFiles" if "C" in found else "GoFiles"].append(path.name)
        imports.update(found)
        embeds.update(embed.pattern for embed in info.embeds)
        doc = doc or info.synopsis()
        for imp in info.imports:
            if imp.path == "C" and imp.doc is not None:
                save_cgo(flags, str(path), str(folder), imp.doc, sources.matches_tag)
    where = package["ImportPath"]
    assert files["GoFiles"] == package.get("GoFiles", []), where
    assert files["CgoFiles"] == package.get("CgoFiles", []), where
    ignored = [name for name in package.get("IgnoredGoFiles", []) if not name.endswith("_test.go")]  # type: ignore[attr-defined]
    assert files["IgnoredGoFiles"] == ignored, where
    assert doc == package.get("Doc", ""), where
    assert sorted(embeds) == package.get("EmbedPatterns", []), where
    assert flags.cflags == package.get("CgoCFLAGS", []) and flags.ldflags == package.get("CgoLDFLAGS", []), where
    theirs = {str(path).removeprefix("vendor/") for path in package.get("Imports", [])}  # type: ignore[attr-defined]
    # `go list` adds what cgo itself imports.
    assert imports <= theirs and theirs - imports <= {"unsafe", "runtime/cgo", "syscall"}, where
