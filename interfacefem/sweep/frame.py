# SPDX-License-Identifier: MIT
"""A view to turn inside of a page: a frame that may run its own scripts and nothing else.

The frame has no origin and no way out; of scripts it runs those whose hashes the policy names. The
page repeats the policy, since a frame inherits that of its page.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from interfacefem.names import printable
from interfacefem.plots.offline import Bar, Offline, Script

#: turns the scene with keys, for who has no mouse; the viewer keeps a click from moving the focus
KEYS = Script(
    "",
    """
addEventListener("keydown", (event) => {
  const turns = {
    ArrowLeft: ["azimuth", 10], ArrowRight: ["azimuth", -10], ArrowUp: ["elevation", -10],
    ArrowDown: ["elevation", 10], "+": ["zoom", 1.2], "-": ["zoom", 1 / 1.2],
  };
  const turn = turns[event.key];
  const shown = window.global?.renderWindow;
  if (!turn || !shown) return;
  for (const renderer of shown.getRenderers()) {
    const camera = renderer.getActiveCamera();
    camera[turn[0]](turn[1]);
    camera.orthogonalizeViewUp();
    renderer.resetCameraClippingRange();
  }
  shown.render();
  event.preventDefault();
});
addEventListener("pointerdown", () => document.querySelector(".content").focus(), true);
""",
)


@dataclass(frozen=True)
class Frame:
    """A view to turn, as a page shows it.

    Attributes
    ----------
    title, caption : str
        For who does not see it, and below it.
    document : str
        What stands in the frame.
    allowed : str
        The scripts that may run, as a policy names them.
    label : str
        Of the field with its unit.
    bars : tuple of Bar
        What the colours mean.
    """

    title: str
    caption: str
    document: str
    allowed: str
    label: str
    bars: tuple[Bar, ...]


def frame(scene: Offline, title: str, caption: str, render: Callable[..., str]) -> Frame:
    """Return a scene in a frame.

    Parameters
    ----------
    scene : Offline
    title, caption : str
        Plain text.
    render : callable
        Fills the template of the frame.
    """
    # a browser reads all ends of lines as one kind, and so hashes them
    scripts = [Script(s.kind, _lines(s.text)) for s in (*scene.scripts, KEYS)]
    allowed = policy(s.text for s in scripts)
    title = printable(title, lines=False)
    document = render(title=title, scripts=scripts, allowed=allowed)
    return Frame(title, caption, document, allowed, scene.label, scene.bars)


def policy(scripts: Iterable[str]) -> str:
    """Return the scripts that may run, as a Content-Security-Policy names them (CSP Level 3)."""
    hashes = [hashlib.sha256(text.encode()).digest() for text in scripts]
    return " ".join(f"'sha256-{base64.b64encode(one).decode('ascii')}'" for one in hashes)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
