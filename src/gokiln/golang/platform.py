"""Which GOOS/GOARCH can do what: cgo, race detector, build modes, external linking.

The list of ports and their cgo support is data of the toolchain (internal/platform/zosarch.go), parsed from the
GOROOT in use; the rules of internal/platform/supported.go are code there, so they are code here, with what
changed between releases as `since` and `until` of the minor version.
Source: internal/platform/{supported,zosarch}.go of go1.25, go1.26 and go1.27.
"""

from __future__ import annotations


class PortInfo:
    """What zosarch.go says of one port."""

    __slots__ = ("broken", "cgo_supported", "first_class")

    def __init__(self, cgo_supported: bool = False, first_class: bool = False, broken: bool = False) -> None:
        self.cgo_supported = cgo_supported
        self.first_class = first_class
        self.broken = broken


def parse_zosarch(text: str) -> dict[tuple[str, str], PortInfo]:
    """The distInfo table of zosarch.go: (goos, goarch) -> PortInfo. Lines that look otherwise are passed over."""
    ports: dict[tuple[str, str], PortInfo] = {}
    for line in text.split("\n"):
        line = line.strip()
        if not line.startswith('{"') or "}:" not in line:
            continue
        words = line.split('"')
        if len(words) < 5:
            continue
        facts = words[4]
        ports[words[1], words[3]] = PortInfo(
            "CgoSupported: true" in facts, "FirstClass: true" in facts, "Broken: true" in facts
        )
    return ports


_RACE = {
    "linux": {"amd64", "arm64", "loong64", "ppc64le", "s390x"},
    "darwin": {"amd64", "arm64"},
    "freebsd": {"amd64"},
    "netbsd": {"amd64"},
    "windows": {"amd64"},
}
_MSAN = {"linux": {"amd64", "arm64", "loong64"}, "freebsd": {"amd64"}}
_ASAN = {"linux": {"arm64", "amd64", "loong64", "riscv64", "ppc64le"}}
_FUZZ = {"darwin", "freebsd", "linux", "openbsd", "windows"}
_C_ARCHIVE_LINUX = {"386", "amd64", "arm", "armbe", "arm64", "arm64be", "loong64", "ppc64le", "riscv64", "s390x"}
_MODES: dict[str, set[str]] = {
    "c-shared": set(
        "linux/amd64 linux/arm linux/arm64 linux/loong64 linux/386 linux/ppc64le linux/riscv64 linux/s390x"
        " android/amd64 android/arm android/arm64 android/386 freebsd/amd64 darwin/amd64 darwin/arm64"
        " windows/amd64 windows/386 windows/arm64 wasip1/wasm".split()
    ),
    "pie": set(
        "linux/386 linux/amd64 linux/arm linux/arm64 linux/loong64 linux/ppc64le linux/riscv64 linux/s390x"
        " android/amd64 android/arm android/arm64 android/386 freebsd/amd64 darwin/amd64 darwin/arm64 ios/amd64"
        " ios/arm64 aix/ppc64 openbsd/arm64 windows/386 windows/amd64 windows/arm64".split()
    ),
    "shared": set("linux/386 linux/amd64 linux/arm linux/arm64 linux/ppc64le linux/s390x".split()),
    "plugin": set(
        "linux/amd64 linux/arm linux/arm64 linux/386 linux/loong64 linux/riscv64 linux/s390x linux/ppc64le"
        " android/amd64 android/386 darwin/amd64 darwin/arm64 freebsd/amd64".split()
    ),
}
_INTERNAL_PIE = set(
    "android/arm64 darwin/amd64 darwin/arm64 linux/amd64 linux/arm64 linux/loong64 linux/ppc64le windows/386"
    " windows/amd64 windows/arm64".split()
)
_LINUX_PPC64_SINCE = 27  # cgo, external linking and every build mode came to linux/ppc64


