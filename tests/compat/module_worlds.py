"""Random module graphs, from a seed: what a whole ecosystem does in small.

Modules have several versions, of all Go versions that matter to pruning, with packages that import each other,
tests, retractions, deprecations, nested modules, major versions, pre-releases, pseudo-versions, versions from before
modules (+incompatible), and now and then something that is broken: a go.mod of another path, a zip that is not there,
a package that no module has, a Go version that nobody has yet. What is done with them is in module_commands.py.
"""

from __future__ import annotations

import random
from pathlib import Path

from tests.compat.proxy import Proxy

GO_LINES = ("", "1.15", "1.16", "1.17", "1.19", "1.20", "1.21", "1.21.3", "1.22.0", "1.24", "1.26.0")
TAGGED = ("v0.1.0", "v1.0.0", "v1.0.1", "v1.1.0", "v1.1.1-pre", "v1.2.0", "v1.3.0-rc.1")
PSEUDO = ("v0.0.0-20230101000000-abcdef123456", "v1.0.1-0.20230202000000-123456abcdef")
INCOMPATIBLE = ("v2.0.0+incompatible", "v3.1.0+incompatible")
PACKAGES = ("", "p", "q", "p/deep", "internal/i", "cmd/tool")
MARKS = ("", "", " // indirect", " // indirect", " // why", " // indirect; too")


