"""What bash, zsh and fish really offer for a command line, with the scripts of `gokiln completion`."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from pathlib import Path


def bash(line: list[str], script: str) -> list[str]:
    """What bash offers for the last word of a command line, in order."""
    words = " ".join(f"'{word}'" for word in line)
    program = (
        f"{script}\nCOMP_WORDS=({words}); COMP_CWORD={len(line) - 1}; _gokiln; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    env = {**os.environ, "LC_ALL": "C"}  # bash complains of a locale that is not installed
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True, env=env)
    assert not done.stderr
    return done.stdout.split()


def fish(line: str, script: str, home: Path) -> list[tuple[str, str]]:
    """(word, description) that fish offers for the end of a command line."""
    file = home / "gokiln.fish"
    file.write_text(script)
    program = f"source '{file}'; complete -C '{line}'"
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "dumb"}
    done = subprocess.run(["fish", "-N", "-c", program], capture_output=True, text=True, check=True, env=env)
    assert not done.stderr
    return [(word, said) for word, _, said in (row.partition("\t") for row in done.stdout.splitlines())]


def zsh(line: str, script: str, home: Path) -> str:
    """What a terminal shows when a person types the line and presses Tab twice in zsh."""
    (home / "_gokiln").write_text(script)
    (home / ".zshrc").write_text(f"fpath=('{home}' $fpath)\nautoload -Uz compinit; compinit -u -D\nPS1='READY '\n")
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "ZDOTDIR": str(home), "TERM": "dumb", "COLUMNS": "200"}
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe("zsh", ["zsh", "-i"], env)
    try:
        _read_until(terminal, "READY ")
        os.write(terminal, f"{line}\t\t".encode())
        return _read_until(terminal, "")
    finally:
        os.write(terminal, b"\x03exit\n")
        os.close(terminal)
        os.waitpid(child, 0)


def _read_until(terminal: int, word: str, quiet: float = 1.0, limit: float = 20.0) -> str:
    """Read until the word was shown, or without one until nothing came for a while (in seconds)."""
    shown = b""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], quiet if shown or not word else limit)
        if not ready and not word:
            break
        if ready:
            shown += os.read(terminal, 65536)
        if word and word.encode() in shown:
            break
    return shown.decode("utf-8", "replace")
