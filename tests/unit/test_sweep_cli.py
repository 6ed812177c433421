"""``sweep``, ``window`` and ``report --html`` on the command line, and what the page holds."""

from __future__ import annotations

import html.parser
import re
from pathlib import Path

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from shared_sweep import PRESSURE, around, made, wavy
from shared_sweep import plan as made_plan

import interfacefem as ifem
from interfacefem.cli import main
from interfacefem.plots import draw, theme
from interfacefem.plots.figures import plan
from interfacefem.results.example_3d import example_run_in_space
from interfacefem.sweep import figures, page, recommend
from interfacefem.sweep.inputs import Input
from interfacefem.sweep.plan import REALISATION, Planned
from interfacefem.sweep.recommendation import Recommendation
from interfacefem.sweep.table import RowFile, SweepTable
from interfacefem.sweep.worker import Outcome

OVER = "step.press.to=1.5 MPa, 2 MPa"


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    wavy().save(folder / "wavy.toml")
    code = main(
        ["sweep", str(folder / "wavy.toml"), "--over", OVER, "-o", str(folder / "s"),
         "--over", "layer.anode.material.yield_stress=0.7 MPa, 0.9 MPa", "--workers", "1"]
    )  # fmt: skip
    assert code == 0
    return folder / "s"


@pytest.mark.slow
def test_a_sweep_says_what_it_did(swept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", str(swept.parent / "wavy.toml"), "--over", OVER, "-o", str(swept),
                 "--over", "layer.anode.material.yield_stress=0.7 MPa, 0.9 MPa"]) == 0  # fmt: skip
    said = capsys.readouterr().out
    assert "4 runs over step.press.to [MPa]" in said
    assert "4 are there already" in said
    assert "table.csv" in said
    assert '--at "1 MPa"' in said  # where the case ends
    names = {entry.name for entry in swept.iterdir()}
    assert {"plan.toml", "rows.jsonl", "table.csv", "runs"} <= names


def test_the_window_of_a_sweep(swept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["window", str(swept), "--target", "60 ohm*cm^2", "--at", "1 MPa",
                 "-o", str(swept / "w.svg")])  # fmt: skip
    said = capsys.readouterr().out
    assert code == 0
    assert re.match(r"(Press at|No pressure from)", said)
    assert (swept / "w.svg").read_text().startswith("<?xml")


@pytest.mark.slow
def test_several_cases_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = wavy()
    cases = {"cold": one, "warm": one.replace(temperature="60 degC")}
    files = []
    for name, case in cases.items():
        files.append(str(tmp_path / f"{name}.toml"))
        case.replace(name=name).save(Path(files[-1]))
    where = str(tmp_path / "s")
    assert main(["sweep", *files, "--over", OVER, "-o", where, "--workers", "1"]) == 0
    assert "4 runs over case, step.press.to [MPa]" in capsys.readouterr().out
    question = ["window", where, "--target", "60 ohm*cm^2", "--at", "1 MPa", "--no-figure"]
    assert main(question) == 2
    assert "s: has several cases, cold, warm; say which one" in capsys.readouterr().err
    assert main([*question, "--case", "warm"]) == 0
    said = capsys.readouterr().out
    table = SweepTable.open(tmp_path / "s")
    assert recommend(table, target="60 ohm*cm^2", at="1 MPa", case="warm").to_text() in said
    assert {row["case"] for row in table.rows} == {"cold", "warm"}
    with table.results(table.rows[0]) as results:
        assert results.status == "complete"
    assert main(["sweep", files[0], files[0], "--over", OVER, "-o", str(tmp_path / "two")]) == 2
    assert "two files have a case of the same name" in capsys.readouterr().err
    assert main(["report", where, "--html"]) == 0
    assert "case: cold, warm" in (tmp_path / "s" / page.NAME).read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--over", "step.press.to"], "write PATH=VALUES"),
        (["--over", "step.press.to=1,5 MPa"], "can be numbers with decimal commas"),
        (["--over", "step.pres.to=2 MPa"], 'did you mean "press"'),
        (["--seeds", "2"], "no face of the case is random"),
        (["--over", OVER, "--workers", "0"], "out of range"),
        ([], "nothing is varied"),
    ],
)
def test_a_wrong_sweep_ends_with_code_2(
    words: list[str], said: str, swept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["sweep", str(swept.parent / "wavy.toml"), *words, "-o", str(tmp_path / "s")])
    assert code == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "s").exists()


