"""A loopback web server with go-import pages at http://example.test/<name> and git repositories below /git/.

It is to be used as HTTP_PROXY: then example.test needs no name server. Repositories are <root>/<name>.git.
"""

from __future__ import annotations

import http.server
import os
import subprocess
import threading
from pathlib import Path

HOST = "example.test"


class GitServer:
    """url: of the server itself. pages: extra pages by path ("/x/y"), HTML."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pages: dict[str, str] = {}
        self.seen: list[str] = []
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.answer(self)

            do_POST = do_GET

            def log_message(self, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.server.server_close()

    def environ(self) -> dict[str, str]:
        """Variables for a go command that may use nothing else."""
        return {"GOPROXY": "direct", "GOSUMDB": "off", "GOINSECURE": HOST, "HTTP_PROXY": self.url, "HTTPS_PROXY": ""}

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        """One request."""
        target = request.path.removeprefix(f"http://{HOST}")
        path, _, query = target.partition("?")
        self.seen.append(target)
        if path.startswith("/git/"):
            self._git(request, path, query)
            return
        name = path.strip("/").partition("/")[0]
        page = self.pages.get(path)
        if page is None and name and (self.root / f"{name}.git").is_dir():
            tag = f"{HOST}/{name} git {self.url}/git/{name}.git"
            page = f'<!doctype html><html><head><meta name="go-import" content="{tag}"></head></html>'
        if page is None:
            self._send(request, 404, {"Content-Type": "text/plain"}, b"nothing here")
        else:
            self._send(request, 200, {"Content-Type": "text/html"}, page.encode())

    def _git(self, request: http.server.BaseHTTPRequestHandler, path: str, query: str) -> None:
        headers = request.headers
        size = int(headers.get("Content-Length") or 0)
        env = os.environ | {
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path.removeprefix("/git"),
            "QUERY_STRING": query,
            "REQUEST_METHOD": request.command,
            "CONTENT_TYPE": headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(size),
            "HTTP_CONTENT_ENCODING": headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": headers.get("Git-Protocol", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }
        body = request.rfile.read(size)
        done = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True)
        head, _, data = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        self._send(request, int(fields.pop("Status", "200").split()[0]), fields, data)

    def _send(
        self, request: http.server.BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes
    ) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
