"""Module paths, import paths, file paths and module versions: what is allowed, how it is escaped and split.

A check raises the error that says what is wrong, in the words of the go command, and returns None when
all is well. Strings that stand for invalid UTF-8 (surrogates, as os.fsdecode makes them) are refused.

Source: golang.org/x/mod/module/module.go, go1.26.
"""

from __future__ import annotations

import re
from functools import cache

from gokiln.errors import GokilnError
from gokiln.golang import semver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    PathVersion = tuple[str, str]  # a module: its path and version
    M = TypeVar("M", bound=PathVersion)

_BAD_WINDOWS_NAMES = frozenset(
    ["CON", "PRN", "AUX", "NUL"] + [f"COM{i}" for i in range(1, 10)] + [f"LPT{i}" for i in range(1, 10)]
)
_ASCII_ALNUM = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_MOD_CHARS = _ASCII_ALNUM | frozenset("-._~")
_IMPORT_CHARS = _MOD_CHARS | frozenset("+")
_FILE_CHARS = _ASCII_ALNUM | frozenset("!#$%&()+,-.=@[]^_{}~ ")
_FIRST_CHARS = frozenset("-.0123456789abcdefghijklmnopqrstuvwxyz")
_CHARS = {"module": _MOD_CHARS, "import": _IMPORT_CHARS, "file": _FILE_CHARS}

# Elements of which nothing has to be said: letters, digits, dashes, not ending in a dot, no tilde.
_PLAIN_ELEM = re.compile(r"[0-9A-Za-z_-][0-9A-Za-z_.-]*(?<!\.)")


def quoted(s: str) -> str:
    """%q of a string, as messages about paths and versions show it."""
    from gokiln.base.quote import go_quote  # only messages need it: a load without errors never imports it

    return go_quote(s)


class InvalidPathError(GokilnError):
    """A module, import or file path breaks a naming rule. kind: "module", "import" or "file"."""

    def __init__(self, kind: str, path: str, err: Exception) -> None:
        self.kind = kind
        self.path = path
        self.err = err
        super().__init__(f"malformed {kind} path {quoted(path)}: {err}")


class InvalidVersionError(GokilnError):
    """A version is wrong; which module it belongs to is unknown or said elsewhere."""

    def __init__(self, version: str, err: Exception, pseudo: bool = False) -> None:
        self.version = version
        self.pseudo = pseudo
        self.err = err
        super().__init__(f"{self.noun()} {quoted(version)} invalid: {err}")

    def noun(self) -> str:
        """What the version is called in messages."""
        return "pseudo-version" if self.pseudo else "version"


class ModuleError(GokilnError):
    """Something is wrong with one module (and version, unless "")."""

    def __init__(self, path: str, version: str, err: Exception) -> None:
        self.path = path
        self.version = version
        self.err = err
        if isinstance(err, InvalidVersionError):
            text = f"{path}@{err.version}: invalid {err.noun()}: {err.err}"
        elif version:
            text = f"{path}@{version}: {err}"
        else:
            text = f"module {path}: {err}"
        super().__init__(text)


def version_error(mod: PathVersion, err: Exception) -> Exception:
    """err as a ModuleError of mod, or err itself when it already is (or wraps) one of the same module."""
    seen: object = err
    while isinstance(seen, BaseException):
        if isinstance(seen, ModuleError):
            if seen.path == mod[0] and seen.version == mod[1]:
                return err
            break  # errors.As stops at the first ModuleError of the chain
        seen = getattr(seen, "err", None) or seen.__cause__
    return ModuleError(mod[0], mod[1], err)


# Checks


def check(path: str, version: str) -> None:
    """path is a module path, version a semantic version, and their majors agree.

    Raises InvalidPathError or ModuleError.
    """
    check_path(path)
    if not semver.is_valid(version):
        raise ModuleError(path, "", InvalidVersionError(version, GokilnError("not a semantic version")))
    _, path_major, _ = split_path_version(path)
    err = path_major_error(version, path_major)
    if err is not None:
        raise ModuleError(path, "", err)


def check_path(path: str) -> None:
    """path is a valid module path. Raises InvalidPathError."""
    problem = _module_path_problem(path)
    if problem:
        raise InvalidPathError("module", path, GokilnError(problem))


def check_import_path(path: str) -> None:
    """path is a valid import path. Raises InvalidPathError."""
    problem = _path_problem(path, "import")
    if problem:
        raise InvalidPathError("import", path, GokilnError(problem))


