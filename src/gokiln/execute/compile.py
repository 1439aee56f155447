"""Building a package: what is needed of it, then compiler, assembler, packing, and the final build ID.

check_cache computes the action ID once the dependencies are known and decides what is left to do; the steps after it
(coverage, cgo, build) act on that. Source: checkCacheForBuild, Builder.build in cmd/go/internal/work/exec.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.actions.action import PGO
from gokiln.actions.inputs import compile_inputs
from gokiln.execute.reuse import use_cache
from gokiln.execute.shell import StepError
from gokiln.golang.buildid import content_id
from gokiln.golang.gover import compare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder, Work
    from gokiln.packages.package import Package

# What is still to be made of a package.
NEED_BUILD = 1
NEED_CGO_HEADER = 2
NEED_VET = 4
NEED_COMPILED_GO_FILES = 8
NEED_COVER_META_FILE = 16


class CacheCheck:
    """What check_cache tells the steps after it: need, a sum of NEED_*."""

    __slots__ = ("need",)

    def __init__(self, need: int) -> None:
        self.need = need


class Covered:
    """What the cover step made: the sources to compile instead of the package's own."""

    __slots__ = ("cgo_files", "go_files")

    def __init__(self, go_files: list[str], cgo_files: list[str]) -> None:
        self.go_files = go_files
        self.cgo_files = cgo_files


def profile_of(builder: Builder, action: Action) -> str:
    """The preprocessed profile among the dependencies, "" for none."""
    for dep in action.deps:
        if dep.handler == PGO:
            return builder.result(dep).built
    return ""


def compile_action_id(builder: Builder, check: Action) -> bytes:
    """The action ID of the package that a check is about, by the check's dependencies."""
    package = check.package
    assert package is not None
    results = builder.queue.results

    def content(dep: Action) -> str:
        return content_id(results[dep].build_id)

    profile = profile_of(builder, check) if package.pgo_profile else ""
    return compile_inputs(builder.facts, package, check.deps, content, profile).digest()


def cover_meta_file(package: Package) -> str:
    """The name of a package's coverage meta-data file, "" when it makes none (covcmd.MetaFileForPackage)."""
    if not package.cover.gen_meta:
        return ""
    import hashlib

    sum_ = hashlib.sha256(package.import_path.encode("utf-8", "surrogateescape")).hexdigest()
    return "covmeta." + sum_


def needs_cgo_header(builder: Builder, action: Action) -> bool:
    """Whether a step that waits for this one installs the header that cgo makes."""
    package = action.package
    assert package is not None
    if builder.is_cmd_list or not (package.uses_cgo() or package.uses_swig()):
        return False
    if builder.config.flags.buildmode not in ("c-archive", "c-shared"):
        return False
    waiting = [*action.triggers, *(beyond for trigger in action.triggers for beyond in trigger.triggers)]
    return any(trigger.mode == "install header" for trigger in waiting)


def check_cache(builder: Builder, action: Action) -> Work:
    """Decide what has to be made of a package. Raises GokilnError for a package that cannot be built."""
    build = action.about
    assert build is not None
    if build.mode == "build-install":
        build = build.deps[0]
    result = builder.result(action)
    try:
        result.provider = CacheCheck(_check(builder, action, build))
    except StepError as err:
        package = build.package
        if builder.is_cmd_list and builder.need_error and package is not None and package.error is None:
            from gokiln.packages.error import PackageError

            package.error = PackageError(err)
        raise
    return None


def _check(builder: Builder, check: Action, build: Action) -> int:
    package = build.package
    assert package is not None
    need = 0
    if (not builder.is_cmd_list and build.need_build) or builder.need_export:
        need |= NEED_BUILD
    if needs_cgo_header(builder, build):
        need |= NEED_CGO_HEADER
    if build.need_vet:
        need |= NEED_VET
    if package.cover.gen_meta:
        need |= NEED_COVER_META_FILE
    if builder.need_compiled_go_files:
        need |= NEED_COMPILED_GO_FILES
    cached = False
    if not package.binary_only:
        action_id = compile_action_id(builder, check)
        cached = use_cache(builder, build, action_id, package.target, bool(need & NEED_BUILD))
        need = _after_cache(builder, build, cached, need)
        if need == 0:
            return 0
    _refuse_broken(builder, package)
    if package.binary_only:
        return 0
    check_directives(builder, build)
    builder.shell(check).mkdir(build.objdir)
    if cached:
        need = _load_by_products(builder, build, need)
    if need == NEED_VET and _load_vet(builder, build, check):
        need = 0
    return need


def _after_cache(builder: Builder, build: Action, cached: bool, need: int) -> int:
    """What is needed after the main output was looked for."""
    package, result = build.package, builder.result(build)
    assert package is not None
    if cached:
        result.output = bytearray()  # record what is printed in case a by-product is missing
        need &= ~NEED_BUILD
        if builder.need_export:
            package.export = result.built
            package.build_id = result.build_id
    if need & NEED_COMPILED_GO_FILES and load_compiled_go_files(builder, build):
        need &= ~NEED_COMPILED_GO_FILES
    return need


