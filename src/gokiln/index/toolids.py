"""Remembering what each tool said of itself, so that a build with nothing to do starts no process.

A text file, one tool a line: signature of the file, its path, what else the answer depends on, the answer; separated
by tabs. A tool that is replaced has another signature (device, inode, size, mtime, ctime); a file written in the
very moment of asking is not remembered. Losing the file costs a few milliseconds.
"""

from __future__ import annotations

import os
import time

_HEADER = "gokiln tool ids 1\n"
_RACY_NS = 2_000_000_000  # a younger file might still change within its time stamp


def _signature(path: str) -> str:
    """The stat signature of a file as text; "" when it cannot be had."""
    try:
        info = os.stat(path)
    except OSError:
        return ""
    return f"{info.st_dev}:{info.st_ino}:{info.st_size}:{info.st_mtime_ns}:{info.st_ctime_ns}"


class ToolIdMemo:
    """path: the file, "" to remember for this process only."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._lines: dict[tuple[str, str], tuple[str, str]] | None = None

    def _load(self) -> dict[tuple[str, str], tuple[str, str]]:
        if self._lines is None:
            found: dict[tuple[str, str], tuple[str, str]] = {}
            try:
                with open(self.path, encoding="utf-8", errors="surrogateescape") as file:
                    text = file.read()
            except OSError:
                text = ""
            if text.startswith(_HEADER):
                for line in text[len(_HEADER) :].split("\n"):
                    fields = line.split("\t")
                    if len(fields) == 4:
                        found[fields[1], fields[2]] = (fields[0], fields[3])
            self._lines = found
        return self._lines

    def get(self, tool: str, setting: str) -> str | None:
        """The answer of a tool that has not changed, or None. setting: what else it depends on (GOEXPERIMENT)."""
        found = self._load().get((tool, setting))
        if found is None or found[0] != _signature(tool):
            return None
        return found[1]

    def put(self, tool: str, setting: str, answer: str) -> None:
        """Remember an answer; a memory that cannot be written is none."""
        answer = answer.rstrip("\n")
        signature = _signature(tool)
        if not signature or any(char in tool + setting + answer for char in "\t\n"):
            return
        ctime = int(signature.rpartition(":")[2])
        if time.time_ns() - ctime < _RACY_NS:
            return
        lines = self._load()
        lines[tool, setting] = (signature, answer)
        if not self.path:
            return
        from gokiln.base.publish import publish

        text = _HEADER + "".join(
            f"{sig}\t{tool_}\t{set_}\t{said}\n" for (tool_, set_), (sig, said) in list(lines.items())
        )
        try:
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            publish(self.path, text.encode("utf-8", "surrogateescape"))
        except OSError:
            self.path = ""
