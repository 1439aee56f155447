"""go.mod files as values: parse, strictly for main modules, laxly for dependencies.

The lax parse ignores what it does not know and what only matters in a main module, so that a dependency
may use statements of a newer Go.

Source: golang.org/x/mod/modfile/rule.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.errors import GokilnError
from gokiln.golang import modpath
from gokiln.modules.modfile import values
from gokiln.modules.modfile.directives import (
    Exclude,
    Go,
    Godebug,
    Ignore,
    Module,
    Replace,
    Require,
    Retract,
    Tool,
    Toolchain,
    is_indirect,
)
from gokiln.modules.modfile.errors import Error, ErrorList
from gokiln.modules.modfile.parser import parse_syntax
from gokiln.modules.modfile.printer import format_syntax
from gokiln.modules.modfile.syntax import FileSyntax, Line, LineBlock
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from gokiln.modules.modfile.values import VersionFixer

_LAX_VERBS = frozenset(["go", "module", "retract", "require", "ignore"])
_BLOCK_VERBS = frozenset(["module", "godebug", "require", "exclude", "replace", "retract", "tool", "ignore"])


class File:
    """A go.mod file: its statements, and the syntax tree they point into."""

    __slots__ = (
        "exclude",
        "go",
        "godebug",
        "ignore",
        "module",
        "replace",
        "require",
        "retract",
        "syntax",
        "tool",
        "toolchain",
    )

    def __init__(self, syntax: FileSyntax | None = None) -> None:
        self.syntax = syntax if syntax is not None else FileSyntax()
        self.module: Module | None = None
        self.go: Go | None = None
        self.toolchain: Toolchain | None = None
        self.godebug: list[Godebug] = []
        self.require: list[Require] = []
        self.exclude: list[Exclude] = []
        self.replace: list[Replace] = []
        self.retract: list[Retract] = []
        self.tool: list[Tool] = []
        self.ignore: list[Ignore] = []

    def format(self) -> bytes:
        """The text of the file, in standard style."""
        return format_syntax(self.syntax)


def parse(name: str, data: bytes, fix: VersionFixer | None = None) -> File:
    """A main module's go.mod. name: as shown in errors. fix: see values.parse_version. Raises ErrorList."""
    return _parse_file(name, data, fix, strict=True)


def parse_lax(name: str, data: bytes, fix: VersionFixer | None = None) -> File:
    """A dependency's go.mod: only module, go, require, retract and ignore. Raises ErrorList."""
    return _parse_file(name, data, fix, strict=False)


def _parse_file(name: str, data: bytes, fix: VersionFixer | None, strict: bool) -> File:
    rules = ModRules(File(parse_syntax(name, data)), fix, strict)
    for stmt in rules.file.syntax.stmt:
        if isinstance(stmt, Line):
            rules.add(None, stmt, stmt.token[0], 1)
        elif isinstance(stmt, LineBlock):
            if len(stmt.token) > 1 or stmt.token[0] not in _BLOCK_VERBS:
                if strict:
                    rules.unknown_block(stmt)
                continue
            for line in stmt.line:
                rules.add(stmt, line, stmt.token[0], 0)
    rules.fix_retract()
    if rules.errors:
        raise ErrorList(rules.errors)
    return rules.file


