"""What one Go release is like: defaults, ports, experiments, GODEBUG settings.

Everything is read from the GOROOT's own source when first asked for, because a distributor may have built it with
other defaults (GOAMD64, CC, GOFIPS140). What is code there and differs between releases stands in tables here
(experiment.py, platform.py). A release newer than the tables works as far as these facts reach, see `unknown`.
"""

from __future__ import annotations

import os
from collections import namedtuple

from gokiln.config import experiment
from gokiln.golang.platform import Platforms, parse_zosarch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple

    class GodebugInfo(NamedTuple):
        """One line of internal/godebugs.All. changed: minor version of the change, 0 for none."""

        name: str
        package: str
        changed: int = 0
        old: str = ""
        opaque: bool = False
        immutable: bool = False

    class RemovedGodebug(NamedTuple):
        """A setting that is gone since minor version `removed`; old: values refused, None for all (before go1.27)."""

        name: str
        removed: int
        old: tuple[str, ...] | None = None
else:
    RemovedGodebug = namedtuple("RemovedGodebug", "name removed old", defaults=(None,))
    GodebugInfo = namedtuple("GodebugInfo", "name package changed old opaque immutable", defaults=(0, "", False, False))

OLDEST, NEWEST = min(experiment.FIELDS), max(experiment.FIELDS)

# What cmd/dist writes unless the builder of the toolchain asked for something else.
_ZBOOTSTRAP = {
    "DefaultGO386": "sse2",
    "DefaultGOAMD64": "v1",
    "DefaultGOARM": "7",
    "DefaultGOARM64": "v8.0",
    "DefaultGOMIPS": "hardfloat",
    "DefaultGOMIPS64": "hardfloat",
    "DefaultGOPPC64": "power8",
    "DefaultGORISCV64": "rva20u64",
    "defaultGOEXPERIMENT": "",
    "defaultGO_EXTLINK_ENABLED": "",
    "defaultGO_LDSO": "",
    "DefaultGOFIPS140": "off",
    "DefaultCGO_ENABLED": "",
}


def minor_version(version: str) -> int:
    """26 for "go1.26.8", "go1.26rc1" and "devel go1.26-abc"; the newest known for what cannot be read."""
    at = version.find("go1.")
    digits = ""
    if at >= 0:
        for char in version[at + 4 :]:
            if not ("0" <= char <= "9"):
                break
            digits += char
    return int(digits) if digits else NEWEST


def _literal(text: str) -> str:
    """The value of a Go string literal without escapes, in either kind of quotes."""
    text = text.strip()
    return text[1:-1] if len(text) >= 2 and text[0] in '`"' and text[-1] == text[0] else ""


def parse_constants(text: str) -> dict[str, str]:
    """`const NAME = "value"` lines of a generated file."""
    found: dict[str, str] = {}
    for line in text.split("\n"):
        if line.startswith("const "):
            name, equals, value = line[6:].partition(" = ")
            if equals and value.strip()[:1] in ("`", '"'):
                found[name.strip()] = _literal(value)
    return found


def parse_default_compiler(text: str, function: str) -> dict[str, str]:
    """DefaultCC or DefaultCXX of zdefaultcc.go: "goos/goarch" or "goos" or "" -> command."""
    body = text.partition(f"func {function}(")[2].partition("\n}")[0]
    table: dict[str, str] = {}
    keys: list[str] = []
    for line in body.split("\n"):
        line = line.strip()
        if line.startswith("case "):
            keys = [_literal(word) for word in line[5:].rstrip(":").split(",")]
        elif line.startswith("return "):
            for key in keys or [""]:
                table.setdefault(key, _literal(line[7:]))
            keys = []
    return table


def parse_godebugs(text: str) -> tuple[GodebugInfo, ...]:
    """The table in internal/godebugs/table.go, in its order (by name)."""
    table: list[GodebugInfo] = []
    for line in text.partition("var All = []Info{")[2].partition("\n}")[0].split("\n"):
        line = line.strip()
        if not line.startswith("{Name:"):
            continue
        fields: dict[str, str] = {}
        for part in line[1 : line.rfind("}")].split(", "):
            key, _, value = part.partition(": ")
            fields[key.strip()] = value.strip()
        table.append(
            GodebugInfo(
                _literal(fields.get("Name", "")),
                _literal(fields.get("Package", "")),
                int(fields.get("Changed", "0")),
                _literal(fields.get("Old", "")),
                fields.get("Opaque") == "true",
                fields.get("Immutable") == "true",
            )
        )
    return tuple(table)


