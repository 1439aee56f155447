"""Strings, versions and comments inside directives.

Reading a token also writes it back in standard form (unquoted where quoting is not needed, the version
canonical): the tree is then ready to be printed, as in Go. `tokens` and `at` name the token to read.

Source: golang.org/x/mod/modfile/rule.go, go1.26.
"""

from __future__ import annotations

import re

from gokiln.errors import GokilnError
from gokiln.golang import modpath
from gokiln.golang.modpath import InvalidVersionError, ModuleError
from gokiln.golang.space import trim
from gokiln.modules.modfile.errors import Error
from gokiln.modules.modfile.lexer import is_print
from gokiln.modules.modfile.syntax import Line, LineBlock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    # (module path, version as written) -> canonical version; raises GokilnError.
    VersionFixer = Callable[[str, str], str]

GO_VERSION = re.compile(r"([1-9][0-9]*)\.(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))?([a-z]+[0-9]+)?")
LAX_GO_VERSION = re.compile(r"v?(([1-9][0-9]*)\.(0|[1-9][0-9]*))([^0-9][^\n]*)")


def is_toolchain_name(name: str) -> bool:
    """Whether a toolchain line may say name: "default", "go1" or "go1." and anything."""
    return name == "default" or name == "go1" or name.startswith("go1.")


def is_directory_path(path: str) -> bool:
    """Whether path is a directory (rooted, or starting with . or ..) and not a module; Unix and Windows forms."""
    if path.startswith(("/", "\\", "./", ".\\", "../", "..\\")) or path in (".", ".."):
        return True
    return len(path) >= 2 and path[0].isascii() and path[0].isalpha() and path[1] == ":"


def must_quote(s: str) -> bool:
    """Whether s needs quotes to be one token of a go.mod line."""
    if s == "" or "//" in s or "/*" in s:
        return True
    for c in s:
        if c in " \"'`":
            return True
        if c in "()[]{},":
            if len(s) > 1:
                return True
        elif not is_print(c):
            return True
    return False


def auto_quote(s: str) -> str:
    """s, quoted if it has to be."""
    return modpath.quoted(s) if must_quote(s) else s


def parse_string(tokens: list[str], at: int) -> str:
    """The string a token stands for. Raises GokilnError."""
    t = tokens[at]
    if t.startswith('"'):
        from gokiln.base.quote import unquote

        try:
            t = unquote(t)
        except ValueError as e:
            raise GokilnError("invalid syntax") from e
    elif '"' in t or "'" in t or "`" in t:
        # Other quotes are kept for the future, and 'x' should not be a literal x in quotation marks.
        raise GokilnError("unquoted string cannot contain quote")
    tokens[at] = auto_quote(t)
    return t


def parse_version(verb: str, path: str, tokens: list[str], at: int, fix: VersionFixer | None) -> str:
    """The canonical version a token stands for, as fix makes it (None: it must be one already).

    Raises Error without a place, or what fix raises.
    """
    try:
        t = parse_string(tokens, at)
    except GokilnError as e:
        raise Error(InvalidVersionError(tokens[at], e), verb=verb, mod_path=path) from e
    if fix is not None:
        try:
            t = fix(path, t)
        except ModuleError as e:
            raise Error(e.err, verb=verb, mod_path=path) from e
    else:
        canonical = modpath.canonical_version(t)
        if not canonical:
            wrong = InvalidVersionError(t, GokilnError("must be of the form v1.2.3"))
            raise Error(wrong, verb=verb, mod_path=path)
        t = canonical
    tokens[at] = t
    return t


def path_major_of(path: str) -> str:
    """The major suffix of a module path. Raises GokilnError."""
    _, major, ok = modpath.split_path_version(path)
    if not ok:
        raise GokilnError("invalid module path")
    return major


def parse_version_interval(
    verb: str, path: str, tokens: list[str], at: int, fix: VersionFixer | None
) -> tuple[str, str, int]:
    """(low, high, index of the first token not used) of `v1` or `[v1, v2]`. Raises GokilnError."""

    def expect(i: int, text: str, problem: str) -> None:
        if i >= len(tokens) or (text and tokens[i] != text):
            raise GokilnError(problem)

    if at >= len(tokens) or tokens[at] == "(":
        raise GokilnError("expected '[' or version")
    if tokens[at] != "[":
        v = parse_version(verb, path, tokens, at, fix)
        return v, v, at + 1
    expect(at + 1, "", "expected version after '['")
    low = parse_version(verb, path, tokens, at + 1, fix)
    expect(at + 2, ",", "expected ',' after version")
    expect(at + 3, "", "expected version after ','")
    high = parse_version(verb, path, tokens, at + 3, fix)
    expect(at + 4, "]", "expected ']' after version")
    return low, high, at + 5


def directive_comment(block: LineBlock | None, line: Line) -> str:
    """The text of the comments on a directive; a line without any takes those of its block."""
    commented: Line | LineBlock = line
    if block is not None and not line.before and not line.suffix:
        commented = block
    return "\n".join(
        trim(com.token.removeprefix("//"))
        for com in [*commented.before, *commented.suffix]
        if com.token.startswith("//")
    )


def deprecation(block: LineBlock | None, line: Line) -> str:
    """The message of the first paragraph that starts with "Deprecated:"; "" when there is none."""
    return deprecation_in(directive_comment(block, line))


def deprecation_in(text: str) -> str:
    """The deprecation message in comment text."""
    if "Deprecated:" not in text:
        return ""
    m = re.search(r"(?s)(?:^|\n\n)Deprecated: *(.*?)(?:\Z|\n\n)", text)
    return m[1] if m else ""
