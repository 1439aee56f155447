"""The FIPS 140 code that is built in, once it is known and at hand: a value of the configuration.

Source: cmd/go/internal/fips140/fips140.go (Enabled, Snapshot, Dir, ResolveImport), go1.26.
"""

from __future__ import annotations

import os

FIPS = "crypto/internal/fips140"


class Fips140:
    """version: "off", "latest" or a snapshot's ("v1.26.0"). dir: a snapshot's crypto/internal/fips140, else ""."""

    __slots__ = ("dir", "version")

    def __init__(self, version: str = "off", dir: str = "") -> None:
        self.version = version
        self.dir = dir

    @property
    def enabled(self) -> bool:
        """Whether GOFIPS140 is set to anything but "off"."""
        return self.version != "off"

    def resolve_import(self, path: str) -> tuple[str, str] | None:
        """(import path, directory) of what `path` means with a snapshot; None where that changes nothing."""
        if not self.dir or not path.startswith(FIPS) or path[len(FIPS) : len(FIPS) + 1] not in ("", "/"):
            return None
        root = f"{FIPS}/{self.version}"
        sub = path[len(root) :] if path == root or path.startswith(root + "/") else path[len(FIPS) :]
        return root + sub, os.path.join(self.dir, self.version) + sub.replace("/", os.sep)

    def holds(self, directory: str) -> bool:
        """Whether a directory is part of the snapshot."""
        return bool(self.dir) and (directory == self.dir or directory.startswith(self.dir + os.sep))
