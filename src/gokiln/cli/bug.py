"""`gokiln bug`: open a browser with a bug report for the Go project that says what toolchain and machine this is.

The report says that gokiln made it: a maintainer of Go has to know what drove the build.
Source: cmd/go/internal/bug/bug.go, cmd/internal/browser/browser.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln import __version__
from gokiln.base.capture import capture
from gokiln.base.lookpath import LookPathError, look_path
from gokiln.cli.configure import configure
from gokiln.cli.env import costly_env
from gokiln.cli.streams import make_sink
from gokiln.config.buildflags import register_chdir
from gokiln.config.envvars import lines
from gokiln.config.extraenv import extra_env
from gokiln.errors import PlainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags
    from gokiln.config.config import Config

USAGE = "go bug"
_NEW_ISSUE = "https://github.com/golang/go/issues/new?body="
_PATIENCE = 3.0  # seconds after which a browser that still runs counts as opened
_QUESTIONS = ("What did you do?", "What did you expect to see?", "What did you see instead?")
_QUESTIONS_27 = ("What did you do?", "What did you see happen?", "What did you expect to see?")


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""

    def register(flagset: FlagSet, flags: BuildFlags) -> None:
        flagset.bool("v", flags, "v")
        register_chdir(flagset)

    config = configure(
        inv,
        "bug",
        usage_line=USAGE,
        register=register,
        mask=None,
        modules=False,
        sink=make_sink(inv),
    )
    if config.args:
        raise PlainError("go: bug takes no arguments")
    text = report(config)
    from urllib.parse import quote_plus

    if not open_browser(_NEW_ISSUE + quote_plus(text, safe="~"), config.env.environ):
        inv.stdout.write(f"Please file a new issue at golang.org/issue/new using this template:\n\n{text}")
    return 0


def report(config: Config) -> str:
    """The text of the report, without what only its author can write."""
    toolchain = config.toolchain
    version = f"go version {toolchain.version} {toolchain.host_os}/{toolchain.host_arch}"
    variables = [*config.env.made(), *extra_env(config), *costly_env(config)]
    details = [
        "$ go env\n",
        *lines(variables, toolchain.host_os),
        f"GOROOT/bin/go version: {version}\n",
        _output("GOROOT/bin/go tool compile -V: ", [toolchain.tool("compile"), "-V"], config),
        *_system(config),
    ]
    questions = _QUESTIONS_27 if toolchain.release.minor >= 27 else _QUESTIONS
    recipe = "<!-- A recipe that reproduces it, best a whole program or a link to go.dev/play. -->\n\n\n\n"
    return (
        f"<!-- Made by gokiln {__version__}, which builds without the go command. Please say below whether the go\n"
        "command does the same. -->\n\n"
        f"### What version of Go are you using (`go version`)?\n\n<pre>\n$ go version\n{version}\n</pre>\n\n"
        "### Does this issue reproduce with the latest release?\n\n\n"
        "### What operating system and processor architecture are you using (`go env`)?\n\n"
        f"<details><summary><code>go env</code> Output</summary><br><pre>\n{''.join(details)}</pre></details>\n\n"
        f"### {questions[0]}\n\n{recipe}### {questions[1]}\n\n\n\n### {questions[2]}\n\n"
    )


def _system(config: Config) -> list[str]:
    goos = config.toolchain.host_os
    asked: list[tuple[str, list[str]]] = []
    if goos == "linux":
        asked = [("uname -sr: ", ["uname", "-sr"]), ("", ["lsb_release", "-a"])]
    elif goos == "darwin":
        asked = [("uname -v: ", ["uname", "-v"]), ("", ["sw_vers"])]
    elif goos in ("openbsd", "netbsd", "freebsd", "dragonfly"):
        asked = [("uname -v: ", ["uname", "-v"])]
    elif goos in ("illumos", "solaris"):
        asked = [("uname -srv: ", ["/usr/bin/uname", "-srv"])]
    out = [_output(prefix, words, config) for prefix, words in asked]
    out.append(_output("lldb --version: ", ["lldb", "--version"], config))
    debugger = _output("gdb --version: ", ["gdb", "--version"], config)
    out.append(debugger.split("\n", 1)[0] + "\n" if debugger else "")
    return out


def _output(prefix: str, words: Sequence[str], config: Config) -> str:
    """A line with what a program says of itself; "" when it does not."""
    env = config.child_environ()
    try:
        done = capture(words, cwd="", env=env, executable=look_path(words[0], env))
        problem = done.problem()
    except (LookPathError, OSError) as err:
        problem = str(err)
    if problem:
        if config.flags.v:
            from gokiln.events import Text

            config.sink.tell(Text(f"{words[0]} {' '.join(words[1:])}: {problem}\n", 1))
        return ""
    return f"{prefix}{done.stdout.decode('utf-8', 'replace').strip()}\n"


def open_browser(url: str, environ: Mapping[str, str]) -> bool:
    """Show a page in the user's browser; whether that seems to have worked."""
    import subprocess
    import sys

    commands: list[list[str]] = []
    if environ.get("BROWSER"):
        commands.append([environ["BROWSER"]])
    if sys.platform == "darwin":
        commands.append(["/usr/bin/open"])
    elif os.name == "nt":
        commands.append(["cmd", "/c", "start"])
    elif environ.get("DISPLAY"):
        commands.append(["xdg-open"])
    commands += [["chrome"], ["google-chrome"], ["chromium"], ["firefox"]]
    for words in commands:
        try:
            child = subprocess.Popen([*words, url], env=environ, stdin=subprocess.DEVNULL)
        except OSError:
            continue
        try:
            if child.wait(_PATIENCE) == 0:
                return True
        except subprocess.TimeoutExpired:
            return True
    return False
