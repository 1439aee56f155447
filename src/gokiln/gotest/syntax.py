"""Syntax errors of test files in the words of go/parser, and as a failure of the setup.

cmd/go parses test files while it loads packages; we only look for the tests in them. So before a variant with tests
is compiled, the toolchain's gofmt, which is go/parser, has a look at its test files. Where there is no gofmt, the
compiler's words must do.

Source: loadTestFuncs in cmd/go/internal/load/test.go, go1.26.
"""

from __future__ import annotations

import os
import re

from gokiln.actions.action import BUILD
from gokiln.base.shortpath import short_path
from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder, Work
    from gokiln.gotest.state import Session
    from gokiln.packages.package import Package

_ERROR = re.compile(r"^(.*_test\.go):(\d+:\d+: .*)$", re.MULTILINE)


class TestSyntaxError(GokilnError):
    """A test file does not parse; str() is the heading and the first error."""

    __test__ = False
    prefix = ""

    def __init__(self, text: str, import_path: str) -> None:
        super().__init__(text)
        self.import_path = import_path


def watch_builds(session: Session) -> None:
    """From now on test files are looked at before they are compiled."""
    builder = session.builder
    compile_ = builder.handler(BUILD)
    gofmt = os.path.join(session.config.toolchain.goroot, "bin", "gofmt" + (".exe" if os.name == "nt" else ""))

    def build(builder: Builder, action: Action) -> Work:
        work = compile_(builder, action)
        package = action.package
        if work is None or package is None or not package.for_test or builder.config.flags.n:
            return work
        files = [os.path.join(package.dir, name) for name in package.go_files if name.endswith("_test.go")]
        if not files:
            return work

        def checked() -> None:
            _check(session, package, gofmt, [builder.config.disk.actual(path) for path in files])
            work()

        return checked

    if os.access(gofmt, os.X_OK):
        builder.register(BUILD, build)


def _check(session: Session, package: Package, gofmt: str, files: list[str]) -> None:
    """Raises TestSyntaxError."""
    builder = session.builder
    done = builder.children.run([gofmt, "-l", *files], cwd=session.config.cwd, env=builder.shared.env())
    if done.status == 0:
        return
    text = done.output.decode("utf-8", "surrogateescape")
    found = {m.group(1): m.group(0) for m in reversed(list(_ERROR.finditer(text)))}
    for path in files:
        line = found.get(path)
        if line is not None:
            short = short_path(path, session.config.cwd)
            session.unparsed.add(package.for_test)
            message = f"# {package.for_test}\n{short}{line[len(path) :]}\n"
            raise TestSyntaxError(message, package.import_path)
