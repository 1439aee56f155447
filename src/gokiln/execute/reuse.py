"""Whether an action has to be carried out at all, and what happens to a result so that the next one has not.

use_cache decides: the installed target may be up to date, the result may be in the build cache, a test's result may
be known. update_build_id gives a fresh result its final build ID and stores it. What the tools printed is stored too
and printed again when the result is reused.

The build cache's bytes are verified by the store. Here one thing more is checked that cmd/go does not check: an
archive found under an action ID must carry that ID and, the first time we see it, end in the hash of its content; or
the entry leads to the wrong file and counts as a miss.
Source: cmd/go/internal/work/buildid.go, go1.26.
"""

from __future__ import annotations

import os

from gokiln.execute.report import join_unambiguously
from gokiln.execute.state import DO_NOT_USE
from gokiln.golang import buildidfile
from gokiln.golang.buildid import BuildIdError, content_id, hash_to_string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gokiln.actions.action import Action
    from gokiln.execute.builder import Builder
    from gokiln.execute.state import Result

_PROFILE = "preprocess PGO profile"


def _read_id(path: str) -> str:
    """The build ID in a file, "" if there is none."""
    try:
        return buildidfile.read_file(path)
    except (OSError, BuildIdError):
        return ""


def use_cache(builder: Builder, action: Action, action_id: bytes, target: str, print_output: bool) -> bool:
    """Try to do without carrying out an action.

    action_id: 32 bytes. target: the installed file that may be up to date, "" for none. print_output: replay what
    the tools printed. True: the result says what was found. False: the result has a temporary build ID, and what the
    tools print is recorded; the caller carries the action out, then calls update_build_id.
    """
    result = builder.result(action)
    result.action_id = action_id
    short = hash_to_string(action_id)
    result.build_id = f"{short}/{short}"
    if action.mode == "link":
        main_id = builder.result(action.deps[0]).build_id
        result.build_id = f"{short}/{main_id}/{short}"
    package = action.package
    if builder.config.flags.a:
        if package is not None and not package.stale:
            package.stale = True
            package.stale_reason = "build -a flag in use"
        result.output = bytearray()
        return False
    if target and _target_is_current(builder, action, result, target, short, print_output):
        return True
    if _test_is_known(builder, action, result, print_output):
        return True
    if _in_cache(builder, action, result, target, print_output):
        return True
    _mark_stale(builder, action)
    result.output = bytearray()
    return False


def _target_is_current(
    builder: Builder, action: Action, result: Result, target: str, short: str, print_output: bool
) -> bool:
    """Whether the installed file is the result, or (for a main package) the program made of it is current."""
    found = _read_id(target)
    if found.startswith(short + "/"):
        result.build_id = found
        result.built = target
        result.target = DO_NOT_USE + action.mode
        return True
    if builder.need_export or action.mode != "build":
        return False
    if len(action.triggers) != 1 or action.triggers[0].mode != "link":
        return False
    parts = found.split("/")
    if len(parts) != 4 or parts[1] != short:
        return False
    # Nobody wants the archive but the link: if the program already holds what would be linked, neither is needed.
    # Assume for a moment that its build ID is the archive's, and see whether the link's action ID comes out the same.
    temporary = result.build_id
    result.build_id = f"{parts[1]}/{parts[2]}"
    link = action.triggers[0]
    if hash_to_string(link_action_id(builder, link)) != parts[0]:
        result.build_id = temporary
        return False
    if print_output:
        show_stdout(builder, action, action, "stdout")
        show_stdout(builder, action, action, "link-stdout")
    result.target = DO_NOT_USE + "main build pseudo-cache Target"
    result.built = DO_NOT_USE + "main build pseudo-cache built"
    return True


def link_action_id(builder: Builder, link: Action) -> bytes:
    """The action ID of a link whose dependencies all have their build IDs."""
    from gokiln.actions.inputs import link_inputs

    assert link.package is not None
    inputs = link_inputs(builder.facts, link.package, link.deps, builder.link_build_id, builder.build_id_of)
    return inputs.digest()


def _test_is_known(builder: Builder, action: Action, result: Result, print_output: bool) -> bool:
    """For the link of a test: whether the test's result is known, so that nobody needs the program."""
    if builder.try_cache is None:
        return False
    run = test_run_action(action)
    if run is None or not builder.try_cache(run, action):
        return False
    if print_output:
        show_stdout(builder, action, action.deps[0], "stdout")
        show_stdout(builder, action, action.deps[0], "link-stdout")
    result.target = DO_NOT_USE + " pseudo-cache Target"
    result.built = DO_NOT_USE + "pseudo-cache built"
    return True


def test_run_action(action: Action) -> Action | None:
    """The action that runs the test program that this action links, if nothing else wants the program."""
    if len(action.triggers) != 1 or action.triggers[0].mode != "test barrier":
        return None
    runs = [waiting for waiting in action.triggers[0].triggers if waiting.mode == "test run"]
    return runs[0] if len(runs) == 1 else None


