"""go.sum: the hashes that are known, which of them this command used, and what has to be written back.

Every hash that is checked is marked used. One that go.sum does not have goes to the checksum database first
(`check_sum_db`), then into the table, marked dirty: it is written only if the loader wants to keep it. In a
workspace the go.sum files of its modules are read too, and go.work.sum gets what none of them has.

Source: cmd/go/internal/modfetch/fetch.go (initGoSum ... TrimGoSum), go1.26.
"""

from __future__ import annotations

import threading

from gokiln.base.oserror import os_error_text, read_error
from gokiln.errors import FatalError
from gokiln.events import Text
from gokiln.golang.modpath import sort_key
from gokiln.modules.fetch.errors import FetchError, GoSumDirtyError
from gokiln.modules.version import ModVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from gokiln.modules.fetch.cachedir import CacheDir
    from gokiln.modules.fetch.settings import Settings

    SumTable = dict[ModVersion, list[str]]

# The hash of an empty go.mod: an old bug put it into go.sum files, it is dropped on reading.
EMPTY_GO_MOD_HASH = "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY="

_MORE = "\n\nFor more information, see 'go help module-auth'.\n"
GO_SUM_MISMATCH = (
    "\n\nSECURITY ERROR\n"
    "This download does NOT match an earlier download recorded in go.sum.\n"
    "The bits may have been replaced on the origin server, or an attacker may\n"
    "have intercepted the download attempt." + _MORE
)
HASH_VERSION_MISMATCH = (
    "\n\nSECURITY WARNING\n"
    "This download is listed in go.sum, but using an unknown hash algorithm.\n"
    "The download cannot be verified." + _MORE + "\n"
)

USED, DIRTY = 1, 2


def read_go_sum(table: SumTable, file: str, data: bytes, *, lax: bool = False) -> None:
    """Add the lines of a go.sum file to table. lax: skip malformed lines (so that `mod tidy` can mend them).

    Raises FatalError for a malformed line.
    """
    text = data.decode("utf-8", "surrogateescape")
    for number, line in enumerate(text.split("\n"), 1):
        fields = line.split()
        if not fields:
            continue
        if len(fields) != 3:
            if lax:
                continue
            raise FatalError(f"malformed go.sum:\n{file}:{number}: wrong number of fields {len(fields)}\n")
        path, version, sum = fields
        if sum == EMPTY_GO_MOD_HASH:
            continue
        mod = ModVersion(path, version)
        known = table.get(mod)
        if known is None:
            table[mod] = [sum]
        else:
            known.append(sum)


class SumState:
    """The tables of one load. m: go.sum's content, None before it is read; w: content of each workspace go.sum."""

    __slots__ = ("enabled", "m", "overwrite", "status", "w")

    def __init__(self) -> None:
        self.m: SumTable | None = None
        self.w: dict[str, SumTable] = {}
        self.status: dict[tuple[ModVersion, str], int] = {}
        self.overwrite = False  # write m as it is, without what go.sum holds by now
        self.enabled = False

    def table(self) -> SumTable:
        """m, once it is read."""
        assert self.m is not None
        return self.m


