"""A new go.mod file, and the module path it should have when nobody says.

Source: cmd/go/internal/modload/init.go (CreateModFile, findModulePath, suggestModulePath), go1.26 and go1.27.
"""

from __future__ import annotations

import os
import re

from gokiln.base.pattern import clean_path, in_dir, is_local_import
from gokiln.base.quote import go_quote, unquote
from gokiln.errors import GokilnError
from gokiln.golang import gover
from gokiln.golang.modpath import InvalidPathError, check_import_path, split_path_version
from gokiln.modules.modfile import edit
from gokiln.modules.modfile.rule import File
from gokiln.modules.resolve.commit import commit_requirements
from gokiln.modules.resolve.makemains import make_main_modules
from gokiln.modules.resolve.modfiles import force_go_stmt, requirements_from_mod_files
from gokiln.modules.resolve.roots import update_roots
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.state import State

_IMPORT_COMMENT = rb'(?m)^package[ \t]+[^ \t\r\n/]+[ \t]+//[ \t]+import[ \t]+("[^"]+")[ \t]*\r?\n'

_MOD_FILE_TOLD_SINCE = 27  # minor release that says when -modfile names the new file
_INFERRED_CHECKED_SINCE = 27  # and that holds inferred paths to the rules for given ones


def create_mod_file(ls: State, path: str) -> None:
    """Make go.mod in the working directory. path: of the module, "" to infer it. Raises GokilnError."""
    root = ls.cwd
    ls.mod_roots = [root]
    ls.init()
    mod_file = ls.mod_file_in(root)
    if ls.disk.exists(mod_file):
        raise GokilnError(f"{ls.mod_file_shown(root)} already exists")
    if not path:
        path = find_module_path(ls, root)
        if ls.config.toolchain.release.minor >= _INFERRED_CHECKED_SINCE:
            _check_path(path)
    else:
        _check_path(path)
    named = ""
    if ls.config.flags.modfile and ls.config.toolchain.release.minor >= _MOD_FILE_TOLD_SINCE:
        named = f" (using -modfile path {ls.short_path(ls.mod_file_shown(root))})"
    ls.warn(f"go: creating new go.mod{named}: module {path}")
    file = File()
    edit.add_module_stmt(file, path)
    main = ModVersion(path)
    ls.main_modules = make_main_modules(ls, [main], [root], [file], [None], None)
    force_go_stmt(ls, file, main, ls.local)
    rs = requirements_from_mod_files(ls, None, [file])
    ls.requirements = update_roots(ls, rs.direct, rs, [], [], False)
    commit_requirements(ls)
    if not _is_empty(root):
        ls.warn("go: to add module requirements and sums:\n\tgo mod tidy")


def check_reserved_path(path: str) -> None:
    """Raise GokilnError for "go" and "toolchain"."""
    if gover.is_toolchain(path):
        raise GokilnError("module path is reserved")


def _check_path(path: str) -> None:
    try:
        check_import_path(path)
    except InvalidPathError as err:
        reason = GokilnError("is a local import path") if is_local_import(path) else err.err
        raise InvalidPathError("module", err.path, reason) from None
    if gover.is_toolchain(path):
        raise GokilnError(f"invalid module path {go_quote(path)}: ")
    if split_path_version(path)[2]:
        return
    if path.startswith("gopkg.in/"):
        text = (
            "module paths beginning with gopkg.in/ must always have a major version suffix in the form of .vN:"
            f"\n\tgo mod init {_suggest_gopkg_in(path)}"
        )
    else:
        text = (
            "major version suffixes must be in the form of /vN and are only allowed for v2 or later:"
            f"\n\tgo mod init {_suggest_module_path(path)}"
        )
    raise GokilnError(f'invalid module path "{path}": {text}')


def _without_number(path: str) -> str:
    return path.rstrip("0123456789.")


def _suggest_module_path(path: str) -> str:
    url = _without_number(path)
    digits = re.findall("[0-9]+", path[len(url) :])
    url = url.removesuffix("/v").removesuffix("/")
    major = digits[0].lstrip("0") if digits else ""
    return f"{url}/v2" if major in ("", "1") else f"{url}/v{major}"


def _suggest_gopkg_in(path: str) -> str:
    url = _without_number(path).removesuffix(".v").removesuffix("/v").removesuffix("/")
    digits = re.findall("[0-9]+", path)
    return f"{url}.v{(digits[0].lstrip('0') if digits else '') or '1'}"


def _is_empty(root: str) -> bool:
    """Whether there is no Go file and no directory in sight: a new project needs no advice yet."""
    try:
        entries = list(os.scandir(root))
    except OSError:
        return True
    return not any(
        not e.name.startswith((".", "_")) and (e.name.endswith(".go") or e.is_dir(follow_symlinks=False))
        for e in entries
    )


def find_module_path(ls: State, directory: str) -> str:
    """The path that import comments or GOPATH suggest. Raises GokilnError when nothing does."""
    for name in _go_files(directory):
        comment = _import_comment(os.path.join(directory, name))
        if comment:
            return comment
    for sub in _sub_dirs(directory):
        for name in _go_files(os.path.join(directory, sub)):
            comment = _import_comment(os.path.join(directory, sub, name))
            if comment:
                return clean_path(os.path.dirname(comment))
    reason = "outside GOPATH, module path must be specified"
    for entry in ls.config.gopath:
        rel = in_dir(directory, os.path.join(entry, "src"))
        if not rel or rel == ".":
            continue
        path = rel.replace(os.sep, "/")
        try:
            check_import_path(path)
        except InvalidPathError as err:
            reason = f"bad module path inferred from directory in GOPATH: {err}"
            break
        return path
    raise GokilnError(
        f"cannot determine module path for source directory {directory} ({reason})\n\n"
        "Example usage:\n"
        "\t'go mod init example.com/m' to initialize a v0 or v1 module\n"
        "\t'go mod init example.com/m/v2' to initialize a v2 module\n\n"
        "Run 'go help mod init' for more information.\n"
    )


def _go_files(directory: str) -> list[str]:
    try:
        return sorted(
            e.name for e in os.scandir(directory) if e.name.endswith(".go") and e.is_file(follow_symlinks=False)
        )
    except OSError:
        return []


def _sub_dirs(directory: str) -> list[str]:
    try:
        return sorted(e.name for e in os.scandir(directory) if e.is_dir(follow_symlinks=False))
    except OSError:
        return []


def _import_comment(file: str) -> str:
    """The path in `package x // import "path"`, "" for none."""
    try:
        with open(file, "rb") as f:
            found = re.search(_IMPORT_COMMENT, f.read())
    except OSError:
        return ""
    if found is None:
        return ""
    try:
        return unquote(found[1].decode("utf-8", "surrogateescape"))
    except ValueError:
        return ""
