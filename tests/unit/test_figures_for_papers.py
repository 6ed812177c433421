# SPDX-License-Identifier: MIT
"""Figures at the width of a column: nothing is cut, covered or too small, and told one way."""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from every_figure import Draw, every_figure, many, spectrum
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from interfacefem import plots, post
from interfacefem.cli.main import main
from interfacefem.errors import ResultsError
from interfacefem.post.varied import varied
from interfacefem.results.example import example_run

MM = 1.0 / 25.4
#: those that are drawn in each run of the tests; all of them at both widths in the campaign
QUICK = (
    "interfaces plane", "loading plane", "current plane", "distribution plane", "mesh plane",
    "cycles cycles", "calibration", "surfaces lines", "nyquist", "bode", "contact map plane",
    "sweep window", "pellet face", "validation", "comparison of 2",
)  # fmt: skip
NAMES = (
    *QUICK, "debonded plane", "window plane", "stack plane", "flaws plane", "field plane",
    "stack space", "interfaces space", "flaws space", "debonded space", "loading space",
    "current space", "distribution space", "field space", "mesh space", "pellet cycles",
    "field plane of faces", "field space of faces", "surfaces areas", "comparison of 6",
    "comparison of 20", "comparison of 20 by name", "nyquist of 2", "bode of 2",
    "contact map space", "pellets of 2",
)  # fmt: skip


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Draw]:
    return every_figure(tmp_path_factory.mktemp("every"))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with example_run(tmp_path_factory.mktemp("papers") / "run", nx=8, points=21) as results:
        yield results


# What is measured -----------------------------------------------------------------------------


def panels_of(figure: Figure) -> list[Axes]:
    """Return all axes, also those of colour bars inside of others."""
    found = list(figure.get_axes())
    return [*found, *(part for axes in found for part in axes.child_axes)]


def ticks_of(axes: Axes) -> list[Text]:
    """Return labels of ticks that are seen."""
    found = []
    for number, axis in enumerate((axes.xaxis, axes.yaxis)):
        low, high = axes.bbox.get_points()[:, number]
        for label in axis.get_ticklabels():
            place = label.get_position()[number]
            if low - 1e-7 <= axes.transData.transform((place, place))[number] <= high + 1e-7:
                found.append(label)
    return [label for label in found if label.get_visible() and label.get_text()]


def titles_of(axes: Axes) -> list[Text]:
    own = set(axes.texts)
    found = [one for one in axes.get_children() if isinstance(one, Text) and one not in own]
    return [text for text in found if text.get_text()]


def texts_of(figure: Figure) -> dict[str, list[Text]]:
    """Return what is written, by what it is."""
    axes = [one for one in panels_of(figure) if one.get_visible()]
    drawn = [one for one in axes if one.axison]
    legends = [one.get_legend() for one in axes if one.get_legend() is not None]
    heads, parts = [], [figure]
    while parts:
        part: Any = parts.pop()
        heads += [text for text in part.texts if text.get_text()]
        legends += part.legends
        parts += part.subfigs
    labels = [axis.label for one in drawn for axis in (one.xaxis, one.yaxis)]
    return {
        "head": heads,
        "title": [text for one in axes for text in titles_of(one)],
        "label": [text for text in labels if text.get_text() and text.get_visible()],
        "tick": [text for one in drawn for text in ticks_of(one)],
        "legend": [text for legend in legends for text in legend.get_texts()],
        "inside": [text for one in axes for text in one.texts if text.get_text()],
    }


def problems(figure: Figure) -> list[str]:
    """Return every text that is cut, too small, or covers another one."""
    figure.draw_without_rendering()
    texts = texts_of(figure)
    found = []
    whole = figure.bbox
    boxes: list[tuple[str, Text, Bbox]] = []
    for kind, several in texts.items():
        for text in several:
            box = text.get_window_extent()
            said = f"{kind} {text.get_text()!r}"
            ends = (box.x0 - whole.x0, box.y0 - whole.y0, whole.x1 - box.x1, whole.y1 - box.y1)
            if min(ends) < -1.0:
                found.append(f"{said} is cut by {-min(ends):.0f} pixels")
            if text.get_fontsize() < 6.0:
                found.append(f"{said} has {text.get_fontsize():.1f} pt")
            boxes.append((said, text, box))
    inside = set(texts["inside"])
    for (one, first, a), (two, second, b) in itertools.combinations(boxes, 2):
        if first in inside or second in inside:
            continue  # lies within its panel, on what it names
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        if wide > 2.0 and high > 2.0:
            found.append(f"{one} meets {two}")
    return found


