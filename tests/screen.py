"""A terminal for tests: what a person sees after each piece that a program writes, and a program run on one.

It knows what gokiln's live view uses: carriage return, newline, tab, erasing a line, going up, colors (ignored).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PIECE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|([\r\n\t])|([^\x1b\r\n\t]+)|(.)", re.DOTALL)


class Screen:
    """An endless sheet of lines `width` wide. frames: the text after each write."""

    def __init__(self, width: int = 100) -> None:
        self.width = width
        self.rows: list[str] = [""]
        self.row = self.column = 0
        self.frames: list[str] = []

    def write(self, text: str) -> None:
        """Show text with its control sequences; others than the known ones are an error."""
        for m in _PIECE.finditer(text):
            numbers, command, control, plain, other = m.groups()
            if command is not None:
                self._command(numbers, command)
            elif control == "\r":
                self.column = 0
            elif control == "\n":
                self._down()
            elif control == "\t":
                self._put(" " * (8 - self.column % 8))
            elif plain is not None:
                self._put(plain)
            else:
                raise AssertionError(f"the terminal does not know {other!r}")
        self.frames.append("\n".join(self.lines()))

    def flush(self) -> None:
        """Nothing waits."""

    def _down(self) -> None:
        self.row += 1
        self.column = 0
        if self.row == len(self.rows):
            self.rows.append("")

    def _put(self, text: str) -> None:
        for char in text:
            if self.column == self.width:
                self._down()  # a line that is too long wraps, which would spoil the view
            line = self.rows[self.row].ljust(self.column)
            self.rows[self.row] = line[: self.column] + char + line[self.column + 1 :]
            self.column += 1

    def _command(self, numbers: str, command: str) -> None:
        if command == "K" and numbers == "2":
            self.rows[self.row] = ""
        elif command == "A":
            self.row -= int(numbers or "1")
            assert self.row >= 0, "above the top"
        elif command != "m":
            raise AssertionError(f"the terminal does not know ESC [ {numbers} {command}")

    def lines(self) -> list[str]:
        """What is seen, without blanks at the ends and without empty lines at the bottom."""
        return "\n".join(row.rstrip() for row in self.rows).rstrip("\n").split("\n")


def run_on_terminal(
    argv: Sequence[str],
    cwd: Path,
    env: Mapping[str, str],
    width: int = 100,
    to_pipe: bool = False,
    watch: Callable[[str], None] = lambda frame: None,
) -> tuple[int, Screen, bytes]:
    """Run a program with a terminal for its input, output and errors. (status, the screen, what went to the pipe)

    to_pipe: its standard output is a pipe. watch: called with what is seen after each piece, so that what the program
    waits for can happen once something is on the screen. Only where there are pseudo-terminals.
    """
    import fcntl
    import select
    import struct
    import termios

    assert sys.platform != "win32"
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, width, 0, 0))
    env = {**env, "TERM": "xterm-256color", "PWD": str(cwd), "COLUMNS": str(width), "LINES": "30"}
    process = subprocess.Popen(
        argv, cwd=cwd, env=env, stdin=theirs, stdout=subprocess.PIPE if to_pipe else theirs, stderr=theirs
    )
    os.close(theirs)
    screen = Screen(width)
    piped = b""
    pipe = process.stdout.fileno() if process.stdout is not None else -1
    waiting = {ours, pipe} - {-1}
    pending = b""
    while waiting:
        for descriptor in select.select(sorted(waiting), [], [])[0]:
            try:
                piece = os.read(descriptor, 1 << 16)
            except OSError:  # the last writer of a pseudo-terminal has gone
                piece = b""
            if not piece:
                waiting.discard(descriptor)
            elif descriptor == pipe:
                piped += piece
            else:
                pending = _show(screen, pending + piece)
                watch(screen.frames[-1])
    os.close(ours)
    if process.stdout is not None:
        process.stdout.close()
    return process.wait(), screen, piped


def _show(screen: Screen, data: bytes) -> bytes:
    """Show what is complete; the rest, perhaps the beginning of a control sequence or of a character."""
    cut = data.rfind(b"\x1b")
    if cut < 0 or re.match(rb"\x1b\[[0-9;?]*[A-Za-z]", data[cut:]):
        cut = len(data)
        while cut and data[cut - 1] & 0xC0 == 0x80:
            cut -= 1
        if cut and data[cut - 1] & 0xC0 == 0xC0:
            size = 2 if data[cut - 1] < 0xE0 else 3 if data[cut - 1] < 0xF0 else 4
            cut = cut - 1 if len(data) - cut + 1 < size else len(data)
        else:
            cut = len(data)
    screen.write(data[:cut].decode("utf-8", "replace"))
    return data[cut:]
