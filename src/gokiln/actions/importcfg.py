"""The small files that tell compiler and linker where things are: importcfg, embedcfg, importcfg.link.

Source: Builder.build and writeLinkImportcfg in cmd/go/internal/work/exec.go; ModInfoData in modload/build.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.quote import go_quote_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gokiln.actions.action import Action
    from gokiln.packages.package import Package

# The build information of a program stands between two marks (cmd/go/internal/modload/build.go).
INFO_START = bytes.fromhex("3077af0c9274080241e1c107e6d618e6")
INFO_END = bytes.fromhex("f932433186182072008242104116d8f2")


def import_config(package: Package, deps: Iterable[Action], built: Callable[[Action], str]) -> bytes:
    """What the compiler may import: renamed paths, then the archive of each direct dependency.

    built: the file an action made, "" for none.
    """
    lines = ["# import config\n"]  # never empty: the compiler would take that for no configuration at all
    for raw, final in zip(package.raw_imports, package.imports):
        if final != raw:
            lines.append(f"importmap {raw}={final}\n")
    for dep in deps:
        if dep.package is not None and dep.package.import_path:
            file = built(dep)
            if file:
                lines.append(f"packagefile {dep.package.import_path}={file}\n")
    return "".join(lines).encode("utf-8", "surrogateescape")


def embed_config(package: Package, actual: Callable[[str], str]) -> bytes | None:
    """Which files each //go:embed pattern stands for, as JSON; None for a package that embeds nothing.

    actual: the file that holds a path's content (an overlay may replace it).
    """
    if not package.embed:
        return None
    from gokiln.base.gojson import encode

    patterns = {pattern: package.embed[pattern] for pattern in sorted(package.embed)}
    files = {name: actual(os.path.join(package.dir, name)) for name in sorted(package.embed_files)}
    return encode({"Patterns": patterns, "Files": files}).encode("utf-8", "surrogateescape")


def modinfo_data(build_info: str) -> bytes:
    """The build information between the marks by which it is found in a program."""
    return INFO_START + build_info.encode("utf-8", "surrogateescape") + INFO_END


def link_config(package: Package, deps: Iterable[Action], built: Callable[[Action], str]) -> bytes:
    """What the linker links: the archive of every package, the library it is in, and the build information."""
    lines = []
    for dep in deps:
        if dep.package is not None:
            lines.append(f"packagefile {dep.package.import_path}={built(dep)}\n")
            if dep.package.shlib:
                lines.append(f"packageshlib {dep.package.import_path}={dep.package.shlib}\n")
    lines.append(f"modinfo {go_quote_bytes(modinfo_data(package.build_info))}\n")
    return "".join(lines).encode("utf-8", "surrogateescape")
