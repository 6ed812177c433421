"""Pages in a real browser: axe-core finds nothing wrong, nothing is asked of anybody, all is seen.

``make browser`` brings axe-core and runs these; without it, or without Chromium, they are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from shared_browser import AXE, SIZES, Browser, program
from shared_sweep import wavy

from interfacefem.cli import main

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


def _mistakes(browser: Browser, page: Path, size: str) -> list[str]:
    """Return what is wrong with a page."""
    width, height = SIZES[size]
    asked = browser.open(page.as_uri(), width, height)
    found = [f"asks for {address}" for address in asked if not address.startswith("file:")]
    wide = browser.ask("document.documentElement.scrollWidth")
    if wide > width:
        found.append(f"{wide} pixels wide")
    broken = "[...document.images].filter(i => !i.naturalWidth).map(i => i.alt)"
    return [*found, *browser.ask(broken), *browser.violations()]


@pytest.mark.parametrize("size", SIZES)
def test_pages_of_a_sweep_and_of_a_run(reports: list[Path], browser: Browser, size: str) -> None:
    for page in reports:
        assert _mistakes(browser, page, size) == []
        assert {at for at in browser.asked if not at.startswith("data:")} == {page.as_uri()}


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
