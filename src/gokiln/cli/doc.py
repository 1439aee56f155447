"""`gokiln doc`: the documentation of a package or symbol, by the toolchain's own program.

Since go1.26 that program is a part of cmd/go; a few lines of main around its package doc make it one again. It is
built from GOROOT's source into the build cache, like a tool that a release does not ship, and runs under a GOROOT
whose bin/go is gokiln, since it asks that for modules. Before go1.26 it is the tool cmd/doc.
"""

from __future__ import annotations

import os
import signal

from gokiln.actions.action import Action
from gokiln.base.overlaydisk import OverlayDisk
from gokiln.cache.location import kiln_dir
from gokiln.cli.building import run_quietly
from gokiln.cli.loading import open_graph
from gokiln.cli.signals import CleanEnd
from gokiln.cli.tool import host_config, is_builtin_tool, link_tool, run_tool, tool_config
from gokiln.errors import GokilnError
from gokiln.execute.golink import child_path, goroot_for_children
from gokiln.execute.userprogram import run_program
from gokiln.execute.workdir import WorkDir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.cli.invocation import Invocation
    from gokiln.config.config import Config

_PACKAGE = "cmd/go/gokilndoc"  # below cmd/go, whose internal packages it imports
_MAIN = """package main

import (
	"context"
	"go/build"
	"os"

	"cmd/go/internal/doc"
)

func main() {
	if os.Args[1] == "found" {
		build.Default.GOROOT = ""
	}
	doc.CmdDoc.Run(context.Background(), doc.CmdDoc, os.Args[2:])
}
"""


def run(inv: Invocation) -> int:
    """Run the command; returns the program's exit status. Raises GokilnError."""
    config = tool_config(inv, [], inv.environ, lambda flagset, flags: None)  # the command line is the program's
    if is_builtin_tool(config, "doc"):
        return run_tool(inv, config, "doc", inv.args, False)
    source = os.path.join(config.toolchain.goroot, "src")
    if not os.path.exists(os.path.join(source, "cmd", "go", "internal", "doc", "doc.go")):
        raise GokilnError("GOROOT has no source of the doc command", hint=f"{source} should hold it")
    building = host_config(inv, config)
    _ensure_cache(building)
    building.init_build()
    with CleanEnd(), WorkDir(building) as work:
        return run_quietly(lambda: _build_and_run(inv, config, building, work))


def _ensure_cache(building: Config) -> None:
    """`go doc` needs no build cache, so where GOCACHE is off the program is kept beside gokiln's own records."""
    if building.gocache != "off":
        return
    records = kiln_dir(building.env.environ, building.toolchain.host_os)
    if records:
        building.gocache, building.gocache_error = os.path.join(records, "doc-cache"), ""


def _build_and_run(inv: Invocation, config: Config, building: Config, work: WorkDir) -> int:
    main = os.path.join(work.path, "main.go")
    with open(main, "w", encoding="utf-8") as file:
        file.write(_MAIN)
    place = os.path.join(config.toolchain.goroot, "src", *_PACKAGE.split("/"), "main.go")
    building.disk = OverlayDisk({place: main}, config.cwd)
    graph = open_graph(building, rootless=True, workspace=False)
    session, link = link_tool(inv, building, graph, work, _PACKAGE)
    status = session.do(Action("go doc", deps=[link]))
    if status:
        return status
    env = config.child_environ()
    env["PATH"] = child_path(config)
    env["GOROOT"] = goroot_for_children(config)
    inv.stdout.flush()
    # In the go command go/build knows no GOROOT that is not named by the variable, and then guesses more.
    origin = "named" if inv.environ.get("GOROOT") else "found"
    ended = run_program([session.builder.result(link).built, origin, *inv.args], env)
    # Doc is a part of the go command, which ends by these signals and says nothing.
    if ended.interrupted and ended.status == -signal.SIGINT:
        raise KeyboardInterrupt
    if ended.status == -getattr(signal, "SIGPIPE", 0) < 0:
        raise BrokenPipeError
    if not ended.started or ended.status < 0:
        inv.stderr.write(f"go doc: {ended.problem}\n")
        return 1
    return ended.status
