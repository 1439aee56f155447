"""The cover step: instrumented copies of a package's sources.

Source: runCover, cover, writeCoverPkgInputs in cmd/go/internal/work/exec.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.execute.byproducts import store_objdir_file
from gokiln.execute.providers import Covered, cover_meta_file, needed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder, Work


def cover(builder: Builder, action: Action) -> Work:
    """Instrument the package's files, if something of it has to be made."""
    if needed(builder, action) == 0:
        return None
    return lambda: _cover(builder, action)


def _cover(builder: Builder, action: Action) -> None:
    package, shell, objdir = action.package, builder.shell(action), action.objdir
    assert package is not None
    shell.mkdir(objdir)
    go_files, cgo_files = list(package.go_files), list(package.cgo_files)
    sources: list[str] = []
    copies: list[str] = []
    for names in (go_files, cgo_files):
        for i, name in enumerate(names):
            if name.endswith("_test.go"):
                continue  # tests are not covered
            copy = objdir + name.removesuffix(".go") + ".cover.go"
            sources.append(os.path.join(package.dir, name))
            copies.append(copy)
            names[i] = copy
    if sources:
        variables = _run_cover(builder, action, sources, copies)
        go_files.insert(0, variables)
        meta = cover_meta_file(package)
        if meta:
            about = action.about
            assert about is not None
            store_objdir_file(builder, about.deps[0] if about.mode == "build-install" else about, meta)
    builder.result(action).provider = Covered(go_files, cgo_files)


def _run_cover(builder: Builder, action: Action, sources: list[str], copies: list[str]) -> str:
    """Run the cover tool; the Go file with the counters, which stands first among the sources."""
    import hashlib

    package, shell, config = action.package, builder.shell(action), builder.config
    assert package is not None
    objdir = action.objdir
    variables = os.path.join(os.path.dirname(copies[0]), "covervars.go")
    outputs = [variables, *copies]
    shell.write_file(objdir + "pkgcfg.txt", _package_config(action))
    listing = "".join(path + "\n" for path in outputs)
    shell.write_file(objdir + "coveroutfiles.txt", listing.encode("utf-8", "surrogateescape"))
    # Part of a hash keeps the counters' names apart from the user's.
    tag = hashlib.sha256(package.import_path.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    words = [config.toolchain.tool("cover"), "-pkgcfg", objdir + "pkgcfg.txt", "-mode", package.cover.mode]
    words += ["-var", f"goCover_{tag}_", "-outfilelist", objdir + "coveroutfiles.txt", *sources]
    shell.run(objdir, "", (), config.flags.toolexec, words)
    return variables


def _package_config(action: Action) -> bytes:
    """What the cover tool is told of the package (covcmd.CoverPkgConfig as JSON)."""
    from gokiln.base.gojson import encode

    package = action.package
    assert package is not None
    package.cover.cfg = action.objdir + "coveragecfg"
    meta = cover_meta_file(package)
    config = {
        "OutConfig": package.cover.cfg,
        "PkgPath": package.import_path,
        "PkgName": package.name,
        "Granularity": "perblock",
        "ModulePath": package.module.path if package.module is not None else "",
        "Local": package.local,
        "EmitMetaFile": action.objdir + meta if meta else "",
    }
    return (encode(config, indent="") + "\n").encode("utf-8", "surrogateescape")
