"""Packages and modules as `list -json` shows them: Go's field names, in Go's order, empty ones left out.

Source: cmd/go/internal/load/pkg.go (PackagePublic), cmd/go/internal/modinfo/info.go, go1.26.
"""

from __future__ import annotations

from gokiln.modules.version import ModulePublic
from gokiln.packages.package import PUBLIC_FIELDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from gokiln.packages.package import Package

MODULE_FIELDS = (
    ("path", "Path"),
    ("version", "Version"),
    ("query", "Query"),
    ("versions", "Versions"),
    ("replace", "Replace"),
    ("time", "Time"),
    ("update", "Update"),
    ("main", "Main"),
    ("indirect", "Indirect"),
    ("dir", "Dir"),
    ("go_mod", "GoMod"),
    ("go_version", "GoVersion"),
    ("retracted", "Retracted"),
    ("deprecated", "Deprecated"),
    ("error", "Error"),
    ("sum", "Sum"),
    ("go_mod_sum", "GoModSum"),
    ("origin", "Origin"),
    ("reuse", "Reuse"),
)


def package_json(p: Package, fields: Collection[str] = ()) -> dict[str, object]:
    """The package as a JSON object. fields: the names wanted, none for all."""
    out: dict[str, object] = {}
    for slot, name, kind in PUBLIC_FIELDS:
        if fields and name not in fields:
            continue
        value = getattr(p, slot)
        if kind == "m":
            value = {key: value[key] for key in sorted(value)}
        elif kind == "o" and value is not None:
            value = module_json(value) if slot == "module" else value.as_json()
        elif slot == "deps_errors":
            value = [err.as_json() for err in value]
        if value:
            out[name] = value
    return out


def module_json(m: ModulePublic, fields: Collection[str] = ()) -> dict[str, object]:
    """The module as a JSON object. fields: the names wanted, none for all."""
    out: dict[str, object] = {}
    for slot, name in MODULE_FIELDS:
        if fields and name not in fields:
            continue
        value = getattr(m, slot)
        if isinstance(value, ModulePublic):
            value = module_json(value)
        elif slot == "error" and value is not None:
            out[name] = {"Err": value}
            continue
        elif slot == "origin" and value:
            from gokiln.modules.fetch.revinfo import in_order

            value = in_order(value)
        if value:
            out[name] = value
    return out


def module_string(m: ModulePublic) -> str:
    """The module as `list -m` shows it without -f (ModulePublic.String)."""
    text = m.path
    if m.version:
        text += " " + _version_string(m)
        if m.update is not None:
            text += f" [{_version_string(m.update)}]"
    if m.deprecated:
        text += " (deprecated)"
    if m.replace is not None:
        text += " => " + m.replace.path
        if m.replace.version:
            text += " " + _version_string(m.replace)
            if m.replace.update is not None:
                text += f" [{_version_string(m.replace.update)}]"
        if m.replace.deprecated:
            text += " (deprecated)"
    return text


def _version_string(m: ModulePublic) -> str:
    return m.version + " (retracted)" if m.retracted else m.version
