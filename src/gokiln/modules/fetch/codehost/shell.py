"""Running version control programs, and their work directories in the module cache.

    cache/vcs/<sha256 of "type:name">/       a bare clone, say
    cache/vcs/<...>.info                     "type:name", to notice a hash that stands for something else
    cache/vcs/<...>.lock                     held while the directory is made or changed

Names are hashed so that no checkout ever lies inside another.

Source: cmd/go/internal/modfetch/codehost/codehost.go (WorkDir, Run), go1.26.
"""

from __future__ import annotations

import os
import threading

from gokiln.base.oserror import os_error_text
from gokiln.errors import GokilnError
from gokiln.events import Quiet, Text
from gokiln.modules.fetch.codehost.model import CodeHostError
from gokiln.modules.fetch.netlimit import NetLimit
from gokiln.modules.fetch.vcs.systems import tool_environ

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gokiln.events import Sink

_SPECIAL = '$`\\*?["\t\n\v\f\r \u0085\u00a0'


class RunError(GokilnError):
    """A program failed. status: its exit status, None when it did not run; stderr: what it wrote there.

    help_text: what the user can do, shown last.
    """

    def __init__(self, cmd: str, problem: str, stderr: bytes = b"", status: int | None = None, help_text: str = ""):
        text = f"{cmd}: {problem}"
        shown = stderr.decode("utf-8", "surrogateescape").rstrip("\n")
        if shown:
            text += ":\n\t" + shown.replace("\n", "\n\t")
        if help_text:
            text += "\n" + help_text
        super().__init__(text)
        self.cmd = cmd
        self.reason = problem
        self.stderr = stderr
        self.status = status

    def with_help(self, text: str) -> RunError:
        """The same error with something to try."""
        return RunError(self.cmd, self.reason, self.stderr, self.status, text)


class Shell:
    """What the repositories of one command share.

    gomodcache: the module cache, "" for none. environ: the process's variables. build_x: print commands.
    go_version: "1.26.8"; goroot: of its sources. net_limit: for programs that ask a server.
    is_missing_page(url): whether a web server says that there is no such page (404, 410).
    """

    def __init__(
        self,
        gomodcache: str,
        environ: Mapping[str, str],
        *,
        go_version: str = "",
        goroot: str = "",
        build_x: bool = False,
        sink: Sink | None = None,
        net_limit: NetLimit | None = None,
        is_missing_page: Callable[[str], bool] = lambda url: False,
    ) -> None:
        self.gomodcache = gomodcache
        self.environ = environ
        self.go_version = go_version
        self.goroot = goroot
        self.net_limit = net_limit or NetLimit()
        self.is_missing_page = is_missing_page
        self._build_x = build_x
        self._sink: Sink = sink or Quiet()
        self._lock = threading.Lock()
        self._dir_locks: dict[str, threading.Lock] = {}

    def run(self, directory: str, argv: Sequence[str], env: Mapping[str, str] | None = None) -> bytes:
        """A program's standard output. One program at a time runs in a directory. Raises RunError."""
        with self._lock:
            lock = self._dir_locks.setdefault(directory, threading.Lock())
        with lock:
            if not self._build_x:
                return self._run(directory, argv, env or {})
            return self._run_shown(directory, argv, env or {})

    def _run(self, directory: str, argv: Sequence[str], extra: Mapping[str, str]) -> bytes:
        from gokiln.base.capture import capture
        from gokiln.base.lookpath import LookPathError, look_path

        env = tool_environ(self.environ, directory)
        env.update(extra)
        where = f"{' '.join(argv)} in {directory}"
        try:
            done = capture(argv, cwd=directory, env=env, executable=look_path(argv[0], env))
        except LookPathError as err:
            raise RunError(where, str(err)) from err
        except OSError as err:
            raise RunError(where, os_error_text(err, "fork/exec")) from err
        if done.status:
            raise RunError(where, done.problem(), done.stderr, done.status)
        return done.stdout

    def _run_shown(self, directory: str, argv: Sequence[str], extra: Mapping[str, str]) -> bytes:
        import time

        line = (f"cd {directory}; " if directory else "") + " ".join(_shown(arg) for arg in argv)
        self._sink.tell(Text(line + "\n"))
        start = time.monotonic()
        try:
            return self._run(directory, argv, extra)
        finally:
            self._sink.tell(Text(f"{time.monotonic() - start:.3f}s # {line}\n"))

    def say(self, text: str) -> None:
        """A line of -x."""
        if self._build_x:
            self._sink.tell(Text(text + "\n"))

    def work_dir(self, kind: str, name: str) -> tuple[str, str]:
        """(directory, lock file) for a repository of a kind ("git3") and name (URL). Raises CodeHostError."""
        import hashlib

        from gokiln.base.lock import lock_file

        if not self.gomodcache:
            raise CodeHostError("neither GOPATH nor GOMODCACHE are set")
        key = f"{kind}:{name}"
        digest = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
        parent = os.path.join(self.gomodcache, "cache", "vcs")
        directory = os.path.join(parent, digest)
        self.say(f"mkdir -p {parent} # {kind} {name}")
        try:
            os.makedirs(parent, 0o777, exist_ok=True)
        except OSError as err:
            raise CodeHostError(os_error_text(err, "mkdir"), err) from err
        lock = directory + ".lock"
        self.say(f"# lock {lock}")
        try:
            held = lock_file(lock)
        except OSError as err:
            problem = os_error_text(err)
            raise CodeHostError(f"codehost.WorkDir: can't find or create lock file: {problem}", err) from err
        with held:
            self._prepare(directory, kind, name, key)
        return directory, lock

    def _prepare(self, directory: str, kind: str, name: str, key: str) -> None:
        from gokiln.base.quote import go_quote
        from gokiln.modules.fetch.cachedir import remove_all

        info = directory + ".info"
        try:
            with open(info, "rb") as file:
                have = file.read().decode("utf-8", "surrogateescape").removesuffix("\n")
        except OSError:
            have = None
        if have is not None and os.path.isdir(directory):
            if have != key:
                raise CodeHostError(f"{info} exists with wrong content (have {go_quote(have)} want {go_quote(key)})")
            self.say(f"# {directory} for {kind} {name}")
            return
        self.say(f"mkdir -p {directory} # {kind} {name}")
        try:
            if os.path.lexists(directory):
                remove_all(directory)
            os.makedirs(directory, 0o777, exist_ok=True)
            with open(info, "wb") as file:
                file.write(key.encode("utf-8", "surrogateescape"))
        except OSError as err:
            raise CodeHostError(os_error_text(err, "mkdir"), err) from err


def _shown(arg: str) -> str:
    """An argument as -x shows it, quoted for a shell where that is needed."""
    if "'" in arg:
        escaped = "".join("\\" + c if c in '"$`\\' else c for c in arg)
        return f'"{escaped}"'
    if any(c in _SPECIAL for c in arg):
        return f"'{arg}'"
    return arg
