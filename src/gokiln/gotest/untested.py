"""Coverage of packages without tests: none of their statements ran, but they count.

Source: BuildActionCoverMetaFile, WriteCoveragePercent, WriteCoverageProfile, WriteCoverMetaFilesFile in
cmd/go/internal/work/cover.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.gojson import encode
from gokiln.execute.providers import cover_meta_file
from gokiln.execute.report import StepError
from gokiln.golang.covmeta import MetaDataError, percent_text, profile_text, read_meta

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder
    from gokiln.gotest.state import Session
    from gokiln.packages.package import Package

_OWN_GO_SINCE = 26  # minor release that shows the go command of its GOROOT; before, that of PATH
META_FILES = "metafiles.txt"  # coverage.MetaFilesFileName


def untested_coverage(session: Session, action: Action, package: Package, say: Callable[[str], None]) -> bool:
    """Say that nothing of the package is covered, and add that to the profile; False if it has no functions.

    say: where the line goes. Raises StepError.
    """
    path = _meta_file(action, package)
    flags, profile = session.config.flags, action.objdir + "_cover_.out"
    textfmt = ["textfmt", "-i", os.path.dirname(path), "-o", profile]
    if flags.x or flags.n:
        # This is what the go command runs; the little it does here we do ourselves.
        _show(session, action, ["percent", "-i", os.path.dirname(path)])
    if flags.n:
        if session.flags.text("coverprofile"):
            _show(session, action, textfmt)
        return True
    try:
        with open(path, "rb") as file:
            data = file.read()
        if not data:
            return False
        mode, packages = read_meta(data)
    except OSError as err:
        from gokiln.base.oserror import os_error_text

        raise StepError(os_error_text(err)) from err
    except MetaDataError as err:
        raise StepError(f"{path}: {err}") from err
    say(percent_text(packages))
    if session.profile is not None:
        if flags.x:
            _show(session, action, textfmt)
        with open(profile, "wb") as out:
            out.write(profile_text(mode, packages).encode("utf-8", "surrogateescape"))
        session.profile.merge(profile)
    return True


def _show(session: Session, action: Action, words: list[str]) -> None:
    toolchain = session.config.toolchain
    go = os.path.join(toolchain.goroot, "bin", "go") if toolchain.release.minor >= _OWN_GO_SINCE else "go"
    session.builder.shell(action).show_cmd(action.objdir, " ".join([go, "tool", "covdata", *words]))


def _meta_file(action: Action, package: Package) -> str:
    """The meta-data file that the package's build wrote. Raises StepError."""
    for dep in action.deps[0].deps:
        if dep.mode == "build" and dep.package is not None and dep.package.import_path == package.import_path:
            return dep.objdir + cover_meta_file(package)
    raise StepError(f"internal error: unable to locate build action for package {package.import_path!r} run action")


def write_meta_files(builder: Builder, action: Action) -> None:
    """Write the list of all covered packages' meta-data files, which every test program reads."""
    paths: list[str] = []
    files: list[str] = []
    for dep in action.deps:
        assert dep.package is not None
        name = cover_meta_file(dep.package)
        file = dep.objdir + name
        try:
            if not name or os.stat(file).st_size == 0:
                continue
        except OSError:
            continue
        paths.append(dep.package.import_path)
        files.append(file)
    shell = builder.shell(action)
    shell.mkdir(action.objdir)
    known = {"ImportPaths": paths or None, "MetaFileFragments": files or None}
    shell.write_file(action.objdir + META_FILES, (encode(known, indent="") + "\n").encode("utf-8", "surrogateescape"))
