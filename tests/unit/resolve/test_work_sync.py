"""work sync: each module of a workspace is raised to what the workspace builds with, go.work last."""

from __future__ import annotations

import pytest

from gokiln.cli import work_sync
from gokiln.modules.resolve.commit import WriteOpts, update_go_mod_from_reqs
from gokiln.modules.version import ModVersion as M

FILES = {
    "go.work": "go 1.24\n\nuse (\n\t./a\n\t./b\n)\n",
    "a/go.mod": "module example.com/a\n\ngo 1.24\n\nrequire example.com/x v1.0.0\n",
    "a/a.go": 'package a\n\nimport _ "example.com/x"\n',
    "b/go.mod": "module example.com/b\n\ngo 1.24\n\nrequire (\n\texample.com/x v1.2.0\n\texample.com/y v1.0.0\n)\n",
    "b/b.go": 'package b\n\nimport (\n\t_ "example.com/x"\n\t_ "example.com/y"\n)\n',
}
MODULES = {
    "example.com/x@v1.0.0": {"x.go": "package x\n"},
    "example.com/x@v1.2.0": {"x.go": "package x\n"},
    "example.com/y@v1.0.0": {"y.go": "package y\n"},
}
ROOT = "/w/m"


@pytest.fixture
def workspace(new_loader):
    ls = new_loader(FILES, MODULES, cmd="work sync")
    ls.force_use_modules = True
    ls.init_workfile()
    ls.load_mod_graph()
    return ls


def module(new_loader, name: str):
    """One module of the workspace, loaded as sync loads it: without go.work."""
    ls = new_loader(FILES, MODULES, cmd="work sync")
    ls.force_use_modules = True
    ls.mod_roots = [f"{ROOT}/{name}"]
    return ls


def requirements(ls) -> list[tuple[str, str]]:
    file = ls.mains().mod_files[ls.mains().single()]
    return [(r.mod.path, r.mod.version) for r in file.require]


def test_a_module_wants_what_its_own_packages_use(workspace) -> None:
    assert work_sync._used_by(workspace, M("example.com/a", "")) == [M("example.com/x", "v1.2.0")]
    assert work_sync._used_by(workspace, M("example.com/b", "")) == [
        M("example.com/x", "v1.2.0"),
        M("example.com/y", "v1.0.0"),
    ]


def test_a_requirement_is_raised(new_loader) -> None:
    ls = module(new_loader, "a")
    assert work_sync._raise_versions(ls, [M("example.com/x", "v1.2.0")])
    assert requirements(ls) == [("example.com/x", "v1.2.0")]


def test_a_module_that_has_the_versions_is_left_alone(new_loader) -> None:
    ls = module(new_loader, "b")
    assert not work_sync._raise_versions(ls, [M("example.com/x", "v1.2.0"), M("example.com/y", "v1.0.0")])
    assert requirements(ls) == [("example.com/x", "v1.2.0"), ("example.com/y", "v1.0.0")]


def test_until_1_26_a_module_that_cannot_follow_stays_as_it_is(new_loader, monkeypatch) -> None:
    ls = module(new_loader, "a")
    written: list[object] = []
    monkeypatch.setattr(ls, "write_go_mod", lambda: written.append(update_go_mod_from_reqs(ls, WriteOpts())))
    assert work_sync._sync_module(ls, [M("example.com/nowhere", "v1.0.0")]) == ""
    assert not written
    assert requirements(ls) == [("example.com/x", "v1.0.0")]


def test_until_1_26_each_go_mod_is_written_at_once(new_loader, monkeypatch) -> None:
    ls = module(new_loader, "a")
    written: list[object] = []
    monkeypatch.setattr(ls, "write_go_mod", lambda: written.append(update_go_mod_from_reqs(ls, WriteOpts())))
    assert work_sync._sync_module(ls, [M("example.com/x", "v1.2.0")]) == "1.24"
    assert len(written) == 1
    assert requirements(ls) == [("example.com/x", "v1.2.0")]