def check_file_path(path: str) -> None:
    """path is a valid slash-separated path of a file inside a module. Raises InvalidPathError."""
    problem = _path_problem(path, "file")
    if problem:
        raise InvalidPathError("file", path, GokilnError(problem))


def is_valid_path(path: str) -> bool:
    """Whether check_path accepts path."""
    return not _module_path_problem(path)


def is_valid_import_path(path: str) -> bool:
    """Whether check_import_path accepts path."""
    return not _path_problem(path, "import")


@cache
def _module_path_problem(path: str) -> str:
    problem = _path_problem(path, "module")
    if problem:
        return problem
    first = path.partition("/")[0]
    if not first:
        return "leading slash"
    if "." not in first:
        return "missing dot in first path element"
    if path[0] == "-":
        return "leading dash in first path element"
    for c in first:
        if c not in _FIRST_CHARS:
            return f"invalid char {quote_rune(c)} in first path element"
    if not split_path_version(path)[2]:
        return "invalid version"
    return ""


@cache
def _path_problem(path: str, kind: str) -> str:
    """What is wrong with path as a path of that kind; "" when nothing."""
    if not path.isascii() and any("\ud800" <= c <= "\udfff" for c in path):
        return "invalid UTF-8"
    if path == "":
        return "empty string"
    if path[0] == "-" and kind != "file":
        return "leading dash"
    if "//" in path:
        return "double slash"
    if path[-1] == "/":
        return "trailing slash"
    for elem in path.split("/"):
        problem = elem_problem(elem, kind)
        if problem:
            return problem
    return ""


@cache
def elem_problem(elem: str, kind: str) -> str:
    """What is wrong with one path element; "" when nothing. kind: "module", "import" or "file"."""
    if elem and _PLAIN_ELEM.fullmatch(elem):
        return _windows_problem(elem)
    if elem == "":
        return "empty path element"
    if elem.count(".") == len(elem):
        return f"invalid path element {quoted(elem)}"
    if elem[0] == "." and kind == "module":
        return "leading dot in path element"
    if elem[-1] == ".":
        return "trailing dot in path element"
    allowed = _CHARS[kind]
    for c in elem:
        if c not in allowed and (kind != "file" or c < "\x80" or not c.isalpha()):
            return f"invalid char {quote_rune(c)}"
    problem = _windows_problem(elem)
    if problem or kind == "file":
        return problem
    short = elem.partition(".")[0]
    _, _, digits = short.rpartition("~")
    if digits != short and digits and all("0" <= c <= "9" for c in digits):
        return "trailing tilde and digits in path element"
    return ""


def _windows_problem(elem: str) -> str:
    short = elem.partition(".")[0]
    if 3 <= len(short) <= 4 and short.upper() in _BAD_WINDOWS_NAMES:
        return f"{quoted(short)} disallowed as path element component on Windows"
    return ""


def quote_rune(c: str) -> str:
    """%q of a rune: 'x' with Go's escapes; an invalid byte shows as U+FFFD."""
    from gokiln.base import quote

    return quote.quote_rune(0xFFFD if "\ud800" <= c <= "\udfff" else ord(c))


# Major versions in paths


@cache
def split_path_version(path: str) -> tuple[str, str, bool]:
    """(prefix, path_major, ok) with prefix + path_major == path.

    path_major is "" or "/vN" (N >= 2), for gopkg.in paths ".vN". Not ok: the last element looks like a
    version and is not an allowed one ("/v1", "/v01", "/v1.2"); then prefix is the whole path.
    """
    if path.startswith("gopkg.in/"):
        return _split_gopkg_in(path)
    rest = path.rstrip("0123456789.")
    i = len(rest)
    if i <= 1 or i == len(path) or not rest.endswith("/v"):
        return path, "", True
    prefix, path_major = path[: i - 2], path[i - 2 :]
    if "." in path_major or len(path_major) <= 2 or path_major[2] == "0" or path_major == "/v1":
        return path, "", False
    return prefix, path_major, True


def _split_gopkg_in(path: str) -> tuple[str, str, bool]:
    rest = path.removesuffix("-unstable").rstrip("0123456789")
    i = len(rest)
    if i <= 1 or not rest.endswith(".v"):
        return path, "", False
    prefix, path_major = path[: i - 2], path[i - 2 :]
    if len(path_major) <= 2 or (path_major[2] == "0" and path_major != ".v0"):
        return path, "", False
    return prefix, path_major, True