class World:
    """The modules of a proxy. versions: by path; packages: (path, version) to the packages it has.

    odd: how often something out of the ordinary is chosen, 0 (never) to 1; by default the seed decides.
    """

    def __init__(self, root: Path, seed: int, odd: float | None = None) -> None:
        self.random = random.Random(seed)
        self.proxy = Proxy(root)
        self.odd = self.random.choice((0.0, 0.3, 1.0)) if odd is None else odd
        self.versions: dict[str, list[str]] = {}
        self.packages: dict[tuple[str, str], list[str]] = {}
        self._choose()
        for path, versions in self.versions.items():
            for version in versions:
                self._add(path, version)

    def chance(self, share: float) -> bool:
        """True as often as `share` says, where this world has such things at all."""
        return self.random.random() < share * self.odd

    def _choose(self) -> None:
        r = self.random
        paths = [f"example.com/m{i}" for i in range(r.randint(3, 7))]
        if r.random() < 0.5:
            paths.append(f"{paths[0]}/p")  # a nested module where a package may be
        if r.random() < 0.4:
            paths.append(f"{paths[1]}/v2")
        if self.chance(0.3):
            paths.append("gopkg.in/y.v1")
        if self.chance(0.2):
            paths.append("example.com/Upper")
        for path in paths:
            self.versions[path] = self._versions(path)
            for version in self.versions[path]:
                have = [p for p in PACKAGES if p == "" or r.random() < 0.4]
                if r.random() < 0.1 and have != [""]:
                    have.remove("")  # the root holds no package
                self.packages[path, version] = [path + ("/" + p if p else "") for p in have]

    def _versions(self, path: str) -> list[str]:
        r = self.random
        if path.endswith("/v2"):
            return ["v2.0.0", "v2.1.0", "v2.1.1-0.20230303000000-aaaaaaaaaaaa"][: r.randint(1, 3)]
        if path.startswith("gopkg.in/"):
            return ["v1.0.0", "v1.1.0"][: r.randint(1, 2)]
        versions = sorted(r.sample(TAGGED, r.randint(1, 4)), key=TAGGED.index)
        if self.chance(0.3):
            versions.append(r.choice(PSEUDO))
        if self.chance(0.15):
            versions = list(PSEUDO[: r.randint(1, 2)])  # nothing is tagged
        if self.chance(0.15):
            versions.extend(INCOMPATIBLE[: r.randint(1, 2)])
        return versions

    def module(self) -> tuple[str, str]:
        """A random module version."""
        path = self.random.choice(list(self.versions))
        return path, self.random.choice(self.versions[path])

    def package(self, path: str = "") -> str:
        """A random package (of a module)."""
        r = self.random
        if not path and self.chance(0.06):
            return r.choice(
                ("example.com/none/x", "example.com/m0/nope", "nostd", "nostd/x", "os", "bad path", "./rel")
            )
        path = path or r.choice(list(self.versions))
        found = r.choice(self.packages[path, r.choice(self.versions[path])])
        return found if "/internal/" not in found else path

    def requires(self, own: str) -> list[tuple[str, str]]:
        """Random requirements of a module, one version each."""
        r = self.random
        wanted = {path: version for path, version in (self.module() for _ in range(r.randint(0, 3))) if path != own}
        if self.chance(0.04):
            wanted["example.com/none"] = "v1.0.0"
        if self.chance(0.04) and wanted:
            wanted[r.choice(list(wanted))] = "v1.9.9"  # nobody has tagged that
        return [(p, v) for p, v in sorted(wanted.items()) if not (p.endswith("/v2") and v.startswith("v1"))]

    def source(self, name: str, paths: list[str]) -> str:
        """A Go file that imports these packages, each once."""
        lines = "".join(f'import _ "{p}"\n' for p in dict.fromkeys(paths))
        constraint = self.random.choice(("//go:build ignore\n\n", "//go:build linux\n\n", "//go:build mine\n\n"))
        broken = "import _ what\n" if self.chance(0.02) else ""
        return f"{constraint if self.chance(0.1) else ''}package {name}\n\n{lines}{broken}"

    def imports(self, requires: list[tuple[str, str]]) -> list[str]:
        """Random packages to import for a module with these requirements."""
        r = self.random
        found = [self.package(path) for path, _ in requires if path in self.versions and r.random() < 0.8]
        if r.random() < 0.08:
            found.append(self.package())  # of a module that is not required, perhaps
        return found

    def go_mod(self, path: str, requires: list[tuple[str, str]], extra: list[str], head: str = "") -> str:
        """The text of a go.mod file with a random go line."""
        r = self.random
        line = r.choice(GO_LINES)
        if self.chance(0.03):
            line = r.choice(("1.99", "1.27", "1.21rc2"))
        text = f"{head}module {path}\n"
        if line:
            text += f"\ngo {line}\n"
        if self.chance(0.15):
            text += f"\ntoolchain {r.choice(('go1.21.0', 'go1.26.1', 'go1.99.0', 'default'))}\n"
        if r.random() < 0.4 and len(requires) > 1:
            text += "\nrequire (\n" + "".join(f"\t{p} {v}{self._mark()}\n" for p, v in requires) + ")\n"
        else:
            text += "".join(f"\nrequire {p} {v}{self._mark()}\n" for p, v in requires)
        return text + "".join(f"\n{line}\n" for line in extra)

    def _mark(self) -> str:
        return self.random.choice(MARKS if self.odd else MARKS[:4])

    def _add(self, path: str, version: str) -> None:
        r = self.random
        requires = self.requires(path)
        files = self._files(path, self.packages[path, version], requires)
        head = "// Deprecated: use another\n" if r.random() < 0.1 else ""
        files["LICENSE"] = f"{path} {version}\n"
        if version.endswith("+incompatible"):
            self.proxy.add(f"{path}@{version}", files, go_mod=f"module {path}\n", in_zip=False)
            return
        called = r.choice(("example.com/renamed", path + "/v3")) if self.chance(0.03) else path
        go_mod = self.go_mod(called, requires, self._extra(path), head)
        listed = version not in PSEUDO and "-0.2023" not in version
        self.proxy.add(f"{path}@{version}", files, go_mod=go_mod, listed=listed)
        if self.chance(0.02):
            self.proxy.file(f"{path}@{version}", r.choice(("zip", "mod", "info"))).unlink()

    def _files(self, path: str, packages: list[str], requires: list[tuple[str, str]]) -> dict[str, str]:
        r = self.random
        files: dict[str, str] = {}
        for package in packages:
            at = package[len(path) + 1 :]
            prefix = f"{at}/" if at else ""
            name = "main" if at == "cmd/tool" else "x"
            files[f"{prefix}x.go"] = self.source(name, [p for p in self.imports(requires) if p != package])
            if r.random() < 0.4:
                files[f"{prefix}x_test.go"] = self.source(name, [p for p in self.imports(requires) if p != package])
            if r.random() < 0.2:
                files[f"{prefix}x_windows.go"] = self.source(name, self.imports(requires))
            if self.chance(0.15):
                files[f"{prefix}e_test.go"] = self.source(f"{name}_test", [self.package()])
        return files

    def _extra(self, path: str) -> list[str]:
        """Lines that a dependency's go.mod may have beside its requirements."""
        r = self.random
        extra: list[str] = []
        versions = [v for v in self.versions[path] if not v.endswith("+incompatible")]
        if r.random() < 0.15:
            extra.append(f"retract {r.choice(versions)} // bad")
        if self.chance(0.1):
            low, high = r.choice((("v1.0.0", "v1.1.0"), ("v0.0.0", "v1.9.0"), ("v1.2.0", "v1.3.0")))
            if not path.endswith("/v2"):
                extra.append(f"// published too early\n// by far\nretract [{low}, {high}]")
        if self.chance(0.1):
            extra.append(self.replacement())
        if self.chance(0.1):
            extra.append(f"exclude {' '.join(self.module())}")
        if self.chance(0.1):
            extra.append(f"tool {path}/cmd/tool")
        if self.chance(0.05):
            extra.append("godebug default=go1.21")
        if self.chance(0.05):
            extra.append("nonsense of the future 1")
        return extra

    def replacement(self) -> str:
        """A replace line: of a path or one version, by a version or a directory (one is not there)."""
        r = self.random
        (old, version), (new, at) = self.module(), self.module()
        left = r.choice((old, f"{old} {version}"))
        if self.chance(0.5):
            return f"replace {left} => {r.choice(('./fork', './fork', './fork/none', '../fork', './sub'))}"
        return f"replace {left} => {new} {at}"

    def main_module(self, path: str = "example.com/main") -> dict[str, str]:
        """The files of a main module."""
        r = self.random
        requires = self.requires(path)
        extra: list[str] = []
        if r.random() < 0.2:
            extra.append(f"exclude {' '.join(self.module())}")
        for _ in range(r.choice((0, 0, 0, 1, 2)) if self.odd else r.random() < 0.2):
            extra.append(self.replacement())
        if self.chance(0.15):
            extra.append(f"tool {self.module()[0]}/cmd/tool")
        if self.chance(0.15):
            extra.append(r.choice(("ignore ./ign", "ignore (\n\tign\n\t./none\n)")))
        if self.chance(0.1):
            extra.append("godebug (\n\tdefault=go1.21\n\tpanicnil=1\n)")
        if self.chance(0.1):
            extra.append("retract v1.0.0 // ours")
        files = {
            "go.mod": self.go_mod(path, requires, extra),
            "main.go": self.source("main", [self.package() for _ in range(r.randint(0, 2))]),
            "sub/s.go": self.source("sub", self.imports(requires)),
        }
        if r.random() < 0.5:
            files["sub/s_test.go"] = self.source("sub", [self.package()])
        if self.odd:
            files |= self._surroundings(path)
        return files

    def _surroundings(self, path: str) -> dict[str, str]:
        """What lies beside the packages of a main module: a fork, ignored files, a nested module, other systems'."""
        old = self.random.choice(list(self.versions))
        found = {
            "fork/go.mod": self.go_mod(old, self.requires(old), []),
            "fork/f.go": self.source("f", [self.package()]),
            "fork/p/p.go": self.source("p", []),
        }
        if self.chance(0.2):
            found["ign/i.go"] = self.source("ign", [self.package()])
        if self.chance(0.2):
            found["sub/s_windows.go"] = self.source("sub", [self.package()])
        if self.chance(0.2):
            found["nested/go.mod"] = self.go_mod(f"{path}/nested", self.requires(path), [])
            found["nested/n.go"] = self.source("nested", [self.package()])
        if self.chance(0.2):
            found["testdata/t.go"] = self.source("t", [self.package()])
            found["_skip/t.go"] = self.source("t", [self.package()])
        if self.chance(0.2):
            found["self/self.go"] = self.source("self", [f"{path}/sub", f"{path}/none", path])
        return found
