"""`#cgo` lines in the comment above `import "C"`: compiler and linker flags, each under a condition.

Source: go/build/build.go saveCgo, splitQuoted, expandSrcDir, makePathsAbsolute, go1.26.
"""

from __future__ import annotations

import os.path

from gokiln.golang.constraint import match_auto
from gokiln.golang.space import SPACES, fields, trim

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# The verbs, as the attribute of CgoFlags that collects each.
_VERBS = {
    "CFLAGS": "cflags",
    "CPPFLAGS": "cppflags",
    "CXXFLAGS": "cxxflags",
    "FFLAGS": "fflags",
    "LDFLAGS": "ldflags",
    "pkg-config": "pkg_config",
}
# What may reach a compiler's command line. No shell ever sees it: $ is for -Wl,$ORIGIN, @ for macOS, % for
# Jenkins, ! for module paths, ~ and ^ for sr.ht (go.dev issues 6038, 13720, 16959, 26716, 32260).
_SAFE = frozenset("+-.,/0123456789=ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz:$@%! ~^")


class CgoError(ValueError):
    """A `#cgo` line that is wrong; str() is go/build's message, with the file in front."""


class CgoFlags:
    """What the `#cgo` lines of a package add up to, in their order."""

    __slots__ = ("cflags", "cppflags", "cxxflags", "fflags", "ldflags", "pkg_config")

    def __init__(self) -> None:
        self.cflags: list[str] = []
        self.cppflags: list[str] = []
        self.cxxflags: list[str] = []
        self.fflags: list[str] = []
        self.ldflags: list[str] = []
        self.pkg_config: list[str] = []


def save_cgo(into: CgoFlags, filename: str, directory: str, text: str, match_tag: Callable[[str], bool]) -> None:
    """Add the flags in text, the comment of one import "C".

    filename: for messages; directory: the package's, which ${SRCDIR} stands for and relative -I and -L start
    from. match_tag: the target's answer for a tag. Raises CgoError at the first wrong line; what stood
    before it has been added.
    """
    for line in text.split("\n"):
        directive = _directive(line)
        if directive is None:
            continue
        condition, colon, words = directive.partition(":")
        names = fields(condition)
        if not colon or not names:
            raise CgoError(f"{filename}: invalid #cgo line: {line}")
        if len(names) > 1 and not any(match_auto(name, match_tag) for name in names[:-1]):
            continue
        try:
            args = split_quoted(words)
        except ValueError:
            raise CgoError(f"{filename}: invalid #cgo line: {line}") from None
        for i, arg in enumerate(args):
            args[i], safe = expand_src_dir(arg, directory)
            if not safe:
                raise CgoError(f"{filename}: malformed #cgo argument: {args[i]}")
        verb = names[-1]
        if verb not in _VERBS:
            raise CgoError(f"{filename}: invalid #cgo verb: {line}")
        if verb != "pkg-config":
            make_paths_absolute(args, directory)
        getattr(into, _VERBS[verb]).extend(args)


def _directive(line: str) -> str | None:
    """What stands after `#cgo` in a line that gives flags, else None."""
    line = trim(line)
    if len(line) < 5 or not line.startswith(("#cgo ", "#cgo\t")):
        return None
    words = fields(line)
    if len(words) == 3 and words[1] in ("nocallback", "noescape"):
        return None  # about a function, for cgo itself
    return trim(line[4:])


def expand_src_dir(text: str, directory: str) -> tuple[str, bool]:
    """text with ${SRCDIR} replaced, and whether every part of it may reach a command line."""
    directory = directory.replace("\\", "/") if os.path.sep == "\\" else directory
    chunks = text.split("${SRCDIR}")
    if len(chunks) < 2:
        return text, safe_cgo_name(text)
    ok = all(chunk == "" or safe_cgo_name(chunk) for chunk in chunks)
    ok = ok and (directory == "" or safe_cgo_name(directory))
    result = directory.join(chunks)
    return result, ok and result != ""


def safe_cgo_name(text: str) -> bool:
    """Whether text is not empty and its ASCII characters are known to be harmless."""
    return text != "" and all(char in _SAFE or char >= "\x80" for char in text)


def make_paths_absolute(args: list[str], directory: str) -> None:
    """Make the directories of -I and -L, in the same word or the next, start from the package's."""
    next_is_path = False
    for i, arg in enumerate(args):
        if next_is_path:
            args[i] = _absolute(arg, directory)
            next_is_path = False
        elif arg.startswith(("-I", "-L")):
            if len(arg) == 2:
                next_is_path = True
            else:
                args[i] = arg[:2] + _absolute(arg[2:], directory)


def _absolute(path: str, directory: str) -> str:
    if os.path.isabs(path):
        return path
    joined = os.path.normpath(os.path.join(directory, path)) if directory else os.path.normpath(path)
    return joined[1:] if joined.startswith("//") else joined


def split_quoted(text: str) -> list[str]:
    """Words parted by white space; quotes of either kind keep it, a backslash takes away any meaning.

    Raises ValueError("unclosed quote") or ("unfinished escaping").
    """
    words: list[str] = []
    word: list[str] = []
    escaped = quoted = False
    quote = ""
    for char in text:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
            continue
        elif quote:
            if char == quote:
                quote = ""
                continue
        elif char in "\"'":
            quoted = True
            quote = char
            continue
        elif char in SPACES:
            if quoted or word:
                quoted = False
                words.append("".join(word))
                word = []
            continue
        word.append(char)
    if quoted or word:
        words.append("".join(word))
    if quote:
        raise ValueError("unclosed quote")
    if escaped:
        raise ValueError("unfinished escaping")
    return words
