# SPDX-License-Identifier: MIT
"""One self-contained page about a run or a sweep: nothing in it is loaded from elsewhere.

What stands in the page is worked out elsewhere; here it is put in order. Names from a case are
escaped by the template; a policy in the page forbids scripts and requests.
"""

from __future__ import annotations

import base64
import functools
import importlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interfacefem import __version__
from interfacefem.errors import EnvironmentProblem, InterfaceFEMError, ResultsError
from interfacefem.names import printable
from interfacefem.post.risk_table import risk_table
from interfacefem.results import Results
from interfacefem.results.documents import number
from interfacefem.results.files import put_in_place, reason
from interfacefem.results.risk_rows import band_text, value_text, verdict
from interfacefem.sweep.recommendation import Recommendation
from interfacefem.sweep.table import SweepTable
from interfacefem.sweep.table import number as as_number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "report.html"
#: a page stays below this, so that it can be sent by mail [byte]
LARGEST = 5_000_000
#: columns of the table of a sweep that a page shows
_COLUMNS = ("step", "highest pressure [MPa]", "nominal_pressure [MPa]", "asr [ohm cm^2]")
#: rows of a table that a page shows
MOST_ROWS = 200


@dataclass(frozen=True)
class Picture:
    """A figure of a page: the image as a data address, the words in its place, what is below."""

    data: str
    alt: str
    caption: str


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
    """

    title: str
    answer: str = ""
    asked: list[str] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    tables: list[Cells] = field(default_factory=list)
    texts: list[tuple[str, list[str], str]] = field(default_factory=list)

    def html(self) -> str:
        """Return the page.

        Raises
        ------
        EnvironmentProblem
            If jinja2 is missing.
        """
        tables = [
            {"caption": t.caption, "head": t.head, "rows": [list(map(_cell, r)) for r in t.rows]}
            for t in self.tables
        ]
        texts = [{"title": title, "lines": lines, "text": t} for title, lines, t in self.texts]
        shown: str = _template().render(
            title=printable(self.title), answer=printable(self.answer), asked=self.asked,
            figures=self.pictures, tables=tables, texts=texts,
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
            put_in_place(path, self.html().encode("utf-8", "backslashreplace"))
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
    page.asked = [f"{len(plan.runs)} runs over {', '.join(plan.columns)}"]
    if plan.realisations > 1:
        page.asked.append(f"{plan.realisations} realisations of the faces")
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
    head = ["run", *plan.columns, *_COLUMNS, *contacts]
    caption = "Every run at the end of every step"
    if len(sound) > MOST_ROWS:
        caption += f", the first {MOST_ROWS} of {len(sound)} rows; all are in table.csv"
    page.tables.append(
        Cells(caption, head, [[row.get(name) for name in head] for row in sound[:MOST_ROWS]])
    )
    first = next(
        (found.folder / "runs" / run.key for run in plan.runs if _is_run(found, run.key)), None
    )
    if first is not None:
        with Results.open(first) as results:
            _about(page, results)
    return page


def of_run(results: Results) -> Page:
    """Return the page of a run, with every picture that it has data for."""
    history = results.history
    page = Page(results.name)
    page.asked = [f"steps: {', '.join(results.steps) or 'none yet'}", f"status: {results.status}"]
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
    _add_pictures(page, results)
    _about(page, results)
    return page


def _is_run(found: SweepTable, key: str) -> bool:
    return (found.folder / "runs" / key / "results.h5").is_file()


def _add_window(page: Page, answer: Recommendation) -> None:
    from interfacefem.sweep.figures import sweep_window, words_for_window

    page.pictures.append(
        Picture(
            _image(sweep_window(answer)), words_for_window(answer),
            "Resistance and risks against the pressure. The shaded range is where to press.",
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
            data = _image(plots.draw(results, item.kind, **item.options))
        except InterfaceFEMError:
            continue  # the text report names what cannot be drawn
        size += len(data)
        if size > LARGEST * 0.9:
            page.texts.append(("Left out", ["more pictures: interfacefem report RUN"], ""))
            break
        title = plots.PICTURES.find(item.kind).title
        where = ", ".join(str(value) for value in item.options.values())
        caption = f"{title}, {where}" if where else title
        page.pictures.append(Picture(data, f"{caption}. {page.answer}", caption))


def _about(page: Page, results: Results) -> None:
    """Add assumptions, estimates, provenance and references."""
    estimates = [
        f"{layer}, {material.name}: {name} {record}"
        for layer, material in results.materials.items()
        for name, record in material.records
        if record.estimate
    ]
    if estimates:
        page.texts.append(("Values that are estimates", estimates, ""))
    versions = results.provenance.get("versions", {})
    said = [f"{name} {version}" for name, version in versions.items()]
    page.texts.append(("Made with", [f"interfacefem {__version__}", *said], ""))
    page.texts.append(("References", [], results.cite()))


def _image(figure: Figure | Any) -> str:
    """Return a figure as a data address."""
    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=110)
    return f"data:image/png;base64,{base64.b64encode(image.getvalue()).decode('ascii')}"


def _cell(value: object) -> dict[str, object]:
    if isinstance(value, str):
        return {"text": printable(value, lines=False), "word": True}
    if value is None:
        return {"text": "-", "word": False}
    found = as_number(float(value)) if hasattr(value, "__float__") else float("nan")
    return {"text": number(found), "word": False}


@functools.cache
def _template() -> Any:
    try:
        jinja2 = importlib.import_module("jinja2")
    except ImportError as error:
        raise EnvironmentProblem(
            "a page needs jinja2; install it with: pip install 'interfacefem[sweep]'"
        ) from error
    text = resources.files("interfacefem.sweep").joinpath("page.jinja").read_text(encoding="utf-8")
    return jinja2.Environment(autoescape=True, trim_blocks=True).from_string(text)
