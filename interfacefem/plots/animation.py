# SPDX-License-Identifier: MIT
"""A press as a short film: pressure and gap of the interfaces, increment by increment."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.errors import ResultsError
from interfacefem.paths import user_path
from interfacefem.plots import areas, theme
from interfacefem.plots.choose import Moment, require_increments
from interfacefem.plots.profiles import draw_gap, draw_pressure, open_gap
from interfacefem.results import Results
from interfacefem.results.files import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.Image import Image

#: no more frames than this; of longer runs increments are left out evenly, the last one never
MOST_FRAMES = 60
#: time of a frame, and of the last one [ms]
FRAME, LAST = 250, 1500
#: dots per inch, so that a film stays a few MB
DPI = 72


@theme.themed
def animation(results: Results, path: str | Path, *, frames: int = MOST_FRAMES) -> Path:
    """Write the increments of a run as an animated GIF.

    Maps of pressure and gap in space, lines in the plane; all frames have the same scales.

    Parameters
    ----------
    results : Results
        The run.
    path : path
        A ``.gif`` file.
    frames : int
        No more than so many.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ResultsError
        If nothing is stored yet, the name does not end in ``.gif`` or the file cannot be written.
    """
    require_increments(results)
    target = user_path(path, "film")
    if target.suffix != ".gif":
        raise ResultsError(f"{target}: a film is written as .gif; give such a name")
    rows = _rows(len(results), frames)
    draw = _draw_areas if results.mesh.dimension == 3 else _draw_lines
    highest = _scales(results, rows)
    images = [_image(draw(results, row, highest)) for row in rows]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        film = io.BytesIO()
        images[0].save(
            film,
            format="GIF",
            save_all=True,
            append_images=images[1:],
            duration=[FRAME] * (len(images) - 1) + [LAST],
            loop=0,
        )
        write_whole(target, film.getvalue())
    except OSError as error:
        raise ResultsError(
            f"{target}: cannot write the film ({error.strerror or error}); choose another place"
        ) from error
    return target


def _rows(count: int, frames: int) -> list[int]:
    """Return the rows of the history that become frames, evenly, the last one among them."""
    chosen = np.linspace(0, count - 1, max(min(count, frames), 1)).round()
    return sorted({int(row) for row in chosen} | {count - 1})


def _when(results: Results, row: int) -> tuple[str, int]:
    return str(results.history["step"][row]), int(results.history["increment"][row])


def _scales(results: Results, rows: list[int]) -> dict[str, float]:
    """Return the ends of the scales of pressure and gap over all frames."""
    pressure, gap = [], []
    for row in rows:
        for name in results.interfaces:
            state = results.interface(name).at(*_when(results, row))
            if state.present:
                pressure.append(state.contact_pressure.percentile(areas.SHOWN))
                gap.append(float(np.nanmax(open_gap(state)[1], initial=0.0)))
    return {
        "contact_pressure": max(pressure, default=0.0) or 1.0,
        "gap": max(gap, default=0.0) or 1.0,
    }


def _draw_areas(results: Results, row: int, highest: dict[str, float]) -> Figure:
    step, increment = _when(results, row)
    names = list(reversed(results.interfaces))
    fig = theme.figure(8.4, 1.4 + 3.5 * len(names))
    _title(fig, results, row)
    for part, kind in zip(fig.subfigures(1, 2, squeeze=False)[0], highest, strict=True):
        areas.column(part, results, step, increment, kind, names, highest[kind])
    return fig


def _draw_lines(results: Results, row: int, highest: dict[str, float]) -> Figure:
    step, increment = _when(results, row)
    pressure = float(results.history["nominal_pressure"][row])
    names = list(reversed(results.interfaces))
    fig = theme.figure(8.4, 0.8 + 3.0 * len(names))
    _title(fig, results, row)
    for part, name in zip(fig.subfigures(len(names), 1, squeeze=False)[:, 0], names, strict=True):
        upper, lower = part.subplots(2, 1, sharex=True, height_ratios=[1.25, 1.0])
        state = results.interface(name).at(step, increment)
        if not state.present:
            upper.set_title(f"{name}: not in the die", fontsize=10)
            continue
        draw_pressure(upper, state, Moment(step, (step,), pressure))
        upper.set(ylim=(0.0, 1.1 * highest["contact_pressure"]), ylabel="Pressure [MPa]")
        draw_gap(lower, state, highest["gap"])
        lower.set_ylabel("Gap [um]")
    return fig


def _title(fig: Figure, results: Results, row: int) -> None:
    pressure = float(results.history["nominal_pressure"][row])
    fig.suptitle(
        f"{results.name}, {results.history['step'][row]}: {pressure:.3g} MPa",
        fontsize=12,
        fontweight="bold",
        x=0.01,
        ha="left",
    )


def _image(fig: Figure) -> Image:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    fig.set_dpi(DPI)
    canvas: Any = FigureCanvasAgg(fig)  # matplotlib has no types for what follows
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())
    return picture.convert("P", palette=Image.Palette.ADAPTIVE)
