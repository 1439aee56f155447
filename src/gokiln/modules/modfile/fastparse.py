"""What a dependency's go.mod says, read without building its syntax tree.

Loading a module graph reads hundreds of go.mod files and needs four facts of each. Most lines of these
files are `path version [// indirect]`, and the same lines come again and again, so what a line means is
remembered by its text: a file costs a split and one dictionary lookup a line. Statements whose comments count
(retract, a deprecated module) go to the full parser alone. Whatever is not plainly one of the usual shapes is
left to it as a whole, and it words every error; the two must agree on every file
(tests/property/test_modfile_formats.py).

Source: golang.org/x/mod/modfile/rule.go (ParseLax), go1.26; cmd/go/internal/modload/modfile.go
(rawGoModSummary) for what is needed.
"""

from __future__ import annotations

import re
from functools import cache

from gokiln.errors import GokilnError
from gokiln.golang import modpath
from gokiln.golang.space import fields
from gokiln.modules.modfile.values import GO_VERSION
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.modfile.rule import File

# A plain token: no quotes, brackets, commas or comment starts; ASCII only. Possessive (++), so that a line
# that does not match fails at once instead of trying every way to cut its tokens.
_TOKEN = r"(?:[!#-&*+\-.0-Z\\^_a-z|~]|/(?![/*]))++"
_REQUIRE = re.compile(rf"[ \t\r]*({_TOKEN})[ \t\r]+({_TOKEN})[ \t\r]*(?://([^\n]*))?")
_STATEMENT = re.compile(rf"({_TOKEN})((?:[ \t\r]+{_TOKEN})*)[ \t\r]*(\()?[ \t\r]*(?://[^\n]*)?")
# Lines inside blocks that a dependency's reader skips: tokens, perhaps a comment.
_SKIPPED = re.compile(rf"(?:[ \t\r]*{_TOKEN})*[ \t\r]*(?://[^\n]*)?")
_BLANK_OR_COMMENT = re.compile(r"[ \t\r]*(?://[^\n]*)?")
_CLOSE = re.compile(r"[ \t\r]*\)[ \t\r]*(?://[^\n]*)?")

_SKIPPED_BLOCKS = frozenset(["exclude", "replace", "godebug", "tool"])
# Statements that are left to the full parser, alone; "module" only where its comments matter.
_ODD_VERBS = frozenset(["retract", "ignore"])
_WITH_COMMENTS = frozenset(["retract", "ignore", "module"])


class ModSummary:
    """The facts of a dependency's go.mod.

    module_path and go_version are "" when the file has no such line. require is in file order, indirect
    says of each whether it is marked so. retract: (low, high, rationale) each. ignore: directories.
    """

    __slots__ = ("deprecated", "go_version", "ignore", "indirect", "module_path", "require", "retract")

    def __init__(self) -> None:
        self.module_path = ""
        self.deprecated = ""
        self.go_version = ""
        self.require: list[ModVersion] = []
        self.indirect: list[bool] = []
        self.retract: list[tuple[str, str, str]] = []
        self.ignore: list[str] = []


def parse_summary(name: str, data: bytes) -> ModSummary:
    """The summary of a go.mod file, read laxly. name: as shown in errors. Raises ErrorList."""
    summary = _fast(data)
    return summary if summary is not None else summary_of_data(name, data)


def summary_of_data(name: str, data: bytes) -> ModSummary:
    """The same by way of the full parser."""
    from gokiln.modules.modfile.rule import parse_lax

    return summary_of(parse_lax(name, data))


def summary_of(file: File) -> ModSummary:
    """The summary of a parsed file."""
    summary = ModSummary()
    if file.module is not None:
        summary.module_path = file.module.mod.path
        summary.deprecated = file.module.deprecated
    if file.go is not None:
        summary.go_version = file.go.version
    summary.require = [r.mod for r in file.require]
    summary.indirect = [r.indirect for r in file.require]
    summary.retract = [(r.low, r.high, r.rationale) for r in file.retract]
    summary.ignore = [i.path for i in file.ignore]
    return summary


