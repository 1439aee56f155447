"""Extracted module trees held against their hashes, file by file, as a build reads them.

cmd/go hashes a module once, when it downloads the zip; what happens to the extracted files later goes into the
programs. Here each source file that is read from a module's tree must be known to belong there (index/trees.py).
When it is not, the whole tree is hashed: right, and everything in it is known from then on; wrong, and the tree is
extracted again from its zip, which is fetched again if that is damaged too.

The toolchain module's trees are left alone (go itself renames files in them), and so is golang.org/fips140's,
which comes out of GOROOT and has no recorded hash.
"""

from __future__ import annotations

import os
import threading

from gokiln.base.oserror import os_error_text
from gokiln.errors import FatalError, GokilnError
from gokiln.events import Warn
from gokiln.golang.dirhash import DirHashError, hash1
from gokiln.index.trees import KnownTrees, dir_sentence, file_sentence
from gokiln.modules.version import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gokiln.events import Sink
    from gokiln.modules.version import ModVersion

_EXEMPT = ("golang.org/toolchain", "golang.org/fips140")


class TreeGuard:
    """Checks what is read below the module cache.

    root: GOMODCACHE. expected(mod): the h1: hash of a module, "" if none is known. mend(mod): extract the tree again;
    raises GokilnError. May be used from any thread.
    """

    def __init__(
        self,
        root: str,
        known: KnownTrees,
        expected: Callable[[ModVersion], str],
        mend: Callable[[ModVersion], None],
        sink: Sink,
    ) -> None:
        self._root = root.rstrip(os.sep) + os.sep
        self._known = known
        self._expected = expected
        self._mend = mend
        self._sink = sink
        self._lock = threading.RLock()
        self._mods: dict[str, ModVersion] = {}
        self._hashed: set[str] = set()  # trees that this process has hashed as a whole
        self._mended: set[str] = set()

    def add(self, tree: str, mod: ModVersion) -> None:
        """From now on, files in this directory must be those of mod."""
        if mod[0] not in _EXEMPT and tree.startswith(self._root):
            self._mods[tree] = mod

    def _tree_of(self, path: str) -> str:
        """The guarded tree that a path lies in, "" for none."""
        if not path.startswith(self._root):
            return ""
        at = path.find("@", len(self._root))
        if at < 0:
            return ""
        end = path.find(os.sep, at)
        tree = path if end < 0 else path[:end]
        return tree if tree in self._mods else ""

    def file_is_right(self, path: str, digest: bytes) -> bool:
        """Whether a file with this SHA-256 (32 bytes) may be used. False: the tree was mended, read it again (once:
        that it comes out of a zip with the right hash is all there is to know).

        Raises FatalError when the tree is damaged and cannot be had again.
        """
        tree = self._tree_of(path)
        if not tree:
            return True
        return self._is_right(tree, file_sentence(path[len(self._root) :], digest), path)

    def dir_is_right(self, path: str, files: Iterable[str], dirs: Iterable[str]) -> bool:
        """The same for a directory's names; one that is not there at all has none."""
        tree = self._tree_of(path)
        if not tree:
            return True
        return self._is_right(tree, dir_sentence(path[len(self._root) :], files, dirs), path)

    def _is_right(self, tree: str, sentence: int, path: str) -> bool:
        if self._known.holds(sentence):
            return True
        with self._lock:
            if self._known.holds(sentence):
                return True
            problem = ""
            if tree not in self._hashed:
                self._hashed.add(tree)
                problem = self._hash(tree)
                if not problem and (self._known.holds(sentence) or not self._expected(self._mods[tree])):
                    return True
            if tree not in self._mended:  # else the file was read before another thread had the tree mended
                self._mend_tree(tree, problem or f"{path} changed while it was being read")
            return False

    def _hash(self, tree: str) -> str:
        """Hash a whole tree and remember its files if it is right; what is wrong with it, or ""."""
        mod = self._mods[tree]
        expected = self._expected(mod)
        if not expected:
            return ""
        try:
            sentences, found = survey(tree, tree[len(self._root) :], show(mod))
        except OSError as err:
            return os_error_text(err)
        except DirHashError as err:
            return str(err)
        if found != expected:
            return f"its hash is {found}, not {expected}"
        self._known.learn(sentences)
        return ""

    def _mend_tree(self, tree: str, problem: str) -> None:
        mod = self._mods[tree]
        self._mended.add(tree)
        self._sink.tell(Warn(f"module tree {tree} is damaged ({problem}); extracting it again"))
        try:
            self._mend(mod)
        except GokilnError as err:
            text = f"go: {show(mod)}: files in {tree} are damaged ({problem}) and cannot be had again: {err}"
            raise FatalError(f"{text}\n\tto fetch the module anew, run 'go clean -modcache' with GOPROXY set") from err
        self._hash(tree)


def survey(tree: str, name: str, prefix: str) -> tuple[list[int], str]:
    """Read a whole tree: the sentences that are true of it, and its h1: hash.

    name: of the tree below the module cache. prefix: `path@version` as in the zip, unescaped. Raises OSError,
    DirHashError.
    """
    import hashlib

    sentences: list[int] = []
    digests: dict[str, str] = {}
    stack = [""]
    while stack:
        inner = stack.pop()
        files: list[str] = []
        dirs: list[str] = []
        with os.scandir(tree + inner) as entries:
            for entry in entries:
                (dirs if entry.is_dir(follow_symlinks=False) else files).append(entry.name)
        sentences.append(dir_sentence(name + inner, files, dirs))
        stack += [f"{inner}{os.sep}{one}" for one in dirs]
        for one in files:
            path = f"{inner}{os.sep}{one}"
            with open(tree + path, "rb", buffering=0) as file:
                digest = hashlib.sha256(file.read())
            sentences.append(file_sentence(name + path, digest.digest()))
            digests[prefix + path.replace(os.sep, "/")] = digest.hexdigest()
    return sentences, hash1(digests, digests.__getitem__)