def parse_removed_godebugs(text: str) -> tuple[RemovedGodebug, ...]:
    """The table `Removed` in internal/godebugs/table.go."""
    body = text.partition("var Removed = []RemovedInfo{")[2].partition("\n}")[0]
    removed = []
    for line in body.split("\n"):
        line = line.strip()
        if not line.startswith("{Name:"):
            continue
        code, _, comment = line.partition("//")
        minor = int(code.partition("Removed:")[2].replace(",", " ").replace("}", " ").split()[0])
        old: tuple[str, ...] | None = None
        if "Old:" in code:
            # A predicate in Go; the comment beside it lists the values it is true for.
            predicate = code.partition("Old:")[2]
            named = {"zero": ("0",), "one": ("1",)}.get(predicate.strip(" ,}"))
            old = named or tuple(comment.split('"')[1::2]) or tuple(predicate.split('"')[1::2])
        removed.append(RemovedGodebug(line.split('"')[1], minor, old))
    return tuple(removed)


class Release:
    """One release, by the source in its GOROOT. version: "go1.26.8". Values are read once, on first use."""

    __slots__ = ("_memo", "goroot", "minor", "version")

    def __init__(self, goroot: str, version: str) -> None:
        self.goroot = goroot
        self.version = version
        self.minor = minor_version(version)
        self._memo: dict[str, object] = {}

    @property
    def unknown(self) -> str:
        """A sentence for the user when the tables do not reach this release, else ""."""
        if OLDEST <= self.minor <= NEWEST:
            return ""
        side = "newer" if self.minor > NEWEST else "older"
        return (
            f"{self.version} is {side} than the releases that gokiln was compared with (1.{OLDEST} to 1.{NEWEST});"
            " what it builds may differ from the go command's"
        )

    def source(self, path: str) -> str:
        """The text of a file below GOROOT/src, "" when it cannot be read."""
        try:
            with open(os.path.join(self.goroot, "src", *path.split("/")), "rb") as f:
                return f.read().decode("utf-8", "replace")
        except OSError:
            return ""

    def default(self, name: str) -> str:
        """A constant of internal/buildcfg/zbootstrap.go, e.g. default("DefaultGOAMD64") -> "v1"."""
        table = self._memo.get("zbootstrap")
        if table is None:
            table = _ZBOOTSTRAP | parse_constants(self.source("internal/buildcfg/zbootstrap.go"))
            self._memo["zbootstrap"] = table
        assert isinstance(table, dict)
        return str(table.get(name, ""))

    def default_pkg_config(self) -> str:
        """The command for PKG_CONFIG when that is not set."""
        return parse_constants(self._zdefaultcc()).get("DefaultPkgConfig", "pkg-config")

    def _zdefaultcc(self) -> str:
        text = self._memo.get("zdefaultcc")
        if text is None:
            text = self._memo["zdefaultcc"] = self.source("cmd/go/internal/cfg/zdefaultcc.go")
        assert isinstance(text, str)
        return text

    def default_compiler(self, function: str, goos: str, goarch: str) -> str:
        """The C (function "DefaultCC") or C++ ("DefaultCXX") compiler that the toolchain was made for."""
        key = f"cc {function}"
        table = self._memo.get(key)
        if table is None:
            table = self._memo[key] = parse_default_compiler(self._zdefaultcc(), function)
        assert isinstance(table, dict)
        clang = goos in ("darwin", "ios", "freebsd", "openbsd")
        plain = {"DefaultCC": ("gcc", "clang"), "DefaultCXX": ("g++", "clang++")}[function][clang]
        return str(table.get(f"{goos}/{goarch}") or table.get(goos) or table.get("") or plain)

    @property
    def platforms(self) -> Platforms:
        """The ports and what they can do."""
        found = self._memo.get("platforms")
        if found is None:
            ports = parse_zosarch(self.source("internal/platform/zosarch.go"))
            found = self._memo["platforms"] = Platforms(self.minor, ports)
        assert isinstance(found, Platforms)
        return found

    @property
    def godebugs(self) -> tuple[GodebugInfo, ...]:
        """The GODEBUG settings that this release knows."""
        found = self._memo.get("godebugs")
        if found is None:
            found = self._memo["godebugs"] = parse_godebugs(self.source("internal/godebugs/table.go"))
        assert isinstance(found, tuple)
        return found

    @property
    def removed_godebugs(self) -> tuple[RemovedGodebug, ...]:
        """The GODEBUG settings that are gone, each with the minor version that dropped it."""
        found = self._memo.get("removed")
        if found is None:
            found = self._memo["removed"] = parse_removed_godebugs(self.source("internal/godebugs/table.go"))
        assert isinstance(found, tuple)
        return found

    def parse_experiment(self, goos: str, goarch: str, text: str) -> experiment.Experiment:
        """GOEXPERIMENT for a target. Raises ExperimentError."""
        fields, always = experiment.facts(self.minor, self.source)
        return experiment.parse(self.minor, fields, always, goos, goarch, text)

    def known_env(self) -> frozenset[str]:
        """The variables that the go command knows (internal/cfg.KnownEnv)."""
        found = self._memo.get("known_env")
        if found is None:
            body = self.source("internal/cfg/cfg.go").partition("const KnownEnv = `")[2].partition("`")[0]
            found = self._memo["known_env"] = frozenset(body.split()) or _KNOWN_ENV
        assert isinstance(found, frozenset)
        return found


