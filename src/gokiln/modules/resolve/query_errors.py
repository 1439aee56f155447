"""What a version query can answer when it has no version to give, in the go command's words.

Source: cmd/go/internal/modload/query.go, go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError, find_error, is_not_exist
from gokiln.modules.resolve.errors import NO_MODULE
from gokiln.modules.version import ModVersion, show


class QueryDisabledError(GokilnError):
    """-mod=vendor forbids looking anything up."""

    def __init__(self, build_mod: str, reason: str) -> None:
        text = f"cannot query module due to -mod={build_mod}"
        super().__init__(f"{text}\n\t({reason})" if reason else text)


class NoMatchingVersionError(GokilnError):
    """A query matches none of a module's versions."""

    def __init__(self, query: str, current: str) -> None:
        suffix = ""
        if query in ("upgrade", "patch") and current not in ("", "none"):
            suffix = f" (current version is {current})"
        super().__init__(f"no matching versions for query {go_quote(query)}{suffix}")
        self.query = query
        self.current = current


class NoPatchBaseError(GokilnError):
    """The query "patch" of a module that has no selected version."""

    def __init__(self, path: str) -> None:
        super().__init__(f'can\'t query version "patch" of module {path}: no existing version is required')
        self.path = path


class WildcardInFirstElementError(GokilnError):
    """A query whose pattern could match any host."""

    def __init__(self, pattern: str, query: str) -> None:
        super().__init__(f"no modules to query for {pattern}@{query} because first path element contains a wildcard")
        self.pattern = pattern
        self.query = query


class PackageNotInModuleError(GokilnError):
    """A module exists at the version asked for, but does not have the package."""

    def __init__(
        self,
        pattern: str,
        *,
        main_modules: list[ModVersion] | None = None,
        mod: ModVersion = NO_MODULE,
        replacement: ModVersion = NO_MODULE,
        query: str = "",
    ) -> None:
        self.main_modules = main_modules or []
        self.mod = mod
        self.replacement = replacement
        self.query = query
        self.pattern = pattern
        super().__init__(self._text())

    def _text(self) -> str:
        what = "packages matching" if "..." in self.pattern else "package"
        if self.main_modules:
            prefix = "workspace modules do"
            if len(self.main_modules) == 1:
                prefix = f"main module ({show(self.main_modules[0])}) does"
            return f"{prefix} not contain {what} {self.pattern}"
        found = ""
        if self.replacement.path:
            if self.query == self.mod.version:
                found = f" (replaced by {show(self.replacement)})"
            else:
                found = f" ({self.mod.version}, replaced by {show(self.replacement)})"
        elif self.query != self.mod.version:
            found = f" ({self.mod.version})"
        return f"module {self.mod.path}@{self.query} found{found}, but does not contain {what} {self.pattern}"

    @property
    def import_path(self) -> str:
        """The package, when the pattern names exactly one ("" otherwise)."""
        return "" if "..." in self.pattern else self.pattern


class QueryMatchesMainModulesError(GokilnError):
    """A query for a module that is a main module."""

    def __init__(self, main_modules: list[ModVersion], pattern: str, query: str, pattern_is_module: bool) -> None:
        if pattern_is_module:
            text = f"can't request version {go_quote(query)} of the main module ({pattern})"
        else:
            plural = "s" if len(main_modules) > 1 else ""
            paths = ", ".join(mod.path for mod in main_modules)
            text = (
                f"can't request version {go_quote(query)} of pattern {go_quote(pattern)}"
                f" that includes the main module{plural} ({paths})"
            )
        super().__init__(text)
        self.main_modules = main_modules
        self.pattern = pattern
        self.query = query


class QueryUpgradesAllError(GokilnError):
    """A version asked for "all", which includes the main module."""

    def __init__(self, main_modules: list[ModVersion], query: str) -> None:
        plural = "" if len(main_modules) == 1 else "s"
        super().__init__(
            f'can\'t request version {go_quote(query)} of pattern "all" that includes the main module{plural}'
        )


class QueryMatchesPackagesInMainModuleError(GokilnError):
    """A version asked for packages of the main module."""

    def __init__(self, pattern: str, query: str, packages: list[str], is_meta: bool) -> None:
        if len(packages) > 1:
            text = (
                f"pattern {pattern} matches {len(packages)} packages in the main module,"
                f" so can't request version {query}"
            )
        elif is_meta or "..." in pattern:
            text = (
                f"pattern {pattern} matches package {packages[0]} in the main module, so can't request version {query}"
            )
        else:
            text = f"package {packages[0]} is in the main module, so can't request version {query}"
        super().__init__(text)
        self.pattern = pattern
        self.query = query
        self.packages = packages


def is_no_such_module_version(err: GokilnError) -> bool:
    """Whether there is no such module, or no such version of it."""
    return is_not_exist(err) or find_error(err, NoMatchingVersionError) is not None


def is_no_such_package_version(err: GokilnError) -> bool:
    """Whether no module has the package at the version."""
    return is_no_such_module_version(err) or find_error(err, PackageNotInModuleError) is not None
