"""Letting the Go tools use memory that is free anyway: fewer garbage collections, the same output.

A Go program collects garbage each time its heap has doubled. For a compiler that lives half a second that is work
for nothing while there is memory. So the tools get GOGC=off with a GOMEMLIMIT, which is a limit from which on they
collect as needed, if each of the jobs running at once can have a good share of the free memory; otherwise nothing.
What the user has set is left alone. Neither variable is part of any action ID, and -x does not show them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_LEAST = 512 << 20  # bytes for each job; with less free memory the tools' own setting is better
_MOST = 4 << 30
_SHARE = 0.5  # of the free memory, for all jobs together


def _read(path: str) -> str:
    with open(path, encoding="ascii", errors="replace") as file:
        return file.read()


def free_memory(read: Callable[[str], str] = _read) -> int:
    """Bytes that can be had without swapping: of the machine, or of this process's control group if that is less.

    0 where the system does not tell.
    """
    available = 0
    try:
        for line in read("/proc/meminfo").split("\n"):
            if line.startswith("MemAvailable:"):
                available = int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return 0
    left = _group_left(read)
    return available if left is None else min(available, left)


def _group_left(read: Callable[[str], str]) -> int | None:
    """What the control group's memory limit leaves, None without a limit."""
    for limit_file, used_file in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        try:
            return max(0, int(read(limit_file)) - int(read(used_file)))
        except (OSError, ValueError):
            continue
    return None


def with_headroom(env: dict[str, str], jobs: int, free: Callable[[], int] = free_memory) -> dict[str, str]:
    """The environment with room for the tools' heaps, unless the user has a say in GOGC or GOMEMLIMIT."""
    if env.get("GOGC") or env.get("GOMEMLIMIT"):
        return env
    share = int(free() * _SHARE) // max(jobs, 1)
    if share < _LEAST:
        return env
    return {**env, "GOGC": "off", "GOMEMLIMIT": str(min(share, _MOST))}
