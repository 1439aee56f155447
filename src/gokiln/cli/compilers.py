"""The C compilers as `gokiln env` needs them: asked from a work directory, answers kept in the build cache."""

from __future__ import annotations

import os

from gokiln.base.quote import go_quote
from gokiln.cache.inputhash import strip_experiment
from gokiln.cli.buildcache import open_build_cache
from gokiln.events import Text
from gokiln.tools.cc import CcTarget, Compilers
from gokiln.tools.security import AllowLists, FlagChecker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.config.config import Config


class _Runner:
    """Starts a compiler in the work directory and shows what -n and -x show."""

    def __init__(self, config: Config, work: str) -> None:
        self._config = config
        self._work = work

    def probe(self, argv: Sequence[str], env: dict[str, str]) -> tuple[bytes, int]:
        """Combined output and exit status. Raises OSError when the program cannot be started."""
        import subprocess

        environ = self._config.child_environ(self._work) | env
        found = subprocess.run(
            list(argv),
            cwd=self._work,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return found.stdout, found.returncode

    def show(self, argv: Sequence[str]) -> None:
        """Print a step, words quoted where a shell would need it."""
        words = [go_quote(word) if not word or any(c in word for c in " \t\n\"'\\$`") else word for word in argv]
        self._config.sink.tell(Text(f"cd {self._work or os.curdir}\n{' '.join(words)} || true\n"))


def make_compilers(config: Config, work: str) -> tuple[Compilers, Callable[[], None]]:
    """(the compilers, what to call when done). work: an existing directory, mapped away in debug data.

    Raises CacheError when there is no build cache.
    """
    env, target = config.env, config.target
    mips = env.arch_env()[1] if target.goarch.startswith("mips") else ""
    cc_target = CcTarget(target.goos, target.goarch, target.cgo_enabled, mips, (1, config.toolchain.release.minor))

    def warn(text: str) -> None:
        config.sink.tell(Text(text))

    store = open_build_cache(
        config.gocache, config.gocache_error, env.environ, config.toolchain.host_os, config.sink, warn
    )
    # No package's flags are checked here, so the toolchain's allow-lists need not be read.
    checker = FlagChecker(AllowLists(), env.get)
    compilers = Compilers(
        cc_target,
        env.get,
        {"CC": env.default_cc(), "CXX": env.default_cxx(), "FC": "gfortran"},
        checker,
        store,
        strip_experiment(config.toolchain.version),
        _Runner(config, work),
        environ=env.environ,
        toolexec=config.flags.toolexec,
        build_n=config.flags.n,
        build_x=config.flags.x,
    )
    return compilers, store.close
