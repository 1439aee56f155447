"""Go toolchain versions ("1.21", "1.21rc1", "1.21.0") and toolchain names ("go1.21.0-custom").

Go's own versions are not semantic versions. Their order is `1.21 < 1.21rc1 < 1.21.0`: the language
version comes before its release candidates. Inside a module graph "go" and "toolchain" are modules whose
versions are of this kind, so the `mod_*` functions take the module path and choose the right rules.

The local version is a value the caller passes: this module does not know which toolchain is in use.

Source: internal/gover/gover.go; cmd/go/internal/gover/{gover,mod,toolchain,local,version}.go, go1.26.
"""

from __future__ import annotations

import re
from collections import namedtuple
from functools import cache

from gokiln.errors import GokilnError
from gokiln.golang import semver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple, TypeVar

    PathVersion = tuple[str, str]  # a module: its path and version
    M = TypeVar("M", bound=PathVersion)

    class Version(NamedTuple):
        """A parsed version; the numbers are the decimal strings as written ("" when absent)."""

        major: str
        minor: str
        patch: str
        kind: str
        pre: str
else:
    Version = namedtuple("Version", "major minor patch kind pre")

NARROW_ALL_VERSION = "1.16"  # "all" no longer closes over tests of dependencies
DEFAULT_GO_MOD_VERSION = "1.16"  # what a go.mod without a go line means
DEFAULT_GO_WORK_VERSION = "1.18"  # what a go.work without a go line means
EXPLICIT_INDIRECT_VERSION = "1.17"  # graph pruning: go.mod lists every module that provides a package
SEPARATE_INDIRECT_VERSION = "1.17"  # "// indirect" requirements get a block of their own
TIDY_GO_MOD_SUM_VERSION = "1.21"  # tidy keeps checksums needed by tests of dependencies
GO_STRICT_VERSION = "1.21"  # a module's go line must be >= those of its dependencies
GO_MOD_TOOL_VERSION = "1.24"  # go.mod may have tool lines
EXPLICIT_MODULES_TXT_IMPORT_VERSION = "1.23"  # vendored packages must be listed to be imported

ZERO = Version("", "", "", "", "")

_NUM = r"(?:0|[1-9][0-9]*)"
_VERSION = re.compile(rf"({_NUM})(?:\.({_NUM})(?:\.({_NUM})|([a-z]+)({_NUM})?)?)?")
_NAME_END = re.compile(r"[ \t-]")


@cache
def parse(x: str) -> Version:
    """The parts of x; ZERO when x is malformed."""
    m = _VERSION.fullmatch(x)
    if m is None:
        return ZERO
    major, minor, patch, kind, pre = m.groups()
    if minor is None:  # "1" means "1.0.0"
        return Version(major, "0", "0", "", "")
    if patch is None and kind is None:
        # Before 1.21 "1.N" is the release itself; from 1.21 on it is the language version.
        return Version(major, minor, "0" if _cmp_int(minor, "21") < 0 else "", "", "")
    return Version(major, minor, patch or "", kind or "", pre or "")


@cache
def key(x: str) -> str:
    """A string whose order among others is the order of toolchain versions."""
    v = parse(x)
    number = semver.decimal_key
    return f"{number(v.major)}{number(v.minor)}{number(v.patch)}{v.kind}\x00{number(v.pre)}"


def compare(x: str, y: str) -> int:
    """-1, 0 or +1. Malformed versions are less than well-formed ones and equal to each other."""
    if x == y:
        return 0
    a, b = key(x), key(y)
    return (a > b) - (a < b)


def max(x: str, y: str) -> str:
    """The greater of x and y; x when they are equal."""
    return y if compare(x, y) < 0 else x


def is_valid(x: str) -> bool:
    """Whether x is a well-formed version."""
    return parse(x) is not ZERO


def is_lang(x: str) -> bool:
    """Whether x is a language version ("1.21") and not a release ("1.21.0", "1.20")."""
    v = parse(x)
    return v is not ZERO and not v.patch and not v.kind and not v.pre


def lang(x: str) -> str:
    """The language version of x: "1.21" of "1.21.3"; "" when malformed."""
    v = parse(x)
    if not v.minor or (v.major == "1" and v.minor == "0"):
        return v.major
    return f"{v.major}.{v.minor}"


def is_prerelease(x: str) -> bool:
    """Whether x is a release candidate or beta."""
    return parse(x).kind != ""


def prev(x: str) -> str:
    """The major release before x: "1.1" of "1.2", "1.2" of "1.3rc4"; "1" of the first."""
    v = parse(x)
    if _cmp_int(v.minor, "1") <= 0:
        return v.major
    return f"{v.major}.{dec_int(v.minor)}"


def _cmp_int(x: str, y: str) -> int:
    a, b = semver.decimal_key(x), semver.decimal_key(y)
    return (a > b) - (a < b)


def dec_int(decimal: str) -> str:
    """The decimal string less one; "" when it is all zeros."""
    digits = decimal.rstrip("0")
    if not digits:
        return ""
    nines = "9" * (len(decimal) - len(digits))
    head = digits[:-1] + str(int(digits[-1]) - 1)
    if head == "0" and nines:
        head = ""
    return head + nines


# Toolchain names


def from_toolchain(name: str) -> str:
    """The Go version a toolchain name stands for: "1.2.3" of "go1.2.3-bigcorp"; "" when it is no such name."""
    if "\\" in name or "/" in name or not name.startswith("go"):
        return ""
    v = _NAME_END.split(name[2:], maxsplit=1)[0]
    return v if is_valid(v) else ""


