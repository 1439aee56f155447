"""A small coverage-guided fuzzer for pure functions of bytes.

It changes seeds at random, keeps whatever reaches a line of the package that nothing before reached, and goes on from
there. Wrong is: an error that the target does not declare, more than HANG seconds of processor time for one input, or
more memory than MEMORY. Everything is determined by the number it starts with.
"""

from __future__ import annotations

import contextlib
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

PACKAGE = str(Path(__file__).resolve().parents[2] / "src" / "gokiln")
HANG = 2.0  # seconds of processor time for one input
SLOWER = 8  # how much slower a traced input may be
MEMORY = 256 << 20  # bytes, above what the process had before
MAX_SIZE = 1 << 17  # bytes of an input
_NUMBERS = [0, 1, 2, 4, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 62, (1 << 64) - 1]


class Target:
    """What is fuzzed. run: takes any bytes; declared: errors that are an answer; words: pieces that mean something."""

    def __init__(
        self,
        run: Callable[[bytes], object],
        seeds: Sequence[bytes],
        declared: tuple[type[BaseException], ...] = (),
        words: Sequence[bytes] = (),
    ) -> None:
        self.run = run
        self.seeds = list(seeds)
        self.declared = declared
        self.words = [*words, b" ", b"\n"]


def words(text: str, *others: bytes) -> list[bytes]:
    """The words of a text, each a piece that means something to a target; others: pieces with blanks in them."""
    return [*text.encode().split(), *others]


class TooSlow(BaseException):
    """No Exception: nothing that the target catches."""


def _expired(number: int, frame: FrameType | None) -> None:
    raise TooSlow


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """End what runs longer than this, in seconds of processor time of this process. Raises TooSlow. Not on Windows."""
    if not hasattr(signal, "SIGVTALRM"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _expired)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextlib.contextmanager
def limited_memory(extra: int = MEMORY) -> Iterator[None]:
    """Let this process have so many bytes more than it has; more is a MemoryError. Linux only, elsewhere nothing."""
    try:
        import resource

        with open("/proc/self/statm", "rb") as file:
            now = int(file.read().split()[0]) * resource.getpagesize()
    except (ImportError, OSError):
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (now + extra, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def attempt(target: Target, data: bytes, seconds: float = HANG) -> str:
    """Run one input; what is wrong, "" if nothing."""
    try:
        with limited(seconds):
            target.run(data)
    except target.declared:
        return ""
    except TooSlow:
        return f"more than {seconds:g} seconds"
    except MemoryError:
        return "too much memory"
    except Exception:  # noqa: BLE001 - whatever else comes out is what we are looking for
        return traceback.format_exc(limit=-6)
    return ""


class Mutator:
    """Makes new inputs of old ones."""

    def __init__(self, target: Target, source: random.Random) -> None:
        self._words = target.words
        self._random = source

    def change(self, data: bytes, other: bytes) -> bytes:
        """A changed copy; other: one to take pieces from."""
        for _ in range(1 << self._random.randrange(4)):
            data = self._once(bytearray(data), other)
        return data[:MAX_SIZE]

    def _once(self, data: bytearray, other: bytes) -> bytes:
        rand = self._random
        at = rand.randrange(len(data) + 1)
        end = min(len(data), at + rand.choice((1, 1, 2, 4, 8, 40)))
        kind = rand.randrange(11)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << rand.randrange(8)
        elif kind == 1 and at < len(data):
            data[at] = rand.randrange(256)
        elif kind == 2:
            del data[at:end]
        elif kind == 3:
            del data[at:]
        elif kind == 4:
            data[at:at] = bytes(rand.randrange(256) for _ in range(rand.randrange(1, 9)))
        elif kind == 5 and other:
            start = rand.randrange(len(other))
            data[at:end] = other[start : start + rand.randrange(1, 60)]
        elif kind == 6:
            size = rand.choice((1, 2, 4, 8))
            value = rand.choice(_NUMBERS) & ((1 << 8 * size) - 1)
            data[at : at + size] = value.to_bytes(size, rand.choice(("little", "big")))
        elif kind == 7:
            piece = bytes(data[at:end]) or b"("
            data[at:at] = piece * rand.choice((1, 2, 10, 1000, 20000 // len(piece)))
        elif kind in (8, 9) and self._words:
            word = rand.choice(self._words)
            data[at : rand.choice((at, end))] = word * rand.choice((1, 1, 1, 1, 2, 3000))
        else:
            number = str(rand.choice(_NUMBERS) * rand.choice((1, -1))).encode()
            data[at:end] = number
        return bytes(data)


class Tracer:
    """Notes the lines of the package that run."""

    def __init__(self) -> None:
        self.lines: set[tuple[str, int]] = set()
        self._new = False

    def run(self, work: Callable[[], str]) -> tuple[str, bool]:
        """(what work returns, whether it reached a new line)."""
        self._new = False
        sys.settrace(self._call)
        try:
            return work(), self._new
        finally:
            sys.settrace(None)

    def _call(self, frame: FrameType, event: str, arg: object) -> Any:
        return self._line if frame.f_code.co_filename.startswith(PACKAGE) else None

    def _line(self, frame: FrameType, event: str, arg: object) -> Any:
        key = (frame.f_code.co_filename, frame.f_lineno)
        if key not in self.lines:
            self.lines.add(key)
            self._new = True
        return self._line


class Finding:
    """An input and what is wrong with it."""

    def __init__(self, data: bytes, problem: str) -> None:
        self.data = data
        self.problem = problem


def fuzz(
    target: Target, seconds: float, number: int, kept: Sequence[bytes] = ()
) -> tuple[list[Finding], list[bytes], int]:
    """Fuzz for so long. kept: inputs of earlier runs. Returns findings, the corpus beyond the seeds, inputs tried.

    Of findings that end in the same place one is kept.
    """
    source = random.Random(number)
    mutator, tracer = Mutator(target, source), Tracer()
    corpus = [*target.seeds, *kept]
    findings: dict[str, Finding] = {}
    first = len(target.seeds)
    tried = 0
    stop = time.monotonic() + seconds
    queue = list(corpus)
    with limited_memory():
        while time.monotonic() < stop:
            fresh = not queue
            data = mutator.change(source.choice(corpus), source.choice(corpus)) if fresh else queue.pop(0)
            tried += 1
            traced = tried % 3 == 0 or not fresh
            if traced:
                problem, new = tracer.run(lambda data=data: attempt(target, data, HANG * SLOWER))  # type: ignore[misc]
                if new and fresh:
                    corpus.append(data)
            if not traced or problem.startswith("more"):
                problem = attempt(target, data)
            if problem:
                findings.setdefault(problem[-200:], Finding(data, problem))
    return list(findings.values()), corpus[first:], tried


def smaller(target: Target, finding: Finding, seconds: float = 20) -> bytes:
    """A shorter input with the same kind of problem."""
    data, kind = finding.data, finding.problem[-60:]
    stop = time.monotonic() + seconds
    size = max(1, len(data) // 2)
    while size and time.monotonic() < stop:
        at = 0
        while at < len(data) and time.monotonic() < stop:
            less = data[:at] + data[at + size :]
            if attempt(target, less)[-60:] == kind:
                data = less
            else:
                at += size
        size //= 2
    return data
