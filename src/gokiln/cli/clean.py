"""`gokiln clean`: remove what builds left in package directories, and the caches.

From go1.27 on the directories _obj and _test stay, and a script shows only what is really removed.
Source: cmd/go/internal/clean/clean.go, go1.26 and go1.27.
"""

from __future__ import annotations

import os
import stat

from gokiln.base.oserror import path_error
from gokiln.cli.configure import configure
from gokiln.config.buildflags import OMIT_BUILD_ONLY_FLAGS
from gokiln.errors import PlainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.base.flagset import FlagSet
    from gokiln.cli.invocation import Invocation
    from gokiln.config.buildflags import BuildFlags
    from gokiln.config.config import Config
    from gokiln.packages.package import Package

USAGE = "go clean [-i] [-r] [-cache] [-testcache] [-modcache] [-fuzzcache] [build flags] [packages]"
_FLAGS = ("i", "r", "cache", "fuzzcache", "modcache", "testcache")
_CACHE_FLAGS = ("cache", "testcache", "fuzzcache", "modcache")
_WORKSPACE_SINCE = 26  # minor release that takes notice of go.work
_FILE_BY_FILE_SINCE = 27  # minor release from which -n and -x tell each file that is there, and directories stay
# Left by builds of another age.
_DIRS = frozenset(["_test", "_obj"])
_FILES = frozenset(["_testmain.go", "test.out", "build.out", "a.out"])
_EXTENSIONS = frozenset([".5", ".6", ".8", ".a", ".o", ".so"])


class _Options:
    """The command's own flags."""

    def __init__(self) -> None:
        self.i = self.r = self.cache = self.fuzzcache = self.modcache = self.testcache = False

    def cache_flag(self) -> str:
        """The first cache flag given, "" for none."""
        return next((name for name in _CACHE_FLAGS if getattr(self, name)), "")


def run(inv: Invocation) -> int:
    """Run the command; returns the exit status. Raises GokilnError in the go command's words."""
    options = _Options()

    def register(flagset: FlagSet, flags: BuildFlags) -> None:
        for name in _FLAGS:
            flagset.bool(name, options, name)

    config = configure(
        inv,
        "clean",
        usage_line=USAGE,
        register=register,
        mask=OMIT_BUILD_ONLY_FLAGS,
        init_build=False,
    )
    return _Clean(inv, config, options).run()


class _Script:
    """Shows the steps as a shell script would have them (work.Shell.ShowCmd); the directory it is in is its state."""

    def __init__(self, inv: Invocation, config: Config) -> None:
        self.stdout = inv.stdout
        self.directory = ""
        self.only_show = config.flags.n
        self.show = config.flags.n or config.flags.x

    def step(self, directory: str, command: str) -> None:
        """Print a command, preceded by `cd` where the script must change directory ("": anywhere will do)."""
        if not self.show:
            return
        if directory and directory != "/":
            if directory != self.directory:
                self.stdout.write(f"cd {directory}\n")
                self.directory = directory
            dot = " ." + (os.sep if directory.endswith(os.sep) else "")
            command = (" " + command).replace(" " + directory, dot)[1:]
        self.stdout.write(command + "\n")


