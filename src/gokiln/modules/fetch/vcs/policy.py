"""GOVCS: which version control systems may be used to fetch which modules.

    GOVCS=github.com:git,evil.com:off,*:git|hg

Rules are tried in order; the default ones come last: everything for private modules, git and Mercurial for public
ones, since their programs are the ones best hardened against servers that mean ill.

Source: cmd/go/internal/vcs/vcs.go (parseGOVCS, checkGOVCS), go1.26.
"""

from __future__ import annotations

from gokiln.base.pattern import match_prefix_patterns
from gokiln.base.quote import go_quote
from gokiln.modules.fetch.vcs.systems import VcsError

_DEFAULT = [("private", ["all"]), ("public", ["git", "hg"])]


def parse_govcs(text: str) -> list[tuple[str, list[str]]]:
    """(pattern, names of systems) of each rule. Raises VcsError."""
    text = text.strip()
    if not text:
        return []
    rules: list[tuple[str, list[str]]] = []
    have: dict[str, str] = {}
    for raw in text.split(","):
        item = raw.strip()
        if not item:
            raise VcsError("empty entry in GOVCS")
        shown = go_quote(item)
        pattern, colon, names = item.partition(":")
        if not colon:
            raise VcsError(f"malformed entry in GOVCS (missing colon): {shown}")
        pattern, names = pattern.strip(), names.strip()
        if not pattern:
            raise VcsError(f"empty pattern in GOVCS: {shown}")
        if not names:
            raise VcsError(f"empty VCS list in GOVCS: {shown}")
        if pattern in (".", "..") or pattern.startswith(("./", "../")):
            raise VcsError(f"relative pattern not allowed in GOVCS: {go_quote(pattern)}")
        if pattern in have:
            raise VcsError(f"unreachable pattern in GOVCS: {shown} after {go_quote(have[pattern])}")
        have[pattern] = item
        allowed = [name.strip() for name in names.split("|")]
        if "" in allowed:
            raise VcsError(f"empty VCS name in GOVCS: {shown}")
        rules.append((pattern, allowed))
    return rules


class Policy:
    """GOVCS and GOPRIVATE of one command."""

    def __init__(self, govcs: str, goprivate: str) -> None:
        self._govcs = govcs
        self._goprivate = goprivate

    def check(self, vcs: str, root: str) -> None:
        """Raise VcsError unless a system ("git") may be used for the repository at import path root."""
        rules = parse_govcs(self._govcs) + _DEFAULT
        private = match_prefix_patterns(self._goprivate, root)
        for pattern, allowed in rules:
            if pattern in ("private", "public"):
                matches = private == (pattern == "private")
            else:
                matches = match_prefix_patterns(pattern, root)
            if matches:
                if vcs in allowed or "all" in allowed:
                    return
                break
        kind = "private" if private else "public"
        raise VcsError(f"GOVCS disallows using {vcs} for {kind} {root}; see 'go help vcs'")
