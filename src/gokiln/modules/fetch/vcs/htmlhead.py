"""The go-import meta tags of a web page, read as Go's lenient XML decoder reads it.

Pages are not XML; what matters is that the same tags are found as the go command finds, and none after the head.

Source: cmd/go/internal/vcs/discovery.go (parseMetaGoImports), encoding/xml (Decoder.rawToken with Strict = false),
go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import go_quote
from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_:.-") | frozenset(
    range(128, 256)
)
_VALUE_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_:-")
_SPACE = frozenset(b" \r\n\t")
_ENTITIES = {b"lt": "<", b"gt": ">", b"amp": "&", b"apos": "'", b"quot": '"'}


class MetaImport:
    """One tag: `<meta name="go-import" content="prefix vcs repo-root [subdir]">`."""

    __slots__ = ("prefix", "repo_root", "subdir", "vcs")

    def __init__(self, prefix: str, vcs: str, repo_root: str, subdir: str = "") -> None:
        self.prefix = prefix
        self.vcs = vcs
        self.repo_root = repo_root
        self.subdir = subdir

    def fields(self) -> tuple[str, str, str, str]:
        """For comparing."""
        return self.prefix, self.vcs, self.repo_root, self.subdir


class PageError(GokilnError):
    """A page without usable tags breaks off or does not parse."""


def parse_meta_imports(page: bytes) -> list[MetaImport]:
    """The tags, those of module proxies ("mod") first; tags that these replace are left out.

    Raises PageError when there are none and the page is broken.
    """
    found: list[MetaImport] = []
    try:
        for kind, name, attrs in _tokens(page):
            if (kind == "start" and name == "body") or (kind == "end" and name == "head"):
                break
            if kind != "start" or name != "meta" or _attr(attrs, "name") != "go-import":
                continue
            words = _attr(attrs, "content").split()
            if len(words) in (3, 4):
                found.append(MetaImport(*words))
    except PageError:
        if not found:
            raise
    mods = [m for m in found if m.vcs == "mod"]
    have = {m.prefix for m in mods}
    return mods + [m for m in found if m.vcs != "mod" and m.prefix not in have]


def _attr(attrs: list[tuple[str, str]], name: str) -> str:
    for key, value in attrs:
        if key == name:
            return value
    return ""


def _tokens(page: bytes) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """("start" or "end", lower-case name without its space, attributes likewise) of each tag. Raises PageError."""
    scan = _Scanner(page)
    while scan.at < len(page):
        if page[scan.at] != 0x3C:  # <
            scan.text(-1)
            continue
        scan.at += 1
        c = scan.byte()
        if c == 0x2F:  # /
            name = scan.name("expected element name after </")
            scan.space()
            if scan.byte() != 0x3E:
                raise scan.problem(f"invalid characters between </{name} and >")
            yield "end", name, []
        elif c == 0x3F:  # ?
            scan.instruction()
        elif c == 0x21:  # !
            scan.declaration()
        else:
            scan.at -= 1
            name = scan.name("expected element name after <")
            attrs, is_empty = scan.attributes()
            yield "start", name, attrs
            if is_empty:
                yield "end", name, []


class _Scanner:
    """A position in a page; the methods move it past what they read and raise PageError."""

    def __init__(self, page: bytes) -> None:
        self.page = page
        self.at = 0

    def problem(self, text: str) -> PageError:
        line = self.page.count(b"\n", 0, self.at) + 1
        return PageError(f"XML syntax error on line {line}: {text}")

    def byte(self) -> int:
        if self.at >= len(self.page):
            raise self.problem("unexpected EOF")
        self.at += 1
        return self.page[self.at - 1]

    def space(self) -> None:
        while self.at < len(self.page) and self.page[self.at] in _SPACE:
            self.at += 1

    def raw_name(self) -> bytes:
        start = self.at
        while self.at < len(self.page) and self.page[self.at] in _NAME_BYTES:
            self.at += 1
        if self.at >= len(self.page):
            raise self.problem("unexpected EOF")
        return self.page[start : self.at]

    def name(self, missing: str) -> str:
        """A name without its name space, in lower case."""
        raw = self.raw_name()
        if not raw or raw.count(b":") > 1:
            raise self.problem(missing)
        if raw[0] in b"0123456789.-":
            raise self.problem("invalid XML name: " + raw.decode("utf-8", "replace"))
        space, colon, local = raw.partition(b":")
        return (local if colon and space and local else raw).decode("utf-8", "replace").lower()

    def attributes(self) -> tuple[list[tuple[str, str]], bool]:
        """(attributes, whether the tag ends in />)."""
        found: list[tuple[str, str]] = []
        while True:
            self.space()
            c = self.byte()
            if c == 0x2F:
                if self.byte() != 0x3E:
                    raise self.problem("expected /> in element")
                return found, True
            if c == 0x3E:
                return found, False
            self.at -= 1
            name = self.name("expected attribute name in element")
            self.space()
            if self.byte() == 0x3D:
                self.space()
                found.append((name, self.value()))
            else:
                self.at -= 1
                found.append((name, name))

    def value(self) -> str:
        c = self.byte()
        if c in b"\"'":
            return self.text(c)
        self.at -= 1
        start = self.at
        while self.at < len(self.page) and self.page[self.at] in _VALUE_BYTES:
            self.at += 1
        if self.at >= len(self.page):
            raise self.problem("unexpected EOF")
        return self.page[start : self.at].decode("ascii")

    def text(self, quote: int) -> str:
        """Text up to the next tag, or a quoted string; entities replaced."""
        out = bytearray()
        start = self.at
        while self.at < len(self.page):
            c = self.page[self.at]
            if c == 0x3C:
                if quote >= 0:
                    raise self.problem("unescaped < inside quoted string")
                break
            self.at += 1
            if c == quote:
                break
            if c == 0x26:  # &
                out += self.entity()
            elif c == 0x3E and quote < 0 and self.page[max(start, self.at - 3) : self.at - 1] == b"]]":
                raise self.problem("unescaped ]]> not in CDATA section")
            else:
                out.append(c)
        try:
            return bytes(out).replace(b"\r\n", b"\n").replace(b"\r", b"\n").decode("utf-8")
        except UnicodeDecodeError:
            raise self.problem("invalid UTF-8") from None

    def entity(self) -> bytes:
        """What an entity stands for; itself when it is none."""
        end = self.at
        while end < len(self.page) and (self.page[end] in _NAME_BYTES or self.page[end] == 0x23):
            end += 1
        if end >= len(self.page):
            self.at = end
            raise self.problem("unexpected EOF")
        name = self.page[self.at : end]
        if self.page[end] != 0x3B:  # ;
            return b"&"
        text = _ENTITIES.get(name)
        if text is None and name[:1] == b"#":
            digits, base = (name[2:], 16) if name[1:2] == b"x" else (name[1:], 10)
            try:
                code = int(digits, base)
                text = chr(code) if digits.isalnum() and not 0xD800 <= code < 0xE000 else "\ufffd"
            except (ValueError, OverflowError):
                text = None
        if text is None:
            return b"&"
        self.at = end + 1
        return text.encode()

    def until(self, end: bytes) -> bytes:
        found = self.page.find(end, self.at)
        if found < 0:
            self.at = len(self.page)
            raise self.problem("unexpected EOF")
        data = self.page[self.at : found]
        self.at = found + len(end)
        return data

    def instruction(self) -> None:
        """<?xml version="1.0" encoding="utf-8"?>"""
        target = self.raw_name()
        if not target:
            raise self.problem("expected target name after <?")
        data = self.until(b"?>").decode("utf-8", "replace")
        if target != b"xml":
            return
        version, encoding = _parameter("version", data), _parameter("encoding", data)
        if version not in ("", "1.0"):
            raise PageError(f"xml: unsupported version {go_quote(version)}; only version 1.0 is supported")
        if encoding.lower() not in ("", "utf-8", "ascii"):
            shown = go_quote(encoding)
            raise PageError(f"xml: opening charset {shown}: can't decode XML document using charset {shown}")

    def declaration(self) -> None:
        """A comment, CDATA, or <!DOCTYPE ...>."""
        c = self.byte()
        if c == 0x2D:  # -
            if self.byte() != 0x2D:
                raise self.problem("invalid sequence <!- not part of <!--")
            self.until(b"--")
            if self.byte() != 0x3E:
                raise self.problem('invalid sequence "--" not allowed in comments')
            return
        if c == 0x5B:  # [
            if self.page[self.at : self.at + 6] != b"CDATA[":
                raise self.problem("invalid <![ sequence")
            self.until(b"]]>")
            return
        depth = quote = 0
        while True:
            c = self.byte()
            if quote:
                quote = 0 if c == quote else quote
            elif c == 0x3E:
                if depth == 0:
                    return
                depth -= 1
            elif c in b"\"'":
                quote = c
            elif c == 0x3C:
                if self.page[self.at : self.at + 3] == b"!--":
                    self.at += 3
                    self.until(b"-->")
                else:
                    depth += 1


def _parameter(name: str, text: str) -> str:
    """The value of a parameter of an instruction, "" for none."""
    _, found, rest = text.partition(name + "=")
    if not found or rest[:1] not in ("'", '"'):
        return ""
    value, end, _ = rest[1:].partition(rest[0])
    return value if end else ""