# Every figure ---------------------------------------------------------------------------------


def both(name: str) -> list[Any]:
    """Return a figure at both widths, at one column in each run of the tests if it is quick."""
    late = pytest.mark.campaign
    first = [] if name in QUICK else [late]
    return [
        pytest.param(name, "one column", 88.0, marks=first, id=f"{name}, one column"),
        pytest.param(name, "two columns", 180.0, marks=[late], id=f"{name}, two columns"),
    ]


@pytest.mark.parametrize(("name", "width", "mm"), [case for name in NAMES for case in both(name)])
def test_a_figure_fits_its_column(
    figures: dict[str, Draw], name: str, width: str, mm: float
) -> None:
    figure = figures[name](width=width)
    assert figure.get_size_inches()[0] == pytest.approx(mm * MM)
    assert problems(figure) == []


def test_every_picture_of_the_register_is_among_them(figures: dict[str, Draw]) -> None:
    assert set(figures) - {"window space"} == set(NAMES)
    kinds = {kind for kind, entry in plots.PICTURES.items() if plots.PICTURES.is_own(kind)}
    assert kinds - {name.partition(" ")[0] for name in NAMES} == {"animation"}


def test_what_is_cut_or_covered_is_found() -> None:
    """The test itself: a title without lines, small words and a label on a title are found."""
    figure = plots.figure(2.0, 2.0)
    upper, lower = figure.subplots(2, 1)
    upper.set_title("a title that is much too long for two inches of width", loc="left")
    upper.set_xlabel("small", fontsize=4.0)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    lower.set_title("covered", loc="left", y=1.0)
    upper.xaxis.set_label_coords(0.2, 0.0, transform=lower.titleOffsetTrans + lower.transAxes)
    lower.set_position((0.2, 0.1, 0.7, 0.5))
    told = "\n".join(problems(figure))
    assert "much too long for two inches of width' is cut by" in told
    assert "'small' has 4.0 pt" in told
    assert " meets " in told


# One way to tell them -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "mm"),
    [("one column", 88.0), ("Two-Columns", 180.0), ("120 mm", 120.0), ("8 cm", 80.0)],
)
def test_widths(run: Any, width: str, mm: float) -> None:
    figure = run.plot("mesh", width=width)
    assert figure.get_size_inches()[0] == pytest.approx(mm * MM)
    assert figure.dpi == 300.0
    assert run.plot("mesh", width=width, dpi=600).dpi == 600.0


def test_size_in_inches_as_given(run: Any) -> None:
    figure = plots.loading_curves(run, figsize=(3.5, 5.0))
    assert tuple(figure.get_size_inches()) == (3.5, 5.0)
    large = plots.loading_curves(run, figsize=(11.0, 5.0))
    size = [one.axes[0].xaxis.label.get_fontsize() for one in (figure, large)]
    assert size == [8.0, 10.0]  # of a page, and of a screen


def test_titles(run: Any) -> None:
    own = run.plot("loading", title="mine")
    assert own.get_suptitle() == "mine"
    none = run.plot("loading", title=False)
    assert none.get_suptitle() == ""
    assert none.axes[0].get_title(loc="left") == "Contact"  # which panel it is
    assert run.plot("loading").get_suptitle().startswith("example: what pressing gains")
    (panel,) = plots.nyquist(spectrum(), title="mine").axes
    assert panel.get_title(loc="left") == "mine"
    (panel,) = plots.nyquist(spectrum(), title=False).axes
    assert panel.get_title(loc="left") == ""


