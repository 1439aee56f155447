"""Which cache outputs were found whole, so that they need not be hashed again.

Every byte that comes out of the cache is hashed before it is used. What the hash proved is remembered
here by the file's stat signature (device, inode, size, mtime, ctime; the times in nanoseconds): while
that is unchanged, so are the bytes, because every write moves the ctime and nothing can set it.

Three things can break that reasoning, and each has a rule:

- *Same tick*: a write in the clock tick of the check leaves the ctime as it is. A file whose ctime is
  younger than the check (less the tick) is used but not recorded ("racy", after git).
- *A crash of the machine*: after power loss a file can have its old stat and zeros for bytes. The record
  file holds the boot it was made in; after another boot, files that were younger than DIRTY_SECONDS when
  the record was saved are not trusted: they may never have reached the disk.
- *Damage to the record itself*: the file ends in the SHA-256 of everything before; if that or the shape is
  wrong, nothing in it is trusted. Losing it costs one hash per output.

File (`verified-<12 hex of the cache directory's path>` in gokiln's own directory), version 1, little-endian:

    16 bytes  "gokiln-verified1"
    16 bytes  boot ID (zeros: unknown)
     8 bytes  when saved, Unix nanoseconds
    then per output 72 bytes: output ID (32), then device, inode, size, mtime, ctime (8 each, modulo 2**64)
    32 bytes  SHA-256 of all before

It is read whole at the start and, if something was learnt, written whole at the end by an atomic rename,
merged with what other processes saved meanwhile.
"""

from __future__ import annotations

import hashlib
import os
import struct
import time

from gokiln.base.publish import publish

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

MAGIC = b"gokiln-verified1"
_HEAD = struct.Struct("<16s16sq")
_SIGNATURE = struct.Struct("<5Q")
_ID_SIZE = 32
_RECORD_SIZE = _ID_SIZE + _SIGNATURE.size
_SUM_SIZE = 32
_MASK = (1 << 64) - 1

FINE_TICK_NS = 20_000_000  # two ticks of the slowest kernel clock in use (100 Hz)
COARSE_TICK_NS = 2_000_000_000  # FAT and file systems with whole seconds
DIRTY_SECONDS = 120  # longest time a written page stays off the disk under default kernel settings, fourfold


def signature(info: os.stat_result) -> bytes:
    """The 40 bytes that stand for a file's state."""
    return _SIGNATURE.pack(
        info.st_dev & _MASK,
        info.st_ino & _MASK,
        info.st_size & _MASK,
        info.st_mtime_ns & _MASK,
        info.st_ctime_ns & _MASK,
    )


def tick_ns(stamp_ns: int) -> int:
    """How far apart two writes must be for this file's clock to tell them apart: round stamps mean a coarse one."""
    return COARSE_TICK_NS if stamp_ns % 1_000_000 == 0 else FINE_TICK_NS


def is_racy(info: os.stat_result, checked_ns: int) -> bool:
    """Whether a write after `checked_ns` (Unix ns, when reading began) could leave this signature unchanged."""
    return info.st_ctime_ns + tick_ns(info.st_ctime_ns) > checked_ns


def boot_id() -> bytes:
    """16 bytes that change with every start of the machine; zeros where the system does not tell."""
    try:
        with open("/proc/sys/kernel/random/boot_id", "rb") as file:
            return bytes.fromhex(file.read(64).decode("ascii").strip().replace("-", ""))[:16].ljust(16, b"\0")
    except (OSError, ValueError):
        return bytes(16)


def record_path(directory: str, cache_dir: str) -> str:
    """Where in gokiln's own directory the record of a build cache stands."""
    tag = hashlib.sha256(os.fsencode(os.path.abspath(cache_dir))).hexdigest()[:12]
    return os.path.join(directory, f"verified-{tag}")


