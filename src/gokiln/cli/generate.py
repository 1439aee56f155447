"""`gokiln generate`: run the commands that //go:generate lines in source files hold.

`go` in such a line means gokiln. Source: cmd/go/internal/generate/generate.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.lookpath import LookPathError, look_path
from gokiln.base.oserror import os_error_text
from gokiln.base.quote import go_quote, unquote
from gokiln.base.shortpath import short_path
from gokiln.cli.configure import configure
from gokiln.cli.loading import open_graph
from gokiln.cli.streams import make_sink
from gokiln.config.buildflags import OMIT_BUILD_ONLY_FLAGS
from gokiln.errors import GokilnError, PlainError
from gokiln.events import Text
from gokiln.execute.golink import child_path
from gokiln.execute.userprogram import run_program
from gokiln.golang.charclass import RegexpError
from gokiln.golang.expand import expand
from gokiln.golang.goregexp import compile_go
from gokiln.golang.source import read_go_info
from gokiln.packages.load import packages_and_errors
from gokiln.packages.loadopts import PackageOpts

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags
    from gokiln.config.config import Config

USAGE = "go generate [-run regexp] [-n] [-v] [-x] [build flags] [file.go... | packages]"
_DIRECTIVES = (b"//go:generate ", b"//go:generate\t")
_LINE_LIMIT = 4096  # bytes of a line that cmd/go's reader takes in


class Options:
    """The command's own flags."""

    def __init__(self) -> None:
        self.run = ""
        self.skip = ""


class DirectiveError(GokilnError):
    """A directive failed; what is left of its file, and the files after it, are not looked at."""

    prefix = ""


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    options = Options()

    def register(flagset: FlagSet, flags: BuildFlags) -> None:
        flagset.string("run", options, "run")
        flagset.string("skip", options, "skip")

    config = configure(
        inv,
        "generate",
        usage_line=USAGE,
        register=register,
        mask=OMIT_BUILD_ONLY_FLAGS,
        init_build=False,
        sink=make_sink(inv),
    )
    return _generate(inv, config, Chooser(options.run, options.skip))


class Chooser:
    """Which directives to run. run, skip: Go regular expressions, "" for none. Raises PlainError."""

    def __init__(self, run: str, skip: str) -> None:
        self._run = self._compile(run)
        self._skip = self._compile(skip)

    @staticmethod
    def _compile(pattern: str) -> re.Pattern[str] | None:
        if not pattern:
            return None
        try:
            return compile_go(pattern)
        except RegexpError as err:
            raise PlainError(f"generate: {err}") from err

    def wants(self, line: str) -> bool:
        """Whether a directive, without blanks around it, is to be run."""
        if self._run is not None and not self._run.search(line):
            return False
        return self._skip is None or not self._skip.search(line)


def _generate(inv: Invocation, config: Config, chooser: Chooser) -> int:
    config.target.build_tags.append("generate")
    graph = open_graph(config, builds=False)
    told = False
    failed = False
    path = ""
    for package in packages_and_errors(graph, PackageOpts(ignore_imports=True), config.args):
        if package.module is not None and not package.module.main:
            if not told:
                config.sink.tell(Text("go: not generating in packages in dependency modules\n"))
                told = True
            continue
        inside = sorted([*package.go_files, *package.cgo_files, *package.test_go_files])
        if package.error is not None and not (inside or package.ignored_go_files or package.xtest_go_files):
            config.sink.tell(Text(f"{package.error}\n"))
            failed = True
        path = path or child_path(config)
        for files in (inside, package.xtest_go_files):
            for name in files:
                try:
                    GeneratorFile(inv, config, os.path.join(package.dir, name), path, chooser).run()
                except DirectiveError as err:
                    config.sink.tell(Text(f"{err}\n"))
                    failed = True
                    break
    return 1 if failed else 0


