"""A quick look at what a go.mod file calls its module, without parsing it (load.goModPath).

Source: cmd/go/internal/load/pkg.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.quote import unquote


def root_module_path(directory: str) -> str:
    """The module path in a directory's go.mod; "" when there is none."""
    try:
        with open(os.path.join(directory, "go.mod"), "rb") as file:
            return module_path(file.read())
    except OSError:
        return ""


def module_path(data: bytes) -> str:
    """The module path in go.mod text; "" when none is found."""
    _, found, rest = (b"\n" + data).partition(b"\nmodule ")
    if not found:
        return ""
    line = rest.partition(b"\n")[0].removesuffix(b"\r")
    path = line.decode("utf-8", "surrogateescape").strip()  # a comment stays: cmd/go then knows no path either
    if path.startswith('"'):
        try:
            return unquote(path)
        except ValueError:
            return ""
    return path