def _refuse_broken(builder: Builder, package: Package) -> None:
    """Raises StepError for a package that must not be built."""
    if package.error is not None:
        raise StepError(str(package.error))
    if package.binary_only:
        package.stale = True
        package.stale_reason = "binary-only packages are no longer supported"
        if not builder.is_cmd_list:
            raise StepError("binary-only packages are no longer supported")
        return
    module = package.module
    if module is not None and module.go_version and compare(builder.config.toolchain.go_version, module.go_version) < 0:
        raise StepError(f"module requires Go {module.go_version} or later")


def check_directives(builder: Builder, action: Action) -> None:
    """Refuse //go:debug lines that are wrong or repeated. Raises CommandError."""
    package = action.package
    assert package is not None
    directives = getattr(package.build, "directives", None)
    if not directives:
        return
    from gokiln.execute.directives import directive_problems

    text = directive_problems(directives, builder.config.toolchain)
    if text:
        builder.shell(action).report_cmd(
            "", "", text.encode("utf-8", "surrogateescape"), StepError("invalid directive")
        )


def _load_by_products(builder: Builder, build: Action, need: int) -> int:
    """Fetch what cgo and coverage made beside an archive that was in the cache; what is still needed after that."""
    package = build.package
    assert package is not None
    if need & NEED_CGO_HEADER and load_objdir_file(builder, build, "_cgo_install.h"):
        need &= ~NEED_CGO_HEADER
    if need & NEED_COVER_META_FILE and load_objdir_file(builder, build, cover_meta_file(package)):
        need &= ~NEED_COVER_META_FILE
    return need


def _load_vet(builder: Builder, build: Action, check: Action) -> bool:
    from gokiln.execute.vetting import load_vet_config

    return load_vet_config(builder, build, check.deps)


# --- by-products in the cache ---


def find_objdir_file(builder: Builder, action: Action, name: str) -> str:
    """A generated file of an action in the build cache, "" if it is not there."""
    found = builder.store.get_file(builder.subkey(builder.result(action).action_id, name))
    return found[0] if found is not None else ""


def load_objdir_file(builder: Builder, action: Action, name: str) -> bool:
    """Copy a generated file from the build cache into the action's directory; whether it was there."""
    path = find_objdir_file(builder, action, name)
    if not path:
        return False
    try:
        builder.shell(action).copy_file(action.objdir + name, path, 0o666, True)
    except StepError:
        if os.path.exists(path):
            raise
        return False  # trimmed in this very moment
    return True


def store_objdir_file(builder: Builder, action: Action, name: str) -> bool:
    """Store a generated file of an action in the build cache; False if there is no such file."""
    path = action.objdir + name
    if builder.config.flags.n or not os.path.exists(path):
        return False
    builder.store.put_file(builder.subkey(builder.result(action).action_id, name), path)
    return True


def store_source_files(builder: Builder, action: Action, names: list[str]) -> None:
    """Store the list of files given to the Go tools, and those of them that were generated."""
    lines = []
    for name in names:
        if not name.startswith(action.objdir):
            lines.append(f"./{name}\n")
            continue
        name = name[len(action.objdir) :]
        lines.append(name + "\n")
        if not store_objdir_file(builder, action, name):
            return
    data = "".join(lines).encode("utf-8", "surrogateescape")
    builder.store.put_bytes(builder.subkey(builder.result(action).action_id, "srcfiles"), data)


def load_compiled_go_files(builder: Builder, action: Action) -> bool:
    """Set the package's compiled_go_files from the stored list; False if that, or a file of it, is not there."""
    found = builder.store.get_bytes(builder.subkey(builder.result(action).action_id, "srcfiles"))
    if found is None:
        return False
    files = []
    for name in found[0].decode("utf-8", "surrogateescape").split("\n"):
        if not name.endswith(".go"):
            continue
        if name.startswith("./"):
            files.append(name[2:])
            continue
        path = find_objdir_file(builder, action, name)
        if not path:
            return False
        files.append(path)
    assert action.package is not None
    action.package.compiled_go_files = files
    return True


# --- the build itself ---


def build(builder: Builder, action: Action) -> Work:
    """Make a package's archive, if it is needed."""
    need = 0
    for dep in action.deps:
        provider = builder.result(dep).provider
        if isinstance(provider, CacheCheck):
            need = provider.need
    need &= ~(NEED_COVER_META_FILE | NEED_CGO_HEADER)  # other steps see to these
    if need == 0:
        return None
    from gokiln.execute.packagebuild import PackageBuild

    return PackageBuild(builder, action, need).run
