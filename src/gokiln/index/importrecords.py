"""What the packages of module trees import: what `mod tidy`, `get` and `mod vendor` would read every file for.

One set of records is for any build tags, one for each set of tags that holds in a build.

A record holds for a directory of the module cache as long as no file came or went: nobody writes into files there,
and cmd/go's own index does not look at all. For any other (of GOROOT, or of a module on the local disk) it holds as
long as the names, sizes, times and inodes of its Go files are what they were. One small file for each tree (a module
version, GOROOT/src, a directory with a go.mod), under a directory of gokiln's own: deleting it loses nothing but time.

Format of a file: a first line `gokiln imports 2 <sha256 of the rest>`, then a line for each directory: its path in the
tree, its signature, imports, test imports, with tabs between and blanks within; imports "!" for a directory
without Go files that would be built.
"""

from __future__ import annotations

import hashlib
import os
import time

_HEAD = b"gokiln imports 2 "
_NO_GO = "!"
_RACY_NS = 2_000_000_000

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    Record = tuple[str, str, str]  # signature, imports, test imports
    Imports = tuple[list[str], list[str]]


class ImportRecords:
    """Records of trees, for one set of build tags. Not for several threads at once."""

    def __init__(
        self, directory: str, gomodcache: str, goroot_src: str, tags: str, other: ImportRecords | None = None
    ) -> None:
        """directory: where the records are kept. tags: what tells this set from others, "*" for any tags.

        other: a set for the same directories, to share what was found out about files with.
        """
        self._tags = tags
        self._signatures: dict[str, tuple[str, int]] = other._signatures if other is not None else {}
        self._directory = directory
        self._gomodcache = gomodcache.rstrip(os.sep) + os.sep
        self._goroot_src = goroot_src
        self._trees: dict[str, dict[str, Record]] = {}
        self._roots: dict[str, str] = other._roots if other is not None else {}  # of directories on the local disk
        self._valid: dict[str, Record | None] = {}
        self._fresh: set[str] = set()

    def get(self, directory: str) -> tuple[bool, Imports | None]:
        """(whether it is known, (imports, test imports) of the directory or None when nothing in it can be built)."""
        try:
            record = self._valid[directory]
        except KeyError:
            record = self._valid[directory] = self._find(directory)
        if record is None:
            return False, None
        return True, None if record[1] == _NO_GO else (record[1].split(), record[2].split())

    def has_go(self, directory: str) -> bool:
        """Whether Go files that could be built are known to lie in the directory."""
        try:
            record = self._valid[directory]
        except KeyError:
            record = self._valid[directory] = self._find(directory)
        return record is not None and record[1] != _NO_GO

    def _find(self, directory: str) -> Record | None:
        tree = self._tree_of(directory)
        if not tree:
            return None
        record = self._load(tree).get(directory[len(tree) :])
        if record is None or record[0] != self._signature(directory)[0]:
            return None
        return record

    def put(self, directory: str, found: tuple[Sequence[str], Sequence[str]] | None) -> None:
        """Remember what was found; None: no Go file that could be built."""
        tree = self._tree_of(directory)
        if not tree or "\t" in directory or "\n" in directory:
            return
        signature, newest = self._signature(directory)
        if not signature or time.time_ns() - newest < _RACY_NS:
            return
        imports, tests = (" ".join(found[0]), " ".join(found[1])) if found is not None else (_NO_GO, "")
        self._load(tree)[directory[len(tree) :]] = self._valid[directory] = (signature, imports, tests)
        self._fresh.add(tree)

    def save(self) -> None:
        """Write the records that are new; failing to is no failure of the command."""
        from gokiln.base.publish import publish

        for tree in self._fresh:
            lines = ["\t".join((name, *record)) for name, record in sorted(self._trees[tree].items())]
            body = "\n".join(lines).encode("utf-8", "surrogateescape")
            try:
                os.makedirs(self._directory, 0o777, exist_ok=True)
                publish(self._file(tree), _HEAD + hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            except OSError:
                break  # a full disk, or one that is read-only: the next command reads the sources again
        self._fresh.clear()

    # Places

    def _tree_of(self, directory: str) -> str:
        """The root of the tree a directory lies in, "" for one that is not ours to remember."""
        cache = self._gomodcache
        if directory.startswith(cache):
            at = directory.find("@", len(cache))
            if at < 0:
                return ""
            end = directory.find(os.sep, at)
            return directory if end < 0 else directory[:end]
        src = self._goroot_src
        return src if directory.startswith(src + os.sep) else self._local_root(directory)

    def _local_root(self, directory: str) -> str:
        """The nearest directory above (or the same) with a go.mod, "" for none."""
        root = self._roots.get(directory)
        if root is None:
            if os.path.exists(os.path.join(directory, "go.mod")):
                root = directory
            else:
                up = os.path.dirname(directory)
                root = self._local_root(up) if up != directory else ""
            self._roots[directory] = root
        return root

    def _file(self, tree: str) -> str:
        name = hashlib.sha256(f"{self._tags}\n{tree}".encode("utf-8", "surrogateescape")).hexdigest()
        return os.path.join(self._directory, name)

    def _load(self, tree: str) -> dict[str, Record]:
        known = self._trees.get(tree)
        if known is None:
            known = self._trees.setdefault(tree, self._read(tree))
        return known

    def _read(self, tree: str) -> dict[str, Record]:
        try:
            with open(self._file(tree), "rb", buffering=0) as file:
                data = file.read()
        except OSError:
            return {}
        head, _, body = data.partition(b"\n")
        if head != _HEAD + hashlib.sha256(body).hexdigest().encode():
            return {}
        found: dict[str, Record] = {}
        for line in body.decode("utf-8", "surrogateescape").split("\n"):
            parts = line.split("\t")
            if len(parts) == 4:
                found[parts[0]] = (parts[1], parts[2], parts[3])
        return found

    # Signatures

    def _signature(self, directory: str) -> tuple[str, int]:
        """(signature of a directory's Go files, the newest time among them); ("", 0) when it cannot be read."""
        known = self._signatures.get(directory)
        if known is not None:
            return known
        if directory.startswith(self._gomodcache):
            found = self._signatures[directory] = _directory_signature(directory)
            return found
        files: list[tuple[int, int, str, int, int, int]] = []
        try:
            with os.scandir(directory) as entries:
                for entry in entries:
                    name = entry.name
                    if name.endswith(".go"):
                        st = entry.stat()
                        files.append((st.st_mtime_ns, st.st_ctime_ns, name, st.st_ino, st.st_size, st.st_mode))
        except OSError:
            return "", 0
        files.sort()
        newest = max(files[-1][0], max([file[1] for file in files])) if files else 0
        digest = hashlib.sha256(repr(files).encode("ascii", "backslashreplace")).hexdigest()
        found = self._signatures[directory] = digest[:32], newest
        return found


def _directory_signature(directory: str) -> tuple[str, int]:
    try:
        st = os.stat(directory)
    except OSError:
        return "", 0
    return f"{st.st_ino}/{st.st_mtime_ns}/{st.st_ctime_ns}", max(st.st_mtime_ns, st.st_ctime_ns)
