"""`gokiln manpage`: the manual page in roff, made of the table of commands."""

from __future__ import annotations

from gokiln import __version__
from gokiln.cli.commandtable import COMMANDS, FLAGS, OWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.cli.invocation import Invocation

_HEAD = """.TH GOKILN 1 "" "gokiln {version}" "User Commands"
.SH NAME
gokiln \\- build, test and look after Go programs as the go command does, without it
.SH SYNOPSIS
.B gokiln
.RI [ "\\-C dir" ]
.I command
.RI [ arguments ]
.SH DESCRIPTION
gokiln takes the go command's command lines and does what it does, byte for byte, with the tools of the same Go
toolchain. It shares the go command's caches. Called by a link named
.B go
it stands in for that command.
"""
_TAIL = """.SH ENVIRONMENT
The go command's variables, as
.B gokiln env
lists them. Besides:
.TP
.B GOKILNCACHE
Directory of gokiln's own records; off for none.
.TP
.B GOKILN_GOROOT
The Go toolchain to use when no other is found.
.SH EXIT STATUS
The go command's: 0 for success, 1 for a failure, 2 for a command line that cannot be read.
.SH SEE ALSO
https://go.dev/cmd/go/
"""


def run(inv: Invocation) -> int:
    """Print the page; returns 0."""
    inv.stdout.write(render())
    return 0


def _escape(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def render() -> str:
    """The whole page."""
    out = [_HEAD.format(version=__version__), ".SH COMMANDS\n"]
    for command in COMMANDS:
        usage = "gokiln" + command.usage.removeprefix("go")
        out.append(f".TP\n.B {_escape(usage)}\n{_escape(command.words[:1].upper() + command.words[1:])}.\n")
    out.append(".SH COMMANDS OF ITS OWN\n")
    for command in OWN:
        out.append(f".TP\n.B {_escape(command.usage)}\n{_escape(command.words[:1].upper() + command.words[1:])}.\n")
    out.append(".SH FLAGS\nWhich command has which, its own help says.\n")
    for name, (kind, words) in FLAGS.items():
        value = f" {kind if ' ' not in kind else '|'.join(kind.split())}" if kind else ""
        out.append(f".TP\n.B {_escape('-' + name + value)}\n{_escape(words[:1].upper() + words[1:])}.\n")
    out.append(_TAIL)
    return "".join(out)
