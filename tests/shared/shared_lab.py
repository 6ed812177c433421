# SPDX-License-Identifier: MIT
"""JupyterLab in a headless Chromium: opens a notebook, runs it, says what is wrong with it."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from shared_browser import Browser

ROOT = Path(__file__).parents[2]
#: where ``make browser`` puts JupyterLab and trame
LAB = ROOT / ".browser" / "lab" / "bin" / "jupyter-lab"
#: the page: all of a notebook of some cells is seen
WIDTH, HEIGHT = 1300, 1600
#: the part of the page that scrolls
_PANEL = "document.querySelector('.jp-WindowedPanel-outer')"


class Lab:
    """A server of notebooks in a folder, and a browser on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("localhost", 0))
            self.port = free.getsockname()[1]
        # notebooks run in the environment that runs the tests, with trame beside it
        beside = next(LAB.parents[1].glob("lib/python3*/site-packages"))
        kernel = folder / ".data" / "kernels" / "python3"
        kernel.mkdir(parents=True)
        spec = {
            "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "Python 3", "language": "python",
            "env": {"PYTHONPATH": f"{ROOT}{os.pathsep}{beside}", "OMP_NUM_THREADS": "1"},
        }  # fmt: skip
        (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
        # nothing of the user's is read or written
        own = {
            "JUPYTER_PLATFORM_DIRS": "1",
            "JUPYTER_CONFIG_DIR": f"{folder}/.config", "JUPYTER_DATA_DIR": f"{folder}/.data",
            "JUPYTER_RUNTIME_DIR": f"{folder}/.runtime", "IPYTHONDIR": f"{folder}/.ipython",
            "JUPYTERLAB_SETTINGS_DIR": f"{folder}/.settings",
            "JUPYTERLAB_WORKSPACES_DIR": f"{folder}/.workspaces",
        }  # fmt: skip
        self._log = (folder / "lab.log").open("wb")
        self._server = subprocess.Popen(
            [
                LAB, "--allow-root", "--no-browser", f"--port={self.port}",
                "--ServerApp.port_retries=0", "--IdentityProvider.token=",
                "--LabApp.expose_app_in_browser=True", "--LabApp.news_url=None",
                "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            ],
            cwd=folder, env=os.environ | own, stdin=subprocess.DEVNULL, stdout=self._log,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.browser = Browser(folder / ".profile")

    def __enter__(self) -> Lab:
        try:
            self.browser.__enter__()
            self.until(self._answers, "the server does not answer", seconds=90.0)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.browser.__exit__()
        self._server.terminate()  # and the kernels with it
        try:
            self._server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._log.close()

    def _answers(self) -> bool:
        if self._server.poll() is not None:
            raise RuntimeError((self.folder / "lab.log").read_text(encoding="utf-8"))
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}/api", timeout=5) as answer:
                return bool(json.load(answer))
        except OSError:
            return False

    def until(self, found: Callable[[], Any], otherwise: str, seconds: float = 60.0) -> Any:
        """Return what is found as soon as it is something."""
        end = time.monotonic() + seconds
        while not (answer := found()):
            if time.monotonic() > end:
                raise TimeoutError(otherwise)
            time.sleep(0.25)
        return answer

    def run(self, notebook: str, seconds: float) -> None:
        """Open a notebook of the folder and run all its cells."""
        # by one name, so that frames of another port belong to the page and their requests are seen
        self.browser.open(f"http://localhost:{self.port}/lab/tree/{notebook}?reset", WIDTH, HEIGHT)
        ready = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status"
        self.until(lambda: self.browser.ask(ready) == "idle", "no kernel")
        self.browser.ask(
            "void window.jupyterapp.commands.execute('notebook:run-all-cells')"
            ".then(() => window.ran = 'all', error => window.ran = String(error))"
        )
        self.until(lambda: self.browser.ask("window.ran"), "the cells do not end", seconds)

    def seen(self) -> list[str]:
        """Scroll through the notebook; return what is wrong: errors, warnings, broken pictures."""
        found: list[str] = []
        top, height = 0, self.browser.ask(f"{_PANEL}.scrollHeight")
        while top < height:
            self.browser.ask(f"void ({_PANEL}.scrollTop = {top})")
            time.sleep(1.0)
            found += self.browser.ask(
                "[...document.querySelectorAll('[data-mime-type$=error], [data-mime-type$=stderr]')"
                "].map(e => e.textContent.slice(-500))"
            )
            found += self.browser.ask(
                "[...document.querySelectorAll('.jp-OutputArea-output img')]"
                ".filter(i => !i.naturalWidth).map(i => 'a picture is broken')"
            )
            top += HEIGHT - 300
        return list(dict.fromkeys(found))

    def elsewhere(self) -> list[str]:
        """Return the addresses of other hosts that were asked for."""
        here = re.compile(r"(data|blob):|(https?|wss?)://localhost:")
        return [address for address in self.browser.asked if not here.match(address)]

    def box(self, selector: str) -> tuple[float, float, float, float]:
        """Return left, top, width and height of an element that is brought into view."""
        self.browser.ask(
            f"document.querySelector({selector!r}).scrollIntoView({{block: 'center'}})"
        )
        time.sleep(0.5)
        found = self.browser.ask(
            f"(r => [r.x, r.y, r.width, r.height])(document.querySelector({selector!r})"
            ".getBoundingClientRect())"
        )
        left, top, width, height = map(float, found)
        return left, top, width, height

    def picture(self, selector: str) -> Image.Image:
        """Return an element as it is seen."""
        left, top, width, height = self.box(selector)
        clip = {"x": left, "y": top, "width": width, "height": height, "scale": 1}
        data = self.browser.call("Page.captureScreenshot", clip=clip)["data"]
        return Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")

    def drag(self, start: tuple[float, float], by: tuple[float, float]) -> None:
        """Press the mouse at a place of the page, move it and let it go."""
        for kind, part in [
            ("mouseMoved", 0.0), ("mousePressed", 0.0),
            *(("mouseMoved", 0.1 * k) for k in range(1, 11)), ("mouseReleased", 1.0),
        ]:  # fmt: skip
            x, y = start[0] + part * by[0], start[1] + part * by[1]
            self.browser.call(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1,
                buttons=0 if kind == "mouseReleased" else 1,
            )  # fmt: skip
            time.sleep(0.1)
