"""What is said of one revision of a module: the JSON of .info files, of @latest and of proxies.

    {"Version":"v1.2.3","Time":"2020-01-02T03:04:05Z","Origin":{"VCS":"git",...}}

Names match without regard to case, unknown ones are ignored, as encoding/json does. A build reads one .info file
per module that gives packages; the usual shape is therefore taken apart without the json module.

Source: cmd/go/internal/modfetch/repo.go (RevInfo, Versions), codehost/codehost.go (Origin), go1.26.
"""

from __future__ import annotations

from gokiln.base.gojson import encode
from gokiln.base.jsonread import kind, load
from gokiln.golang.pseudo import is_pseudo_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Origin = dict[str, Any]

ORIGIN_FIELDS = ("VCS", "URL", "Subdir", "Hash", "TagPrefix", "TagSum", "Ref", "RepoSum")
_MONTH_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
ZERO_TIME = "0001-01-01T00:00:00Z"


class RevInfo:
    """One revision. version: as it should be called; time: RFC 3339 text as Go prints it; origin: by field name."""

    __slots__ = ("name", "origin", "short", "time", "version")

    def __init__(self, version: str = "", time: str = ZERO_TIME, origin: Origin | None = None) -> None:
        self.version = version
        self.time = time
        self.origin = origin
        self.name = ""
        self.short = ""

    def copy(self) -> RevInfo:
        """One that the caller may change."""
        other = RevInfo(self.version, self.time, None if self.origin is None else dict(self.origin))
        other.name, other.short = self.name, self.short
        return other

    def seconds(self) -> int:
        """The time as Unix time, fractions dropped."""
        return rfc3339_seconds(self.time)


def merge_origin(m1: Origin | None, m2: Origin | None) -> Origin | None:
    """The union of two origins; None when one is missing or they disagree."""
    if m1 is None or m2 is None:
        return None
    if any(m1.get(k) != m2.get(k) for k in ("VCS", "URL", "Subdir")):
        return None
    merged = dict(m1)
    for key, beside in (("Hash", ""), ("TagSum", "TagPrefix"), ("RepoSum", ""), ("Ref", "")):
        if not m2.get(key):
            continue
        if m1.get(key) and (m1[key] != m2[key] or (beside and m1.get(beside) != m2.get(beside))):
            return None
        merged[key] = m2[key]
        if beside and m2.get(beside):
            merged[beside] = m2[beside]
    return in_order(merged)


def in_order(origin: Origin) -> Origin:
    """The fields that are set, in the order in which JSON has them."""
    return {name: origin[name] for name in ORIGIN_FIELDS if origin.get(name)}


class Versions:
    """The known versions of a module, in semver order, and where the list came from."""

    __slots__ = ("list", "origin")

    def __init__(self, list: list[str], origin: Origin | None = None) -> None:
        self.list = list
        self.origin = origin


def encode_info(info: RevInfo) -> bytes:
    """info as json.Marshal writes it."""
    value: dict[str, Any] = {"Version": info.version, "Time": info.time}
    if info.origin is not None:
        value["Origin"] = in_order(info.origin)
    return encode(value, "").encode("utf-8", "surrogateescape")


def for_disk(info: RevInfo) -> RevInfo:
    """info without what does not matter to someone who asks for its very version (writeDiskStat)."""
    if info.origin is None:
        return info
    dropped = {"TagSum", "TagPrefix", "RepoSum"}
    if is_pseudo_version(info.version):
        dropped.add("Ref")
    return RevInfo(info.version, info.time, {k: v for k, v in info.origin.items() if k not in dropped})


def decode_info(data: bytes) -> RevInfo:
    """The RevInfo of a JSON text. Raises ValueError whose text is encoding/json's (as far as we have it)."""
    quick = _decode_plain(data)
    if quick is not None:
        return quick
    value = load(data)
    if not isinstance(value, dict):
        if value is None:
            return RevInfo()
        raise ValueError(f"json: cannot unmarshal {kind(value)} into Go value of type modfetch.RevInfo")
    info = RevInfo()
    for key, item in value.items():
        folded = key.lower()
        if item is None:
            continue
        if folded == "version":
            info.version = _string(item, "RevInfo.Version")
        elif folded == "time":
            info.time = normal_time(item)
        elif folded == "origin":
            info.origin = decode_origin(item)
    return info


