"""What go.mod files say, in the form that resolving asks for: the main module's index, dependencies' summaries.

A summary is what the module graph needs of a dependency's go.mod: its Go version, whether it supports pruning,
its requirements. It is read once per module version; the file's text is then let go.

Source: cmd/go/internal/modload/modfile.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import read_error
from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.golang.modpath import version_error
from gokiln.modules.modfile.fastparse import ModSummary, parse_summary, summary_of
from gokiln.modules.modfile.values import is_directory_path
from gokiln.modules.resolve.errors import NO_MODULE, ModloadError, SumMissingError, once
from gokiln.modules.version import ModVersion, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.modules.modfile.directives import Replace
    from gokiln.modules.modfile.rule import File
    from gokiln.modules.resolve.state import State

PRUNED, UNPRUNED, WORKSPACE = "pruned", "unpruned", "workspace"


def pruning_for_go_version(go_version: str) -> str:
    """Whether a module of this Go version lists all that its packages need (go 1.17), so others may be left out."""
    return UNPRUNED if gover.compare(go_version, gover.EXPLICIT_INDIRECT_VERSION) < 0 else PRUNED


class ModFileIndex:
    """A main module's go.mod as it was read: what changes are held against."""

    __slots__ = (
        "data",
        "data_needs_fix",
        "exclude",
        "go_version",
        "ignore",
        "module",
        "replace",
        "require",
        "toolchain",
    )

    def __init__(self, data: bytes, file: File, needs_fix: bool) -> None:
        """needs_fix: a version in the file was not canonical."""
        self.data = data
        self.data_needs_fix = needs_fix
        self.module = file.module.mod if file.module is not None else NO_MODULE
        self.go_version = file.go.version if file.go is not None else ""
        self.toolchain = file.toolchain.name if file.toolchain is not None else ""
        self.require = {r.mod: r.indirect for r in file.require}
        self.replace = to_replace_map(file.replace)
        self.exclude = frozenset(x.mod for x in file.exclude)
        self.ignore = [x.path for x in file.ignore]

    def mod_file_is_dirty(self, file: File, build_mod: str) -> bool:
        """Whether the file now differs in meaning from what was indexed; it must be cleaned up before."""
        if self.data_needs_fix:
            return True
        module = file.module.mod if file.module is not None else NO_MODULE
        go_version = file.go.version if file.go is not None else ""
        toolchain = file.toolchain.name if file.toolchain is not None else ""
        if (
            module != self.module
            or go_version != self.go_version
            or toolchain != self.toolchain
            or len(file.require) != len(self.require)
            or len(file.replace) != len(self.replace)
            or len(file.exclude) != len(self.exclude)
        ):
            return True
        for r in file.require:
            indirect = self.require.get(r.mod)
            if indirect is None:
                return True
            # "// indirect" is only sure to be right after a tidy; a build does not insist on it.
            if r.indirect != indirect and build_mod != "readonly":
                return True
        if any(self.replace.get(rep.old) != rep.new for rep in file.replace):
            return True
        return any(x.mod not in self.exclude for x in file.exclude)


def index_mod_file(ls: State, data: bytes, file: File, mod: ModVersion, needs_fix: bool) -> ModFileIndex:
    """Index a main module's go.mod and note its Go version."""
    ls.raw_go_version[mod] = file.go.version if file.go is not None else ""
    return ModFileIndex(data, file, needs_fix)


def to_replace_map(replaces: Sequence[Replace]) -> dict[ModVersion, ModVersion]:
    """Old to new. Raises GokilnError when one module is replaced by two."""
    out: dict[ModVersion, ModVersion] = {}
    for r in replaces:
        prev = out.get(r.old)
        if prev is not None and prev != r.new:
            raise GokilnError(f"conflicting replacements for {show(r.old)}:\n\t{show(prev)}\n\t{show(r.new)}")
        out[r.old] = r.new
    return out


class ModFileSummary:
    """What the module graph needs of one go.mod file."""

    __slots__ = (
        "deprecated",
        "go_version",
        "ignore",
        "module",
        "pruning",
        "require",
        "retract",
        "too_new",
    )

    def __init__(self, module: ModVersion = NO_MODULE) -> None:
        self.module = module
        self.go_version = ""
        self.ignore: list[str] = []
        self.pruning = PRUNED
        self.require: list[ModVersion] = []
        self.retract: list[tuple[str, str, str]] = []  # low, high, rationale
        self.deprecated = ""
        self.too_new: gover.TooNewError | None = None


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


def join(directory: str, path: str) -> str:
    """filepath.Join of two."""
    return os.path.normpath(os.path.join(directory, path))


def replacement(ls: State, mod: ModVersion) -> ModVersion:
    """What replaces mod, or NO_MODULE; a relative path is relative to replace_relative_to."""
    mms = ls.main_modules
    if mms is None or not mms.highest_replaced or mod.path not in mms.highest_replaced:
        return NO_MODULE
    found, mod_root, _ = replacement_from(ls, mod)
    return canonicalize_replace_path(ls, found, mod_root)


def replacement_from(ls: State, mod: ModVersion) -> tuple[ModVersion, str, str]:
    """(replacement or NO_MODULE, root of the module whose go.mod says so or "", the file that says so)."""
    mms = ls.main_modules
    if mms is None or (not mod.version and mms.contains(mod.path)):
        return NO_MODULE, "", ""
    hit = _lookup_replacement(mod, mms.work_file_replace_map)
    if hit is not None:
        return hit[1], "", ls.work_file_path
    found_from, found, found_root = "", NO_MODULE, ""
    for main in mms.versions:
        index = mms.indices[main]
        hit = _lookup_replacement(mod, index.replace) if index is not None else None
        if hit is None:
            continue
        mod_root = mms.mod_root[main]
        if found_root and found_from != hit[0] and found != hit[1]:
            ls.report(
                f"conflicting replacements found for {show(mod)} in workspace modules defined by"
                f" {ls.mod_file_in(found_root)} and {ls.mod_file_in(mod_root)}"
            )
            return found, found_root, ls.mod_file_in(found_root)
        found, found_root = hit[1], mod_root
    return found, found_root, ls.mod_file_in(found_root)


def _lookup_replacement(mod: ModVersion, replace: dict[ModVersion, ModVersion]) -> tuple[str, ModVersion] | None:
    new = replace.get(mod)
    if new is not None:
        return mod.version, new
    new = replace.get(ModVersion(mod.path))
    return ("", new) if new is not None else None


def replace_relative_to(ls: State) -> str:
    """The directory that relative replacement paths start from."""
    if ls.work_file_path:
        return os.path.dirname(ls.work_file_path)
    mms = ls.mains()
    return mms.mod_root[mms.single()]


def canonicalize_replace_path(ls: State, new: ModVersion, mod_root: str) -> ModVersion:
    """A workspace module's relative replacement, made relative to the workspace."""
    if os.path.isabs(new.path) or new.version or not mod_root or not ls.work_file_path:
        return new
    path = join(mod_root, new.path)
    try:
        path = os.path.relpath(path, os.path.dirname(ls.work_file_path))
    except ValueError:  # another drive: it stays absolute
        return ModVersion(to_directory_path(path), new.version)
    return ModVersion(to_directory_path(path), new.version)


def resolve_replacement(ls: State, m: ModVersion) -> ModVersion:
    """The module whose files stand for m: its replacement, or m itself."""
    new = replacement(ls, m)
    return new if new.path else m


def to_directory_path(path: str) -> str:
    """path, with "./" in front where it could be taken for a module path."""
    if is_directory_path(path):
        return path
    return "./" + os.path.normpath(path).replace(os.sep, "/")
