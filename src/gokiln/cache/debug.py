"""The three settings of GODEBUG that make the cache talk.

    gocachehash=1    print every hash's input and sum on stderr
    gocacheverify=1  take no hits; stop when a rebuilt output differs from the stored one
    gocachetest=1    say why a test result was or was not taken from the cache

Source: cmd/go/internal/cache (initEnv), go1.26.
"""

from __future__ import annotations

from gokiln.base.godebugvar import godebug_value
from gokiln.cache.inputhash import HashTrace
from gokiln.errors import PlainError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gokiln.cache.entry import Entry


class CacheVerifyError(PlainError):
    """GODEBUG=gocacheverify=1 found that an action's output differs from the stored one."""

    exit_status = 2  # as a Go panic's


class CacheDebug:
    """verify, hashes, tests: which settings are on. trace: what InputHash, subkey and file_hash report to, or None."""

    __slots__ = ("hashes", "tests", "trace", "verify")

    def __init__(self, godebug: str, write: Callable[[str], object]) -> None:
        """godebug: the variable's value. write: takes whole lines of text for stderr."""
        self.verify = godebug_value(godebug, "gocacheverify") == "1"
        self.hashes = godebug_value(godebug, "gocachehash") == "1"
        self.tests = godebug_value(godebug, "gocachetest") == "1"
        self.trace: HashTrace | None = None
        if self.verify or self.hashes:
            self.trace = HashTrace(write if self.hashes else None, keep=self.verify)

    def input_of(self, digest: bytes) -> str:
        """What was hashed to this ID ("" if unknown or not kept)."""
        return self.trace.inputs.get(digest, "") if self.trace is not None else ""

    def compare(self, action_id: bytes, new: Entry, old: Entry | None) -> None:
        """Raise CacheVerifyError unless an action's new output is the stored one, if there is one."""
        if old is None or (old.output_id == new.output_id and old.size == new.size):
            return
        asked = self.input_of(action_id)
        # The go command prints the new output as "old" and the old one as "new"; so do we.
        raise CacheVerifyError(
            f"panic: go: internal cache error: cache verify failed: id={action_id.hex()} changed:<<<\n{asked}\n>>>\n"
            f"old: {new.output_id.hex()} {new.size}\nnew: {old.output_id.hex()} {old.size}"
        )
