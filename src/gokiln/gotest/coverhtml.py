"""Coverage as pages to browse: one page a source file, a table of packages and files with percentages.

Plain HTML with its own style sheet: no scripts, nothing loaded from elsewhere, works from a file: URL.
"""

from __future__ import annotations

import html
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_STYLE = """
:root { --hit: #d7f5dd; --miss: #fbd5d5; --text: #1b1f24; --muted: #57606a; --line: #d0d7de; --back: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --hit: #12361f; --miss: #4a1c1c; --text: #e6edf3; --muted: #9aa4af; --line: #30363d; --back: #0d1117; }
}
body { margin: 0 auto; max-width: 75rem; padding: 1rem; font: 15px/1.5 system-ui, sans-serif;
       color: var(--text); background: var(--back); }
a { color: inherit; }
table { border-collapse: collapse; width: 100%; }
td, th { padding: .2rem .6rem; border-bottom: 1px solid var(--line); text-align: left; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr.package td { font-weight: 600; padding-top: .8rem; }
tr.file td:first-child { padding-left: 2rem; }
.bar { display: inline-block; width: 8rem; height: .6rem; background: var(--miss); border: 1px solid var(--line); }
.bar i { display: block; height: 100%; background: #2da44e; }
pre { font: 13px/1.5 ui-monospace, monospace; tab-size: 4; overflow-x: auto; }
pre span.l { display: inline-block; width: 4rem; padding-right: 1rem; text-align: right; color: var(--muted);
             user-select: none; }
.hit { background: var(--hit); }
.miss { background: var(--miss); }
.muted { color: var(--muted); }
"""


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


def _percent(covered: int, total: int) -> str:
    return f"{100 * covered / total:.1f}%" if total else "-"


def page_name(name: str) -> str:
    """The file name of a source file's page; different for different sources."""
    return "".join(c if c.isalnum() or c in ".-" else "_" if c == "_" else f"={ord(c):x}=" for c in name) + ".html"


def _page(title: str, body: str) -> bytes:
    text = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width">\n<style>{_STYLE}</style>\n</head>\n'
        f"<body>\n{body}</body>\n</html>\n"
    )
    return text.encode("utf-8", "replace")


def _row(kind: str, label: str, covered: int, total: int) -> str:
    width = 100 * covered / total if total else 0
    return (
        f'<tr class="{kind}"><td>{label}</td><td class="n"><span class="bar"><i style="width:{width:.1f}%"></i></span>'
        f'</td><td class="n">{_percent(covered, total)}</td><td class="n">{covered}/{total}</td></tr>\n'
    )


def index_page(files: dict[str, list[Block]]) -> bytes:
    """The table of all packages and files."""
    packages: dict[str, list[str]] = {}
    for name in files:
        packages.setdefault(name.rpartition("/")[0], []).append(name)
    everything = totals(block for blocks in files.values() for block in blocks)
    rows = [_row("package", "total", *everything)]
    for package in sorted(packages):
        counts = totals(block for name in packages[package] for block in files[name])
        rows.append(_row("package", html.escape(package), *counts))
        for name in packages[package]:
            link = f'<a href="{html.escape(page_name(name))}">{html.escape(name.rpartition("/")[2])}</a>'
            rows.append(_row("file", link, *totals(files[name])))
    head = '<tr><th>package, file</th><th class="n"></th><th class="n">covered</th><th class="n">statements</th></tr>'
    return _page("Coverage", f"<h1>Coverage: {_percent(*everything)}</h1>\n<table>\n{head}\n{''.join(rows)}</table>\n")


def source_page(name: str, source: bytes, blocks: list[Block]) -> bytes:
    """The source with what ran and what did not marked."""
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
    for number, line in enumerate(lines, 1):
        out.append(f'<span class="l" id="L{number}">{number}</span>{_marked(line, marks.get(number, []))}\n')
    body = (
        f'<p><a href="index.html">all files</a></p>\n<h1>{html.escape(name)}</h1>\n'
        f'<p class="muted">{_percent(covered, total)} of {total} statements covered</p>\n<pre>{"".join(out)}</pre>\n'
    )
    return _page(name, body)


def _marked(line: bytes, marks: list[tuple[int, int, Block]]) -> str:
    """One line as HTML. Of blocks that overlap, the inner one (later in the source) is shown."""
    owner: list[Block | None] = [None] * len(line)
    for begin, end, block in marks:
        for i in range(max(0, begin), min(end, len(line))):
            owner[i] = block
    out = []
    i = 0
    while i < len(line):
        j = i
        while j < len(line) and owner[j] is owner[i]:
            j += 1
        text = html.escape(line[i:j].decode("utf-8", "replace"))
        mine = owner[i]
        if mine is None or not text.strip():
            out.append(text)
        else:
            kind = "hit" if mine.count else "miss"
            out.append(f'<span class="{kind}" title="{mine.count}">{text}</span>')
        i = j
    return "".join(out)


def write_pages(profile: str, folder: str, source_of: Callable[[str], bytes]) -> str:
    """Write all pages; the path of the first. source_of: the bytes of a file by its name in the profile.

    Raises OSError.
    """
    with open(profile, encoding="utf-8", errors="surrogateescape") as file:
        files = read_profile(file.read())
    os.makedirs(folder, exist_ok=True)
    for name, blocks in files.items():
        try:
            source = source_of(name)
        except OSError:
            source = b"(the source file cannot be read)\n"
        with open(os.path.join(folder, page_name(name)), "wb") as out:
            out.write(source_page(name, source, blocks))
    index = os.path.join(folder, "index.html")
    with open(index, "wb") as out:
        out.write(index_page(files))
    return index
