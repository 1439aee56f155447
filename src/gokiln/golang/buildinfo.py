"""What a Go program says of how it was built, as text and read out of the program.

The text has one line per fact, tab-separated:

    path\\t<main package>
    mod\\t<module>\\t<version>\\t<sum>        the main module; then `=>\\t...` if it is replaced
    dep\\t<module>\\t<version>\\t<sum>        each dependency
    build\\t<key>=<value>                  each setting, Go-quoted where it holds blanks or quotes

The linker puts toolchain version and text behind a 32-byte header, 16-byte aligned, at the start of the data.
Source: runtime/debug/mod.go, debug/buildinfo/buildinfo.go, go1.26.
"""

from __future__ import annotations

from gokiln.base.quote import go_quote, unquote, unquote_prefix
from gokiln.errors import GokilnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from gokiln.golang.exeimage import Image

_MAGIC = b"\xff Go buildinf:"
_ALIGN = 16
_HEADER_SIZE = 32
_SEARCH_CHUNK = 1 << 20
_VARINT_MAX = 10


class BuildInfoError(GokilnError):
    """The text, or the program, does not hold build information."""


class InfoModule:
    """A module in the build: path, version, checksum (go.sum's h1:), and what replaces it."""

    __slots__ = ("path", "replace", "sum", "version")

    def __init__(self, path: str = "", version: str = "", sum_: str = "", replace: InfoModule | None = None) -> None:
        self.path = path
        self.version = version
        self.sum = sum_
        self.replace = replace

    def is_empty(self) -> bool:
        """Whether nothing is known of it."""
        return not (self.path or self.version or self.sum or self.replace)

    def lines(self, word: str) -> str:
        """Its line, and that of its replacement."""
        if self.replace is None:
            return f"{word}\t{self.path}\t{self.version}\t{self.sum}\n"
        return f"{word}\t{self.path}\t{self.version}\n{self.replace.lines('=>')}\n"

    def as_json(self) -> dict[str, object]:
        """The fields that encoding/json shows, in its order."""
        found: dict[str, object] = {}
        for name, value in (("Path", self.path), ("Version", self.version), ("Sum", self.sum)):
            if value:
                found[name] = value
        if self.replace is not None:
            found["Replace"] = self.replace.as_json()
        return found


class BuildInfo:
    """runtime/debug.BuildInfo: go_version, path of the main package, main module, deps, settings (key, value)."""

    __slots__ = ("deps", "go_version", "main", "path", "settings")

    def __init__(self) -> None:
        self.go_version = ""
        self.path = ""
        self.main = InfoModule()
        self.deps: list[InfoModule] = []
        self.settings: list[tuple[str, str]] = []

    def text(self, with_go_version: bool = True) -> str:
        """The lines (debug.BuildInfo.String)."""
        out = []
        if self.go_version and with_go_version:
            out.append(f"go\t{self.go_version}\n")
        if self.path:
            out.append(f"path\t{self.path}\n")
        if not self.main.is_empty():
            out.append(self.main.lines("mod"))
        out += [dep.lines("dep") for dep in self.deps]
        for key, value in self.settings:
            shown_key = go_quote(key) if _quote_key(key) else key
            shown_value = go_quote(value) if _quote_value(value) else value
            out.append(f"build\t{shown_key}={shown_value}\n")
        return "".join(out)

    def as_json(self) -> dict[str, object]:
        """The fields that encoding/json shows, in its order."""
        found: dict[str, object] = {}
        if self.go_version:
            found["GoVersion"] = self.go_version
        if self.path:
            found["Path"] = self.path
        found["Main"] = self.main.as_json()
        if self.deps:
            found["Deps"] = [dep.as_json() for dep in self.deps]
        if self.settings:
            found["Settings"] = [
                {name: text for name, text in (("Key", key), ("Value", value)) if text} for key, value in self.settings
            ]
        return found


def _quote_key(key: str) -> bool:
    return not key or any(c in key for c in '= \t\r\n"`')


def _quote_value(value: str) -> bool:
    return any(c in value for c in ' \t\r\n"`')


def parse_build_info(data: str) -> BuildInfo:
    """The value of such a text; go_version stays "". Lines of other kinds are skipped. Raises BuildInfoError."""
    info = BuildInfo()
    last: InfoModule | None = None
    number = 1
    try:
        for line in data.split("\n")[:-1]:
            word, tab, rest = line.partition("\t")
            if tab and word == "path":
                info.path = rest
            elif tab and word == "mod":
                last = info.main = _module(rest)
            elif tab and word == "dep":
                last = _module(rest)
                info.deps.append(last)
            elif tab and word == "=>":
                _replace(last, rest)
                last = None
            elif tab and word == "build":
                info.settings.append(_setting(rest))
            number += 1
    except ValueError as exc:
        raise BuildInfoError(f"could not parse Go build info: line {number}: {exc}") from None
    return info


def _module(rest: str) -> InfoModule:
    columns = rest.split("\t")
    if len(columns) not in (2, 3):
        raise ValueError(f"expected 2 or 3 columns; got {len(columns)}")
    return InfoModule(columns[0], columns[1], columns[2] if len(columns) == 3 else "")


def _replace(last: InfoModule | None, rest: str) -> None:
    columns = rest.split("\t")
    if len(columns) != 3:
        raise ValueError(f"expected 3 columns for replacement; got {len(columns)}")
    if last is None:
        raise ValueError("replacement with no module on previous line")
    last.replace = InfoModule(columns[0], columns[1], columns[2])


