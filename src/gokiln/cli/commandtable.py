"""Every command and help topic in one table: usage line, purpose, flags, text. In our own words, but for usage lines.

`help`, the man page and the completions are all made of it. The table is the folder helptexts, a file a page:

    name: mod tidy                      header lines, up to the first blank one
    usage: go mod tidy [-e] ...         as the go command's
    short: add missing ...              one line for lists
    takes: packages                     what its arguments are, for completion
    shared: build -cover                flags of shared.txt that it has too: a set, a name, or - and a name
    also: testflag                      page with more flags of this command
    kind: topic                         or group, own (a command of gokiln alone); a command if there is none

    Paragraphs, filled when they are printed; lines that begin with a tab stay as they are.

    @flags
    -o file <file> @1.26                name, value, what the value is, first release (@-1.26: last, @gokiln: ours)
        (tab) The first line says what it does, further ones the rest

Lines between `@since 1.27` (or `@before 1.27`, `@gokiln`) and `@end` are for those releases, or about gokiln.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NEWEST = 27  # minor of the newest release that the texts know

COMMANDS = (
    "bug", "build", "clean", "doc", "env", "fix", "fmt", "generate", "get", "install", "list", "mod", "mod download",
    "mod edit", "mod graph", "mod init", "mod tidy", "mod vendor", "mod verify", "mod why", "run", "telemetry",
    "test", "tool", "version", "vet", "work", "work edit", "work init", "work sync", "work use", "work vendor",
)  # fmt: skip
TOPICS = (
    "buildconstraint", "buildjson", "buildmode", "c", "cache", "environment", "filetype", "goauth", "go.mod",
    "gopath", "goproxy", "importpath", "modules", "module-auth", "packages", "private", "testflag", "testfunc", "vcs",
)  # fmt: skip
OWN_COMMANDS = ("completion", "manpage", "shim")
OWN_TOPICS = ("gokiln",)

_SHARED = "shared"
_COMMON = "C modcacherw modfile overlay"


class Flag:
    """One flag of a command.

    name: without dash. value: what follows it in words ("file"), "" for a boolean. optional: the value can only be
    attached (-json=field). kind: "file", "dir", the words to choose from separated by "|", or "" for any text.
    short: what it does, one line. more: further lines. own: the go command does not have it. since, until: minor
    releases, 0 for no bound.
    """

    __slots__ = ("kind", "more", "name", "optional", "own", "short", "since", "until", "value")

    def __init__(self, head: str) -> None:
        words = head.split(" ")
        self.own, self.since, self.until, self.kind = False, 0, 0, ""
        while words[-1][:1] == "@" or (words[-1][:1] == "<" and words[-1][-1:] == ">"):
            word = words.pop()
            if word == "@gokiln":
                self.own = True
            elif word.startswith("@-"):
                self.until = _minor(word[2:])
            elif word.startswith("@"):
                self.since = _minor(word[1:])
            else:
                self.kind = word[1:-1]
        name, bracket, value = words[0][1:].partition("[=")
        self.name = name
        self.optional = bool(bracket)
        self.value = value.rstrip("]") if bracket else " ".join(words[1:])
        self.short = ""
        self.more: list[str] = []

    @property
    def is_bool(self) -> bool:
        """Whether it works without a value."""
        return self.optional or not self.value

    @property
    def choices(self) -> list[str]:
        """The words that its value is taken from, [] when it is something else."""
        return [] if self.kind in ("file", "dir", "") else self.kind.split("|")

    def heading(self) -> str:
        """As help shows it: "-o file"."""
        value = f"[={self.value}]" if self.optional else f" {self.value}" if self.value else ""
        return f"-{self.name}{value}" + (" (gokiln's own)" if self.own else "")


class Page:
    """One command or topic; the fields are the header's. flags: its own; shared: those of `shared` that it has."""

    __slots__ = ("also", "body", "flags", "kind", "name", "shared", "short", "takes", "usage")

    def __init__(self) -> None:
        self.name = self.usage = self.short = self.takes = self.also = ""
        self.kind = "command"
        self.shared: list[Flag] = []
        self.flags: list[Flag] = []
        self.body: list[str] = []


