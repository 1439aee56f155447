"""What a file's name says of where it is built: `x_linux.go`, `x_arm64.s`, `x_windows_amd64_test.go`.

Source: go/build/build.go goodOSArchFile, cmd/go/internal/imports/build.go MatchFile, go1.26.
"""

from __future__ import annotations

from gokiln.golang.syslist import KNOWN_ARCH, KNOWN_OS


def name_tags(name: str) -> tuple[str, ...]:
    """The tags that name asks for, in the order go/build consults them: (), (os,), (arch,) or (arch, os).

    What stands before the first underscore never counts, so `linux.go` is built everywhere.
    """
    stem = name.partition(".")[0]
    first = stem.find("_")
    if first < 0:
        return ()
    parts = stem[first:].split("_")
    if parts[-1] == "test":
        parts.pop()
    if len(parts) >= 2 and parts[-2] in KNOWN_OS and parts[-1] in KNOWN_ARCH:
        return (parts[-1], parts[-2])
    if parts[-1] in KNOWN_OS or parts[-1] in KNOWN_ARCH:
        return (parts[-1],)
    return ()