def _setting(text: str) -> tuple[str, str]:
    if not text:
        raise ValueError("build line missing '='")
    if text[0] == "=":
        raise ValueError("build line with missing key")
    if text[0] in '`"':
        key, raw = _quoted_key(text)
    else:
        key, equals, raw = text.partition("=")
        if not equals:
            raise ValueError("build line missing '=' after key")
        if _quote_key(key):
            raise ValueError(f"unquoted key {go_quote(key)} must be quoted")
    if not raw:
        return key, ""
    if raw[0] in '`"':
        try:
            return key, unquote(raw)
        except ValueError:
            raise ValueError("invalid quoted value in build line") from None
    if _quote_value(raw):
        raise ValueError(f"unquoted value {go_quote(raw)} must be quoted")
    return key, raw


def _quoted_key(text: str) -> tuple[str, str]:
    try:
        key, rest = unquote_prefix(text)
    except ValueError:
        raise ValueError("invalid quoted key in build line") from None
    if not rest:
        raise ValueError("build line missing '=' after quoted key")
    if rest[0] != "=":
        from gokiln.base.quote import quote_rune

        first = rest[0].encode("utf-8", "surrogateescape")[0]
        raise ValueError(f"unexpected character after quoted key: {quote_rune(first)}")
    return key, rest[1:]


def read_build_info(path: str) -> BuildInfo:
    """The build information in a program file. Raises BuildInfoError in debug/buildinfo's words, OSError."""
    from gokiln.golang.exeimage import UnrecognizedFormat

    with open(path, "rb") as file:
        try:
            return read_open(file)
        except (BuildInfoError, UnrecognizedFormat) as exc:
            raise BuildInfoError(f"could not read Go build info from {path}: {exc}") from None


def read_open(file: BinaryIO) -> BuildInfo:
    """The build information of an open program file. Raises BuildInfoError, UnrecognizedFormat, OSError."""
    from gokiln.golang.exeimage import open_image

    version, text = _find(open_image(file))
    info = parse_build_info(text)
    info.go_version = version
    return info


def _not_go() -> BuildInfoError:
    return BuildInfoError("not a Go executable")


def _find(image: Image) -> tuple[str, str]:
    """Toolchain version and text. Raises BuildInfoError, UnrecognizedFormat."""
    if not image.size:
        raise _not_go()
    address = _search(image)
    header = _exactly(image, address, _HEADER_SIZE)
    flags = header[15]
    if flags & 2:
        version, address = _inline_string(image, address + _HEADER_SIZE)
        module, _ = _inline_string(image, address)
    else:  # before go1.18: pointers to Go strings
        pointer_size = header[14]
        if pointer_size not in (4, 8):
            raise _not_go()
        order = "big" if flags & 1 else "little"
        version = _pointed_string(image, pointer_size, order, header[16:])
        module = _pointed_string(image, pointer_size, order, header[16 + pointer_size :])
    if not version:
        raise _not_go()
    framed = len(module) >= 33 and module[-17:-16] == b"\n"
    text = module[16:-16] if framed else b""
    return version.decode("utf-8", "surrogateescape"), text.decode("utf-8", "surrogateescape")


def _exactly(image: Image, address: int, size: int) -> bytes:
    if size >= 1 << 63:
        raise _not_go()
    data = image.read(address, size)
    if len(data) < size:
        raise _not_go()
    return data


def _inline_string(image: Image, address: int) -> tuple[bytes, int]:
    """A string after its length as a varint; and the address behind it."""
    data = _exactly(image, address, _VARINT_MAX)
    length = 0
    for used, byte in enumerate(data):
        length |= (byte & 0x7F) << (7 * used)
        if byte < 0x80:
            break
    else:
        raise _not_go()
    if length >= 1 << 64:
        raise _not_go()
    address += used + 1
    return _exactly(image, address, length) if length else b"", address + length


def _pointed_string(image: Image, pointer_size: int, order: str, pointer: bytes) -> bytes:
    """The Go string whose header a pointer leads to; b"" if there is none."""
    from gokiln.golang.exeimage import UnrecognizedFormat

    big = order == "big"

    def number(data: bytes) -> int:
        return int.from_bytes(data[:pointer_size], "big" if big else "little")

    try:
        head = _exactly(image, number(pointer), 2 * pointer_size)
        return _exactly(image, number(head), number(head[pointer_size:]))
    except (BuildInfoError, UnrecognizedFormat):
        return b""


def _search(image: Image) -> int:
    """The address of the header. Raises BuildInfoError, UnrecognizedFormat."""
    from gokiln.golang.exeimage import UnrecognizedFormat

    start, end = image.start, image.start + image.size
    if end >= 1 << 64:
        raise UnrecognizedFormat
    start = -(-start // _ALIGN) * _ALIGN
    while start < end:
        remaining = end - start
        size = min(_SEARCH_CHUNK, remaining)
        data = image.read(start, size)
        if not data:
            break
        at = data.find(_MAGIC)
        while at >= 0:
            if remaining - at < _HEADER_SIZE:
                raise _not_go()
            if at % _ALIGN == 0:
                return start + at
            at = data.find(_MAGIC, -(-at // _ALIGN) * _ALIGN)
        start += size
    raise _not_go()
