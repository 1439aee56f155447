"""Linking a program or a shared library.

Source: Builder.link, linkShared in cmd/go/internal/work/exec.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.execute.report import StepError
from gokiln.execute.reuse import link_action_id, update_build_id, use_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder, Work


def link(builder: Builder, action: Action) -> Work:
    """Link, unless the program is there already."""
    assert action.package is not None
    action_id = link_action_id(builder, action)
    done = use_cache(builder, action, action_id, action.package.target, not builder.is_cmd_list)
    if done or builder.is_cmd_list:
        return None

    def work() -> None:
        try:
            _link(builder, action)
        finally:
            builder.shell(action).flush_output()

    return work


def _link(builder: Builder, action: Action) -> None:
    from gokiln.actions.importcfg import link_config
    from gokiln.tools.link import link_env, link_flags, link_place, link_words

    package, config, result = action.package, builder.config, builder.result(action)
    assert package is not None
    shell = builder.shell(action)
    shell.mkdir(action.objdir)
    results = builder.queue.results
    importcfg = action.objdir + "importcfg.link"
    shell.write_file(importcfg, link_config(package, action.deps, lambda dep: results[dep].built))
    shell.mkdir(os.path.dirname(result.target) + os.sep)
    if config.flags.compiler == "gccgo":
        from gokiln.execute.gccgolink import link as gccgo_link

        mode = config.mode.ld_buildmode
        gccgo_link(builder, action, result.target, action.deps, mode, package.import_path)
        update_build_id(builder, action, result.target)
        result.built = result.target
        return
    try:
        flags = link_flags(config, action, result.build_id, config.fips140 is not None and config.fips140.enabled)
    except ValueError as err:
        raise StepError(str(err)) from err
    directory, output = link_place(config, result.target)
    words = link_words(config, flags, output, importcfg, results[action.deps[0]].built)
    shell.run(directory, package.import_path, link_env(config), words)
    update_build_id(builder, action, result.target)
    result.built = result.target


def link_shared(builder: Builder, action: Action) -> Work:
    """Link a shared library. The build cache never has one: there is no build ID in it to know it by."""
    from gokiln.actions.inputs import shared_link_inputs

    results = builder.queue.results
    inputs = shared_link_inputs(
        builder.facts, action.deps, action.deps[0].deps, lambda dep: results[dep].built, builder.build_id_of
    )
    if use_cache(builder, action, inputs.digest(), action.target, not builder.is_cmd_list) or builder.is_cmd_list:
        return None

    def work() -> None:
        try:
            _link_shared(builder, action)
        finally:
            builder.shell(action).flush_output()

    return work


def _link_shared(builder: Builder, action: Action) -> None:
    from gokiln.actions.importcfg import link_config
    from gokiln.tools.link import shared_flags, shared_words

    package, config, results = action.package, builder.config, builder.queue.results
    assert package is not None
    shell = builder.shell(action)
    shell.mkdir(action.objdir)
    importcfg = action.objdir + "importcfg.link"
    shell.write_file(importcfg, link_config(package, action.deps, lambda dep: results[dep].built))
    target = results[action].target
    results[action].built = target
    if config.flags.compiler == "gccgo":
        from gokiln.execute.gccgolink import link as gccgo_link

        gccgo_link(builder, action, target, action.deps, "shared", target)
        return
    try:
        flags = shared_flags(config, action)
    except ValueError as err:
        raise StepError(str(err)) from err
    directory, name = os.path.split(target)
    shell.run(directory + os.sep, name, (), shared_words(config, flags, name, importcfg))