class VerifiedOutputs:
    """The record in memory. Safe to use from several threads.

    path: the record's file, or "" to keep it for this process only. boot: boot_id(). clock: time.time_ns.
    """

    def __init__(self, path: str, boot: bytes | None = None, clock: Callable[[], int] = time.time_ns) -> None:
        self.path = path
        self.boot = boot_id() if boot is None else boot
        self.clock = clock
        self._known = _load(path, self.boot)
        self._fresh: dict[bytes, bytes] = {}  # learnt by this process
        self._gone: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._known)

    def holds(self, output_id: bytes, info: os.stat_result) -> bool:
        """Whether the file with this stat was found to have the bytes of output_id, and is unchanged since."""
        known = self._known.get(output_id)
        return known is not None and known == signature(info)

    def checked(self, output_id: bytes, info: os.stat_result, began_ns: int) -> None:
        """The file was read from its start at began_ns (Unix ns) and hashed to output_id.

        info: its stat before the read (which must equal the stat after it). Racy files are not recorded.
        """
        if not is_racy(info, began_ns):
            self._learn(output_id, info)

    def written(self, output_id: bytes, info: os.stat_result) -> None:
        """This process has just published the file: info is its stat after the rename.

        Recorded although it is young: the bytes are the ones that were hashed, and until the rename nobody
        else knew the file's name. Only a writer that reaches into the cache within one tick of the rename
        goes unseen.
        """
        self._learn(output_id, info)

    def touched(self, output_id: bytes, before: os.stat_result, after: os.stat_result) -> None:
        """This process refreshed the file's times: carry the record over, if the file was known before."""
        if not self.holds(output_id, before):
            return
        if (before.st_dev, before.st_ino, before.st_size) == (after.st_dev, after.st_ino, after.st_size):
            self._learn(output_id, after)

    def forget(self, output_id: bytes) -> None:
        """The file is damaged or gone."""
        self._gone.add(output_id)
        self._fresh.pop(output_id, None)
        self._known.pop(output_id, None)

    def _learn(self, output_id: bytes, info: os.stat_result) -> None:
        self._known[output_id] = self._fresh[output_id] = signature(info)
        self._gone.discard(output_id)

    def save(self, still_there: Callable[[bytes], bool] | None = None) -> None:
        """Write the record if something was learnt. still_there: drop the outputs it denies (after a trim).

        Never raises OSError: where the directory cannot be written gokiln runs without a record.
        """
        if not self.path or not (self._fresh or self._gone or still_there):
            return
        merged = _load(self.path, self.boot)
        for output_id in self._gone:
            merged.pop(output_id, None)
        merged.update(self._fresh)
        if still_there is not None:
            merged = {key: value for key, value in merged.items() if still_there(key)}
        head = _HEAD.pack(MAGIC, self.boot, self.clock())
        body = head + b"".join([key + value for key, value in merged.items()])
        try:
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            publish(self.path, body + hashlib.sha256(body).digest())
        except OSError:
            return
        self._fresh.clear()
        self._gone.clear()


def _load(path: str, boot: bytes) -> dict[bytes, bytes]:
    """The trusted records of a file: output ID -> signature. Anything wrong with it: none."""
    if not path:
        return {}
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return {}
    end = len(data) - _SUM_SIZE
    if end < _HEAD.size or (end - _HEAD.size) % _RECORD_SIZE:
        return {}
    if hashlib.sha256(memoryview(data)[:end]).digest() != data[end:]:
        return {}
    magic, saved_boot, saved_ns = _HEAD.unpack_from(data)
    if magic != MAGIC:
        return {}
    records = {
        data[at : at + _ID_SIZE]: data[at + _ID_SIZE : at + _RECORD_SIZE] for at in range(_HEAD.size, end, _RECORD_SIZE)
    }
    if saved_boot != boot:
        limit = saved_ns - DIRTY_SECONDS * 1_000_000_000
        records = {key: value for key, value in records.items() if _SIGNATURE.unpack(value)[4] < limit}
    return records
