"""Why a test ran: which of the things it looked at has changed since its last result.

Beside every result we keep the hash of each of its inputs, under a key of our own in the build cache (a sub-key of
the test's ID, so the go command never asks for it and trims it with the rest).

Nothing of this is needed for a result to be found.
"""

from __future__ import annotations

from gokiln.actions.action import CHECK_CACHE
from gokiln.cache.inputhash import subkey
from gokiln.golang.gotime import format_local
from gokiln.gotest.inputs import Input

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.actions.action import Action
    from gokiln.gotest.resultstore import ResultStore
    from gokiln.gotest.state import TestRun

_KEY = "gokiln:inputs"
_HEAD = b"gokiln test inputs 1\n"
_PROGRAM_HEAD = b"gokiln test program 1\n"
_NAMES_SHOWN = 3


def remember(results: ResultStore, ids: Sequence[bytes], inputs: Sequence[Input]) -> None:
    """Keep the state of a result's inputs."""
    lines = [_HEAD]
    for entry in inputs:
        lines.append(f"{entry.op} {entry.hash} {entry.name}\n".encode("utf-8", "surrogateescape"))
    for test_id in ids:
        results.store.put_bytes(subkey(test_id, _KEY), b"".join(lines), verify=False)


def recall(results: ResultStore, test_id: bytes) -> list[Input] | None:
    """The inputs of the last result, None if nobody kept them."""
    found = results.store.get_bytes(subkey(test_id, _KEY))
    if found is None or not found[0].startswith(_HEAD):
        return None
    out = []
    for line in found[0][len(_HEAD) :].decode("utf-8", "surrogateescape").split("\n"):
        parts = line.split(" ", 2)
        if len(parts) == 3:
            out.append(Input(parts[0], parts[2], parts[1]))
    return out


_WORDS = {
    "env": "environment variable {} changed",
    "chdir": "directory {} changed",
    "stat": "file {} changed",
    "open": "file {} changed",
}


def what_changed(results: ResultStore, test_id: bytes, inputs: Sequence[Input]) -> str:
    """The first input that is not as it was, in words."""
    old = recall(results, test_id)
    if old is None:
        return "something it looked at has changed"
    before = {(entry.op, entry.name): entry.hash for entry in old}
    for entry in inputs:
        known = before.get((entry.op, entry.name))
        if known is not None and known != entry.hash:
            return _WORDS[entry.op].format(entry.name)
    return "its result with these inputs is not known"


# --- the program ---


def _program_key(results: ResultStore, run: TestRun) -> bytes:
    h = results.new_hash("gokiln test program")
    h.add(f"gokiln test program {run.package.import_path} in {run.package.dir}\n")
    return h.digest()


def _parts(results: ResultStore, link: Action) -> dict[str, str]:
    """What a test program is made of: package -> content ID; "" -> the link's own action ID."""
    builder = results.session.builder
    parts = {"": builder.result(link).build_id.split("/", 1)[0]}
    for dep in link.deps:
        if dep.package is not None:
            parts[dep.package.import_path] = builder.link_build_id(dep).rpartition("/")[2]
    return parts


def remember_program(results: ResultStore, run: TestRun) -> None:
    """Keep what the program was made of that has just been run."""
    if run.build is None:
        return
    lines = [f"{id_} {path}\n" for path, id_ in _parts(results, run.build).items()]
    data = _PROGRAM_HEAD + "".join(lines).encode("utf-8", "surrogateescape")
    results.store.put_bytes(_program_key(results, run), data, verify=False)


def why_new_program(results: ResultStore, run: TestRun, link: Action) -> str:
    """Why a program is not the one that ran last time: the packages that changed, lowest first."""
    found = results.store.get_bytes(_program_key(results, run))
    if found is None or not found[0].startswith(_PROGRAM_HEAD):
        return "no earlier result is known (only passing ones are kept)"
    old: dict[str, str] = {}
    for line in found[0][len(_PROGRAM_HEAD) :].decode("utf-8", "surrogateescape").split("\n"):
        id_, blank, path = line.partition(" ")
        if blank:
            old[path] = id_
    new = _parts(results, link)
    if old.get("") == new[""]:
        return "no result with these arguments is known"
    changed = {path for path, id_ in new.items() if path and old.get(path) != id_}
    if not changed:
        gone = sorted(path for path in old if path not in new)
        return f"the program changed: {gone[0]} is gone" if gone else "the program is linked differently"
    roots = [
        path
        for dep in link.deps
        if dep.package is not None and (path := dep.package.import_path) in changed
        if not any(
            d.package is not None
            and d.mode.startswith("build")
            and d.handler != CHECK_CACHE
            and d.package.import_path in changed
            for d in dep.deps
        )
    ]
    names = list(dict.fromkeys(roots)) or sorted(changed)
    shown = ", ".join(names[:_NAMES_SHOWN]) + (f" and {len(names) - _NAMES_SHOWN} more" if names[_NAMES_SHOWN:] else "")
    return f"the program changed because of {shown}"


def line(run: TestRun) -> str:
    """The line of a package."""
    path = run.package.import_path
    if run.cached:
        return f"{path}: cached, from {format_local(run.cached_at).partition('.')[0]}"
    if run.skipped:
        return f"{path}: not run: {run.why}"
    if run.passed is None:
        return f"{path}: not run"
    return f"{path}: ran: {run.why or 'no earlier result is known'}"