class _Clean:
    """One run of the command."""

    def __init__(self, inv: Invocation, config: Config, options: _Options) -> None:
        self.inv = inv
        self.config = config
        self.options = options
        self.status = 0
        self.cleaned: set[int] = set()
        self.file_by_file = config.toolchain.release.minor >= _FILE_BY_FILE_SINCE

    def error(self, text: str) -> None:
        """base.Errorf: print a line and fail at the end."""
        self.inv.stderr.write(text if text.endswith("\n") else text + "\n")
        self.status = 1

    def run(self) -> int:
        """Packages first, then the caches."""
        options, args = self.options, self.config.args
        cache_flag = options.cache_flag()
        if args and cache_flag:
            raise PlainError(f"go: clean -{cache_flag} cannot be used with package arguments")
        wants_packages = bool(args) or options.i or options.r
        if wants_packages or not cache_flag:
            self.packages(wants_packages)
        script = _Script(self.inv, self.config)
        if options.cache:
            self.build_cache(script)
        if options.testcache and not options.cache:
            self.test_results()
        if options.modcache:
            self.module_cache(script)
        if options.fuzzcache:
            self.fuzz_corpus(script)
        return self.status

    # --- packages ---

    def packages(self, named: bool) -> None:
        """Clean the packages of the command line; without any, the one here if this is in a module."""
        from gokiln.cli.loading import open_graph
        from gokiln.packages.load import packages_and_errors
        from gokiln.packages.loadopts import PackageOpts

        workspace = self.config.toolchain.release.minor >= _WORKSPACE_SINCE
        graph = open_graph(self.config, workspace=workspace, builds=False)
        if not named and graph.modules.enabled() and not graph.modules.has_mod_root():
            return
        for package in packages_and_errors(graph, PackageOpts(), self.config.args):
            self.package(package)

    def package(self, package: Package) -> None:
        """Clean one package's directory, and with -r those of all it imports."""
        waiting = [package]
        while waiting:
            next_ = waiting.pop()
            if id(next_) in self.cleaned:
                continue
            self.cleaned.add(id(next_))
            if self.directory(next_) and self.options.r:
                waiting.extend(reversed(next_.internal_imports))

    def directory(self, package: Package) -> bool:
        """Clean one directory; False if it cannot be read."""
        if not package.dir:
            self.error(str(package.error))
            return False
        try:
            with os.scandir(package.dir) as scan:
                entries = sorted(scan, key=lambda entry: os.fsencode(entry.name))
        except OSError as exc:
            self.error(f"go: {package.dir}: {path_error('open', package.dir, exc)}")
            return False
        script = _Script(self.inv, self.config)
        files = [entry.name for entry in entries if not entry.is_dir(follow_symlinks=False)]
        names = _products(package, files, self.config)
        if not self.file_by_file:
            script.step(package.dir, "rm -f " + " ".join(names))
            self.directories(script, [entry for entry in entries if entry.is_dir(follow_symlinks=False)])
        remove = _FILES.union(names)
        for name in files:
            if name in remove or _extension(name) in _EXTENSIONS:
                self.remove_file(script, os.path.join(package.dir, name), self.file_by_file)
        if self.options.i and package.target:
            self.remove_file(script, package.target, True)
        return True

    def directories(self, script: _Script, found: list[os.DirEntry[str]]) -> None:
        """Remove the directories that builds of another age left (before go1.27)."""
        for entry in found:
            if entry.name in _DIRS:
                self.remove_all(script, [entry.path])

    def remove_file(self, script: _Script, path: str, tell: bool) -> None:
        """Remove a file if it is there. tell: show the step, when steps are shown."""
        if tell:
            script.step("", f"rm -f {path}")
        if script.only_show:
            return
        try:
            os.unlink(path)
        except FileNotFoundError:
            return
        except OSError as exc:
            if not (os.name == "nt" and _move_away(path)):
                self.error(f"go: {path_error('remove', path, exc)}")

    # --- caches ---

    def remove_all(self, script: _Script, paths: list[str]) -> None:
        """rm -rf; the first trouble is told."""
        if any(os.path.exists(path) for path in paths):
            script.step("", "rm -rf " + " ".join(paths))
        if script.only_show:
            return
        troubles = [trouble for path in paths if (trouble := remove_tree(path))]
        if troubles:
            self.error(f"go: {troubles[0]}")

    def cache_dir(self) -> str:
        """The build cache; "" when it is off. Raises PlainError."""
        if self.config.gocache_error:
            raise PlainError(f"go: {self.config.gocache_error}")
        return "" if self.config.gocache == "off" else self.config.gocache

    def build_cache(self, script: _Script) -> None:
        """Remove the 256 directories and the log, not the cache directory: it may have permissions of its own."""
        directory = self.cache_dir()
        if not directory:
            return
        digits = "0123456789abcdef"
        try:
            names = sorted(n for n in os.listdir(directory) if len(n) == 2 and n[0] in digits and n[1] in digits)
        except OSError:
            names = []
        if names:
            self.remove_all(script, [os.path.join(directory, name) for name in names])
        self.remove_all(script, [os.path.join(directory, "log.txt")])

    def test_results(self) -> None:
        """Note the time: test results from before it count no more."""
        import time

        from gokiln.base.lock import transform_locked
        from gokiln.cache.testexpire import expire

        directory = self.cache_dir()
        if not directory:
            return
        path = os.path.join(directory, "testexpire.txt")
        try:
            transform_locked(path, lambda old: expire(old, time.time_ns()))
        except OSError as exc:
            if os.path.exists(directory):
                self.error(f"go: {path_error('open', path, exc)}")

    def module_cache(self, script: _Script) -> None:
        """Remove the module cache, whose directories are read-only."""
        directory = self.config.gomodcache
        if not directory:
            raise PlainError("go: cannot clean -modcache without a module cache")
        script.step("", f"rm -rf {directory}")
        if script.only_show:
            return
        trouble = remove_tree(directory, writable=True)
        if trouble:
            self.error(f"go: {trouble}")

    def fuzz_corpus(self, script: _Script) -> None:
        """Remove what fuzzing has found."""
        from gokiln.cache.location import make_cache_dir

        make_cache_dir(self.config.gocache, self.config.gocache_error)
        self.remove_all(script, [os.path.join(self.config.gocache, "fuzz")])


