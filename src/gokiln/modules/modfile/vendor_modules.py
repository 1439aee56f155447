"""vendor/modules.txt: which modules the vendored packages come from.

A module line `# path version [=> replacement]` is followed by metadata `## explicit; go 1.21` and by the
import paths of its packages, one a line. Anything not understood is skipped: newer versions may add to it.

Source: cmd/go/internal/modload/vendor.go (readVendorList), go1.26.
"""

from __future__ import annotations

from gokiln.golang import gover, modpath, semver
from gokiln.golang.space import fields, trim
from gokiln.modules.version import ModVersion

NO_MODULE = ModVersion("", "")


class VendorMeta:
    """What modules.txt says of one module. replacement is NO_MODULE when there is none."""

    __slots__ = ("explicit", "go_version", "replacement")

    def __init__(self) -> None:
        self.explicit = False
        self.replacement = NO_MODULE
        self.go_version = ""


class VendorList:
    """The content of modules.txt.

    modules: those that provide packages, in order of appearance. replaced: all that are replaced, whether
    they provide packages or not. version: selected version by module path. package_module: import path to
    module. meta: by module (version "" for a replacement of every version).
    """

    __slots__ = ("meta", "modules", "package_module", "replaced", "version")

    def __init__(self) -> None:
        self.modules: list[ModVersion] = []
        self.replaced: list[ModVersion] = []
        self.version: dict[str, str] = {}
        self.package_module: dict[str, ModVersion] = {}
        self.meta: dict[ModVersion, VendorMeta] = {}

    def meta_of(self, mod: ModVersion) -> VendorMeta:
        """What is said of mod; an empty VendorMeta (not kept) when nothing is."""
        return self.meta.get(mod) or VendorMeta()

    def _edit_meta(self, mod: ModVersion) -> VendorMeta:
        return self.meta.setdefault(mod, VendorMeta())


def parse_vendor_modules(
    data: bytes, local_version: str, shown_name: str, startup: gover.Startup | None = None
) -> VendorList:
    """modules.txt as a value.

    local_version: the Go version in use; shown_name: the file as shown in errors. Raises gover.TooNewError
    when a module needs a newer Go.
    """
    found = VendorList()
    mod = NO_MODULE
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        if line.startswith("# "):
            mod = _module_line(found, fields(line), mod)
        elif not mod.path:
            continue
        elif line.startswith("## "):
            _metadata(found, mod, line[len("## ") :], local_version, shown_name, startup)
        else:
            words = fields(line)
            if len(words) == 1 and modpath.is_valid_import_path(words[0]):
                _package(found, mod, words[0])
    return found


def _module_line(found: VendorList, words: list[str], before: ModVersion) -> ModVersion:
    """The module a "# " line starts; `before` when the line is too short to be one."""
    if len(words) < 3:
        return before
    if semver.is_valid(words[2]):
        mod = ModVersion(words[1], words[2])
        rest = words[3:]
    elif words[2] == "=>":  # a replacement of every version
        mod = ModVersion(words[1], "")
        rest = words[2:]
    else:
        return NO_MODULE
    if len(rest) >= 2 and rest[0] == "=>":
        meta = found._edit_meta(mod)
        if len(rest) == 2:
            meta.replacement = ModVersion(rest[1], "")
            found.replaced.append(mod)
        elif len(rest) == 3 and semver.is_valid(rest[2]):
            meta.replacement = ModVersion(rest[1], rest[2])
            found.replaced.append(mod)
    return mod


def _metadata(
    found: VendorList, mod: ModVersion, text: str, local_version: str, shown_name: str, startup: gover.Startup | None
) -> None:
    meta = found._edit_meta(mod)
    for part in text.split(";"):
        entry = trim(part)
        if entry == "explicit":
            meta.explicit = True
        elif entry.startswith("go "):
            meta.go_version = entry[len("go ") :]
            if gover.compare(meta.go_version, local_version) > 0:
                raise gover.TooNewError(f"{mod.path} in {shown_name}", meta.go_version, local_version, startup)


def _package(found: VendorList, mod: ModVersion, path: str) -> None:
    found.package_module[path] = mod
    # A module that provides a package is in the build list, at this version.
    have = found.version.get(mod.path)
    if have is None or gover.mod_compare(mod.path, have, mod.version) < 0:
        found.modules.append(mod)
        found.version[mod.path] = mod.version
