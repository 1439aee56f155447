"""`gokiln help`: the go command's own documentation, read out of the GOROOT in use. Nothing of it is stored here.

cmd/go/alldocs.go holds every text of `go help` as one comment: it says which topics this release has, in which
order. But gofmt has tidied that comment (lists, code blocks), so a topic's text is taken from the string literal in
cmd/go/internal that it was made from, where that is a plain literal.
Source: cmd/go/internal/help/help.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.cli.commandtable import COMMANDS, FLAGS, OWN, Command, find
from gokiln.cli.invocation import Invocation
from gokiln.config.toolchain import GorootError, find_goroot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NO_TEXTS = "The long texts of help come with a Go toolchain, and none was found: set GOROOT.\n\n"


def read_long_texts(source: str) -> dict[str, str]:
    """Usage line -> Long text of the base.Command literals in a Go file, where both are plain string literals."""
    texts: dict[str, str] = {}
    for piece in source.split("UsageLine:")[1:]:
        usage, _ = _go_string(piece.lstrip())
        at = piece.find("Long:")
        if usage is None or at < 0:
            continue
        text, rest = "", "+" + piece[at + 5 :]
        while rest.lstrip().startswith("+"):
            part, rest = _go_string(rest.lstrip()[1:].lstrip())
            if part is None:
                break
            text += part
        else:
            texts[usage] = text.strip()
    return texts


def _go_string(source: str) -> tuple[str | None, str]:
    """(value of the string literal at the start, what follows); None when there is none."""
    quote = source[:1]
    if quote == "`":
        body, _, rest = source[1:].partition("`")
        return body, rest
    if quote == '"':
        body, _, rest = source[1:].partition('"')
        return (None if "\\" in body else body), rest
    return None, source


def read_sections(alldocs: str) -> tuple[str, list[tuple[str, list[str]]]]:
    """(the overview, [(heading, lines)]) of alldocs.go: headings are the comment's `# ` lines."""
    lines: list[str] = []
    for line in alldocs.partition("\n// Go is a tool")[2].split("\n"):
        if lines and not line.startswith("//"):
            break
        lines.append(line[3:] if line.startswith("// ") else line[2:] if line.startswith("//") else line)
    if not lines:
        return "", []
    lines[0] = "Go is a tool" + lines[0]
    sections: list[tuple[str, list[str]]] = []
    head: list[str] = []
    at = head
    for line in lines:
        if line.startswith("# "):
            at = []
            sections.append((line[2:], at))
        else:
            at.append(line)
    return "\n".join(head).rstrip("\n") + "\n\n", sections


def _names(overview: str, after: str) -> Iterator[tuple[str, str]]:
    """(name, short description) of a list in an overview, which follows the line `after`."""
    started = False
    for line in overview.partition(after)[2].split("\n"):
        if line.startswith("\t"):
            started = True
            name, _, short = line[1:].partition(" ")
            yield name, short.strip()
        elif started and line:
            return


class Documentation:
    """All of it, by name."""

    def __init__(self, alldocs: str, long_texts: dict[str, str] | None = None) -> None:
        self.overview, self._sections = read_sections(alldocs)
        self._long_texts = long_texts or {}

    def _section(self, short: str) -> tuple[int, list[str]] | None:
        title = short[:1].upper() + short[1:]
        for number, (heading, body) in enumerate(self._sections):
            if heading == title:
                return number, body
        return None

    def find(self, words: list[str]) -> str | None:
        """The text of `go help words...`, or None when there is no such topic."""
        text, path = self.overview, "go"
        for position, word in enumerate(words):
            short = self._short(text, word, position == 0)
            found = self._section(short) if short else None
            if found is None:
                return None
            number, body = found
            path = f"{path} {word}"
            text = self._text(number, body, path)
        return text

    def _short(self, overview: str, word: str, top: bool) -> str:
        for after in ("The commands are:", "Additional help topics:") if top else ("The commands are:",):
            for name, short in _names(overview, after):
                if name == word:
                    return short
        return ""

    def _text(self, number: int, body: list[str], path: str) -> str:
        """A section as `go help` prints it. Headings within a text belong to it up to the next topic's."""
        lines = list(body)
        known = self._titles()
        for heading, more in self._sections[number + 1 :]:
            if heading in known:
                break
            lines += ["# " + heading, *more]
        while lines and not lines[0]:
            lines.pop(0)
        if "The commands are:" in lines:
            return "\n".join(lines).rstrip("\n") + "\n\n"
        usage = ""
        if lines[:2] == ["Usage:", ""] and lines[2].startswith("\tgo "):
            usage, path = f"usage: {lines[2][1:]}\n\n", lines[2][1:]
            lines = lines[3:]
        else:
            path = path.removeprefix("go ")
        if path in self._long_texts:
            return usage + self._long_texts[path] + "\n"
        return usage + "\n".join(lines).strip("\n") + "\n"

    def _titles(self) -> set[str]:
        shorts = [
            s for after in ("The commands are:", "Additional help topics:") for _, s in _names(self.overview, after)
        ]
        for _, body in self._sections:
            text = "\n".join(body)
            if "The commands are:" in text:
                shorts += [s for _, s in _names(text, "The commands are:")]
        return {short[:1].upper() + short[1:] for short in shorts}


