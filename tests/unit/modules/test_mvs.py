"""Minimal version selection in a tiny notation: "A1: B2 C1" is what A at 1 requires; then what must come out.

The cases in mvs_cases.txt are those of cmd/go/internal/mvs/mvs_test.go (go1.26).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gokiln.errors import GokilnError
from gokiln.golang.gover import mod_compare
from gokiln.golang.modpath import InvalidVersionError, ModuleError
from gokiln.modules.mvs import mvs
from gokiln.modules.mvs.errors import BuildListError
from gokiln.modules.mvs.graph import Graph
from gokiln.modules.version import ModVersion

CASES = (Path(__file__).parent / "mvs_cases.txt").read_text()
BUILT_BY = {"build", "upgrade*", "upgrade", "upgradereq", "downgrade", "req"}


def mod(s: str) -> ModVersion:
    return ModVersion(s[:1], s[1:])


def mods(s: str | list[str]) -> list[ModVersion]:
    return [mod(word) for word in (s.split() if isinstance(s, str) else s)]


class ReqsMap(dict[ModVersion, list[ModVersion]]):
    """Versions in order of the string; "" is the target, above all; ".hidden" is not offered."""

    def max(self, path: str, v1: str, v2: str) -> str:
        if v1 == "none" or v2 == "":
            return v2
        if v2 == "none" or v1 == "":
            return v1
        return max(v1, v2)

    def offered(self, path: str) -> list[str]:
        return sorted(m.version for m in self if m.path == path and not m.version.endswith(".hidden"))

    def upgrade(self, m: ModVersion) -> ModVersion:
        best = "none"
        for version in self.offered(m.path):
            best = self.max(m.path, best, version)
        if best == "none":
            raise GokilnError(f"missing module: {m.path}")
        return ModVersion(m.path, best)

    def previous(self, m: ModVersion) -> ModVersion:
        older = [v for v in self.offered(m.path) if v < m.version and v]
        return ModVersion(m.path, older[-1] if older else "none")

    def required(self, m: ModVersion) -> list[ModVersion]:
        if m not in self:
            raise GokilnError(f"missing module: {m.path}@{m.version}")
        return self[m]


def scenarios() -> list[tuple[str, ReqsMap, list[str], str]]:
    found = []
    name, reqs = "", ReqsMap()
    for line in filter(None, CASES.splitlines()):
        key, _, value = line.partition(":")
        words = key.split()
        if words == ["name"]:
            name, reqs = value.strip(), ReqsMap()
        elif words[0] in BUILT_BY:
            found.append((name, reqs, words, value.strip()))
        else:
            for req in mods(value):
                reqs.setdefault(req, [])
            reqs[mod(key)] = mods(value)
    return found


@pytest.mark.parametrize(
    ("reqs", "words", "want"), [s[1:] for s in scenarios()], ids=[f"{s[0]}: {' '.join(s[2])}" for s in scenarios()]
)
def test_case(reqs: ReqsMap, words: list[str], want: str) -> None:
    verb, target, rest = words[0], mod(words[1]), words[2:]
    if verb == "build":
        got = mvs.build_list([target], reqs)
    elif verb == "upgrade*":
        got = mvs.upgrade_all(target, reqs)
    elif verb == "upgrade":
        got = mvs.upgrade(target, reqs, mods(rest))
    elif verb == "upgradereq":
        upgraded = ReqsMap(reqs)
        upgraded[target] = mvs.upgrade(target, reqs, mods(rest))
        got = mvs.req(target, [], upgraded)
    elif verb == "downgrade":
        got = mvs.downgrade(target, reqs, mods(words[1:]))
    else:
        got = mvs.req(target, rest, reqs)
    assert got == mods(want)


def test_error_shows_the_chain() -> None:
    reqs = ReqsMap({mod("A"): mods("B1"), mod("B1"): mods("C1"), mod("C1"): mods("D1")})
    with pytest.raises(BuildListError) as e:
        mvs.build_list([mod("A")], reqs)
    assert str(e.value) == "B@1 requires\n\tC@1 requires\n\tD@1: missing module: D@1"
    assert e.value.module() == mod("D1")


def test_error_of_an_upgrade_says_so() -> None:
    reqs = ReqsMap({mod("A"): mods("B1"), mod("B1"): [], mod("C1"): []})
    with pytest.raises(BuildListError) as e:
        mvs.upgrade(mod("A"), reqs, mods("B2"))
    assert str(e.value) == "B@1 updating to\n\tB@2: missing module: B@2"


def test_error_of_a_replacement_names_both() -> None:
    err = ModuleError("example.com/fork", "v1.0.1", GokilnError("no such file"))
    at = ModVersion("example.com/a", "v1.0.0")
    assert str(BuildListError(err, [ModVersion("main"), at])) == (
        "example.com/a@v1.0.0 (replaced by example.com/fork@v1.0.1): no such file"
    )
    same = ModuleError("example.com/a", "v1.0.0", GokilnError("no such file"))
    assert str(BuildListError(same, [at])) == "example.com/a@v1.0.0: no such file"
    invalid = ModuleError("example.com/a", "", InvalidVersionError("v1.0.0", GokilnError("bad")))
    assert str(BuildListError(invalid, [at])) == "example.com/a@v1.0.0: invalid version: bad"


def test_long_chains_do_not_recurse() -> None:
    n = 5000
    reqs = ReqsMap({ModVersion("m", str(i)): [ModVersion("m", str(i + 1))] for i in range(10000, 10000 + n)})
    reqs[ModVersion("m", str(10000 + n))] = []
    target = ModVersion("A", "")
    reqs[target] = [ModVersion("m", "10000")]
    assert mvs.req(target, [], reqs) == [ModVersion("m", str(10000 + n))]
    assert mvs.downgrade(target, reqs, [ModVersion("x", "1")])[1] == ModVersion("m", str(10000 + n))


def test_prefetch_hears_each_wave() -> None:
    class Waves(ReqsMap):
        waves: list[list[ModVersion]] = []

        def prefetch(self, wave: list[ModVersion]) -> None:
            self.waves.append(wave)

    reqs = Waves({mod("A"): mods("B1 C1"), mod("B1"): mods("D1"), mod("C1"): mods("D1"), mod("D1"): []})
    mvs.build_list([mod("A")], reqs)
    assert reqs.waves == [mods("A"), mods("B1 C1"), mods("D1")]


def plain(path: str, v1: str, v2: str) -> int:
    a, b = ("" if v1 == "none" else v1), ("" if v2 == "none" else v2)
    return (a > b) - (a < b)


def test_graph_selects_as_it_learns() -> None:
    g = Graph(plain, mods("A1 B1"))
    assert g.selected("C") == "none" and g.required_by(mod("A1")) is None
    g.require(mod("A1"), mods("C2 Dnone"))
    g.require(mod("B1"), mods("C1 B2"))
    assert g.required_by(mod("B1")) == mods("C1 B2")
    assert g.build_list() == mods("A1 B2 C2")
    seen: list[ModVersion] = []
    g.walk_breadth_first(seen.append)
    assert seen == mods("A1 B1 C2 C1 B2")
    assert g.find_path(lambda m: m == mod("C1")) == mods("B1 C1")
    assert g.find_path(lambda m: m.path == "X") is None


def test_graph_refuses_what_cannot_be() -> None:
    g = Graph(plain, mods("A1"))
    with pytest.raises(ValueError, match="B@1 is not reachable from any root"):
        g.require(mod("B1"), [])
    g.require(mod("A1"), [])
    with pytest.raises(ValueError, match="requirements of A@1 have already been set"):
        g.require(mod("A1"), [])


def test_graph_of_a_diamond_is_walked_once_around() -> None:
    g = Graph(plain, mods("A1"))
    g.require(mod("A1"), mods("B1 C1"))
    g.require(mod("B1"), mods("D1"))
    g.require(mod("C1"), mods("D1 A1"))
    g.require(mod("D1"), mods("B1"))  # a circle
    seen: list[ModVersion] = []
    g.walk_breadth_first(seen.append)
    assert seen == mods("A1 B1 C1 D1")
    assert g.find_path(lambda m: m == mod("D1")) == mods("A1 B1 D1")


def test_graph_of_go_and_toolchains() -> None:
    """No toolchain is above none but those that have a version; of equal versions the first one counts."""
    roots = [ModVersion("toolchain", "default"), ModVersion("go", "1.21.0"), ModVersion("m", "v1.0.0")]
    g = Graph(lambda path, v, w: mod_compare(path, v, w), roots)
    assert g.selected("toolchain") == "none" and g.build_list() == roots[1:]
    below = [ModVersion("go", "1.20"), ModVersion("toolchain", "go1.22.1"), ModVersion("m", "v1.0.0+incompatible")]
    g.require(roots[2], below)
    assert g.build_list() == [below[1], *roots[1:]]
