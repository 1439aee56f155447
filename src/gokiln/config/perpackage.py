"""-gcflags, -asmflags, -ldflags, -gccgoflags: `[pattern=]flags`, given any number of times; the last match wins.

Without a pattern the flags are for the packages named on the command line only.
Source: cmd/go/internal/load/{flag,search}.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base import quoted
from gokiln.base.pattern import match_pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class Module(Protocol):
        """The module of a package."""

        path: str

    class Package(Protocol):
        """What patterns ask of a package."""

        dir: str
        import_path: str
        standard: bool
        cmdline_pkg: bool
        cmdline_files: bool

        @property
        def module(self) -> Module | None:
            """None for the standard library."""
            ...

    class MainModules(Protocol):
        """What the module loader knows that two patterns ask for."""

        def is_tool(self, path: str) -> bool:
            """Whether a main module has a tool directive for the package."""
            ...

        def contains(self, module_path: str) -> bool:
            """Whether the module is a main module."""
            ...

    Match = Callable[[Package, MainModules | None], bool]


def _named(package: Package, modules: MainModules | None) -> bool:
    return package.cmdline_pkg or package.cmdline_files


def is_relative_path(pattern: str) -> bool:
    """search.IsRelativePath."""
    return pattern.startswith(("./", "../")) or pattern in (".", "..")


def match_package(pattern: str, cwd: str) -> Match:
    """Whether a package matches a pattern, as seen from `cwd` (load.MatchPackage)."""
    if is_relative_path(pattern):
        return _match_relative(pattern, cwd)
    if pattern == "all":
        return lambda package, modules: True
    if pattern == "std":
        return lambda package, modules: package.standard
    if pattern == "cmd":
        return lambda package, modules: package.standard and package.import_path.startswith("cmd/")
    match_path = match_pattern(pattern)

    def match(package: Package, modules: MainModules | None) -> bool:
        if pattern == "tool" and modules is not None:
            return modules.is_tool(package.import_path)
        if pattern == "work" and modules is not None:
            return package.module is not None and modules.contains(package.module.path)
        return match_path(package.import_path)

    return match


def _match_relative(pattern: str, cwd: str) -> Match:
    at = pattern.find("...")
    if at < 0:
        directory, rest = pattern, ""
    else:
        slash = pattern.rfind("/", 0, at)
        directory, rest = pattern[:slash], pattern[slash + 1 :]
    directory = os.path.normpath(os.path.join(cwd, directory))
    if not rest:
        return lambda package, modules: package.dir == directory
    match_path = match_pattern(rest)

    def match(package: Package, modules: MainModules | None) -> bool:
        try:
            relative = os.path.relpath(package.dir, directory).replace(os.sep, "/")
        except ValueError:  # another drive
            return False
        if relative == ".." or relative.startswith("../"):
            return False
        return match_path(relative)

    return match


class PerPackageFlag:
    """One such flag. raw: the last text given. cwd: where relative patterns start."""

    __slots__ = ("_values", "cwd", "raw")

    def __init__(self, cwd: str = "/") -> None:
        self.cwd = cwd
        self.raw = ""
        self._values: list[tuple[Match, list[str]]] | None = None

    def set(self, text: str) -> None:
        """Take one occurrence. Raises ValueError with cmd/go's reason."""
        self.raw = text
        if self._values is None:
            self._values = []
        body = text.strip()  # as before Go 1.10's patterns, blanks around the flags do not count
        match: Match = _named
        if not body:
            self._values.append((match, []))
            return
        if not body.startswith("-"):
            at = body.find("=")
            if at < 0:
                raise ValueError("missing =<value> in <pattern>=<value>")
            if at == 0:
                raise ValueError("missing <pattern> in <pattern>=<value>")
            if body[0] in "'\"":
                raise ValueError(f"parameter may not start with quote character {body[0]}")
            match = match_package(body[:at].strip(), self.cwd)
            body = body[at + 1 :]
        self._values.append((match, quoted.split(body)))

    def present(self) -> bool:
        """Whether the flag was given at all."""
        return self._values is not None

    def for_package(self, package: Package, modules: MainModules | None = None) -> list[str]:
        """The flags for a package; the caller must not change the list."""
        flags: list[str] = []
        for match, values in self._values or ():
            if match(package, modules):
                flags = values
        return flags

    def __str__(self) -> str:
        return self.raw