class GoSum:
    """The go.sum of one loader. go_sum_file: its path, "" for none. All methods may be called from any thread."""

    def __init__(
        self, settings: Settings, dirs: CacheDir, check_sum_db: Callable[[ModVersion, str], None] | None = None
    ) -> None:
        """check_sum_db: asks the checksum database, if it applies; raises when the hash is not to be accepted."""
        self._settings = settings
        self._dirs = dirs
        self._check_sum_db = check_sum_db
        self._lock = threading.RLock()
        self.go_sum_file = ""
        self.workspace_files: list[str] = []
        self.state = SumState()

    def reset(self) -> None:
        """Forget everything that was read and used (Fetcher.Reset)."""
        with self._lock:
            self.go_sum_file = ""
            self.workspace_files = []
            self.state = SumState()

    # Reading

    def _init(self) -> bool:
        """Read the files once; whether go.sum is in use. The lock must be held."""
        if not self.go_sum_file:
            return False
        state = self.state
        if state.m is not None:
            return True
        state.m = {}
        state.status = {}
        state.w = {}
        try:
            for file in self.workspace_files:
                state.w[file] = {}
                self._read_file(state.w[file], file)
            self._read_file(state.m, self.go_sum_file)
        except FetchError:
            state.m = None  # whoever asks next hears of it, too: go.mod is not written without its sums
            raise
        state.enabled = True
        return True

    def _read_file(self, table: SumTable, file: str) -> None:
        read_go_sum(table, file, self._bytes(file), lax=self._settings.cmd_name == "mod tidy")

    def _bytes(self, file: str) -> bytes:
        """Content of a go.sum file, b"" when there is none. Raises FetchError."""
        disk = self._settings.disk
        try:
            if disk is not None and disk.replaced(file):
                # No lock on a file that only the overlay puts here.
                with open(disk.actual(file), "rb") as plain:
                    return plain.read()
            from gokiln.base.lock import read_locked

            return read_locked(file)
        except FileNotFoundError:
            return b""
        except OSError as err:
            raise FetchError(read_error(file, err), err) from err

    # Asking

    def _clean(self, mod: ModVersion, sums: Collection[str]) -> list[str]:
        status = self.state.status
        return [h for h in sums if h.startswith("h1:") and not status.get((mod, h), 0) & DIRTY]

    def have_sum(self, mod: ModVersion) -> bool:
        """Whether go.sum has a hash for mod (version may end in "/go.mod") in an algorithm we know."""
        try:
            return bool(self._recorded(mod))
        except FetchError:
            return False

    def _recorded(self, mod: ModVersion) -> list[str]:
        with self._lock:
            if not self._init():
                return []
            found = []
            for table in self.state.w.values():
                found += self._clean(mod, table.get(mod, ()))
            return found + self._clean(mod, self.state.table().get(mod, ()))

    def recorded_sum(self, mod: ModVersion) -> str | None:
        """The hash that go.sum has for mod, "" when it has none; None: not in use, or two that disagree."""
        with self._lock:
            try:
                if not self._init():
                    return None
            except FetchError:
                return None
            found = self._recorded(mod)
            if len(set(found)) > 1:
                return None
            return found[0] if found else ""

    # Checking

    def check_mod_sum(self, mod: ModVersion, sum: str) -> None:
        """Compare the hash of something fetched or cached with what is known, and remember it.

        mod's version ends in "/go.mod" for a go.mod file. Raises FatalError on a mismatch with go.sum, FetchError
        or ModuleError when the checksum database does not vouch for it. The lock is not held while it is asked.
        What go.sum says of a toolchain is no proof: it may be the work of whoever wants another toolchain run. (cmd/go
        asks for those in any case from go1.27 on; here it is so with every release.)
        """
        with self._lock:
            inited = self._init()
            done = inited and self._have(mod, sum)
            if inited:
                self._mark(mod, sum, USED)
        if done and mod.path != "golang.org/toolchain":
            return
        if self._check_sum_db is not None:
            self._check_sum_db(mod, sum)
        if inited and not done:
            with self._lock:
                self._add(mod, sum)
                self._mark(mod, sum, DIRTY)

    def _mark(self, mod: ModVersion, sum: str, bit: int) -> None:
        status = self.state.status
        status[mod, sum] = status.get((mod, sum), 0) | bit

    def _have(self, mod: ModVersion, sum: str) -> bool:
        """Whether the pair is listed. Raises FatalError when another h1: hash is."""
        name = "go.work.sum" if self.go_sum_file.endswith("go.work.sum") else "go.sum"
        for known in self.state.table().get(mod, ()):
            if known == sum:
                return True
            if known.startswith("h1:"):
                raise _mismatch(mod, sum, name, known)
        found = False
        for file, table in self.state.w.items():
            for known in table.get(mod, ()):
                if known == sum:
                    found = True
                elif known.startswith("h1:"):
                    raise _mismatch(mod, sum, file, known)
        return found

    def _add(self, mod: ModVersion, sum: str) -> None:
        if self._have(mod, sum):
            return
        known = self.state.table().setdefault(mod, [])
        if known:
            self._settings.sink.tell(
                Text(
                    f"warning: verifying {mod.path}@{mod.version}: unknown hashes in go.sum: {', '.join(known)};"
                    f" adding {sum}{HASH_VERSION_MISMATCH}"
                )
            )
        known.append(sum)

    # Writing

    def write_go_sum(self, keep: Collection[ModVersion], readonly: bool) -> None:
        """Bring the file up to date. keep: which new hashes are wanted ("/go.mod" versions for go.mod files).

        Hashes already there stay unless trim_go_sum marked them. Raises GoSumDirtyError when readonly and something
        would change, FetchError when the file cannot be written.
        """
        with self._lock:
            state = self.state
            if not state.enabled or not self._is_dirty(keep):
                return
            if readonly:
                raise GoSumDirtyError
            disk = self._settings.disk
            if disk is not None and disk.replaced(self.go_sum_file):
                raise FatalError(
                    "go: updates to go.sum needed, but go.sum is part of the overlay specified with -overlay"
                )
            self._transform(keep)
            state.status = {}
            state.overwrite = False

    def _transform(self, keep: Collection[ModVersion]) -> None:
        from gokiln.base.lock import transform_locked

        side = None
        try:
            side = self._dirs.side_lock()
        except FetchError:
            side = None  # only old go commands look at it
        try:
            transform_locked(self.go_sum_file, lambda data: self._tidy(data, keep))
        except OSError as err:
            raise FetchError(f"updating go.sum: {os_error_text(err)}", err) from err
        finally:
            if side is not None:
                side.close()

    def _is_dirty(self, keep: Collection[ModVersion]) -> bool:
        status = self.state.status
        for mod, sums in self.state.table().items():
            for sum in sums:
                bits = status.get((mod, sum), 0)
                if bits & DIRTY and (not bits & USED or mod in keep):
                    return True
        return False

    def tidy_go_sum(self, keep: Collection[ModVersion]) -> tuple[bytes, bytes]:
        """(what the file holds, what write_go_sum would make of it). Raises FatalError when it cannot be read."""
        with self._lock:
            try:
                before = self._bytes(self.go_sum_file)
            except FetchError as err:
                raise FatalError(f"reading go.sum: {err}") from err
            return before, self._tidy(before, keep)

    def _tidy(self, data: bytes, keep: Collection[ModVersion]) -> bytes:
        state = self.state
        if not state.overwrite:
            # What other processes have added meanwhile stays. Of our own, only what was checked goes in: a person
            # may have removed wrong hashes, which must not come back.
            state.m = {}
            read_go_sum(state.m, self.go_sum_file, data, lax=self._settings.cmd_name == "mod tidy")
            for (mod, sum), bits in state.status.items():
                if bits & USED and not self._in_workspace(mod):
                    self._add(mod, sum)
        lines = []
        table = state.table()
        for mod in sorted(table, key=sort_key):
            sums = table[mod] = sorted(set(table[mod]))
            for sum in sums:
                bits = state.status.get((mod, sum), 0)
                wanted = not bits & DIRTY or (bits & USED and mod in keep)
                if wanted and not self._in_workspace(mod):
                    lines.append(f"{mod.path} {mod.version} {sum}\n")
        return "".join(lines).encode("utf-8", "surrogateescape")

    def _in_workspace(self, mod: ModVersion) -> bool:
        return any(mod in table for table in self.state.w.values())

    def trim_go_sum(self, keep: Collection[ModVersion]) -> None:
        """Mark every hash that is not in keep for removal. Raises FatalError when go.sum cannot be read."""
        with self._lock:
            try:
                if not self._init():
                    return
            except FetchError as err:
                raise FatalError(str(err)) from err
            for mod, sums in self.state.table().items():
                if mod not in keep:
                    for sum in sums:
                        self.state.status[mod, sum] = DIRTY
                    self.state.overwrite = True


def _mismatch(mod: ModVersion, sum: str, name: str, known: str) -> FatalError:
    return FatalError(
        f"verifying {mod.path}@{mod.version}: checksum mismatch\n"
        f"\tdownloaded: {sum}\n\t{name}:     {known}{GO_SUM_MISMATCH}"
    )
