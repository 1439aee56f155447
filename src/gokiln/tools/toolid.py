"""Who a tool is: the line it prints for -V=full, which goes into the action ID of all it makes.

Releases answer with their version, so equal releases on different machines agree; a development version answers
with a content hash. Asking costs a process, so the answer is remembered by the stat signature of the tool and what
else it depends on (index/toolids.py). With -toolexec the wrapper is asked, every time: who knows what it runs.
Source: Builder.toolID in cmd/go/internal/work/buildid.go, go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gokiln.base.spawn import Completed
    from gokiln.config.config import Config
    from gokiln.index.toolids import ToolIdMemo


_GO386 = ("", "sse2", "softfloat")  # the compiler refuses others before it says who it is


class ToolIdError(GokilnError):
    """A tool that cannot be asked, or answers strangely. fatal: nothing can be built then."""

    fatal = True


def parse_tool_id(name: str, line: str, described: str, *, any_name: bool = False) -> str:
    """The identity in a tool's answer. any_name: the tool may call itself something else. Raises ToolIdError."""
    fields = line.split()
    named = len(fields) >= 3 and (fields[0] == name or any_name) and fields[1] == "version"
    devel = named and "devel" in fields[2]
    if not named or (devel and not fields[-1].startswith("buildID=")):
        raise ToolIdError(f"parsing buildID from {described} -V=full: unexpected output:\n\t{line}")
    if devel:
        return fields[-1].rpartition("/")[2]
    return line.strip()


class ToolIds:
    """Asks each tool once. ask: runs a command line and returns how it ended (its output may mix both streams)."""

    def __init__(self, config: Config, ask: Callable[[Sequence[str]], Completed], memo: ToolIdMemo | None) -> None:
        self._config = config
        self._ask = ask
        self._memo = memo
        self._known: dict[str, str] = {}

    def get(self, name: str) -> str:
        """The identity of compile, asm, link, cgo, cover, preprofile. Raises ToolIdError."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self.ask_for(name, self._config.toolchain.tool(name), f"go tool {name}")
        return found

    def ask_for(self, name: str, path: str, described: str, *, any_name: bool = False) -> str:
        """The identity of the tool at a path."""
        config = self._config
        wrapper = config.flags.toolexec
        experiment = config.env.get("GOEXPERIMENT")
        memo = self._memo if not wrapper and config.env.get("GO386") in _GO386 else None
        if memo is not None:
            line = memo.get(path, experiment)
            if line is not None:
                return parse_tool_id(name, line, described, any_name=any_name)
        from gokiln.base.lookpath import LookPathError, look_path

        command = [*wrapper, path, "-V=full"]
        try:
            if wrapper and "/" not in wrapper[0]:
                look_path(wrapper[0], config.env.environ)
            done = self._ask(command)
        except OSError as err:
            from gokiln.base.oserror import path_error

            problem = path_error("fork/exec", command[0], err)
            raise ToolIdError(f"error obtaining buildID for {described}: {problem}") from err
        except LookPathError as err:
            raise ToolIdError(f"error obtaining buildID for {described}: {err}") from err
        line = done.output.decode("utf-8", "surrogateescape")
        if done.status:
            said = line if not line or line.endswith("\n") else line + "\n"
            error = ToolIdError(f"{said}go: error obtaining buildID for {described}: {done.problem()}")
            error.prefix = ""
            raise error
        tool_id = parse_tool_id(name, line, described, any_name=any_name)
        if memo is not None:
            memo.put(path, experiment, line)
        return tool_id