def _fast(data: bytes) -> ModSummary | None:
    """The summary, or None when the file has anything out of the ordinary."""
    if not data.isascii():
        return None
    summary = ModSummary()
    rest = _Rest(b"Deprecated:" in data)
    skipping = False  # inside a block that does not matter
    requiring = False  # inside a require block
    lines = data.decode("ascii").split("\n")
    comments = -1  # where the comments on the next statement start, -1 for none
    end = 0  # the line after a statement that was left to the full parser
    for at, text in enumerate(lines):
        if at < end:
            continue
        if requiring:
            require = _require_line(text)
            if require is not None:
                summary.require.append(require[0])
                summary.indirect.append(require[1])
            elif _CLOSE.fullmatch(text):
                requiring = False
            elif not _BLANK_OR_COMMENT.fullmatch(text):
                return None
        elif skipping:
            if _CLOSE.fullmatch(text):
                skipping = False
            elif not _SKIPPED.fullmatch(text):
                return None
        elif not text.strip(" \t\r"):
            comments = -1
        else:
            verb, args, opens = _statement(text)
            if verb in rest.verbs or (not verb and _first_word(text) in rest.verbs):
                end = rest.add(lines, at if comments < 0 else comments, at, opens)
            elif opens:
                requiring = verb == "require" and not args
                skipping = verb in _SKIPPED_BLOCKS and not args
                if not requiring and not skipping:
                    return None
            elif not verb:
                if not _BLANK_OR_COMMENT.fullmatch(text):
                    return None
                comments = at if comments < 0 else comments
                continue
            elif not _take(summary, verb, args, text):
                return None
            comments = -1
    return summary if not requiring and not skipping and rest.take(summary) else None


class _Rest:
    """The few statements that only the full parser understands, cut out with the comments on them."""

    def __init__(self, deprecated: bool) -> None:
        self.verbs = _WITH_COMMENTS if deprecated else _ODD_VERBS
        self._text = ""

    def add(self, lines: list[str], start: int, at: int, opens: bool) -> int:
        """Take the statement at line `at`, its comments from line `start`; returns the line after it.

        A string never runs on over lines; a block that never ends is an error, of the piece as of the whole.
        """
        end = at + 1
        while opens and end < len(lines):
            end += 1
            if _CLOSE.fullmatch(lines[end - 1]):
                opens = False
        self._text += "\n".join(lines[start:end]) + "\n\n"
        return end

    def take(self, summary: ModSummary) -> bool:
        """Add what the statements say; False when the whole file has to be parsed."""
        text = self._text
        if not text:
            return True
        try:
            found = summary_of_data("go.mod", text.encode("ascii"))
        except GokilnError:
            return False
        if found.require or found.go_version or (found.module_path and summary.module_path):
            return False
        summary.module_path = summary.module_path or found.module_path
        summary.deprecated = found.deprecated
        summary.retract = found.retract
        summary.ignore = found.ignore
        return True


def _first_word(text: str) -> str:
    return (text.split(None, 1) or [""])[0]


def _take(summary: ModSummary, verb: str, rest: str, text: str) -> bool:
    """Take in a single-line statement; False when the full parser has to look at it."""
    if verb == "require":
        require = _require_line(text.lstrip(" \t\r")[len("require") :])
        if require is None:
            return False
        summary.require.append(require[0])
        summary.indirect.append(require[1])
        return True
    args = rest.split()
    if verb == "module":
        if summary.module_path or len(args) != 1:
            return False
        summary.module_path = args[0]
    elif verb == "go":
        if summary.go_version or len(args) != 1 or not GO_VERSION.fullmatch(args[0]):
            return False
        summary.go_version = args[0]
    return True


@cache
def _statement(text: str) -> tuple[str, str, bool]:
    """(verb, the text of its arguments, whether a block opens); verb is "" for anything else."""
    m = _STATEMENT.fullmatch(text.lstrip(" \t\r"))
    if m is None:
        return "", "", False
    return m[1], m[2].strip(" \t\r"), m[3] is not None


@cache
def _require_line(text: str) -> tuple[ModVersion, bool] | None:
    """What `path version [// comment]` requires and whether indirectly; None when it is not plainly that."""
    m = _REQUIRE.fullmatch(text)
    if m is None:
        return None
    path, written, comment = m.groups()
    version = modpath.canonical_version(written)
    _, path_major, ok = modpath.split_path_version(path)
    if not version or not ok or modpath.path_major_error(version, path_major) is not None:
        return None
    words = fields(comment) if comment else []
    indirect = words == ["indirect"] or (len(words) > 1 and words[0] == "indirect;")
    return ModVersion(path, version), indirect
