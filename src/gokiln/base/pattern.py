"""Package patterns (`net/...`) and Go's shell patterns (path.Match).

Source: cmd/internal/pkgpattern, cmd/go/internal/search (CleanPatterns, InDir ...), golang.org/x/mod/module
(MatchPrefixPatterns), path/match.go, go1.26.
"""

from __future__ import annotations

import os
import posixpath
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_WILD = "[^\0]*"  # what `...` stands for: anything but the mark of a vendor directory


class BadPatternError(Exception):
    """A shell pattern is malformed; str() is `syntax error in pattern`."""

    def __init__(self, text: str = "syntax error in pattern") -> None:
        super().__init__(text)


def match_pattern(pattern: str) -> Callable[[str], bool]:
    """A test whether a path matches a pattern in which `...` stands for any string.

    `/...` at the end also matches nothing, and a wildcard never matches an element `vendor` that has children.
    """
    if "\0" in pattern or not _valid_utf8(pattern):
        return _never
    text = _replace_vendor(pattern)
    if text.endswith("/\0/...") or text == "\0/...":
        head, tail = text[: -len("/\0/...")] if text != "\0/..." else "", f"(/vendor|/\0/{_WILD})"
    elif text.endswith("/..."):
        head, tail = text[:-4], f"(/{_WILD})?"
    else:
        head, tail = text, ""
    full = re.compile(_glob(head.split("...")) + tail, re.DOTALL).fullmatch
    return lambda name: "\0" not in name and full(_replace_vendor(name)) is not None


def _never(name: str) -> bool:
    return False


def _valid_utf8(s: str) -> bool:
    return s.isascii() or not any("\ud800" <= c <= "\udfff" for c in s)


def _glob(parts: list[str]) -> str:
    """A regular expression for parts with something in between.

    The first place where a part fits is as good as any later one, so only the last part is looked for more than once:
    backtracking into the others would take time exponential in their number.
    """
    if len(parts) == 1:
        return re.escape(parts[0])
    between = "".join(f"(?>{_WILD}?{re.escape(part)})" for part in parts[1:-1] if part)
    return re.escape(parts[0]) + between + _WILD + re.escape(parts[-1])


def _replace_vendor(path: str) -> str:
    if "vendor" not in path:
        return path
    elems = path.split("/")
    for i in range(len(elems) - 1):
        if elems[i] == "vendor":
            elems[i] = "\0"
    return "/".join(elems)


def tree_can_match_pattern(pattern: str) -> Callable[[str], bool]:
    """A test whether a path, or something below it, can match the pattern."""
    head, dots, _ = pattern.partition("...")
    wildcard = bool(dots)

    def can(name: str) -> bool:
        return (len(name) <= len(head) and has_path_prefix(head, name)) or (wildcard and name.startswith(head))

    return can


def has_path_prefix(path: str, prefix: str) -> bool:
    """Whether the path is prefix or lies below it, whole elements only (str.HasPathPrefix)."""
    if len(path) == len(prefix):
        return path == prefix
    if prefix == "":
        return True
    if len(path) > len(prefix):
        return path.startswith(prefix) and (prefix[-1] == "/" or path[len(prefix)] == "/")
    return False


def has_file_path_prefix(path: str, prefix: str) -> bool:
    """has_path_prefix with the system's separator; the case of a drive does not matter (str.HasFilePathPrefix)."""
    if os.name == "nt":
        (drive, path), (prefix_drive, prefix) = os.path.splitdrive(path), os.path.splitdrive(prefix)
        if drive.upper() != prefix_drive.upper():
            return False
    if len(path) == len(prefix):
        return path == prefix
    if prefix == "":
        return True
    if len(path) > len(prefix):
        return path.startswith(prefix) and (prefix[-1] == os.sep or path[len(prefix)] == os.sep)
    return False


def is_meta_package(name: str) -> bool:
    """Whether the name stands for a set of packages (search.IsMetaPackage)."""
    return name in ("std", "cmd", "tool", "work", "all")


def is_local_import(path: str) -> bool:
    """Whether an import path is `.`, `..`, or starts with `./` or `../` (build.IsLocalImport)."""
    return path in (".", "..") or path.startswith(("./", "../"))


is_relative_path = is_local_import


def is_standard_import_path(path: str) -> bool:
    """Whether the first element has no dot, as in the standard library (search.IsStandardImportPath)."""
    return "." not in path.partition("/")[0]


