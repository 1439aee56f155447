"""A short table of the modules whose versions changed, for people: name, before, after, and how far the step goes.

Shown on a terminal only; what a pipe gets are the go command's lines. These stand above the table, with every version
in full, so that the table can be brief: it fits the terminal, and where very many modules changed it leaves out
indirect ones that were only added or raised, and counts them.
"""

from __future__ import annotations

from gokiln.golang import gover, semver
from gokiln.golang.pseudo import is_pseudo_version, pseudo_version_rev

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gokiln.modules.resolve.getcheck import Change

_MARKS = {"added": "+", "removed": "-", "upgraded": "↑", "downgraded": "↓"}
_WHOLE = 20  # changes of which none is left out
_LEAST_PATH = 24  # columns for paths, below which a row is broken in two
_V0 = ": may break"


def change_table(changes: list[Change], width: int, direct: Collection[str] = ()) -> str:
    """The table with its final newline. width: of the terminal, in columns. direct: the modules imported directly."""
    shown = [c for c in changes if len(changes) <= _WHOLE or _matters(c, direct)]
    lines = _lines(shown, width) if shown else []
    counts: dict[str, int] = {}
    for c in changes:
        counts[c.verb()] = counts.get(c.verb(), 0) + (c not in shown)
    if len(shown) < len(changes):
        left_out = ", ".join(f"{n} {verb}" for verb, n in sorted(counts.items()) if n)
        lines.append(_cut(f"  … and {left_out} indirectly", width))
    return "\n".join(lines) + "\n"


def _matters(change: Change, direct: Collection[str]) -> bool:
    return change.path in direct or gover.is_toolchain(change.path) or change.verb() in ("removed", "downgraded")


def _lines(changes: list[Change], width: int) -> list[str]:
    """The rows in the fullest form that fits."""
    full = [(_MARKS[c.verb()], c.path, _shown(c.old), _shown(c.new), _step(c)) for c in changes]
    brief = [(mark, path, _brief(old), _brief(new), step.replace(_V0, "")) for mark, path, old, new, step in full]
    for rows in (full, brief):
        lines = _columns(rows, max(len(row[1]) for row in rows))
        if _fits(lines, width):
            return lines
    room = width - max(len(line) for line in _columns([(mark, "", *rest) for mark, _, *rest in brief], 0))
    if room >= _LEAST_PATH:
        return _columns([(mark, _middle(path, room), *rest) for mark, path, *rest in brief], room)
    broken: list[str] = []
    for mark, path, old, new, step in brief:
        broken.append(f"  {mark} {_middle(path, max(width - 4, 1))}")
        broken.append(_cut(f"      {old} → {new}  {step}".rstrip(), width))
    return broken


def _columns(rows: Sequence[tuple[str, ...]], path_width: int) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in (2, 3)]
    return [  # mark, path, old, new, step
        f"  {mark} {path:<{path_width}}  {old:>{widths[0]}}  {new:<{widths[1]}}  {step}".rstrip()
        for mark, path, old, new, step in rows
    ]


def _fits(lines: list[str], width: int) -> bool:
    return all(len(line) <= width for line in lines)


def _middle(path: str, room: int) -> str:
    """The path in so many columns: its middle goes, both ends say which module it is."""
    if len(path) <= room:
        return path
    head = (room - 1) // 3
    tail = room - 1 - head
    return path[:head] + "…" + path[len(path) - tail :]


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: max(width - 1, 0)] + "…"


def _shown(version: str) -> str:
    return "-" if version in ("", "none") else version


def _brief(version: str) -> str:
    """A pseudo-version as date and commit; others as they are."""
    if not is_pseudo_version(version):
        return version
    rev = pseudo_version_rev(version)
    time = version.removesuffix("+incompatible").removesuffix(rev)[-15:]  # yyyymmddhhmmss-
    return f"{time[:4]}-{time[4:6]}-{time[6:8]} {rev[:7]}"


def _step(change: Change) -> str:
    """ "major", "minor", "patch" for a change between two releases."""
    old, new = change.old, change.new
    if not semver.is_valid(old) or not semver.is_valid(new):
        return ""
    if semver.major(old) != semver.major(new):
        return "major"
    if semver.major_minor(old) != semver.major_minor(new):
        return "minor" if semver.major(old) != "v0" else f"minor (v0{_V0})"
    return "patch"