class Rules:
    """What go.mod and go.work have in common: errors with places, and the shared statements."""

    def __init__(self, file: FileSyntax, fix: VersionFixer | None) -> None:
        self.tree = file
        self.fix = fix
        self.errors: list[Error] = []

    def fail(self, line: Line, err: str | Exception, verb: str = "", mod_path: str = "") -> None:
        """Note an error at line."""
        self.errors.append(Error(err, filename=self.tree.name, pos=line.start, verb=verb, mod_path=mod_path))

    def unknown_block(self, block: LineBlock) -> None:
        """Note that nothing starts with block's tokens."""
        problem = f"unknown block type: {' '.join(block.token)}"
        self.errors.append(Error(problem, filename=self.tree.name, pos=block.start))

    def go_line(self, line: Line, at: int, have: Go | None, lax: bool = False) -> Go | None:
        """A go statement, or None when it is wrong."""
        if have is not None:
            self.fail(line, "repeated go statement")
            return None
        if len(line.token) != at + 1:
            self.fail(line, "go directive expects exactly one argument")
            return None
        version = line.token[at]
        if not values.GO_VERSION.fullmatch(version):
            m = values.LAX_GO_VERSION.fullmatch(version) if lax else None
            if m is None:
                self.fail(line, f"invalid go version '{version}': must match format 1.23.0")
                return None
            version = line.token[at] = m[1]
        return Go(version, line)

    def toolchain_line(self, line: Line, at: int, have: Toolchain | None) -> Toolchain | None:
        """A toolchain statement, or None when it is wrong."""
        if have is not None:
            self.fail(line, "repeated toolchain statement")
            return None
        if len(line.token) != at + 1:
            self.fail(line, "toolchain directive expects exactly one argument")
            return None
        name = line.token[at]
        if not values.is_toolchain_name(name):
            self.fail(line, f"invalid toolchain version '{name}': must match format go1.23.0 or default")
            return None
        return Toolchain(name, line)

    def godebug_line(self, line: Line, at: int) -> Godebug | None:
        """A godebug statement, or None when it is wrong."""
        arg = line.token[at] if len(line.token) == at + 1 else ""
        key, equals, value = arg.partition("=")
        if not equals or any(c in arg for c in "\"`',"):
            self.fail(line, "usage: godebug key=value")
            return None
        return Godebug(key, value, line)

    def string_arg(self, line: Line, at: int) -> str | None:
        """A token as a string, or None when its quoting is wrong."""
        try:
            return values.parse_string(line.token, at)
        except GokilnError as e:
            self.fail(line, f"invalid quoted string: {e}")
            return None

    def replace_line(self, line: Line, verb: str, at: int) -> Replace | None:
        """A replace statement, or None when it is wrong."""
        tokens = line.token
        count = len(tokens) - at
        arrow = 1 if count >= 2 and tokens[at + 1] == "=>" else 2
        if count < arrow + 2 or count > arrow + 3 or tokens[at + arrow] != "=>":
            usage = f"{verb} module/path [v1.2.3] => "
            self.fail(line, f"usage: {usage}other/module v1.4\n\t or {usage}../local/directory")
            return None
        path = self.string_arg(line, at)
        if path is None:
            return None
        try:
            path_major = values.path_major_of(path)
        except GokilnError as e:
            self.fail(line, e, verb, path)
            return None
        version = ""
        if arrow == 2:
            try:
                version = values.parse_version(verb, path, tokens, at + 1, self.fix)
            except GokilnError as e:
                self.fail(line, e)
                return None
            wrong = modpath.path_major_error(version, path_major)
            if wrong is not None:
                self.fail(line, wrong, verb, path)
                return None
        new = self._replacement(line, verb, at + arrow + 1)
        return Replace(ModVersion(path, version), new, line) if new is not None else None

    def _replacement(self, line: Line, verb: str, at: int) -> ModVersion | None:
        """What stands to the right of =>."""
        tokens = line.token
        path = self.string_arg(line, at)
        if path is None:
            return None
        if len(tokens) == at + 1:
            if not values.is_directory_path(path):
                if "@" in path:
                    self.fail(line, "replacement module must match format 'path version', not 'path@version'")
                else:
                    self.fail(
                        line,
                        "replacement module without version must be directory path (rooted or starting with . or ..)",
                    )
                return None
            if os.sep == "/" and "\\" in path:
                self.fail(line, "replacement directory appears to be Windows path (on a non-windows system)")
                return None
            return ModVersion(path, "")
        try:
            version = values.parse_version(verb, path, tokens, at + 1, self.fix)
        except GokilnError as e:
            self.fail(line, e)
            return None
        if values.is_directory_path(path):
            self.fail(line, f"replacement module directory path {modpath.quoted(path)} cannot have version")
            return None
        return ModVersion(path, version)


