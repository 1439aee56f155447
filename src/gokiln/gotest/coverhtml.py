"""Coverage as pages to browse: a tree of folders with percentages, and one page a source file.

Source of the profile's format: cmd/cover (go1.26); its look is ours (gotest/coverstyle.py).
"""

from __future__ import annotations

import hashlib
import html
import os

from gokiln.gotest.coverstyle import bar, page, percent, row, tone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_OPEN_FILES = 60  # a tree of more files is folded below its second level
_LONGEST_NAME = 180  # of a page's file


class Block:
    """A line of a profile: a run of statements and how often it ran. Lines and columns from 1, columns in bytes."""

    __slots__ = ("count", "end", "start", "statements")

    def __init__(self, start: tuple[int, int], end: tuple[int, int], statements: int, count: int) -> None:
        self.start = start
        self.end = end
        self.statements = statements
        self.count = count


def read_profile(data: str) -> dict[str, list[Block]]:
    """File name as in the profile -> its blocks in order; the same block of several tests is counted together.

    Raises ValueError for a line that is no block.
    """
    files: dict[str, dict[tuple[tuple[int, int], tuple[int, int]], Block]] = {}
    for line in data.splitlines():
        if not line or line.startswith("mode: "):
            continue
        name, _, rest = line.rpartition(":")
        place, statements, count = rest.split(" ")
        start, end = (_pair(part) for part in place.split(","))
        block = files.setdefault(name, {}).setdefault((start, end), Block(start, end, int(statements), 0))
        block.count += int(count)
    return {name: sorted(blocks.values(), key=lambda b: (b.start, b.end)) for name, blocks in sorted(files.items())}


def _pair(text: str) -> tuple[int, int]:
    line, _, column = text.partition(".")
    return int(line), int(column)


def totals(blocks: Iterable[Block]) -> tuple[int, int]:
    """(covered statements, all statements)."""
    covered = total = 0
    for block in blocks:
        total += block.statements
        covered += block.statements if block.count else 0
    return covered, total


def page_name(name: str) -> str:
    """The file name of a source file's page; different for different sources, whatever the case of letters counts."""
    plain = "".join(c if (c.isalnum() and c == c.lower()) or c in "/.-_" else f"={ord(c):x}=" for c in name)
    out = plain.replace("/", ",")
    if len(out) > _LONGEST_NAME:
        digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        out = f"{out[-_LONGEST_NAME:]}={digest}="
    return out + ".html"


# --- the tree ---

_MAX_DEPTH = 60  # folders in one another; what is deeper shows its path instead


class Folder:
    """A folder of the tree. name: as shown. folders, files: by name; a file has its name in the profile."""

    __slots__ = ("covered", "files", "folders", "name", "total")

    def __init__(self, name: str) -> None:
        self.name = name
        self.folders: dict[str, Folder] = {}
        self.files: dict[str, tuple[str, int, int]] = {}
        self.covered = self.total = 0

    def add(self, path: list[str], name: str, covered: int, total: int) -> None:
        """Put a file below this folder. path: the folders on the way, and the file's own name."""
        self.covered += covered
        self.total += total
        if len(path) == 1:
            self.files[path[0]] = name, covered, total
        else:
            self.folders.setdefault(path[0], Folder(path[0])).add(path[1:], name, covered, total)

    def shortened(self) -> Folder:
        """The same tree with folders that hold nothing but one folder joined to it."""
        folder = self
        name = self.name
        while not folder.files and len(folder.folders) == 1:
            folder = next(iter(folder.folders.values()))
            name = f"{name}/{folder.name}" if name else folder.name
        folder.name = name
        folder.folders = {inner.name: inner for inner in map(Folder.shortened, folder.folders.values())}
        return folder


def make_tree(files: dict[str, list[Block]]) -> Folder:
    """The tree of a profile's files."""
    root = Folder("")
    for name, blocks in files.items():
        path = name.split("/")
        if not path[0] and len(path) > 1:  # an absolute path
            path[:2] = ["/" + path[1]]
        path[_MAX_DEPTH:] = ["/".join(path[_MAX_DEPTH:])] if len(path) > _MAX_DEPTH else []
        root.add(path, name, *totals(blocks))
    return root.shortened()


def index_page(files: dict[str, list[Block]]) -> bytes:
    """The tree of all folders and files."""
    root = make_tree(files)
    head = (
        f'<h1>Coverage</h1>\n<div class="sum {tone(root.covered, root.total)}">'
        f'<span class="percent">{percent(root.covered, root.total)}</span>{bar(root.covered, root.total)}'
        f'<span class="muted">{root.covered} of {root.total} statements in {len(files)} files</span></div>\n'
    )
    depth = 99 if len(files) <= _OPEN_FILES else 2
    names = (
        '<div class="row head" style="--depth:0"><span class="name">folder, file</span><span></span>'
        '<span class="percent">covered</span><span class="count">statements</span></div>\n'
    )
    tree = _folder(root, 0, depth) if root.name else _inside(root, 0, depth)
    return page("Coverage", head, names + tree)


def _folder(folder: Folder, depth: int, open_to: int) -> str:
    opened = " open" if depth < open_to else ""
    line = row("summary", folder.name, folder.covered, folder.total, depth)
    return f"<details{opened}>\n{line}{_inside(folder, depth + 1, open_to)}</details>\n"


