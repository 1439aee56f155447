"""What can be wrong with modules and imports, in the go command's words.

Source: cmd/go/internal/modload (import.go, init.go, modfile.go, query.go, buildlist.go), cmd/go/internal/gover, go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError, NotYetError, PlainError, UsageError, chain, find_error
from gokiln.golang.gover import TooNewError, compare
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable
    from typing import TypeVar

    K = TypeVar("K", bound=Hashable)
    V = TypeVar("V")

NO_MODULE = ModVersion("", "")

# Errors that end the command wherever they are raised (base.Fatal): never put on a package or skipped over.
FATAL = (PlainError, NotYetError, UsageError)


def once(known: dict[K, V | GokilnError], key: K, work: Callable[[], V]) -> V:
    """work()'s value for key, from the one time it ran. An error is remembered, too, unless it is FATAL."""
    found = known.get(key)
    if found is None:
        try:
            found = work()
        except FATAL:
            raise
        except GokilnError as err:
            found = err
        known[key] = found
    if isinstance(found, GokilnError):
        raise found
    return found


def newest_too_new(err: BaseException | None) -> TooNewError | None:
    """What asks for the newest Go in the chain of wrapped errors; of equals, the first by name (Switcher.Error)."""
    newest: TooNewError | None = None
    for found in chain(err):
        if isinstance(found, TooNewError):
            order = 1 if newest is None else compare(found.go_version, newest.go_version)
            if newest is None or order > 0 or (order == 0 and found.what < newest.what):
                newest = found
    return newest


class ModloadError(GokilnError):
    """A message, and the error it was made from (`err`), if any."""

    def __init__(self, problem: str, err: BaseException | None = None) -> None:
        super().__init__(problem)
        self.err = err


class JoinedError(GokilnError):
    """Several independent errors; each gets its own `go: ` in front (errors.Join through base.Fatal)."""

    def __init__(self, errors: Iterable[BaseException]) -> None:
        self.errors = list(errors)
        super().__init__("\n".join(str(e) for e in self.errors))

    def __str__(self) -> str:
        return "\ngo: ".join(str(e) for e in self.errors)


class ReportedError(PlainError):
    """All that was reported (State.report), lines as they are to be printed; errors: the same as values."""

    def __init__(self, text: str, reported: list[BaseException]) -> None:
        super().__init__(text)
        self.err = JoinedError(reported)


class NoMainModulesError(GokilnError):
    """There is no go.mod to work with."""

    def __init__(self, in_workspace_mode: bool) -> None:
        if in_workspace_mode:
            text = "no modules were found in the current workspace; see 'go help work'"
        else:
            text = "go.mod file not found in current directory or any parent directory; see 'go help modules'"
        super().__init__(text)


class GoModDirtyError(GokilnError):
    """go.mod would have to change, and -mod forbids it."""

    def __init__(self, build_mod: str, explicit: bool, reason: str) -> None:
        if explicit:
            text = f"updates to go.mod needed, disabled by -mod={build_mod}; to update it:\n\tgo mod tidy"
        elif reason:
            text = (
                f"updates to go.mod needed, disabled by -mod={build_mod}\n\t({reason})\n\tto update it:\n\tgo mod tidy"
            )
        else:
            text = "updates to go.mod needed; to update it:\n\tgo mod tidy"
        super().__init__(text)


class SumMissingError(GokilnError):
    """go.sum has no line for a module that is needed."""

    def __init__(self, suggestion: str = "") -> None:
        super().__init__("missing go.sum entry" + suggestion)


class ExcludedError(GokilnError):
    """The version is excluded by go.mod."""

    disallowed = True

    def __init__(self) -> None:
        super().__init__("excluded by go.mod")


class ModuleRetractedError(GokilnError):
    """The version is retracted by its author."""

    disallowed = True

    def __init__(self, rationale: list[str]) -> None:
        self.rationale = rationale
        message = "retracted by module author"
        if rationale:
            message += ": " + short_message(rationale[0], "retracted by module author")
        super().__init__(message)


class RetractionLoadingError(GokilnError):
    """Whether a version is retracted could not be found out."""

    def __init__(self, mod: ModVersion, err: BaseException) -> None:
        super().__init__(f"loading module retractions for {show(mod)}: {err}")
        self.err = err


class InvalidImportError(GokilnError):
    """The import path can never name a package in module mode."""

    def __init__(self, import_path: str, err: BaseException | str) -> None:
        super().__init__(str(err))
        self.import_path = import_path
        self.err = err


class PkgNotFoundError(GokilnError):
    """The loader has never seen this package (modload.errMissing)."""

    def __init__(self) -> None:
        super().__init__("cannot find package")


