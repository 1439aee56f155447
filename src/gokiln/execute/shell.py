"""The steps of a build as a shell would do them: each is shown (-x), or only shown (-n), and done.

A Shell belongs to one action and knows where its output goes: into the action's result while it is recorded for the
cache, to the user otherwise. All shells of a build share the printer, the lock around it, and the directory that the
printed script is in. Source: cmd/go/internal/work/shell.go, go1.26.
"""

from __future__ import annotations

import os
import threading
import time

from gokiln.base.oserror import os_error_text
from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError
from gokiln.execute.report import (
    NAMED_BY_COMPILER_SINCE,
    CommandError,
    StepError,
    encode_argument,
    go_names,
    heading,
    hide_work_dir,
    join_unambiguously,
    readable_output,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gokiln.actions.action import Action
    from gokiln.base.spawn import Children
    from gokiln.execute.state import Result
    from gokiln.packages.package import Package
    from gokiln.terminal.printer import Printer

    # A command line as cmd/go builds it: words and lists of words.
    Words = str | Sequence[str]

_RESPONSE_FILE_TOOLS = ("compile", "link", "cgo", "asm", "cover")  # programs that read @file
_ARG_LIMIT = 30 << 10  # bytes of arguments from which a response file is used (cmd/internal/sys)


class Flattened(list[str]):
    """A command line; made by flatten()."""


def flatten(*words: Words) -> Flattened:
    """One list of all words and all words of lists (str.StringList)."""
    out = Flattened()
    for word in words:
        if isinstance(word, str):
            out.append(word)
        else:
            out.extend(word)
    return out


class Shared:
    """What all shells of one build have in common.

    work_dir: the build's directory, or "$WORK" under -n. cwd: the user's directory. child_env: makes the environment
    of tools; called once, when the first tool runs. show, only_show: -x and -n. minor: 26 for go1.26.
    """

    def __init__(
        self,
        work_dir: str,
        printer: Printer,
        children: Children,
        *,
        cwd: str,
        child_env: Callable[[], dict[str, str]],
        show: bool = False,
        only_show: bool = False,
        cache_dir: str = "",
        minor: int = 26,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.work_dir = work_dir
        self.printer = printer
        self.children = children
        self.cwd = cwd
        self.show = show or only_show
        self.only_show = only_show
        self.cache_dir = cache_dir
        self.minor = minor
        self.clock = clock
        self.lock = threading.RLock()
        self._child_env = child_env
        self._env: dict[str, str] | None = None
        self._script_dir = ""
        self._made: set[str] = set()

    def env(self) -> dict[str, str]:
        """The environment of tools; do not change it."""
        with self.lock:
            if self._env is None:
                self._env = self._child_env()
            return self._env

    def first_mkdir(self, directory: str) -> bool:
        """Whether nobody has asked for this directory yet."""
        with self.lock:
            if directory in self._made:
                return False
            self._made.add(directory)
            return True

    def was_made(self, directory: str) -> bool:
        """Whether somebody asked for this directory."""
        return directory in self._made

    def enter(self, directory: str) -> bool:
        """The printed script changes to a directory; False if it is there already."""
        if directory == self._script_dir:
            return False
        self._script_dir = directory
        return True


class Shell:
    """Steps on behalf of one action, or (action None) of the build as a whole."""

    def __init__(self, shared: Shared, action: Action | None = None, result: Result | None = None) -> None:
        self.shared = shared
        self.action = action
        self.result = result

    @property
    def package(self) -> Package | None:
        """The package of the action."""
        return self.action.package if self.action is not None else None

    # --- printing ---

    def print(self, text: str) -> None:
        """Text for the user."""
        with self.shared.lock:
            self.shared.printer.print(self.package, text)

    def error(self, text: str) -> None:
        """Why the action failed."""
        with self.shared.lock:
            self.shared.printer.error(self.package, text)

    def flush_output(self) -> None:
        """Print what was recorded, and record no more."""
        result = self.result
        if result is not None and result.output is not None:
            if result.output:
                self.print(result.output.decode("utf-8", "surrogateescape"))
            result.output = None

    def show_cmd(self, directory: str, command: str) -> None:
        """Print a step. directory: where it runs; the script changes there first if it is elsewhere ("": anywhere)."""
        shared = self.shared
        with shared.lock:
            command = hide_work_dir(command, shared.work_dir)
            if directory and directory != "/":
                if shared.enter(directory):
                    self.print(hide_work_dir(f"cd {directory}\n", shared.work_dir))
                dot = " ." + (os.sep if directory.endswith(os.sep) else "")
                command = (" " + command).replace(" " + directory, dot)[1:]
            self.print(command + "\n")

    # --- files ---

    def mkdir(self, directory: str) -> None:
        """mkdir -p. Raises StepError."""
        if not directory or not self.shared.first_mkdir(directory):
            return
        if self.shared.show:
            self.show_cmd("", f"mkdir -p {directory}")
        if not self.shared.only_show:
            try:
                os.makedirs(directory, exist_ok=True)
            except OSError as err:
                raise StepError(os_error_text(err, "mkdir")) from err

    def write_file(self, path: str, data: bytes) -> None:
        """Write a file. Raises StepError."""
        if self.shared.show:
            text = data.decode("utf-8", "surrogateescape")
            if not text:
                self.show_cmd("", f"echo -n > {path} # internal")
            elif text.find("\n") == len(text) - 1:
                self.show_cmd("", f"echo '{text[:-1]}' > {path} # internal")
            else:
                self.show_cmd("", f"cat >{path} << 'EOF' # internal\n{text}EOF")
        if self.shared.only_show:
            return
        try:
            with open(path, "wb") as file:
                file.write(data)
        except OSError as err:
            raise StepError(os_error_text(err)) from err

    def copy_file(self, target: str, source: str, mode: int, force: bool) -> None:
        """cp. mode: of the new file before the umask. force: overwrite whatever file is there. Raises StepError."""
        if self.shared.show:
            self.show_cmd("", f"cp {source} {target}")
            if self.shared.only_show:
                return
        from gokiln.execute.install import copy

        copy(target, source, mode, force)

    def symlink(self, target: str, link: str) -> None:
        """ln -s, unless the link is there. Raises StepError."""
        if os.path.islink(link) and os.readlink(link) == target:
            return
        if self.shared.show:
            self.show_cmd("", f"ln -s {target} {link}")
            if self.shared.only_show:
                return
        try:
            os.symlink(target, link)
        except OSError as err:
            from gokiln.base.oserror import strerror

            raise StepError(f"symlink {target} {link}: {strerror(err)}") from err

    def move_or_copy_file(self, target: str, source: str, mode: int, force: bool) -> None:
        """mv, or cp where a rename would keep the wrong owner or permissions. Raises StepError."""
        if self.shared.only_show:
            self.show_cmd("", f"mv {source} {target}")
            return
        from gokiln.execute.install import check_overwrite, move

        check_overwrite(target, force)
        cache_dir = self.shared.cache_dir
        if not (cache_dir and source.startswith(cache_dir)) and move(target, source, mode):
            if self.shared.show:
                self.show_cmd("", f"mv {source} {target}")
            return
        self.copy_file(target, source, mode, force)

    def remove_all(self, directory: str) -> None:
        """rm -rf; what cannot be removed is left."""
        if self.shared.show and (self.shared.was_made(directory) or os.path.lexists(directory)):
            self.show_cmd("", f"rm -rf {directory}")
        if not self.shared.only_show:
            import shutil

            shutil.rmtree(directory, ignore_errors=True)

    # --- tools ---

    def run(self, directory: str, desc: str, env: Sequence[str], *words: Words) -> None:
        """Run a tool and report what it says. desc: heading instead of the command line. Raises as report_cmd."""
        output, problem = self.run_out(directory, env, *words)
        if not desc:
            desc = hide_work_dir(" ".join(flatten(*words)), self.shared.work_dir)
        self.report_cmd(desc, directory, output, problem)

    def run_out(self, directory: str, env: Sequence[str], *words: Words) -> tuple[bytes, GokilnError | None]:
        """Run a tool; its output, and what went wrong or None.

        directory: where it runs ("." the user's). env: "NAME=value" on top of the tools' environment, shown by -x.
        """
        argv = flatten(*words)
        for word in argv:
            if word.startswith("@"):  # GNU tools would read arguments from a file of that name
                return b"", StepError(f"invalid command-line argument {word} in command: {join_unambiguously(argv)}")
        if self.shared.show:
            self.show_cmd(directory, "".join(map(_show_setting, env)) + join_unambiguously(argv))
            if self.shared.only_show:
                return b"", None
        from gokiln.base.lookpath import LookPathError, look_path

        child_env = self._child_env(directory, env)
        try:
            path = look_path(argv[0], self.shared.env())
        except LookPathError as err:
            return b"", StepError(str(err))
        return self._run_found(path, argv, None if directory == "." else directory, child_env)

    def _run_found(
        self, path: str, argv: list[str], directory: str | None, env: Mapping[str, str]
    ) -> tuple[bytes, GokilnError | None]:
        began = self.shared.clock()
        words = [path, *argv[1:]]
        response = self._response_file(words)
        try:
            done = self.shared.children.run(words, cwd=directory or self.shared.cwd, env=env)
        except OSError as err:
            from gokiln.base.oserror import path_error

            where = err.filename if isinstance(err.filename, str) else path
            op = "chdir" if directory is not None and where == directory else "fork/exec"
            return b"", StepError(f"{argv[0]}: {path_error(op, where, err)}")
        finally:
            if response:
                _remove(response)
        result = self.result
        if result is not None:
            result.commands.append(join_unambiguously(argv))
            result.seconds += self.shared.clock() - began
            result.user_seconds += done.user_seconds
            result.system_seconds += done.system_seconds
        problem = done.problem()
        return done.output, StepError(f"{argv[0]}: {problem}") if problem else None

    def _child_env(self, directory: str, settings: Iterable[str]) -> dict[str, str]:
        env = dict(self.shared.env())
        if directory != ".":
            env["PWD"] = os.path.normpath(os.path.join(self.shared.cwd, directory))
        if self.package is not None:
            env["TOOLEXEC_IMPORTPATH"] = self.package.desc()
        for setting in settings:
            name, _, value = setting.partition("=")
            env[name] = value
        return env

    def _response_file(self, words: list[str]) -> str:
        """Put long arguments into a file for tools that can read them from one; its path, or ""."""
        tool = os.path.basename(words[0]).removesuffix(".exe")
        if tool not in _RESPONSE_FILE_TOOLS or sum(map(len, words)) <= _ARG_LIMIT:
            return ""
        path = os.path.join(self.shared.work_dir, f"args{os.urandom(6).hex()}")
        with open(path, "wb") as file:
            for word in words[1:]:
                file.write(encode_argument(word, self.shared.minor).encode("utf-8", "surrogateescape") + b"\n")
        words[1:] = ["@" + path]
        return path

    def report_cmd(self, desc: str, directory: str, output: bytes, problem: GokilnError | None) -> None:
        """Print or record a tool's output; raise CommandError with it, or problem itself, when the tool failed.

        desc, directory: "" for the package's. The output is expected to name files below directory.
        """
        if not output:
            if problem is not None:
                raise problem
            return
        package = self.package
        import_path = ""
        needs_path = False
        if package is not None:
            import_path = package.import_path
            desc = desc or package.desc()
            directory = directory or package.dir
            needs_path = bool(import_path) and desc != package.desc()
        text = readable_output(
            output.decode("utf-8", "surrogateescape"),
            directory,
            self.shared.work_dir,
            self._short_path,
            self._shows() or self.shared.minor >= NAMED_BY_COMPILER_SINCE,
        )
        head = heading(desc, import_path, needs_path)
        if problem is not None:
            raise CommandError(head, text, import_path)
        if self.result is not None and self.result.output is not None:
            self.result.output += (head + text).encode("utf-8", "surrogateescape")
        else:
            self.print(head + text)

    def report_compiled(self, output: bytes, problem: GokilnError | None) -> None:
        """report_cmd for the compiler of this shell's package."""
        package = self.package
        generated = package is not None and (package.uses_cgo() or package.uses_swig())
        if generated and self.shared.minor >= NAMED_BY_COMPILER_SINCE and not self._shows():
            output = go_names(output)
        self.report_cmd("", "", output, problem)

    def _shows(self) -> bool:
        """Whether commands are shown that also run (-x); cgo's names stay as they are then."""
        return self.shared.show and not self.shared.only_show

    def _short_path(self, path: str) -> str:
        from gokiln.base.shortpath import short_path

        return short_path(path, self.shared.cwd)


def _show_setting(setting: str) -> str:
    name, equals, value = setting.partition("=")
    if not equals:
        return ""
    return f"{name}={go_quote(value)} " if "'" in value else f"{name}='{value}' "


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        return
