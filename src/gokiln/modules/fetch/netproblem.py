"""Why there was no answer: Python's and urllib3's exceptions in Go's words, and which are worth another try."""

from __future__ import annotations

from gokiln.base.oserror import strerror
from gokiln.modules.fetch.envproxy import split_host_port

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gokiln.modules.fetch.goturl import GoUrl

# What OpenSSL makes of an answer that is no TLS at all: in practice, a server that speaks plain HTTP.
_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNKNOWN_PROTOCOL")


def worth_retrying(err: BaseException) -> bool:
    """A connection that broke or timed out; not a name that does not exist, a closed port, a bad certificate."""
    import ssl

    causes = list(_causes(err))
    return not any(
        isinstance(c, (ConnectionRefusedError, ssl.SSLError)) or "NameRes" in type(c).__name__ for c in causes
    )


def _causes(err: BaseException | None) -> Iterator[BaseException]:
    """An exception and what it was made from, outermost first; ten of them, for they may run in a circle."""
    seen = 0
    while err is not None and seen < 10:
        yield err
        inner = getattr(err, "reason", None)
        err = inner if isinstance(inner, BaseException) else err.__cause__ or err.__context__
        seen += 1


def net_problem(url: GoUrl, err: BaseException) -> str:
    """The reason of a failed request in Go's words, as far as there are any."""
    import socket
    import ssl

    host, port = split_host_port(url.host, "443" if url.scheme == "https" else "80")
    for cause in _causes(err):
        name = type(cause).__name__
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"tls: failed to verify certificate: x509: {cause.verify_message}"
        if isinstance(cause, ssl.SSLEOFError):
            return "EOF"
        if isinstance(cause, ssl.SSLError) and cause.reason:
            if cause.reason in _NO_TLS:
                return "http: server gave HTTP response to HTTPS client"
            return f"tls: {cause.reason.lower().replace('_', ' ')}"
        if isinstance(cause, socket.gaierror) or name == "NameResolutionError":
            return f"dial tcp: lookup {host}: no such host"
        if isinstance(cause, ConnectionRefusedError):
            return f"dial tcp {_dialed(host, port)}: connect: connection refused"
        if name in ("IncompleteRead", "InvalidChunkLength"):
            return "unexpected EOF"
        if isinstance(cause, TimeoutError) or name in ("ConnectTimeoutError", "ReadTimeoutError"):
            return f"dial tcp {_dialed(host, port)}: i/o timeout"
        if name == "RemoteDisconnected":
            return "EOF"
        if isinstance(cause, OSError) and cause.errno:
            return strerror(cause)
    return str(err)


def _dialed(host: str, port: str) -> str:
    """The address that was tried first, which is what Go names when none answers."""
    import socket

    try:
        address = str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])
    except (OSError, UnicodeError):
        address = host
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
