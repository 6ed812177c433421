"""The view to turn in the page of a run in 3D: what is in it, what may run, and when there is none.

The viewer of trame-vtk is replaced by a small one where trame-vtk is not needed for the question.
"""

from __future__ import annotations

import base64
import hashlib
import html.parser
import importlib.util
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from interfacefem.plots import offline
from interfacefem.plots.painted import paint_all
from interfacefem.results import Results
from interfacefem.results.example import example_run
from interfacefem.results.example_3d import example_run_in_space
from interfacefem.sweep import frame, page

#: a field of the made-up run that is not the same everywhere
FIELD = "max_principal_stress"
FIRST, SECOND = "window.a = '&amp;';\r\nwindow.b = 1 < 2;\n", 'window.c = "</p>";'
VIEWER = f'<html><script>{FIRST}</script><script type="module">{SECOND}</script></html>'
N, ROWS = 6, 2


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    with example_run_in_space(tmp_path_factory.mktemp("turned") / "r", n=N, rows=ROWS) as results:
        yield results


@pytest.fixture
def viewed(run: Results, monkeypatch: pytest.MonkeyPatch) -> page.Page:
    """A page with nothing but a view, by a viewer that is two scripts."""
    monkeypatch.setattr(offline, "viewer", lambda surface: VIEWER)
    shown = page.Page("x")
    page._add_view(shown, run)
    return shown


