"""White space as Go's unicode.IsSpace has it, for text and bytes: Python's own set has four more (U+001C to U+001F)."""

from __future__ import annotations

SPACES = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
    "\u205f\u3000"
)
_ASCII_SPACES = b"\t\n\v\f\r "


def trim(text: str) -> str:
    """strings.TrimSpace."""
    return text.strip(SPACES)


def trim_bytes(data: bytes) -> bytes:
    """bytes.TrimSpace."""
    data = data.strip(_ASCII_SPACES)
    if data and (data[0] >= 0x80 or data[-1] >= 0x80):
        return data.decode("utf-8", "surrogateescape").strip(SPACES).encode("utf-8", "surrogateescape")
    return data


def fields(text: str) -> list[str]:
    """strings.Fields."""
    if text.isascii() and not any(c in text for c in "\x1c\x1d\x1e\x1f"):
        return text.split()
    out: list[str] = []
    start = -1
    for i, char in enumerate(text):
        if char in SPACES:
            if start >= 0:
                out.append(text[start:i])
                start = -1
        elif start < 0:
            start = i
    if start >= 0:
        out.append(text[start:])
    return out
