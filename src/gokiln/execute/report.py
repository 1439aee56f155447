"""What a tool printed, made readable: short paths, $WORK for the work directory, Go names for cgo's.

Pure text in and out. Source: fmtCmd, reportCmd, replacePrefix, joinUnambiguously in cmd/go/internal/work/shell.go,
cgoTypeSigRe in cmd/go/internal/work/exec.go, go1.26 and go1.27.
"""

from __future__ import annotations

import os

from gokiln.base.quote import go_quote
from gokiln.base.shellwords import join_unambiguously as join_unambiguously
from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_CGO_LINE = r"\[[^\[\]]+\.(cgo1|cover)\.go:[0-9]+(:[0-9]+)?\]"
_CGO_NAME = r"(?<![0-9A-Za-z_])_C2?(type|func|var|macro)_(?=[0-9A-Za-z_])"

NAMED_BY_COMPILER_SINCE = 27  # minor release in which only what the compiler of a cgo package prints gets Go names


class StepError(GokilnError):
    """A step of the build that failed with nothing printed, or before anything ran. err: what it was made from."""

    prefix = ""

    def __init__(self, problem: str, err: BaseException | None = None) -> None:
        super().__init__(problem)
        self.err = err


class CommandError(GokilnError):
    """A tool failed and said why: its output under the heading `# package`. import_path: the package's."""

    prefix = ""

    def __init__(self, heading: str, text: str, import_path: str) -> None:
        super().__init__(heading + text)
        self.import_path = import_path


def hide_work_dir(command: str, work_dir: str) -> str:
    """A command with $WORK in place of the work directory; `cat` commands are left as they are."""
    if not work_dir or command.startswith("cat "):
        return command
    command = command.replace(work_dir, "$WORK")
    escaped = go_quote(work_dir)[1:-1]
    return command.replace(escaped, "$WORK") if escaped != work_dir else command


def replace_prefix(text: str, old: str, new: str) -> str:
    """Replace old where it begins a line or follows a blank, or a tab that begins a line."""
    if old not in text:
        return text
    text = text.replace(" " + old, " " + new).replace("\n" + old, "\n" + new).replace("\n\t" + old, "\n\t" + new)
    return new + text[len(old) :] if text.startswith(old) else text


def readable_output(text: str, directory: str, work_dir: str, short_path: Callable[[str], str], keep_cgo: bool) -> str:
    """A tool's output with short names for directory and all above it.

    short_path: relative form of a path, or the path itself. keep_cgo: leave cgo's generated names in.
    """
    if not text.endswith("\n"):
        text += "\n"
    if work_dir:
        text = replace_prefix(text, work_dir, "$WORK")
    while True:
        if directory in text:
            short = short_path(directory)
            if short != directory:
                text = replace_prefix(text, directory, short)
                if os.sep == "\\":
                    text = replace_prefix(text, directory.replace("\\", "/"), short)
        above = os.path.dirname(directory) or "."
        if above == directory:
            break
        directory = above
    if not keep_cgo and ".go:" in text and "[" in text:
        import re

        if re.search(_CGO_LINE, text):
            text = re.sub(_CGO_LINE, "", text)
            text = re.sub(_CGO_NAME, "C.", text)
    return text


def go_names(output: bytes) -> bytes:
    """A compiler's output with cgo's names as the source has them (C.f for _Cfunc_f), as go1.27 shows it."""
    if b"_C" not in output:
        return output
    import re

    return re.sub(_CGO_NAME.encode(), b"C.", output, flags=re.ASCII)


def heading(desc: str, import_path: str, needs_path: bool) -> str:
    """The line or lines above a tool's output."""
    if needs_path:
        return f"# {import_path}\n# [{desc}]\n"
    return f"# {desc}\n"


_GCC_QUOTING_SINCE = 27  # go1.27's tools read response files as gcc does


def encode_argument(arg: str, minor: int = 26) -> str:
    """One line of a response file for the tools of go1.<minor>."""
    if minor < _GCC_QUOTING_SINCE:
        return arg.replace("\\", "\\\\").replace("\n", "\\n")
    if not arg:
        return '""'
    if not any(char in arg for char in " \t\n\r'\"\\$`"):
        return arg
    escaped = "".join("\\" + char if char in '\\"$`' else char for char in arg)
    return f'"{escaped}"'
