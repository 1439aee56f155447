"""go.mod and go.work files as the JSON that `mod edit -json` and `work edit -json` print.

Until go1.26 empty lists are printed as null; from go1.27 on they are left out, and go.work shows all of its lines.
Source: cmd/go/internal/modcmd/edit.go, cmd/go/internal/workcmd/edit.go, go1.26 and go1.27.
"""

from __future__ import annotations

from gokiln.base import gojson

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gokiln.modules.modfile.rule import File
    from gokiln.modules.modfile.work import WorkFile
    from gokiln.modules.version import ModVersion

_EMPTY_OMITTED_SINCE = 27  # minor release


def mod_json(f: File, minor: int) -> bytes:
    """The JSON text of a go.mod file, with its newline. minor: 26 for go1.26."""
    module: dict[str, Any] = {"Path": f.module.mod.path if f.module else ""}
    if f.module and f.module.deprecated:
        module["Deprecated"] = f.module.deprecated
    value: dict[str, Any] = {"Module": module}
    if f.go and f.go.version:
        value["Go"] = f.go.version
    if f.toolchain and f.toolchain.name:
        value["Toolchain"] = f.toolchain.name
    if f.godebug:
        value["GoDebug"] = [{"Key": g.key, "Value": g.value} for g in f.godebug]
    value["Require"] = [
        {"Path": r.mod.path, "Version": r.mod.version} | ({"Indirect": True} if r.indirect else {}) for r in f.require
    ]
    value["Exclude"] = [_version(x.mod) for x in f.exclude]
    value["Replace"] = [{"Old": _version(r.old), "New": _version(r.new)} for r in f.replace]
    value["Retract"] = [_nonempty({"Low": r.low, "High": r.high, "Rationale": r.rationale}) for r in f.retract]
    value["Tool"] = [{"Path": t.path} for t in f.tool]
    value["Ignore"] = [{"Path": i.path} for i in f.ignore]
    return _text(value, minor)


def work_json(f: WorkFile, minor: int) -> bytes:
    """The JSON text of a go.work file, with its newline. minor: 26 for go1.26."""
    value: dict[str, Any] = {"Go": f.go.version} if f.go and f.go.version else {}
    if minor >= _EMPTY_OMITTED_SINCE:
        if f.toolchain and f.toolchain.name:
            value["Toolchain"] = f.toolchain.name
        value["Godebug"] = [{"Key": g.key, "Value": g.value} for g in f.godebug]
    value["Use"] = [{"DiskPath": u.path} | ({"ModPath": u.module_path} if u.module_path else {}) for u in f.use]
    value["Replace"] = [{"Old": _version(r.old), "New": _version(r.new)} for r in f.replace]
    return _text(value, minor)


def _version(mod: ModVersion) -> dict[str, Any]:
    return {"Path": mod.path, "Version": mod.version} if mod.version else {"Path": mod.path}


def _nonempty(value: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in value.items() if v}


def _text(value: dict[str, Any], minor: int) -> bytes:
    """Before go1.27 an empty list, which was never made in Go, prints as null."""
    if minor >= _EMPTY_OMITTED_SINCE:
        value = {k: v for k, v in value.items() if v != []}
    else:
        value = {k: (None if v == [] else v) for k, v in value.items()}
    return (gojson.encode(value) + "\n").encode("utf-8", "surrogateescape")
