"""The Go compiler: from an action to its arguments.

Source: gcToolchain.gc, trimpath, pluginPath, compilerConcurrency in cmd/go/internal/work/gc.go, go1.26.
"""

from __future__ import annotations

import os
import threading

from gokiln.golang.gover import compare, lang

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.actions.action import Action
    from gokiln.config.config import Config
    from gokiln.packages.package import Package

# Standard packages with declarations whose bodies are elsewhere, though they have no assembly of their own.
_FORWARD_DECLARATIONS = frozenset(
    "bytes internal/poll net os runtime/metrics runtime/pprof runtime/trace sync syscall time".split()
)
_DEFAULT_GO_MOD_VERSION = "1.16"  # of a module without a go line


def make_absolute(directory: str, name: str) -> str:
    """name as seen from directory; what begins with $WORK (under -n) counts as absolute."""
    if os.path.isabs(name) or name.startswith("$WORK"):
        return name
    return os.path.normpath(os.path.join(directory, name))


def plugin_path(action: Action, build_id: str) -> str:
    """The package path of a plugin's main package: unique when it is made of files named on the command line.

    build_id: the action's; the main part of it makes compile and link agree. Raises OSError.
    """
    import hashlib

    package = action.package
    assert package is not None
    if package.import_path != "command-line-arguments":
        return package.import_path
    if action.mode == "link":
        main_id = build_id.split("/")[1]
        build_id = f"{main_id}/{main_id}"
    sha = hashlib.sha1(f"build ID: {build_id}\n".encode(), usedforsecurity=False)
    for name in [*package.go_files, *package.cgo_files, *package.s_files]:
        with open(os.path.join(package.dir, name), "rb") as file:
            sha.update(file.read())
    return f"plugin/unnamed-{sha.hexdigest()}"


def package_path(config: Config, action: Action, build_id: str) -> str:
    """What compiler and assembler are told to call the package."""
    package = action.package
    assert package is not None
    if config.flags.buildmode == "plugin":
        return plugin_path(action, build_id)
    if package.name == "main" and not package.force_library:
        return "main"
    return package.import_path


def trim_path(config: Config, action: Action) -> str:
    """The -trimpath argument: which paths in debug information are replaced by what."""
    package = action.package
    assert package is not None
    objdir = action.objdir.removesuffix(os.sep)
    rewrites = ""
    shown_dir = package.dir
    if config.flags.trimpath:
        path = package.orig_import_path or package.import_path
        module = package.module
        if module is not None and module.version:
            shown_dir = f"{module.path}@{module.version}{path.removeprefix(module.path)}"
        else:
            shown_dir = path
        rewrites = f"{package.dir}=>{shown_dir};"
    if config.disk.overlaid():
        rewrites += _overlay_rewrites(config, package, objdir, shown_dir)
    return f"{rewrites}{objdir}=>"


def _overlay_rewrites(config: Config, package: Package, objdir: str, shown_dir: str) -> str:
    """Rewrites for files that -overlay puts elsewhere, and for copies of C files made because of that."""
    from gokiln.packages.inputs import all_files

    rewrites = copies = ""
    cgo_files = set(package.cgo_files)
    has_cgo_overlay = False
    for name in all_files(package):
        path = make_absolute(package.dir, name)
        shown = os.path.join(shown_dir, os.path.basename(path))
        is_cgo = name in cgo_files or not name.endswith((".go", ".s"))
        if config.disk.replaced(path):
            if is_cgo:
                has_cgo_overlay = True
            else:
                rewrites += f"{config.disk.actual(path)}=>{shown};"
        elif is_cgo and os.path.dirname(path) == package.dir:
            copies += f"{os.path.join(objdir, os.path.basename(path))}=>{shown};"
    return rewrites + copies if has_cgo_overlay else rewrites


def _go_version(config: Config, package: Package) -> str:
    """The language version a package is written in, without "go"."""
    local = config.toolchain.go_version
    if package.module is None:
        return local
    wanted = package.module.go_version or _DEFAULT_GO_MOD_VERSION
    return wanted if compare(local, wanted) >= 0 else local


