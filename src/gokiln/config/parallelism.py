"""How many things at once: Go's default GOMAXPROCS, which is the default of -p.

It is the smallest of the processors in the affinity mask and, on Linux, the CPU limit of this process's control
group (quota over period, rounded up, at least 2). The limit is read from the leaf group only, as Go's runtime does.
Source: runtime/cgroup_linux.go, internal/runtime/cgroup/cgroup.go, go1.26 (the same since go1.25).
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def parse_cpu_cgroup(text: str) -> tuple[str, int]:
    """(path, version 1 or 2) of the CPU controller in /proc/self/cgroup; ("", 0) for none.

    A line is `id:controllers:path`. A version 1 hierarchy with the cpu controller wins over version 2 (id 0).
    """
    found = ("", 0)
    for line in text.split("\n"):
        hierarchy, _, rest = line.partition(":")
        controllers, colon, path = rest.partition(":")
        if not colon:
            continue
        if hierarchy == "0":
            found = (path, 2)
        elif "cpu" in controllers.split(","):
            return path, 1
    return found


def _unescape(path: str) -> str:
    """\\040 and its like, as mountinfo writes blanks, tabs, newlines and backslashes."""
    if "\\" not in path:
        return path
    out, i = [], 0
    while i < len(path):
        if path[i] == "\\" and path[i + 1 : i + 4].isdigit():
            out.append(chr(int(path[i + 1 : i + 4], 8)))
            i += 4
        else:
            out.append(path[i])
            i += 1
    return "".join(out)


def _below(path: str, prefix: str) -> str | None:
    """The rest of `path` below `prefix`, or None."""
    if prefix == "/":
        return path.rstrip("/")
    if path == prefix or path.startswith(prefix + "/"):
        return path[len(prefix) :]
    return None


def parse_cpu_mount(text: str, cgroup: str, version: int) -> str:
    """The directory of the control group, by /proc/self/mountinfo; "" when it is not mounted.

    A line is `id parent major:minor root mountpoint options fields... - type source superoptions`.
    """
    for line in text.split("\n"):
        before, dash, after = line.partition(" - ")
        fields, kind = before.split(" "), after.split(" ")
        if not dash or len(fields) < 5 or not kind:
            continue
        if version == 2 and kind[0] != "cgroup2":
            continue
        if version == 1 and (kind[0] != "cgroup" or len(kind) < 3 or "cpu" not in kind[2].split(",")):
            continue
        below = _below(cgroup, _unescape(fields[3]))
        if below is not None:
            return _unescape(fields[4]).rstrip("/") + below
    return ""


def cpu_limit(read: Callable[[str], str]) -> float | None:
    """The CPU limit of this process's control group in processors, None for none. read(path) raises OSError."""
    try:
        group, version = parse_cpu_cgroup(read("/proc/self/cgroup"))
        if not version:
            return None
        folder = parse_cpu_mount(read("/proc/self/mountinfo"), group, version)
        if not folder:
            return None
        if version == 1:
            quota = int(read(f"{folder}/cpu.cfs_quota_us").strip())
            period = int(read(f"{folder}/cpu.cfs_period_us").strip())
        else:
            words = read(f"{folder}/cpu.max").split()
            if len(words) != 2 or words[0] == "max":
                return None
            quota, period = int(words[0]), int(words[1])
    except (OSError, ValueError):
        return None
    return quota / period if quota >= 0 and period > 0 else None


def _read(path: str) -> str:
    with open(path, "rb") as f:
        return os.fsdecode(f.read())


def limited(count: int, limit: float | None) -> int:
    """The processors to use of `count` under a limit."""
    if limit is None:
        return count
    return min(count, max(2, -int(-limit // 1)))


def default_parallelism(environ: Mapping[str, str], read: Callable[[str], str] = _read) -> int:
    """GOMAXPROCS when it is set and sensible, else Go's default for this process."""
    setting = environ.get("GOMAXPROCS", "")
    if setting.isascii() and setting.isdigit() and int(setting) > 0:
        return int(setting)
    affinity = getattr(os, "sched_getaffinity", None)
    count = len(affinity(0)) if affinity is not None else (os.cpu_count() or 1)
    if "containermaxprocs=0" in environ.get("GODEBUG", "").split(","):
        return count
    return limited(count, cpu_limit(read))
