"""file:// URLs, answered from disk in the shape of an HTTP answer.

Source: cmd/go/internal/web (getFile in http.go; url.go), go1.26.
"""

from __future__ import annotations

import os

from gokiln.base.oserror import os_error_text
from gokiln.base.quote import go_quote
from gokiln.modules.fetch.errors import FetchError
from gokiln.modules.fetch.response import CHUNK, BodyError, Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gokiln.modules.fetch.goturl import GoUrl


def get_file(url: GoUrl) -> Response:
    """The file that a URL names, as an answer: 404 or 403 where it cannot be opened. Raises FetchError."""
    path = file_path(url)
    shown = url.redacted()
    try:
        file = open(path, "rb", buffering=0)  # noqa: SIM115  (closed by Response.close)
        length = os.fstat(file.fileno()).st_size
    except OSError as err:
        code = {FileNotFoundError: 404, NotADirectoryError: 404, PermissionError: 403}.get(type(err), 0)
        if not code:
            raise FetchError(os_error_text(err), err) from err
        status = "Not Found" if code == 404 else "Forbidden"
        reason = os_error_text(err).removeprefix(f"open {path}: ")
        return Response(shown, code, status, lambda: iter(()), reason=reason)

    def body() -> Iterator[bytes]:
        try:
            while chunk := file.read(CHUNK):
                yield chunk
        except OSError as err:
            raise BodyError(f"read {go_quote(shown)}: {os_error_text(err)}", err) from err

    return Response(shown, 200, "200 OK", body, length=length, close=file.close)


def file_path(url: GoUrl) -> str:
    """The path that a file:// URL names. Raises FetchError."""
    path = url.path or url.opaque
    if not url.path and (url.host or not url.opaque):
        raise FetchError("file URL missing path")
    if os.name == "nt":
        if url.host and url.host != "localhost":
            return "\\\\" + url.host + path.replace("/", "\\")
        path = path.removeprefix("/").replace("/", "\\")
    elif url.host and url.host != "localhost":
        raise FetchError("file URL specifies non-local host")
    if not os.path.isabs(path):
        raise FetchError("path is not absolute")
    return path
