"""What is taken out of the cache instead of being built, and what must not be, though it lies there."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gokiln.actions.action import Action
from gokiln.cache.diskstore import DiskStore
from gokiln.cache.inputhash import subkey
from gokiln.cache.location import make_cache_dir
from gokiln.events import Recorder, Warn
from gokiln.execute.reuse import link_action_id, update_build_id, use_cache
from gokiln.execute.state import Result
from gokiln.golang.buildid import action_id, content_id, hash_to_string
from gokiln.golang.buildidfile import find_and_hash, read_file
from gokiln.packages.package import Package
from tests.unit.actions.test_inputs import facts

ID = hashlib.sha256(b"action").digest()
SHORT = hash_to_string(ID)


def archive(build_id: str, text: bytes = b"code") -> bytes:
    return b'!<arch>\n__.PKGDEF 0\ngo object linux amd64\nbuild id "%b"\n\n%b' % (build_id.encode(), text)


def program(build_id: str) -> bytes:
    return b"MZ" + bytes(99) + b'\xff Go build ID: "%b"\n \xff' % build_id.encode()


class Bench:
    """A cache and as much of a Builder as reuse needs; `restart` begins another process."""

    def __init__(self, root: Path) -> None:
        self.root = root
        make_cache_dir(str(root / "cache"))
        self.flags = SimpleNamespace(a=False, x=False, n=False)
        self.sink = Recorder()
        self.is_cmd_list = False
        self.need_export = False
        self.try_cache: Any = None
        self.facts = facts()
        self.restart()

    def restart(self) -> None:
        self.store = DiskStore(str(self.root / "cache"), self.sink)
        self.results: dict[Action, Result] = {}
        self.printed: list[str] = []
        self.config = SimpleNamespace(flags=self.flags, sink=self.sink, target=SimpleNamespace(exe_suffix=""))
        self.empty_used = 0

    def result(self, action: Action) -> Result:
        return self.results.setdefault(action, Result(action.target, 0))

    def shell(self, action: Action) -> Any:
        return SimpleNamespace(print=self.printed.append, show_cmd=lambda folder, text: self.printed.append(text))

    def subkey(self, parent: bytes, desc: str) -> bytes:
        return subkey(parent, desc)

    def refresh_empty_output(self, entry: object) -> None:
        self.empty_used += 1

    def use(self, action: Action, target: str = "", id_: bytes = ID, print_output: bool = True) -> bool:
        return use_cache(self, action, id_, target, print_output)  # type: ignore[arg-type]

    def build(self, action: Action, data: bytes, printed: bytes = b"", changed: str = "") -> str:
        """Carry an action out: a tool writes data, with the temporary build ID in it, and prints something."""
        path = self.root / "made"
        path.write_bytes(data)
        result = self.result(action)
        assert result.output == bytearray()  # recorded from now on
        result.output += printed
        update_build_id(self, action, str(path), changed)  # type: ignore[arg-type]
        return str(path)

    def link_build_id(self, action: Action) -> str:
        return self.result(action).build_id

    def build_id_of(self, path: str) -> str:
        return ""

    def warnings(self) -> list[str]:
        return [event.text for event in self.sink.events if isinstance(event, Warn)]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def compile_action(path: str = "m/p", name: str = "p") -> Action:
    package = Package()
    package.import_path, package.name = path, name
    return Action("build", package)


TEMP = f"{SHORT}/{SHORT}"


def test_what_was_built_is_found_by_the_next_process(bench: Bench) -> None:
    action = compile_action()
    assert not bench.use(action)
    assert bench.result(action).build_id == TEMP
    assert action.package is not None and (action.package.stale, action.package.stale_reason) == (
        True,
        "build ID mismatch",
    )
    path = bench.build(action, archive(TEMP))
    final = bench.result(action).build_id
    assert read_file(path) == final and action_id(final) == SHORT
    assert content_id(final) == hash_to_string(find_and_hash(path, final)[1]) != SHORT
    bench.restart()
    again = compile_action()
    assert bench.use(again)
    result = bench.result(again)
    assert result.build_id == final and Path(result.built).read_bytes() == Path(path).read_bytes()
    assert result.target.startswith("DO NOT USE") and result.output is None
    assert again.package is not None and not again.package.stale and bench.warnings() == []


def test_with_a_nothing_is_reused(bench: Bench) -> None:
    action = compile_action()
    bench.use(action)
    bench.build(action, archive(TEMP))
    bench.restart()
    bench.flags.a = True
    again = compile_action()
    assert not bench.use(again)
    assert again.package is not None and again.package.stale_reason == "build -a flag in use"
    assert bench.result(again).output == bytearray()


def test_an_entry_that_leads_to_another_actions_archive_is_refused(bench: Bench) -> None:
    other = hashlib.sha256(b"other").digest()
    action = compile_action()
    assert not bench.use(action, id_=other)
    bench.build(action, archive(bench.result(action).build_id))
    found = bench.store.get_file(other)
    assert found is not None
    bench.store.put_file(ID, found[0])
    for _ in range(2):
        bench.restart()
        assert not bench.use(compile_action())
        assert bench.store.get(ID) is None  # so that everybody builds it
    assert len(bench.warnings()) == 1 and "leads to the output of another action" in bench.warnings()[0]


def test_an_archive_whose_content_is_not_what_its_id_says_is_refused(bench: Bench) -> None:
    """Whole by the cache's own hash, and yet not what the compiler made: stored by a broken program."""
    action = compile_action()
    bench.use(action)
    path = bench.build(action, archive(TEMP))
    evil = archive(bench.result(action).build_id, b"evil")
    Path(path).write_bytes(evil)
    bench.store.put_file(ID, path)
    bench.restart()
    assert not bench.use(compile_action())
    assert "build ID does not match its content" in bench.warnings()[0]
    assert bench.store.get(ID) is None


