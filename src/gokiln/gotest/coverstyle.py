"""How the pages of coverage look: one style sheet for light and dark, and the frame of every page.

No scripts, nothing loaded from elsewhere, so that the pages work from a file: URL and as an artifact of CI. Folding is
<details>'s, jumping is links'.
"""

from __future__ import annotations

import html

_STYLE = """
:root { color-scheme: light dark; --back: #fff; --raised: #f6f8fa; --line: #d8dee4; --text: #1f2328; --muted: #59636e;
        --hit: #dafbe1; --miss: #ffe2e0; --part: #fff1c2; --good: #1a7f37; --fair: #9a6700; --poor: #cf222e;
        --target: #0969da; }
@media (prefers-color-scheme: dark) {
  :root { --back: #0d1117; --raised: #161b22; --line: #30363d; --text: #e6edf3; --muted: #9198a1;
          --hit: #12301c; --miss: #431a1b; --part: #3a2d0b; --good: #3fb950; --fair: #d29922; --poor: #f85149;
          --target: #58a6ff; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
a { color: inherit; }
header { position: sticky; top: 0; z-index: 1; padding: .7rem max(1rem, calc((100vw - 80rem) / 2));
         background: var(--raised); border-bottom: 1px solid var(--line); }
main { max-width: 82rem; margin: 0 auto; padding: 1rem; }
h1 { margin: 0; font-size: 1.1rem; font-weight: 600; overflow-wrap: anywhere; }
h1 a, h1 .muted { font-weight: normal; color: var(--muted); text-decoration: none; }
h1 a:hover, .row:hover .name { text-decoration: underline; }
.muted { color: var(--muted); }
.sum { display: flex; gap: .8rem; align-items: center; flex-wrap: wrap; }
.good { --tone: var(--good); } .fair { --tone: var(--fair); } .poor { --tone: var(--poor); }
.none { --tone: var(--muted); }
.percent { color: var(--tone); font-variant-numeric: tabular-nums; }
.bar { display: inline-block; width: 9rem; height: .5rem; border-radius: .25rem; background: var(--line);
       overflow: hidden; }
.bar i { display: block; height: 100%; background: var(--tone); }
.row { display: grid; grid-template-columns: 1fr 9rem 4.5rem 7.5rem; gap: .8rem; align-items: center;
       padding: .22rem .6rem .22rem calc(.6rem + var(--depth) * 1.3rem); border-bottom: 1px solid var(--line);
       text-decoration: none; }
.sum .percent { font-size: 1.3rem; font-weight: 600; }
.row:hover { background: var(--raised); }
.row .name { overflow-wrap: anywhere; }
.row .percent, .row .count { text-align: right; font-variant-numeric: tabular-nums; }
.row .count { color: var(--muted); font-size: .85rem; }
summary { cursor: pointer; font-weight: 600; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary .name::before { content: "\\25B8"; display: inline-block; width: 1.1rem; color: var(--muted); }
details[open] > summary .name::before { content: "\\25BE"; }
a.row .name { padding-left: 1.1rem; }
.head { color: var(--muted); font-size: .85rem; }
.head:hover { background: none; }
.gaps { margin: 0 0 1rem; display: flex; gap: .35rem; flex-wrap: wrap; align-items: baseline; font-size: .85rem; }
.gaps a { padding: 0 .45rem; border-radius: .3rem; background: var(--miss); text-decoration: none; }
.gaps a:hover { text-decoration: underline; }
.code { font: 13px/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; tab-size: 4; overflow-x: auto;
        border: 1px solid var(--line); border-radius: .4rem; }
.lines { display: inline-block; min-width: 100%; }
.line { display: flex; white-space: pre; border-left: 3px solid transparent; scroll-margin-top: 7rem; }
.line > a { flex: none; width: 3.6rem; padding-right: .8rem; text-align: right; color: var(--muted);
            text-decoration: none; user-select: none; }
.line > b { flex: none; width: 4.2rem; padding-right: .8rem; text-align: right; color: var(--muted);
            font-weight: normal; user-select: none; }
.line code { font: inherit; padding-right: 1rem; }
.line.hit { background: var(--hit); border-color: var(--good); }
.line.miss { background: var(--miss); border-color: var(--poor); }
.line.part { border-color: var(--fair); }
.line:target { outline: 2px solid var(--target); outline-offset: -2px; }
span.hit { background: var(--hit); } span.miss { background: var(--miss); }
.key { display: inline-block; padding: 0 .45rem; border-radius: .3rem; font-size: .85rem; }
.key.hit { background: var(--hit); } .key.miss { background: var(--miss); }
@media (max-width: 45rem) { .row { grid-template-columns: 1fr 4.5rem; } .row .bar, .row .count { display: none; } }
"""


def page(title: str, head: str, body: str) -> bytes:
    """A whole page. title: text; head, body: HTML of the bar that stays on top and of what scrolls below."""
    text = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width">\n<link rel="icon" href="data:,">\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<header>\n{head}</header>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
    return text.encode("utf-8", "replace")


def percent(covered: int, total: int) -> str:
    """ "66.7%", or "-" of nothing. As go prints it: 100% only when nothing is left."""
    return f"{100 * covered / total:.1f}%" if total else "-"


def tone(covered: int, total: int) -> str:
    """The class that says how good that is."""
    if not total:
        return "none"
    share = covered / total
    return "good" if share >= 0.8 else "fair" if share >= 0.5 else "poor"


def bar(covered: int, total: int) -> str:
    """A bar as wide as the covered part."""
    return f'<span class="bar"><i style="width:{100 * covered / total if total else 0:.1f}%"></i></span>'


def row(tag: str, name: str, covered: int, total: int, depth: int, link: str = "") -> str:
    """A line of the tree. tag: "summary" for a folder, "a" for a file (with its link). depth: how far to the right."""
    href = f' href="{html.escape(link)}"' if link else ""
    return (
        f'<{tag} class="row {tone(covered, total)}" style="--depth:{depth}"{href}>'
        f'<span class="name">{html.escape(name)}</span>{bar(covered, total)}'
        f'<span class="percent">{percent(covered, total)}</span>'
        f'<span class="count">{covered} / {total}</span></{tag}>\n'
    )