def _products(package: Package, files: list[str], config: Config) -> list[str]:
    """The names that a build in the package's directory may have left there, in the go command's order."""
    from gokiln.packages.target import default_exec_name

    element = os.path.basename(package.dir)
    exec_name = default_exec_name(package, config)
    kept: set[str] = set()
    names: list[str] = []
    if package.name == "main":
        names += [element, element + ".exe", exec_name, exec_name + ".exe"]
    else:
        kept.update(package.go_files, package.cgo_files, package.test_go_files, package.xtest_go_files)
    names += [element + ".test", element + ".test.exe", exec_name + ".test", exec_name + ".test.exe"]
    for name in files:
        if name in kept:
            continue
        if name.endswith("_test.go"):
            base = name[: -len("_test.go")]
            names += [base + ".test", base + ".test.exe"]
        if name.endswith(".go"):
            base = name[: -len(".go")]
            names += [base, base + ".exe"]
    return names


def _extension(name: str) -> str:
    """What filepath.Ext gives: from the last dot on."""
    dot = name.rfind(".")
    return name[dot:] if dot >= 0 else ""


def remove_tree(path: str, *, writable: bool = False) -> str:
    """Remove a file or a whole tree; returns Go's words for the first trouble, "" for none.

    writable: make directories writable first (the module cache's are not).
    """
    import shutil

    try:
        info = os.lstat(path)
        if not stat.S_ISDIR(info.st_mode):
            os.unlink(path)
            return ""
    except FileNotFoundError:
        return ""
    except OSError as exc:
        return path_error("unlinkat", path, exc)
    if writable:
        _make_writable(path)
    troubles: list[str] = []

    def note(function: object, name: str, problem: tuple[object, BaseException, object]) -> None:
        error = problem[1]
        if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
            troubles.append(path_error("unlinkat", name, error))

    shutil.rmtree(path, onerror=note)
    return troubles[0] if troubles else ""


def _make_writable(path: str) -> None:
    """chmod 0777 every directory of a tree, top down, as far as that goes."""
    try:
        os.chmod(path, 0o777)
        with os.scandir(path) as scan:
            below = [entry.path for entry in scan if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return
    for directory in below:
        _make_writable(directory)


def _move_away(path: str) -> bool:
    """Windows keeps a running program's file: rename it, and remove it the next time."""
    try:
        if os.path.exists(path + "~"):
            os.unlink(path + "~")
        os.rename(path, path + "~")
    except OSError:
        return False
    try:
        os.unlink(path + "~")
    except OSError:
        return True
    return True