def _decode_plain(data: bytes) -> RevInfo | None:
    """The two fields of the shape that go itself writes without an origin, or None when it is another shape."""
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        return None
    parts = text.split('"')
    if len(parts) != 9 or "\\" in text:
        return None
    if parts[0::2] != ["{", ":", ",", ":", "}"] or parts[1] != "Version" or parts[5] != "Time":
        return None
    time = parts[7]
    if len(time) != 20 or time[10] != "T" or time[19] != "Z" or not time[:4].isdigit():
        return None
    try:
        rfc3339_seconds(time)
    except ValueError:
        return None
    return RevInfo(parts[3], time)


def decode_origin(value: object) -> Origin:
    """An Origin object by field name, empty fields left out. Raises ValueError."""
    if not isinstance(value, dict):
        raise ValueError(
            f"json: cannot unmarshal {kind(value)} into Go struct field RevInfo.Origin of type codehost.Origin"
        )
    by_lower = {name.lower(): name for name in ORIGIN_FIELDS}
    found: dict[str, str] = {}
    for key, item in value.items():
        name = by_lower.get(key.lower())
        if name and item is not None:
            found[name] = _string(item, "Origin." + name)
    return in_order(found)


def _string(value: object, field: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"json: cannot unmarshal {kind(value)} into Go struct field {field} of type string")
    return value


def normal_time(value: object) -> str:
    """An RFC 3339 time as Go writes it back: fraction without trailing zeros, "Z" for UTC. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("Time.UnmarshalJSON: input is not a JSON string")
    rfc3339_seconds(value)
    main, rest = value[:19], value[19:]
    fraction = ""
    if rest[:1] in (".", ","):
        end = 1
        while end < len(rest) and rest[end].isdigit():
            end += 1
        fraction = rest[1:end][:9].rstrip("0")
        rest = rest[end:]
    zone = "Z" if rest in ("Z", "+00:00", "-00:00") else rest
    return main + ("." + fraction if fraction else "") + zone


def rfc3339_seconds(text: str) -> int:
    """Unix time of an RFC 3339 text. Raises ValueError for anything else."""
    import re

    match = re.fullmatch(
        r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|([+-])(\d\d):(\d\d))", text, re.ASCII
    )
    if match is None:
        raise ValueError(f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse')
    year, month, day, hour, minute, second = (int(match[i]) for i in range(1, 7))
    zone_hour, zone_minute = int(match[8] or 0), int(match[9] or 0)
    in_range = 1 <= month <= 12 and hour < 24 and minute < 60 and second < 60 and zone_hour < 24 and zone_minute < 60
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not in_range or not 1 <= day <= (29 if month == 2 and leap else _MONTH_DAYS[month]):
        raise ValueError(f'parsing time "{text}": value out of range')
    y = year - (month <= 2)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    days = y * 365 + y // 4 - y // 100 + y // 400 + day_of_year - 719468
    total = ((days * 24 + hour) * 60 + minute) * 60 + second
    offset = (zone_hour * 60 + zone_minute) * 60
    return total + offset if match[7] == "-" else total - offset


def utc_time(text: str) -> str:
    """An RFC 3339 time in UTC, as Go prints it (fraction without trailing zeros, "Z"). Raises ValueError."""
    from time import gmtime

    normal = normal_time(text)
    t = gmtime(rfc3339_seconds(text))
    fraction = ""
    if normal[19:20] == ".":
        end = 20
        while end < len(normal) and normal[end].isdigit():
            end += 1
        fraction = normal[19:end]
    return f"{t[0]:04d}-{t[1]:02d}-{t[2]:02d}T{t[3]:02d}:{t[4]:02d}:{t[5]:02d}{fraction}Z"