def check_godebug_name(release: Release, verb: str, key: str, value: str) -> str:
    """Why a `godebug` setting cannot be, by its name: unknown or removed; "" when it can.

    verb: "godebug" or "//go:debug setting", as cmd/go's CheckGodebug gets it.
    """
    from gokiln.base.quote import go_quote

    if any(info.name == key for info in release.godebugs):
        return ""
    for gone in release.removed_godebugs:
        if gone.name != key:
            continue
        if gone.old is None:
            return f"use of removed {verb} {go_quote(key)}, see https://go.dev/doc/godebug#go-1{gone.removed}"
        if value not in gone.old:
            return ""  # the value in force anyway
        where = f"(https://go.dev/doc/godebug#go-1{gone.removed})"
        return f"removed GODEBUG {go_quote(key)} set to old value {go_quote(value)} {where}"
    return f"unknown {verb} {go_quote(key)}"


# internal/cfg.KnownEnv of go1.25 to go1.27, for a GOROOT without that file.
_KNOWN_ENV = frozenset(
    """AR CC CGO_CFLAGS CGO_CFLAGS_ALLOW CGO_CFLAGS_DISALLOW CGO_CPPFLAGS CGO_CPPFLAGS_ALLOW CGO_CPPFLAGS_DISALLOW
    CGO_CXXFLAGS CGO_CXXFLAGS_ALLOW CGO_CXXFLAGS_DISALLOW CGO_ENABLED CGO_FFLAGS CGO_FFLAGS_ALLOW
    CGO_FFLAGS_DISALLOW CGO_LDFLAGS CGO_LDFLAGS_ALLOW CGO_LDFLAGS_DISALLOW CXX FC GCCGO GO111MODULE GO386 GOAMD64
    GOARCH GOARM GOARM64 GOAUTH GOBIN GOCACHE GOCACHEPROG GOENV GOEXE GOEXPERIMENT GOFIPS140 GOFLAGS GOGCCFLAGS
    GOHOSTARCH GOHOSTOS GOINSECURE GOMIPS GOMIPS64 GOMODCACHE GONOPROXY GONOSUMDB GOOS GOPATH GOPPC64 GOPRIVATE
    GOPROXY GORISCV64 GOROOT GOSUMDB GOTMPDIR GOTOOLCHAIN GOTOOLDIR GOVCS GOWASM GOWORK GO_EXTLINK_ENABLED
    PKG_CONFIG""".split()
)