def _is_complete(package: Package) -> bool:
    """Whether the compiler sees all of the package, so that a missing function body is an error."""
    if package.standard and package.import_path in _FORWARD_DECLARATIONS:
        return False
    return not (
        package.cgo_files
        or package.c_files
        or package.cxx_files
        or package.m_files
        or package.f_files
        or package.s_files
        or package.syso_files
        or package.swig_files
        or package.swig_cxx_files
    )


def compile_words(
    config: Config,
    action: Action,
    build_id: str,
    *,
    output: str,
    importcfg: str,
    embedcfg: str = "",
    symabis: str = "",
    asm_header: bool = False,
    profile: str = "",
    concurrency: int = 1,
    fuzz_flags: Sequence[str] = (),
    go_files: Sequence[str] = (),
    pack: bool = True,
) -> list[str]:
    """The compiler's command line, -toolexec's words first.

    build_id: the temporary one. output: the archive. importcfg, embedcfg, symabis, profile: files, "" for none.
    concurrency: how many functions to compile at once. go_files: as listed in the package, or absolute.
    pack: write an archive, not a lone object file.
    """
    package = action.package
    assert package is not None
    words = [*config.flags.toolexec, config.toolchain.tool("compile"), "-o", output]
    words += ["-trimpath", trim_path(config, action), *_identity(config, action, package, build_id)]
    if package.cover.cfg:
        words.append("-coveragecfg=" + package.cover.cfg)
    if profile:
        words.append("-pgoprofile=" + profile)
    if symabis:
        words += ["-symabis", symabis]
    if concurrency > 1:
        words.append(f"-c={concurrency}")
    words += [*config.mode.forced_gcflags, *package.gcflags]
    if package.fuzz_instrument:
        words += fuzz_flags
    words += ["-D", package.local_prefix] if package.local_prefix else ["-nolocalimports"]
    if importcfg:
        words += ["-importcfg", importcfg]
    if embedcfg:
        words += ["-embedcfg", embedcfg]
    if pack:
        words.append("-pack")
    if asm_header:
        words += ["-asmhdr", action.objdir + "go_asm.h"]
    words += [config.disk.actual(make_absolute(package.dir, name)) for name in go_files]
    return words


def _identity(config: Config, action: Action, package: Package, build_id: str) -> list[str]:
    """What the compiler is told of the package itself: path, language, kind, build ID."""
    target = config.target
    words = ["-p", package_path(config, action, build_id), "-lang=go" + lang(_go_version(config, package))]
    if package.standard:
        words.append("-std")
    if _is_complete(package):
        words.append("-complete")
    if target.install_suffix:
        words += ["-installsuffix", target.install_suffix]
    if build_id:
        words += ["-buildid", build_id]
    if package.omit_debug or target.goos == "plan9" or target.goarch == "wasm":
        words.append("-dwarf=false")
    if config.toolchain.version.startswith("go1"):
        words += ["-goversion", config.toolchain.version]
    return words


POOL_SINCE = 26  # minor release whose compilers share a pool; before, each may use four threads


class ConcurrencyPool:
    """How many functions each running compiler may compile at once (-c), so that all together stay reasonable.

    parallel: -p. most: GOMAXPROCS. There are 2 * most tokens on top of a few for each process; who starts takes
    half of what is left, so a compile that runs alone gets all it can use. pooled: False for a few each, always.
    """

    def __init__(self, parallel: int, most: int, pooled: bool = True) -> None:
        self._lock = threading.Lock()
        self._parallel = parallel
        self._most = most
        self._least = min(4, most)
        self._tokens = 2 * most + self._least * parallel
        self._running = 0
        self._pooled = pooled

    def take(self) -> int:
        """The -c of a compile that starts now; give it back when it ends."""
        if self._parallel == 1:
            return self._most
        with self._lock:
            self._running += 1
            available = self._tokens - (self._parallel - self._running) * self._least
            count = max(min(available // 2, self._most), self._least) if self._pooled else self._least
            self._tokens -= count
            return count

    def give_back(self, count: int) -> None:
        """A compile has ended."""
        if self._parallel == 1:
            return
        with self._lock:
            self._running -= 1
            self._tokens += count
