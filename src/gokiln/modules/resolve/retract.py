"""Which versions are not to be used: excluded by the main module, or retracted by their author.

Source: cmd/go/internal/modload/modfile.go (CheckAllowed, CheckRetractions, CheckDeprecation), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError, find_error
from gokiln.golang import gover
from gokiln.golang.modpath import ModuleError, version_error
from gokiln.modules.resolve.errors import (
    FATAL,
    ExcludedError,
    ModloadError,
    ModuleRetractedError,
    RetractionLoadingError,
    once,
)
from gokiln.modules.resolve.replacements import replacement, resolve_replacement
from gokiln.modules.resolve.summaries import raw_go_mod_summary
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.state import State


def check_allowed(ls: State, m: ModVersion) -> None:
    """Raise an error with `disallowed` if m is excluded or retracted, another GokilnError if that cannot be told."""
    check_exclusions(ls, m)
    check_retractions(ls, m)


def check_exclusions(ls: State, m: ModVersion) -> None:
    """Raise ExcludedError (within a ModuleError) if a main module excludes m."""
    for index in ls.mains().indices.values():
        if index is not None and m in index.exclude:
            raise version_error(m, ExcludedError())


def check_retractions(ls: State, m: ModVersion) -> None:
    """Raise ModuleRetractedError (within a ModuleError) if the newest version's go.mod retracts m."""
    if not m.version or replacement(ls, ModVersion(m.path)).path:
        return
    try:
        rationale = _rationale(ls, m)
    except FATAL:
        raise
    except GokilnError as err:
        # The error is about m, not about the version that would have told of retractions.
        inner = find_error(err, ModuleError)
        raise RetractionLoadingError(m, inner.err if inner is not None else err) from err
    if rationale is not None:
        raise version_error(m, ModuleRetractedError(rationale))


def _rationale(ls: State, m: ModVersion) -> list[str] | None:
    """Why m is retracted; None when it is not."""
    # The raw file: a renamed module may retract versions under its old name.
    summary = raw_go_mod_summary(ls, latest_ignoring_retractions(ls, m.path))
    reasons: list[str] = []
    retracted = False
    for low, high, rationale in summary.retract:
        if gover.mod_compare(m.path, low, m.version) <= 0 <= gover.mod_compare(m.path, high, m.version):
            retracted = True
            if rationale:
                reasons.append(rationale)
    return reasons if retracted else None


def check_deprecation(ls: State, m: ModVersion) -> str:
    """The deprecation message of m's module, "" for none. Raises GokilnError when it cannot be found out."""
    if not m.version or replacement(ls, ModVersion(m.path)).path:
        return ""
    try:
        return raw_go_mod_summary(ls, latest_ignoring_retractions(ls, m.path)).deprecated
    except FATAL:
        raise
    except GokilnError as err:
        raise ModloadError(f"loading deprecation for {m.path}: {err}", err) from err


def latest_ignoring_retractions(ls: State, path: str) -> ModVersion:
    """The newest version of a module, retracted or not (or what replaces it). Raises GokilnError."""
    return once(ls.latest_versions, path, lambda: _latest(ls, path))


def _latest(ls: State, path: str) -> ModVersion:
    from gokiln.modules.resolve.query import query

    new = replacement(ls, ModVersion(path))
    if new.path:
        return new
    rev = query(ls, path, "latest", "", None)
    return resolve_replacement(ls, ModVersion(path, rev.version))