def _maybe_toolchain_version(name: str) -> str:
    return name if is_valid(name) else from_toolchain(name)


def local(toolchain_version: str, dev_minor: int) -> tuple[str, str]:
    """(Go version, toolchain name) of a toolchain.

    toolchain_version: runtime.Version(), as in GOROOT/VERSION ("go1.26.8", or "devel go1.27-abc ...").
    dev_minor: internal/goversion.Version, the 1.N of a development tree.
    """
    version = from_toolchain(toolchain_version)
    if version:
        return version, toolchain_version
    version = f"1.{dev_minor}"
    return version, "go" + version


class Startup:
    """What went into the choice of the toolchain at start; shown by TooNewError."""

    __slots__ = ("auto_file", "auto_go_version", "auto_toolchain", "gotoolchain")

    def __init__(
        self, gotoolchain: str = "", auto_file: str = "", auto_go_version: str = "", auto_toolchain: str = ""
    ) -> None:
        self.gotoolchain = gotoolchain
        self.auto_file = auto_file  # as shown to people: already shortened against the working directory
        self.auto_go_version = auto_go_version
        self.auto_toolchain = auto_toolchain

    def explain(self) -> str:
        """The tail of TooNewError's message."""
        text = ""
        if self.gotoolchain and self.gotoolchain != "auto":
            text = "; GOTOOLCHAIN=" + self.gotoolchain
        if self.auto_file and (self.auto_go_version or self.auto_toolchain):
            text += f"; {self.auto_file} sets "
            text += f"toolchain {self.auto_toolchain}" if self.auto_toolchain else f"go {self.auto_go_version}"
        return text


class TooNewError(GokilnError):
    """A module needs a newer Go than the one in use.

    what: the module, as shown. go_version: what it asks for. local_version: the Go version in use.
    toolchain: the toolchain line, for callers who want to switch; not printed. own: the main module's go.mod asks
    for it, and the choice at start-up has left that aside: no switch will mend it.
    """

    own = False

    def __init__(
        self, what: str, go_version: str, local_version: str, startup: Startup | None = None, toolchain: str = ""
    ) -> None:
        self.what = what
        self.go_version = go_version
        self.toolchain = toolchain
        tail = startup.explain() if startup else ""
        super().__init__(f"{what} requires go >= {go_version} (running go {local_version}{tail})")


# Versions of a module by its path


def is_toolchain(path: str) -> bool:
    """Whether path is one of the two modules that stand for the go and toolchain lines."""
    return path == "go" or path == "toolchain"


def mod_key(path: str, version: str) -> str:
    """A string whose order is the order of the versions of the module at path."""
    if path == "go":
        return key(version)
    if path == "toolchain":
        return key(_maybe_toolchain_version(version))
    return semver.key(version)


def mod_compare(path: str, x: str, y: str) -> int:
    """-1, 0 or +1 comparing two versions of the module at path."""
    if x == y:
        return 0
    if path != "go" and path != "toolchain":
        a, b = semver.key(x), semver.key(y)
    else:
        a, b = mod_key(path, x), mod_key(path, y)
    return (a > b) - (a < b)


def mod_sort_key(mod: PathVersion) -> tuple[str, str, str, str]:
    """Sort key as ModSort: by path, then version (which may carry a "/go.mod" suffix, sorted after it)."""
    version, slash, suffix = mod[1].partition("/")
    return mod[0], mod_key(mod[0], version), slash, suffix


def mod_sort(mods: list[M]) -> None:
    """Sort modules in place by path and version."""
    mods.sort(key=mod_sort_key)


def mod_is_valid(path: str, version: str) -> bool:
    """Whether version has valid syntax for the module at path."""
    if path == "toolchain":
        return is_valid(from_toolchain(version))
    if path == "go":
        return is_valid(version)
    return semver.is_valid(version)


def mod_is_prefix(path: str, version: str) -> bool:
    """Whether a valid version is only a prefix ("v1.2", "1.21", "go1.21")."""
    if path == "toolchain":
        return is_lang(from_toolchain(version))
    if path == "go":
        return is_lang(version)
    for stop in "-+":
        if stop in version:
            # cmd/go scans from the left: two dots before the sign decide the same way.
            return False
    return version.count(".") < 2


def mod_is_prerelease(path: str, version: str) -> bool:
    """Whether a valid version of the module at path is a prerelease."""
    if path == "toolchain":
        return is_prerelease(from_toolchain(version))
    if path == "go":
        return is_prerelease(version)
    return semver.prerelease(version) != ""


def mod_major_minor(path: str, version: str) -> str:
    """The major.minor truncation, the prefix of "@patch" queries."""
    if path == "toolchain":
        return "go" + lang(from_toolchain(version))
    if path == "go":
        return lang(version)
    return semver.major_minor(version)


def go_mod_lookup(data: bytes, key: str) -> str:
    """The value of a `go` or `toolchain` line, "" for none, without parsing the file (gover.GoModLookup)."""
    word = key.encode()
    for line in data.split(b"\n"):
        line = line.strip()
        if line.startswith(word) and line[len(word) : len(word) + 1] in (b" ", b"\t"):
            return line[len(word) :].split(b"//", 1)[0].strip().decode("utf-8", "surrogateescape")
    return ""
