import pytest

from gokiln.modules.version import ModulePublic
from gokiln.packages.error import ImportStack
from gokiln.packages.package import Package
from gokiln.packages.visibility import disallow_internal, disallow_vendor, find_internal, find_vendor


@pytest.mark.parametrize(
    ("path", "at"),
    [("a/internal", 2), ("a/internal/b/internal/c", 13), ("internal", 0), ("internal/x", 0), ("a/internals", -1)],
)
def test_find_internal(path, at):
    assert find_internal(path) == at


@pytest.mark.parametrize(
    ("path", "at"), [("a/vendor/b", 2), ("vendor/b", 0), ("a/vendor", -1), ("a/vendor/b/vendor/c", 11)]
)
def test_find_vendor(path, at):
    assert find_vendor(path) == at


def package(path, module=None, directory=""):
    p = Package()
    p.import_path = path
    p.dir = directory or "/src/" + path
    if module:
        p.module = ModulePublic(module)
    return p


@pytest.mark.parametrize(
    ("importer", "path", "ok"),
    [
        ("example.com/a/x", "example.com/a/internal/y", True),
        ("example.com/a", "example.com/a/internal/y", True),
        ("example.com/ab", "example.com/a/internal/y", False),
        ("", "example.com/a/internal/y", True),
        ("example.com/z", "example.com/a/internally", True),
    ],
)
def test_internal_by_path_in_modules(importer, path, ok):
    found = disallow_internal("/src/x", package(importer), importer, package(path, "m"), ImportStack(), str)
    assert (found is None) is ok
    if found is not None:
        assert str(found) == f"use of internal package {path} not allowed"


def test_internal_by_directory_in_std():
    p = package("internal/abi")
    assert disallow_internal("/src/fmt", package("fmt"), "fmt", p, ImportStack(), str) is None
    assert disallow_internal("/else", package("m"), "m", p, ImportStack(), str) is not None


def test_fips_rules():
    p = package("crypto/internal/fips140/aes")
    assert disallow_internal("/src/x", package("crypto/aes"), "crypto/aes", p, ImportStack(), str) is None
    importer = package("crypto/internal/fips140/aes")
    assert disallow_internal("/src/x", importer, importer.import_path, package("internal/abi"), ImportStack(), str)


def test_vendor():
    p = package("vendor/golang.org/x/net")
    assert disallow_vendor("/src/net", "golang.org/x/net", "net", p, ImportStack()) is None
    bad = disallow_vendor("/src/net", "vendor/golang.org/x/net", "net", p, ImportStack())
    assert str(bad) == "vendor/golang.org/x/net must be imported as golang.org/x/net"
    outside = disallow_vendor("/else", "x", "m", p, ImportStack())
    assert str(outside) == "use of vendored package not allowed"
