# SPDX-License-Identifier: MIT
"""One self-contained page about a run or a sweep: nothing in it is loaded from elsewhere.

What stands in the page is worked out elsewhere; here it is put in order. Names from a case are
escaped by the template; a policy in the page forbids requests, and all scripts but those of a view
to turn (:mod:`interfacefem.sweep.frame`).
"""

from __future__ import annotations

import base64
import functools
import importlib
import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interfacefem.errors import EnvironmentProblem, InterfaceFEMError, ResultsError
from interfacefem.names import printable
from interfacefem.plots.deformed import FIELD
from interfacefem.plots.offline import offline
from interfacefem.post.risk_table import risk_table
from interfacefem.results import Results
from interfacefem.results.documents import number
from interfacefem.results.files import put_in_place, reason
from interfacefem.results.risk_rows import VERDICTS, band_text, value_text, verdict
from interfacefem.sweep import page_words
from interfacefem.sweep.frame import Frame, frame
from interfacefem.sweep.plan import RUNS
from interfacefem.sweep.recommendation import Recommendation
from interfacefem.sweep.table import SweepTable
from interfacefem.sweep.table import number as as_number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "report.html"
#: a page stays below this, so that it can be sent by mail [byte]
LARGEST = 5_000_000
#: columns of the table of a sweep that a page shows, and what it calls them
_COLUMNS = {
    "step": "step",
    "highest pressure [MPa]": "pressed to [MPa]",
    "nominal_pressure [MPa]": "pressure [MPa]",
    "asr [ohm cm^2]": "resistance [ohm cm^2]",
}
#: rows of a table that a page shows
MOST_ROWS = 200
#: a longer table is folded
FOLDED_ABOVE = 30
#: longer texts of a cell are wrapped
LONG = 32
#: size of a figure for a phone [inch]
NARROW = (4.6, 9.0)


@dataclass(frozen=True)
class Picture:
    """A figure of a page: the image as a data address, the words in its place, what is below.

    ``narrow`` is the image that a phone shows in its place, if there is one.
    """

    data: str
    alt: str
    caption: str
    narrow: str = ""


@dataclass(frozen=True)
class Cells:
    """A table of a page."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass
class Page:
    """What a page shows.

    Attributes
    ----------
    title, answer : str
    asked : list of str
        What was computed.
    pictures : list of Picture
    tables : list of Cells
    texts : list of tuple
        Title, lines and preformatted text of each further section.
    view : Frame, optional
        A view to turn, shown if the page stays below :data:`LARGEST` with it.
    left_out : list of str
        What the page has not, with the reason.
    """

    title: str
    answer: str = ""
    asked: list[str] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    tables: list[Cells] = field(default_factory=list)
    texts: list[tuple[str, list[str], str]] = field(default_factory=list)
    view: Frame | None = None
    left_out: list[str] = field(default_factory=list)

    def html(self) -> str:
        """Return the page.

        Raises
        ------
        EnvironmentProblem
            If jinja2 is missing.
        """
        whole = self._render(self.view, self.left_out)
        size = len(_bytes(whole))
        if self.view is None or size <= LARGEST:
            return whole
        why = f"the page would have {size / 1e6:.1f} MB, at most are {LARGEST / 1e6:.0f}"
        return self._render(None, [*self.left_out, f"a view to turn: {why}"])

    def _render(self, view: Frame | None, left_out: list[str]) -> str:
        given = [("Left out", left_out, "")] if left_out else []
        texts = [
            {"title": title, "lines": lines, "text": t} for title, lines, t in [*given, *self.texts]
        ]
        shown: str = _template("page.jinja").render(
            title=printable(self.title), answer=printable(self.answer), asked=self.asked, view=view,
            figures=self.pictures, tables=list(map(_shown, self.tables)), texts=texts,
        )  # fmt: skip
        return shown

    def write(self, path: Path) -> Path:
        """Write the page; return its path.

        Raises
        ------
        ResultsError
            If it cannot be written.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            put_in_place(path, _bytes(self.html()))
        except OSError as error:
            raise ResultsError(
                f"{path}: cannot write the page ({reason(error)}); choose another place with -o"
            ) from error
        return path


