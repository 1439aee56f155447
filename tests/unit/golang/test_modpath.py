"""Module, import and file paths, escapes, and versions under paths (x/mod module_test.go has the like)."""

from __future__ import annotations

import pytest

from gokiln.errors import GokilnError
from gokiln.golang import modpath
from gokiln.golang.modpath import InvalidVersionError, ModuleError
from gokiln.modules.version import ModVersion


@pytest.mark.parametrize(
    ("path", "kinds", "problem"),
    [  # kinds: which of Module, Import, File accept it; problem: of the first that does not
        ("github.com/rsc/quote", "MIF", ""),
        ("x.y/z", "MIF", ""),
        ("x.y", "MIF", ""),
        ("", "", "empty string"),
        ("/x.y/z", "", "empty path element"),
        ("x./z", "", "trailing dot in path element"),
        (".x/z", "IF", "leading dot in path element"),
        ("-x.y/z", "F", "leading dash"),
        ("x..y/z", "MIF", ""),
        ("x.y/z//w", "", "double slash"),
        ("x.y/z/", "", "trailing slash"),
        ("x.y/con/z", "", '"con" disallowed as path element component on Windows'),
        ("x.y/lpt9.go", "", '"lpt9" disallowed as path element component on Windows'),
        ("x.y/z/v1", "IF", "invalid version"),
        ("x.y/z/v2", "MIF", ""),
        ("x.y/z/v0", "IF", "invalid version"),
        ("x.y/z/v2.3", "IF", "invalid version"),
        ("x.y/z/v02", "IF", "invalid version"),
        ("gopkg.in/yaml", "IF", "invalid version"),
        ("gopkg.in/yaml.v2", "MIF", ""),
        ("gopkg.in/yaml.v2-unstable", "MIF", ""),
        ("gopkg.in/yaml.v0", "MIF", ""),
        ("std", "IF", "missing dot in first path element"),
        ("X.y/z", "IF", "invalid char 'X' in first path element"),
        ("x.y/z@v1", "F", "invalid char '@'"),
        ("x.y/a b", "F", "invalid char ' '"),
        ("x.y/a+b", "IF", "invalid char '+'"),
        ("x.y/a'b", "", "invalid char '\\''"),
        ("x.y/a\"b", "", "invalid char '\"'"),
        ("x.y/世界", "F", "invalid char '世'"),
        ("x.y/a\x00", "", "invalid char '\\x00'"),
        ("x.y/a\udcff", "", "invalid UTF-8"),
        ("x.y/a~1", "F", "trailing tilde and digits in path element"),
        ("x.y/a~1.go", "F", "trailing tilde and digits in path element"),
        ("x.y/a~b", "MIF", ""),
        ("x.y/...", "", 'invalid path element "..."'),
        ("x.y/a:b", "", "invalid char ':'"),
    ],
)  # fmt: skip
def test_which_paths_are_allowed(path: str, kinds: str, problem: str) -> None:
    checks = {
        "M": ("module", modpath.check_path),
        "I": ("import", modpath.check_import_path),
        "F": ("file", modpath.check_file_path),
    }
    first = ""
    for letter, (kind, check) in checks.items():
        try:
            check(path)
        except modpath.InvalidPathError as e:
            assert letter not in kinds, str(e)
            assert e.kind == kind and e.path == path
            first = first or str(e.err)
            assert str(e) == f"malformed {kind} path {modpath.quoted(path)}: {e.err}"
        else:
            assert letter in kinds, f"{kind} path {path!r} accepted"
    assert first == problem
    assert modpath.is_valid_path(path) == ("M" in kinds)
    assert modpath.is_valid_import_path(path) == ("I" in kinds)


@pytest.mark.parametrize(
    ("path", "want"),
    [
        ("x.y/z", ("x.y/z", "", True)),
        ("x.y/z/v2", ("x.y/z", "/v2", True)),
        ("x.y/z/v10", ("x.y/z", "/v10", True)),
        ("x.y/z/v2.0", ("x.y/z/v2.0", "", False)),
        ("x.y/z/v1", ("x.y/z/v1", "", False)),
        ("x.y/v", ("x.y/v", "", True)),
        ("v2", ("v2", "", True)),
        ("x.y/zv2", ("x.y/zv2", "", True)),
        ("gopkg.in/a.v1", ("gopkg.in/a", ".v1", True)),
        ("gopkg.in/a.v2-unstable", ("gopkg.in/a", ".v2-unstable", True)),
        ("gopkg.in/a/v2", ("gopkg.in/a/v2", "", False)),
        ("gopkg.in/a.v01", ("gopkg.in/a.v01", "", False)),
    ],
)
def test_split_path_version(path: str, want: tuple[str, str, bool]) -> None:
    assert modpath.split_path_version(path) == want


