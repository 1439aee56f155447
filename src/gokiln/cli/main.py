"""From argv to a subcommand: the table of commands, `-C dir`, and what a failure looks like to the caller.

A command is a module of this folder with `run(inv: Invocation) -> int`, imported when it is called and not before.
What a command raises as GokilnError is printed here in one place; nothing a user can do ends in a traceback.
Source: cmd/go/main.go, go1.26.
"""

from __future__ import annotations

import gc
import os
import sys
import time

from gokiln.cli.invocation import Invocation, Output, getwd
from gokiln.cli.signals import pass_harmless_by
from gokiln.errors import FatalError, GokilnError, NotYetError, PlainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# Every command of the go command. The module is gokiln.cli.<name with _>, e.g. mod download -> mod_download; one
# that is not there yet ends in NotYetError. Groups have no module of their own.
COMMANDS = frozenset(
    "bug build clean doc env fix fmt generate get install list run telemetry test tool version vet".split()
)
GROUPS: dict[str, frozenset[str]] = {
    "mod": frozenset("download edit graph init tidy vendor verify why".split()),
    "work": frozenset("edit init sync use vendor".split()),
}
# Objects of one generation, and collections of younger ones, between two searches for garbage.
_GC_THRESHOLD = (100_000, 50, 100)
# gokiln's own commands, which the go command does not have.
OWN_COMMANDS = frozenset("audit cache completion doctor manpage shim timeline why".split())


def lookup(args: Sequence[str]) -> tuple[str, int]:
    """The command at the head of `args` and how many arguments name it; a bare group, or "" for none known."""
    if not args:
        return "", 0
    name = args[0]
    if name in COMMANDS or name in OWN_COMMANDS:
        return name, 1
    if name in GROUPS:
        if len(args) > 1 and args[1] in GROUPS[name]:
            return f"{name} {args[1]}", 2
        return name, 1
    return "", 0


def take_chdir(args: list[str]) -> str | None:
    """Remove a leading `-C dir` (before or right after the command's name) from `args`; returns the directory."""
    _, used = lookup(args)
    if used >= len(args):
        return None
    arg = args[used]
    if arg in ("-C", "--C"):
        if used + 1 >= len(args):
            return None
        directory = args[used + 1]
        del args[used : used + 2]
        return directory
    if arg.startswith(("-C=", "--C=")):
        del args[used]
        return arg.split("=", 1)[1]
    return None


def main(argv: Sequence[str]) -> int:
    """Run one command. argv: as the process got it, argv[0] being what it was called by. Returns the exit status."""
    start = time.monotonic()
    # What a command makes lives until it ends; looking for garbage among it took a seventh of a big `mod tidy`.
    gc.set_threshold(*_GC_THRESHOLD)
    _fill_descriptors()
    pass_harmless_by()
    stdout = Output(1, buffered=True)
    stderr = Output(2, buffered=False, before=stdout)
    try:
        status = _guarded(argv, stdout, stderr, start) or int(stderr.failed)
        stdout.flush()
        return status
    except BrokenPipeError:
        stdout.discard()
        return _die_of("SIGPIPE")
    except KeyboardInterrupt:
        return _die_of("SIGINT")
    except OSError as err:
        # The last word could not be written (a full disk behind a redirection): say so if anybody can hear it.
        stdout.discard()
        return _last_words(stderr, err)


def _fill_descriptors() -> None:
    """Let /dev/null stand in for standard streams that are closed, as in each Go program.

    The files that we open would get their numbers, and what is meant for the user would be written to them.
    """
    if os.name == "nt":
        return
    for fd in (0, 1, 2):
        try:
            os.fstat(fd)
        except OSError:
            if os.open(os.devnull, os.O_RDWR) == fd:  # the lowest that is free
                os.set_inheritable(fd, True)


def _last_words(stderr: Output, err: OSError) -> int:
    from gokiln.base.oserror import os_error_text

    try:
        stderr.write(f"go: {os_error_text(err)}\n")
    except OSError:
        stderr.discard()
    return 1


def _guarded(argv: Sequence[str], stdout: Output, stderr: Output, start: float) -> int:
    """_dispatch, with every error that has words for the user turned into them."""
    try:
        return _dispatch(argv, stdout, stderr, start)
    except (GokilnError, FatalError) as err:
        report(err, stderr)
        return err.exit_status
    except RecursionError:
        stderr.write("go: the input is nested too deeply\n")
        return 1
    except MemoryError:
        stderr.write("go: out of memory\n")
        return 1
    except OSError:
        raise
    except Exception as err:  # a bug of ours: one line that can be reported, not a page
        if os.environ.get("GOKILN_TRACEBACK"):
            raise
        stdout.flush()
        stderr.write(f"gokiln: internal error: {type(err).__name__}: {err} (GOKILN_TRACEBACK=1 shows where)\n")
        return 2


