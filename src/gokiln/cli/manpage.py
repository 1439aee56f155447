"""`gokiln manpage`: the manual page in roff, made of the table of commands and topics."""

from __future__ import annotations

from gokiln import __version__
from gokiln.cli.commandtable import COMMANDS, OWN_COMMANDS, OWN_TOPICS, TOPICS, Table, blocks, filled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gokiln.cli.commandtable import Flag, Page
    from gokiln.cli.invocation import Invocation

_HEAD = """.TH GOKILN 1 "" "gokiln {version}" "User Commands"
.SH NAME
gokiln \\- build, test and look after Go programs as the go command does, without it
.SH SYNOPSIS
.B gokiln
.I command
.RI [ "\\-C dir" ]
.RI [ flags ]
.RI [ arguments ]
.SH DESCRIPTION
gokiln takes the go command's command lines and does what they say with the tools of the same Go toolchain. It shares
the go command's caches. Called by a link named
.B go
it stands in for that command, and where this page says go, gokiln does the same.
"""
_TAIL = """.SH EXIT STATUS
The go command's: 0 for success, 1 for a failure, 2 for a command line that cannot be read.
.SH SEE ALSO
https://go.dev/cmd/go/
"""


def run(inv: Invocation) -> int:
    """Print the page; returns 0."""
    from gokiln.cli.help import release_in_use

    inv.stdout.write(render(Table(release_in_use(inv))))
    return 0


def render(table: Table) -> str:
    """The whole page."""
    out = [_HEAD.format(version=__version__), ".SH COMMANDS\n"]
    out += [_command(table, page) for page in table.pages(COMMANDS)]
    out.append(".SH COMMANDS OF ITS OWN\n")
    out += [_command(table, page) for page in table.pages(OWN_COMMANDS)]
    shared = table.page("build")
    if shared is not None:
        out.append(".SH BUILD FLAGS\nThose of\n.B go build\nthat other commands take as well.\n")
        out.append(_flags(shared.shared))
    for page in table.pages((*OWN_TOPICS, *TOPICS)):
        out.append(f".SH {_escape(page.short.upper())}\n{_body(page.body)}{_flags(page.flags)}")
    out.append(_TAIL)
    return "".join(out)


def _command(table: Table, page: Page) -> str:
    out = [f".SS {_escape(page.name)}\n.B {_escape(page.usage)}\n{_body(page.body)}{_flags(page.flags)}"]
    own = {flag.name for flag in page.flags}
    names = ", ".join("-" + flag.name for flag in page.shared if flag.name not in own)
    if names and page.name != "build":
        out.append(f".PP\nOf the build flags (below) it takes {_escape(names)}.\n")
    also = table.page(page.also)
    if also is not None:
        out.append(f".PP\nFlags of test programs are in the section {_escape(also.short.upper())}.\n")
    return "".join(out)


def _flags(flags: Iterable[Flag]) -> str:
    from gokiln.cli.help import flag_text

    return "".join(f".TP\n.B {_escape(flag.heading())}\n{_escape(flag_text(flag))}\n" for flag in flags)


def _body(body: Iterable[str]) -> str:
    from gokiln.cli.help import terms

    out: list[str] = []
    for kind, lines in blocks(body):
        if kind == "code":
            text = "\n".join(_escape(line.expandtabs(8)) for line in lines)
            out.append(f".PP\n.RS 4\n.nf\n{text}\n.fi\n.RE\n")
        elif kind == "terms":
            for term, told in terms(lines):
                out.append(f".TP\n.B {_escape(term)}\n{_escape(told)}\n")
        elif kind == "item":
            out.append(f".IP \\(bu 3\n{_escape(filled(lines))}\n")
        else:
            out.append(f".PP\n{_escape(filled(lines))}\n")
    return "".join(out)


def _escape(text: str) -> str:
    """Text that stands for itself in roff: no escape, no request, quotes and dashes as they are typed."""
    for char, roff in (("\\", "\\e"), ("-", "\\-"), ("'", "\\(aq"), ('"', "\\(dq"), ("^", "\\(ha"), ("~", "\\(ti")):
        text = text.replace(char, roff)
    return "\\&" + text if text.startswith(".") else text
