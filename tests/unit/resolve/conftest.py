"""A module loader over files in memory, and modules that come from a dictionary: no disk, no network, no Go."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from gokiln.base.memorydisk import MemoryDisk
from gokiln.errors import GokilnError
from gokiln.events import Recorder
from gokiln.modules.resolve.loader import Loader
from gokiln.modules.version import ModVersion
from gokiln.packages.scan import ScanMemo

ROOT = "/w/m"
GOROOT = "/goroot"


class Bag:
    """An object with the attributes it is given."""

    def __init__(self, **values: object) -> None:
        self.__dict__.update(values)


class FakeFetcher:
    """Modules by `path@version`: their files lie in the memory disk below /mod; what was asked for is written down."""

    def __init__(self, disk: MemoryDisk, modules: Mapping[str, Mapping[str, str]]) -> None:
        self.settings = Bag(build_mod="", build_mod_reason="")
        self.go_mods: dict[ModVersion, bytes] = {}
        self.asked: list[ModVersion] = []
        self.downloaded: list[ModVersion] = []
        self.sums: set[ModVersion] | None = None
        for name, files in modules.items():
            mod = ModVersion(*name.split("@"))
            go_mod = files.get("go.mod", f"module {mod.path}\n\ngo 1.21\n")
            self.go_mods[mod] = go_mod.encode()
            for file, text in {"go.mod": go_mod, **files}.items():
                disk.files[f"/mod/{name}/{file}"] = text.encode()

    def set_go_sum_file(self, path: str) -> None:
        self.go_sum_file = path

    def add_workspace_go_sum_file(self, path: str) -> None:
        pass

    def have_sum(self, mod: ModVersion) -> bool:
        return self.sums is None or mod in self.sums

    def cache_path(self, mod: ModVersion, suffix: str) -> str:
        raise GokilnError("no cache")

    def download_dir(self, mod: ModVersion) -> str:
        return f"/mod/{mod.path}@{mod.version}"

    def download(self, mod: ModVersion) -> str:
        self.downloaded.append(mod)
        if mod not in self.go_mods:
            raise GokilnError(f"{mod.path}@{mod.version}: not found")
        return self.download_dir(mod)

    def go_mod_data(self, mod: ModVersion) -> bytes:
        self.asked.append(mod)
        if mod not in self.go_mods:
            raise GokilnError(f"{mod.path}@{mod.version}: not found")
        return self.go_mods[mod]

    def trim_go_sum(self, keep: Collection[ModVersion]) -> None:
        self.kept = set(keep)

    def write_go_sum(self, keep: Collection[ModVersion], readonly: bool) -> None:
        self.kept = set(keep)

    dirs = Bag(tree_dir=lambda mod: "/")


STD = {f"{GOROOT}/src/fmt/print.go": b"package fmt\n", f"{GOROOT}/src/go.mod": b"module std\n\ngo 1.26\n"}


def make_loader(
    files: Mapping[str, str],
    modules: Mapping[str, Mapping[str, str]] | None = None,
    *,
    mod: str = "",
    cmd: str = "build",
) -> Loader:
    """A loader whose main module consists of `files`; mod: the -mod flag."""
    disk = MemoryDisk({**STD, **{f"{ROOT}/{name}": text.encode() for name, text in files.items()}})
    config = Bag(
        disk=disk,
        sink=Recorder(),
        cwd=ROOT,
        cmd_name=cmd,
        startup=None,
        toolchain=Bag(
            host_os="linux",
            goroot=GOROOT,
            version="go1.26.8",
            release=Bag(
                minor=26,
                godebugs=(Bag(name="panicnil"),),
                removed_godebugs=(Bag(name="x509sha1", removed=24, old=None),),
            ),
        ),
        env=Bag(get=lambda name: "", environ={}),
        flags=Bag(mod=mod, mod_explicit=bool(mod), modfile="", x=False, v=False, compiler="gc"),
        target=Bag(cgo_enabled=True),
        in_goflags=lambda flag: False,
    )
    scan = ScanMemo(disk, lambda tag: tag in ("linux", "amd64", "unix", "gc"), True)
    return Loader(config, FakeFetcher(disk, modules or {}), scan)  # type: ignore[arg-type]


@pytest.fixture
def new_loader():
    """make_loader, as a fixture so that test files need not know where this one lies."""
    return make_loader
