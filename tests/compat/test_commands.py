"""run, vet, fix, generate, fmt, tool, install beside the real go command: the same words, status and files.

Programs here import nothing but runtime, so that caches fill quickly. Each command has a cache and a copy of the
module of its own at the same path (the copy is put in place before each call).
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.compat import gocmd

pytestmark = pytest.mark.go

FILES = {
    "go.mod": "module example.com/m\n\ngo 1.26\n\ntool example.com/m/gen\n",
    "main.go": "package main\n\nfunc main() { println(\"hello\", V) }\n",
    "v.go": "package main\n\n//go:generate -command say sh -c\n"
    "//go:generate say \"echo $GOFILE $GOLINE $GOPACKAGE ${DOLLAR}x\"\n"
    "//go:generate go run ./gen one \"two words\"\n//go:generate go env GOVERSION\n\nvar V = 1\n",
    "gen/gen.go": "package main\n\nimport \"os\"\n\nfunc main() {\n\tos.Stdout.WriteString(\"gen\\n\")\n"
    "\tfor _, a := range os.Args[1:] {\n\t\tos.Stdout.WriteString(a + \"\\n\")\n\t}\n}\n",
    "exit/exit.go": "package main\n\nimport \"os\"\n\nfunc main() { os.Exit(3) }\n",
    "lib/lib.go": "package lib\n\nfunc F() int {\n\treturn 1\n\tpanic(0)\n}\n",
    "lib/lib_test.go": "package lib\n\nfunc G() {\n\tvar x int\n\tx = x\n}\n",
    "lib/x_test.go": "package lib_test\n\nfunc H() {\n\tvar x int\n\tx = x\n}\n",
    "old/old.go": "//go:build linux || !linux\n// +build linux !linux\n\npackage old\n\nvar X interface{}\n",
    "ugly/ugly.go": "package   ugly\nvar  X=1\n",
    "bad/bad.go": "package main\n\nfunc main() { var x int = \"s\" }\n",
    "badgen/a.go": "package badgen\n\n//go:generate no-such-program-here\n//go:generate echo not reached\n",
    "badgen/b.go": "package badgen\n\n//go:generate echo \"open\n",
    "testsonly/t_test.go": "package testsonly\n",
}  # fmt: skip

CASES = [
    "run .",
    "run . a b",
    "run main.go v.go a.txt",
    "run ./exit",
    "run -x ./exit",
    "run -n ./exit",
    "run -exec=echo\\ WRAPPED . x",
    "run",
    "run ./lib",
    "run ./bad",
    "run ./... x",
    "run x_test.go",
    "run main.go lib/lib.go",
    "run -nosuchflag .",
    "run -exec",
    "run example.com/nowhere",
    "vet -p=1 ./lib",
    "vet -p=1 ./...",
    "vet -p=1 -json ./lib",
    "vet -p=1 -c=1 ./lib",
    "vet -p=1 -assign ./lib",
    "vet -assign=false -unreachable=false ./lib",
    "vet -p=1 -fix -diff ./lib",
    "vet -fix ./lib",
    "vet -diff ./lib",
    "vet -nosuch ./lib",
    "vet -vettool",
    "vet -vettool=/nosuch/tool ./lib",
    "vet ./bad",
    "vet ./nosuchdir",
    "vet ./testsonly",
    "vet -fix -c=1 ./lib",
    "fix -diff ./old",
    "fix ./old",
    "fix -json -diff ./old",
    "fix -fix=old ./lib",
    "generate",
    "generate -x .",
    "generate -n .",
    "generate -v ./...",
    "generate -run=env .",
    "generate -skip=go .",
    "generate -run=( .",
    "generate ./badgen",
    "generate ./nosuch",
    "generate main.go v.go",
    "fmt ./ugly",
    "fmt -n ./...",
    "fmt -x ./ugly",
    "fmt ./nosuch",
    "tool",
    "tool gen a b",
    "tool example.com/m/gen a",
    "tool -n compile -V",
    "tool compile -V=full",
    "tool nosuch",
    'tool no\tsuch\u00e9"',
    "vet -=x",
    "vet ---x ./...",
    "vet -?",
    "fix --=x",
    "tool Bad/Name",
    "tool dist list",
    "tool dist list -json",
    "tool -nosuch",
    "tool compile -nosuch",
    "install main.go v.go",
    "install ./lib",
    "install ./...",
    "install example.com/x@v1 example.com/y@v2",
    "install ./lib@v1",
    "install fmt@v1.0.0",
    "telemetry",
    "telemetry nosuch",
    "bug x",
    "help nosuch",
    "help run x",
    "help mod nosuch",
    "mod help nosuch",
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for the module (`m`), the caches, and a starter of gokiln."""
    root = tmp_path_factory.mktemp("commands")
    starter = root / "gokiln"
    starter.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(gocmd.SRC)!r})\n"
        "from gokiln.__main__ import main\nsys.exit(main())\n"
    )
    starter.chmod(0o755)
    return root


