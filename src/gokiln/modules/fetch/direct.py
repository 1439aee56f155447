"""Modules straight from their repositories: GOPROXY's `direct`, and the repository that a build runs in.

Source: cmd/go/internal/modfetch/repo.go (LookupLocal, lookupDirect, lookupCodeRepo), codehost/vcs.go (NewRepo),
go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.events import Text
from gokiln.modules.fetch.codehost.model import MissingError, RepoError
from gokiln.modules.fetch.coderepo import CodeRepo
from gokiln.modules.fetch.memo import Memo
from gokiln.modules.fetch.vcs.systems import Systems, tool_environ

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.golang.gover import Startup
    from gokiln.modules.fetch.codehost.model import CodeHost
    from gokiln.modules.fetch.codehost.shell import Shell
    from gokiln.modules.fetch.http import HttpClient
    from gokiln.modules.fetch.repo import Repo
    from gokiln.modules.fetch.settings import Settings
    from gokiln.modules.fetch.vcs.lookup import Finder
    from gokiln.modules.fetch.vcs.systems import System


class Origins:
    """The repositories that one command works with, each opened once."""

    def __init__(self, settings: Settings, http: Callable[[], HttpClient], startup: Startup) -> None:
        """http: makes the client, once something has to be fetched. startup: how the toolchain was chosen."""
        self._settings = settings
        self._http = http
        self._startup = startup
        self.systems = Systems(settings.go_version, settings.environ.get("GODEBUG", ""))
        self._shell: Shell | None = None
        self._repos = Memo()

    @property
    def shell(self) -> Shell:
        """What runs the programs."""
        if self._shell is None:
            from gokiln.modules.fetch.codehost.shell import Shell

            settings = self._settings
            self._shell = Shell(
                settings.gomodcache,
                settings.environ,
                go_version=settings.go_version,
                goroot=settings.goroot,
                build_x=settings.build_x,
                sink=settings.sink,
                net_limit=settings.net_limit,
                is_missing_page=self._is_missing_page,
            )
        return self._shell

    def _is_missing_page(self, url: str) -> bool:
        from gokiln.errors import is_not_exist
        from gokiln.modules.fetch.goturl import parse

        try:
            self._http().get_bytes(parse(url))
        except GokilnError as err:
            return is_not_exist(err)
        return False

    def code_host(self, vcs: str, remote: str, local: bool = False) -> CodeHost:
        """The repository of a system ("git") at a URL, or with local in a directory. Raises RepoError."""

        def make() -> CodeHost:
            try:
                return self._open(vcs, remote, local)
            except GokilnError as err:
                raise RepoError(err) from err

        return self._repos.do((vcs, remote, local), make)

    def _open(self, vcs: str, remote: str, local: bool) -> CodeHost:
        if vcs == "git":
            from gokiln.modules.fetch.codehost.git import GitRepo

            return GitRepo(self.shell, remote, local)
        from gokiln.modules.fetch.codehost.vcsrepo import ProgramRepo

        return ProgramRepo(self.shell, vcs, remote, local)

    def local_repo(self, code_root: str, path: str, directory: str) -> Repo:
        """The module `path` in the repository around a directory, by what is there: nothing is fetched.

        code_root: the import path of the repository's root. Raises GokilnError.
        """
        root, system = self.systems.from_dir(directory)
        settings = self._settings
        code = self.code_host(system.cmd, root, local=True)
        return CodeRepo(code, code_root, "", path, settings.go_version, self._startup)

    # Direct lookups

    def direct_repo(self, path: str) -> Repo:
        """The module `path` at its origin, wherever its import path leads. Raises GokilnError."""
        from gokiln.base.pattern import match_prefix_patterns
        from gokiln.modules.fetch.errors import FetchError
        from gokiln.modules.fetch.proxy import ProxyRepo
        from gokiln.modules.fetch.vcs.systems import MOD

        settings = self._settings
        try:
            found = self.finder.find(path, match_prefix_patterns(settings.goinsecure, path))
        except GokilnError as err:
            raise MissingError(err) from err  # where its code would be is not known
        if found.system is MOD:
            return ProxyRepo(found.repo, path, self._http())
        try:
            code = self.code_host(found.system.cmd, found.repo)
        except RepoError:
            raise
        except GokilnError as err:
            raise FetchError(f"lookup {found.root}: {err}", err) from err
        return CodeRepo(code, found.root, found.subdir, path, settings.go_version, self._startup)

    @property
    def finder(self) -> Finder:
        """What finds repositories of import paths."""
        return self._repos.do("finder", self._make_finder)

    def _make_finder(self) -> Finder:
        from gokiln.modules.fetch.vcs.lookup import Finder
        from gokiln.modules.fetch.vcs.policy import Policy

        settings = self._settings
        policy = Policy(settings.govcs, settings.goprivate)
        return Finder(self.systems, policy, self._http, self._ping, settings.environ, self._log)

    def _log(self, line: str) -> None:
        if self._settings.build_v:
            self._settings.sink.tell(Text(line + "\n"))

    def _ping(self, system: System, scheme: str, repo: str) -> bool:
        """Whether a repository answers; asked in the module cache, where no settings of a repository interfere."""
        import contextlib
        import os

        from gokiln.modules.fetch.vcs.status import Runner

        settings = self._settings
        directory = settings.gomodcache
        with contextlib.suppress(OSError):
            os.makedirs(directory, 0o777, exist_ok=True)

        def environ(directory: str) -> dict[str, str]:
            return tool_environ(settings.environ, directory)

        runner = Runner(environ, settings.go_version, settings.sink, build_v=settings.build_v, build_x=settings.build_x)
        args = [word.replace("{scheme}", scheme).replace("{repo}", repo) for word in system.ping.split()]
        try:
            with settings.net_limit.acquire():
                runner.run(system, directory, args)
        except GokilnError:
            return False
        return True
