"""The shorter of a path and its form relative to the working directory, as messages show it.

Source: cmd/go/internal/base/path.go (ShortPath), go1.26.
"""

from __future__ import annotations

import os


def short_path(path: str, cwd: str) -> str:
    """path relative to cwd when that is shorter and names the same file (or neither exists), else path."""
    if not cwd or not os.path.isabs(path):
        return path  # what was said relative, say of -modfile, stays as it was said
    try:
        rel = os.path.relpath(path, cwd)
    except ValueError:  # another drive
        return path
    if len(rel) >= len(path):
        return path
    there = os.path.join(cwd, rel)
    try:
        same = os.path.samefile(there, path)
    except OSError:
        same = not os.path.exists(there) and not os.path.exists(path)
    return rel if same else path
