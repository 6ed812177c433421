"""Pages in a real browser: axe-core finds nothing wrong, nothing is asked of anybody, all is seen.

``make browser`` brings axe-core and trame-vtk and runs these; without them, or without Chromium,
they are skipped.
"""

from __future__ import annotations

import html
import importlib.util
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from shared_browser import AXE, SIZES, Browser, program
from shared_sweep import wavy

from interfacefem.cli import main
from interfacefem.results.example_3d import example_run_in_space
from interfacefem.sweep import page

DOCS = Path(__file__).parents[2] / "docs" / "_build" / "html"
#: the start page, one of tables and pictures, one of code, one of the API
PAGES = ("index", "gallery", "how_to/sweep", "generated/api/sweep")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(program() is None or not AXE.is_file(), reason="unseen: see make browser"),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The pages of a sweep and of one of its runs."""
    folder = tmp_path_factory.mktemp("swept")
    wavy().save(folder / "wavy.toml")
    over = "step.press.to=1.5 MPa, 2 MPa"
    sweep = folder / "s"
    assert main(["sweep", str(folder / "wavy.toml"), "--over", over, "-o", str(sweep)]) == 0
    assert main(["report", str(sweep), "--html", "--target", "60 ohm*cm^2", "--at", "1 MPa"]) == 0
    run = next((sweep / "runs").iterdir())
    assert main(["report", str(run), "--html"]) == 0
    return [sweep / "report.html", run / "report.html"]


def _mistakes(browser: Browser, path: Path, size: str) -> list[str]:
    """Return what is wrong with a page."""
    width, height = SIZES[size]
    asked = browser.open(path.as_uri(), width, height)
    found = [f"asks for {address}" for address in asked if not address.startswith("file:")]
    wide = browser.ask("document.documentElement.scrollWidth")
    if wide > width:
        found.append(f"{wide} pixels wide")
    broken = "[...document.images].filter(i => !i.naturalWidth).map(i => i.alt)"
    return [*found, *browser.ask(broken), *browser.violations()]


@pytest.mark.parametrize("size", SIZES)
def test_pages_of_a_sweep_and_of_a_run(reports: list[Path], browser: Browser, size: str) -> None:
    for path in reports:
        assert _mistakes(browser, path, size) == []
        assert {at for at in browser.asked if not at.startswith("data:")} == {path.as_uri()}


needs_viewer = pytest.mark.skipif(
    importlib.util.find_spec("trame_vtk") is None, reason="trame-vtk is missing: see make browser"
)


@pytest.fixture(scope="module")
def viewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with a view to turn, of a field that is not the same everywhere."""
    folder = tmp_path_factory.mktemp("viewed")
    with example_run_in_space(folder / "r") as results, pytest.MonkeyPatch.context() as patched:
        patched.setattr(page, "FIELD", "max_principal_stress")
        patched.setattr(page, "_add_pictures", lambda shown, results: None)
        return page.of_run(results).write(folder / "report.html")


def _seen(browser: Browser, holds: Callable[[np.ndarray], bool]) -> np.ndarray:
    """Return what is seen in the frame as soon as something holds for it."""
    end = time.monotonic() + 60.0
    while not holds(seen := browser.picture("iframe")):
        assert time.monotonic() < end, "nothing happens in the frame"
        time.sleep(0.2)
    return seen


def _open_view(browser: Browser) -> np.ndarray:
    """Open the view; return it as soon as it is drawn, in colours on white."""
    browser.ask("document.querySelector('summary').click()")
    browser.ask("document.querySelector('iframe').scrollIntoView({block: 'center'})")
    seen = _seen(browser, lambda s: float((np.ptp(s, axis=2) > 0.2).mean()) > 0.05)
    time.sleep(2.0)  # Chromium loses what is done with a frame that it has just drawn
    return seen


