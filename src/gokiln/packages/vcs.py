"""What version control says of the program being built: the answers behind the vcs settings of build information.

Everything is asked once per command. Source: setBuildInfo in cmd/go/internal/load/pkg.go, go1.26.
"""

from __future__ import annotations

from gokiln.modules.fetch.vcs.systems import Systems, tool_environ

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.config.config import Config
    from gokiln.modules.fetch.fetcher import Fetcher
    from gokiln.modules.fetch.vcs.status import Runner, Status


class RepositoryStatus:
    """Repositories around directories, and their states."""

    def __init__(self, config: Config, fetcher: Fetcher) -> None:
        self._config = config
        self._fetcher = fetcher
        self._environ = config.env.environ
        self._systems = Systems(config.toolchain.version.removeprefix("go"), self._environ.get("GODEBUG", ""))
        self._states: dict[str, Status] = {}
        self._versions: dict[tuple[str, str], str] = {}

    def repo_root(self, directory: str) -> tuple[str, str]:
        """(root of the repository around a directory, name of its system). Raises VcsNotFoundError, VcsError."""
        root, system = self._systems.from_dir(directory)
        return root, system.cmd

    def has_tool(self, name: str) -> bool:
        """Whether the system's command is on PATH."""
        from gokiln.base.lookpath import on_path

        return on_path(name, self._environ)

    def has_status(self, name: str) -> bool:
        """Whether states of this system can be told at all."""
        system = self._systems.by_cmd(name)
        return system is not None and system.has_status

    def status(self, name: str, root: str) -> Status:
        """The state of the checkout at root. Raises VcsError."""
        found = self._states.get(root)
        if found is None:
            from gokiln.modules.fetch.vcs.status import status_of

            system = self._systems.by_cmd(name)
            assert system is not None
            found = self._states[root] = status_of(system, root, self._runner())
        return found

    def _runner(self) -> Runner:
        from gokiln.modules.fetch.vcs.status import Runner

        config = self._config
        flags, version = config.flags, self._systems.go_version
        return Runner(self._child_environ, version, config.sink, build_v=flags.v, build_x=flags.x)

    def _child_environ(self, directory: str) -> dict[str, str]:
        return tool_environ(self._config.env.orig_environ(), directory)

    def module_version(self, root: str, module_path: str, revision: str) -> str:
        """The version that the repository's own tags give a revision; "" when that cannot be told."""
        if not revision:
            return ""
        found = self._versions.get((module_path, revision))
        if found is None:
            found = self._versions[module_path, revision] = self._find_version(root, module_path, revision)
        return found

    def _find_version(self, root: str, module_path: str, revision: str) -> str:
        from gokiln.errors import GokilnError
        from gokiln.golang.modpath import split_path_version
        from gokiln.packages.gomodpath import root_module_path

        code_root, _, ok = split_path_version(root_module_path(root))
        if not code_root or not ok:
            return ""
        try:
            return self._fetcher.lookup_local(code_root, module_path, root).stat(revision).version
        except GokilnError:
            return ""
