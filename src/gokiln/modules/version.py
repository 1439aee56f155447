"""A module at a version, and what is said of a module to people and programs.

Source: golang.org/x/mod/module.Version; cmd/go/internal/modinfo/info.go, go1.26.
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NamedTuple

    class ModVersion(NamedTuple):
        """A module path and its version ("" for a main module or an unversioned replacement)."""

        path: str
        version: str = ""
else:
    ModVersion = namedtuple("ModVersion", "path version", defaults=("",))


def show(mod: ModVersion) -> str:
    """`path@version`, or the path alone when there is no version (module.Version.String)."""
    return f"{mod.path}@{mod.version}" if mod.version else mod.path


class ModulePublic:
    """What `list -m` and a package's Module field show of a module; field meanings as in `go help list`."""

    __slots__ = (
        "deprecated",
        "dir",
        "error",
        "go_mod",
        "go_mod_sum",
        "go_version",
        "indirect",
        "main",
        "origin",
        "path",
        "query",
        "replace",
        "retracted",
        "reuse",
        "sum",
        "time",
        "update",
        "version",
        "versions",
    )

    def __init__(self, path: str, version: str = "") -> None:
        self.path = path
        self.version = version
        self.query = ""
        self.versions: list[str] = []
        self.replace: ModulePublic | None = None
        self.time: str | None = None  # RFC 3339, as in the .info file
        self.update: ModulePublic | None = None
        self.main = False
        self.indirect = False
        self.dir = ""
        self.go_mod = ""
        self.go_version = ""
        self.retracted: list[str] = []
        self.deprecated = ""
        self.error: str | None = None
        self.sum = ""
        self.go_mod_sum = ""
        self.origin: dict[str, Any] | None = None
        self.reuse = False