@needs_viewer
@pytest.mark.parametrize("size", SIZES)
def test_a_view_is_drawn_and_turned(viewed: Path, browser: Browser, size: str) -> None:
    assert _mistakes(browser, viewed, size) == []
    first = _open_view(browser)
    # all of it is in the frame: the rim is white
    for rim in (first[:2], first[-2:], first[:, :2], first[:, -2:]):
        assert rim.min() > 0.99

    def differs(seen: np.ndarray, before: np.ndarray) -> bool:
        return float((np.abs(seen - before).max(axis=2) > 0.1).mean()) > 0.05

    browser.drag("iframe", 80.0, 30.0)
    dragged = _seen(browser, lambda seen: differs(seen, first))
    assert browser.ask("document.activeElement.tagName") == "IFRAME"
    for _ in range(6):
        browser.press("ArrowUp")
    _seen(browser, lambda seen: differs(seen, dragged))
    assert browser.violations() == []
    assert browser.ask("document.documentElement.scrollWidth") <= SIZES[size][0]
    assert {at for at in browser.asked if not at.startswith("data:")} == {viewed.as_uri()}
    # the icons of the viewer's own page are all that it would fetch
    assert [text for text in browser.refused if "favicon" not in text] == []


@needs_viewer
@pytest.mark.parametrize("size", SIZES)
def test_the_frame_of_a_view_has_no_mistakes(
    viewed: Path, tmp_path: Path, browser: Browser, size: str
) -> None:
    assert _mistakes(browser, _inside(viewed, tmp_path), size) == []


def _inside(viewed: Path, folder: Path) -> Path:
    """Write what is in the frame of a page as a page of its own; return its path."""
    found = re.search(r'srcdoc="([^"]*)"', viewed.read_text())
    assert found is not None
    path = folder / "inside.html"
    path.write_text(html.unescape(found[1]))
    return path


def _title(text: str) -> str:
    found = re.search("<title>(.*?)</title>", text)
    assert found is not None
    return html.unescape(found[1])


@needs_viewer
def test_scripts_that_are_not_of_the_viewer_do_not_run(
    viewed: Path, tmp_path: Path, browser: Browser
) -> None:
    evil = (
        "<script>document.title = 'ran'</script><img src=x onerror=\"document.title = 'ran'\">"
        '<svg onload="document.title = \'ran\'"></svg><iframe srcdoc="<script>'
        "parent.document.title = 'ran'</script>\"></iframe><img src='https://127.0.0.1:9/x.png'>"
    )
    for path in (viewed, _inside(viewed, tmp_path)):
        whole = path.read_text()
        bad = tmp_path / "bad.html"
        bad.write_text(whole.replace("<main>", f"<main>{evil}", 1))
        browser.open(bad.as_uri(), *SIZES["desktop"])
        assert browser.ask("document.title") == _title(whole)
        said = " ".join(browser.refused)
        assert "inline script" in said
        assert "inline event handler" in said
        assert "127.0.0.1:9" in said
        open_to_all = "script-src 'unsafe-inline'"
        bad.write_text(re.sub('script-src [^"]*', open_to_all, bad.read_text(), count=1))
        browser.open(bad.as_uri(), *SIZES["desktop"])
        assert browser.ask("document.title") == "ran"  # but for the hashes


def test_a_page_with_mistakes_is_caught(tmp_path: Path, browser: Browser) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        '<html><body style="width: 3000px"><p style="color: #bbbbbb">pale</p>'
        '<img src="http://127.0.0.1:9/x.png"></body></html>'
    )
    said = " ".join(_mistakes(browser, page, "phone"))
    for word in ("asks for http://127.0.0.1:9/x.png", "wide", "color-contrast", "image-alt"):
        assert word in said


@pytest.mark.skipif(not DOCS.is_dir(), reason="unbuilt: see make docs")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", PAGES)
def test_pages_of_the_documentation(browser: Browser, page: str, size: str) -> None:
    assert _mistakes(browser, DOCS / f"{page}.html", size) == []
