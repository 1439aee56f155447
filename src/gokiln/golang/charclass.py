"""Characters of Go's regular expressions, as they are written: escapes, and classes as ranges of code points.

A table is a string of pairs: the first and the last character of each range.
Source: regexp/syntax (perl_groups.go, parse.go), unicode, go1.26.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    Ranges = list[tuple[int, int]]

MAX_RUNE = 0x10FFFF
POSIX = {
    "alnum": "09AZaz",
    "alpha": "AZaz",
    "ascii": "\x00\x7f",
    "blank": "\t\t  ",
    "cntrl": "\x00\x1f\x7f\x7f",
    "digit": "09",
    "graph": "!~",
    "lower": "az",
    "print": " ~",
    "punct": "!/:@[`{~",
    "space": "\t\r  ",
    "upper": "AZ",
    "word": "09AZaz__",
    "xdigit": "09AFaf",
}
PERL = {"d": "09", "s": "\t\n\f\r  ", "w": "09AZaz__"}

_CONTROLS = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class RegexpError(ValueError):
    """A pattern that does not compile; the text is regexp.Compile's."""

    def __init__(self, problem: str, expression: str) -> None:
        super().__init__(f"error parsing regexp: {problem}: `{expression}`")


class PatternReader:
    """Reads a pattern from its start. whole: the pattern; at: the place of the next character."""

    def __init__(self, pattern: str) -> None:
        self.whole = pattern
        self.at = 0

    def rest(self) -> str:
        """What has not been read."""
        return self.whole[self.at :]

    def fail(self, problem: str, begin: int, end: int | None = None) -> RegexpError:
        """The error that shows the pattern from begin to end, or as far as it was read."""
        return RegexpError(problem, self.whole[begin : self.at if end is None else end])

    def rune(self) -> str:
        """The next character. Raises RegexpError for a byte that is not UTF-8."""
        c = self.whole[self.at : self.at + 1]
        if "\udc80" <= c <= "\udcff":
            raise RegexpError("invalid UTF-8", self.rest())
        self.at += len(c)
        return c

    def check_utf8(self, text: str) -> None:
        """Raise RegexpError for a byte that is not UTF-8."""
        for at, c in enumerate(text):
            if "\udc80" <= c <= "\udcff":
                raise RegexpError("invalid UTF-8", text[at:])

    def class_escape(self) -> Ranges | None:
        """\\d and its like, \\p{L} and its like; None for another escape."""
        two = self.whole[self.at : self.at + 2]
        if two[:1] != "\\":
            return None
        if two[1:] in ("p", "P"):
            return self.unicode_class()
        table = PERL.get(two[1:].lower())
        if not two[1:] or table is None:
            return None
        self.at += 2
        ranges = pairs(table)
        return negated(ranges) if two[1].isupper() else ranges

    def unicode_class(self) -> Ranges:
        """\\p{L}, \\pL, \\P{^L}. Raises RegexpError for a class that is not known."""
        begin, negative = self.at, self.whole[self.at + 1] == "P"
        self.at += 2
        name = self.rune()
        if name == "{":
            end = self.whole.find("}", self.at)
            if end < 0:
                self.check_utf8(self.whole[begin:])
                raise self.fail("invalid character class range", begin, len(self.whole))
            name = self.whole[self.at : end]
            self.check_utf8(name)
            self.at = end + 1
        if name.startswith("^"):
            negative, name = not negative, name[1:]
        ranges = category(name)
        if ranges is None:
            raise self.fail("invalid character class range", begin)
        return negated(ranges) if negative else ranges

    def escape(self) -> int:
        """The character that an escape sequence stands for."""
        begin = self.at
        self.at += 1
        if self.at == len(self.whole):
            raise RegexpError("trailing backslash at end of expression", "")
        c = self.rune()
        code = -1
        if c in _CONTROLS:
            code = _CONTROLS[c]
        elif c in "01234567" and (c == "0" or self.whole[self.at : self.at + 1] in tuple("01234567")):
            digits = c
            while len(digits) < 3 and self.whole[self.at : self.at + 1] in tuple("01234567"):
                digits += self.rune()
            code = int(digits, 8)
        elif c == "x":
            code = self.hexadecimal()
        elif c < "\x80" and c not in ALNUM:
            code = ord(c)
        if code < 0:
            raise self.fail("invalid escape sequence", begin)
        return code

    def hexadecimal(self) -> int:
        """What follows \\x; -1 when it is no number, with the character read that is to blame."""
        if self.rest()[:1] != "{":
            digits = ""
            while len(digits) < 2 and self.at < len(self.whole):
                digits += self.rune()
            return int(digits, 16) if re.fullmatch("[0-9A-Fa-f]{2}", digits) else -1
        self.at += 1
        code, digits = 0, ""
        while self.at < len(self.whole):
            c = self.rune()
            if c == "}":
                return code if digits else -1
            if c not in "0123456789abcdefABCDEF":
                return -1
            digits += c
            code = code * 16 + int(c, 16)
            if code > MAX_RUNE:
                return -1
        return -1

    def named_class(self) -> Ranges | None:
        """[:alpha:], [:^alpha:]; None when there is none here."""
        rest = self.rest()
        end = rest.find(":]", 2) if rest.startswith("[:") else -1
        if end < 0:
            return None
        name = rest[2:end]
        begin = self.at
        self.at += end + 2
        table = POSIX.get(name.removeprefix("^"))
        if table is None:
            raise self.fail("invalid character class range", begin)
        return negated(pairs(table)) if name.startswith("^") else pairs(table)


def pairs(table: str) -> Ranges:
    """The ranges of a table of first and last characters."""
    return [(ord(low), ord(high)) for low, high in zip(table[::2], table[1::2])]


def negated(ranges: Ranges) -> Ranges:
    """All characters outside of the ranges."""
    found, after = [], 0
    for low, high in sorted(ranges):
        if low > after:
            found.append((after, low - 1))
        after = max(after, high + 1)
    return [*found, (after, MAX_RUNE)] if after <= MAX_RUNE else found


def category(name: str) -> Ranges | None:
    """A general category of Unicode (L, Lu), or Any; None for what is neither, or a script."""
    import unicodedata

    if name == "Any":
        return [(0, MAX_RUNE)]
    if not re.fullmatch(r"C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?", name):
        return None
    found: Ranges = []
    for code in range(MAX_RUNE + 1):
        category = unicodedata.category(chr(code))
        if category.startswith(name) and category != "Cn":
            if found and found[-1][1] == code - 1:
                found[-1] = (found[-1][0], code)
            else:
                found.append((code, code))
    return found
