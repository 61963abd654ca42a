"""Drives a headless Chromium over its debugging pipe: no driver, no port, no other package.

Chrome DevTools Protocol, https://chromedevtools.github.io/devtools-protocol/; with
``--remote-debugging-pipe`` messages are JSON ended by a zero byte, on descriptors 3 and 4.
"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
MEND = "no headless browser: apt-get install chromium-headless-shell, or set CHROMIUM to a program"


def program():
    """Path of the browser; absence is a failure that says what to do, not a silent skip."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert found, MEND
    return found


class Browser:
    """One browser process with one page; use as a context manager."""

    def __init__(self):
        self.requests, self.complaints = [], []
        self._number, self._rest = 0, b""

    def __enter__(self):
        self._home = tempfile.TemporaryDirectory(
            prefix="strikeproof-browser-", ignore_cleanup_errors=True
        )
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        flags = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
        quiet = ("--disable-background-networking", "--no-first-run", "--hide-scrollbars")
        command = [program(), *flags, *quiet, "--remote-debugging-pipe"]
        command += [f"--user-data-dir={self._home.name}", "about:blank"]
        # the protocol wants exactly 3 and 4; the shell moves the pipes there
        move = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'
        self._process = subprocess.Popen(
            ["bash", "-c", move, "browser", *command],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *_):
        self._session = None
        self.call("Browser.close")
        self._process.wait(timeout=20)
        os.close(self._in)
        os.close(self._out)
        self._home.cleanup()

    def call(self, method, **parameters):
        """Result of one command; what the page does meanwhile is noted."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]

    def _read(self):
        while b"\0" not in self._rest:
            data = os.read(self._in, 1 << 20)
            assert data, "the browser ended"
            self._rest += data
        message, _, self._rest = self._rest.partition(b"\0")
        answer = json.loads(message)
        self._note(answer.get("method"), answer.get("params", {}))
        return answer

    def _note(self, method, event):
        if method == "Network.requestWillBeSent":
            self.requests.append(event["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(event["exceptionDetails"])[:400])
        elif method == "Runtime.consoleAPICalled" and event["type"] in ("error", "warning"):
            self.complaints.append(json.dumps(event["args"])[:400])
        elif method == "Log.entryAdded" and event["entry"]["level"] in ("error", "warning"):
            self.complaints.append(event["entry"]["text"])

    def value(self, expression):
        """Value of a JavaScript expression; a promise is waited for."""
        given = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        found = self.call("Runtime.evaluate", **given)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def each(self, selector, function):
        """What a JavaScript function of an element gives for every one that a selector finds."""
        return self.value(
            f"Array.from(document.querySelectorAll({json.dumps(selector)}), {function})"
        )

    def look(self, *, width=1280, height=900, dark=False, scripts=True):
        """Choose window, colour scheme and whether scripts run."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)

    def open(self, path):
        """Load a file and wait for its end; returns the seconds that it took."""
        self.requests.clear()
        self.complaints.clear()
        begun = time.monotonic()
        answer = self.call("Page.navigate", url=Path(path).resolve().as_uri())
        assert "errorText" not in answer, answer
        while self.value("document.readyState") != "complete":
            time.sleep(0.01)
        return time.monotonic() - begun

    def picture(self, path, *, whole=False):
        """Screenshot of the window, or of the whole page."""
        data = self.call("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        Path(path).write_bytes(base64.b64decode(data))

    def paper(self):
        """The page as PDF bytes."""
        return base64.b64decode(self.call("Page.printToPDF")["data"])
