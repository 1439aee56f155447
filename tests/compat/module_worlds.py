"""Random module graphs and random commands over them, from a seed: what a whole ecosystem does in small.

Modules have several versions, of all Go versions that matter to pruning, with packages that import each other,
tests, retractions, deprecations, nested modules, major versions.
"""

from __future__ import annotations

import random
from pathlib import Path

from tests.compat.proxy import Proxy

GO_LINES = ("", "1.15", "1.16", "1.17", "1.19", "1.20", "1.21", "1.21.3", "1.22.0", "1.24", "1.26.0")
VERSIONS = ("v0.1.0", "v1.0.0", "v1.0.1", "v1.1.0", "v1.1.1-pre", "v1.2.0", "v1.3.0-rc.1")
PACKAGES = ("", "p", "q", "internal/i")


class World:
    """The modules of a proxy. versions: by path; packages: (path, version) to the packages it has."""

    def __init__(self, root: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.proxy = Proxy(root)
        self.versions: dict[str, list[str]] = {}
        self.packages: dict[tuple[str, str], list[str]] = {}
        self._choose()
        for path, versions in self.versions.items():
            for version in versions:
                self._add(path, version)

    def _choose(self) -> None:
        r = self.random
        paths = [f"example.com/m{i}" for i in range(r.randint(3, 6))]
        if r.random() < 0.5:
            paths.append(f"{paths[0]}/p")  # a nested module where a package may be
        if r.random() < 0.4:
            paths.append(f"{paths[1]}/v2")
        for path in paths:
            count = r.randint(1, 4)
            versions = sorted(r.sample(VERSIONS, count), key=VERSIONS.index)
            if path.endswith("/v2"):
                versions = ["v2.0.0", "v2.1.0"][: r.randint(1, 2)]
            self.versions[path] = versions
            for version in versions:
                have = [p for p in PACKAGES if p == "" or r.random() < 0.5]
                self.packages[path, version] = [path + ("/" + p if p else "") for p in have]

    def module(self) -> tuple[str, str]:
        """A random module version."""
        path = self.random.choice(list(self.versions))
        return path, self.random.choice(self.versions[path])

    def package(self, path: str = "") -> str:
        """A random package (of a module)."""
        r = self.random
        path = path or r.choice(list(self.versions))
        found = r.choice(self.packages[path, r.choice(self.versions[path])])
        return found if "/internal/" not in found else path

    def _requires(self, own: str) -> list[tuple[str, str]]:
        r = self.random
        wanted = {path: version for path, version in (self.module() for _ in range(r.randint(0, 3))) if path != own}
        return sorted(wanted.items())

    def _source(self, name: str, paths: list[str]) -> str:
        lines = "".join(f'import _ "{p}"\n' for p in dict.fromkeys(paths))
        return f"package {name}\n\n{lines}"

    def _imports(self, requires: list[tuple[str, str]]) -> list[str]:
        r = self.random
        found = [self.package(path) for path, _ in requires if r.random() < 0.8]
        if r.random() < 0.08:
            found.append(self.package())  # of a module that is not required, perhaps
        return found

    def go_mod(self, path: str, requires: list[tuple[str, str]], extra: list[str], head: str = "") -> str:
        """The text of a go.mod file with a random go line."""
        line = self.random.choice(GO_LINES)
        text = f"{head}module {path}\n"
        if line:
            text += f"\ngo {line}\n"
        text += "".join(f"\nrequire {p} {v}{self._mark()}\n" for p, v in requires)
        return text + "".join(f"\n{line}\n" for line in extra)

    def _mark(self) -> str:
        return self.random.choice(("", "", " // indirect"))

    def _add(self, path: str, version: str) -> None:
        r = self.random
        requires = self._requires(path)
        files: dict[str, str] = {}
        for package in self.packages[path, version]:
            at = package[len(path) + 1 :]
            prefix = f"{at}/" if at else ""
            files[f"{prefix}x.go"] = self._source("x", [p for p in self._imports(requires) if p != package])
            if r.random() < 0.4:
                files[f"{prefix}x_test.go"] = self._source("x", [p for p in self._imports(requires) if p != package])
            if r.random() < 0.2:
                files[f"{prefix}x_windows.go"] = self._source("x", self._imports(requires))
        extra: list[str] = []
        if r.random() < 0.15:
            extra.append(f"retract {r.choice(self.versions[path])} // bad")
        head = "// Deprecated: use another\n" if r.random() < 0.1 else ""
        files["LICENSE"] = f"{path} {version}\n"
        self.proxy.add(f"{path}@{version}", files, go_mod=self.go_mod(path, requires, extra, head))

    def main_module(self, path: str = "example.com/main") -> dict[str, str]:
        """The files of a main module."""
        r = self.random
        requires = self._requires(path)
        extra: list[str] = []
        if r.random() < 0.2:
            p, v = self.module()
            extra.append(f"exclude {p} {v}")
        if r.random() < 0.2:
            old, (new, version) = self.module(), self.module()
            extra.append(
                f"replace {old[0]} => {new} {version}"
                if r.random() < 0.5
                else f"replace {old[0]} {old[1]} => {new} {version}"
            )
        files = {
            "go.mod": self.go_mod(path, requires, extra),
            "main.go": self._source("main", [self.package() for _ in range(r.randint(0, 2))]),
            "sub/s.go": self._source("sub", self._imports(requires)),
        }
        if r.random() < 0.5:
            files["sub/s_test.go"] = self._source("sub", [self.package()])
        return files

    def command(self) -> list[str]:
        """A random command."""
        r = self.random
        kind = r.choices(
            ("get", "get -u", "tidy", "edit", "vendor", "list", "query", "why", "graph"),
            (30, 12, 16, 10, 4, 6, 8, 3, 3),
        )[0]
        path, version = self.module()
        queries = ("", "@latest", "@upgrade", "@patch", "@none", f"@{version}", "@v1", "@v1.0", ">=v1.0.0", "<v1.2.0")
        if kind == "get":
            args = [self._target() + self._query() for _ in range(r.choice((1, 1, 1, 2, 3)))]
            return ["get", *(["-t"] if r.random() < 0.15 else []), *(["-v"] if r.random() < 0.1 else []), *args]
        if kind == "get -u":
            flags = [r.choice(("-u", "-u=patch")), *(["-t"] if r.random() < 0.3 else [])]
            return ["get", *flags, *r.choice(([], ["./..."], ["all"], [self._target()], ["go@1.21.0", "./..."]))]
        if kind == "tidy":
            flags = r.choice(
                ([], [], ["-v"], ["-e"], ["-diff"], ["-go=1.16"], ["-go=1.17"], ["-go=1.24"], ["-compat=1.17"])
            )
            return ["mod", "tidy", *flags]
        if kind == "edit":
            return ["mod", "edit", self._edit(path, version)]
        if kind == "vendor":
            return ["mod", "vendor", *r.choice(([], ["-v"], ["-e"]))]
        if kind == "list":
            return [
                "list",
                "-m",
                *r.choice(([], ["-u"], ["-versions"], ["-retracted"], ["-json"], ["-mod=mod"])),
                "all",
            ]
        if kind == "query":
            return ["list", "-m", path + (r.choice(queries[1:8]) if r.random() < 0.9 else "")]
        if kind == "why":
            return ["mod", "why", *r.choice(([], ["-m"])), path]
        return ["mod", "graph"]

    def work_command(self, modules: list[str]) -> tuple[list[str], str]:
        """A random command of a workspace with these modules, and the directory to run it in."""
        r = self.random
        kind = r.choices(("use", "edit", "sync", "vendor", "module"), (30, 20, 15, 7, 28))[0]
        if kind == "use":
            args = r.choice((["-r", "."], ["./two"], ["two", "./one"], ["./none"], ["one/sub"]))
            return ["work", "use", *args], r.choice(("", "one"))
        if kind == "edit":
            old, (new, version) = self.module()[0], self.module()
            flags = ("-go=1.22", "-go=1.26.1", "-toolchain=go1.26.2", f"-replace={old}={new}@{version}")
            flags += ("-dropuse=./two", "-use=./two", "-json", "-print", "-fmt", f"-dropreplace={old}")
            return ["work", "edit", r.choice(flags)], ""
        if kind == "module":
            return self.command(), r.choice(modules)
        return ["work", kind], ""

    def _target(self) -> str:
        r = self.random
        path = r.choice(list(self.versions))
        return r.choice((path, path, self.package(path), self.package(path), f"{path}/...", "example.com/..."))

    def _query(self) -> str:
        r = self.random
        q = r.choice(
            ("", "", "", "@latest", "@upgrade", "@patch", "@none", "@v1", "@v1.0", "@>=v1.0.0", "@<v1.2.0", "@V")
        )
        return f"@{r.choice(VERSIONS)}" if q == "@V" else q

    def _edit(self, path: str, version: str) -> str:
        r = self.random
        other, at = self.module()
        return r.choice(
            (
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
            )
        )
