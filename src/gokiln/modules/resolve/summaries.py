"""go.mod of dependencies, read once per module version: with replacements, exclusions and vendoring, or as it stands.

Source: cmd/go/internal/modload/modfile.go (goModSummary, rawGoModSummary, rawGoModData), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import read_error
from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.golang.modpath import version_error
from gokiln.modules.modfile.fastparse import ModSummary, parse_summary, summary_of
from gokiln.modules.resolve.errors import NO_MODULE, ModloadError, SumMissingError, once
from gokiln.modules.resolve.modindex import UNPRUNED, ModFileIndex, ModFileSummary, pruning_for_go_version
from gokiln.modules.resolve.replacements import join, replace_relative_to, resolve_replacement
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.modfile.rule import File
    from gokiln.modules.resolve.state import State


def index_mod_file(ls: State, data: bytes, file: File, mod: ModVersion, needs_fix: bool) -> ModFileIndex:
    """Index a main module's go.mod and note its Go version."""
    ls.raw_go_version[mod] = file.go.version if file.go is not None else ""
    return ModFileIndex(data, file, needs_fix)


def go_mod_summary(ls: State, m: ModVersion) -> ModFileSummary:
    """The summary of a dependency, with replacements, exclusions and vendoring applied.

    m must not be a main module (outside a workspace). Raises GokilnError when its go.mod cannot be had, is wrong,
    wants a newer Go, or has no line in go.sum where one is needed. The result is shared: do not change it.
    """
    cached = ls.summaries.get(m)
    if cached is not None:
        return cached
    if gover.is_toolchain(m.path):
        summary = raw_go_mod_summary(ls, m)
    elif ls.build_mod == "vendor":
        summary = _vendored_summary(ls, m)
    else:
        summary = _checked_summary(ls, m)
    ls.summaries[m] = summary
    return summary


def _vendored_summary(ls: State, m: ModVersion) -> ModFileSummary:
    from gokiln.modules.resolve.vendorlist import vendor_list

    summary = ModFileSummary(ModVersion(m.path))
    vendor = vendor_list(ls)
    if vendor.version.get(m.path, "") == m.version:
        # What a vendored module really requires is not known: assume everything.
        summary.require = vendor.modules
    return summary


def _checked_summary(ls: State, m: ModVersion) -> ModFileSummary:
    actual = resolve_replacement(ls, m)
    if actual.version and ls.must_have_sums() and not ls.fetcher.have_sum(mod_key(actual)):
        suggestion = f" for go.mod file; to add it:\n\tgo mod download {m.path}"
        raise version_error(actual, SumMissingError(suggestion))
    summary = raw_go_mod_summary(ls, actual)
    if summary.too_new is not None:
        raise summary.too_new
    if actual.version:
        # A replacement directory may call itself anything; a version may not.
        if not summary.module.path:
            raise version_error(actual, GokilnError("parsing go.mod: missing module line"))
        mpath = summary.module.path
        if mpath != m.path and mpath != actual.path:
            raise version_error(
                actual,
                GokilnError(
                    f"parsing go.mod:\n\tmodule declares its path as: {mpath}\n\t        but was required as: {m.path}"
                ),
            )
    return _without_excluded(ls, summary)


def _without_excluded(ls: State, summary: ModFileSummary) -> ModFileSummary:
    mms = ls.mains()
    for main in mms.versions:
        index = mms.indices[main]
        if index is None or not index.exclude or not any(r in index.exclude for r in summary.require):
            continue
        copy = ModFileSummary(summary.module)
        for name in ModFileSummary.__slots__:
            setattr(copy, name, getattr(summary, name))
        copy.require = [r for r in summary.require if r not in index.exclude]
        summary = copy
    return summary


def raw_go_mod_summary(ls: State, m: ModVersion) -> ModFileSummary:
    """The summary of m's own go.mod, whatever replaces it. `too_new` is set, not raised. Raises GokilnError."""
    if gover.is_toolchain(m.path):
        summary = ModFileSummary(m)
        if m.path == "go" and gover.compare(m.version, gover.GO_STRICT_VERSION) >= 0:
            # go 1.21.3 requires toolchain 1.21.3, so that lowering one lowers the other.
            summary.require = [ModVersion("toolchain", "go" + m.version)]
        return summary
    if not m.version and ls.in_workspace_mode():
        if m.path == "command-line-arguments":
            return ModFileSummary(m)
        mms = ls.mains()
        file = mms.mod_files.get(m)
        if file is not None:
            return _summary(ls, m, summary_of(file))
    return once(ls.raw_summaries, m, lambda: _read_summary(ls, m))


def _read_summary(ls: State, m: ModVersion) -> ModFileSummary:
    name, data = raw_go_mod_data(ls, m)
    try:
        facts = parse_summary(name, data)
    except GokilnError as err:
        raise version_error(m, ModloadError(f"parsing {ls.short_path(name)}: {err}", err)) from err
    return _summary(ls, m, facts)


def _summary(ls: State, m: ModVersion, facts: ModSummary) -> ModFileSummary:
    summary = ModFileSummary(ModVersion(facts.module_path) if facts.module_path else NO_MODULE)
    summary.deprecated = facts.deprecated
    summary.go_version = facts.go_version
    summary.ignore = facts.ignore
    summary.require = facts.require
    summary.retract = facts.retract
    if facts.go_version:
        ls.raw_go_version.setdefault(m, facts.go_version)
        summary.pruning = pruning_for_go_version(facts.go_version)
    else:
        summary.pruning = UNPRUNED
    if summary.go_version and gover.compare(summary.go_version, gover.GO_STRICT_VERSION) >= 0:
        summary.require.append(ModVersion("go", summary.go_version))
        if gover.compare(summary.go_version, ls.local) > 0:
            summary.too_new = ls.too_new("module " + show(m), summary.go_version)
    return summary


def raw_go_mod_data(ls: State, m: ModVersion) -> tuple[str, bytes]:
    """(file name for messages, content) of m's own go.mod. Raises GokilnError."""
    if m.version:
        if not gover.mod_is_valid(m.path, m.version):
            raise GokilnError(f"internal error: {m.path}@{m.version}: unexpected invalid semantic version")
        return "go.mod", ls.fetcher.go_mod_data(m)
    directory = m.path
    if not os.path.isabs(directory):
        mms = ls.mains()
        if ls.in_workspace_mode() and mms.contains(m.path):
            directory = mms.mod_root[m]
        else:
            directory = join(replace_relative_to(ls), directory)
    name = os.path.join(directory, "go.mod")
    try:
        return name, ls.disk.read_file(name)
    except OSError as err:
        text = f"reading {ls.short_path(name)}: {read_error(name, err)}"
        raise version_error(m, ModloadError(text, None)) from err


def mod_key(m: ModVersion) -> ModVersion:
    """The key of m's go.mod file in go.sum."""
    return ModVersion(m.path, m.version + "/go.mod")
