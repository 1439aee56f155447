"""go.sum: `module version hash` lines, and their order when written.

A version with the suffix "/go.mod" names the hash of the go.mod file alone. One module may have several
hashes (of several algorithms, or because of a mistake someone has to look at).

Source: cmd/go/internal/modfetch/fetch.go (readGoSum, tidyGoSum), go1.26.
"""

from __future__ import annotations

from gokiln.errors import PlainError
from gokiln.golang import modpath
from gokiln.golang.space import fields
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Mapping

    Sums = dict[ModVersion, list[str]]

# The hash of a tree of one empty go.mod: an old bug wrote it for what is no module. It is dropped.
EMPTY_GO_MOD_HASH = "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY="


class SumFileError(PlainError):
    """A line of go.sum has not three fields. Its text is the whole message, newline at the end included."""

    def __init__(self, file: str, line: int, count: int) -> None:
        self.file = file
        self.line = line
        super().__init__(f"malformed go.sum:\n{file}:{line}: wrong number of fields {count}\n")


def parse_sums(name: str, data: bytes, sums: Sums | None = None, *, lenient: bool = False) -> Sums:
    """The hashes in go.sum, added to `sums`. name: as shown in errors.

    lenient: skip malformed lines, as `mod tidy` does to repair them. Raises SumFileError otherwise.
    """
    found: Sums = {} if sums is None else sums
    for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), 1):
        words = fields(line)
        if len(words) != 3:
            if not words or lenient:
                continue
            raise SumFileError(name, number, len(words))
        path, version, digest = words
        if digest != EMPTY_GO_MOD_HASH:
            found.setdefault(ModVersion(path, version), []).append(digest)
    return found


def format_sums(sums: Mapping[ModVersion, list[str]], keep: Callable[[ModVersion, str], bool] | None = None) -> bytes:
    """go.sum text: modules sorted by path and version, each hash once, sorted; only those that `keep` accepts."""
    lines: list[str] = []
    for mod in sorted(sums, key=modpath.sort_key):
        for digest in sorted(set(sums[mod])):
            if keep is None or keep(mod, digest):
                lines.append(f"{mod.path} {mod.version} {digest}\n")
    return "".join(lines).encode("utf-8", "surrogateescape")
