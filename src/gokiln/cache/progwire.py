"""The words that go and a GOCACHEPROG helper exchange: JSON values over the helper's stdin and stdout.

The helper first says which commands it knows (a Response with ID 0). Then each Request has one Response with the
same ID, in any order. The body of a "put" follows its Request as a JSON string of base64.

Both directions are here, so that a client (proghelper.py) and a server speak through the same code. Fields are
matched without regard to case, as encoding/json does. Source: cmd/go/internal/cacheprog, cmd/go/internal/cache/prog.go,
go1.26.
"""

from __future__ import annotations

import binascii

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GET, PUT, CLOSE = "get", "put", "close"
_PIECE = 3 << 16  # bytes of a body encoded at a time; a multiple of 3, so that the pieces join
_MAX_MESSAGE = 64 << 20  # bytes of one JSON value; nobody's helper has more to say
_INT64 = 1 << 63


class ProtocolError(ValueError):
    """The other side said something that is not of this protocol."""


class Response:
    """What a helper answers.

    id: of the request. err: why it could not be done, "" if it could. commands: known ones, in the first message.
    miss: a get found nothing. output_id (bytes), size (bytes), time_ns (Unix, None if not told), disk_path: of a hit.
    """

    __slots__ = ("commands", "disk_path", "err", "id", "miss", "output_id", "size", "time_ns")

    def __init__(
        self,
        id: int,
        *,
        err: str = "",
        commands: tuple[str, ...] = (),
        miss: bool = False,
        output_id: bytes = b"",
        size: int = 0,
        time_ns: int | None = None,
        disk_path: str = "",
    ) -> None:
        self.id = id
        self.err = err
        self.commands = commands
        self.miss = miss
        self.output_id = output_id
        self.size = size
        self.time_ns = time_ns
        self.disk_path = disk_path


def encode_request(id: int, command: str, action_id: bytes = b"", output_id: bytes = b"", body_size: int = 0) -> bytes:
    """The JSON of a request with its newline and the empty line that go sends after it."""
    parts = [f'"ID":{id},"Command":"{command}"']
    if action_id:
        parts.append(f'"ActionID":"{_base64(action_id)}"')
    if output_id:
        parts.append(f'"OutputID":"{_base64(output_id)}"')
    if body_size:
        parts.append(f'"BodySize":{body_size}')
    return ("{" + ",".join(parts) + "}\n\n").encode()


def encode_body(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The pieces of a body's JSON string. read(n) gives up to n bytes, b"" at the end."""
    yield b'"'
    rest = b""
    while chunk := read(_PIECE):
        rest += chunk
        whole = len(rest) - len(rest) % 3
        yield binascii.b2a_base64(rest[:whole], newline=False)
        rest = rest[whole:]
    yield binascii.b2a_base64(rest, newline=False) + b'"\n'


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def decode_response(value: object) -> Response:
    """A Response from a parsed JSON value. Raises ProtocolError for fields of the wrong kind."""
    if not isinstance(value, dict):
        raise ProtocolError("not a JSON object")
    fields = {key.lower(): item for key, item in value.items() if item is not None}
    response = Response(_integer(fields, "id"))
    response.err = _text(fields, "err")
    response.disk_path = _text(fields, "diskpath")
    response.size = _integer(fields, "size")
    miss = fields.get("miss", False)
    commands = fields.get("knowncommands", [])
    if not isinstance(miss, bool):
        raise ProtocolError("Miss is not a bool")
    if not isinstance(commands, list) or not all(isinstance(name, str) for name in commands):
        raise ProtocolError("KnownCommands is not a list of strings")
    response.miss = miss
    response.commands = tuple(commands)
    try:
        response.output_id = binascii.a2b_base64(_text(fields, "outputid").encode(), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError) as err:
        raise ProtocolError("OutputID is not base64") from err
    when = _text(fields, "time")
    if when:
        response.time_ns = parse_time(when)
    return response


def _integer(fields: dict[str, object], name: str) -> int:
    value = fields.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not -_INT64 <= value < _INT64:
        raise ProtocolError(f"{name} is not an integer of 64 bits")
    return value


def _text(fields: dict[str, object], name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise ProtocolError(f"{name} is not a string")
    return value


def parse_time(text: str) -> int:
    """Unix nanoseconds of an RFC 3339 time. Raises ProtocolError."""
    from datetime import UTC, datetime

    head, dot, tail = text.partition(".")
    digits = tail[: len(tail) - len(tail.lstrip("0123456789"))] if dot else ""
    zone = tail[len(digits) :] if dot else ""
    try:
        at = datetime.fromisoformat(head + zone)
        if at.tzinfo is None or (dot and not digits):
            raise ValueError(text)
        since = at - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError) as err:
        raise ProtocolError(f"bad time {text!r}") from err
    return (since.days * 86400 + since.seconds) * 10**9 + int(digits[:9].ljust(9, "0") or "0")


class ValueReader:
    """Takes a stream of bytes apart into JSON values, as encoding/json's Decoder does."""

    def __init__(self, read: Callable[[], bytes], limit: int = _MAX_MESSAGE) -> None:
        """read(): the next bytes, b"" at the end of the stream. limit: most bytes of one value."""
        from json import JSONDecoder

        self._read = read
        self._limit = limit
        self._decode = JSONDecoder().raw_decode
        self._text = ""
        self._bytes = b""

    def next(self) -> object:
        """The next value. Raises EOFError at the end, ProtocolError for what is no JSON."""
        tried = 0
        while True:
            self._text = self._text.lstrip(" \t\r\n")
            # A value that is still coming is looked at again only when it has doubled, or its line is complete.
            if self._text and (len(self._text) >= 2 * tried or self._text[-1] in "}]\n"):
                try:
                    value, end = self._decode(self._text)
                except RecursionError:
                    raise ProtocolError("nested too deeply") from None
                except ValueError as err:
                    if len(self._text) > self._limit or not _may_go_on(self._text, err):
                        raise ProtocolError(f"invalid JSON: {self._text[:40]!r}") from None
                    tried = len(self._text)
                else:
                    self._text = self._text[end:]
                    return value
            if len(self._text) > self._limit:
                raise ProtocolError("message too long")
            data = self._read()
            if not data:
                if self._text or self._bytes:
                    raise ProtocolError("unexpected EOF")
                raise EOFError
            self._take(data)

    def _take(self, data: bytes) -> None:
        """Append bytes, keeping a character that is cut in the middle for the next time."""
        data = self._bytes + data
        cut = len(data)
        for back in range(1, min(4, len(data)) + 1):
            byte = data[-back]
            if byte >= 0xC0:  # begins a character of 2, 3 or 4 bytes
                if back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4):
                    cut -= back
                break
            if byte < 0x80:
                break
        self._text += data[:cut].decode("utf-8", "replace")
        self._bytes = data[cut:]


def _may_go_on(text: str, err: ValueError) -> bool:
    """Whether more bytes could make a value of text: it begins like one, and the decoder stopped near its end."""
    if text[0] not in '{["':
        return len(text) < 8 and any(word.startswith(text) for word in ("true", "false", "null"))
    position = getattr(err, "pos", len(text))
    # A string without an end is reported where it begins.
    return "Unterminated string" in str(err) or position >= len(text.rstrip()) - 6