def of_sweep(found: SweepTable, answer: Recommendation | None = None) -> Page:
    """Return the page of a sweep.

    Parameters
    ----------
    found : SweepTable
    answer : Recommendation, optional
        Where to press, if it was asked.
    """
    plan = found.plan
    page = Page(f"{plan.name}: {len(plan.runs)} runs")
    page.asked = page_words.of_case(plan.case)
    page.asked.append(f"{len(plan.runs)} runs: {'; '.join(page_words.varied(plan))}")
    if plan.separate:
        page.asked.append(f"a run for each pressure: {plan.separate}")
    if answer is not None:
        page.answer = answer.sentence()
        page.asked.append(
            f"a resistance of at most {number(answer.target)} ohm cm2 at "
            f"{number(answer.operating)} MPa stack pressure, in {answer.confidence:.0%} of the "
            "realisations"
        )
        _add_window(page, answer)
    failed = found.failures
    if failed:
        head = ["run", *plan.columns, "failed in", "reason"]
        rows = [
            [r["run"], *(r.get(c) for c in plan.columns), r["failure"], r["reason"]] for r in failed
        ]
        page.tables.append(Cells("Runs that failed", head, rows[:MOST_ROWS]))
    sound = [row for row in found.rows if not row.get("failure")]
    contacts = [name for name in found.columns if name.startswith("contact_fraction[")]
    columns = ["run", *plan.columns, *_COLUMNS, *contacts]
    head = [_COLUMNS.get(name, name) for name in columns[: -len(contacts) or None]]
    head += [
        name.replace("contact_fraction[", "contact of ").replace("] [", " [") for name in contacts
    ]
    caption = "Every run at the end of every step"
    if len(sound) > MOST_ROWS:
        caption += f", the first {MOST_ROWS} of {len(sound)} rows; all are in table.csv"
    page.tables.append(
        Cells(caption, head, [[row.get(name) for name in columns] for row in sound[:MOST_ROWS]])
    )
    first = next(
        (found.folder / RUNS / run.key for run in plan.runs if _is_run(found, run.key)), None
    )
    if first is not None:
        with Results.open(first) as results:
            _about(page, results)
    return page


def of_run(results: Results) -> Page:
    """Return the page of a run, with every picture that it has data for."""
    history = results.history
    page = Page(results.name)
    page.asked = [*page_words.of_case(results.case), f"status: {results.status}"]
    if not len(results):
        _about(page, results)
        return page
    rows = []
    for step in results.steps:
        row = max(k for k in range(len(history)) if history["step"][k] == step)
        contact = [float(history[f"contact_fraction[{n}]"][row]) for n in results.interfaces]
        rows.append([step, history["nominal_pressure"][row], history["asr"][row], *contact])
    last = rows[-1]
    page.answer = f"At the end of '{last[0]}', at {number(float(last[1]))} MPa, the cell has "
    page.answer += f"{number(float(last[2]), 3)} ohm cm2; in contact are " + ", ".join(
        f"{c:.0%} of {n}" for n, c in zip(results.interfaces, last[3:], strict=True)
    )
    page.answer += "."
    head = ["step", "pressure [MPa]", "resistance [ohm cm^2]"]
    head += [f"contact of {name} [-]" for name in results.interfaces]
    page.tables.append(Cells("The end of each step", head, rows))
    risks = [
        [r.cause, r.subject, r.step, verdict(p), value_text(p), band_text(p)]
        for r in risk_table(results).rows
        for p in [vars(r)]
    ]
    page.tables.append(
        Cells("Risks, the worst of all steps",
              ["cause", "where", "step", "verdict", "value", "threshold"], risks)
    )  # fmt: skip
    said = dict.fromkeys(str(row[3]) for row in risks)
    page.texts.append(
        ("Words of the risks", [f"{w}: {means}" for w, means in VERDICTS.items() if w in said], "")
    )
    _add_pictures(page, results)
    if results.mesh.dimension == 3:
        _add_view(page, results)
    _about(page, results)
    return page


def _is_run(found: SweepTable, key: str) -> bool:
    return (found.folder / RUNS / key / "results.h5").is_file()


