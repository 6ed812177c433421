# SPDX-License-Identifier: MIT
"""All pictures of a run at once, and how one is saved."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from interfacefem.errors import ResultsError
from interfacefem.names import file_names, printable
from interfacefem.paths import user_path
from interfacefem.plots import theme
from interfacefem.plots.areas import interface_maps
from interfacefem.plots.choose import highest_step, moments, require_increments
from interfacefem.plots.curves import loading_curves
from interfacefem.plots.cycles import cycling_curves, while_cycling
from interfacefem.plots.debonded import opened, opened_at
from interfacefem.plots.deformed import stack
from interfacefem.plots.distribution import current_distribution
from interfacefem.plots.flaws import flaws, has_flaws
from interfacefem.plots.pellet import pellets
from interfacefem.plots.profiles import current_profile, interface_profiles
from interfacefem.plots.window import pressure_window
from interfacefem.post import window_of
from interfacefem.results import Results
from interfacefem.results.files import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: fields of the stack that a report shows
REPORTED = ("von_mises_stress", "plastic_strain")


def report(results: Results, folder: str | Path | None = None) -> list[Path]:
    """Draw every picture that the run has data for.

    The stack at the highest load and at the end, pressure and gap along the interfaces, contact
    and resistance against pressure, current along the interfaces. Flaws in brittle layers at the
    highest load and at the end, what has opened, and the pressure window where there is one. Of a
    pellet in a die also density and stress at its rim. In space cuts through the stack, maps of the
    interfaces at each step, and how much of the area carries how much current.

    Parameters
    ----------
    results : Results
        Any run, finished or not.
    folder : path, optional
        Where to write; by default ``figures`` in the folder of the run.

    Returns
    -------
    list of Path
        The PNG files, in reading order.

    Raises
    ------
    ResultsError
        If nothing is stored yet or a file cannot be written.
    """
    require_increments(results)
    target = results.folder / "figures" if folder is None else user_path(folder, "folder")
    return [save(draw(), target / f"{name}.png") for name, draw in pictures(results)]


def save(figure: Figure, path: str | Path) -> Path:
    """Write a figure; the ending of the name says the format (png, pdf, svg).

    Raises
    ------
    ResultsError
        If the format is unknown or the file cannot be written.
    """
    from matplotlib.text import Text

    target = user_path(path, "picture")
    known = figure.canvas.get_supported_filetypes()
    if target.suffix.lstrip(".") not in known:
        raise ResultsError(
            f"{target}: {target.suffix or 'no ending'!r} is no format of pictures; "
            f"end the name in .png, .pdf or .svg"
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        image = io.BytesIO()
        for text in figure.findobj(Text):  # names from a file have signs that no font has
            text.set_text(printable(text.get_text()))
        with theme.theme():
            figure.savefig(image, format=target.suffix.lstrip("."))
        write_whole(target, image.getvalue())
    except OSError as error:
        raise ResultsError(
            f"{target}: cannot write the picture ({error.strerror or error}); choose another place "
            "(-o on the command line)"
        ) from error
    return target


def pictures(results: Results) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """Yield the name of each picture with what draws it."""
    files = file_names(results.steps)
    with_layers = [step for step in results.steps if results.has_layers(step)]
    highest = highest_step(results)
    wanted = [step for step in (highest, results.steps[-1]) if step in with_layers]
    for step in dict.fromkeys(wanted or with_layers[-1:]):
        for field in REPORTED:
            name = f"stack_{files[step]}_{field}"
            yield name, lambda step=step, field=field: stack(results, step, field)  # type: ignore[misc]
    if "die" in results.case and with_layers:
        yield "pellet", lambda: pellets([results])
    space = results.mesh.dimension == 3
    if space:
        for moment in moments(results):
            name = f"interface_maps_{files[moment.step]}"
            yield name, lambda step=moment.step: interface_maps(results, step)  # type: ignore[misc]
    else:
        yield "interface_profiles", lambda: interface_profiles(results)
    for step in has_flaws(results, dict.fromkeys((highest, results.steps[-1]))):
        name = f"flaws_{files[step]}"
        yield name, lambda step=step: flaws(results, step)  # type: ignore[misc]
    if opened_at(results, results.steps[-1]):
        yield "opened", lambda: opened(results)
    yield "loading_curves", lambda: loading_curves(results)
    cycling = results.history["step"][while_cycling(results.history)]
    for step in dict.fromkeys(str(name) for name in cycling):
        name = f"cycles_{files[step]}"
        yield name, lambda step=step: cycling_curves(results, step)  # type: ignore[misc]
    window = window_of(results)
    if window is not None:
        yield "pressure_window", lambda: pressure_window(window)
    if any(results.has_current(step) for step in results.steps):
        if not space:
            yield "current_profile", lambda: current_profile(results)
        yield "current_distribution", lambda: current_distribution(results)
