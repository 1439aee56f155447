"""An answer to a request, and what the go command says of one that is not 200.

The status comes first, the bytes on demand and once. What a server says in plain text about a failure is shown,
shortened and only when it cannot upset a terminal.

Source: cmd/go/internal/web/api.go, go1.26.
"""

from __future__ import annotations

from gokiln.errors import GokilnError
from gokiln.modules.fetch.errors import FetchError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_BYTES = 128 << 20  # of an answer that is kept in memory
CHUNK = 1 << 16
_DETAIL_LINES = 8
_DETAIL_BYTES = _DETAIL_LINES * 81


class HttpError(GokilnError):
    """An answer that is not 200. status: "404 Not Found"; url: redacted; detail: what the server said, made safe."""

    def __init__(self, url: str, code: int, status: str, detail: str = "", reason: str = "") -> None:
        if detail:
            sep = "\n\t" if "\n" in detail else " "
            text = f"reading {url}: {status}\n\tserver response:{sep}{detail}"
        else:
            text = f"reading {url}: {reason or status}"
        super().__init__(text)
        self.url = url
        self.code = code
        self.status = status

    @property
    def not_exist(self) -> bool:
        """Whether it says that the thing does not exist."""
        return self.code in (404, 410)


class BodyError(FetchError):
    """The body of an answer broke off."""


class Response:
    """An answer: its bytes come from chunks(), once."""

    def __init__(
        self,
        url: str,
        code: int,
        status: str,
        body: Callable[[], Iterator[bytes]],
        *,
        length: int | None = None,
        content_type: str = "",
        close: Callable[[], None] = lambda: None,
        reason: str = "",
    ) -> None:
        self.url = url
        self.code = code
        self.status = status
        self.length = length
        self._body = body
        self._content_type = content_type
        self.close = close
        self._reason = reason
        self._data: bytes | None = None

    def chunks(self) -> Iterator[bytes]:
        """The body. Raises BodyError."""
        return self._body()

    def read(self, limit: int = MAX_BYTES) -> bytes:
        """The whole body, kept; an answer that is not 200 may be worth reading too. Raises BodyError, FetchError."""
        if self._data is None:
            data = bytearray()
            try:
                for chunk in self.chunks():
                    data += chunk
                    if len(data) > limit:
                        raise FetchError(f"reading {self.url}: response too large (limit is {limit} bytes)")
            finally:
                self.close()
            self._data = bytes(data)
        return self._data

    def check(self) -> None:
        """Raise HttpError unless the status is 200."""
        if self.code == 200:
            return
        detail = self._detail()
        self.close()
        raise HttpError(self.url, self.code, self.status, detail, self._reason)

    def _detail(self) -> str:
        media, _, params = self._content_type.partition(";")
        if media.strip().lower() != "text/plain":
            return ""
        charset = ""
        for param in params.split(";"):
            name, _, value = param.partition("=")
            if name.strip().lower() == "charset":
                charset = value.strip().strip('"').lower()
        if charset not in ("us-ascii", "utf-8", ""):
            return ""
        if self._data is not None:
            return format_detail(self._data[: 4 * _DETAIL_BYTES])
        data = b""
        try:
            for chunk in self.chunks():
                data += chunk
                if len(data) > 4 * _DETAIL_BYTES:
                    break
        except BodyError:
            return format_detail(data)
        return format_detail(data)


def format_detail(data: bytes) -> str:
    """What a server said in plain text, fit for a terminal: the first lines, or "" when there is anything odd."""
    data = b"".join(data.splitlines(keepends=True)[: _DETAIL_LINES + 1])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    if not all(c.isprintable() or c.isspace() for c in text):
        return ""
    out = ""
    for i, line in enumerate(text.split("\n")):
        if not line.strip():
            break
        if i > 0:
            out += "\n\t"
        if i >= _DETAIL_LINES:
            return out + "[Truncated: too many lines.]"
        if len(out.encode()) + len(line.encode()) > _DETAIL_BYTES:
            return out + "[Truncated: too long.]"
        out += line
    return out
