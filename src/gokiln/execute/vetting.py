"""Vetting a package: what vet is told, whether its answer is known, and running it.

vet reads the sources and the facts it found in the packages below, and writes facts for those above. Its answer is
stored under an action ID of its own: facts at the ID, what it printed at the sub-key `stdout`, fixes at `fix.zip`.
Source: buildVetConfig, loadCachedVet, Builder.vet in cmd/go/internal/work/exec.go, go1.26 and go1.27.
"""

from __future__ import annotations

import os

from gokiln.base.quote import go_quote, go_quote_bytes, quote_list
from gokiln.errors import GokilnError
from gokiln.execute.byproducts import find_objdir_file, load_objdir_file
from gokiln.execute.report import StepError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder, Work
    from gokiln.execute.state import Result
    from gokiln.execute.vetoptions import VetOptions
    from gokiln.modules.version import ModulePublic
    from gokiln.packages.package import Package

ANSWER_KEPT_SINCE = 26  # minor release that stores what vet found; before, only facts, and those of failed runs, too
_MODULE_OBJECT_SINCE = 27  # vet.cfg has all of the module, and its hash says whether only facts are wanted


def write_vet_config(builder: Builder, build: Action, sources: list[str], deps: Iterable[Action]) -> None:
    """Note on the build's result what vet has to know of its package. sources: as given to the Go tools."""
    package, config = build.package, builder.config
    assert package is not None

    def absolute(names: Iterable[str]) -> list[str]:
        paths = (name if os.path.isabs(name) else os.path.join(package.dir, name) for name in names)
        return [config.disk.actual(path) for path in paths]

    known: dict[str, object] = {
        "ID": package.import_path,
        "Compiler": config.target.compiler,
        "Dir": package.dir,
        "ImportPath": package.import_path,
        "GoFiles": absolute(name for name in sources if name.endswith(".go")),
        "NonGoFiles": absolute(name for name in sources if not name.endswith(".go")),
        "IgnoredFiles": absolute([*package.ignored_go_files, *package.ignored_other_files]),
    }
    if config.toolchain.release.minor >= _MODULE_OBJECT_SINCE:
        known["Module"] = _module_object(package.module)
    else:
        module = package.module if package.module is not None and package.module.error is None else None
        known["ModulePath"] = module.path if module is not None else ""
        known["ModuleVersion"] = module.version if module is not None else ""
    known.update(_import_facts(builder, package, deps))
    version = config.toolchain.go_version
    if package.module is not None:
        version = package.module.go_version or "1.16"
    known["GoVersion"] = "go" + version
    builder.vet_configs[build] = known


def _import_facts(builder: Builder, package: Package, deps: Iterable[Action]) -> dict[str, object]:
    """What the imports of a package mean, where their export data is, which are of the standard library."""
    import_map = dict(zip(package.raw_imports, package.imports))
    files: dict[str, str] = {}
    standard: dict[str, bool] = {}
    mapped = set(import_map.values())
    for dep in deps:
        if dep.package is None or not dep.package.import_path or dep.package is package:
            continue
        path = dep.package.import_path
        if path not in mapped:
            import_map[path] = path  # appears in generated code only, like runtime/cgo
        if builder.result(dep).built:
            files[path] = builder.result(dep).built
        if dep.package.standard:
            standard[path] = True
    return {
        "ImportMap": dict(sorted(import_map.items())),
        "PackageFile": dict(sorted(files.items())),
        "Standard": dict(sorted(standard.items())),
    }


def _module_object(module: ModulePublic | None) -> dict[str, object] | None:
    if module is None:
        return None
    return {
        "Path": module.path,
        "Version": module.version,
        "Replace": _module_object(module.replace),
        "Time": module.time,
        "Main": module.main,
        "Indirect": module.indirect,
        "Dir": module.dir,
        "GoMod": module.go_mod,
        "GoVersion": module.go_version,
        "Error": {"Err": module.error} if module.error is not None else None,
    }


def load_vet_config(builder: Builder, build: Action, deps: Iterable[Action]) -> bool:
    """As write_vet_config, for a package whose archive is in the cache; False if its sources' list is not."""
    found = builder.store.get_bytes(builder.subkey(builder.result(build).action_id, "srcfiles"))
    if found is None:
        return False
    sources = []
    for name in found[0].decode("utf-8", "surrogateescape").split("\n"):
        if name.startswith("./"):
            sources.append(name[2:])
        elif name:
            if not find_objdir_file(builder, build, name) or not load_objdir_file(builder, build, name):
                return False
            sources.append(build.objdir + name)
    write_vet_config(builder, build, sources, deps)
    return True


def _flags(builder: Builder, package: Package, options: VetOptions) -> list[str]:
    """vet's flags: fewer checks for the standard library, which may do what others should not."""
    if package.goroot and not options.explicit and options.tool == builder.config.toolchain.tool("vet"):
        flags = ["-unsafeptr=false"]
        if builder.config.cmd_name == "test":
            flags.append("-unreachable=false")
        return flags
    return options.flags


