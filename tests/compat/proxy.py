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

    def file(self, module: str, extension: str) -> Path:
        """Where `path@version` has its info, mod or zip."""
        path, version = module.split("@")
        return self.root / escape(path) / "@v" / f"{escape(version)}.{extension}"

    def add(
        self, module: str, files: Files, *, go_mod: str | None = None, in_zip: bool = True, listed: bool = True
    ) -> None:
        """Add `path@version`. files: content by name; a go.mod is made up unless given here or as go_mod.

        in_zip: whether the zip has a go.mod too (versions from before modules have none); listed: whether the version
        stands in the list of versions (pseudo-versions do not).
        """
        path, version = module.split("@")
        text = files.get("go.mod", go_mod if go_mod is not None else f"module {path}\n\ngo 1.21\n")
        self.count += 1
        info_file = self.file(module, "info")
        info_file.parent.mkdir(parents=True, exist_ok=True)
        month, day = divmod(self.count - 1, 28)
        info = {"Version": version, "Time": f"2024-{1 + month:02}-{1 + day:02}T00:00:00Z"}
        info_file.write_text(json.dumps(info))
        self.file(module, "mod").write_text(text)
        self.file(module, "zip").write_bytes(self._zip(module, {**({"go.mod": text} if in_zip else {}), **files}))
        known = info_file.parent / "list"
        before = known.read_text() if known.exists() else ""
        known.write_text(before + (f"{version}\n" if listed else ""))

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
