"""Linking with -compiler=gccgo: gccgo as linker, ar for archives of C.

Source: gccgoToolchain.link, ldShared in cmd/go/internal/work/gccgo.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.errors import GokilnError, PlainError
from gokiln.tools import gccgo as words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder


class UnknownModeError(PlainError):
    """A build mode that gccgo has not: ends the command at once."""

    fatal = True


def link(builder: Builder, action: Action, target: str, members: Sequence[Action], mode: str, desc: str) -> None:
    """Link a program (or a shared library) from all it depends on. members: the actions whose languages count.

    mode: what the linker makes. desc: heading for what it prints. Raises GokilnError.
    """
    package, config, shell, gccgo = action.package, builder.config, builder.shell(action), builder.gccgo()
    assert package is not None
    parts = words.LinkParts()
    parts.fc = config.env.get("FC") or "gfortran"
    parts.user_ldflags = config.env_list("CGO_LDFLAGS", "")
    for about in (package, *(member.package for member in members)):
        if about is not None:
            parts.look_at(about)
    _collect(builder, action, parts, desc)
    build_id = builder.result(action).build_id
    flags = words.link_flags(parts, config.target.goos, gccgo.machine_args(), build_id)
    compiler = gccgo.compiler()
    own = words.mode_flags(mode, parts, config.target.goos, lambda: gccgo.compilers.no_pie([compiler]), build_id)
    if own is None:
        raise UnknownModeError(f"-buildmode={mode} not supported for gccgo")
    output = target + ".o" if mode == "c-archive" else target
    forced = [*config.mode.forced_gccgoflags, *package.gccgoflags]
    shell.run(".", desc, (), compiler, "-o", output, flags, own, forced)
    if mode == "c-archive":
        shell.run(".", desc, (), gccgo.ar_command(), gccgo.ar_options(), "rc", target, output)


def _collect(builder: Builder, action: Action, parts: words.LinkParts, desc: str) -> None:
    """The archives to link, and the shared libraries (-linkshared) that stand for those in them."""
    results = builder.queue.results
    own = os.path.basename(results[action].target)
    libraries: set[str] = set()
    if builder.config.flags.linkshared:
        paths = [dep.package.shlib for dep in action.deps if dep.package is not None and dep.package.shlib]
        libraries = {os.path.basename(path) for path in paths} - {own}
    count = 0
    for dep in action.deps:
        package = dep.package
        if package is not None and package.shlib and os.path.basename(package.shlib) in libraries:
            continue
        if os.path.basename(dep.target) in libraries:
            if dep.target not in parts.libraries:
                parts.libraries.append(dep.target)
        elif package is not None:
            archive = results[dep].built
            if package.uses_cgo() or package.uses_swig():
                count += 1
                copy = f"{action.objdir}_pkg{count}_.a"
                try:
                    archive = _without_cgo_flags(builder, action, archive, copy, parts, desc)
                except (GokilnError, OSError):
                    continue
            parts.archives.append(archive)


def _without_cgo_flags(
    builder: Builder, action: Action, archive: str, copy: str, parts: words.LinkParts, desc: str
) -> str:
    """A copy of a cgo package's archive without the file that has its linker flags, which go into parts."""
    shell, gccgo = builder.shell(action), builder.gccgo()
    ar = [*gccgo.ar_command(), *gccgo.ar_options()]
    shell.copy_file(copy, archive, 0o666, False)
    if builder.shared.show:
        shell.show_cmd("", f"ar d {copy} _cgo_flags")
        if builder.shared.only_show:
            return ""
    shell.run(action.objdir, desc, (), ar, "x", copy, "_cgo_flags")
    shell.run(".", desc, (), ar, "d", copy, "_cgo_flags")
    with open(os.path.join(action.objdir, "_cgo_flags"), encoding="utf-8", errors="surrogateescape") as file:
        parts.ldflags += words.cgo_ldflags(file.read())
    return copy
