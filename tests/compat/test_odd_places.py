"""Odd places and circumstances: limits, missing directories, strange names, closed files. Go and gokiln end alike."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.compat import gocmd

pytestmark = [pytest.mark.go, pytest.mark.skipif(sys.platform != "linux", reason="shell, limits and /dev")]
MAIN = 'package main\n\nfunc main() { println("hi") }\n'
EMBED = "printf 'package main\\nimport \"embed\"\\n//go:embed {}\\nvar s embed.FS\\n' > e.go; "
OVERLAY = """printf '{{"Replace":{{"{}":"{}"}}}}' > o"""
GOROOT = gocmd.goroot()
BUILD = "build -o {out} ."
NAMED, ALL = "build -o /dev/null", "build -o /dev/null ./..."

# name: (shell before, command line, variables; "-NAME" takes one away). {go} in a command line: where the command goes.
CASES: dict[str, tuple[str, str, Mapping[str, str]]] = {
    "64 descriptors": ("", "ulimit -n 64; {go} build -a -n -o {out} .", {}),
    "20 descriptors": ("", "ulimit -n 20; {go} build -o {out} .", {}),
    "small files only": ("echo 'package main // s' > s.go", "ulimit -f 8; {go} build -o {out} .", {}),
    "umask 077": ("", "umask 077; {go} build -o {out} .", {}),
    "umask 0777": ("", "umask 0777; {go} build -o {out} .", {}),
    "no HOME": ("", BUILD, {"-HOME": ""}),
    "no HOME, no cache": ("", BUILD, {"-HOME": "", "-GOCACHE": "", "-GOKILNCACHE": ""}),
    "relative HOME": ("", BUILD, {"HOME": "rel", "-GOCACHE": "", "-GOKILNCACHE": ""}),
    "no GOPATH": ("", BUILD, {"-HOME": "", "-GOPATH": "", "-GOMODCACHE": ""}),
    "cache off": ("", BUILD, {"GOCACHE": "off"}),
    "relative cache": ("", BUILD, {"GOCACHE": "rel/cache"}),
    "cache below a device": ("", BUILD, {"GOCACHE": "/dev/null/x"}),
    "cache is a file": ("echo x > ../file", BUILD, {"GOCACHE": "{top}/file"}),
    "no TMPDIR": ("", BUILD, {"TMPDIR": "/nowhere/tmp"}),
    "TMPDIR is a file": ("echo x > ../file", BUILD, {"TMPDIR": "{top}/file"}),
    "relative TMPDIR": ("mkdir tt", BUILD, {"TMPDIR": "tt"}),
    "no PATH": ("", BUILD, {"-PATH": ""}),
    "empty PATH": ("", BUILD, {"PATH": ""}),
    "wrong PWD": ("", BUILD, {"PWD": "/nonexistent"}),
    "bytes in variables": ("", "FOO=$'\\xff' GOFLAGS=$'-tags=\\xff' {go} build -o {out} .", {}),
    "a zero in a file that is named": ("printf 'package x\\0' > x.go", "{go} build ./x.go; {go} list x.go", {}),
    "a blank in a directory": ("mkdir 'a b'; cp main.go 'a b'", NAMED + " './a b'", {}),
    "bytes in a directory": ("mkdir $'\\xff'; cp main.go $'\\xff'", NAMED + " ./$'\\xff'", {}),
    "bytes in a directory, all": ("mkdir $'\\xff'; cp main.go $'\\xff'", ALL, {}),
    "a line end in a directory": ("mkdir $'a\\nb'; cp main.go $'a\\nb'", ALL, {}),
    "bytes in a file name": ("mv main.go $'\\xffx.go'", BUILD, {}),
    "a path of 1800 bytes": ("d=$(printf '%0200d' 0); for i in 1 2 3 4 5 6 7 8 9; do mkdir $d; cd $d; done", ALL, {}),
    "a file that is a loop": ("ln -s loop.go loop.go", BUILD, {}),
    "a directory in itself": ("ln -s . loop", ALL, {}),
    "a directory that is a loop": ("ln -s loop loop", NAMED + " ./loop", {}),
    "a link to nothing": ("ln -s nowhere dangling.go", BUILD, {}),
    "a link to a device without end": (
        "mkdir d; ln -s /dev/zero d/x.go",
        "{go} list ./...; {go} list -e ./d; {go} vet d/x.go",
        {},
    ),
    "a linked file": ("mv main.go ../m.txt; ln -s ../m.txt main.go", BUILD, {}),
    "a directory with a source's name": ("mkdir d.go; cp main.go d.go/", ALL, {}),
    "-C to a file": ("", "build -C main.go .", {}),
    "go.mod is a directory": ("rm go.mod; mkdir go.mod", BUILD, {}),
    "go.mod is empty": (": > go.mod", BUILD, {}),
    "go.mod is a loop": ("rm go.mod; ln -s go.mod go.mod", BUILD, {}),
    "go.sum is a directory": ("mkdir go.sum", BUILD, {}),
    "vendor is a file": ("echo x > vendor", BUILD, {}),
    "vendor is empty": ("mkdir vendor", BUILD, {}),
    "go.work is a directory": ("mkdir go.work", BUILD, {}),
    "go.work is empty": (": > go.work", BUILD, {}),
    "go.work without its module": ("printf 'go 1.24\\nuse ./nope\\n' > go.work", BUILD, {}),
    "GOWORK is missing": ("", BUILD, {"GOWORK": "/nowhere/go.work"}),
    "output directory is missing": ("", "build -o {top}/no/such/x .", {}),
    "output into a directory": ("mkdir ../d", "build -o {top}/d .", {}),
    "output over a source": ("", "build -o main.go .", {}),
    "output over a directory": ("mkdir -p xx/m/h", "build -o xx .", {}),
    "standard input is closed": ("", "{go} build -o {out} . <&-", {}),
    "standard error is full": ("", "{go} build ./nope 2>/dev/full", {}),
    "times in the future": ("touch -d 2036-01-01 main.go go.mod .", BUILD, {}),
    "times before 1970": ("touch -d 1960-01-02 main.go go.mod", BUILD, {}),
    "3000 arguments": ("", "{go} list $(for i in $(seq 1 3000); do echo ./main.go; done)", {}),
    "a NUL in a source": ("printf 'package main\\n\\0\\n' > n.go", BUILD, {}),
    "a large source": ("(echo package main; yes '// aaaaaaaaaaaaaaaaaaa' | head -n 300000) > h.go", "list", {}),
    "a large go.mod": ("yes '// aaaaaaaaaaaaaaaaaaa' | head -n 300000 >> go.mod", "list -m", {}),
    "a pipe embedded": ("mkfifo p; " + EMBED.format("p"), BUILD, {}),
    "a directory in itself embedded": ("mkdir d; ln -s . d/l; echo x > d/f; " + EMBED.format("d"), "list -json", {}),
    "GOROOT is missing": ("", BUILD, {"GOROOT": "/nowhere"}),
    "relative GOMODCACHE": ("", BUILD, {"GOMODCACHE": "rel"}),
    "GOENV is a directory": ("", BUILD, {"GOENV": "/tmp"}),
    "nonsense in GOENV": ("printf 'GOFLAGS=\\xff\\nGOX\\n=\\n\\0' > ../env", BUILD, {"GOENV": "{top}/env"}),
    "GOROOT ends in a slash": ("", "{go} build -o {out} . && cat {out} && {go} env GOROOT", {"GOROOT": f"{GOROOT}/"}),
    "-modfile is missing": ("", "build -modfile=x.mod .", {}),
    "-modfile is a directory": ("mkdir x.mod", "build -modfile=./x.mod .", {}),
    "nonsense in -modfile": ("mkdir d; printf 'foo bar\n' > d/x.mod", "build -modfile=./d//x.mod .", {}),
    "an open block in go.mod": ("printf 'require (\n' >> go.mod", BUILD, {}),
    "tools of a broken go.mod": ("printf 'tool ./x\n' >> go.mod", "tool", {}),
    "tools that are no programs": (
        "mkdir lib; echo 'package lib' > lib/l.go; "
        "printf 'tool (\\nexample.com/m/lib\\nexample.com/m/none\\n)\\nrequire example.com/x v1.0.0\\n' >> go.mod",
        "{go} tool lib; {go} tool none; {go} tool example.com/m/none",
        {},
    ),
    "-toolexec is missing": ("", "build -toolexec=nosuchtool .", {}),
    "the output is a pipe that is closed": ("", "{go} build -o /dev/stdout . | true; echo ${PIPESTATUS[0]}", {}),
    "-exec is missing": ("", "run -exec=/nonexistent/x .", {}),
    "a graph of run that cannot be written": ("", "run -debug-actiongraph=no/graph .", {}),
    "-exec is a directory": ("", "run -exec=/etc .", {}),
    "no name for a tool": ("", "tool ''", {}),
    "relative GOWORK": (
        "",
        "{go} version; {go} fmt; {go} env GOOS; {go} bug -h; {go} help build | head -1",
        {"GOWORK": "r"},
    ),
    "an unknown -mod in a workspace": ("printf 'go 1.24\\nuse .\\n' > go.work", "build -mod=foo .", {}),
    "env with an unknown GO111MODULE": ("", "env GOOS", {"GO111MODULE": "x"}),
    "env with an unknown GOFIPS140": ("", "env GOOS", {"GOFIPS140": "v9"}),
    "nonsense in GOEXPERIMENT": ("", "version", {"GOEXPERIMENT": "nosuch"}),
    "nonsense in GO386": ("", BUILD, {"GOARCH": "386", "GO386": "x"}),
    "nonsense in CGO_CFLAGS_ALLOW": ("", "build net", {"CGO_CFLAGS_ALLOW": "(", "CGO_ENABLED": "1"}),
    "nonsense in GOFLAGS, for vet": ("", "vet", {"GOFLAGS": "-n=x"}),
    "lookahead for generate": ("echo '//go:generate x' >> main.go", "generate -n -run '(?=x)' .", {}),
    "Unicode for generate": ("echo '//go:generate echo Ü' >> main.go", "generate -n -run '(?i)\\p{Ll} ü' .", {}),
    "-json and -work": ("", "{go} build -json -work . | sed 's/[0-9][0-9]*/N/'", {}),
    "GOCACHEPROG is missing": ("", BUILD, {"GOCACHEPROG": "./x"}),
    "a program cut off": (f"head -c 99999 {GOROOT}/bin/go > p; chmod +x p", "{go} version p; {go} version -v .", {}),
    "-overlay is a directory": ("mkdir d", "build -overlay=d .", {}),
    "nonsense in -overlay": ('printf \'{"Replace": {"a"}}\' > o', "build -overlay=o .", {}),
    "an overlaid file is missing": (OVERLAY.format("d/a.go", "nofile"), "build -overlay=o ./d", {}),
    "an overlaid file among others is missing": (
        "mkdir d; echo 'package d' > d/d.go; " + OVERLAY.format("d/a.go", "nofile"),
        "{go} build -overlay=o ./d; {go} list -e -overlay=o -json=Error,InvalidGoFiles ./d; {go} mod tidy -overlay=o",
        {},
    ),
    "an overlaid file is a directory": ("mkdir s; " + OVERLAY.format("d/a.go", "s"), "build -overlay=o ./d", {}),
    "an overlaid file is a directory, all": (
        "mkdir d s; echo 'package d' > d/d.go; " + OVERLAY.format("d/a.go", "s"),
        "{go} list -overlay=o ./... ; {go} list -overlay=o example.com/m/...; {go} mod tidy -overlay=o",
        {},
    ),
    "an overlaid root": (OVERLAY.format("/", "main.go"), "build -overlay=o .", {}),
    "nonsense in GODEBUG": ("", BUILD, {"GODEBUG": "nonsense,=,a=b"}),
}
# The same, run by a root that may not ignore modes.
AS_USER: dict[str, tuple[str, str, Mapping[str, str]]] = {
    "an unreadable source": ("cp main.go u.go; chmod 0 u.go", BUILD, {}),
    "an unreadable directory": ("mkdir u; cp main.go u; chmod 0 u", ALL, {}),
    "unreadable directories": (
        "mkdir -p u/v w; cp main.go u; cp main.go w; chmod 0 u w",
        "{go} list example.com/m/...; {go} list ./u/... ; {go} mod tidy",
        {},
    ),
    "an unreadable go.mod": ("chmod 0 go.mod", BUILD, {}),
    "TMPDIR is read-only": ("mkdir ../ro; chmod 555 ../ro", BUILD, {"TMPDIR": "{top}/ro"}),
    "the directory is read-only": ("chmod 555 .", "build .", {}),
}
DROP = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"]


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the runtime in it."""
    top = tmp_path_factory.mktemp("odd")
    (top / "m").mkdir()
    (top / "m" / "go.mod").write_text("module example.com/m\n\ngo 1.24\n")
    (top / "m" / "main.go").write_text(MAIN)
    env = gocmd.clean_env(top / "cache", {"CGO_ENABLED": "0"})
    assert gocmd.run(gocmd.go_command(), ["build", "-o", "/dev/null", "."], top / "m", env).returncode == 0
    return top / "cache"