def match_path_major(version: str, path_major: str) -> bool:
    """Whether the semantic version belongs under a path with that major suffix."""
    return path_major_error(version, path_major) is None


def check_path_major(version: str, path_major: str) -> None:
    """Raises InvalidVersionError when the version does not belong under a path with that major suffix."""
    err = path_major_error(version, path_major)
    if err is not None:
        raise err


def path_major_error(version: str, path_major: str) -> InvalidVersionError | None:
    """What check_path_major would raise, or None."""
    if path_major.startswith(".v"):
        path_major = path_major.removesuffix("-unstable")
        if path_major == ".v1" and version.startswith("v0.0.0-"):
            return None  # an old bug made v0.0.0- pseudo-versions for gopkg.in .v1 paths
    m = semver.major(version)
    if path_major == "":
        if m == "v0" or m == "v1" or semver.build(version) == "+incompatible":
            return None
        expected = "v0 or v1"
    else:
        if m == path_major[1:] and path_major[0] in "/.":
            return None
        expected = path_major[1:]
    return InvalidVersionError(version, GokilnError(f"should be {expected}, not {m}"))


def path_major_prefix(path_major: str) -> str:
    """The tag prefix a major suffix implies: "v2" of "/v2"; "" of "" (v0 or v1).

    Raises ValueError for a suffix no path can have.
    """
    if path_major == "":
        return ""
    if path_major[0] not in "/.":
        raise ValueError(f"pathMajor suffix {path_major} passed to PathMajorPrefix lacks separator")
    if path_major.startswith(".v"):
        path_major = path_major.removesuffix("-unstable")
    m = path_major[1:]
    if m != semver.major(m):
        raise ValueError(f"pathMajor suffix {path_major}passed to PathMajorPrefix is not a valid major version")
    return m


@cache
def canonical_version(v: str) -> str:
    """semver.canonical, but "+incompatible" stays."""
    canonical = semver.canonical(v)
    return canonical + "+incompatible" if semver.build(v) == "+incompatible" else canonical


# Order


def sort_key(mod: PathVersion) -> tuple[str, str, str, str]:
    """Sort key as module.Sort: by path, then semantic version, then a "/go.mod" suffix of the version."""
    version, slash, suffix = mod[1].partition("/")
    return mod[0], semver.key(version), slash, suffix


def sort(mods: list[M]) -> None:
    """Sort modules in place by path and version."""
    mods.sort(key=sort_key)


# Escaping: every upper-case letter becomes "!" and its lower-case form, for file systems that fold case


def escape_path(path: str) -> str:
    """The escaped form of a module path. Raises InvalidPathError."""
    check_path(path)
    return _escape(path)


def escape_version(version: str) -> str:
    """The escaped form of a version. Raises InvalidVersionError when it could not be a file name."""
    if elem_problem(version, "file") or "!" in version:
        raise InvalidVersionError(version, GokilnError("disallowed version string"))
    return _escape(version)


def _escape(s: str) -> str:
    if not s.isascii():
        raise GokilnError("internal error: inconsistency in EscapePath")
    if s == s.lower():
        return s
    return "".join(f"!{c.lower()}" if "A" <= c <= "Z" else c for c in s)


def unescape_path(escaped: str) -> str:
    """The module path an escaped path stands for. Raises GokilnError."""
    path = _unescape(escaped)
    if path is None:
        raise GokilnError(f"invalid escaped module path {quoted(escaped)}")
    try:
        check_path(path)
    except InvalidPathError as e:
        raise GokilnError(f"invalid escaped module path {quoted(escaped)}: {e}") from e
    return path


def unescape_version(escaped: str) -> str:
    """The version an escaped version stands for. Raises GokilnError."""
    version = _unescape(escaped)
    if version is None:
        raise GokilnError(f"invalid escaped version {quoted(escaped)}")
    problem = elem_problem(version, "file")
    if problem:
        raise GokilnError(f"invalid escaped version {quoted(version)}: {problem}")
    return version


def _unescape(escaped: str) -> str | None:
    head, *rest = escaped.split("!")
    out = [head]
    for part in rest:
        if not "a" <= part[:1] <= "z":
            return None
        out.append(part[0].upper() + part[1:])
    if not escaped.isascii() or any("A" <= c <= "Z" for c in escaped):
        return None
    return "".join(out)
