"""`gokiln help`: the table of commands and topics as text, in the words that fit the release in use.

Source of the forms: cmd/go/internal/help/help.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln import __version__
from gokiln.cli.commandtable import COMMANDS, NEWEST, OWN_COMMANDS, OWN_TOPICS, TOPICS, Table, blocks, filled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gokiln.cli.commandtable import Flag, Page
    from gokiln.cli.invocation import Invocation

_WIDTH = 80
_TAB = 8
_PREFACE = (
    f"Go is a toolchain; this command builds, tests and looks after programs with it. It is gokiln {__version__}, which"
    " takes go's command lines and does what they say without go."
)


def run(inv: Invocation) -> int:
    """`help [topic...]`: returns 0, or 2 for a topic that does not exist."""
    table = Table(release_in_use(inv))
    words = inv.args
    if words == ["documentation"]:
        inv.stdout.write(everything(table, called_go(inv)))
        return 0
    text = topic(table, words, called_go(inv))
    if text is None:
        known = 0
        while known < len(words) and topic(table, words[: known + 1], True) is not None:
            known += 1
        success = " ".join(["go help", *words[:known]])
        inv.stderr.write(f"go help {' '.join(words)}: unknown help topic. Run '{success}'.\n")
        return 2
    inv.stdout.write(text)
    return 0


def main_usage(inv: Invocation) -> int:
    """No command at all: the overview on stderr, exit status 2."""
    inv.stderr.write(overview(Table(release_in_use(inv)), called_go(inv)))
    return 2


def group_usage(inv: Invocation) -> int:
    """A group without its command: the group's overview on stderr, exit status 2."""
    table = Table(release_in_use(inv))
    inv.stderr.write(topic(table, inv.args, True) or overview(table, called_go(inv)))
    return 2


def called_go(inv: Invocation) -> bool:
    """Whether the command was called by a link named go."""
    return os.path.basename(inv.argv0).removesuffix(".exe") == "go"


def release_in_use(inv: Invocation) -> int:
    """The minor version of the toolchain that a command would use here (26 for go1.26), NEWEST when there is none."""
    from gokiln.config.toolchain import find_goroot, load_toolchain
    from gokiln.errors import GokilnError

    try:
        goroot = find_goroot(inv.environ, inv.argv0, inv.cwd)
        return load_toolchain(goroot, inv.environ, inv.argv0, inv.cwd).release.minor
    except (GokilnError, OSError):
        return NEWEST


def topic(table: Table, words: Sequence[str], as_go: bool) -> str | None:
    """The text of `go help words...`, None for an unknown topic. as_go: leave out what gokiln has besides."""
    if not words:
        return overview(table, as_go)
    page = table.page(" ".join(words)) if all(" " not in word for word in words) else None
    return None if page is None else render(table, page)


def everything(table: Table, as_go: bool) -> str:
    """All texts one after another."""
    names = [*COMMANDS, *TOPICS, *OWN_COMMANDS, *OWN_TOPICS]
    parts = [f"# {page.short[:1].upper() + page.short[1:]}\n\n{render(table, page)}" for page in table.pages(names)]
    return overview(table, as_go) + "\n".join(parts)


def overview(table: Table, as_go: bool) -> str:
    """What `go help` prints."""
    top = [page for page in table.pages(COMMANDS) if " " not in page.name]
    out = [
        f"{fill(_PREFACE)}\n\nUsage:\n\n\tgo <command> [arguments]\n\nThe commands are:\n\n{_rows(top, 11)}\n"
        f'"go help <command>" says more about a command.\n\n'
        f"Help topics besides:\n\n{_rows(table.pages(TOPICS), 15)}\n"
        '"go help <topic>" says more about a topic.\n\n'
    ]
    if not as_go:
        own = table.pages((*OWN_COMMANDS, *OWN_TOPICS))
        out.append(f"Only gokiln has:\n\n{_rows(own, 11)}\n")
    return "".join(out)


def _rows(pages: Iterable[Page], width: int) -> str:
    return "".join(f"\t{page.name.rpartition(' ')[2]:<{width}} {page.short}\n" for page in pages)


def render(table: Table, page: Page) -> str:
    """One page as `go help` prints it."""
    text = render_body(page.body)
    if page.kind == "group":
        below = _rows(table.below(page.name), 11)
        more = f'"go help {page.name} <command>" says more about a command.\n'
        return f"{text}\nUsage:\n\n\t{page.usage}\n\nThe commands are:\n\n{below}\n{more}\n"
    out = [f"usage: {page.usage}\n\n" if page.usage else "", text]
    if page.flags:
        out.append("\nFlags:\n\n" + "".join(map(render_flag, page.flags)))
    own = {flag.name for flag in page.flags}
    shared = [flag for flag in page.shared if flag.name not in own]
    if page.name == "build":
        out.append("\nBuild flags, which most other commands take as well:\n\n" + "".join(map(render_flag, shared)))
    elif shared:
        names = fill(" ".join(f"-{flag.name}" for flag in shared), _WIDTH - _TAB, "\t")
        out.append(f"\nFlags that 'go help build' describes:\n\n{names}\n")
    also = table.page(page.also)
    if also is not None:
        names = fill(" ".join(f"-{flag.name}" for flag in also.flags), _WIDTH - _TAB, "\t")
        out.append(f"\nFlags that 'go help {also.name}' describes:\n\n{names}\n")
    return "".join(out)


def render_flag(flag: Flag) -> str:
    """A flag as a term and what it does."""
    return f"\t{flag.heading()}\n{fill(flag_text(flag), _WIDTH - 2 * _TAB, chr(9) * 2)}\n"


def flag_text(flag: Flag) -> str:
    """What a flag does: the first line as a sentence, and what follows it."""
    stop = "." if flag.short[-1:] != "." else ""
    return filled([flag.short + stop, *flag.more])


def render_body(body: Iterable[str]) -> str:
    """The text of a page, paragraphs filled, ending in a newline."""
    out: list[str] = []
    before = ""
    for kind, lines in blocks(body):
        if kind == "code":
            text = "\n".join("\t" + line if line else "" for line in lines)
        elif kind == "terms":
            text = _render_terms(lines)
        elif kind == "item":
            text = fill(lines[0], _WIDTH - 3, "   ").replace("   ", " - ", 1)
        else:
            text = fill(lines[0])
        if out and not kind == before == "item":
            out.append("")
        out.append(text)
        before = kind
    return "\n".join(out) + "\n"


def _render_terms(lines: Sequence[str]) -> str:
    return "\n".join(
        f"\t{term}\n{fill(told, _WIDTH - 2 * _TAB, chr(9) * 2)}" if told else f"\t{term}" for term, told in terms(lines)
    )


def terms(lines: Sequence[str]) -> list[tuple[str, str]]:
    """(term, what it means) of a block of terms."""
    out: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith("\t"):
            out[-1][1].append(line)
        else:
            out.append((line, []))
    return [(term, filled(told)) for term, told in out]


def fill(text: str, width: int = _WIDTH, before: str = "") -> str:
    """Text broken into lines of at most `width` characters, each with `before` in front."""
    import textwrap

    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return "\n".join(before + line for line in lines)