def vet(builder: Builder, action: Action) -> Work:
    """Vet the package that the first dependency builds."""
    build, result = action.deps[0], builder.result(action)
    result.failed = None  # what failed below does not keep us from vetting
    if builder.result(build).failed is not None:
        return None
    package, options = action.package, builder.vet_options
    known = builder.vet_configs.get(build)
    if known is None or package is None or options is None:
        raise StepError("vet config not found")
    flags = _flags(builder, package, options)
    vetx: dict[str, str] = {}
    digest = _action_id(builder, action, options, flags, vetx)
    result.action_id = digest
    if not builder.config.flags.a and _known_answer(builder, action, options):
        return None
    return lambda: _run_vet(builder, action, options, flags, {**known, "PackageVetx": dict(sorted(vetx.items()))})


def _action_id(builder: Builder, action: Action, options: VetOptions, flags: list[str], vetx: dict[str, str]) -> bytes:
    """All that can change vet's answer. Fills vetx: import path -> facts of the packages below."""
    package, build = action.package, action.deps[0]
    assert package is not None
    h = builder.facts.new_hash("vet " + package.import_path)
    tool_id = builder.tool_ids.ask_for("vet", options.tool, options.tool, any_name=True)
    h.add(f"vet {go_quote(tool_id)}\n")
    if builder.config.toolchain.release.minor >= _MODULE_OBJECT_SINCE:
        h.add(f"vetxonly {'true' if action.vetx_only else 'false'}\n")
    h.add(f"vetflags {quote_list(flags)}\n")
    h.add(f"pkg {go_quote_bytes(builder.result(build).action_id)}\n")
    for dep in action.deps:
        built = builder.result(dep).built
        if dep.mode == "vet" and built and dep.package is not None:
            h.add(f"vetout {go_quote(dep.package.import_path)} {builder.file_hash(built)}\n")
            vetx[dep.package.import_path] = built
    return h.digest()


def _known_answer(builder: Builder, action: Action, options: VetOptions) -> bool:
    """Take everything vet would write out of the cache, or nothing."""
    result, store = builder.result(action), builder.store
    if builder.config.toolchain.release.minor < ANSWER_KEPT_SINCE and not action.vetx_only:
        return False
    facts = store.get_file(result.action_id)
    if facts is None:
        return False
    fixes = store.get_file(builder.subkey(result.action_id, "fix.zip")) if action.need_fix else None
    if action.need_fix and fixes is None:
        return False
    printed = store.get_bytes(builder.subkey(result.action_id, "stdout"))
    result.built = facts[0]
    result.provider = fixes[0] if fixes is not None else ""
    options.handle(printed[0] if printed is not None else b"")
    return True


def _run_vet(builder: Builder, action: Action, options: VetOptions, flags: list[str], known: dict[str, object]) -> None:
    from gokiln.base.gojson import encode

    package, result, shell, objdir = action.package, builder.result(action), builder.shell(action), action.objdir
    assert package is not None
    facts, stdout, fixes = objdir + "vet.out", objdir + "vet.stdout", objdir + "vet.fix.zip"
    known["VetxOnly"] = action.vetx_only
    known["VetxOutput"] = facts
    known["Stdout"] = stdout
    known["FixArchive"] = fixes if action.need_fix else ""
    known["SucceedOnTypecheckFailure"] = False
    ordered = {name: known[name] for name in _order(builder.config.toolchain.release.minor)}
    text = encode(ordered) + "\n"
    shell.write_file(objdir + "vet.cfg", text.encode("utf-8", "surrogateescape"))
    config = builder.config
    words = [*config.flags.toolexec, options.tool, *flags, objdir + "vet.cfg"]
    env = ["TERM=dumb"]
    if builder.config.flags.compiler == "gccgo":
        env.append("GCCGO=" + builder.gccgo().compiler())
    try:
        shell.run(package.dir, package.import_path, env, words)
    except GokilnError:
        if config.toolchain.release.minor < ANSWER_KEPT_SINCE:
            _keep_facts(builder, result, facts)
        raise
    _keep_facts(builder, result, facts)
    if action.need_fix and os.path.exists(fixes):
        result.provider = fixes
        builder.store.put_file(builder.subkey(result.action_id, "fix.zip"), fixes)
    if os.path.exists(stdout):
        with open(stdout, "rb") as file:
            printed = file.read()
        options.handle(printed)
        builder.store.put_bytes(builder.subkey(result.action_id, "stdout"), printed)


def _keep_facts(builder: Builder, result: Result, facts: str) -> None:
    if os.path.exists(facts):
        result.built = facts
        builder.store.put_file(result.action_id, facts)


def _order(minor: int) -> list[str]:
    """The names in vet.cfg in their order."""
    head = "ID Compiler Dir ImportPath GoFiles NonGoFiles IgnoredFiles".split()
    module = ["Module"] if minor >= _MODULE_OBJECT_SINCE else ["ModulePath", "ModuleVersion"]
    tail = "ImportMap PackageFile Standard PackageVetx VetxOnly VetxOutput Stdout GoVersion FixArchive".split()
    if minor < ANSWER_KEPT_SINCE:
        tail = [name for name in tail if name not in ("Stdout", "FixArchive")]
    return [*head, *module, *tail, "SucceedOnTypecheckFailure"]
