"""Work directories: named so that a killed process's can be told from a living one's and from go's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from gokiln.base.publish import PROCESS_TAG, tag_of, temp_name
from gokiln.errors import GokilnError
from gokiln.execute.workdir import WorkDir, sweep, tag_of_number

SRC = str(Path(__file__).resolve().parents[3] / "src")
CHILD = """
import sys, time
from types import SimpleNamespace
sys.path.insert(0, sys.argv[1])
from gokiln.base.publish import temp_name
from gokiln.execute.workdir import WorkDir
environ = {"TMPDIR": sys.argv[2], "GOKILNCACHE": sys.argv[2] + "/records"}
flags = SimpleNamespace(work=False, n=False, x=False)
env = SimpleNamespace(get=lambda name: "", environ=environ)
toolchain = SimpleNamespace(host_os="linux")
config = SimpleNamespace(flags=flags, env=env, cwd="/", gocache=sys.argv[2] + "/cache", toolchain=toolchain)
config.check_platform = lambda: None
work = WorkDir(config)
open(work.path + "/file", "w").close()
for folder in ("cache/0a", "records"):
    open(temp_name(sys.argv[2] + "/" + folder + "/x-d"), "w").close()
print(work.path, flush=True)
time.sleep(60)
"""


def _raise(err: GokilnError) -> None:
    raise err


def config(folder: Path, refused: GokilnError | None = None, **flags: bool) -> SimpleNamespace:
    environ = {"TMPDIR": str(folder), "GOKILNCACHE": str(folder / "records")}
    return SimpleNamespace(
        flags=SimpleNamespace(**{"work": False, "n": False, "x": False, "json": False, **flags}),
        env=SimpleNamespace(get=lambda name: "", environ=environ),
        cwd="/",
        gocache=str(folder / "cache"),
        check_platform=lambda: _raise(refused) if refused else None,
        toolchain=SimpleNamespace(host_os="linux"),
        sink=SimpleNamespace(tell=lambda event: None),
    )


def test_it_is_gone_in_the_end(tmp_path):
    with WorkDir(config(tmp_path)) as work:
        assert tag_of_number(os.path.basename(work.path)[len("go-build") :]) == PROCESS_TAG
        (Path(work.path) / "b001").mkdir()
    assert list(tmp_path.iterdir()) == []
    with WorkDir(config(tmp_path, work=True)) as kept:
        pass
    assert os.path.isdir(kept.path)
    assert tag_of_number(os.path.basename(kept.path)[len("go-build") :]) == ""
    with WorkDir(config(tmp_path, n=True)) as shown:
        assert shown.path == "$WORK"


def test_it_is_gone_when_the_target_is_refused(tmp_path):
    with pytest.raises(GokilnError, match="no port"):
        WorkDir(config(tmp_path, GokilnError("no port")))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="locks of directories")
def test_a_living_process_keeps_its_directory_and_a_killed_one_loses_it(tmp_path):
    for folder in ("cache/0a", "records"):
        (tmp_path / folder).mkdir(parents=True)
    go_dir = tmp_path / "go-build4294967295"
    go_dir.mkdir()
    child = subprocess.Popen([sys.executable, "-c", CHILD, SRC, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    path = child.stdout.readline().strip()
    mine = temp_name(str(tmp_path / "cache" / "0a" / "y-a"))
    Path(mine).touch()
    try:
        with WorkDir(config(tmp_path)):
            assert os.path.isdir(path)
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
    assert os.path.exists(path + "/file")
    with WorkDir(config(tmp_path)):
        assert not os.path.exists(path)
    assert go_dir.is_dir()
    assert os.listdir(tmp_path / "cache" / "0a") == [os.path.basename(mine)]
    assert os.listdir(tmp_path / "records") == []


def test_only_our_own_names_are_swept(tmp_path):
    for name in ("go-build1", "go-build99999999999999", "go-build8589934592000", "go-buildx294967296000", "other"):
        (tmp_path / name).mkdir()
    assert sweep(str(tmp_path)) == set()
    assert len(os.listdir(tmp_path)) == 5
    if os.name == "posix":  # what a shell made that ran the commands of -x
        (tmp_path / "go-build4294967297000").mkdir()
        assert sweep(str(tmp_path)) == set() and (tmp_path / "go-build4294967297000").is_dir()
    (tmp_path / "go-build4294967296000").symlink_to(tmp_path / "other")
    assert sweep(str(tmp_path)) == set() and (tmp_path / "other").is_dir()
    assert sweep(str(tmp_path / "nowhere")) == set()


def test_tags():
    assert tag_of(os.path.basename(temp_name("/c/ab-d"))) == PROCESS_TAG
    assert tag_of("ab-d") == tag_of("ab-d.tmp") == tag_of("ab-d.0123.tmp") == ""
    assert tag_of_number("4294967296000") == "00000000" and tag_of_number("8589934591999") == "ffffffff"
    assert tag_of_number("8589934592000") == tag_of_number("4294967295") == tag_of_number("") == ""