def clean_path(path: str) -> str:
    """path.Clean: the shortest equivalent slash path; "." for nothing."""
    cleaned = posixpath.normpath(path)
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def clean_patterns(patterns: Iterable[str]) -> list[str]:
    """The patterns of a command line in canonical form; text after @ is kept (search.CleanPatterns)."""
    out: list[str] = []
    for arg in patterns:
        path, version = arg, ""
        if not is_local_import(arg) and not os.path.isabs(arg) and "@" in arg:
            i = arg.index("@")
            path, version = arg[:i], arg[i:]
        if os.path.isabs(path):
            path = os.path.normpath(path)
        else:
            path = path.replace("\\", "/")
            if path.startswith("./"):
                path = "./" + clean_path(path)
                path = "." if path == "./." else path
            else:
                path = clean_path(path)
        out.append(path + version)
    return out or ["."]


def in_dir(path: str, directory: str) -> str:
    """path relative to directory when it lies in it ("." for itself), also through symbolic links; else ""."""
    if rel := _in_dir_lexical(path, directory):
        return rel
    real = os.path.realpath(path) if os.path.exists(path) else ""
    if real == path:
        real = ""
    if real and (rel := _in_dir_lexical(real, directory)):
        return rel
    if os.path.exists(directory):
        real_dir = os.path.realpath(directory)
        if real_dir != directory:
            return _in_dir_lexical(path, real_dir) or (_in_dir_lexical(real, real_dir) if real else "")
    return ""


def _in_dir_lexical(path: str, directory: str) -> str:
    if not directory:
        return path
    if path == directory:
        return "."
    if has_file_path_prefix(path, directory):
        return path[len(directory) :].lstrip(os.sep) or "."
    return ""


def match_prefix_patterns(globs: str, target: str) -> bool:
    """Whether a prefix of the module path matches one of the comma-separated patterns (as GOPRIVATE has)."""
    for glob in globs.split(","):
        glob = glob[:-1] if glob.endswith("/") else glob
        if not glob:
            continue
        wanted = glob.count("/")
        elems = target.split("/")
        if len(elems) <= wanted:
            continue
        try:
            if path_match(glob, "/".join(elems[: wanted + 1])):
                return True
        except BadPatternError:
            continue
    return False


def path_match(pattern: str, name: str) -> bool:
    """Go's path.Match: `*` `?` `[a-z]` `\\x`, none of `*` and `?` crossing a slash. Raises BadPatternError."""
    if not any(c in pattern for c in "*?[\\"):
        return pattern == name
    return re.fullmatch(_translate(pattern), name, re.DOTALL) is not None


def _translate(pattern: str) -> str:
    """A regular expression for the pattern. As in Go, what follows `*` counts where it first fits, but for the end."""
    out: list[str] = []
    i = 0
    star = -1  # where in out the last star is
    while i < len(pattern):
        c = pattern[i]
        i += 1
        if c == "*":
            if star >= 0 and star < len(out) - 1:
                out[star] = "(?>[^/]*?"
                out.append(")")
            if star < 0 or star < len(out) - 1:
                star = len(out)
                out.append("[^/]*")
        elif c == "?":
            out.append("[^/]")
        elif c == "[":
            i, text = _char_class(pattern, i)
            out.append(text)
        else:
            if c == "\\":
                if i == len(pattern):
                    raise BadPatternError
                c = pattern[i]
                i += 1
            out.append(re.escape(c))
    return "".join(out)


def _char_class(pattern: str, i: int) -> tuple[int, str]:
    """Parse a class after its `[`; gives the position after `]` and the regular expression."""
    negated = i < len(pattern) and pattern[i] == "^"
    i += negated
    ranges: list[str] = []
    count = 0
    while True:
        if i < len(pattern) and pattern[i] == "]" and count:
            i += 1
            break
        i, low = _class_char(pattern, i)
        high = low
        if pattern[i] == "-":
            i, high = _class_char(pattern, i + 1)
        count += 1
        if low <= high:
            ranges.append(f"{re.escape(low)}-{re.escape(high)}")
    if not ranges:
        return i, "." if negated else "(?!)"
    return i, "[" + ("^" if negated else "") + "".join(ranges) + "]"


def _class_char(pattern: str, i: int) -> tuple[int, str]:
    if i >= len(pattern) or pattern[i] in "-]":
        raise BadPatternError
    if pattern[i] == "\\":
        i += 1
        if i >= len(pattern):
            raise BadPatternError
    c = pattern[i]
    if i + 1 >= len(pattern):
        raise BadPatternError
    return i + 1, c
