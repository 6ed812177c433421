# SPDX-License-Identifier: MIT
"""The scene in JupyterLab in a real browser, with the real trame: turned, and chosen from.

``make browser`` brings JupyterLab and trame; without them, or without Chromium, this is skipped.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import nbformat
import numpy as np
import pytest
from PIL import Image
from shared_browser import program
from shared_lab import LAB, Lab

from interfacefem.results.example_3d import example_run_in_space

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(program() is None or not LAB.is_file(), reason="unseen: see make browser"),
]

CELLS = (
    "from interfacefem import Results, plots",
    "with Results.open('run') as run:\n"
    "    shown = plots.scene(run, 'press', 'plastic_strain')\n"
    "shown",
)
FRAME = "iframe.pyvista"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    example_run_in_space(folder / "run", n=12).close()
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    nbformat.write(notebook, folder / "scene.ipynb")
    with Lab(folder) as found:
        yield found


def _next(lab: Lab, before: Image.Image | None = None) -> Image.Image:
    """Return the scene when it is another picture and changes no more."""
    last = before
    for _ in range(40):
        time.sleep(1.0)
        now = lab.picture(FRAME)
        new = before is None or _differ(before, now) > 0.002
        if new and last is not None and _differ(last, now) == 0.0 and np.asarray(now).std() > 5.0:
            return now
        last = now
    raise TimeoutError("the scene is empty, stays as it was or does not come to rest")


def _differ(one: Image.Image, other: Image.Image) -> float:
    """Return the part of the pixels that differ, but for the noise of a compressed picture."""
    difference = np.abs(np.asarray(one, dtype=int) - np.asarray(other, dtype=int)).max(axis=2)
    return float((difference > 40).mean())


def _choose(lab: Lab, title: str, words: str) -> None:
    """Choose from a list as a user does: the words are set and the list says that it changed."""
    assert lab.browser.ask(
        f"""(() => {{
            const row = [...document.querySelectorAll('.widget-dropdown')]
                .find(item => item.textContent.startsWith({title!r}));
            const list = row.querySelector('select'), hard = {words!r}.replaceAll(' ', '\\u00a0');
            list.value = [...list.options].find(item => item.text === hard).value;
            list.dispatchEvent(new Event('change', {{bubbles: true}}));
            return list.selectedOptions[0].text === hard;
        }})()"""
    )


def test_scene_is_turned_and_chosen_from(lab: Lab) -> None:
    lab.run("scene.ipynb", seconds=120.0)
    lab.until(lambda: lab.browser.ask(f"!!document.querySelector({FRAME!r})"), "no scene")
    first = _next(lab)
    left, top, width, height = lab.box(FRAME)
    lab.drag((left + 0.45 * width, top + 0.5 * height), (160.0, -50.0))
    turned = _next(lab, first)
    _choose(lab, "Field", "Displacement z [um]")
    field = _next(lab, turned)
    _choose(lab, "Moment", "end of 'release' at 5 MPa")
    moment = _next(lab, field)
    # back again, and it is seen from where it was turned to
    _choose(lab, "Moment", "end of 'press' at 187 MPa")
    assert _differ(field, again := _next(lab, moment)) < 0.001
    _choose(lab, "Field", "Plastic strain [-]")
    assert _differ(turned, _next(lab, again)) < 0.001
    assert lab.seen() == []
    assert lab.elsewhere() == []
    # the requests of the frame itself were seen
    ports = {at.split("/")[2] for at in lab.browser.asked if at.startswith("http")}
    assert len(ports) == 2
