"""Edits of go.mod files: what `mod edit`, `get` and `mod tidy` do to a File and its syntax tree.

Adding keeps comments and block structure; removing only marks, so that `cleanup` must come last. Each
function takes the File first and is named after Go's method.

Source: golang.org/x/mod/modfile/rule.go, go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.golang import modpath, semver
from gokiln.modules.modfile.directives import (
    Exclude,
    Go,
    Godebug,
    Ignore,
    Module,
    Replace,
    Require,
    Tool,
    Toolchain,
)
from gokiln.modules.modfile.order import sort_blocks
from gokiln.modules.modfile.syntax import Comment, FileSyntax, Line
from gokiln.modules.modfile.values import GO_VERSION, auto_quote, is_toolchain_name
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable

    from gokiln.modules.modfile.rule import File
    from gokiln.modules.modfile.work import WorkFile


def cleanup(f: File) -> None:
    """Drop what was removed, from the lists and from the tree."""
    f.godebug = [g for g in f.godebug if g.key]
    f.require = [r for r in f.require if r.mod.path]
    f.exclude = [x for x in f.exclude if x.mod.path]
    f.replace = [r for r in f.replace if r.old.path]
    f.retract = [r for r in f.retract if r.low or r.high]
    f.syntax.cleanup()


def add_module_stmt(f: File, path: str) -> None:
    """Set the module path."""
    if f.module is None:
        f.module = Module(ModVersion(path, ""), f.syntax.add_line(None, "module", auto_quote(path)))
    else:
        f.module.mod = ModVersion(path, f.module.mod.version)
        f.syntax.update_line(f.module.syntax, "module", auto_quote(path))


def check_go_version(version: str) -> None:
    """Raises GokilnError unless a go line may say version."""
    if not GO_VERSION.fullmatch(version):
        raise GokilnError(f"invalid language version {modpath.quoted(version)}")


def check_toolchain_name(name: str) -> None:
    """Raises GokilnError unless a toolchain line may say name."""
    if not is_toolchain_name(name):
        raise GokilnError(f"invalid toolchain name {modpath.quoted(name)}")


def add_go_stmt(f: File, version: str) -> None:
    """Set the go line, after the module line when there was none. Raises GokilnError."""
    check_go_version(version)
    if f.go is None:
        hint = f.module.syntax if f.module is not None else None
        f.go = Go(version, f.syntax.add_line(hint, "go", version))
    else:
        f.go.version = version
        f.syntax.update_line(f.go.syntax, "go", version)


def add_toolchain_stmt(f: File, name: str) -> None:
    """Set the toolchain line, after the go or module line when there was none. Raises GokilnError."""
    check_toolchain_name(name)
    if f.toolchain is None:
        above = f.go or f.module
        f.toolchain = Toolchain(name, f.syntax.add_line(above.syntax if above else None, "toolchain", name))
    else:
        f.toolchain.name = name
        f.syntax.update_line(f.toolchain.syntax, "toolchain", name)


def drop_go_stmt(f: File | WorkFile) -> None:
    """Remove the go line."""
    if f.go is not None:
        f.go.syntax.mark_removed()
        f.go = None


def drop_toolchain_stmt(f: File | WorkFile) -> None:
    """Remove the toolchain line."""
    if f.toolchain is not None:
        f.toolchain.syntax.mark_removed()
        f.toolchain = None


def add_godebug(f: File | WorkFile, key: str, value: str) -> None:
    """Set the first godebug line of key and remove its others; a new one goes after the last godebug."""
    need = True
    for g in f.godebug:
        if g.key != key:
            continue
        if need:
            g.value = value
            f.syntax.update_line(g.syntax, "godebug", f"{key}={value}")
            need = False
        else:
            g.clear()
    if need:
        f.godebug.append(Godebug(key, value, f.syntax.add_line(None, "godebug", f"{key}={value}")))


def drop_godebug(f: File | WorkFile, key: str) -> None:
    """Remove every godebug line of key."""
    for g in f.godebug:
        if g.key == key:
            g.clear()


# Requirements (SetRequireSeparateIndirect has a file of its own: separate.py)


def add_require(f: File, path: str, version: str) -> None:
    """Require path at version: the first line of path changes, its others go."""
    need = True
    for r in f.require:
        if r.mod.path != path:
            continue
        if need and r.syntax is not None:
            r.mod = ModVersion(path, version)
            f.syntax.update_line(r.syntax, "require", auto_quote(path), version)
            need = False
        else:
            r.clear()
    if need:
        add_new_require(f, path, version, False)


def add_new_require(f: File, path: str, version: str, indirect: bool) -> None:
    """Add a requirement after the last one, whatever there is of path already."""
    line = f.syntax.add_line(None, "require", auto_quote(path), version)
    r = Require(ModVersion(path, version), syntax=line)
    r.set_indirect(indirect)
    f.require.append(r)


def set_require(f: File, reqs: Iterable[Require]) -> None:
    """Make reqs the requirements, exactly; block structure and comments stay. Then cleanup.

    Raises ValueError when reqs names two versions of one module.
    """
    need: dict[str, tuple[str, bool]] = {}
    for r in reqs:
        path, version = r.mod
        if path in need and need[path][0] != version:
            raise ValueError(
                f"SetRequire called with conflicting versions for path {path} ({need[path][0]} and {version})"
            )
        need[path] = (version, r.indirect)
    for r in f.require:
        wanted = need.pop(r.mod.path, None)
        if wanted is None:
            r.clear()
        else:
            r.set_version(wanted[0])
            r.set_indirect(wanted[1])
    for path, (version, indirect) in need.items():
        add_new_require(f, path, version, indirect)
    sort_blocks(f)


def drop_require(f: File, path: str) -> None:
    """Remove every requirement of path."""
    for r in f.require:
        if r.mod.path == path:
            r.clear()


# Other statements


def add_exclude(f: File, path: str, version: str) -> None:
    """Exclude a version, beside other exclusions of path. Raises InvalidVersionError."""
    check_canonical_version(path, version)
    mod = ModVersion(path, version)
    hint: Line | None = None
    for x in f.exclude:
        if x.mod == mod:
            return
        if x.mod.path == path:
            hint = x.syntax
    f.exclude.append(Exclude(mod, _add_beside(f.syntax, hint, ["exclude", auto_quote(path), version])))


def drop_exclude(f: File, path: str, version: str) -> None:
    """Remove an exclusion."""
    for x in f.exclude:
        if x.mod == ModVersion(path, version):
            x.clear()


def add_replace(f: File | WorkFile, old: ModVersion, new: ModVersion) -> None:
    """Replace old by new; with no old version, all replacements of that path give way to this one."""
    tokens = ["replace", auto_quote(old.path)]
    if old.version:
        tokens.append(old.version)
    tokens += ["=>", auto_quote(new.path)]
    if new.version:
        tokens.append(new.version)
    need = True
    hint: Line | None = None
    for r in f.replace:
        if r.old.path == old.path and (not old.version or r.old.version == old.version):
            if need:
                r.new = new
                f.syntax.update_line(r.syntax, *tokens)
                need = False
                continue
            r.clear()
        if r.old.path == old.path:
            hint = r.syntax
    if need:
        f.replace.append(Replace(old, new, _add_beside(f.syntax, hint, tokens)))


def _add_beside(syntax: FileSyntax, hint: Line | None, tokens: list[str]) -> Line:
    """Add a line beside hint; without one at the end of the file, not in the last block of its kind.

    Go means to do the latter, but passes its nil *Line as a hint that is not nil and matches nothing.
    """
    return syntax.append_line(*tokens) if hint is None else syntax.add_line(hint, *tokens)


def drop_replace(f: File | WorkFile, old: ModVersion) -> None:
    """Remove the replacement of old."""
    for r in f.replace:
        if r.old == old:
            r.clear()


def add_retract(f: File, low: str, high: str, rationale: str = "") -> None:
    """Retract [low, high]. As in Go, the new line is not in f.retract. Raises InvalidVersionError."""
    path = f.module.mod.path if f.module is not None else ""
    check_canonical_version(path, high)
    check_canonical_version(path, low)
    if low == high:
        line = f.syntax.add_line(None, "retract", auto_quote(low))
    else:
        line = f.syntax.add_line(None, "retract", "[", auto_quote(low), ",", auto_quote(high), "]")
    if rationale:
        line.before = line.before + [Comment("// " + text) for text in rationale.split("\n")]


def drop_retract(f: File, low: str, high: str) -> None:
    """Remove the retraction of exactly [low, high]."""
    for r in f.retract:
        if (r.low, r.high) == (low, high):
            r.clear()


def add_tool(f: File, path: str) -> None:
    """Add a tool line, unless there is one."""
    if all(t.path != path for t in f.tool):
        f.tool.append(Tool(path, f.syntax.add_line(None, "tool", path)))
        sort_blocks(f)


def drop_tool(f: File, path: str) -> None:
    """Remove a tool line."""
    for t in f.tool:
        if t.path == path:
            t.clear()


def add_ignore(f: File, path: str) -> None:
    """Add an ignore line, unless there is one."""
    if all(i.path != path for i in f.ignore):
        f.ignore.append(Ignore(path, f.syntax.add_line(None, "ignore", path)))
        sort_blocks(f)


def drop_ignore(f: File, path: str) -> None:
    """Remove an ignore line."""
    for i in f.ignore:
        if i.path == path:
            i.clear()


def check_canonical_version(path: str, version: str) -> None:
    """version is canonical and of the major that path asks for ("" path: any). Raises InvalidVersionError."""
    _, path_major, ok = modpath.split_path_version(path)
    if not version or version != modpath.canonical_version(version):
        form = modpath.path_major_prefix(path_major) if path_major else "v1"
        raise modpath.InvalidVersionError(version, GokilnError(f"must be of the form {form}.2.3"))
    wrong = modpath.path_major_error(version, path_major) if ok else None
    if wrong is None:
        return
    if path_major:
        raise wrong
    # Whoever wrote v2.3.4 here probably meant v2.3.4+incompatible.
    hint = f"should be {version}+incompatible (or module {path}/{semver.major(version)})"
    raise modpath.InvalidVersionError(version, GokilnError(hint))
