"""Pseudo-versions: names for commits without a tag, placed in version order.

Forms: `vX.0.0-yyyymmddhhmmss-rev` (no older tag), `vX.Y.(Z+1)-0.yyyymmddhhmmss-rev` (after release vX.Y.Z),
`vX.Y.Z-pre.0.yyyymmddhhmmss-rev` (after a prerelease); the last two may end in `+incompatible`.
Times are whole seconds since the Unix epoch, UTC.

Source: golang.org/x/mod/module/pseudo.go, go1.26.
"""

from __future__ import annotations

import re
import time

from gokiln.errors import GokilnError
from gokiln.golang import semver
from gokiln.golang.gover import dec_int
from gokiln.golang.modpath import InvalidVersionError, quoted

_PSEUDO = re.compile(
    r"v[0-9]+\.(0\.0-|[0-9]+\.[0-9]+-([^+]*\.)?0\.)[0-9]{14}-[A-Za-z0-9]+(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?"
)
ZERO_TIME = -62135596800  # time.Time{}: January 1 of year 1
ZERO_REV = "000000000000"
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def timestamp(seconds: int) -> str:
    """yyyymmddhhmmss of a Unix time, UTC."""
    t = time.gmtime(seconds)
    return f"{t[0]:04d}{t[1]:02d}{t[2]:02d}{t[3]:02d}{t[4]:02d}{t[5]:02d}"


def pseudo_version(major: str, older: str, seconds: int, rev: str) -> str:
    """The pseudo-version of commit rev.

    major: "v1" ("" means "v0"). older: the tag before it, "" for none. seconds: commit time.
    """
    segment = f"{timestamp(seconds)}-{rev}"
    build = semver.build(older)
    older = semver.canonical(older)
    if not older:
        return f"{major or 'v0'}.0.0-{segment}"
    if semver.prerelease(older):
        return f"{older}.0.{segment}{build}"
    head, patch = older.rsplit(".", 1)
    return f"{head}.{_inc_decimal(patch)}-0.{segment}{build}"


def zero_pseudo_version(major: str) -> str:
    """A placeholder with zero time and revision."""
    return pseudo_version(major, "", ZERO_TIME, ZERO_REV)


def _inc_decimal(decimal: str) -> str:
    digits = decimal.rstrip("9")
    zeros = "0" * (len(decimal) - len(digits))
    if not digits:
        return "1" + zeros
    return digits[:-1] + str(int(digits[-1]) + 1) + zeros


def is_pseudo_version(v: str) -> bool:
    """Whether v is a pseudo-version."""
    return v.count("-") >= 2 and semver.is_valid(v) and _PSEUDO.fullmatch(v) is not None


def is_zero_pseudo_version(v: str) -> bool:
    """Whether v is what zero_pseudo_version makes."""
    return v == zero_pseudo_version(semver.major(v))


def pseudo_version_time(v: str) -> int:
    """Unix time in v. Raises InvalidVersionError when v is no pseudo-version or its time is impossible."""
    stamp = _parse(v)[1]
    seconds = _unix_time(stamp)
    if seconds is None:
        raise InvalidVersionError(v, GokilnError(f"malformed time {quoted(stamp)}"), pseudo=True)
    return seconds


def _unix_time(stamp: str) -> int | None:
    year, month, day = int(stamp[:4]), int(stamp[4:6]), int(stamp[6:8])
    hour, minute, second = int(stamp[8:10]), int(stamp[10:12]), int(stamp[12:14])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= month <= 12 or hour > 23 or minute > 59 or second > 59:
        return None
    if not 1 <= day <= _MONTH_DAYS[month - 1] or (month == 2 and day == 29 and not leap):
        return None
    y = year - (month <= 2)  # years start in March, so a leap day is the last of its year
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    days = y * 365 + y // 4 - y // 100 + y // 400 + day_of_year - 719468
    return ((days * 24 + hour) * 60 + minute) * 60 + second


def pseudo_version_rev(v: str) -> str:
    """The revision in v. Raises InvalidVersionError when v is no pseudo-version."""
    return _parse(v)[2]


def pseudo_version_base(v: str) -> str:
    """The tagged version v is based on, "" when there is none.

    Raises InvalidVersionError when v is no pseudo-version, or one that names an impossible base.
    """
    base, _, _, build = _parse(v)
    pre = semver.prerelease(base)
    if pre == "":
        if build:
            raise InvalidVersionError(
                v, GokilnError(f"lacks base version, but has build metadata {quoted(build)}"), pseudo=True
            )
        return ""
    if pre == "-0":
        base = base.removesuffix(pre)
        head, patch = base.rsplit(".", 1)
        patch = dec_int(patch)
        if not patch:
            raise InvalidVersionError(
                v, GokilnError(f"version before {base} would have negative patch number"), pseudo=True
            )
        return f"{head}.{patch}{build}"
    return base.removesuffix(".0") + build


def _parse(v: str) -> tuple[str, str, str, str]:
    """(base, timestamp, rev, build) of v."""
    if not is_pseudo_version(v):
        raise InvalidVersionError(v, GokilnError("syntax error"), pseudo=True)
    build = semver.build(v)
    v = v.removesuffix(build)
    v, _, rev = v.rpartition("-")
    dash, dot = v.rfind("-"), v.rfind(".")
    cut = dot if dot > dash else dash
    return v[:cut], v[cut + 1 :], rev, build