class ModRules(Rules):
    """The statements of go.mod, added to a File one line at a time. `at`: index of the first argument."""

    def __init__(self, file: File, fix: VersionFixer | None, strict: bool) -> None:
        super().__init__(file.syntax, fix)
        self.file = file
        self.strict = strict

    def add(self, block: LineBlock | None, line: Line, verb: str, at: int) -> None:
        """Take in one line."""
        if not self.strict and verb not in _LAX_VERBS:
            return
        handler = _HANDLERS.get(verb)
        if handler is None:
            self.fail(line, f"unknown directive: {verb}")
            return
        handler(self, block, line, verb, at)

    def _go(self, block: LineBlock | None, line: Line, verb: str, at: int) -> None:
        self.file.go = self.go_line(line, at, self.file.go, lax=not self.strict) or self.file.go

    def _toolchain(self, block: LineBlock | None, line: Line, verb: str, at: int) -> None:
        self.file.toolchain = self.toolchain_line(line, at, self.file.toolchain) or self.file.toolchain

    def _module(self, block: LineBlock | None, line: Line, verb: str, at: int) -> None:
        if self.file.module is not None:
            self.fail(line, "repeated module statement")
            return
        self.file.module = module = Module(ModVersion("", ""), line, values.deprecation(block, line))
        if len(line.token) != at + 1:
            self.fail(line, "usage: module module/path")
            return
        path = self.string_arg(line, at)
        if path is not None:
            module.mod = ModVersion(path, "")

    def _godebug(self, block: LineBlock | None, line: Line, verb: str, at: int) -> None:
        godebug = self.godebug_line(line, at)
        if godebug is not None:
            self.file.godebug.append(godebug)

    def _require(self, block: LineBlock | None, line: Line, verb: str, at: int) -> None:
        if len(line.token) != at + 2:
            self.fail(line, f"usage: {verb} module/path v1.2.3")
            return
        path = self.string_arg(line, at)
        if path is None:
            return
        try:
            version = values.parse_version(verb, path, line.token, at + 1, self.fix)
            path_major = values.path_major_of(path)
        except GokilnError as e:
            self.fail(line, e)
            return
        wrong = modpath.path_major_error(version, path_major)
        if wrong is not None:
            self.fail(line, wrong, verb, path)
            return
        mod = ModVersion(path, version)
        if verb == "require":
            self.file.require.append(Require(mod, is_indirect(line), line))
        else:
            self.file.exclude.append(Exclude(mod, line))

    def _replace(self, block: LineBlock | None, line: Line, verb: str, at: int) -> None:
        replace = self.replace_line(line, verb, at)
        if replace is not None:
            self.file.replace.append(replace)

    def _retract(self, block: LineBlock | None, line: Line, verb: str, at: int) -> None:
        rationale = values.directive_comment(block, line)
        try:
            low, high, end = values.parse_version_interval(verb, "", line.token, at, _leave)
        except GokilnError as e:
            # A newer Go may know other intervals; in a dependency they are ignored.
            if self.strict:
                self.fail(line, e)
            return
        if end < len(line.token) and self.strict:
            self.fail(line, f"unexpected token after version: {modpath.quoted(line.token[end])}")
            return
        self.file.retract.append(Retract(low, high, rationale, line))

    def _tool(self, block: LineBlock | None, line: Line, verb: str, at: int) -> None:
        if len(line.token) != at + 1:
            self.fail(line, f"{verb} directive expects exactly one argument")
            return
        path = self.string_arg(line, at)
        if path is None:
            return
        if verb == "tool":
            self.file.tool.append(Tool(path, line))
        else:
            self.file.ignore.append(Ignore(path, line))

    def fix_retract(self) -> None:
        """Make retracted versions canonical, once the module path is known (it may come last, or never)."""
        if self.fix is None:
            return
        path = self.file.module.mod.path if self.file.module is not None else ""
        for retract in self.file.retract:
            line = retract.syntax
            if not path:
                self.fail(line, "no module directive found, so retract cannot be used")
                return
            at = 1 if line.token[0] == "retract" else 0
            try:
                retract.low, retract.high, _ = values.parse_version_interval("retract", path, line.token, at, self.fix)
            except GokilnError as e:
                self.fail(line, e)
                retract.low = retract.high = ""


def _leave(path: str, version: str) -> str:
    """A fixer that fixes nothing: retracted versions wait for the module path."""
    return version


if TYPE_CHECKING:
    Handler = Callable[[ModRules, LineBlock | None, Line, str, int], None]
_HANDLERS: dict[str, Handler] = {
    "go": ModRules._go,
    "toolchain": ModRules._toolchain,
    "module": ModRules._module,
    "godebug": ModRules._godebug,
    "require": ModRules._require,
    "exclude": ModRules._require,
    "replace": ModRules._replace,
    "retract": ModRules._retract,
    "tool": ModRules._tool,
    "ignore": ModRules._tool,
}