def test_own_words(run: Any) -> None:
    words = {"x": "p (MPa)", "anode on interlayer": "Li on LLZO", "whole stack": "cell"}
    figure = run.plot("loading", labels=words)
    contact, resistance = figure.axes
    assert contact.get_xlabel() == resistance.get_xlabel() == "p (MPa)"
    assert contact.get_legend().get_texts()[0].get_text() == "Li on LLZO"
    assert resistance.get_legend().get_texts()[0].get_text() == "cell"
    again = plots.comparison(
        post.compare([run, run]), labels={"anode": "lithium", "contact fraction [-]": ""}
    )
    titles = [axes.get_title(loc="left") for axes in again.axes]
    assert titles[0] == ""
    again.draw_without_rendering()  # labels of ticks are written anew
    ticks = {label.get_text() for axes in again.axes for label in axes.get_xticklabels()}
    assert {" ".join(tick.split()) for tick in ticks} >= {"lithium", "lithium on interlayer"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"widht": "one column"}, 'did you mean "width"'),
        ({"width": "one colum"}, 'did you mean "one column"'),
        ({"width": 88}, "has no unit"),
        ({"width": "3 m"}, "between 30 and 1e+03 mm"),
        ({"figsize": 3.0}, "is no width and height"),
        ({"figsize": (3.0, -1.0)}, "is not possible"),
        ({"width": "one column", "figsize": (3.0, 3.0)}, "figsize and width both say"),
        ({"title": 3}, "is no text"),
        ({"labels": "x"}, "is no mapping"),
        ({"labels": {"whole stak": "cell"}}, 'did you mean "whole stack"'),
        ({"labels": {"y": "mine"}}, "several labels of y axes"),
        ({"ax": "here"}, "is no Axes or SubFigure"),
        ({"dpi": 1e9}, "is not possible"),
    ],
)
def test_what_cannot_be_is_said_once(run: Any, options: dict[str, Any], said: str) -> None:
    for draw in (plots.loading_curves, lambda run, **known: plots.draw(run, "loading", **known)):
        with pytest.raises(ResultsError, match=re.escape(said)) as caught:
            draw(run, **options)
        assert "\n" not in str(caught.value)


def test_a_film_has_no_page(run: Any) -> None:
    with pytest.raises(ResultsError, match="option 'width' says nothing to the picture"):
        plots.draw(run, "animation", width="one column")


def test_one_panel_is_drawn_into_given_axes() -> None:
    figure = plots.figure(6.0, 3.0)
    left, right = figure.subplots(1, 2)
    right.set_title("of the user")
    assert plots.nyquist(spectrum(), ax=left, labels={"x": "Re"}) is figure
    assert left.lines
    assert left.get_xlabel() == "Re"
    assert figure.axes == [left, right]
    assert not right.lines
    assert right.get_title() == "of the user"
    assert figure.get_suptitle() == ""
    assert not figure.legends


def test_several_panels_are_drawn_into_a_part_of_a_figure(run: Any) -> None:
    figure = plots.figure(9.0, 4.0)
    left, right = figure.subfigures(1, 2)
    right.subplots().set_title("of the user")
    assert plots.loading_curves(run, ax=left) is left
    assert len(left.axes) == 2
    assert len(right.axes) == 1
    assert not right.axes[0].lines
    with pytest.raises(ResultsError, match="several panels"):
        plots.loading_curves(run, ax=right.axes[0])
    assert not right.axes[0].lines


def of_a_user(results: Any, title: str = "own") -> Figure:
    """A picture that knows nothing of pages, and has an option of the name of one."""
    figure = plots.figure(6.0, 3.0)
    figure.subplots().set_title(title)
    return figure


def test_the_picture_of_a_user_is_told_in_the_same_way(run: Any) -> None:
    plots.picture("of a user", when=False)(of_a_user)
    figure = run.plot("of a user", width="one column", title="mine", labels={"mine": "yours"})
    assert figure.get_size_inches() == pytest.approx((88.0 * MM, 2.4))
    assert figure.axes[0].get_title(loc="left") == "yours"
    plots.PICTURES.remove("of a user")


