"""When a test's result is found again, and everything that must keep it from being found."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gokiln.actions.action import Action
from gokiln.cache.diskstore import DiskStore
from gokiln.cache.inputhash import InputHash, subkey
from gokiln.cache.location import make_cache_dir
from gokiln.gotest.inputs import InputReader
from gokiln.gotest.resultcache import RunCache, and_inputs
from gokiln.gotest.state import TestRun
from gokiln.packages.package import Package

SALT = "go1.26.8"
OLD = 1_000_000_000 * 10**9
OUTPUT = b"ok  \tm\t0.123s\n"


class Bench:
    """A module with one package and a file that its test reads; the cache; the settings of a command, to be changed."""

    def __init__(self, root: Path) -> None:
        self.module = root / "m"
        self.module.mkdir()
        self.file = self.module / "data"
        self.file.write_text("one")
        os.utime(self.file, ns=(OLD, OLD))
        self.objdir = str(root / "obj") + os.sep
        os.mkdir(self.objdir)
        self.log = b"# test log\ngetenv HOME\nopen data\n"
        make_cache_dir(str(root / "cache"))
        self.store = DiskStore(str(root / "cache"))
        self.environ = {"HOME": "/h"}
        self.args = ["-test.timeout=10m0s"]
        self.bad_arg = ""
        self.expiry = 0
        self.exec_words: list[str] = []
        self.local_directory = False
        self.package = Package()
        self.package.import_path, self.package.dir, self.package.root = "m", str(self.module), str(self.module)
        self.coverprofile = ""
        self.merged: list[str] = []
        self.covered: list[str] = []
        self.minor = 26
        self.told: list[str] = []
        self.link = Action("link")
        self.run: TestRun | None = None

    def open(self) -> tuple[RunCache, Action]:
        """A new command's view of the test, and the action that would run it."""
        covered = [Action("build") for _ in self.covered]
        ids = {id(action): f"{name}/x" for action, name in zip(covered, self.covered)}
        ids[id(self.link)] = "program/main/x"
        meta = Action("write coverage meta-data file", deps=covered)
        session: Any = SimpleNamespace(
            local_directory=self.local_directory,
            exec_words=self.exec_words,
            cover_packages=covered,
            meta_action=meta if covered else None,
            profile=SimpleNamespace(merge=lambda path: self.merged.append(Path(path).read_text())),
            flags=SimpleNamespace(text=lambda name: self.coverprofile if name == "coverprofile" else ""),
            config=SimpleNamespace(toolchain=SimpleNamespace(release=SimpleNamespace(minor=self.minor))),
            builder=SimpleNamespace(result=lambda action: SimpleNamespace(build_id=ids[id(action)])),
        )
        results: Any = SimpleNamespace(
            session=session,
            store=self.store,
            reader=InputReader(self.environ, SALT),
            args=self.args,
            bad_arg=self.bad_arg,
            expiry=self.expiry,
            debug=True,
            new_hash=lambda name: InputHash(SALT, name),
            tell=self.told.append,
        )
        self.run = TestRun(self.package)
        return RunCache(results, self.run), Action("test run", deps=[meta])

    def save(self, *programs: str, output: bytes = OUTPUT) -> None:
        """The test has run and passed."""
        cache, action = self.open()
        for program in programs or ("program",):
            cache.try_id(program, action)
        Path(self.objdir, "testlog.txt").write_bytes(self.log)
        cache.save(self.objdir, output)

    def find(self, program: str = "program") -> bytes | None:
        """What a command finds that comes later."""
        cache, action = self.open()
        found = cache.try_id(program, action)
        assert found == (cache.output is not None) == cache.run.cached
        assert found or cache.run.why or not cache.run.cached
        return cache.output

    def why(self) -> str:
        assert self.run is not None
        return self.run.why


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_result_is_found_by_every_name_of_its_program(bench: Bench) -> None:
    assert bench.find() is None
    bench.save("by inputs", "by content")
    for program in ("by inputs", "by content"):
        assert bench.find(program) == b"ok  \tm\t(cached)\n"
        assert bench.run is not None and bench.run.cached_at > OLD
    assert bench.find("another") is None


def test_before_it_is_linked_a_program_goes_by_the_links_inputs(bench: Bench) -> None:
    cache, action = bench.open()
    assert cache.try_link(action, bench.link) is False
    assert bench.why() == "no earlier result is known (only passing ones are kept)"
    bench.save("program")
    cache, action = bench.open()
    assert cache.try_link(action, bench.link) is True and cache.output is not None
    touch(bench)
    cache, action = bench.open()
    assert cache.try_link(action, bench.link) is False
    assert "data changed" in bench.why()  # the reason that is nearest


def test_the_names_are_the_go_commands(bench: Bench) -> None:
    """cmd/go finds our results and we find its."""
    bench.args, bench.exec_words = ["-test.run=X"], ["qemu"]
    cache, action = bench.open()
    cache.try_id("ab/cd", action)
    text = 'test binary ab/cd args ["-test.run=X"] execcmd ["qemu"]'
    assert cache.ids == [hashlib.sha256((SALT + text).encode()).digest()]
    key = and_inputs(b"t" * 32, b"i" * 32)
    assert key == hashlib.sha256(b"subkey:" + b"t" * 32 + b"inputs:" + b"69" * 32).digest()
    assert cache.profile_key(b"t" * 32, b"i" * 32) == subkey(key, "coverprofile")
    cache.cover_meta = b"\xab"
    assert cache.profile_key(b"t" * 32, b"i" * 32) == subkey(subkey(key, "coverdeps:ab"), "coverprofile")


