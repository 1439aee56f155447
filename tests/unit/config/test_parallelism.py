"""-p's default: affinity and control groups. Vectors after internal/runtime/cgroup/cgroup_test.go."""

from __future__ import annotations

import pytest

from gokiln.config.parallelism import cpu_limit, default_parallelism, limited, parse_cpu_cgroup, parse_cpu_mount

V2_MOUNT = "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
V1_MOUNT = "33 22 0:28 / /sys/fs/cgroup/cpu,cpuacct rw shared:12 - cgroup cgroup rw,cpu,cpuacct\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0::/a/b\n", ("/a/b", 2)),
        ("12:memory:/m\n5:cpu,cpuacct:/c\n0::/u\n", ("/c", 1)),
        ("12:memory:/m\n0::/u\n", ("/u", 2)),
        ("4:cpuset:/x\n", ("", 0)),
        ("", ("", 0)),
        ("0::/a:b\n", ("/a:b", 2)),
    ],
)
def test_cgroup(text: str, found: tuple[str, int]) -> None:
    assert parse_cpu_cgroup(text) == found


@pytest.mark.parametrize(
    ("text", "group", "version", "path"),
    [
        (V2_MOUNT, "/a", 2, "/sys/fs/cgroup/a"),
        (V2_MOUNT, "/", 2, "/sys/fs/cgroup"),
        (V1_MOUNT, "/docker/1", 1, "/sys/fs/cgroup/cpu,cpuacct/docker/1"),
        (V2_MOUNT, "/a", 1, ""),
        ("1 2 0:1 /box /mnt\\040x rw - cgroup2 none rw\n", "/box/in", 2, "/mnt x/in"),
        ("1 2 0:1 /box /mnt rw - cgroup2 none rw\n", "/boxes", 2, ""),
    ],
)
def test_mount(text: str, group: str, version: int, path: str) -> None:
    assert parse_cpu_mount(text, group, version) == path


def _files(**files: str) -> dict[str, str]:
    return {"/proc/self/cgroup": "0::/g\n", "/proc/self/mountinfo": V2_MOUNT} | files


def _reader(files: dict[str, str]):  # type: ignore[no-untyped-def]
    def read(path: str) -> str:
        if path not in files:
            raise FileNotFoundError(path)
        return files[path]

    return read


@pytest.mark.parametrize(
    ("quota", "limit"), [("max 100000", None), ("150000 100000", 1.5), ("50000 100000", 0.5), ("junk", None)]
)
def test_limit_of_version_2(quota: str, limit: float | None) -> None:
    assert cpu_limit(_reader(_files(**{"/sys/fs/cgroup/g/cpu.max": quota + "\n"}))) == limit


def test_limit_of_version_1() -> None:
    files = {
        "/proc/self/cgroup": "3:cpu,cpuacct:/g\n",
        "/proc/self/mountinfo": V1_MOUNT,
        "/sys/fs/cgroup/cpu,cpuacct/g/cpu.cfs_quota_us": "-1\n",
        "/sys/fs/cgroup/cpu,cpuacct/g/cpu.cfs_period_us": "100000\n",
    }
    assert cpu_limit(_reader(files)) is None
    files["/sys/fs/cgroup/cpu,cpuacct/g/cpu.cfs_quota_us"] = "300000\n"
    assert cpu_limit(_reader(files)) == 3.0


@pytest.mark.parametrize(
    ("count", "limit", "use"), [(8, None, 8), (8, 1.5, 2), (8, 0.1, 2), (8, 2.1, 3), (1, 0.5, 1), (4, 99.0, 4)]
)
def test_limited(count: int, limit: float | None, use: int) -> None:
    assert limited(count, limit) == use


def test_the_variable_decides() -> None:
    assert default_parallelism({"GOMAXPROCS": "7"}) == 7
    free = default_parallelism({"GOMAXPROCS": "x"}, _reader({}))
    assert free >= 1 and default_parallelism({"GOMAXPROCS": "0"}, _reader({})) == free
    assert default_parallelism({}, _reader(_files(**{"/sys/fs/cgroup/g/cpu.max": "1 1"}))) <= max(2, free)