def _add_window(page: Page, answer: Recommendation) -> None:
    from interfacefem.sweep.figures import sweep_window, words_for_window

    caption = (
        "Resistance and risks against the pressure; risks that are alike are drawn side by side."
    )
    if answer.interval is not None:
        caption += " The shaded range is where to press."
    page.pictures.append(
        Picture(
            _image(sweep_window(answer)), words_for_window(answer), caption,
            narrow=_image(sweep_window(answer, figsize=NARROW)),
        )
    )  # fmt: skip
    head = ["pressed to [MPa]", "realisations", "resistance after release", "under load",
            "above the target", "contacts", "failed"]  # fmt: skip
    rows = [
        [p.pressure, len(p.runs), p.released.text(), "-" if p.loaded is None else p.loaded.text(),
         f"{p.missing(answer.target)} of {len(p.runs)}", p.contacts, p.failed]
        for p in answer.points
    ]  # fmt: skip
    page.tables.append(Cells("Resistance at each pressure", head, rows))
    causes = list(dict.fromkeys(cause for point in answer.points for cause in point.exceeding))
    risks = [
        [cause, *(f"{p.exceeding.get(cause, 0)} of {len(p.runs)}" for p in answer.points)]
        for cause in causes
    ]
    head = ["over its threshold", *(f"{number(p.pressure)} MPa" for p in answer.points)]
    page.tables.append(Cells("Risks: realisations over the threshold", head, risks))
    page.tables.append(Cells("Two aims, and what they cost", *answer.aims_table()))
    page.texts.append(("Two aims", answer.aims_in_words(), ""))
    if answer.remarks():
        page.texts.append(("What to know", answer.remarks(), ""))


def _add_pictures(page: Page, results: Results) -> None:
    """Add the pictures of a run as long as the page stays small."""
    from interfacefem import plots
    from interfacefem.plots.figures import plan

    size = 0
    for item in plan(results, []):
        if item.file.endswith(".gif"):
            continue
        try:
            figure: Any = plots.draw(results, item.kind, **item.options)
            data = _image(figure)
        except InterfaceFEMError:
            continue  # the text report names what cannot be drawn
        size += len(data)
        if size > LARGEST * 0.9:
            page.left_out.append("more pictures: interfacefem report RUN")
            break
        caption = page_words.caption(plots.PICTURES.find(item.kind).title, item.options)
        page.pictures.append(Picture(data, f"{caption}. {page_words.words_in(figure)}", caption))


def _add_view(page: Page, results: Results) -> None:
    """Add the stack at the end of the run, to be turned, or why there is none."""
    step = results.steps[-1]
    shown = page_words.caption("a view to turn", {"field": FIELD, "step": step})
    try:
        scene = offline(results, step, FIELD)
    except InterfaceFEMError as error:
        page.left_out.append(f"a view to turn: {error}")
        return
    title = f"{results.name}, the deformed stack. {shown}"
    page.view = frame(scene, title, shown, _template("frame.jinja").render)


def _about(page: Page, results: Results) -> None:
    """Add assumptions, estimates, provenance and references."""
    estimates = [
        f"{layer}, {material.name}: {page_words.estimate(name, record)}"
        for layer, material in results.materials.items()
        for name, record in material.records
        if record.estimate
    ]
    if estimates:
        page.texts.append(("Values that are estimates", estimates, ""))
    versions = results.provenance.get("versions", {})
    said = [f"{name} {version}" for name, version in versions.items()]
    page.texts.append(("Computed with", said, ""))
    page.texts.append(("References", [], results.cite()))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def _image(figure: Figure | Any) -> str:
    """Return a figure as a data address."""
    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=110)
    return f"data:image/png;base64,{base64.b64encode(image.getvalue()).decode('ascii')}"


def _shown(cells: Cells) -> dict[str, object]:
    """Return a table as the template takes it: a column with words has its head on the left."""
    rows = [list(map(_cell, row)) for row in cells.rows]
    columns: list[tuple[dict[str, str], ...]] = list(zip(*rows, strict=True))
    kinds = ["word" if any(c["kind"] for c in column) else "" for column in columns]
    head = [
        {"text": name, "kind": kind}
        for name, kind in itertools.zip_longest(cells.head, kinds, fillvalue="")
    ]
    folded = len(rows) > FOLDED_ABOVE
    return {"caption": cells.caption, "head": head, "rows": rows, "folded": folded}


def _cell(value: object) -> dict[str, str]:
    if isinstance(value, str):
        text = printable(value, lines=False)
        return {"text": text, "kind": "word long" if len(text) > LONG else "word"}
    if value is None:
        return {"text": "-", "kind": ""}
    found = as_number(float(value)) if hasattr(value, "__float__") else float("nan")
    return {"text": number(found), "kind": ""}


@functools.cache
def _template(name: str) -> Any:
    try:
        jinja2 = importlib.import_module("jinja2")
    except ImportError as error:
        raise EnvironmentProblem(
            "a page needs jinja2; install it with: pip install 'interfacefem[sweep]'"
        ) from error
    text = resources.files("interfacefem.sweep").joinpath(name).read_text(encoding="utf-8")
    return jinja2.Environment(autoescape=True, trim_blocks=True).from_string(text)