def call(place: Path, name: str, args: list[str]) -> tuple[int, str, str, dict[str, str]]:
    """Run a command in a fresh copy of the module: status, stdout, stderr, files that it left."""
    module = place / "m"
    shutil.rmtree(module, ignore_errors=True)
    for file, text in FILES.items():
        path = module / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("go 1.26", f"go 1.{min(26, gocmd.minor())}"))
    command = gocmd.go_command() if name == "go" else [str(place / "gokiln")]
    cache = place / f"cache-{name}"
    env = gocmd.clean_env(cache, {"GOBIN": str(module / "bin"), "GOPROXY": "off", "GOTMPDIR": ""})
    env.pop("GOTMPDIR")
    done = gocmd.run(command, args, module, env)

    def plain(data: bytes) -> str:
        text = data.decode().replace(str(cache), "CACHE")
        text = re.sub(r"go-build\d+", "go-buildN", text)
        return re.sub(r"CACHE/../[0-9a-f]{64}", "CACHE/ENTRY", text)

    files = {
        str(path.relative_to(module)): path.read_bytes().hex() if path.suffix != ".go" else path.read_text()
        for path in sorted(module.rglob("*"))
        if path.is_file()
    }
    return done.returncode, plain(done.stdout), plain(done.stderr), files


def package_of(line: str) -> tuple[str, str] | None:
    """Folder and package of the file that a diagnostic is about; None for any other line."""
    file = line.partition(":")[0]
    found = re.search(r"^package +(\w+)", FILES.get(file, ""), re.MULTILINE)
    return (os.path.dirname(file), found.group(1)) if found and re.match(r"[^:]+:\d+:\d+: ", line) else None


def by_analyzer(text: str) -> list[tuple[tuple[str, str] | None, list[str]]]:
    """The report of vet, with the diagnostics of each package sorted: go prints those of several analyzers by ranging
    over a map. Everything else stays in its order."""
    blocks: list[tuple[tuple[str, str] | None, list[str]]] = []
    for line in text.splitlines():
        package = package_of(line)
        if package is not None and blocks and blocks[-1][0] == package:
            blocks[-1][1].append(line)
        elif package is None and blocks and re.match(r"\d+\t", line):
            blocks[-1][1][-1] += "\n" + line  # the source around it (-c)
        else:
            blocks.append((package, [line]))
    return [(package, sorted(lines)) for package, lines in blocks]


@pytest.mark.parametrize("case", CASES)
def test_same_as_go(place: Path, case: str) -> None:
    args = [word.replace("\0", " ") for word in case.replace("\\ ", "\0").split(" ")]
    call(place, "go", args), call(place, "gokiln", args)  # fills the caches, so that progress is the same
    theirs, ours = call(place, "go", args), call(place, "gokiln", args)
    if args[0] == "vet":
        assert by_analyzer(ours[2]) == by_analyzer(theirs[2]), "stderr"
    else:
        assert ours[2] == theirs[2], "stderr"
    assert ours[1] == theirs[1], "stdout"
    assert ours[0] == theirs[0], "exit status"
    assert ours[3] == theirs[3], "files"


def test_children_find_gokiln_as_go(place: Path) -> None:
    """What a program calls `go` is gokiln, though GOROOT/bin/go is another."""
    call(place, "gokiln", ["version"])
    source = place / "m" / "exit" / "exit.go"
    source.write_text(
        'package main\n\nimport (\n\t"os"\n\t"os/exec"\n)\n\n'
        'func main() {\n\tp, _ := exec.LookPath("go")\n\tp, _ = os.Readlink(p)\n\tos.Stdout.WriteString(p)\n}\n'
    )
    env = gocmd.clean_env(place / "cache-gokiln")
    done = gocmd.run([str(place / "gokiln")], ["run", "./exit"], place / "m", env)
    assert done.stdout.decode() == str(place / "gokiln"), done.stderr.decode()
    assert os.path.basename(done.stdout.decode()) == "gokiln"


def test_shim_stands_in_for_go(place: Path) -> None:
    """A link made by `shim`, first on PATH, is found as `go` and works without GOROOT in the environment."""
    env = gocmd.clean_env(place / "cache-gokiln")
    env.pop("GOROOT")
    made = gocmd.run([str(place / "gokiln")], ["shim", str(place / "shim")], place, env)
    assert made.returncode == 0, made.stderr.decode()
    env["PATH"] = f"{place / 'shim'}{os.pathsep}{gocmd.goroot()}/bin{os.pathsep}{env['PATH']}"
    done = gocmd.run(["go"], ["env", "GOROOT"], place, env)
    assert done.stdout.decode().strip() == str(gocmd.goroot())
    foreign = place / "other"
    foreign.mkdir()
    (foreign / "go").write_text("something else")
    refused = gocmd.run([str(place / "gokiln")], ["shim", str(foreign)], place, env)
    assert refused.returncode == 1
    assert (foreign / "go").read_text() == "something else"


def test_what_go_packages_asks_for_the_release(place: Path) -> None:
    """gopls and the linters ask in GOPATH mode, whatever mode the user is in."""
    call(place, "gokiln", ["version"])
    args = ["list", "-e", "-f", "{{context.ReleaseTags}}", "--", "unsafe"]
    answers = [
        gocmd.run(command, args, place / "m", gocmd.clean_env(place / "cache-list", {"GO111MODULE": "off"}))
        for command in (gocmd.go_command(), [str(place / "gokiln")])
    ]
    assert answers[1].stdout == answers[0].stdout
    assert [answer.returncode for answer in answers] == [0, 0]
