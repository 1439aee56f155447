"""The environment of a go command: its settings, and what it computes from them for itself and its tools.

Source: cfg.OrigEnv, envcmd.MkEnv and main.go (setting the computed variables) in cmd/go, go1.26.
"""

from __future__ import annotations

from gokiln.config.envlayers import SWITCH_COUNT, EnvLayers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gokiln.config.envvars import EnvVar


class GoEnv(EnvLayers):
    """All settings of one invocation, and the variables computed from them, worked out when first asked for."""

    __slots__ = ("_made",)

    def __init__(self, environ: Mapping[str, str], argv0: str = "", cwd: str = "/") -> None:
        """As EnvLayers'. Raises GorootError."""
        super().__init__(environ, argv0, cwd)
        self._made: list[EnvVar] | None = None

    def made(self) -> list[EnvVar]:
        """The variables that the go command computes and gives to every tool (envcmd.MkEnv)."""
        if self._made is None:
            from gokiln.config.envvars import make_env

            self._made = make_env(self)
        return self._made

    def child_environ(self, directory: str = "") -> dict[str, str]:
        """The environment of tools: the process's, with every computed variable set; PWD when `directory` is given.

        GOTOOLCHAIN's switch counter is for go commands alone (toolchain.FilterEnv).
        """
        env = self.orig_environ()
        for var in self.made():
            if env.get(var.name, "") != var.value:
                env[var.name] = var.value
        if directory:
            env["PWD"] = directory
        return env

    def orig_environ(self) -> dict[str, str]:
        """The environment of the user's own programs (cfg.OrigEnv)."""
        env = dict(self.environ)
        env.pop(SWITCH_COUNT, None)
        return env
