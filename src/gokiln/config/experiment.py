"""GOEXPERIMENT: which toolchain experiments are on, and the shortest setting that says so.

The names and their order are the fields of internal/goexperiment.Flags; the baseline of a target is what
ParseGOEXPERIMENT switches on by itself. Both change from release to release, so they stand in one table per
release, which a comparison test holds against the GOROOT's source; for a release that is newer than the table
the names come from its flags.go and the baseline from the literal in its exp.go, as far as it can be read.
Source: internal/buildcfg/exp.go, internal/goexperiment/flags.go.
"""

from __future__ import annotations

from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_COMMON = "fieldtrack preemptibleloops staticlockranking boringcrypto regabiwrappers regabiargs"
# minor version -> names in the order of the struct.
FIELDS: dict[int, tuple[str, ...]] = {
    25: tuple(
        f"{_COMMON} heapminimum512kib arenas cgocheck2 loopvar cacheprog newinliner rangefunc aliastypeparams"
        " swissmap synchashtriemap synctest dwarf5 jsonv2 greenteagc".split()
    ),
    26: tuple(
        f"{_COMMON} heapminimum512kib arenas cgocheck2 loopvar newinliner dwarf5 jsonv2 greenteagc"
        " randomizedheapbase64 runtimefreegc sizespecializedmalloc goroutineleakprofile simd runtimesecret".split()
    ),
    27: tuple(
        f"{_COMMON} heapminimum512kib arenas cgocheck2 loopvar newinliner dwarf5 jsonv2 greenteagc"
        " randomizedheapbase64 runtimefreegc sizespecializedmalloc simd runtimesecret mapsplitgroup".split()
    ),
}
# minor version -> what is on everywhere; "regabi" and "dwarf5" depend on the target.
BASELINE: dict[int, tuple[str, ...]] = {
    25: ("aliastypeparams", "swissmap", "synchashtriemap"),
    26: ("randomizedheapbase64", "greenteagc"),
    27: ("randomizedheapbase64", "greenteagc", "jsonv2", "sizespecializedmalloc"),
}
NEWEST = max(FIELDS)
_REGABI = frozenset(["amd64", "arm64", "loong64", "ppc64le", "ppc64", "riscv64"])


class ExperimentError(GokilnError):
    """GOEXPERIMENT names what the toolchain does not know, or a combination that it refuses."""


class Experiment:
    """The experiments in effect. fields: all names in order; on, baseline: sets of names."""

    __slots__ = ("baseline", "fields", "on")

    def __init__(self, fields: tuple[str, ...], on: frozenset[str], baseline: frozenset[str]) -> None:
        self.fields = fields
        self.on = on
        self.baseline = baseline

    def enabled(self) -> list[str]:
        """Names of all experiments that are on, the baseline's too, in order."""
        return [name for name in self.fields if name in self.on]

    def __str__(self) -> str:
        """The canonical GOEXPERIMENT: the differences to the baseline."""
        diff = [n for n in self.fields if (n in self.on) != (n in self.baseline)]
        return ",".join(n if n in self.on else "no" + n for n in diff)


def baseline(
    minor: int, fields: tuple[str, ...], always: tuple[str, ...], goos: str, goarch: str
) -> tuple[frozenset[str], bool, bool]:
    """(baseline set, whether regabi is supported, whether it is always on) of a target."""
    supported = goarch in _REGABI or (goarch == "s390x" and minor >= 26)
    always_on = goarch in _REGABI or (goarch == "s390x" and minor >= 27)
    on = {name for name in always if name in fields}
    if supported:
        on |= {"regabiwrappers", "regabiargs"}
    if goos not in ("darwin", "ios", "aix") and "dwarf5" in fields:
        on.add("dwarf5")
    return frozenset(on), supported, always_on


def parse(
    minor: int, fields: tuple[str, ...], always: tuple[str, ...], goos: str, goarch: str, text: str
) -> Experiment:
    """ParseGOEXPERIMENT. text: comma separated names, `no` in front switches off. Raises ExperimentError."""
    base, supported, always_on = baseline(minor, fields, always, goos, goarch)
    on = set(base)
    regabi = {"regabiwrappers", "regabiargs"}
    for word in text.split(","):
        if not word:
            continue
        if word == "none":
            on.clear()
            continue
        name = word.removeprefix("no")
        group = regabi if name == "regabi" else {name}
        if name != "regabi" and name not in fields:
            raise ExperimentError(f"unknown GOEXPERIMENT {name}")
        if name == word:
            on |= group
        else:
            on -= group
    if always_on:
        on |= regabi
    if not supported:
        on -= regabi
    if "regabiargs" in on and "regabiwrappers" not in on:
        raise ExperimentError("GOEXPERIMENT regabiargs requires regabiwrappers")
    return Experiment(fields, frozenset(on), base)


def read_fields(flags_go: str) -> tuple[str, ...]:
    """The names in internal/goexperiment/flags.go, in order: the fields of `type Flags struct`."""
    body = flags_go.partition("type Flags struct {")[2].partition("\n}")[0]
    names = []
    for line in body.split("\n"):
        words = line.split("//")[0].split()
        if len(words) >= 2 and words[-1] == "bool":
            names += [word.rstrip(",").lower() for word in words[:-1]]
    return tuple(names)


def read_baseline(exp_go: str) -> tuple[str, ...]:
    """The names that the baseline literal in internal/buildcfg/exp.go sets to true outright."""
    body = exp_go.partition("baseline := goexperiment.Flags{")[2].partition("}")[0]
    names = []
    for line in body.split("\n"):
        name, colon, value = line.strip().partition(":")
        if colon and value.strip() == "true,":
            names.append(name.lower())
    return tuple(names)


def facts(minor: int, read: Callable[[str], str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(fields, always on) of a release; read(path below GOROOT/src) gives a file's text, "" when it is not there."""
    if minor in FIELDS:
        return FIELDS[minor], BASELINE[minor]
    fields = read_fields(read("internal/goexperiment/flags.go"))
    always = read_baseline(read("internal/buildcfg/exp.go"))
    nearest = NEWEST if minor > NEWEST else min(FIELDS)
    return fields or FIELDS[nearest], always if fields else BASELINE[nearest]