@pytest.mark.parametrize("data", [b"", b"no archive at all", archive(""), b"!<arch>\n__.PKGDEF 0\ngo object x\n\n"])
def test_what_has_no_build_id_is_no_result(bench: Bench, data: bytes) -> None:
    bench.store.put_bytes(ID, data)
    assert not bench.use(compile_action())


def test_what_the_tools_printed_is_printed_again(bench: Bench) -> None:
    action = compile_action()
    bench.use(action)
    bench.build(action, archive(TEMP), b"warning: \xff\n")
    for print_output in (True, False):
        bench.restart()
        assert bench.use(compile_action(), print_output=print_output)
        assert bench.printed == ["warning: \udcff\n"] * print_output
    bench.flags.x = True
    bench.restart()
    assert bench.use(compile_action())
    assert bench.printed[0].startswith("cat ") and bench.printed[0].endswith("-d  # internal")
    bench.flags.n = True
    bench.restart()
    assert bench.use(compile_action())
    assert len(bench.printed) == 1


def test_silence_is_remembered_too(bench: Bench) -> None:
    action = compile_action()
    bench.use(action)
    bench.build(action, archive(TEMP))
    bench.restart()
    assert bench.use(compile_action())
    assert bench.printed == [] and bench.empty_used == 1


def test_a_result_of_sources_that_changed_meanwhile_is_nobody_elses(bench: Bench) -> None:
    action = compile_action()
    bench.use(action)
    path = bench.build(action, archive(TEMP), changed="a.go")
    result = bench.result(action)
    assert read_file(path) == result.build_id and action_id(result.build_id) != SHORT
    assert content_id(result.build_id) == hash_to_string(find_and_hash(path, result.build_id)[1])
    assert bench.warnings() == ["a.go changed while it was built; the result is not cached"]
    bench.restart()
    assert not bench.use(compile_action())


def test_a_user_who_sets_the_build_id_gets_no_caching(bench: Bench) -> None:
    action = compile_action()
    bench.use(action)
    path = bench.build(action, archive("mine"))
    assert Path(path).read_bytes() == archive("mine")
    bench.restart()
    assert not bench.use(compile_action())


def test_an_installed_file_that_is_current_is_the_result(bench: Bench) -> None:
    target = bench.root / "p.a"
    target.write_bytes(archive(f"{SHORT}/content"))
    action = compile_action()
    assert bench.use(action, str(target))
    result = bench.result(action)
    assert (result.built, result.build_id) == (str(target), f"{SHORT}/content")
    for stale in (f"{SHORT}x/content", f"x{SHORT}/content", f"content/{SHORT}", SHORT):
        target.write_bytes(archive(stale))
        assert not bench.use(compile_action(), str(target))


def test_what_the_cache_has_is_said_to_be_not_installed(bench: Bench) -> None:
    action = compile_action()
    bench.use(action)
    bench.build(action, archive(TEMP))
    bench.restart()
    again = compile_action()
    assert bench.use(again, str(bench.root / "none.a"))
    assert again.package is not None and again.package.stale
    assert again.package.stale_reason == "not installed but available in build cache"


def test_list_names_the_dependency_that_is_stale(bench: Bench) -> None:
    bench.is_cmd_list = True
    low, middle, top = compile_action("low"), compile_action("middle"), compile_action("top")
    for action, below in ((middle, low), (top, middle)):
        assert action.package is not None and below.package is not None
        action.package.internal_imports = [below.package]
    for number, action in enumerate((low, middle, top)):
        assert not bench.use(action, id_=bytes([number]) * 32)
    reasons = [action.package.stale_reason for action in (low, middle, top) if action.package is not None]
    assert reasons == ["build ID mismatch", "stale dependency: low", "stale dependency: low"]


