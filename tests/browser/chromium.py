"""A headless Chromium, driven through its DevTools protocol over a pipe: no driver, no library, no port.

Messages are JSON objects that end in a zero byte; the browser reads descriptor 3 and writes descriptor 4.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TIMEOUT = 60.0  # seconds for one answer: a first start on a busy machine takes long


def find_chromium() -> str | None:
    """$GOKILN_TEST_BROWSER, else the first Chromium on PATH."""
    named = os.environ.get("GOKILN_TEST_BROWSER")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """A running browser with one page. events: (method, params) of all that it told, oldest first."""

    def __init__(self, program: str, profile: Path) -> None:
        """Start it. profile: an empty directory for all that it writes."""
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        args = [
            "--headless",
            "--disable-gpu",
            "--remote-debugging-pipe",
            "--no-first-run",
            f"--user-data-dir={profile}",
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            args.append("--no-sandbox")  # it does not start for root otherwise
        shell = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
        self._process = subprocess.Popen(
            ["bash", "-c", shell, program, *args, "about:blank"],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.events: list[tuple[str, dict[str, Any]]] = []
        self._rest = b""
        self._number = 0
        self._session = ""
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        """End the browser."""
        os.close(self._out)
        os.close(self._in)
        self._process.terminate()
        self._process.wait(TIMEOUT)

    def _read(self, until: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            if not select.select([self._in], [], [], max(0.0, until - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            piece = os.read(self._in, 1 << 16)
            if not piece:
                raise RuntimeError(f"the browser has ended ({self._process.wait(TIMEOUT)})")
            self._rest += piece
        message, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        if "method" in found:
            self.events.append((found["method"], found.get("params", {})))
        return found

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Call a method of the protocol; its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + TIMEOUT
        while True:
            answer = self._read(until)
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: dict[str, Any] = answer["result"]
                return result

    def wait_for(self, method: str, since: int) -> None:
        """Wait for an event that was not among the first `since`."""
        until = time.monotonic() + TIMEOUT
        while all(name != method for name, _ in self.events[since:]):
            self._read(until)

    def open(self, url: str) -> None:
        """Go to a page and wait until it is loaded."""
        since = len(self.events)
        answer = self.call("Page.navigate", url=url)
        assert not answer.get("errorText"), answer
        self.wait_for("Page.loadEventFired", since)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def click(self, selector: str, *, loads: bool = False) -> None:
        """Click with the mouse on the middle of what a selector finds, as a person would: it must be in sight.

        loads: a page is loaded then; wait for it.
        """
        place = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
            " const x = r.x + r.width / 2, y = r.y + r.height / 2;"
            " return [x, y, e.contains(document.elementFromPoint(x, y))] })()"
        )
        assert place[2], f"{selector} is hidden behind something"
        since = len(self.events)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)
        if loads:
            self.wait_for("Page.loadEventFired", since)

    def media(self, scheme: str) -> None:
        """Prefer "light" or "dark"."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def size(self, width: int, height: int) -> None:
        """The window in CSS pixels."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def screenshot(self, path: Path) -> bytes:
        """The window as a PNG file; its bytes."""
        data = base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])
        path.write_bytes(data)
        return data

    def complaints(self) -> list[str]:
        """Everything that went wrong on the pages so far: errors of scripts and the console, of loading, warnings."""
        found = []
        for method, params in self.events:
            if method == "Runtime.exceptionThrown":
                found.append(str(params["exceptionDetails"]))
            elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
                found.append(str(params["args"]))
            elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append(params["entry"]["text"])
            elif method == "Network.loadingFailed":
                found.append(str(params))
        return found

    def requested(self) -> set[str]:
        """All URLs that the pages asked for."""
        return {params["request"]["url"] for method, params in self.events if method == "Network.requestWillBeSent"}


def chromium_or_skip() -> str:
    """The program; skips the test without one."""
    program = find_chromium()
    if program is None or os.name != "posix" or shutil.which("bash") is None:
        pytest.skip("no Chromium on PATH (Debian: apt-get install chromium; GOKILN_TEST_BROWSER names another)")
    return program
