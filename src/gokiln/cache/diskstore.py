"""The build cache on disk: outputs by the hash of their bytes, and which output an action has.

Two maps in one directory, both readable by the go command of any version:

- `<xx>/<action ID>-a`: the entry (entry.py) of an action: its output's ID and size.
- `<xx>/<output ID>-d`: the bytes. For an executable that is to be run, a directory with one file.

xx is the first byte of the ID. The rules of this house, which the go command does not all keep:

1. Bytes are hashed against their ID before anyone gets them, or were hashed before and have not changed
   since (Memory, store.py).
2. What is damaged is a miss: one warning names file and reason, the file is set aside (quarantine.py),
   and the build makes it anew. (No warning for an executable: `run` must print what the program prints.)
3. A file appears under its name whole or not at all (base/publish.py), the output before the action's entry.
   The go command instead writes in place and its last byte last, so a *short* output may be another process
   at work: that is a miss too, but the file is left where it is.
4. A put that fails (disk full, read-only) costs a warning, once, never the build.

On use a file's mtime is set to now if it is more than an hour old; trim.py goes by that.
Source: cmd/go/internal/cache/cache.go, go1.26.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time

from gokiln.base.oserror import path_error
from gokiln.base.publish import publish, temp_name
from gokiln.cache.entry import ENTRY_SIZE, BadEntry, Entry, decode_entry, encode_entry
from gokiln.cache.inputhash import file_hash, hash_fd
from gokiln.cache.quarantine import Quarantine
from gokiln.cache.store import NothingKnown, Store
from gokiln.cache.trim import MTIME_INTERVAL, remove_entry, touch, trim
from gokiln.errors import GokilnError
from gokiln.events import Quiet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from gokiln.cache.debug import CacheDebug
    from gokiln.cache.store import Memory
    from gokiln.events import Sink

_BINARY = getattr(os, "O_BINARY", 0)
_IN_MEMORY = 8 << 20  # bytes; smaller files are read once, larger ones twice in pieces
_PIECE = 1 << 20


class ContentChanged(GokilnError):
    """A file changed while it was being copied into the cache."""


class DiskStore(Store):
    """A build cache directory, shared safely with any number of processes on this machine.

    directory: absolute path, made by make_cache_dir (location.py). sink: is told Warn events.
    verified: remembers outputs found whole (index/verified.py; default: none, hash at every use). paranoid: hash every
    output at every use all the same. debug: GODEBUG settings. clock: Unix seconds. fsync: force each file to
    disk before it appears.
    """

    def __init__(
        self,
        directory: str,
        sink: Sink | None = None,
        verified: Memory | None = None,
        *,
        paranoid: bool = False,
        fsync: bool = False,
        debug: CacheDebug | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.directory = directory
        self.sink: Sink = sink if sink is not None else Quiet()
        self.verified: Memory = verified if verified is not None else NothingKnown()
        self.paranoid = paranoid
        self.fsync = fsync
        self.debug = debug
        self.clock = clock
        self._hashed: set[bytes] = set()  # outputs that no earlier process of ours had verified
        self.bad = Quarantine(self.sink, self.verified, clock)
        self._prefix = directory + os.sep

    # --- names ---

    def file_name(self, id_: bytes, kind: str) -> str:
        """The path of the `a` (entry) or `d` (output) file of an ID."""
        text = id_.hex()
        return f"{self._prefix}{text[:2]}{os.sep}{text}-{kind}"

    def fuzz_dir(self) -> str:
        """`fuzz` in the cache directory; trim and clean -cache leave it alone."""
        return self._prefix + "fuzz"

    def output_file(self, output_id: bytes) -> str:
        """The path of an output; of an executable, the one file in its directory."""
        path = self.file_name(output_id, "d")
        try:
            info = os.stat(path)
        except OSError:
            return path
        if stat.S_ISDIR(info.st_mode):
            return _inner_file(path) or path
        return path

    # --- reading ---

    def get(self, action_id: bytes) -> Entry | None:
        """The entry of an action, or None. Under GODEBUG=gocacheverify=1 always None."""
        if self.debug is not None and self.debug.verify:
            return None
        return self._entry(action_id)

    def why_missing(self, action_id: bytes) -> str:
        """As cmd/go's entryNotFoundError: with what was wrong with the entry's file, or with the output."""
        path = self.file_name(action_id, "a")
        try:
            with open(path, "rb") as file:
                decode_entry(action_id, file.read(ENTRY_SIZE + 1))
            reason = "bad checksum"
        except OSError as exc:
            reason = path_error("open", path, exc)
        except BadEntry as exc:
            reason = str(exc)
        return f"cache entry not found: {reason}"

    def _entry(self, action_id: bytes) -> Entry | None:
        path = self.file_name(action_id, "a")
        try:
            fd = os.open(path, os.O_RDONLY | _BINARY)
        except OSError as exc:
            self.bad.unreadable(path, exc)
            return None
        try:
            data = os.read(fd, ENTRY_SIZE + 1)
            info = os.fstat(fd)
        except OSError as exc:
            self.bad.unreadable(path, exc)
            return None
        finally:
            os.close(fd)
        try:
            entry = decode_entry(action_id, data)
        except BadEntry as exc:
            if data:  # the go command makes the file before it writes it, so an empty one may be under way
                self.bad.damaged(path, str(exc))
            return None
        if path in self.bad:
            return None
        if self.clock() - info.st_mtime >= MTIME_INTERVAL:
            touch(path, self.clock())
        return entry

    def verified_file(self, entry: Entry) -> str | None:
        """The path of an entry's output after its bytes were verified; None when missing or damaged.

        Raises nothing: every trouble with the file is a miss, told as a warning unless it is just not there.
        """
        slot = self.file_name(entry.output_id, "d")
        try:
            info = os.stat(slot)
            path = slot
            if stat.S_ISDIR(info.st_mode):
                if self.clock() - info.st_mtime >= MTIME_INTERVAL:
                    touch(slot, self.clock())
                path = _inner_file(slot) or ""
                if not path:
                    self.bad.damaged(slot, "invalid binary cache entry", entry.output_id)
                    return None
                info = os.stat(path)
                if not _is_executable(info):
                    self.bad.damaged(slot, "not executable", entry.output_id)
                    return None
        except OSError as exc:
            self.bad.unreadable(slot, exc, entry.output_id)
            return None
        if info.st_size != entry.size:
            self._wrong_size(slot, path, info.st_size, entry)
            return None
        if slot in self.bad:
            return None
        if (self.paranoid or not self.verified.holds(entry.output_id, info)) and not self._hashes(
            slot, path, entry.output_id
        ):
            return None
        if path is slot and self.clock() - info.st_mtime >= MTIME_INTERVAL:
            self._refresh(path, info, entry.output_id)
        return path

    def _hashes(self, slot: str, path: str, output_id: bytes) -> bool:
        """Hash the file at path; whether it is output_id. If so remember it, if not set the slot aside."""
        try:
            fd = os.open(path, os.O_RDONLY | _BINARY)
            try:
                began = self.verified.clock()
                before = os.fstat(fd)
                digest, _ = hash_fd(fd)
                unchanged = os.fstat(fd).st_ctime_ns == before.st_ctime_ns
            finally:
                os.close(fd)
        except OSError as exc:
            self.bad.unreadable(slot, exc, output_id)
            return False
        if digest != output_id:
            self.bad.damaged(slot, "content does not match its hash", output_id)
            return False
        self._hashed.add(output_id)
        if unchanged:
            self.verified.checked(output_id, before, began)
        return True

    def hashed_now(self, output_id: bytes) -> bool:
        """Whether this process hashed the output to verify it: nobody of ours had looked at it before."""
        return output_id in self._hashed

    def _wrong_size(self, slot: str, path: str, size: int, entry: Entry) -> None:
        """Output and entry disagree about the size: find out which is wrong."""
        reason = f"{size} bytes, not {entry.size}"
        try:
            whole = file_hash(path) == entry.output_id
        except OSError as exc:
            self.bad.unreadable(slot, exc, entry.output_id)
            return
        if not whole and size > entry.size:
            self.bad.damaged(slot, reason, entry.output_id)
            return
        # Whole: the action's entry is wrong, and the next put replaces it. Short: a go command may be writing
        # it at this moment; moving it away would break that build.
        self.bad.warn_damaged(slot, reason)

    def _refresh(self, path: str, before: os.stat_result, output_id: bytes) -> None:
        """Set the times of a used output to now and carry its verified record over."""
        now = self.clock()
        try:
            fd = os.open(path, os.O_RDONLY | _BINARY)
        except OSError:
            return
        try:
            os.utime(fd if os.utime in os.supports_fd else path, (now, now))
            self.verified.touched(output_id, before, os.fstat(fd))
        except OSError:
            return
        finally:
            os.close(fd)

    def reject(self, action_id: bytes, reason: str) -> None:
        """The caller found that an action's entry leads to the wrong output: warn, and make it a miss."""
        self.bad.damaged(self.file_name(action_id, "a"), reason)

    # --- writing ---

    def put_bytes(self, action_id: bytes, data: bytes, *, verify: bool = True) -> bytes:
        """Store bytes as an action's output; returns the output's ID. A failing cache is warned of once."""
        output_id = hashlib.sha256(data).digest()
        self._put(action_id, output_id, len(data), "", data, verify)
        return output_id

    def put_file(self, action_id: bytes, path: str, *, verify: bool = True) -> tuple[bytes, int]:
        """Store the content of a file as an action's output; returns the output's ID and size in bytes.

        Raises OSError when path cannot be read, ContentChanged when it changes meanwhile. A cache that cannot
        take it is warned of once (see has_output).
        """
        return self._put_path(action_id, path, "", verify)

    def put_executable(self, action_id: bytes, name: str, path: str) -> tuple[bytes, int]:
        """Store a program under the file name `name`, executable; returns output ID and size. Raises as put_file."""
        return self._put_path(action_id, path, name, True)

    def _put_path(self, action_id: bytes, path: str, name: str, verify: bool) -> tuple[bytes, int]:
        with open(path, "rb") as source:
            content: bytes | Callable[[BinaryIO], None]
            size = os.fstat(source.fileno()).st_size
            if size <= _IN_MEMORY:
                content = source.read()
                size = len(content)
                output_id = hashlib.sha256(content).digest()
            else:
                output_id, size = hash_fd(source.fileno())
                source.seek(0)
                content = _copier(source, path, output_id)
            self._put(action_id, output_id, size, name, content, verify)
        return output_id, size

    def _put(
        self,
        action_id: bytes,
        output_id: bytes,
        size: int,
        name: str,
        content: bytes | Callable[[BinaryIO], None],
        verify: bool,
    ) -> None:
        """Output first, entry after. name: of an executable, else "". Trouble is warned of once, else ignored."""
        slot = self.file_name(output_id, "d")
        try:
            if not self._present(slot, name, output_id, size):
                if name:
                    info = self._publish_executable(slot, name, content)
                else:
                    if os.path.isdir(slot):  # an executable that is not whole: a rename cannot replace it
                        self.bad.set_aside(slot)
                    info = publish(slot, content, fsync=self.fsync)
                self.verified.written(output_id, info)
                self.bad.clear(slot)
            self._put_entry(action_id, Entry(output_id, size, time.time_ns()), verify)
        except (OSError, ContentChanged) as exc:
            self._failed_put(exc, slot)

    def _publish_executable(self, slot: str, name: str, content: bytes | Callable[[BinaryIO], None]) -> os.stat_result:
        """Make the directory with its one file aside and rename it as a whole: go takes two files for damage."""
        aside = temp_name(slot)
        try:
            os.mkdir(aside)
            info = publish(os.path.join(aside, name), content, 0o777, fsync=self.fsync)
            if os.path.lexists(slot):
                self.bad.set_aside(slot)
            os.rename(aside, slot)
        except BaseException:
            remove_entry(aside, True)
            raise
        return info

    def _present(self, slot: str, name: str, output_id: bytes, size: int) -> bool:
        """Whether the cache already holds these very bytes; refreshes their times if so.

        A directory with an executable will do for a plain output (both commands look inside), not the reverse.
        """
        path = slot
        try:
            info = os.stat(slot)
            is_dir = stat.S_ISDIR(info.st_mode)
            if is_dir:
                path = _inner_file(slot) or ""
                if not path or (name and os.path.basename(path) != name):
                    return False
                info = os.stat(path)
        except OSError:
            return False
        if info.st_size != size or slot in self.bad or (name and not (is_dir and _is_executable(info))):
            return False
        if not self.verified.holds(output_id, info) and not self._hashes(slot, path, output_id):
            return False
        if is_dir:
            touch(slot, self.clock())
        elif self.clock() - info.st_mtime >= MTIME_INTERVAL:
            self._refresh(path, info, output_id)
        return True

    def _put_entry(self, action_id: bytes, entry: Entry, verify: bool) -> None:
        if verify and self.debug is not None and self.debug.verify:
            self.debug.compare(action_id, entry, self._entry(action_id))
        path = self.file_name(action_id, "a")
        publish(path, encode_entry(action_id, entry), fsync=self.fsync)
        self.bad.clear(path)

    def _failed_put(self, exc: Exception, path: str) -> None:
        text = path_error("write", exc.filename or path, exc) if isinstance(exc, OSError) else str(exc)
        self.bad.warn_once("put", f"cannot write to the build cache: {text}; going on without")

    # --- the end ---

    def close(self) -> None:
        """Trim if that is due, then save the record of verified outputs. Raises nothing."""
        if trim(self.directory, self.clock()):
            self.verified.save(lambda output_id: os.path.exists(self.file_name(output_id, "d")))
        else:
            self.verified.save()


def _inner_file(slot: str) -> str | None:
    """The one file in an executable's directory; None if there is none or more than one."""
    try:
        names = [name for name in os.listdir(slot) if not name.endswith(".tmp")]
    except OSError:
        return None
    return os.path.join(slot, names[0]) if len(names) == 1 else None


def _is_executable(info: os.stat_result) -> bool:
    return os.name == "nt" or bool(info.st_mode & 0o100)


def _copier(source: BinaryIO, path: str, output_id: bytes) -> Callable[[BinaryIO], None]:
    """A function that copies source to a file and raises ContentChanged if the bytes are not output_id's."""

    def copy(target: BinaryIO) -> None:
        sha = hashlib.sha256()
        while piece := source.read(_PIECE):
            sha.update(piece)
            target.write(piece)
        if sha.digest() != output_id:
            raise ContentChanged(f"{path}: file content changed underfoot")

    return copy
