"""The code for Windows and macOS, as far as Linux lets it run: processes that take themselves for the other system."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pretends to be what it is not")


def run(system: str, script: str, cwd: Path) -> str:
    """What a script prints in a process that pretends; `kernel` there notes Windows' locks."""
    head = f"import os, sys\nfrom tests.unit.pretend import {system}, import_all\nkernel = {system}()\n"
    env = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", head + script],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("system", ["windows", "macos"])
def test_every_module_can_be_imported(system: str, tmp_path: Path) -> None:
    assert run(system, "print('\\n'.join(import_all()))", tmp_path).strip() == ""


def test_windows_locks_are_lockfileex(tmp_path: Path) -> None:
    script = """
from gokiln.base.lock import LockedFile, read_locked, transform_locked, try_lock, write_locked
write_locked("f", b"one")
assert read_locked("f") == b"one"
transform_locked("f", lambda data: data + b"two")
assert read_locked("f") == b"onetwo"
assert not try_lock(0)
print([call for call in kernel.calls])
"""
    calls = run("windows", script, tmp_path)
    assert "('lock', 2)" in calls and "('lock', 0)" in calls and calls.count("('lock'") == calls.count("('unlock'")


def test_windows_renames_wait_for_readers(tmp_path: Path) -> None:
    script = """
from gokiln.base import publish
real, failures = os.replace, [PermissionError(13, "in use")] * 3
def replace(source, target):
    if failures:
        raise failures.pop()
    real(source, target)
os.replace = replace
publish.publish("target", b"new")
assert open("target", "rb").read() == b"new" and not failures
os.replace = lambda source, target: (_ for _ in ()).throw(PermissionError(13, "in use"))
try:
    publish.publish("target", b"newer")
except PermissionError:
    print(sorted(os.listdir(".")), open("target", "rb").read())
"""
    assert run("windows", script, tmp_path).strip() == "['target'] b'new'"


def test_windows_programs_are_found_by_pathext(tmp_path: Path) -> None:
    for name in ("C:\\bin\\gcc.exe", "C:\\bin\\x.y.bat", "C:\\other\\gcc.cmd", ".\\gcc.exe"):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o755)
    script = r"""
from gokiln.base.lookpath import LookPathError, look_path
env = {"PATH": r"C:\none;C:\other;C:\bin", "PATHEXT": ".EXE;.CMD;.BAT"}
print(look_path("gcc", env), look_path("gcc", {"PATH": r"C:\bin;C:\other"}), look_path("x.y", env))
print(look_path(r"C:\bin\gcc", env), look_path("gcc.cmd", env))
for path in (r"C:\none", ".;C:\\bin"):
    try:
        look_path("gcc", {"PATH": path})
    except LookPathError as err:
        print(err)
"""
    assert run("windows", script, tmp_path).splitlines() == [
        "C:\\other\\gcc.cmd C:\\bin\\gcc.exe C:\\bin\\x.y.bat",
        "C:\\bin\\gcc.exe C:\\other\\gcc.cmd",
        'exec: "gcc": executable file not found in %PATH%',
        'exec: "gcc": cannot run executable found relative to current directory',
    ]


def test_windows_paths(tmp_path: Path) -> None:
    script = r"""
from gokiln.base.pattern import has_file_path_prefix, in_dir
from gokiln.base.shortpath import short_path
from gokiln.modules.resolve.replacements import to_directory_path
from gokiln.config.toolchain import clean, host_platform
assert has_file_path_prefix(r"c:\go\src", r"C:\go") and not has_file_path_prefix(r"c:\Go\src", r"C:\go")
assert not has_file_path_prefix(r"d:\go\src", r"C:\go") and not has_file_path_prefix(r"C:\gopher", r"C:\go")
assert in_dir(r"c:\m\a\b", r"C:\m") == r"a\b" and in_dir(r"C:\m", r"C:\m") == "."
assert short_path(r"D:\x\y", r"C:\z") == r"D:\x\y" and short_path(r"C:\m\a\b.go", r"C:\m\a") == "b.go"
for path, want in ((r"..\a", r"..\a"), (r"a\b", "./a/b"), ("C:\\x", "C:\\x"), (".", "."), (r".\a", r".\a")):
    assert to_directory_path(path) == want, path
assert host_platform({"PROCESSOR_ARCHITECTURE": "ARM64"}) == ("windows", "arm64")
assert host_platform({}) == ("windows", "amd64")
from gokiln.base.disk import quote_glob
from gokiln.config.envvars import lines, EnvVar
assert lines([EnvVar("GOFLAGS", "-x %PATH% & y\n", False)], "windows") == ["set GOFLAGS=-x %%PATH%% ^& y\ufffd\n"]
from gokiln.modules.fetch.fileurl import file_path
from gokiln.modules.fetch.goturl import parse
assert file_path(parse("file:///C:/proxy/x")) == "C:\\proxy\\x", file_path(parse("file:///C:/proxy/x"))
from gokiln.modules.fetch.netrc import netrc_path
assert netrc_path({"USERPROFILE": r"C:\u"}) == r"C:\u\.netrc"
from gokiln.gotest.plan import is_null
assert is_null("NUL") and is_null("nul") and not is_null("x")
from gokiln.config.perpackage import is_relative_path
assert is_relative_path("./x")
print("good")
"""
    assert run("windows", script, tmp_path).strip() == "good"


def test_windows_test_programs_are_watched_by_threads(tmp_path: Path) -> None:
    script = "from gokiln.gotest import program\nprint(program.WATCH.__name__)"
    assert run("windows", script, tmp_path).strip() == "_ThreadedWatch"
    assert run("macos", script, tmp_path).strip() == "_Watch"


def test_macos_says_who_it_is(tmp_path: Path) -> None:
    script = """
from gokiln.config.toolchain import host_platform
from gokiln.base.lock import read_locked, write_locked
from gokiln.base.userdirs import user_cache_dir
from gokiln.base.spawn import Children
write_locked("f", b"one")
print(host_platform({})[0], read_locked("f"), user_cache_dir({"HOME": "/Users/u"}, "darwin"))
print(Children().run([sys.executable, "-c", "print(1)"], cwd=".", env=dict(os.environ)).output)
"""
    assert run("macos", script, tmp_path).split("\n")[:2] == ["darwin b'one' /Users/u/Library/Caches", "b'1\\n'"]
