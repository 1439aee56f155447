"""gokiln as the test build of cmd/go behaves: it claims the version of $TESTGO_VERSION, and has its own vcs-test.

Some of cmd/go's scripts are about toolchains that do not exist. Upstream's test binary takes its version from a
variable then, and switches toolchains by changing that variable (go_test.go and Exec in cmd/go/internal/toolchain/
select.go). This does the same to gokiln from outside, so that those scripts judge gokiln's own decisions; nothing of
it is in the package. TESTGO_VERSION_SWITCH: "switch" as said, "mismatch" forgets to change the version, "loop"
forgets to check it, too.

The repositories of vcs-test.golang.org are served by the test harness itself: TESTGO_VCSTEST_HOST and
TESTGO_VCSTEST_TLS_HOST say where, TESTGO_VCSTEST_CERT with which certificate. Requests to that host go there, and the
URLs of repositories are changed before a version control program gets them (interceptVCSTest in cmd/go/internal/vcs).
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from gokiln.cli import switching
from gokiln.config import envlayers as settings
from gokiln.config.release import Release

VCS_TEST = "vcs-test.golang.org"

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gokiln.cli.invocation import Invocation
    from gokiln.config.environ import GoEnv
    from gokiln.config.toolchain import Toolchain

_load = settings.load_toolchain
_exec = switching._exec


def load_toolchain(goroot: str, environ: Mapping[str, str], argv0: str = "", cwd: str = "") -> Toolchain:
    """The toolchain that is there, under another name."""
    toolchain = _load(goroot, environ, argv0, cwd)
    version = environ.get("TESTGO_VERSION", "")
    if version:
        toolchain._release = Release(toolchain._facts, toolchain.version)
        toolchain.version = version
    return toolchain


def exec_toolchain(inv: Invocation, env: GoEnv, name: str, toolchain: str) -> None:
    """Switch to this toolchain under another name."""
    mode = env.environ.get("TESTGO_VERSION_SWITCH", "")
    if not mode:
        _exec(inv, env, name, toolchain)
        return
    found = switching.find_on_path, switching._download
    switching.find_on_path = lambda name, environ: ""
    switching._download = lambda inv, env, name, toolchain, missing: env.goroot
    try:
        _exec(inv, env, name, toolchain)
    finally:
        switching.find_on_path, switching._download = found
    if mode == "switch":
        inv.environ["TESTGO_VERSION"] = toolchain
    elif mode == "loop":
        del inv.environ[settings.SWITCH_VERSION]


def serve_vcs_test(plain: str, secure: str, certificate: str) -> None:
    """Send what is meant for vcs-test to the servers at plain and secure (host:port)."""
    from gokiln.modules.fetch.http import HttpClient
    from gokiln.modules.fetch.vcs.lookup import Finder

    ask, make_tls, with_scheme, by_page = HttpClient._try, HttpClient._tls, Finder._with_scheme, Finder._by_page

    def asked(self: Any, url: Any, extra: dict[str, str], unchecked: bool) -> Any:
        if url.host != VCS_TEST:
            return ask(self, url, extra, unchecked)
        target = url.copy()
        target.host = secure if url.scheme == "https" else plain
        return ask(self, target, {**extra, "Host": VCS_TEST}, unchecked)

    def tls(self: Any) -> Any:
        context = make_tls(self)
        context.check_hostname = False  # the certificate is for other names than the address
        context.load_verify_locations(certificate)
        return context

    def local(url: str) -> str:
        path = url.partition("://")[2]
        return f"http://{plain}{path.removeprefix(VCS_TEST)}" if path.partition("/")[0] == VCS_TEST else url

    def schemed(self: Any, system: Any, repo: str, insecure: bool) -> str:
        if repo.partition("/")[0] == VCS_TEST:
            return local(f"https://{repo}")
        return with_scheme(self, system, repo, insecure)

    def paged(self: Any, path: str, insecure: bool) -> Any:
        found = by_page(self, path, insecure)
        if found.system.cmd:  # a tag's "mod" has none: that is a module proxy
            found.repo = local(found.repo)
        return found

    HttpClient._try, HttpClient._tls = asked, tls  # type: ignore[method-assign]
    Finder._with_scheme, Finder._by_page = schemed, paged  # type: ignore[method-assign]


def main() -> int:
    """Run the command; returns the exit status."""
    plain = os.environ.get("TESTGO_VCSTEST_HOST", "")
    if plain:
        serve_vcs_test(plain, os.environ["TESTGO_VCSTEST_TLS_HOST"], os.environ["TESTGO_VCSTEST_CERT"])
    settings.load_toolchain = load_toolchain  # type: ignore[attr-defined]
    switching._exec = exec_toolchain
    from gokiln.cli.main import main as run

    return run(sys.argv)
