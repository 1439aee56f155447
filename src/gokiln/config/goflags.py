"""GOFLAGS: default flags for every command that knows them.

Each word must be a flag in one piece (-name or -name=value) that at least one command has; a command passes over
the ones it does not know. Source: cmd/go/internal/base/goflags.go, go1.26.
"""

from __future__ import annotations

from gokiln.base import quoted
from gokiln.errors import PlainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

# Every flag of every command (base.hasFlag), test flags in both spellings. As GOFLAGS=-<name> is accepted by
# go1.26 and go1.27; a comparison test asks the real command about each.
KNOWN = frozenset(
    """C a artifacts asan asmflags bench benchmem benchtime blockprofile blockprofilerate buildmode buildvcs c cache
    changed compat compiled compiler count cover covermode coverpkg coverprofile cpu cpuprofile d debug-actiongraph
    debug-runtime-trace debug-trace deps diff dropexclude dropgodebug dropignore dropreplace droprequire dropretract
    droptool dropuse e exclude exec export f failfast find fix fixtool fmt fullpath fuzz fuzzcache fuzzminimizetime
    fuzztime gccgoflags gcflags go godebug i ignore insecure installsuffix json ldflags linkshared list m memprofile
    memprofilerate mod modcache modcacherw modfile module msan mutexprofile mutexprofilefraction n o outputdir
    overlay p parallel pgo pkgdir print r race replace require retract retracted reuse run short shuffle skip t tags
    test testcache timeout tool toolchain toolexec trace trimpath u use v vendor versions vet vettool w work
    x""".split()
)
_AS_TEST_BINARY = frozenset(
    """artifacts bench benchmem benchtime blockprofile blockprofilerate count coverprofile cpu cpuprofile failfast
    fullpath fuzz fuzzminimizetime fuzztime list memprofile memprofilerate mutexprofile mutexprofilefraction
    outputdir parallel run short shuffle skip timeout trace v""".split()
)
_SINCE_26 = frozenset(["artifacts", "test.artifacts", "fixtool"])


class GoflagsError(PlainError):
    """GOFLAGS does not parse; the text has its `go: ` already."""


def is_known(name: str, minor: int) -> bool:
    """Whether any command of the release has the flag. name: without dashes."""
    if name in _SINCE_26 and minor < 26:
        return False
    return name in KNOWN or (name.startswith("test.") and name[5:] in _AS_TEST_BINARY)


def parse_goflags(text: str, minor: int, *, hide_errors: bool = False, also: Container[str] = frozenset()) -> list[str]:
    """The words of GOFLAGS, checked. hide_errors: for `env` and `bug`, which people use to find the mistake.

    also: names known beside those of every command, which are the analysis tool's for `vet`.

    Raises GoflagsError in the go command's words.
    """
    from gokiln.base.quote import go_quote

    if not text:
        return []
    try:
        words = quoted.split(text)
    except ValueError as err:
        if hide_errors:
            return []
        raise GoflagsError(f"go: parsing $GOFLAGS: {err}") from None
    if hide_errors:
        return words
    for word in words:
        if not word.startswith("-") or word in ("-", "--") or word.startswith(("---", "-=", "--=")):
            raise GoflagsError(f"go: parsing $GOFLAGS: non-flag {go_quote(word)}")
        name = word[1:].removeprefix("-").partition("=")[0]
        if not is_known(name, minor) and name not in also:
            raise GoflagsError(f"go: parsing $GOFLAGS: unknown flag -{name}")
    return words


def in_goflags(words: list[str], flag: str) -> bool:
    """Whether GOFLAGS gives the flag, e.g. "-mod" (base.InGOFLAGS)."""
    for word in words:
        name = word[1:] if word.startswith("--") else word
        if name.partition("=")[0] == flag:
            return True
    return False