class Platforms:
    """The ports of one release. minor: 26 for go1.26. ports: parse_zosarch's table."""

    __slots__ = ("minor", "ports")

    def __init__(self, minor: int, ports: dict[tuple[str, str], PortInfo]) -> None:
        self.minor = minor
        self.ports = ports

    def known(self, goos: str, goarch: str) -> bool:
        """Whether the pair is a port at all."""
        return (goos, goarch) in self.ports

    def cgo_supported(self, goos: str, goarch: str) -> bool:
        """Whether cgo works on the port."""
        info = self.ports.get((goos, goarch))
        return info is not None and info.cgo_supported

    def first_class(self, goos: str, goarch: str) -> bool:
        """Whether the port is a first-class one."""
        info = self.ports.get((goos, goarch))
        return info is not None and info.first_class

    def broken(self, goos: str, goarch: str) -> bool:
        """Whether the port is marked broken."""
        info = self.ports.get((goos, goarch))
        return info is not None and info.broken

    def race_detector_supported(self, goos: str, goarch: str) -> bool:
        """Whether -race works."""
        if (goos, goarch) == ("linux", "riscv64"):
            return self.minor >= 26
        return goarch in _RACE.get(goos, ())

    def msan_supported(self, goos: str, goarch: str) -> bool:
        """Whether -msan works."""
        return goarch in _MSAN.get(goos, ())

    def asan_supported(self, goos: str, goarch: str) -> bool:
        """Whether -asan works."""
        return goarch in _ASAN.get(goos, ())

    def fuzz_supported(self, goos: str, goarch: str) -> bool:
        """Whether `test -fuzz` works."""
        return goos in _FUZZ

    def fuzz_instrumented(self, goos: str, goarch: str) -> bool:
        """Whether fuzzing is guided by coverage."""
        return goarch in ("amd64", "arm64", "loong64") and goos in _FUZZ

    def must_link_external(self, goos: str, goarch: str, with_cgo: bool) -> bool:
        """Whether the C linker has to link, with or without cgo dependencies."""
        if with_cgo:
            if goarch in ("mips", "mipsle", "mips64", "mips64le") or goos in ("android", "dragonfly"):
                return True
            if goarch == "arm64" and goos == "windows" and self.minor < 26:
                return True
            if goarch == "ppc64" and (goos == "aix" or (goos == "linux" and self.minor < _LINUX_PPC64_SINCE)):
                return True
        if goos == "android":
            return goarch != "arm64"
        return goos == "ios" and goarch == "arm64"

    def build_mode_supported(self, compiler: str, buildmode: str, goos: str, goarch: str) -> bool:
        """Whether `-buildmode` works for the port; "default" asks whether the port exists."""
        if compiler == "gccgo":
            return True
        if not self.known(goos, goarch):
            return False
        if buildmode in ("archive", "default", "exe"):
            return True
        platform = f"{goos}/{goarch}"
        if platform == "linux/ppc64":
            return self.minor >= _LINUX_PPC64_SINCE and (buildmode == "c-archive" or buildmode in _MODES)
        if buildmode == "c-archive":
            if goos == "linux":
                return goarch in _C_ARCHIVE_LINUX
            return goos in ("aix", "darwin", "ios", "windows") or platform == "freebsd/amd64"
        if platform == "windows/arm":
            return buildmode == "pie" and self.minor < 26
        return platform in _MODES.get(buildmode, ())

    def internal_link_pie_supported(self, goos: str, goarch: str) -> bool:
        """Whether Go's own linker can make position independent executables."""
        platform = f"{goos}/{goarch}"
        if platform in ("linux/ppc64", "linux/s390x"):
            return self.minor >= 27
        if platform == "windows/arm":
            return self.minor < 26
        return platform in _INTERNAL_PIE

    def default_pie(self, goos: str, is_race: bool) -> bool:
        """Whether -buildmode=default makes position independent executables."""
        if goos == "windows":
            return not is_race
        return goos in ("android", "ios", "darwin")