def report(err: GokilnError | FatalError, stderr: Output) -> None:
    """Print an error as base.Fatal does. One that gathers others (`errors` attribute) prints each."""
    parts = getattr(err, "errors", None)
    if parts:
        for part in parts:
            report(part, stderr)
        return
    text = str(err)
    if not text:
        return  # all has been told
    stderr.write(f"{err.prefix}{text}" + ("" if text.endswith(err.end) else err.end))


def _dispatch(argv: Sequence[str], stdout: Output, stderr: Output, start: float) -> int:
    args = list(argv[1:])
    environ = dict(os.environ)
    directory = take_chdir(args)
    if directory is not None:
        _chdir(directory)
    lost: OSError | None = None
    try:
        cwd = getwd(environ)
    except OSError as err:
        lost, cwd = err, os.sep  # help is for people whose working directory is gone, too
    inv = Invocation(argv[0], args, environ, cwd, stdout, stderr, start=start)
    if not args:
        return _help(inv, "main_usage")
    if args[0].startswith("-"):
        return _global_flag(inv, args[0])
    if args[0] == "help":
        inv.args = args[1:]
        return _help(inv, "run")
    name, used = lookup(args)
    if name in GROUPS:
        return _group(inv, name, args[used:])
    if not used:
        stderr.write(f"go {args[0]}: unknown command\nRun 'go help' for usage.\n")
        return 2
    inv.cmd_name = name
    if lost is not None:
        from gokiln.base.oserror import strerror

        raise PlainError(f"cannot determine current directory: getwd: {strerror(lost)}") from lost
    return _run_switching(name, inv, args[used:])


def _chdir(directory: str) -> None:
    try:
        os.chdir(directory)
    except OSError as err:
        from gokiln.base.oserror import path_error

        raise GokilnError(path_error("chdir", directory, err)) from err
    except ValueError as err:  # a NUL in the name
        raise GokilnError(f"chdir {directory}: invalid argument") from err


def _global_flag(inv: Invocation, arg: str) -> int:
    """A flag before the command: the go command has none but -C, which is gone by now."""
    name = arg.lstrip("-").split("=", 1)[0]
    if name not in ("h", "help") or not name:
        problem = f"flag provided but not defined: -{name}" if name else f"bad flag syntax: {arg}"
        inv.stderr.write(problem + "\n")
    return _help(inv, "main_usage")


def _group(inv: Invocation, name: str, rest: Sequence[str]) -> int:
    if not rest:
        inv.args = [name]
        return _help(inv, "group_usage")
    if rest[0] == "help":
        inv.args = [name, *rest[1:]]
        return _help(inv, "run")
    inv.stderr.write(f"go {name}: unknown command\nRun 'go help {name}' for usage.\n")
    return 2


def _help(inv: Invocation, entry: str) -> int:
    import gokiln.cli.help as texts

    if entry == "run":
        return texts.run(inv)
    return texts.main_usage(inv) if entry == "main_usage" else texts.group_usage(inv)


def _run_switching(name: str, inv: Invocation, args: list[str]) -> int:
    """Run the command; again with another toolchain as often as one is asked for (switching.py)."""
    versioned = name in ("install", "run") and any("@" in arg for arg in args)
    while True:
        inv.args = list(args)
        try:
            if versioned:
                from gokiln.cli.switching import switch_for_version

                switch_for_version(inv, name)
            return _run(name, inv)
        except NotYetError:
            raise
        except GokilnError as err:
            from gokiln.cli.switching import switch

            switch(inv, name, err)


def _run(name: str, inv: Invocation) -> int:
    module_name = "gokiln.cli." + name.replace(" ", "_")
    try:
        __import__(module_name)
    except ModuleNotFoundError as err:
        if err.name != module_name:
            raise
        raise NotYetError(
            f"gokiln does not have the command '{name}' yet", hint="use the go command for this one"
        ) from None
    return int(sys.modules[module_name].run(inv))


def _die_of(signal_name: str) -> int:
    """End as a process does that does not handle the signal, so that the caller's shell sees the truth."""
    import signal

    number = getattr(signal, signal_name, None)
    if number is None or os.name == "nt":
        return 1
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    return 128 + int(number)