def set_(name: str, value: object) -> Callable[[Bench], None]:
    return lambda bench: setattr(bench, name, value)


def touch(bench: Bench) -> None:
    os.utime(bench.file, ns=(OLD + 1, OLD + 1))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (set_("args", ["-test.timeout=1s"]), ""),
        (set_("exec_words", ["qemu"]), ""),
        (set_("environ", {"HOME": "/other"}), "environment variable HOME changed"),
        (set_("environ", {"HOME": "/h", "GODEBUG": "x=1"}), "environment variable GODEBUG changed"),
        (touch, "data changed"),
        (lambda bench: bench.file.unlink(), "data changed"),
        (lambda bench: bench.file.write_text("new"), "too new"),
        (set_("expiry", 1 << 62), "expired"),
        (set_("bad_arg", "-test.count=1"), "not cacheable with -test.count=1"),
        (set_("local_directory", True), "local directory mode"),
        (lambda bench: setattr(bench.package, "root", ""), "outside of any module"),
        (set_("coverprofile", "c.out"), "coverage profile is not known"),
        (set_("covered", ["p1"]), "a covered package changed"),
    ],
)
def test_what_keeps_a_result_from_being_found(bench: Bench, change: Callable[[Bench], None], why: str) -> None:
    bench.save()
    change(bench)
    assert bench.find() is None
    assert why in bench.why()


@pytest.mark.parametrize(
    "change",
    [set_("bad_arg", "-test.count=1"), set_("local_directory", True), lambda bench: setattr(bench.package, "root", "")],
)
def test_what_may_not_be_found_is_not_stored_either(bench: Bench, change: Callable[[Bench], None]) -> None:
    bench.store.put_bytes = lambda *args, **kwargs: pytest.fail("stored")  # type: ignore[method-assign]
    change(bench)
    bench.save()


@pytest.mark.parametrize("log", [b"", b"# test log", b"getenv HOME\n", b"# test log\ngetenv HOME", b"# test log\nx\n"])
def test_a_log_that_is_not_whole_stores_nothing(bench: Bench, log: bytes) -> None:
    bench.log = log
    bench.save()
    assert bench.find() is None and not bench.why()  # not even a list of inputs


def test_a_test_that_left_no_log_stores_nothing(bench: Bench) -> None:
    cache, action = bench.open()
    cache.try_id("program", action)
    cache.save(bench.objdir, OUTPUT)
    assert any("reading testlog: open" in line for line in bench.told)
    assert bench.find() is None


def test_a_file_written_while_the_test_ran_stores_nothing(bench: Bench) -> None:
    bench.file.write_text("just now")
    bench.save()
    touch(bench)
    assert bench.find() is None and not bench.why()


def ids(bench: Bench) -> tuple[bytes, bytes]:
    """The keys of the list of inputs and of the output."""
    cache, action = bench.open()
    cache.try_id("program", action)
    inputs = cache._inputs(bench.log)
    assert inputs is not None
    return cache.ids[0], and_inputs(cache.ids[0], cache.results.reader.digest(inputs))


@pytest.mark.parametrize("log", [b"", b"# test log\ngetenv HOME", b"getenv HOME\n", b"# test log\nfoo\n"])
def test_a_damaged_list_of_inputs_is_a_miss(bench: Bench, log: bytes) -> None:
    bench.save()
    bench.store.put_bytes(ids(bench)[0], log)
    assert bench.find() is None
    assert "damaged" in bench.why() or "malformed" in bench.why()


@pytest.mark.parametrize("output", [b"", b"ok  \tm\t0.1s", b"FAIL\tm\t0.1s\n", b"ok  \tm\n", b"PASS\n"])
def test_an_output_that_is_no_passed_test_is_a_miss(bench: Bench, output: bytes) -> None:
    bench.save()
    bench.store.put_bytes(ids(bench)[1], output)
    assert bench.find() is None
    assert any("test output malformed" in line for line in bench.told)


def test_a_coverage_profile_belongs_to_the_result(bench: Bench) -> None:
    bench.coverprofile = "c.out"
    bench.save()  # the program left none
    assert bench.find() is None
    Path(bench.objdir, "_cover_.out").write_text("mode: set\n")
    bench.save()
    assert bench.find() is not None
    assert bench.merged == ["mode: set\n"]
    bench.coverprofile = ""
    assert bench.find() is not None and len(bench.merged) == 1  # nobody wants it


def test_what_coverpkg_covers_counts_since_go_1_26(bench: Bench) -> None:
    bench.covered = ["p1", "p2"]
    bench.save()
    assert bench.find() is not None
    for covered in (["p1", "q2"], ["p2", "p1"], ["p1"]):
        bench.covered = covered
        assert bench.find() is None
        bench.minor = 25
        assert bench.find() is not None
        bench.minor = 26


def test_the_time_alone_is_replaced_and_only_at_the_end(bench: Bench) -> None:
    bench.save(output=b"ok  \tnot\t1.0s\n  x\nok  \tm\t12.5s\tcoverage: 1.0% of statements\n")
    assert bench.find() == b"ok  \tnot\t1.0s\n  x\nok  \tm\t(cached)\tcoverage: 1.0% of statements\n"
