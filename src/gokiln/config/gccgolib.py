"""Which packages gccgo's own standard library has: it comes without sources, so its export data is looked for.

Source: internal/goroot/gc.go (gccgoDirs), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.lookpath import LookPathError, look_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_LIBRARIES = "libraries: ="


class GccgoLibrary:
    """The standard library of the gccgo that $GCCGO or PATH names; it is asked once, when first needed."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._dirs: list[str] | None = None

    def has(self, path: str) -> bool:
        """Whether the library has a package. When gccgo does not answer, every path without a dot counts."""
        if "." in path.partition("/")[0]:
            return False
        if path == "unsafe":
            return True
        if self._dirs is None:
            self._dirs = self._search_dirs()
        return not self._dirs or any(os.path.isfile(os.path.join(d, path) + ".gox") for d in self._dirs)

    def _search_dirs(self) -> list[str]:
        try:
            gccgo = look_path(self._environ.get("GCCGO") or "gccgo", self._environ)
            answers = [self._ask(gccgo, word) for word in ("-print-search-dirs", "-dumpversion", "-dumpmachine")]
        except (OSError, LookPathError):
            return []
        dirs, version, machine = answers
        lines = [line.removeprefix(_LIBRARIES) for line in dirs.split("\n") if line.startswith(_LIBRARIES)]
        found: list[str] = []
        last: list[str] = []
        for directory in lines[0].split(os.pathsep) if lines else ():
            own = os.path.join(directory, "go", version.strip())
            found += [d for d in (own, os.path.join(own, machine.strip())) if os.path.isdir(d)]
            if os.path.isdir(directory):
                last.append(directory)
        return found + last

    def _ask(self, gccgo: str, word: str) -> str:
        """One answer of gccgo's. Raises OSError also when it fails."""
        import subprocess

        done = subprocess.run(
            [gccgo, word], env=dict(self._environ), stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if done.returncode:
            raise OSError(f"{gccgo} {word}: exit status {done.returncode}")
        return os.fsdecode(done.stdout)