class GeneratorFile:
    """One source file that is searched for directives. path: absolute. child_path: PATH of what is run."""

    def __init__(self, inv: Invocation, config: Config, path: str, child_path: str, chooser: Chooser) -> None:
        self._inv = inv
        self._config = config
        self._path = path
        self._child_path = child_path
        self._chooser = chooser
        self._commands: dict[str, list[str]] = {}
        self._line = 0
        self._package = ""
        self._variables: dict[str, str] = {}

    def run(self) -> None:
        """Run all directives. Raises DirectiveError for the first that fails, PlainError for an unreadable file."""
        try:
            with open(self._path, "rb") as file:
                data = file.read()
        except OSError as err:
            raise PlainError(f"generate: {os_error_text(err)}") from err
        self._package = read_go_info(self._path, data).package
        if not self._package:
            return  # without a package clause it is no Go file
        if self._config.flags.v:
            self._config.sink.tell(Text(short_path(self._path, self._config.cwd) + "\n"))
        if b"//go:generate" not in data:
            return
        for number, line in enumerate(data.split(b"\n"), 1):
            if line.startswith(_DIRECTIVES):
                self._line = number
                if len(line) >= _LINE_LIMIT:
                    raise self._error("directive too long")
                if number > data.count(b"\n"):
                    raise self._error(f"error reading {short_path(self._path, self._config.cwd)}: unexpected EOF")
                self._directive(line.decode("utf-8", "surrogateescape"))

    def _error(self, problem: str) -> DirectiveError:
        return DirectiveError(f"{short_path(self._path, self._config.cwd)}:{self._line}: {problem}")

    def _directive(self, line: str) -> None:
        if not self._chooser.wants(line.strip()):
            return
        self._set_variables()
        words = self._split(line[len("//go:generate ") :].removesuffix("\r"))
        if not words:
            raise self._error("no arguments to directive")
        if words[0] == "-command":
            self._define(words)
            return
        flags = self._config.flags
        if flags.n or flags.x:
            self._config.sink.tell(Text(" ".join(words) + "\n"))
        if not flags.n:
            self._exec(words)

    def _set_variables(self) -> None:
        config = self._config
        self._variables = {
            "GOROOT": config.toolchain.goroot_said,
            "GOARCH": config.target.goarch,
            "GOOS": config.target.goos,
            "GOFILE": os.path.basename(self._path),
            "GOLINE": str(self._line),
            "GOPACKAGE": self._package,
            "DOLLAR": "$",
            "PATH": self._child_path,
            "PWD": os.path.dirname(self._path),
        }

    def _split(self, line: str) -> list[str]:
        """The words of a directive: quoted ones unquoted, shorthands and variables replaced. Raises DirectiveError."""
        words: list[str] = []
        while line := line.lstrip(" \t"):
            if line[0] != '"':
                end = min((at for at in (line.find(" "), line.find("\t")) if at >= 0), default=len(line))
                words.append(line[:end])
            else:
                end = self._closing_quote(line)
                try:
                    words.append(unquote(line[:end]))
                except ValueError:
                    raise self._error("bad quoted string") from None
                if line[end : end + 1] not in ("", " ", "\t"):
                    raise self._error("expect space after quoted argument")
            line = line[end:]
        if words and words[0] in self._commands:
            words = [*self._commands[words[0]], *words[1:]]
        environ = self._config.env.environ
        return [expand(word, lambda name: self._variables.get(name, environ.get(name, ""))) for word in words]

    def _closing_quote(self, line: str) -> int:
        """The index after the quote that ends the quoted word at the start."""
        at = 1
        while at < len(line):
            if line[at] == "\\":
                if at + 1 == len(line):
                    raise self._error("bad backslash")
                at += 1
            elif line[at] == '"':
                return at + 1
            at += 1
        raise self._error("mismatched quoted string")

    def _define(self, words: list[str]) -> None:
        if len(words) == 1:
            raise self._error("no command specified for -command")
        if words[1] in self._commands:
            raise self._error(f"command {go_quote(words[1])} multiply defined")
        self._commands[words[1]] = words[2:]

    def _exec(self, words: list[str]) -> None:
        env = {**self._config.env.orig_environ(), **self._variables}
        path = words[0]
        if os.sep not in path:
            try:
                path = look_path(path, env)
            except LookPathError as err:
                raise self._error(f"running {go_quote(words[0])}: {err}") from None
        self._inv.stdout.flush()
        directory = os.path.dirname(self._path)
        ended = run_program(words, env, cwd=directory, executable=path, no_input=True, alone=False)
        if ended.problem:
            raise self._error(f"running {go_quote(words[0])}: {ended.problem}")
