"""time.Time.Format: Go's layouts, in which 2006-01-02 15:04:05 stands for the parts of a time.

What templates of `list -m -f` do with the time of a module version.
Source: time/format.go, go1.26.
"""

from __future__ import annotations

import re

_MONTHS = ("January February March April May June July August September October November December").split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
# The parts of a layout, longest first where one begins another.
_PARTS = (
    r"January|Jan|Monday|Mon|MST|2006|01|02|002|03|04|05|06|__2|_2006|_2|15|PM|pm|"
    r"Z070000|Z07:00:00|Z0700|Z07:00|Z07|-070000|-07:00:00|-0700|-07:00|-07|"
    r"[.,]0+(?![0-9])|[.,]9+(?![0-9])|1|2|3|4|5"
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime


class Stamp:
    """A time: the clock of its own zone (`at`, without a fraction), nanoseconds, minutes east of UTC."""

    __slots__ = ("at", "nanoseconds", "offset")

    def __init__(self, text: str) -> None:
        """text: RFC 3339. Raises ValueError."""
        from datetime import datetime

        m = re.fullmatch(r"(\d+-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|([+-])(\d\d):(\d\d))", text)
        if m is None:
            raise ValueError(f"not a time: {text}")
        self.at: datetime = datetime.strptime(m[1], "%Y-%m-%dT%H:%M:%S")
        minutes = int(m[5]) * 60 + int(m[6]) if m[4] else 0
        self.offset = -minutes if m[4] == "-" else minutes
        self.nanoseconds = int(((m[2] or ".")[1:] + "000000000")[:9])

    def unix(self) -> int:
        """Seconds since 1970."""
        from calendar import timegm

        return timegm(self.at.timetuple()) - self.offset * 60

    def zone(self, colon: str = "") -> str:
        """The zone as -0700."""
        hours, minutes = divmod(abs(self.offset), 60)
        return f"{'-' if self.offset < 0 else '+'}{hours:02d}{colon}{minutes:02d}"


def format_time(text: str, layout: str) -> str:
    """The time of an RFC 3339 stamp under a layout. Raises ValueError for a stamp that is none."""
    stamp = Stamp(text)
    return re.sub(_PARTS, lambda m: _part(stamp, m[0]), layout)


def _part(stamp: Stamp, part: str) -> str:
    at = stamp.at
    hour = at.hour % 12 or 12
    month, day = _MONTHS[at.month - 1], _DAYS[at.weekday()]
    texts = {
        "January": month,
        "Jan": month[:3],
        "Monday": day,
        "Mon": day[:3],
        "MST": stamp.zone() if stamp.offset else "UTC",
        "2006": f"{at.year:04d}",
        "_2006": f"_{at.year:04d}",
        "06": f"{at.year % 100:02d}",
        "01": f"{at.month:02d}",
        "1": str(at.month),
        "02": f"{at.day:02d}",
        "_2": f"{at.day:2d}",
        "2": str(at.day),
        "002": f"{at.timetuple().tm_yday:03d}",
        "__2": f"{at.timetuple().tm_yday:3d}",
        "15": f"{at.hour:02d}",
        "03": f"{hour:02d}",
        "3": str(hour),
        "04": f"{at.minute:02d}",
        "4": str(at.minute),
        "05": f"{at.second:02d}",
        "5": str(at.second),
        "PM": "PM" if at.hour >= 12 else "AM",
        "pm": "pm" if at.hour >= 12 else "am",
    }
    known = texts.get(part)
    if known is not None:
        return known
    if part[0] == "Z" and not stamp.offset:
        return "Z"
    if part[0] in "Z-":
        return _zone(stamp, part[1:])
    digits = f"{stamp.nanoseconds:09d}"[: len(part) - 1]
    if part[1] == "9":
        digits = digits.rstrip("0")
        return part[0] + digits if digits else ""
    return part[0] + digits


def _zone(stamp: Stamp, part: str) -> str:
    text = stamp.zone(":" if ":" in part else "")
    if part == "07":
        return text[:3]
    seconds = {"070000": "00", "07:00:00": ":00"}
    return text + seconds.get(part, "")
