"""A headless Chromium that is spoken to over two pipes: pages, what they ask for, axe-core."""

from __future__ import annotations

import base64
import fcntl
import io
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np

#: where ``make browser`` puts axe-core
AXE = Path(__file__).parents[2] / ".browser" / "node_modules" / "axe-core" / "axe.min.js"
#: width and height of the pages that are looked at [pixel]
SIZES = {"desktop": (1366, 768), "phone": (390, 844)}


def program() -> str | None:
    """Return where Chromium is, None if it is not there."""
    return shutil.which("chromium")


class Browser:
    """One tab of a Chromium with a profile of its own.

    ``asked`` holds all that it and the frames in it asked for, ``refused`` what their policy kept
    them from, in the words of the browser.
    """

    def __init__(self, folder: Path) -> None:
        reads, self._out = os.pipe()
        self._in, writes = os.pipe()
        # it reads commands at descriptor 3 and answers at 4; both come from above these
        theirs = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (reads, writes)]
        command = [
            "bash", "-c", f'exec "$0" "$@" 3<&{theirs[0]} 4>&{theirs[1]}', program() or "chromium",
            "--headless", "--no-sandbox", "--remote-debugging-pipe",
            "--disable-background-networking", "--enable-unsafe-swiftshader",
            f"--user-data-dir={folder}", "about:blank",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command, pass_fds=theirs, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for end in (reads, writes, *theirs):
            os.close(end)
        self.asked: list[str] = []
        self.refused: list[str] = []
        self._rest = b""
        self._number = 0
        self._session = ""
        self._loaded = False

    def __enter__(self) -> Browser:
        try:
            target = self.call("Target.createTarget", url="about:blank")["targetId"]
            tab = self.call("Target.attachToTarget", targetId=target, flatten=True)
            self._session = str(tab["sessionId"])
            self.call("Page.enable")
            self.call("Network.enable")
            self.call("Log.enable")
            # a frame without an origin has a process of its own, and waits until it is watched
            watched = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
            self.call("Target.setAutoAttach", **watched)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        os.close(self._out)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)

    def call(self, method: str, **options: Any) -> dict[str, Any]:
        """Ask the browser for something; return its answer."""
        number = self._send(self._session, method, options)
        while True:
            answer = self._next()
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return dict(answer["result"])

    def _send(self, session: str, method: str, options: dict[str, Any]) -> int:
        self._number += 1
        message = {"id": self._number, "method": method, "params": options}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        return self._number

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            piece = os.read(self._in, 1 << 16)
            if not piece:
                raise RuntimeError("Chromium ended")
            self._rest += piece
        line, self._rest = self._rest.split(b"\0", 1)
        message: dict[str, Any] = json.loads(line)
        if message.get("method") == "Network.requestWillBeSent":
            self.asked.append(message["params"]["request"]["url"])
        elif message.get("method") == "Page.loadEventFired":
            self._loaded = True
        elif message.get("method") == "Log.entryAdded":
            entry = message["params"]["entry"]
            self.refused += [entry["text"]] if entry["source"] == "security" else []
        elif message.get("method") == "Target.attachedToTarget" and self._session:
            frame = message["params"]["sessionId"]
            for method in ("Network.enable", "Log.enable", "Runtime.runIfWaitingForDebugger"):
                self._send(frame, method, {})  # not awaited: another answer may be on its way
        return message

    def open(self, page: str, width: int, height: int) -> list[str]:
        """Open a page in a window of a size; return the addresses that it asked for itself."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
            mobile=width < 600,
        )  # fmt: skip
        self.asked, self.refused = [], []
        self._loaded = False
        self.call("Page.navigate", url=page)
        while not self._loaded:
            self._next()
        return [at for at in self.asked if at != page and not at.startswith("data:")]

    def ask(self, words: str) -> Any:
        """Return the value of JavaScript in the page, awaited if it is a promise."""
        answer = self.call(
            "Runtime.evaluate", expression=words, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def picture(self, words: str) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Return what is seen of an element, given by a selector (rows, columns, 3)."""
        left, top, width, height = self.box(words)
        right, down = self.ask("[scrollX, scrollY]")  # it is counted from the top of the page
        clip = {"x": left + right, "y": top + down, "width": width, "height": height, "scale": 1}
        data = self.call("Page.captureScreenshot", clip=clip)["data"]
        seen: np.ndarray[Any, np.dtype[np.float32]]
        seen = matplotlib.image.imread(io.BytesIO(base64.b64decode(data)))[..., :3]
        return seen

    def box(self, words: str) -> list[float]:
        """Return left, top, width and height of an element inside of its border [pixel]."""
        return list(
            self.ask(
                f"(e => {{ const r = e.getBoundingClientRect(), b = e.clientLeft; return [r.x + b,"
                f" r.y + b, e.clientWidth, e.clientHeight]; }})(document.querySelector({words!r}))"
            )
        )

    def drag(self, words: str, right: float, down: float) -> None:
        """Drag what is in the middle of an element with the mouse [pixel]."""
        left, top, width, height = self.box(words)
        x, y = left + 0.5 * width, top + 0.5 * height
        places = [(x + right * part, y + down * part) for part in (0.25, 0.5, 0.75, 1.0)]
        self._mouse("Pressed", x, y)
        for place in places:
            self._mouse("Moved", *place)
        self._mouse("Released", *places[-1])

    def _mouse(self, what: str, x: float, y: float) -> None:
        self.call(
            "Input.dispatchMouseEvent", type=f"mouse{what}", x=x, y=y, button="left", buttons=1,
            clickCount=1,
        )  # fmt: skip

    def press(self, key: str) -> None:
        """Press a key where the focus is."""
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key)

    def violations(self) -> list[str]:
        """Return what axe-core finds wrong in the page."""
        self.ask(AXE.read_text(encoding="utf-8"))
        found = self.ask(
            "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.help + ' at ' +"
            " v.nodes.map(n => n.target.join(' ')).slice(0, 5).join(', ')))"
        )
        return list(found)
