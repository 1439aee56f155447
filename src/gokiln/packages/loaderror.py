"""Putting on a package what is wrong with it, with the way of imports that led there.

The first error stays; only a package that is met again on a shorter way shows that way instead.

Source: cmd/go/internal/load/pkg.go (setLoadPackageDataError, setError in load, reusePackage), go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError, find_error
from gokiln.packages.error import BuildNoGoError, ImportStack, PackageError, ScanListError
from gokiln.packages.package import NoGoError, Package

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.golang.position import Position


def set_load_error(
    p: Package,
    err: BaseException,
    path: str,
    stack: ImportStack,
    import_pos: Sequence[Position] | None,
    short: Callable[[str], str],
) -> None:
    """Put an error of reading the package on it, in the form that says most (setLoadPackageDataError).

    path: as it was asked for. import_pos: where the importer names it. short: a path as messages show it.
    """
    match = getattr(err, "match", None)
    if match is not None and match.pattern == path and match.is_literal():
        inner = getattr(err, "err", None)
        err = inner if isinstance(inner, BaseException) else err
    no_go = find_error(err, BuildNoGoError)
    if no_go is not None:
        p.dir = p.dir or no_go.directory
        err = NoGoError(p)
    pos = ""
    scan = err if isinstance(err, ScanListError) else None
    if scan is not None:
        where = PackageError(scan.message)
        where.set_pos([scan.pos], short)
        pos, err = where.pos, GokilnError(scan.message)
    push = match is None and (no_go is not None or scan is not None)
    if push:
        stack.push(path, import_pos)
    _put(p, PackageError(err, stack.copy(), pos=pos), path, stack, import_pos, short)
    if push:
        stack.pop()


def unloadable(
    path: str,
    err: BaseException,
    stack: ImportStack,
    import_pos: Sequence[Position] | None,
    short: Callable[[str], str],
) -> Package:
    """A package for an import path that cannot be one, to carry the error."""
    p = Package()
    p.import_path = path
    p.incomplete = True
    push = getattr(err, "import_path", None) != path
    if push:
        stack.push(path, import_pos)
    set_load_error(p, err, path, stack, None, short)
    if push:
        stack.pop()
    return p


def set_error(
    p: Package,
    err: BaseException | str,
    path: str,
    stack: ImportStack,
    import_pos: Sequence[Position] | None,
    short: Callable[[str], str],
) -> None:
    """Put an error on the package unless it has one (load.Package.setError). short: a path as messages show it."""
    if p.error is None:
        _put(p, PackageError(err, stack.copy()), path, stack, import_pos, short)


def _put(
    p: Package,
    error: PackageError,
    path: str,
    stack: ImportStack,
    import_pos: Sequence[Position] | None,
    short: Callable[[str], str],
) -> None:
    """Make it the package's error; the importing position counts while the package is not on the stack itself."""
    p.error = error
    p.incomplete = True
    if stack and stack[-1].pkg != path:
        error.set_pos(import_pos, short)


def note_reuse(
    p: Package, unfinished: bool, path: str, stack: ImportStack, import_pos: Sequence[Position] | None
) -> None:
    """Note a cycle when the package is still being loaded; keep the shortest way to its error."""
    if not unfinished and p.error is None:
        return
    stack.push(path, import_pos)
    if unfinished:
        if p.error is None:
            p.error = PackageError("import cycle not allowed", stack.copy(), is_import_cycle=True)
        else:
            p.error.is_import_cycle = True
        p.incomplete = True
    err = p.error
    shown = err.import_stack.packages() if err is not None and not err.is_import_cycle else []
    if err is not None and shown and stack.shorter_than(shown):
        err.import_stack = stack.copy()
    stack.pop()
