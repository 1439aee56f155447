"""A short table of the modules whose versions changed, for people: name, before, after, and how far the step goes.

Shown on a terminal only; what a pipe gets are the go command's lines.
"""

from __future__ import annotations

from gokiln.golang import semver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.modules.resolve.getcheck import Change

_MARKS = {"added": "+", "removed": "-", "upgraded": "↑", "downgraded": "↓"}


def change_table(changes: list[Change]) -> str:
    """The table with its final newline; columns as wide as they must be."""
    rows = [(_MARKS[c.verb()], c.path, _shown(c.old), _shown(c.new), _step(c)) for c in changes]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    lines = [
        f"  {mark} {path:<{widths[1]}}  {old:>{widths[2]}}  {new:<{widths[3]}}  {step}".rstrip()
        for mark, path, old, new, step in rows
    ]
    return "\n".join(lines) + "\n"


def _shown(version: str) -> str:
    return "-" if version in ("", "none") else version


def _step(change: Change) -> str:
    """ "major", "minor", "patch" for a change between two releases."""
    old, new = change.old, change.new
    if not semver.is_valid(old) or not semver.is_valid(new):
        return ""
    if semver.major(old) != semver.major(new):
        return "major"
    if semver.major_minor(old) != semver.major_minor(new):
        return "minor" if semver.major(old) != "v0" else "minor (v0: may break)"
    return "patch"
