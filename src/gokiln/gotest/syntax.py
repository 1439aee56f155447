"""Syntax errors of test files, in the words of go/parser.

cmd/go parses test files whole while it plans a test, so that a syntax error is a failure of the setup; we only look
for the tests in them. So before the planning the toolchain's gofmt, which is go/parser, has a look at all test files
at once, unless it is known that their bytes are good (index/goodsources.py). Where there is no gofmt, the compiler's
words must do.

Source: loadTestFuncs in cmd/go/internal/load/test.go, go1.26.
"""

from __future__ import annotations

import os
import re

from gokiln.cache.location import kiln_dir
from gokiln.golang.position import Position
from gokiln.index.goodsources import GoodSources
from gokiln.packages.error import ScanListError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gokiln.base.spawn import Children
    from gokiln.config.config import Config
    from gokiln.packages.package import Package

_ERROR = re.compile(r"^(.+?):(\d+)(?::(\d+))?: (.*)$", re.MULTILINE)
_MOST_AT_ONCE = 500  # files on one command line


class TestSyntax:
    """What is wrong with test files. error: the first thing in a file, None for nothing; takes the file's path."""

    __test__ = False

    def __init__(self, config: Config, children: Children, file_hash: Callable[[str], bytes]) -> None:
        """file_hash: the SHA-256 of a file's bytes; may raise OSError."""
        toolchain = config.toolchain
        self._config = config
        self._children = children
        self._file_hash = file_hash
        self._gofmt = os.path.join(toolchain.goroot, "bin", "gofmt" + (".exe" if os.name == "nt" else ""))
        records = kiln_dir(config.env.environ, toolchain.host_os)
        self._good = GoodSources(os.path.join(records, "goodsources") if records else "", toolchain.version)
        self._found: dict[str, ScanListError] = {}

    def error(self, path: str) -> ScanListError | None:
        """The first error of a file that look_at has seen, or None."""
        return self._found.get(path)

    def look_at(self, packages: Iterable[Package]) -> None:
        """Parse the test files of packages, as far as that is needed."""
        files: dict[str, bytes] = {}
        for p in packages:
            for name in (*p.test_go_files, *p.xtest_go_files):
                path = os.path.normpath(os.path.join(p.dir, name))
                try:
                    files[path] = self._file_hash(path)
                except OSError:
                    continue  # whoever needs the file will say so
        unknown = self._good.unknown(files.values())
        if not unknown or not os.access(self._gofmt, os.X_OK):
            return
        paths = [path for path, digest in files.items() if digest in unknown]
        for first in range(0, len(paths), _MOST_AT_ONCE):
            self._check(paths[first : first + _MOST_AT_ONCE])
        self._good.learn([files[path] for path in paths if path not in self._found])

    def _check(self, paths: Sequence[str]) -> None:
        """Parse files; when something is wrong, halves of them, until it is known with which."""
        disk = self._config.disk
        actual = [disk.actual(path) for path in paths]
        done = self._children.run([self._gofmt, "-l", *actual], cwd=self._config.cwd, env=self._config.env.environ)
        if done.status == 0:
            return
        if len(paths) > 1:
            half = len(paths) // 2
            self._check(paths[:half])
            self._check(paths[half:])
            return
        found = parse_error(done.output.decode("utf-8", "surrogateescape"), actual[0], paths[0])
        if found is not None:
            self._found[paths[0]] = found


def parse_error(output: str, actual: str, path: str) -> ScanListError | None:
    """The first error that gofmt printed of the file `actual`, which stands for `path`; None: it could not read it."""
    m = _ERROR.search(output)
    if m is None:
        return None
    file, line, column, message = m.groups()
    pos = Position(path if file == actual else file, int(line), int(column or 0))
    return ScanListError(pos, message, f"{path}: {message}")