class ImportMissingError(GokilnError):
    """No module that is required provides the package. Fields as cmd/go's; the text is made when it is asked for."""

    def __init__(
        self,
        path: str,
        *,
        build_mod: str,
        goroot_src: str,
        query_err: BaseException | None = None,
        is_std: bool = False,
        mod_containing_cwd: ModVersion = NO_MODULE,
        allow_missing_module_imports: bool = False,
        module: ModVersion = NO_MODULE,
        replaced: ModVersion = NO_MODULE,
        replaced_is_zero_pseudo: bool = False,
        new_missing_version: str = "",
    ) -> None:
        super().__init__(path)
        self.path = path
        self.import_path = path
        self.build_mod = build_mod
        self.goroot_src = goroot_src
        self.query_err = query_err
        self.err = query_err
        self.is_std = is_std
        self.mod_containing_cwd = mod_containing_cwd
        self.allow_missing_module_imports = allow_missing_module_imports
        self.module = module
        self.replaced = replaced
        self.replaced_is_zero_pseudo = replaced_is_zero_pseudo
        self.new_missing_version = new_missing_version
        self.mod_root = ""
        self.importing_main_module = NO_MODULE
        self.importer_go_version = ""

    def __str__(self) -> str:
        if self.module.path:
            return self._text_of_module()
        if self.is_std:
            text = f"package {self.path} is not in std ({self.goroot_src}/{self.path})"
            if self.importer_go_version:
                text += f"\nnote: imported by a module that requires go {self.importer_go_version}"
            return text
        if self.query_err is not None and find_error(self.query_err, NoMainModulesError) is None:
            return f"cannot find module providing package {self.path}: {self.query_err}"
        if self.build_mod == "mod" or (self.build_mod == "readonly" and self.allow_missing_module_imports):
            return "cannot find module providing package " + self.path
        return self._text_of_missing()

    def _text_of_module(self) -> str:
        mod = self.module
        if self.new_missing_version:
            return (
                f"package {self.path} provided by {mod.path} at latest version {mod.version}"
                f" but not at required version {self.new_missing_version}"
            )
        return f"missing module for import: {mod.path}@{mod.version} provides {self.path}"

    def _text_of_missing(self) -> str:
        if self.replaced.path:
            arg = self.replaced.path if self.replaced_is_zero_pseudo else show(self.replaced)
            return (
                f"module {self.replaced.path} provides package {self.path} and is replaced but not required;"
                f" to add it:\n\tgo get {arg}"
            )
        message = f"no required module provides package {self.path}"
        if self.query_err is not None:
            return f"{message}: {self.query_err}"
        if self.importing_main_module.path and self.importing_main_module != self.mod_containing_cwd:
            return f"{message}; to add it:\n\tcd {self.mod_root}\n\tgo get {self.path}"
        return f"{message}; to add it:\n\tgo get {self.path}"


class AmbiguousImportError(GokilnError):
    """Two or more modules (or directories) provide the package. modules is empty or goes 1:1 with dirs."""

    def __init__(self, import_path: str, dirs: list[str], modules: list[ModVersion]) -> None:
        kind = "modules" if modules else "directories"
        text = f"ambiguous import: found package {import_path} in multiple {kind}:"
        for i, where in enumerate(dirs):
            if i < len(modules):
                mod = modules[i]
                version = f" {mod.version}" if mod.version else ""
                text += f"\n\t{mod.path}{version} ({where})"
            else:
                text += f"\n\t{where}"
        super().__init__(text)
        self.import_path = import_path
        self.dirs = dirs
        self.modules = modules


class DirectImportFromImplicitDependencyError(GokilnError):
    """The main module imports from a module that go.mod does not list."""

    def __init__(self, importer_path: str, imported_path: str, module: ModVersion) -> None:
        super().__init__(
            f"package {importer_path} imports {imported_path} from implicitly required module;"
            f" to add missing requirements, run:\n\tgo get {module.path}@{module.version}"
        )
        self.import_path = importer_path
        self.module = module


class ImportMissingSumError(GokilnError):
    """go.sum lacks the line that is needed to look for the package; the importer is filled in later."""

    def __init__(self, import_path: str, mods: list[ModVersion], found: bool) -> None:
        super().__init__(import_path)
        self.import_path = import_path
        self.mods = mods
        self.found = found
        self.importer = ""
        self.importer_version = ""
        self.importer_is_test = False

    def __str__(self) -> str:
        paren = f" (imported by {self.importer})" if self.importer else ""
        if self.found:
            message = (
                f"missing go.sum entry needed to verify package {self.import_path}{paren}"
                " is provided by exactly one module"
            )
        else:
            message = f"missing go.sum entry for module providing package {self.import_path}{paren}"
        if self.importer:
            test = " -t" if self.importer_is_test else ""
            version = f"@{self.importer_version}" if self.importer_version else ""
            return f"{message}; to add:\n\tgo get{test} {self.importer}{version}"
        if self.mods:
            args = " ".join(mod.path for mod in self.mods)
            return f"{message}; to add:\n\tgo mod download {args}"
        return message


def short_message(message: str, empty_default: str) -> str:
    """A text from a go.mod file (rationale, deprecation) made safe for a terminal: its first line, or why not."""
    message = message.split("\n", 1)[0].strip()
    if not message:
        return empty_default
    if len(message.encode("utf-8", "surrogateescape")) > 500:
        return "(message omitted: too long)"
    if not all(ch.isprintable() or ch.isspace() for ch in message):
        return "(message omitted: contains non-printable characters)"
    return message