def test_check_words_its_errors_as_go() -> None:
    modpath.check("x.y/z/v2", "v2.3.4")
    modpath.check("x.y/z", "v2.3.4+incompatible")
    modpath.check("gopkg.in/check.v1", "v0.0.0-20161208181325-20d25e280405")
    for path, version, text in [
        ("x.y/z", "v2.3.4", "x.y/z@v2.3.4: invalid version: should be v0 or v1, not v2"),
        ("x.y/z/v3", "v2.3.4", "x.y/z/v3@v2.3.4: invalid version: should be v3, not v2"),
        ("gopkg.in/a.v2-unstable", "v1.0.0", "gopkg.in/a.v2-unstable@v1.0.0: invalid version: should be v2, not v1"),
        ("x.y/z", "latest", "x.y/z@latest: invalid version: not a semantic version"),
        ("x", "v1.0.0", 'malformed module path "x": missing dot in first path element'),
    ]:
        with pytest.raises(GokilnError) as e:
            modpath.check(path, version)
        assert str(e.value) == text


def test_path_major() -> None:
    assert modpath.match_path_major("v1.2.3", "") and not modpath.match_path_major("v2.0.0", "")
    with pytest.raises(InvalidVersionError, match=r'version "v2\.0\.0" invalid: should be v0 or v1, not v2'):
        modpath.check_path_major("v2.0.0", "")
    assert modpath.path_major_prefix("/v2") == "v2" and modpath.path_major_prefix("") == ""
    assert modpath.path_major_prefix(".v3-unstable") == "v3"
    with pytest.raises(ValueError, match="lacks separator"):
        modpath.path_major_prefix("v2")


def test_canonical_version_keeps_incompatible() -> None:
    assert modpath.canonical_version("v2+incompatible") == ""
    assert modpath.canonical_version("v2.0.0+incompatible") == "v2.0.0+incompatible"
    assert modpath.canonical_version("v2.0.0+meta") == "v2.0.0"
    assert modpath.canonical_version("v2") == "v2.0.0"


def test_escapes() -> None:
    for plain, escaped in [
        ("github.com/Azure/azure", "github.com/!azure/azure"),
        ("github.com/GoogleCloudPlatform/x", "github.com/!google!cloud!platform/x"),
        ("x.y/z", "x.y/z"),
    ]:
        assert modpath.escape_path(plain) == escaped
        assert modpath.unescape_path(escaped) == plain
    assert modpath.escape_version("v1.0.0-Beta") == "v1.0.0-!beta"
    assert modpath.unescape_version("v1.0.0-!beta") == "v1.0.0-Beta"
    with pytest.raises(InvalidVersionError, match='version "a!b" invalid: disallowed version string'):
        modpath.escape_version("a!b")
    for bad in ["x.y/Z", "x.y/!", "x.y/!1", "x.y/é", "x.y/!Z", "!x.y/a"]:
        with pytest.raises(GokilnError, match="invalid escaped module path"):
            modpath.unescape_path(bad)
    with pytest.raises(GokilnError, match=r"^invalid escaped version \"a/b\": invalid char '/'$"):
        modpath.unescape_version("a/b")


def test_version_error_wraps_once() -> None:
    mod = ModVersion("x.y/z", "v1.0.0")
    err = modpath.version_error(mod, GokilnError("boom"))
    assert isinstance(err, ModuleError) and str(err) == "x.y/z@v1.0.0: boom"
    assert modpath.version_error(mod, err) is err
    assert str(modpath.version_error(ModVersion("x.y/w", ""), GokilnError("boom"))) == "module x.y/w: boom"
    pseudo = InvalidVersionError("v0.0.0-1", GokilnError("syntax error"), pseudo=True)
    assert str(ModuleError("x.y/z", "", pseudo)) == "x.y/z@v0.0.0-1: invalid pseudo-version: syntax error"


def test_sort() -> None:
    mods = [
        ModVersion("b", "v1.0.0"),
        ModVersion("a", "v1.10.0"),
        ModVersion("a", "v1.9.0/go.mod"),
        ModVersion("a", "v1.9.0"),
    ]
    modpath.sort(mods)
    assert [m.version for m in mods] == ["v1.9.0", "v1.9.0/go.mod", "v1.10.0", "v1.0.0"]
