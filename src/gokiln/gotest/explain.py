"""Why a test ran: which of the things it looked at has changed since its last result.

Beside every result we keep the hash of each of its inputs, under a key of our own in the build cache (a sub-key of
the test's ID, so the go command never asks for it and trims it with the rest).

Nothing of this is needed for a result to be found.
"""

from __future__ import annotations

from gokiln.cache.inputhash import subkey
from gokiln.gotest.inputs import Input

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gokiln.gotest.resultcache import ResultStore

_KEY = "gokiln:inputs"
_HEAD = b"gokiln test inputs 1\n"


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
