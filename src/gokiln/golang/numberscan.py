"""Number literals of Go, with go/scanner's complaints.

Source: go/scanner/scanner.go (scanNumber, digits, invalidSep), go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import quote_rune
from gokiln.golang.characters import Characters, digit_value

_RADIX = {"x": 16, "o": 8, "b": 2}
_RADIX_NAMES = {"x": "hexadecimal", "o": "octal", "0": "octal", "b": "binary"}


class NumberScanner:
    """One number: scan() steps over it and gives INT, FLOAT or IMAG."""

    __slots__ = ("digit_seen", "invalid", "prefix", "s", "separator_seen", "start")

    def __init__(self, characters: Characters) -> None:
        self.s = characters
        self.start = characters.offset
        self.prefix = ""  # "", "0" (old octal), "x", "o" or "b"
        self.digit_seen = False
        self.separator_seen = False
        self.invalid = -1  # offset of the first digit too big for the base

    def lower(self) -> str:
        return chr(self.s.ch | 0x20) if self.s.ch >= 0 else ""

    def name(self) -> str:
        return _RADIX_NAMES.get(self.prefix, "decimal") + " literal"

    def digits(self, base: int, check: bool) -> bool:
        """Step over digits and underscores; whether there was a digit."""
        s = self.s
        seen = False
        while s.ch == 0x5F or digit_value(s.ch) < (10 if base <= 10 else 16):
            if s.ch == 0x5F:
                self.separator_seen = True
            else:
                seen = True
                if check and base <= 10 and s.ch >= 0x30 + base and self.invalid < 0:
                    self.invalid = s.offset
            s.next()
        return seen

    def scan(self) -> str:
        """Step over the number that begins here; its token."""
        s = self.s
        token = ""
        base = 10
        if s.ch != 0x2E:
            token = "INT"
            if s.ch == 0x30:
                s.next()
                letter = self.lower()
                if letter in ("x", "o", "b"):
                    s.next()
                    base, self.prefix = _RADIX[letter], letter
                else:
                    base, self.prefix = 8, "0"
                    self.digit_seen = True
            self.digit_seen |= self.digits(base, True)
        if s.ch == 0x2E:
            token = "FLOAT"
            if self.prefix in ("o", "b"):
                s.error(s.offset, f"invalid radix point in {self.name()}")
            s.next()
            self.digit_seen |= self.digits(base, True)
        if not self.digit_seen:
            s.error(s.offset, f"{self.name()} has no digits")
        token = self.exponent(token)
        if s.ch == 0x69:
            token = "IMAG"
            s.next()
        self.check(token)
        return token

    def exponent(self, token: str) -> str:
        s = self.s
        letter = self.lower()
        if letter in ("e", "p") and letter:
            if letter == "e" and self.prefix not in ("", "0"):
                s.error(s.offset, f"{quote_rune(s.ch)} exponent requires decimal mantissa")
            elif letter == "p" and self.prefix != "x":
                s.error(s.offset, f"{quote_rune(s.ch)} exponent requires hexadecimal mantissa")
            s.next()
            if s.ch in (0x2B, 0x2D):
                s.next()
            if not self.digits(10, False):
                s.error(s.offset, "exponent has no digits")
            return "FLOAT"
        if self.prefix == "x" and token == "FLOAT":
            s.error(s.offset, "hexadecimal mantissa requires a 'p' exponent")
        return token

    def check(self, token: str) -> None:
        s = self.s
        text = s.src[self.start : s.offset]
        if token == "INT" and self.invalid >= 0:
            s.error(self.invalid, f"invalid digit {quote_rune(s.src[self.invalid])} in {self.name()}")
        if self.separator_seen:
            at = _invalid_separator(text.decode("ascii"))
            if at >= 0:
                s.error(self.start + at, "'_' must separate successive digits")


def _invalid_separator(text: str) -> int:
    """Where an underscore stands that does not part two digits, or -1."""
    radix = " "
    before = "."
    at = 0
    if len(text) >= 2 and text[0] == "0" and text[1].lower() in "xob":
        radix = text[1].lower()
        before = "0"
        at = 2
    for i in range(at, len(text)):
        char = text[i]
        if char == "_":
            if before != "0":
                return i
            before = "_"
        elif char.isdecimal() or (radix == "x" and char.lower() in "abcdef"):
            before = "0"
        else:
            if before == "_":
                return i - 1
            before = "."
    return len(text) - 1 if before == "_" else -1
