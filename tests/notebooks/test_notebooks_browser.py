# SPDX-License-Identifier: MIT
"""Every notebook in JupyterLab in a real browser: no error, and nothing asked of another host.

``make browser`` brings JupyterLab and trame; without them, or without Chromium, these are skipped.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from shared_browser import program
from shared_lab import LAB, Lab

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.skipif(program() is None or not LAB.is_file(), reason="unseen: see make browser"),
]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_in_a_browser(notebook: Path, tmp_path: Path) -> None:
    shutil.copy(notebook, tmp_path)
    with Lab(tmp_path) as lab:
        lab.run(notebook.name, seconds=1200.0)
        assert lab.seen() == []
        assert lab.elsewhere() == []


def test_a_notebook_with_mistakes_is_caught(tmp_path: Path) -> None:
    cells = [
        "from IPython.display import HTML, display",
        "display(HTML('<img src=\"http://127.0.0.1:9/x.png\">'))",
        "1 / 0",
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in cells], metadata=kernel
    )
    nbformat.write(notebook, tmp_path / "bad.ipynb")
    with Lab(tmp_path) as lab:
        lab.run("bad.ipynb", seconds=60.0)
        found = " ".join(lab.seen())
        assert "ZeroDivisionError" in found
        assert "a picture is broken" in found
        assert set(lab.elsewhere()) == {"http://127.0.0.1:9/x.png"}