def _in_cache(builder: Builder, action: Action, result: Result, target: str, print_output: bool) -> bool:
    """Take the action's result out of the build cache if it is there."""
    found = builder.store.get_file(result.action_id)
    if found is None:
        return False
    path = found[0]
    if action.mode == _PROFILE:
        result.built = path
        result.target = DO_NOT_USE + "using cache"
        return True
    try:
        file_id = buildidfile.read_file(path)
    except (OSError, BuildIdError):
        return False
    if not file_id.startswith(hash_to_string(result.action_id) + "/"):
        builder.store.reject(result.action_id, "leads to the output of another action")
        return False
    if action.mode == "build" and builder.store.hashed_now(found[1].output_id) and not _carries_its_hash(path, file_id):
        builder.store.reject(result.action_id, "the archive's build ID does not match its content")
        return False
    if print_output:
        if action.mode == "link":
            for dep in action.deps:
                show_stdout(builder, action, dep, "link-stdout")
        else:
            show_stdout(builder, action, action, "stdout")
    result.built = path
    result.target = DO_NOT_USE + "using cache"
    result.build_id = file_id
    package = action.package
    if package is not None and target:
        package.stale = True
        package.stale_reason = "not installed but available in build cache"
    return True


def _carries_its_hash(path: str, build_id: str) -> bool:
    """Whether an archive's build ID ends in the hash of its content, as its maker gave it."""
    try:
        _, digest = buildidfile.find_and_hash(path, build_id)
    except (OSError, BuildIdError):
        return False
    return content_id(build_id) == hash_to_string(digest)


def _mark_stale(builder: Builder, action: Action) -> None:
    """Note on the package why it has to be built."""
    package = action.package
    if package is None or package.stale:
        return
    package.stale = True
    package.stale_reason = "build ID mismatch"
    if not builder.is_cmd_list:
        return
    for imported in package.internal_imports:
        if imported.stale and imported.stale_reason:
            if imported.stale_reason.startswith("stale dependency: "):
                package.stale_reason = imported.stale_reason
                break
            if package.stale_reason.startswith("build ID mismatch"):
                package.stale_reason = "stale dependency: " + imported.import_path


def show_stdout(builder: Builder, printer: Action, owner: Action, key: str) -> None:
    """Print again what the tools printed when owner was carried out, on behalf of another action."""
    action_id = builder.result(owner).action_id
    if not action_id:
        return
    entry = builder.store.get(builder.subkey(action_id, key))
    if entry is None:
        return
    if entry.size == 0:
        builder.refresh_empty_output(entry)
        return
    found = builder.store.get_bytes(builder.subkey(action_id, key))
    if found is None or not found[0]:
        return
    shell = builder.shell(printer)
    flags = builder.config.flags
    if flags.x or flags.n:
        words = join_unambiguously(["cat", builder.store.output_file(found[1].output_id)])
        shell.show_cmd("", f"{words}  # internal")
    if not flags.n:
        shell.print(found[0].decode("utf-8", "surrogateescape"))


def update_build_id(builder: Builder, action: Action, target: str, changed: str = "") -> None:
    """Give a fresh result its final build ID and store it. Raises OSError, GokilnError.

    changed: a source file that changed under the tools' hands. The result is good for this build, but must never be
    taken for what its action ID names: it is not stored, and its build ID gets a random action part.
    """
    shell = builder.shell(action)
    flags = builder.config.flags
    if flags.x or flags.n:
        shell.show_cmd("", join_unambiguously(["go", "tool", "buildid", "-w", target]) + " # internal")
        if flags.n:
            return
    result = builder.result(action)
    if changed:
        _disown(builder, result, target, changed)
        return
    printed = bytes(result.output or b"")
    if action.mode == "build":
        builder.store.put_bytes(builder.subkey(result.action_id, "stdout"), printed)
    elif action.mode == "link":
        # Kept under the main package's ID: that is all there is when a program is found up to date.
        for dep in action.deps:
            if dep.package is not None and dep.package.name == "main":
                builder.store.put_bytes(builder.subkey(builder.result(dep).action_id, "link-stdout"), printed)
                break
    result.build_id, carried = buildidfile.update(target, result.build_id)
    if not carried:
        return  # the user gave -buildid= and the file says something else
    if action.mode == "build":
        _store_archive(builder, action, target)
    elif action.mode == "link" and action.cache_executable:
        _store_executable(builder, action, target)


def _disown(builder: Builder, result: Result, target: str, changed: str) -> None:
    """Give a result that nobody may find again its build ID."""
    from gokiln.events import Warn

    builder.config.sink.tell(Warn(f"{changed} changed while it was built; the result is not cached"))
    matches, digest = buildidfile.find_and_hash(target, result.build_id)
    result.action_id = os.urandom(32)
    result.build_id = f"{hash_to_string(result.action_id)}/{hash_to_string(digest)}"
    if matches:
        buildidfile.rewrite(target, matches, result.build_id)


def _store_archive(builder: Builder, action: Action, target: str) -> None:
    result = builder.result(action)
    output_id, _ = builder.store.put_file(result.action_id, target)
    path = builder.store.output_file(output_id)
    if builder.config.flags.x:
        builder.shell(action).show_cmd("", join_unambiguously(["cp", target, path]) + " # internal")
    if builder.need_export and action.package is not None:
        action.package.export = path
        action.package.build_id = result.build_id


def _store_executable(builder: Builder, action: Action, target: str) -> None:
    from gokiln.packages.target import default_exec_name

    package = action.package
    assert package is not None
    result = builder.result(action)
    name = (package.exe_name or default_exec_name(package, builder.config)) + builder.config.target.exe_suffix
    output_id, _ = builder.store.put_executable(result.action_id, name, target)
    result.cached_executable = builder.store.output_file(output_id)
    if builder.config.flags.x:
        words = join_unambiguously(["cp", target, result.cached_executable])
        builder.shell(action).show_cmd("", f"{words} # internal")
