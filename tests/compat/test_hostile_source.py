"""Sources that attack whoever builds them: go and gokiln refuse the same, in the same words, and run nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.compat import gocmd

pytestmark = [pytest.mark.go, pytest.mark.skipif(os.name != "posix", reason="odd names")]
GO_MOD = "module example.com/h\n\ngo 1.24\n"
MAIN = "package main\n\nfunc main() {}\n"
C_MAIN = "\nfunc main() { C.f() }\n"

CASES = {
    # CVE-2023-39323: a line directive that lets a file pass for one of cgo's
    "line directive": {"main.go": '//line _cgo_gotypes.go:1\n//go:cgo_ldflag "-Wl,evil"\n' + MAIN},
    "line directive in a comment": {"main.go": '/*line _cgo_x.go:1:1*/ //go:cgo_ldflag "-Wl,evil"\n' + MAIN},
    "line directive after the clause": {
        "main.go": "package main\n\n//line _cgo_export.go:1\n//go:cgo_import_dynamic x x evil.so\n\nfunc main() {}\n"
    },
    # CVE-2026-27140: the same by the name of the file
    "file named as cgo's": {
        "main.go": MAIN,
        "_cgo_gotypes.go": '//go:cgo_ldflag "-Wl,evil"\npackage main\n',
        "a.cgo1.go": '//go:cgo_ldflag "-Wl,evil"\npackage main\n',
    },
    # CVE-2025-61732: a comment that ends in C before it ends in Go
    "cgo comment": {"main.go": 'package main\n\n// static void f(void) {} \\\n// */ evil\nimport "C"\n' + C_MAIN},
    "cgo comment that closes itself": {
        "main.go": 'package main\n\n/*\nstatic void f(void) {}\n// \\*/\nimport "C"\n' + C_MAIN
    },
    # CVE-2023-29405 and kin: flags
    "plugin flag": {"main.go": 'package main\n\n// #cgo CFLAGS: -fplugin=evil.so\nimport "C"\n' + C_MAIN},
    "lto library": {"main.go": 'package main\n\n// #cgo LDFLAGS: -Wl,-lto_library,evil\nimport "C"\n' + C_MAIN},
    "response file": {"main.go": 'package main\n\n// #cgo LDFLAGS: @evil\nimport "C"\n' + C_MAIN},
    "rpath": {"main.go": 'package main\n\n// #cgo LDFLAGS: -Wl,-rpath,@evil\nimport "C"\n' + C_MAIN},
    "argument of a flag": {"main.go": 'package main\n\n// #cgo LDFLAGS: -framework -Wl,evil\nimport "C"\n' + C_MAIN},
    "quoting": {"main.go": 'package main\n\n// #cgo CFLAGS: -DX=\'a b\nimport "C"\n' + C_MAIN},
    "unknown verb": {"main.go": 'package main\n\n// #cgo EVIL: x\nimport "C"\n' + C_MAIN},
    # CVE-2025-61731: pkg-config
    "log file": {"main.go": 'package main\n\n// #cgo pkg-config: --log-file=owned x\nimport "C"\n' + C_MAIN},
    "package name": {"main.go": 'package main\n\n// #cgo pkg-config: -x\nimport "C"\n' + C_MAIN},
    # CVE-2023-29402: names of directories and files
    "newline in a directory": {"main.go": 'package main\n\nimport _ "example.com/h/a\\nb"\n\nfunc main() {}\n'},
    "name like a flag": {"main.go": MAIN, "-x.go": "package main\n"},
    "file with @": {"main.go": MAIN, "@x.s": ""},
    # CVE-2018-16873, -16874: import paths
    "dots": {"main.go": 'package main\n\nimport _ "example.com/h/../../x"\n\nfunc main() {}\n'},
    "braces": {"main.go": 'package main\n\nimport _ "example.com/{}/x"\n\nfunc main() {}\n'},
    "absolute": {"main.go": 'package main\n\nimport _ "/etc/x"\n\nfunc main() {}\n'},
    "case": {
        "main.go": 'package main\n\nimport (\n\t_ "example.com/h/a"\n\t_ "example.com/h/A"\n)\n\nfunc main() {}\n',
        "a/a.go": "package a\n",
        "A/a.go": "package a\n",
    },
    # CVE-2023-39320, -39321: toolchain lines
    "toolchain path": {"main.go": MAIN, "go.mod": GO_MOD + "\ntoolchain ../evil\n"},
    "toolchain with a separator": {"main.go": MAIN, "go.mod": GO_MOD + "\ntoolchain go1.99/../evil\n"},
    # embedded files
    "embed outside": {
        "main.go": 'package main\n\nimport _ "embed"\n\n//go:embed ../x\nvar x string\n\nfunc main() {}\n'
    },
    "embed of a link": {
        "main.go": 'package main\n\nimport _ "embed"\n\n//go:embed l\nvar x string\n\nfunc main() {}\n'
    },
}


@pytest.mark.parametrize("name", CASES)
def test_same_verdict(name: str, tmp_path: Path) -> None:
    module = tmp_path / "h"
    for file, text in {"go.mod": GO_MOD, **CASES[name]}.items():
        (module / file).parent.mkdir(parents=True, exist_ok=True)
        (module / file).write_text(text)
        os.utime(module / file, (1.6e9, 1.6e9))  # too new a file keeps go from its index, too
    if name == "embed of a link":  # a link also keeps go from its index, which words some messages otherwise
        os.symlink("/etc/hostname", module / "l")
    said = []
    for command in (gocmd.go_command(), gocmd.gokiln_command()):
        env = gocmd.clean_env(tmp_path / "cache", {"CGO_ENABLED": "1", "GOPROXY": "off"})
        done = gocmd.run(command, ["build", "-o", str(tmp_path / "out"), "."], module, env)
        said.append((done.returncode, done.stdout.decode(), done.stderr.decode()))
        assert not list(tmp_path.rglob("owned"))
    assert said[0] == said[1]