# Files and names ------------------------------------------------------------------------------


def test_text_is_text_in_files(tmp_path: Path, run: Any) -> None:
    figure = plots.mesh(run.mesh, width="one column")
    figure.savefig(tmp_path / "own.pdf")  # as a user would
    for path in (tmp_path / "own.pdf", plots.save(figure, tmp_path / "ours.pdf")):
        data = path.read_bytes()
        streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, flags=re.DOTALL)
        plain = b"".join(_inflated(part) for part in streams)
        assert b"/Type42" in data + plain or b"/TrueType" in data + plain or b"/CIDFont" in data
        assert b"/Type3" not in data
    plots.save(figure, tmp_path / "ours.svg")
    drawn = (tmp_path / "ours.svg").read_text(encoding="utf-8")
    for word in ("interlayer", "whole stack", "x [um]"):
        assert f">{word}" in drawn  # also the names that stand on colours


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def test_names_are_drawn_as_they_are(run: Any) -> None:
    names = ("$x_1^2$ <b>", f"{'very_long_' * 9}name")
    compared = many(post.compare([run, run]), 2)
    compared = replace(compared, names=names, rows=compared.rows[:4])
    figure = plots.comparison(compared, width="one column")
    assert problems(figure) == []
    texts = texts_of(figure)
    said = ["".join(text.get_text().split()) for text in texts["legend"]]
    assert said == ["$x_1^2$<b>", names[1]]
    assert not any(text.get_parse_math() for several in texts.values() for text in several)


# Many runs ------------------------------------------------------------------------------------


def test_many_runs_are_drawn_over_what_was_varied(run: Any) -> None:
    pair = post.compare([run, run])
    pair = replace(pair, rows=pair.rows[:12])
    compared = many(pair, 20)
    figure = plots.comparison(compared)
    assert figure.axes[0].get_xlabel() == "step.press.to [MPa]"
    points = figure.axes[0].lines[0]
    assert sorted(points.get_xdata()) == [5.0 + k for k in range(20)]
    assert "20 runs" in figure.get_suptitle()
    assert len(figure.legends) == 0
    few = plots.comparison(many(pair, 6))
    assert len(few.legends[0].get_texts()) == 6


def test_what_was_varied() -> None:
    def case(to: object, seed: int, **more: object) -> dict[str, object]:
        return {
            "name": f"run {to}",
            "layer": [{"name": "a", "top": {"seed": seed}}],
            "step": [{"name": "press", "to": to, **more}],
        }

    found = varied([case("5 MPa", 1), case("5 MPa", 2), case("0.01 GPa", 1)])
    assert found is not None
    assert (found.label, found.values) == ("step.press.to [MPa]", (5.0, 5.0, 10.0))
    assert found.others == ()
    sums = [case(f"{to} MPa", to, sum=to) for to in (5, 6)]
    for one in sums:  # of heights, which goes with the seed
        one["surface"] = {"a": {"seed": one["step"][0]["sum"], "checksum": one["name"]}}
    found = varied(sums)
    assert found is not None
    assert found.others == ("step.press.sum",)
    seeds = varied([case("5 MPa", 1), case("5 MPa", 2)])
    assert seeds is not None
    assert seeds.label == "layer.a.top.seed"
    words = varied([case("5 MPa", 1, rate="slow"), case("5 MPa", 1, rate="fast")])
    assert words is None
    two = varied([case("5 MPa", 1, time="1 s"), case("7 MPa", 1, time="2 s")])
    assert two is not None
    assert two.others == ("step.press.time",)


# The command line -----------------------------------------------------------------------------


def test_command_line(run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "a.svg"
    words = ["plot", str(run.folder), "loading", "-o", str(out), "--width", "one column"]
    assert main([*words, "--title", ""]) == 0
    text = out.read_text(encoding="utf-8")
    assert f'width="{88.0 / 25.4 * 72.0:.5f}'[:12] in text
    assert "what pressing gains" not in text
    assert main([*words[:-1], "one colum"]) == 2
    assert 'did you mean "one column"' in capsys.readouterr().err
