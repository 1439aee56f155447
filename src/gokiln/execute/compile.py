"""Building a package: what is needed of it, then compiler, assembler, packing, and the final build ID.

check_cache computes the action ID once the dependencies are known and decides what is left to do; the steps after it
(coverage, cgo, build) act on that. Source: checkCacheForBuild, Builder.build in cmd/go/internal/work/exec.go, go1.26.
"""

from __future__ import annotations

from gokiln.actions.graph import C_ACTIONS_SINCE
from gokiln.actions.inputs import compile_inputs
from gokiln.execute.byproducts import load_compiled_go_files, load_objdir_file
from gokiln.execute.providers import (
    NEED_BUILD,
    NEED_CGO_HEADER,
    NEED_COMPILED_GO_FILES,
    NEED_COVER_META_FILE,
    NEED_VET,
    CacheCheck,
    cover_meta_file,
    needed,
    profile_of,
)
from gokiln.execute.report import StepError
from gokiln.execute.reuse import use_cache
from gokiln.golang.buildid import content_id
from gokiln.golang.gover import compare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder, Work
    from gokiln.execute.packagebuild import PackageBuild
    from gokiln.packages.package import Package


def compile_action_id(builder: Builder, check: Action) -> bytes:
    """The action ID of the package that a check is about, by the check's dependencies."""
    package = check.package
    assert package is not None
    results = builder.queue.results

    def content(dep: Action) -> str:
        return content_id(results[dep].build_id)

    profile = profile_of(builder, check) if package.pgo_profile else ""
    return compile_inputs(builder.facts, package, check.deps, content, profile).digest()


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
    if builder.config.toolchain.release.minor < C_ACTIONS_SINCE:
        builder.announce(check)
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
        raise StepError(str(package.error), package.error.err)
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


def build(builder: Builder, action: Action) -> Work:
    """Make a package's archive, if it is needed."""
    need = needed(builder, action)
    if builder.config.toolchain.release.minor >= C_ACTIONS_SINCE:
        need &= ~(NEED_COVER_META_FILE | NEED_CGO_HEADER)  # other steps see to these
    if need == 0:
        return None
    # Before go1.26 a missing by-product made the whole package anew, but for the header.
    return package_build(builder, action, need & ~NEED_CGO_HEADER).run


def package_build(builder: Builder, action: Action, need: int) -> PackageBuild:
    """The steps that make a package's archive with the compiler in use. need: a sum of NEED_*."""
    if builder.config.flags.compiler == "gccgo":
        from gokiln.execute.gccgobuild import GccgoBuild

        return GccgoBuild(builder, action, need)
    from gokiln.execute.packagebuild import PackageBuild

    return PackageBuild(builder, action, need)