def _inside(folder: Folder, depth: int, open_to: int) -> str:
    lines = [
        row("a", own, covered, total, depth, page_name(name))
        for own, (name, covered, total) in sorted(folder.files.items())
    ]
    lines += [_folder(inner, depth, open_to) for _, inner in sorted(folder.folders.items())]
    return "".join(lines)


# --- one file ---


def source_page(name: str, source: bytes, blocks: list[Block], counts: bool = False) -> bytes:
    """The source with what ran and what did not marked. counts: how often each line ran is known and shown."""
    covered, total = totals(blocks)
    lines = source.split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    marks: dict[int, list[tuple[int, int, Block]]] = {}
    for block in blocks:
        for number in range(block.start[0], min(block.end[0], len(lines)) + 1):
            begin = block.start[1] - 1 if number == block.start[0] else 0
            end = block.end[1] - 1 if number == block.end[0] else len(lines[number - 1])
            marks.setdefault(number, []).append((begin, end, block))
    out = []
    missed: list[int] = []
    for number, line in enumerate(lines, 1):
        kind, most, text = _marked(line, marks.get(number, []))
        if kind in ("miss", "part"):
            missed.append(number)
        count = _count(most) if counts and kind else "<b></b>" if counts else ""
        out.append(
            f'<div class="line{" " if kind else ""}{kind}" id="L{number}"><a href="#L{number}">{number}</a>{count}'
            f"<code>{text}</code></div>\n"
        )
    folder, slash, own = name.rpartition("/")
    head = (
        f'<h1><a href="index.html">Coverage</a> <span class="muted">/ {html.escape(folder + slash)}</span>'
        f'{html.escape(own)}</h1>\n<div class="sum {tone(covered, total)}">'
        f'<span class="percent">{percent(covered, total)}</span>{bar(covered, total)}'
        f'<span class="muted">{covered} of {total} statements</span>'
        '<span class="key hit">ran</span><span class="key miss">did not run</span></div>\n'
    )
    return page(name, head, f'{_gaps(missed)}<div class="code"><div class="lines">{"".join(out)}</div></div>\n')


def _count(number: int) -> str:
    """How often a line ran, short enough for its column."""
    short, power = float(number), 0
    while short >= 9999.5:
        short /= 1000
        power += 1
    text = f"{short:.4g}{'kMGTPE'[power - 1]}" if power else str(number)
    return f'<b title="ran {number} times">{text}&times;</b>'


def _gaps(missed: list[int]) -> str:
    """Links to runs of lines that did not run."""
    runs: list[tuple[int, int]] = []
    for number in missed:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((number, number))
    if not runs:
        return ""
    links = [f'<a href="#L{a}">{a if a == b else f"{a}&ndash;{b}"}</a>' for a, b in runs]
    return f'<p class="gaps"><span class="muted">Did not run, lines</span> {" ".join(links)}</p>\n'


def _marked(line: bytes, marks: list[tuple[int, int, Block]]) -> tuple[str, int, str]:
    """(kind of the line, how often its most used part ran, the line as HTML).

    kind: "hit" or "miss" when all of it that counts is so, "part" for a mixture (the parts are marked then), "" when
    nothing of it counts. Of blocks that overlap, the inner one (later in the source) is shown.
    """
    owner: list[Block | None] = [None] * len(line)
    for begin, end, block in marks:
        for i in range(max(0, begin), min(end, len(line))):
            owner[i] = block
    pieces: list[tuple[str, Block | None]] = []
    i = 0
    while i < len(line):
        j = i
        while j < len(line) and owner[j] is owner[i]:
            j += 1
        text = line[i:j].decode("utf-8", "replace")
        pieces.append((text, owner[i] if text.strip() else None))
        i = j
    counted = [block for _, block in pieces if block is not None]
    if not counted:
        return "", 0, html.escape("".join(text for text, _ in pieces))
    most = max(block.count for block in counted)
    kinds = {bool(block.count) for block in counted}
    if len(kinds) == 1:
        return "hit" if most else "miss", most, html.escape("".join(text for text, _ in pieces))
    out = [
        f'<span class="{"hit" if block.count else "miss"}">{html.escape(text)}</span>' if block else html.escape(text)
        for text, block in pieces
    ]
    return "part", most, "".join(out)


def write_pages(profile: str, folder: str, source_of: Callable[[str], bytes]) -> str:
    """Write all pages; the path of the first. source_of: the bytes of a file by its name in the profile.

    Raises OSError.
    """
    with open(profile, encoding="utf-8", errors="surrogateescape") as file:
        text = file.read()
    files = read_profile(text)
    counts = not text.startswith("mode: set")
    os.makedirs(folder, exist_ok=True)
    for name, blocks in files.items():
        try:
            source = source_of(name)
        except OSError:
            source = b"(the source file cannot be read)\n"
        with open(os.path.join(folder, page_name(name)), "wb") as out:
            out.write(source_page(name, source, blocks, counts))
    index = os.path.join(folder, "index.html")
    with open(index, "wb") as out:
        out.write(index_page(files))
    return index
