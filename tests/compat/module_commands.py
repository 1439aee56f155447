"""Random commands, and random edits by hand between them, over the modules of a world."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tests.compat.module_worlds import TAGGED, World

QUERIES = ("", "", "", "@latest", "@upgrade", "@patch", "@none", "@v1", "@v1.0", "@>=v1.0.0", "@<v1.2.0", "@V")
ODD_QUERIES = ("@>v1.0.0", "@<=v1.1.0", "@v2", "@master", "@abcdef123456", "@v1.0.0-pre", "@", "@v9.9.9", "@<v0.0.1")
KINDS = {
    "get": 30,
    "get -u": 12,
    "tidy": 16,
    "edit": 10,
    "vendor": 4,
    "list -m": 8,
    "query": 8,
    "why": 3,
    "graph": 3,
    "list": 5,
    "download": 3,
    "lines": 5,
}
FORMATS = (
    "{{.ImportPath}} {{with .Module}}{{.Path}} {{.Version}} {{.Indirect}}{{end}} {{.Error}}",
    "{{.ImportPath}} {{.Imports}} {{.DepsErrors}} {{.Incomplete}}",
)


class Step(NamedTuple):
    """A command, what it finds in GOFLAGS and such, and where it runs."""

    args: list[str]
    env: dict[str, str] = {}
    sub: str = ""


class Commands:
    """Chooses commands for a world; the world's random numbers decide."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.random = world.random

    def step(self, sub: str = "") -> Step:
        """A random command in a random environment."""
        args = self.command()
        env: dict[str, str] = {}
        if self.world.chance(0.15):
            flag = self.random.choice(("-mod=mod", "-mod=readonly", "-mod=vendor", "-mod=mod -v", "-modfile=alt.mod"))
            env["GOFLAGS"] = f"-modcacherw {flag}"
        if self.world.chance(0.04):
            env["GOWORK"] = "off"
        if self.world.chance(0.03):
            env["GOPROXY"] = "off"
        return Step(args, env, sub)

    def command(self) -> list[str]:
        """A random command."""
        kind = self.random.choices(list(KINDS), list(KINDS.values()))[0]
        method = {
            "get": self._get,
            "get -u": self._get_u,
            "tidy": self._tidy,
            "edit": self._mod_edit,
            "vendor": self._vendor,
            "list -m": self._list_m,
            "query": self._query_module,
            "why": self._why,
            "graph": self._graph,
            "list": self._list,
            "download": self._download,
            "lines": self._lines,
        }[kind]
        return method()

    def work_step(self, modules: list[str]) -> Step:
        """A random command of a workspace with these modules."""
        r = self.random
        kind = r.choices(("use", "edit", "sync", "vendor", "module"), (30, 20, 15, 7, 28))[0]
        if kind == "use":
            args = r.choice((["-r", "."], ["./two"], ["two", "./one"], ["./none"], ["one/sub"], [], ["-r", "one"]))
            return Step(["work", "use", *args], {}, r.choice(("", "one")))
        if kind == "edit":
            old, (new, version) = self.world.module()[0], self.world.module()
            flags = ["-go=1.22", "-go=1.26.1", "-toolchain=go1.26.2", f"-replace={old}={new}@{version}"]
            flags += ["-dropuse=./two", "-use=./two", "-json", "-print", "-fmt", f"-dropreplace={old}"]
            if self.world.odd:
                flags += [f"-replace={old}=./one/fork", "-use=./none", "-godebug=panicnil=1", "-toolchain=none"]
            return Step(["work", "edit", r.choice(flags)])
        if kind == "module":
            return self.step(r.choice(modules))
        return Step(["work", kind, *(["-v"] if kind == "vendor" and r.random() < 0.3 else [])])

    def touch(self, root: Path) -> str:
        """An edit by hand: changes a file below root; says what was done, or "" for nothing."""
        r = self.random
        go_mods = [p for p in sorted(root.rglob("go.mod")) if "vendor" not in p.parts]
        kind = r.choice(("import", "import", "import", "drop", "sum", "sum line", "require", "comment", "crlf", "line"))
        if kind == "import":
            path = r.choice(sorted(root.rglob("s.go")))
            path.write_text(self.world.source("sub", [self.world.package() for _ in range(r.randint(0, 2))]))
        elif kind == "drop":
            (root / "main.go").unlink(missing_ok=True)
        elif kind == "sum":
            for path in root.rglob("go.*sum"):
                path.unlink()
        elif kind == "sum line":
            for path in sorted(root.rglob("go.*sum")):
                lines = path.read_text().splitlines(keepends=True)
                path.write_text("".join(line for line in lines if r.random() < 0.7))
        elif go_mods:
            self._touch_go_mod(kind, r.choice(go_mods))
        return kind

    def _touch_go_mod(self, kind: str, path: Path) -> None:
        text = path.read_text()
        if kind == "require":
            text += f"\nrequire {' '.join(self.world.module())}\n"
        elif kind == "comment":
            text = text.replace("\n\n", "\n// said\n\n", 1) + "// at the end\n"
        elif kind == "crlf":
            text = text.replace("\n", "\r\n").replace("\r\r", "\r")
        else:
            lines = text.splitlines(keepends=True)
            del lines[self.random.randrange(len(lines))]
            text = "".join(lines)
        path.write_bytes(text.encode())

    def _get(self) -> list[str]:
        r = self.random
        args = [self._target() + self._query() for _ in range(r.choice((1, 1, 1, 2, 3)))]
        flags = [*(["-t"] if r.random() < 0.15 else []), *(["-v"] if r.random() < 0.1 else [])]
        if self.world.chance(0.1):
            flags.append("-tool")
            if r.random() < 0.6:
                args = [f"{self.world.module()[0]}/cmd/tool{self._query()}"]
        if self.world.chance(0.05):
            args.append(r.choice(("./...", "all", "tool", "work", "./none", ".", "./sub", "fmt", "main.go")))
        return ["get", *flags, *args]

    def _get_u(self) -> list[str]:
        r = self.random
        flags = [r.choice(("-u", "-u=patch")), *(["-t"] if r.random() < 0.3 else [])]
        rest: tuple[list[str], ...] = ([], ["./..."], ["all"], [self._target()], ["go@1.21.0", "./..."])
        if self.world.odd:
            rest += (["tool"], [self._target(), self._target() + self._query()], ["./sub"], ["./...", self._target()])
        return ["get", *flags, *r.choice(rest)]

    def _lines(self) -> list[str]:
        """Go and toolchain lines that move."""
        r = self.random
        args = ["go@1.21.0", "go@1.22", "go@1.16", "go@none", "toolchain@none", "toolchain@go1.26.1", "go@1.25rc1"]
        args += ["go@1.26.2", "toolchain@go1.21.3", "go@1.99", "toolchain@go1.99.1", "go@latest", "toolchain@local"]
        return ["get", *r.sample(args, r.choice((1, 1, 2))), *([self._target()] if r.random() < 0.3 else [])]

    def _tidy(self) -> list[str]:
        r = self.random
        flags = ([], [], [], ["-v"], ["-e"], ["-diff"], ["-go=1.16"], ["-go=1.17"], ["-go=1.24"], ["-compat=1.17"])
        odd = (["-e", "-v"], ["-x"], ["-go=1.21", "-compat=1.16"], ["-e", "-diff"], ["-go=1.99"], ["-compat=1.20"])
        return ["mod", "tidy", *r.choice(odd if self.world.chance(0.3) else flags)]

    def _vendor(self) -> list[str]:
        return ["mod", "vendor", *self.random.choice(([], ["-v"], ["-e"], ["-o", "other"] if self.world.odd else []))]

    def _list_m(self) -> list[str]:
        r = self.random
        flags = [[], ["-u"], ["-versions"], ["-retracted"], ["-json"], ["-mod=mod"]]
        if self.world.odd:
            flags += [
                ["-u", "-json"],
                ["-u", "-retracted", "-versions"],
                ["-e", "-json"],
                ["-e", "-u"],
                ["-json=Path,Update"],
            ]
        what = r.choice((["all"], ["all"], ["all"], ["..."], [self._target()], ["example.com/m0/...", "all"], []))
        return ["list", "-m", *r.choice(flags), *(what if self.world.odd else ["all"])]

    def _query_module(self) -> list[str]:
        r = self.random
        path, version = self.world.module()
        query = r.choice(("@latest", "@upgrade", "@patch", "@none", f"@{version}", "@v1", "@v1.0", ""))
        if self.world.chance(0.3):
            query = r.choice(ODD_QUERIES)
        flags = [r.choice(("-json", "-versions", "-u", "-retracted", "-e"))] if self.world.chance(0.4) else []
        return ["list", "-m", *flags, path + query]

    def _why(self) -> list[str]:
        r = self.random
        flags = r.choice(
            ([], ["-m"], ["-vendor"] if self.world.odd else [], ["-m", "-vendor"] if self.world.odd else [])
        )
        target = self._target() if self.world.odd else self.world.module()[0]
        return [
            "mod",
            "why",
            *flags,
            *r.choice(([target], [target], [target, "fmt"], ["all"] if self.world.odd else [target])),
        ]

    def _graph(self) -> list[str]:
        flags = self.random.choice(([], ["-go=1.16"], ["-go=1.17"], ["-go=1.26"])) if self.world.odd else []
        return ["mod", "graph", *flags]

    def _list(self) -> list[str]:
        r = self.random
        what = r.choice(("./...", "all", "./sub", self._target(), self.world.package()))
        flags = r.choice(([], ["-deps"], ["-test"], ["-mod=mod"], ["-find"], ["-u", "-m"]))
        if flags == ["-u", "-m"]:
            return ["list", *flags, "-f", "{{.}} {{.Deprecated}} {{.Retracted}} {{.Query}} {{.Error}}", "all"]
        return ["list", "-e", *flags, "-f", r.choice(FORMATS), what]

    def _download(self) -> list[str]:
        r = self.random
        if r.random() < 0.3:
            return ["mod", "verify"]
        target = r.choice(("", "all", "@".join(self.world.module()), self.world.module()[0] + "@latest"))
        return ["mod", "download", *r.choice(([], ["-json"])), *([target] if target else [])]

    def _target(self) -> str:
        r = self.random
        path = r.choice(list(self.world.versions))
        package = self.world.package
        return r.choice((path, path, package(path), package(path), f"{path}/...", "example.com/..."))

    def _query(self) -> str:
        r = self.random
        q = r.choice(ODD_QUERIES if self.world.chance(0.15) else QUERIES)
        return f"@{r.choice(TAGGED)}" if q == "@V" else q

    def _mod_edit(self) -> list[str]:
        path, version = self.world.module()
        other, at = self.world.module()
        flags = [
            f"-require={path}@{version}",
            f"-droprequire={path}",
            f"-exclude={path}@{version}",
            f"-dropexclude={path}@{version}",
            f"-replace={path}={other}@{at}",
            f"-replace={path}@{version}={other}@{at}",
            f"-dropreplace={path}",
            "-go=1.22",
            "-go=1.16",
            "-toolchain=go1.26.1",
            "-toolchain=none",
            f"-tool={path}/p",
            f"-droptool={path}/p",
            "-ignore=./x",
            "-godebug=panicnil=1",
            "-fmt",
        ]
        if self.world.odd:
            flags += [
                f"-replace={path}=./fork",
                f"-dropreplace={path}@{version}",
                f"-retract={version}",
                f"-dropretract={version}",
                "-retract=[v1.0.0,v1.1.0]",
                f"-tool={path}/cmd/tool",
                "-ignore=./sub",
                "-dropignore=./x",
                "-dropgodebug=panicnil",
                f"-module={path}",
                "-json",
                "-print",
                "-go=none",
                f"-require={path}",
                f"-require={path}@v1",
                f"-exclude={path}@latest",
            ]
        chosen = self.random.sample(flags, self.random.choice((1, 1, 1, 2, 3)) if self.world.odd else 1)
        return ["mod", "edit", *chosen]