def link_action(main: Action) -> Action:
    assert main.package is not None
    link = Action("link", main.package, deps=[main])
    link.cache_executable = True
    return link


def test_a_program_carries_the_ids_of_main_and_of_itself(bench: Bench) -> None:
    main = compile_action("m", "main")
    bench.result(main).build_id, bench.result(main).action_id = "ma/mc", b"m" * 32
    link = link_action(main)
    assert not bench.use(link)
    temporary = bench.result(link).build_id
    assert temporary == f"{SHORT}/ma/mc/{SHORT}"
    assert link.package is not None
    link.package.exe_name = "prog"
    path = bench.build(link, program(temporary), b"ld: warning\n")
    final = bench.result(link).build_id
    assert read_file(path) == final and final.startswith(f"{SHORT}/ma/mc/")
    assert os.path.basename(bench.result(link).cached_executable) == "prog"
    assert os.access(bench.result(link).cached_executable, os.X_OK)
    bench.restart()
    bench.result(main).build_id, bench.result(main).action_id = "ma/mc", b"m" * 32
    again = link_action(main)
    assert bench.use(again)
    assert bench.result(again).build_id == final and bench.printed == ["ld: warning\n"]


def linked(bench: Bench, content: str = "mc") -> tuple[Action, str]:
    """A main package's action, and the name of a program that was linked from it with this content."""
    main = compile_action("m", "main")
    link = link_action(main)
    main.triggers = [link]
    bench.result(main).build_id = f"{SHORT}/{content}"
    short = hash_to_string(link_action_id(bench, link))  # type: ignore[arg-type]
    path = bench.root / "prog"
    path.write_bytes(program(f"{short}/{SHORT}/{content}/x"))
    return main, str(path)


def test_a_main_package_is_not_built_for_a_program_that_is_current(bench: Bench) -> None:
    main, path = linked(bench)
    assert bench.use(main, path)
    result = bench.result(main)
    assert result.build_id == f"{SHORT}/mc" and result.built.startswith("DO NOT USE")


@pytest.mark.parametrize("why", ["flags", "export", "vet", "two", "not main", "another main"])
def test_it_is_built_when_the_program_is_another_or_not_all_that_is_wanted(bench: Bench, why: str) -> None:
    main, path = linked(bench)
    id_ = ID
    if why == "flags":
        bench.facts = facts(forced_ldflags=["-race"])
    elif why == "export":
        bench.need_export = True
    elif why == "vet":
        main.mode = "vet"
    elif why == "two":
        main.triggers.append(Action("vet"))
    elif why == "not main":
        main.triggers = [Action("build")]
    else:
        id_ = hashlib.sha256(b"changed").digest()
    short = hash_to_string(id_)
    assert not bench.use(main, path, id_)
    assert bench.result(main).build_id == f"{short}/{short}"


def test_nobody_links_a_test_whose_result_is_known(bench: Bench) -> None:
    main = compile_action("m", "main")
    bench.result(main).build_id = "ma/mc"
    link, barrier, run, printing = link_action(main), Action("test barrier"), Action("test run"), Action("test print")
    link.triggers, barrier.triggers = [barrier], [run, printing]
    asked: list[tuple[Action, Action]] = []
    bench.try_cache = lambda *actions: asked.append(actions) or True
    assert bench.use(link)
    assert asked == [(run, link)] and bench.result(link).built.startswith("DO NOT USE")
    bench.try_cache = lambda *actions: False
    assert not bench.use(link)
    bench.try_cache = lambda *actions: pytest.fail("asked, though somebody wants the program")
    link.triggers = [barrier, Action("build-install")]
    assert not bench.use(link)
    link.triggers, barrier.triggers = [barrier], [run, Action("test run")]
    assert not bench.use(link)
    link.triggers = [Action("build-install")]
    assert not bench.use(link)


def test_a_program_that_is_not_to_be_cached_is_not(bench: Bench) -> None:
    main = compile_action("m", "main")
    bench.result(main).build_id = "ma/mc"
    link = link_action(main)
    link.cache_executable = False
    bench.use(link)
    bench.build(link, program(bench.result(link).build_id))
    assert bench.store.get(ID) is None


def test_a_preprocessed_profile_needs_no_build_id(bench: Bench) -> None:
    bench.store.put_bytes(ID, b"GO PREPROFILE V1\n")
    action = Action("preprocess PGO profile")
    assert bench.use(action)
    assert Path(bench.result(action).built).read_bytes() == b"GO PREPROFILE V1\n"


def test_with_n_nothing_is_written(bench: Bench) -> None:
    action = compile_action()
    bench.use(action)
    bench.flags.n = True
    path = bench.build(action, archive(TEMP))
    assert Path(path).read_bytes() == archive(TEMP) and bench.store.get(ID) is None
    assert bench.printed == [f"go tool buildid -w {path} # internal"]