def _load(inv: Invocation) -> Documentation | None:
    try:
        goroot = find_goroot(inv.environ, inv.argv0, inv.cwd)
        root = os.path.join(goroot, "src", "cmd", "go")
        with open(os.path.join(root, "alldocs.go"), "rb") as f:
            alldocs = f.read().decode("utf-8", "replace")
    except (OSError, GorootError):
        return None
    return Documentation(alldocs, _read_commands(os.path.join(root, "internal")) if inv.args else None)


def _read_commands(root: str) -> dict[str, str]:
    """The Long texts of every command and topic below cmd/go/internal."""
    texts: dict[str, str] = {}
    for folder, _, names in os.walk(root):
        for name in names:
            if not name.endswith(".go") or name.endswith("_test.go"):
                continue
            try:
                with open(os.path.join(folder, name), "rb") as f:
                    data = f.read()
            except OSError:
                continue
            if b"UsageLine:" in data:
                texts.update(read_long_texts(data.decode("utf-8", "replace")))
    return texts


def run(inv: Invocation) -> int:
    """`help [topic...]`: returns 0, or 2 for a topic that does not exist."""
    own = own_text(" ".join(inv.args))
    if own and find(" ".join(inv.args)) in OWN:
        inv.stdout.write(own)
        return 0
    docs = _load(inv)
    if docs is None:
        inv.stdout.write(own or own_overview())
        return 0
    text = docs.find(inv.args)
    if text is None:
        known = 0
        while known < len(inv.args) and docs.find(inv.args[: known + 1]) is not None:
            known += 1
        success = " ".join(["go help", *inv.args[:known]])
        inv.stderr.write(f"go help {' '.join(inv.args)}: unknown help topic. Run '{success}'.\n")
        return 2
    inv.stdout.write(text)
    if not inv.args and not _is_called_go(inv):
        inv.stdout.write("gokiln's own commands, beside those of go:\n\n" + _rows(OWN) + "\n")
    return 0


def _is_called_go(inv: Invocation) -> bool:
    return os.path.basename(inv.argv0).removesuffix(".exe") == "go"


def _rows(commands: Iterable[Command]) -> str:
    return "".join(f"\t{command.name:<11} {command.words}\n" for command in commands)


def own_overview() -> str:
    """What can be said of all commands without a toolchain."""
    return (
        "gokiln builds Go programs as the go command does.\n\nUsage:\n\n\tgokiln <command> [arguments]\n\n"
        f"The commands are:\n\n{_rows(COMMANDS)}\nOf its own it has:\n\n{_rows(OWN)}\n{_NO_TEXTS}"
    )


def own_text(name: str) -> str:
    """Usage, purpose and flags of a command, in our own words; "" for none of that name."""
    command = find(name)
    if command is None:
        return ""
    out = [f"usage: {command.usage}\n\n{command.words[:1].upper() + command.words[1:]}.\n"]
    if command.flags:
        out.append("\nFlags:\n\n")
    for flag in command.flags:
        kind, words = FLAGS[flag]
        value = f" {'|'.join(kind.split())}" if kind else ""
        out.append(f"\t-{flag}{value}\n\t\t{words}\n")
    return "".join(out)


def main_usage(inv: Invocation) -> int:
    """No command at all: the overview on stderr, exit status 2."""
    docs = _load(inv)
    inv.stderr.write(docs.overview if docs is not None and docs.overview else own_overview())
    return 2


def group_usage(inv: Invocation) -> int:
    """A group without its command: the group's overview on stderr, exit status 2."""
    docs = _load(inv)
    inv.stderr.write((docs.find(inv.args) if docs is not None else None) or own_overview())
    return 2