def end(
    command: list[str], case: tuple[str, str, Mapping[str, str]], top: Path, cache: Path, drop: list[str]
) -> tuple[int, str, str, str]:
    """(status, standard output and error, mode of what was made) of one run in a fresh directory."""
    before, line, variables = case
    shutil.rmtree(top, ignore_errors=True)
    module = top / "m"
    module.mkdir(parents=True)
    for name, text in (("go.mod", "module example.com/m\n\ngo 1.24\n"), ("main.go", MAIN)):
        (module / name).write_text(text)
        os.utime(module / name, (1.6e9, 1.6e9))
    subprocess.run(["bash", "-c", before], cwd=module, check=True)
    env = gocmd.clean_env(cache, {"CGO_ENABLED": "0", "GOPROXY": "off", "HOME": str(top), "PWD": str(module)})
    env.setdefault("GOPATH", str(top / "gopath"))
    for name, value in variables.items():
        if name.startswith("-"):
            env.pop(name[1:], None)
        else:
            env[name] = value.replace("{top}", str(top))
    words = shlex.join(command)
    line = line if "{go}" in line else "{go} " + line
    line = line.replace("{go}", words).replace("{out}", f"{top}/out").replace("{top}", str(top))
    done = subprocess.run(
        [*drop, shutil.which("bash") or "bash", "-c", line],
        cwd=module,
        env=env,
        capture_output=True,
        check=False,
        timeout=300,
    )
    texts = [
        re.sub(r"go-build\d+", "go-buildN", text.decode("latin-1").replace(str(top), "TOP"))
        for text in (done.stdout, done.stderr)
    ]
    made = oct((top / "out").stat().st_mode) if (top / "out").exists() else ""
    return done.returncode, texts[0], texts[1], made


@pytest.mark.parametrize("name", CASES)
def test_same_end(name: str, warm: Path, tmp_path: Path) -> None:
    ends = [end(c, CASES[name], tmp_path / "t", warm, []) for c in (gocmd.go_command(), gocmd.gokiln_command())]
    if gocmd.minor() < 26 and "is not an object file" in ends[1][2]:
        pytest.skip("go1.25 puts the program in place of a file that is no program")
    assert ends[1] == ends[0]


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0 or not shutil.which("setpriv"), reason="needs root, setpriv")
@pytest.mark.parametrize("name", AS_USER)
def test_same_end_where_modes_count(name: str, warm: Path, tmp_path: Path) -> None:
    ends = [end(c, AS_USER[name], tmp_path / "t", warm, DROP) for c in (gocmd.go_command(), gocmd.gokiln_command())]
    (tmp_path / "t" / "m").chmod(0o755)
    assert ends[1] == ends[0]
