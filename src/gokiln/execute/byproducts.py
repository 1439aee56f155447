"""Generated files of a package in the build cache, each under a sub-key of the package's action ID.

cgo, SWIG and coverage make source files beside the archive; vet and `list -compiled` want them even when the archive
comes out of the cache. Entry `srcfiles` lists the files given to the Go tools, one a line, `./` before those of the
package's own directory. Source: cacheObjdirFile, cacheSrcFiles, loadCachedCompiledGoFiles in
cmd/go/internal/work/exec.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.execute.report import StepError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder


def find_objdir_file(builder: Builder, action: Action, name: str) -> str:
    """A generated file of an action in the build cache, "" if it is not there."""
    found = builder.store.get_file(builder.subkey(builder.result(action).action_id, name))
    return found[0] if found is not None else ""


def load_objdir_file(builder: Builder, action: Action, name: str) -> bool:
    """Copy a generated file from the build cache into the action's directory; whether it was there."""
    path = find_objdir_file(builder, action, name)
    if not path:
        return False
    try:
        builder.shell(action).copy_file(action.objdir + name, path, 0o666, True)
    except StepError:
        if os.path.exists(path):
            raise
        return False  # trimmed in this very moment
    return True


def store_objdir_file(builder: Builder, action: Action, name: str) -> bool:
    """Store a generated file of an action in the build cache; False if there is no such file."""
    path = action.objdir + name
    if builder.config.flags.n or not os.path.exists(path):
        return False
    builder.store.put_file(builder.subkey(builder.result(action).action_id, name), path)
    return True


def store_source_files(builder: Builder, action: Action, names: list[str]) -> None:
    """Store the list of files given to the Go tools, and those of them that were generated."""
    lines = []
    for name in names:
        if not name.startswith(action.objdir):
            lines.append(f"./{name}\n")
            continue
        name = name[len(action.objdir) :]
        lines.append(name + "\n")
        if not store_objdir_file(builder, action, name):
            return
    data = "".join(lines).encode("utf-8", "surrogateescape")
    builder.store.put_bytes(builder.subkey(builder.result(action).action_id, "srcfiles"), data)


def load_compiled_go_files(builder: Builder, action: Action) -> bool:
    """Set the package's compiled_go_files from the stored list; False if that, or a file of it, is not there."""
    found = builder.store.get_bytes(builder.subkey(builder.result(action).action_id, "srcfiles"))
    if found is None:
        return False
    files = []
    for name in found[0].decode("utf-8", "surrogateescape").split("\n"):
        if not name.endswith(".go"):
            continue
        if name.startswith("./"):
            files.append(name[2:])
            continue
        path = find_objdir_file(builder, action, name)
        if not path:
            return False
        files.append(path)
    assert action.package is not None
    action.package.compiled_go_files = files
    return True
