"""A real browser for tests: Debian's chromium, driven through chromedriver's W3C HTTP interface.

    with Browser() as browser:
        browser.open(url); browser.click("button.primary"); browser.text(); browser.screenshot(path)

Nothing is downloaded, and every connection of this module is to loopback.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from . import needs

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
)
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class BrowserError(Exception):
    """What chromedriver refused: no such element, a page that cannot be reached, and so on."""


class Browser:
    """One browser window with a fresh profile. `width` and `height` in pixels; `dark`: the page is asked to be dark.
    Without a browser on this machine, the test that asks for one is skipped."""

    def __init__(self, width: int = 1000, height: int = 760, dark: bool = False) -> None:
        self._program = needs.program("chromium", "chromium-browser", "google-chrome")
        self._driver_program = needs.program("chromedriver")
        self._size = (width, height)
        self._dark = dark
        self._profile = tempfile.mkdtemp(prefix="browser-")
        self._driver: subprocess.Popen[str] | None = None
        self._base = ""

    def __enter__(self) -> Browser:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _start(self) -> None:
        self._driver = subprocess.Popen(
            [self._driver_program, "--port=0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
            env={**os.environ, "HOME": self._profile},
        )
        assert self._driver.stdout is not None
        port = ""
        for line in self._driver.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                port = found[1]
                break
        if not port:
            raise BrowserError("chromedriver did not start")
        self._base = f"http://127.0.0.1:{port}"
        options: dict[str, Any] = {
            "binary": self._program,
            "args": [
                *_FLAGS,
                f"--user-data-dir={self._profile}/data",
                f"--window-size={self._size[0]},{self._size[1]}",
            ],
        }
        session = self._call("POST", "/session", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}})
        self._base += f"/session/{session['sessionId']}"
        if self._dark:
            media = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
            self._call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": media})

    def close(self) -> None:
        """End the browser and remove its profile."""
        if self._driver is not None:
            if "/session/" in self._base:
                with contextlib.suppress(OSError, BrowserError):
                    self._call("DELETE", "", None)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._driver.pid, signal.SIGKILL)
            self._driver.wait()
            if self._driver.stdout is not None:
                self._driver.stdout.close()
            self._driver = None
        for _attempt in range(20):
            shutil.rmtree(self._profile, ignore_errors=True)
            if not os.path.exists(self._profile):
                break
            time.sleep(0.05)

    def open(self, url: str) -> None:
        """Go to a page and wait until it is loaded."""
        self._call("POST", "/url", {"url": url})

    def click(self, css: str) -> None:
        """Click the first element that matches. Whether a page that it leads to is there yet, `wait_for` tells."""
        self._call("POST", f"/element/{self._find(css)}/click", {})

    def type(self, css: str, text: str) -> None:
        """Type into the first element that matches."""
        self._call("POST", f"/element/{self._find(css)}/value", {"text": text})

    def text(self, css: str = "body") -> str:
        """The text of the first element that matches, as it is seen."""
        return str(self._call("GET", f"/element/{self._find(css)}/text"))

    def wait_for(self, text: str, timeout: float = 20.0) -> str:
        """The text of the page, once `text` is in it. Raises BrowserError when that takes `timeout` seconds."""
        deadline = time.monotonic() + timeout
        found = ""
        while time.monotonic() < deadline:
            # Between two pages an element can vanish from under a question about it.
            with contextlib.suppress(BrowserError):
                found = self.text()
                if text in found:
                    return found
            time.sleep(0.02)
        raise BrowserError(f"{text!r} did not appear; the page says: {found}")

    def attribute(self, css: str, name: str) -> str | None:
        """An attribute of the first element that matches."""
        value = self._call("GET", f"/element/{self._find(css)}/attribute/{name}")
        return None if value is None else str(value)

    def run(self, script: str) -> Any:
        """The value that a script returns (`return ...`)."""
        return self._call("POST", "/execute/sync", {"script": script, "args": []})

    @property
    def url(self) -> str:
        """Where the window is."""
        return str(self._call("GET", "/url"))

    def screenshot(self, path: str | Path) -> None:
        """Write the window as a PNG."""
        Path(path).write_bytes(base64.b64decode(self._call("GET", "/screenshot")))

    def _find(self, css: str) -> str:
        found = self._call("POST", "/element", {"using": "css selector", "value": css})
        return str(found[_ELEMENT])

    def _call(self, method: str, path: str, body: object = None) -> Any:
        data = None if method != "POST" else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with _DIRECT.open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            value = json.loads(error.read())["value"]
            raise BrowserError(f"{value['error']}: {value['message'].splitlines()[0]}") from None
