"""go.sum and vendor/modules.txt."""

from __future__ import annotations

import pytest

from gokiln.errors import FatalError
from gokiln.golang.gover import TooNewError
from gokiln.modules.fetch.gosum import EMPTY_GO_MOD_HASH, read_go_sum
from gokiln.modules.modfile.vendor_modules import NO_MODULE, parse_vendor_modules
from gokiln.modules.version import ModVersion

A = ModVersion("x.y/a", "v1.0.0")


def test_sums_read() -> None:
    data = b"x.y/b v1.10.0 h1:b=\nx.y/b v1.9.0/go.mod h1:m=\n\n"
    data += b"x.y/b v1.9.0 h1:z=\nx.y/b v1.9.0 h1:y=\nx.y/b v1.9.0 h1:y=\n"
    data += f"x.y/c v1.0.0 {EMPTY_GO_MOD_HASH}\n".encode()
    sums: dict[ModVersion, list[str]] = {}
    read_go_sum(sums, "go.sum", data)
    assert sums[ModVersion("x.y/b", "v1.9.0")] == ["h1:z=", "h1:y=", "h1:y="]
    assert ModVersion("x.y/c", "v1.0.0") not in sums
    read_go_sum(sums, "go.work.sum", b"x.y/a v1.0.0 h1:a=")
    assert sums[A] == ["h1:a="]


def test_malformed_sums() -> None:
    with pytest.raises(FatalError) as e:
        read_go_sum({}, "/m/go.sum", b"x.y/a v1.0.0 h1:a=\nx.y/a v1.0.0\n")
    assert str(e.value) == "malformed go.sum:\n/m/go.sum:2: wrong number of fields 2\n"
    sums: dict[ModVersion, list[str]] = {}
    read_go_sum(sums, "go.sum", b"x\nx.y/a v1.0.0 h1:a=\n", lax=True)
    assert list(sums) == [A]


VENDOR = b"""# x.y/a v1.0.0
## explicit; go 1.21
x.y/a
x.y/a/sub
# x.y/b v1.1.0 => x.y/fork v1.2.0
## explicit
x.y/b/pkg
not a package
# x.y/c v1.0.0 => ../c
# x.y/d => ./d
# x.y/e nonsense
x.y/e
## go 9.9
# short
x.y/f
# x.y/a v0.9.0
x.y/a/old
"""


def test_vendor_modules() -> None:
    found = parse_vendor_modules(VENDOR, "1.26.8", "vendor/modules.txt")
    b, c, d = ModVersion("x.y/b", "v1.1.0"), ModVersion("x.y/c", "v1.0.0"), ModVersion("x.y/d", "")
    assert found.modules == [A, b]
    assert found.replaced == [b, c, d]
    assert found.version == {"x.y/a": "v1.0.0", "x.y/b": "v1.1.0"}
    assert found.package_module == {
        "x.y/a": A, "x.y/a/sub": A, "x.y/b/pkg": b, "x.y/a/old": ModVersion("x.y/a", "v0.9.0"),
    }  # fmt: skip
    assert found.meta_of(A).explicit and found.meta_of(A).go_version == "1.21"
    assert found.meta_of(A).replacement == NO_MODULE
    assert found.meta_of(b).replacement == ModVersion("x.y/fork", "v1.2.0")
    assert found.meta_of(c).replacement == ModVersion("../c", "") and found.meta_of(d).replacement == ModVersion(
        "./d", ""
    )
    assert not found.meta_of(ModVersion("x.y/none", "v1.0.0")).explicit


def test_of_two_vendored_versions_the_higher_one_is_the_modules() -> None:
    text = "# x.y/a {}\n## explicit\nx.y/a\n# x.y/a {}\nx.y/a/b\n"
    for first, second in (("v1.9.0", "v1.10.0"), ("v1.10.0", "v1.9.0")):
        found = parse_vendor_modules(text.format(first, second).encode(), "1.26.8", "vendor/modules.txt")
        assert found.version == {"x.y/a": "v1.10.0"}
        assert found.package_module["x.y/a/b"] == ModVersion("x.y/a", second)
    text = "# x.y/a v1.0.0 -> x.y/b v1.0.0\nx.y/a\n"
    found = parse_vendor_modules(text.encode(), "1.26.8", "vendor/modules.txt")
    assert found.replaced == [] and found.modules == [A]


def test_vendored_module_too_new() -> None:
    with pytest.raises(TooNewError) as e:
        parse_vendor_modules(b"# x.y/a v1.0.0\n## explicit; go 1.99\n", "1.26.8", "vendor/modules.txt")
    assert str(e.value) == "x.y/a in vendor/modules.txt requires go >= 1.99 (running go 1.26.8)"