class Read(html.parser.HTMLParser):
    """Tags with their attributes, and the scripts of a document as a browser reads them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(text.replace("\r\n", "\n"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script" and self.cdata_elem == "script":
            self.scripts[-1] += data

    def only(self, tag: str) -> dict[str, str | None]:
        (found,) = [attributes for name, attributes in self.tags if name == tag]
        return found

    def policy(self) -> dict[str, list[str]]:
        (text,) = [
            str(a["content"])
            for name, a in self.tags
            if name == "meta" and a.get("http-equiv") == "Content-Security-Policy"
        ]
        parts = [part.split() for part in text.split(";")]
        return {name: values for name, *values in parts}


def _hashes(scripts: list[str]) -> list[str]:
    digests = [hashlib.sha256(text.encode()).digest() for text in scripts]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def test_the_frame_may_run_its_scripts_and_nothing_else(viewed: page.Page) -> None:
    whole = Read(viewed.html())
    assert whole.scripts == []
    shown = whole.only("iframe")
    assert (shown["sandbox"], shown["loading"]) == ("allow-scripts", "lazy")
    assert "von Mises stress, at the end of 'release'" in str(shown["title"])
    assert "src" not in shown
    inside = Read(str(shown["srcdoc"]))
    assert inside.scripts == [FIRST.replace("\r\n", "\n"), SECOND, frame.KEYS.text]
    assert [a.get("type") for name, a in inside.tags if name == "script"] == [None, "module", None]
    for read, given in ((whole, {"default-src", "img-src", "style-src"}),
                        (inside, {"default-src", "style-src"})):  # fmt: skip
        assert read.policy()["default-src"] == ["'none'"]
        assert read.policy()["script-src"] == _hashes(inside.scripts)
        assert set(read.policy()) == {*given, "script-src"}


def test_names_are_escaped_twice(run: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "viewer", lambda surface: VIEWER)
    evil = "\"></iframe><script>alert(1)</script>'&quot;&gt;<img src=x onerror=alert(1)>"
    scene = offline.offline(run, "release")
    bars = (offline.Bar(evil, evil, evil, ("#000000", "#ffffff"), evil),)
    scene = offline.Offline(scene.scripts, evil, bars)
    shown = page.Page(
        evil, view=frame.frame(scene, evil, evil, page._template("frame.jinja").render)
    )
    whole = Read(shown.html())
    assert whole.scripts == []
    assert whole.only("iframe")["title"] == evil
    inside = Read(str(whole.only("iframe")["srcdoc"]))
    assert len(inside.scripts) == 3
    for read in (whole, inside):
        assert not {name for _, a in read.tags for name in a if name.startswith("on")}
        assert "img" not in {name for name, _ in read.tags}
    label = next(str(a["aria-label"]) for _, a in inside.tags if "aria-label" in a)
    assert label.startswith(evil)


def test_without_trame_the_page_says_what_to_install(
    run: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "trame_vtk.modules.vtk.serializers", None)
    shown = page.Page("x")
    page._add_view(shown, run)
    assert shown.view is None
    text = shown.html()
    assert "trame-vtk is missing; install it with: pip install" in text
    assert "interfacefem[view]" in text
    assert "iframe" not in {tag for tag, _ in Read(text).tags}
    assert "script-src" not in Read(text).policy()


def test_a_view_that_does_not_fit_is_left_out(
    viewed: page.Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(viewed.html().encode())
    monkeypatch.setattr(page, "LARGEST", size)
    assert "iframe" in {tag for tag, _ in Read(viewed.html()).tags}
    monkeypatch.setattr(page, "LARGEST", size - 1)
    read = Read(viewed.html())
    assert "iframe" not in {tag for tag, _ in read.tags}
    assert "script-src" not in read.policy()
    assert re.search(r"a view to turn: the page would have \d\.\d MB, at most are", viewed.html())


@pytest.mark.parametrize("dimension", [2, 3])
def test_runs_in_space_have_a_view(
    run: Results, tmp_path: Path, dimension: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline, "viewer", lambda surface: VIEWER)
    monkeypatch.setattr(page, "_add_pictures", lambda shown, results: None)
    if dimension == 3:
        assert page.of_run(run).view is not None
        return
    with example_run(tmp_path / "r", nx=6, points=31, increments=1) as plane:
        shown = page.of_run(plane)
    assert (shown.view, shown.left_out) == (None, [])


def test_the_surface_is_the_half_behind_with_the_colours_of_the_picture(
    run: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(offline, "viewer", lambda surface: seen.append(surface) or VIEWER)
    offline.offline(run, "release", FIELD)
    (surface,) = seen
    layers = len(run.layers)
    half = N // 2
    # top and bottom, two sides of all cells and two of half of them
    assert surface.n_cells == layers * (2 * N * half + 2 * ROWS * (N + half))
    assert surface.points.dtype == np.float32
    painted = paint_all([run.layer(name).at("release") for name in run.layers], FIELD)
    lowest = min(float(layer.points[:, 1].min()) for layer in painted)
    highest = max(float(layer.points[:, 1].max()) for layer in painted)
    width = highest - lowest
    assert surface.bounds[2:4] == pytest.approx((0.0, 0.5 * width), abs=1e-5 * width)
    colours = {tuple(colour) for layer in painted for colour in layer.colours}
    shown = {tuple(colour) for colour in surface.cell_data["colour"]}
    assert len(shown) > 2
    assert shown <= colours
    assert surface.cell_data.keys() == ["colour"]
    assert surface.point_data.keys() == []


def test_bars_say_layer_range_and_largest_value(
    run: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline, "viewer", lambda surface: VIEWER)
    scene = offline.offline(run, "release", FIELD)
    assert scene.label == "Max principal stress [MPa]"
    assert [bar.layer for bar in scene.bars] == list(reversed(run.layers))
    painted = paint_all([run.layer(name).at("release") for name in run.layers], FIELD)
    for bar, layer in zip(scene.bars, reversed(painted), strict=True):
        assert float(bar.low) == pytest.approx(layer.scale.low, rel=1e-3)
        assert float(bar.high) == pytest.approx(layer.scale.high, rel=1e-3)
        ends = layer.scale.paint(np.array([layer.scale.low, layer.scale.high]))
        assert [bar.colours[0], bar.colours[-1]] == ["#" + bytes(c).hex() for c in ends]
        assert f"{layer.values.max():.3g}" in bar.words
    # the stress of the made-up run is its pressure everywhere
    assert {bar.words for bar in offline.offline(run, "press").bars} == {"187 everywhere (grey)"}


@pytest.mark.skipif(importlib.util.find_spec("trame_vtk") is None, reason="needs trame-vtk")
def test_the_viewer_gets_points_faces_and_colours(run: Results) -> None:
    scene = offline.offline(run, "release", FIELD)
    (packed,) = [
        found[1] for s in scene.scripts if (found := re.search(r'base64Str = "([^"]*)"', s.text))
    ]
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(packed))) as archive:
        stored = json.loads(archive.read("index.json"))["hashes"].values()
    sizes = {one["vtk"]: len(base64.b64decode(one["content"])) for one in stored}
    cells = len(run.layers) * (2 * N * N // 2 + 2 * ROWS * (N + N // 2))
    # a quadrilateral is its number of corners and four of them, with 4 bytes each
    assert sizes["vtkCellArray"] == 4 * 5 * cells
    assert sizes["vtkDataArray"] == 3 * cells
    text = frame.frame(scene, "x", "x", page._template("frame.jinja").render).document
    assert Read(text).policy()["script-src"] == _hashes(Read(text).scripts)
    assert not re.search(r"\beval\(|new Function\(|new Worker\(", text)
