"""The statements of go.mod and go.work as values, each pointing at its line in the syntax tree.

A removed directive is emptied (`clear`) and dropped from its list by cleanup, as in Go.

Source: golang.org/x/mod/modfile/{rule,work}.go, go1.26.
"""

from __future__ import annotations

from gokiln.golang.space import fields, trim
from gokiln.modules.modfile.syntax import Comment, Line
from gokiln.modules.version import ModVersion

NO_MODULE = ModVersion("", "")


class Module:
    """module path; deprecated: the text after "Deprecated:" in its comments, "" for none."""

    __slots__ = ("deprecated", "mod", "syntax")

    def __init__(self, mod: ModVersion, syntax: Line, deprecated: str = "") -> None:
        self.mod = mod
        self.deprecated = deprecated
        self.syntax = syntax


class Go:
    """go version, like "1.23"."""

    __slots__ = ("syntax", "version")

    def __init__(self, version: str, syntax: Line) -> None:
        self.version = version
        self.syntax = syntax


class Toolchain:
    """toolchain name, like "go1.21rc1"."""

    __slots__ = ("name", "syntax")

    def __init__(self, name: str, syntax: Line) -> None:
        self.name = name
        self.syntax = syntax


class Godebug:
    """godebug key=value."""

    __slots__ = ("key", "syntax", "value")

    def __init__(self, key: str, value: str, syntax: Line) -> None:
        self.key = key
        self.value = value
        self.syntax = syntax

    def clear(self) -> None:
        """Mark as removed, line and all."""
        self.syntax.mark_removed()
        self.key = self.value = ""


class Require:
    """require mod; indirect: it has an "// indirect" comment. syntax is None in requests for edits."""

    __slots__ = ("indirect", "mod", "syntax")

    def __init__(self, mod: ModVersion, indirect: bool = False, syntax: Line | None = None) -> None:
        self.mod = mod
        self.indirect = indirect
        self.syntax = syntax

    def clear(self) -> None:
        """Mark as removed, line and all."""
        if self.syntax is not None:
            self.syntax.mark_removed()
        self.mod = NO_MODULE
        self.indirect = False

    def set_version(self, version: str) -> None:
        """Change the version, here and in the line."""
        self.mod = ModVersion(self.mod.path, version)
        line = self.syntax
        if line is None or not line.token:
            return
        if not line.in_block:
            if len(line.token) >= 3:  # require example.com v1.2.3
                line.token[2] = version
            return
        if len(line.before) == 1 and not line.before[0].token:
            line.before = []  # a blank line before it goes: golang.org/issue/33779
        if len(line.token) >= 2:  # example.com v1.2.3
            line.token[1] = version

    def set_indirect(self, indirect: bool) -> None:
        """Make the line have, or not have, an "// indirect" comment; other comment text stays."""
        self.indirect = indirect
        line = self.syntax
        if line is None or is_indirect(line) == indirect:
            return
        if not indirect:
            com = line.suffix[0]
            if trim(com.token.removeprefix("//")) == "indirect":
                line.suffix = []
            else:
                com.token = "//" + com.token.partition("indirect;")[2]
        elif not line.suffix:
            line.suffix = [Comment("// indirect", suffix=True)]
        else:
            com = line.suffix[0]
            text = trim(com.token.removeprefix("//"))
            com.token = f"// indirect; {text}" if text else "// indirect"


def is_indirect(line: Line) -> bool:
    """Whether line has an "// indirect" comment, alone or before other text."""
    if not line.suffix:
        return False
    words = fields(line.suffix[0].token.removeprefix("//"))
    return words == ["indirect"] or (len(words) > 1 and words[0] == "indirect;")


class Exclude:
    """exclude mod."""

    __slots__ = ("mod", "syntax")

    def __init__(self, mod: ModVersion, syntax: Line) -> None:
        self.mod = mod
        self.syntax = syntax

    def clear(self) -> None:
        """Mark as removed, line and all."""
        self.syntax.mark_removed()
        self.mod = NO_MODULE


class Replace:
    """replace old => new. old.version "": every version; new.version "": new.path is a directory."""

    __slots__ = ("new", "old", "syntax")

    def __init__(self, old: ModVersion, new: ModVersion, syntax: Line) -> None:
        self.old = old
        self.new = new
        self.syntax = syntax

    def clear(self) -> None:
        """Mark as removed, line and all."""
        self.syntax.mark_removed()
        self.old = self.new = NO_MODULE


class Retract:
    """retract [low, high] (both included; equal for a single version); rationale: its comments."""

    __slots__ = ("high", "low", "rationale", "syntax")

    def __init__(self, low: str, high: str, rationale: str, syntax: Line) -> None:
        self.low = low
        self.high = high
        self.rationale = rationale
        self.syntax = syntax

    def clear(self) -> None:
        """Mark as removed, line and all."""
        self.syntax.mark_removed()
        self.low = self.high = self.rationale = ""


class Tool:
    """tool package path."""

    __slots__ = ("path", "syntax")

    def __init__(self, path: str, syntax: Line) -> None:
        self.path = path
        self.syntax = syntax

    def clear(self) -> None:
        """Mark as removed, line and all."""
        self.syntax.mark_removed()
        self.path = ""


class Ignore(Tool):
    """ignore directory path."""

    __slots__ = ()


class Use:
    """use directory (go.work). module_path: the module there, when known."""

    __slots__ = ("module_path", "path", "syntax")

    def __init__(self, path: str, module_path: str, syntax: Line) -> None:
        self.path = path
        self.module_path = module_path
        self.syntax = syntax

    def clear(self) -> None:
        """Mark as removed, line and all."""
        self.syntax.mark_removed()
        self.path = self.module_path = ""
