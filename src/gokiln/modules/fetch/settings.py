"""The values of a configuration that fetching depends on, taken out of it once.

Source: cmd/go/internal/cfg/cfg.go (GOPROXY, GONOPROXY, GOSUMDB, SumdbDir ...), go1.26.
"""

from __future__ import annotations

import os

from gokiln.cache.location import kiln_dir
from gokiln.events import Quiet
from gokiln.modules.fetch.netlimit import NetLimit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gokiln.base.disk import Disk
    from gokiln.config.config import Config
    from gokiln.events import Sink


class Settings:
    """What Fetcher works with. Paths absolute; lists as the environment variables spell them.

    gomodcache: "" when there is none. sumdb_dir: GOPATH[0]/pkg/sumdb, "" without GOPATH. go_version: of the
    toolchain in use ("1.26.8"). environ: the process's variables. build_x: print requests (-x);
    build_v: tell more (-v).
    known_trees: where gokiln remembers verified module trees, "" for nowhere (index/trees.py).
    net_limit: how many network operations may run at once.
    build_mod, build_mod_reason: -mod, as the loader has decided it; "vendor" forbids looking modules up.
    """

    def __init__(self, gomodcache: str = "", *, goroot: str = "", environ: Mapping[str, str] | None = None) -> None:
        self.gomodcache = gomodcache
        self.goroot = goroot
        self.environ: Mapping[str, str] = environ or {}
        self.net_limit = NetLimit(self.environ.get("GODEBUG", ""))
        self.goproxy = "off"
        self.gonoproxy = ""
        self.gosumdb = "off"
        self.gonosumdb = ""
        self.goinsecure = ""
        self.goprivate = ""
        self.govcs = ""
        self.goauth = "netrc"
        self.sumdb_dir = ""
        self.known_trees = ""
        self.go_version = ""
        self.gotoolchain = ""
        self.cmd_name = ""
        self.build_x = False
        self.build_v = False
        self.modcacherw = False
        self.build_mod = ""
        self.build_mod_reason = ""
        self.disk: Disk | None = None
        self.sink: Sink = Quiet()

    @classmethod
    def from_config(cls, config: Config) -> Settings:
        """Read them out of the command's configuration."""
        env = config.env
        self = cls(config.gomodcache, goroot=config.toolchain.goroot, environ=env.environ)
        private = env.get("GOPRIVATE")
        self.goproxy = env.get("GOPROXY")
        self.gonoproxy = env.get("GONOPROXY") or private
        self.gosumdb = env.get("GOSUMDB")
        self.gonosumdb = env.get("GONOSUMDB") or private
        self.goinsecure = env.get("GOINSECURE")
        self.goprivate = private
        self.govcs = env.get("GOVCS")
        self.goauth = env.get("GOAUTH") or "netrc"
        self.sumdb_dir = env.gopath_dir(os.path.join("pkg", "sumdb"))
        records = kiln_dir(env.environ, config.toolchain.host_os)
        self.known_trees = os.path.join(records, "trees") if records else ""
        self.go_version = config.toolchain.version.removeprefix("go")
        self.gotoolchain = env.get("GOTOOLCHAIN")
        self.cmd_name = config.cmd_name
        self.build_x = config.flags.x
        self.build_v = config.flags.v
        self.modcacherw = config.flags.modcacherw
        self.build_mod = config.flags.mod
        self.disk = config.disk
        self.sink = config.sink
        return self
