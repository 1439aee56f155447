"""What `go build` refuses before it looks at a package: flags, targets, variables. In its words, with its status."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from gokiln.base.flagset import FlagSet
from gokiln.cli.invocation import Memory
from gokiln.cli.main import report
from gokiln.config.buildflags import BuildFlags
from gokiln.config.config import build_config
from gokiln.errors import GokilnError
from tests.compat import gocmd
from tests.compat.test_env import GOROOTS

pytestmark = pytest.mark.go
USAGE = "go build [-o output] [build flags] [packages]"

CASES: list[tuple[list[str], Mapping[str, str]]] = [
    (["-zz"], {}),
    (["-C", "x", "-C", "y"], {}),
    (["-v", "-C", "x"], {}),
    (["-a=x"], {}),
    (["-p=x"], {}),
    (["-p=0"], {}),
    (["-p=-3"], {}),
    (["-o"], {}),
    (["-mod=foo"], {}),
    (["-compiler=foo"], {}),
    (["-buildvcs=x"], {}),
    (["-covermode=x"], {}),
    (["-race", "-covermode=set"], {"CGO_ENABLED": "1"}),
    (["-gcflags=foo"], {}),
    (["-gcflags==foo"], {}),
    (["-gcflags='a=b'"], {}),
    (["-ldflags=all='x"], {}),
    (["-tags=a,b c"], {}),
    (["-toolexec='x"], {}),
    (["-race", "-msan"], {}),
    (["-race", "-asan"], {}),
    (["-msan", "-asan"], {}),
    (["-race"], {"GOARCH": "386"}),
    (["-msan"], {"GOOS": "windows"}),
    (["-asan"], {"GOOS": "darwin"}),
    (["-race"], {"CGO_ENABLED": "0"}),
    (["-race"], {"GOARCH": "arm64"}),
    (["-asan"], {"CC": "false"}),
    (["-asan"], {"CC": "gcc -m64"}),
    (["-asan"], {"CGO_ENABLED": "0"}),
    (["-buildmode=foo"], {}),
    (["-buildmode=plugin"], {"GOOS": "windows"}),
    (["-buildmode=pie"], {"GOARCH": "mips"}),
    (["-buildmode=pie", "-race"], {"CGO_ENABLED": "1"}),
    (["-buildmode=shared", "-o=x"], {}),
    (["-buildmode=c-shared"], {"GOOS": "plan9"}),
    (["-linkshared"], {"GOOS": "darwin"}),
    ([], {"GOOS": "foo"}),
    ([], {"GOARCH": "foo"}),
    ([], {"GOEXPERIMENT": "foo"}),
    ([], {"GOARM64": "v7"}),
    ([], {"GOMIPS": "x"}),
    ([], {"GORISCV64": "x"}),
    ([], {"GOWASM": "x"}),
    ([], {"GOFIPS140": "v2"}),
    ([], {"GOFLAGS": "x"}),
    ([], {"GOFLAGS": "--"}),
    ([], {"GOFLAGS": "-=x"}),
    ([], {"GOFLAGS": "'-x"}),
    ([], {"GOFLAGS": "-nope"}),
    ([], {"GOFLAGS": "-p=x"}),
    ([], {"GOFLAGS": "-p"}),
    ([], {"GOFLAGS": "-race=x"}),
    ([], {"GOFLAGS": "-buildvcs=x"}),
    ([], {"CC": "./cc"}),
    ([], {"CXX": "a/b"}),
    ([], {"FC": "'x"}),
    ([], {"GOPATH": "rel"}),
    ([], {"GOPATH": "~/x"}),
    ([], {"GO111MODULE": "x"}),
    ([], {"GOTOOLCHAIN": "foo"}),
    ([], {"GOTOOLCHAIN": "foo+auto"}),
    ([], {"GOTOOLCHAIN": "local+foo"}),
    ([], {"GOWORK": "rel"}),
    ([], {"GOWORK": "rel", "GOTOOLCHAIN": "foo"}),
    ([], {"GOWORK": "rel", "GOTOOLCHAIN": "path"}),
    (["-overlay=none.json"], {}),
]


@pytest.mark.parametrize("root", GOROOTS, ids=str)
@pytest.mark.parametrize(("args", "variables"), CASES, ids=lambda v: " ".join(v) if isinstance(v, list) else str(v))
def test_same_refusal(args: list[str], variables: Mapping[str, str], root: Path, tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module example.com/m\n\ngo 1.21\n")
    (tmp_path / "main.go").write_text("package main\n\nfunc main() {}\n")
    env = gocmd.clean_env(tmp_path / "cache", {"GOROOT": str(root), "PWD": str(tmp_path), **variables})
    theirs = gocmd.run([str(root / "bin" / "go")], ["build", "-n", *args], tmp_path, env, timeout=60)
    stderr = Memory()
    status = 0

    def register(flagset: FlagSet, flags: BuildFlags) -> None:
        flagset.string("o", flags, "o")

    try:
        config = build_config(
            "", ["-n", *args], env, str(tmp_path), "build", usage_line=USAGE, cover_flags=True, register=register
        )
        assert config.disk is not None and config.gowork_file is not None
        config.check_platform()  # as making the work directory does
    except GokilnError as err:
        report(err, stderr)
        status = err.exit_status
    assert theirs.returncode != 0
    assert (status, stderr.text) == (theirs.returncode, theirs.stderr.decode())