def test_a_wrong_window_ends_with_code_2(
    swept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, at, said in (
        (tmp_path, "1 MPa", "is no sweep"),
        (swept, "1.7 MPa", "no step after a press ends at"),
        (swept, "1 um", "is not a pressure"),
    ):
        assert main(["window", str(folder), "--target", "9 ohm*cm^2", "--at", at]) == 2
        assert said in capsys.readouterr().err


class Read(html.parser.HTMLParser):
    """What a page asks for, its images, and what it shows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.shown = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        links = [str(found[n]) for n in ("src", "srcset", "href", "action") if n in found]
        self.links += [link for link in links if not link.startswith("#")]
        if tag == "img":
            self.images.append(found)

    def handle_data(self, data: str) -> None:
        self.shown += data


def test_the_page_of_a_sweep_is_whole(swept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(swept), "--html", "--target", "60 ohm*cm^2", "--at", "1 MPa"]) == 0
    text = (swept / "report.html").read_text()
    read = Read(text)
    assert len(text) < page.LARGEST
    assert read.links
    assert all(link.startswith("data:image/png;base64,") for link in read.links)
    assert not {"script", "link", "iframe", "object"} & set(read.tags)
    assert not re.search(r"https?://", text)
    answer = re.search(r'<p class="answer">(.*?)</p>', text)
    assert answer is not None
    assert answer[1].startswith(("Press at", "No pressure"))
    assert "Every run at the end of every step" in read.shown
    assert re.search(r"1\.5 MPa: \d", str(read.images[0]["alt"]))  # words with the numbers
    assert "electrolyte (Li6PS5Cl, 4 um), anode (Li, 4 um)" in read.shown
    assert "step.press.to [MPa]: 1.5, 2" in read.shown


@pytest.mark.slow
def test_the_page_of_a_run_is_whole(
    swept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = next((swept / "runs").iterdir())
    drawn: list[Figure] = []
    image = page._image
    monkeypatch.setattr(page, "_image", lambda figure: drawn.append(figure) or image(figure))
    assert main(["report", str(run), "--html", "-o", str(tmp_path / "run.html")]) == 0
    read = Read((tmp_path / "run.html").read_text())
    assert len(read.images) > 3
    assert len({one["alt"] for one in read.images}) == len(read.images)
    assert any(re.search(r"\d% in contact", str(one["alt"])) for one in read.images)
    assert all(link.startswith("data:image/png;base64,") for link in read.links)
    assert "estimates" in read.shown
    assert len(drawn) == len(read.images)
    assert [words for figure in drawn for words in _pale(figure)] == []


def test_a_sweep_has_no_report_of_words(swept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(swept)]) == 2
    assert "--html" in capsys.readouterr().err


def test_names_are_escaped(tmp_path: Path) -> None:
    evil = '<script>alert("x")</script>'
    picture = page.Picture("data:,", f'" onload="{evil}', evil)
    cells = page.Cells(evil, [evil], [[evil]])
    shown = page.Page(evil, evil, [evil], [picture], [cells], [(evil, [evil], evil)]).html()
    read = Read(shown)
    assert "script" not in read.tags
    assert "onload" not in {name for image in read.images for name in image}
    assert read.shown.count(evil) >= 8


def _contrast(one: str, other: str) -> float:
    """Contrast by WCAG 2.1: (L1 + 0.05) / (L2 + 0.05) of relative luminances."""

    def luminance(colour: str) -> float:
        parts = [int(colour[k : k + 2], 16) / 255.0 for k in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_words_and_lines_can_be_seen() -> None:
    style = page.Page("x").html()
    words = re.findall(r"[ ;{]color: (#\w{6})", style)
    behind = re.findall(r"background: (#\w{6})", style)
    assert words
    assert behind
    assert min(_contrast(a, b) for a in words for b in behind) >= 4.5
    lines = [figures.RELEASED, figures.LOADED, figures.TARGET, *(c for c, _ in figures._CAUSES)]
    assert (
        min(_contrast(line, ground) for line in lines for ground in ("#ffffff", figures.GOOD))
        >= 4.5
    )


def _pale(figure: Figure) -> list[str]:
    """Return the words of a figure that have too little contrast with what is behind them."""
    found = []
    for text in figure.findobj(Text):
        if not (text.get_text().strip() and text.get_visible()):
            continue
        ground = (
            "#ffffff" if text.get_path_effects() or text.axes is None else text.axes.get_facecolor()
        )
        if _contrast(to_hex(text.get_color()), to_hex(ground)) < 4.5:
            found.append(f"{text.get_text()}: {text.get_color()}")
    return found


@pytest.mark.slow
def test_words_in_pictures_can_be_read(tmp_path: Path) -> None:
    with example_run_in_space(tmp_path / "run", n=4, rows=1, increments=1) as results:
        kinds = {item.kind: item for item in plan(results)}
        assert len(kinds) > 3
        for item in kinds.values():
            assert _pale(draw(results, item.kind, **item.options)) == []
    found = _asked(made({25.0: around(300.0), 60.0: around(90.0)}, risks={60.0: 1}))
    drawn = figures.sweep_window(found)
    assert _pale(drawn) == []
    drawn.axes[0].set_xlabel("pale", color="#999999")
    assert _pale(drawn) == ["pale: #999999"]


def test_colours_of_words_can_be_read_on_all_grounds() -> None:
    for words in (theme.LIMIT, theme.MUTED, "#000000"):
        assert _contrast(words, "#ffffff") >= 4.5
    # names of layers are black and stand on any of them
    assert min(_contrast("#000000", ground) for ground in theme.LAYER_COLOURS) >= 4.5


def _asked(table: SweepTable) -> Recommendation:
    return recommend(table, target="100 ohm*cm^2", at="5 MPa", die="10 mm")


def test_the_picture_has_a_line_a_realisation(tmp_path: Path) -> None:
    found = _asked(made({25.0: around(300.0), 60.0: around(90.0)}, risks={60.0: 1}))
    upper, lower = figures.sweep_window(found).axes
    thin = [line for line in upper.lines if line.get_linewidth() < 1.0]
    assert len(thin) == 10
    assert max(lower.lines[0].get_ydata()) == pytest.approx(10.0)
    assert "25 MPa: 300" in figures.words_for_window(found)


def test_runs_that_differ_in_pressure_only_are_one_line() -> None:
    staged = made({25.0: around(300.0, 2), 60.0: around(90.0, 2)})
    runs, rows = [], {}
    for row in staged.rows:
        inputs = {REALISATION: row["key"][-1], PRESSURE: row["highest pressure [MPa]"]}
        key = "-".join(map(str, inputs.values()))
        if key not in rows:
            runs.append(Planned(key, inputs, ()))
        kept = {name: value for name, value in row.items() if name != "run"}
        rows.setdefault(key, []).append(kept | {"key": key, "level": 0})
    pressed = Input("step.press.to", "pressure", "MPa")
    table = SweepTable.of(made_plan(runs, pressed, realisations=2), rows, Path())
    assert len(runs) == 4
    found = _asked(table).curves.values()
    assert list(found) == list(_asked(staged).curves.values())
    assert [pressures for pressures, _ in found] == [(25.0, 60.0)] * 2


def test_the_page_lists_failures(tmp_path: Path) -> None:
    table = made({25.0: around(90.0)})
    table.plan.write(tmp_path)
    file = RowFile(tmp_path)
    file.append(
        Outcome("k0", [{"key": "k0", "level": 0, "failure": "mesh", "reason": "too thin"}], 1)
    )
    read = SweepTable.open(tmp_path)
    assert "too thin" in page.of_sweep(read).html()


def test_public_names() -> None:
    assert ifem.Sweep.__name__ == "Sweep"
    assert callable(ifem.ladder)
    assert callable(ifem.recommend)