class Table:
    """The pages of one release. minor: 26 for go1.26; bounded by what the texts know."""

    def __init__(self, minor: int = NEWEST) -> None:
        self.minor = minor
        self._pages: dict[str, Page] = {}
        self._shared: dict[str, Flag] | None = None

    def page(self, name: str) -> Page | None:
        """The page of that name ("mod tidy", "go.mod"), or None."""
        if name not in (*COMMANDS, *TOPICS, *OWN_COMMANDS, *OWN_TOPICS):
            return None
        if name not in self._pages:
            self._pages[name] = self._read(name)
        return self._pages[name]

    def pages(self, names: Iterable[str]) -> list[Page]:
        """The pages of these names, which must exist."""
        return [page for page in map(self.page, names) if page is not None]

    def below(self, group: str) -> list[Page]:
        """The commands of a group ("mod")."""
        return self.pages(name for name in COMMANDS if name.startswith(group + " "))

    def all_flags(self, page: Page) -> list[Flag]:
        """All flags of a command, each name once: its own before shared ones."""
        flags = {flag.name: flag for flag in page.shared}
        also = self.page(page.also)
        flags.update((flag.name, flag) for flag in (*(also.flags if also else ()), *page.flags))
        return sorted(flags.values(), key=lambda flag: flag.name)

    def variables(self) -> list[str]:
        """The settings that `go env` knows or prints: the terms of the page on the environment."""
        page = self.page("environment")
        found: list[str] = []
        for kind, lines in blocks(page.body if page is not None else ()):
            if kind == "terms":
                found += [w for line in lines if not line.startswith("\t") for w in line.rstrip(",").split(", ")]
        return sorted(found)

    def _read(self, name: str) -> Page:
        header, lines = _split_header(_select(_file(name), self.minor))
        page = Page()
        for key, value in header:
            if key == "shared":
                page.shared = self._choose(value.split())
            else:
                setattr(page, key, value)
        if "@flags" in lines:
            at = lines.index("@flags")
            page.flags = _flags(lines[at + 1 :], self.minor)
            lines = lines[:at]
        page.body = lines
        return page

    def _choose(self, words: Sequence[str]) -> list[Flag]:
        """The shared flags that a header line names."""
        if self._shared is None:
            self._shared = {flag.name: flag for flag in _flags(_select(_file(_SHARED), self.minor), self.minor)}
        chosen: dict[str, None] = {}
        for word in words:
            if word.startswith("-"):
                chosen.pop(word[1:])
                continue
            sets = {"build": list(self._shared), "modcommon": _COMMON.split()}
            chosen.update(dict.fromkeys(sets.get(word, [word])))
        return [self._shared[name] for name in sorted(chosen)]


def _file(name: str) -> list[str]:
    import pkgutil

    file = name.replace(" ", "_").replace(".", "_").replace("-", "_") + ".txt"
    return (pkgutil.get_data("gokiln.cli.helptexts", file) or b"").decode().split("\n")


def _minor(release: str) -> int:
    return int(release.partition(".")[2])


def _select(lines: Iterable[str], minor: int) -> list[str]:
    """The lines that count for a release, without those that say so."""
    out: list[str] = []
    taken = True
    for line in lines:
        word, _, rest = line.partition(" ")
        if word == "@end" or line == "@gokiln":
            taken = True
        elif word == "@since":
            taken = minor >= _minor(rest)
        elif word == "@before":
            taken = minor < _minor(rest)
        elif taken:
            out.append(line)
    return out


def _split_header(lines: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    blank = lines.index("")
    header = []
    for line in lines[:blank]:
        key, _, value = line.partition(": ")
        header.append((key, value))
    return header, lines[blank + 1 :]


def _flags(lines: Iterable[str], minor: int) -> list[Flag]:
    flags: list[Flag] = []
    for line in lines:
        if line.startswith("-"):
            flags.append(Flag(line))
        elif line and not flags[-1].short:
            flags[-1].short = line.strip()
        elif line:
            flags[-1].more.append(line.strip())
    return [flag for flag in flags if flag.since <= minor and (not flag.until or minor <= flag.until)]


# What stands in a page's text. kind: "text" (filled), "item" (of a list, filled), "code" (as it is), "terms".
Block = tuple[str, list[str]]


def blocks(lines: Iterable[str]) -> list[Block]:
    """The paragraphs of a text. In "terms", lines that tell about the term before them begin with a tab."""
    out: list[Block] = []
    paragraph: list[str] = []
    for line in (*lines, ""):
        if line:
            paragraph.append(line)
        elif paragraph:
            if out and out[-1][0] == "code" and _is_code(paragraph):
                out[-1][1].extend(["", *paragraph])
            else:
                out += [("code", paragraph)] if _is_code(paragraph) else _paragraph(paragraph)
            paragraph = []
    return [_code_or_terms(lines) if kind == "code" else (kind, lines) for kind, lines in out]


def _is_code(lines: Iterable[str]) -> bool:
    return all(line.startswith("\t") for line in lines)


def _code_or_terms(lines: Iterable[str]) -> Block:
    inner = [line[1:] for line in lines]
    return "terms" if _are_terms(inner) else "code", inner


def _paragraph(lines: list[str]) -> list[Block]:
    out: list[Block] = []
    for line in lines:
        if line.startswith(" - "):
            out.append(("item", [line[3:]]))
        elif out:
            out[-1][1].append(line.strip())
        else:
            out.append(("text", [line]))
    return [(kind, [filled(part)]) for kind, part in out]


def _are_terms(lines: Sequence[str]) -> bool:
    """Whether each line without a tab is followed by one with a tab, or ends in a comma and goes on in the next."""
    told = [line.startswith("\t") for line in lines] + [False]
    return not told[0] and all(told[at] or told[at + 1] or lines[at].endswith(",") for at in range(len(lines)))


def filled(lines: Iterable[str]) -> str:
    """Lines joined to one. Where a line that is not for every release begins with a stop, no blank comes before it."""
    text = ""
    for line in lines:
        line = line.strip()
        stop = line[:1] in (",", ";", ")") or line == "." or line.startswith(". ")
        text += line if not text or stop else " " + line
    return text
