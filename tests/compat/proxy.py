"""A module proxy on disk, made from a few lines of text: GOPROXY=file://... for tests that must not use the network."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

Files = Mapping[str, str]


def escape(text: str) -> str:
    """Upper case as !lower, as in file names of a proxy."""
    return "".join("!" + c.lower() if c.isupper() else c for c in text)


class Proxy:
    """The tree of a file:// proxy. Times of versions count up from 2024 in the order they are added."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.count = 0

    @property
    def url(self) -> str:
        """What GOPROXY is to be."""
        return self.root.as_uri()

    def add(self, module: str, files: Files, *, go_mod: str | None = None) -> None:
        """Add `path@version`. files: content by name; a go.mod is made up unless given here or as go_mod."""
        path, version = module.split("@")
        text = files.get("go.mod", go_mod if go_mod is not None else f"module {path}\n\ngo 1.21\n")
        folder = self.root / escape(path) / "@v"
        folder.mkdir(parents=True, exist_ok=True)
        self.count += 1
        name = escape(version)
        info = {"Version": version, "Time": f"2024-01-{self.count:02}T00:00:00Z"}
        (folder / f"{name}.info").write_text(json.dumps(info))
        (folder / f"{name}.mod").write_text(text)
        (folder / f"{name}.zip").write_bytes(self._zip(module, {"go.mod": text, **files}))
        listed = folder / "list"
        known = listed.read_text().split() if listed.exists() else []
        listed.write_text("".join(f"{v}\n" for v in [*known, version]))

    def _zip(self, module: str, files: Files) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, text in files.items():
                archive.writestr(zipfile.ZipInfo(f"{module}/{name}"), text)
        return out.getvalue()


def write_tree(root: Path, files: Files) -> None:
    """Write files, by their names relative to root."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
