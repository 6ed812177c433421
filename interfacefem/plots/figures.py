# SPDX-License-Identifier: MIT
"""All pictures of a run at once, and how one is saved."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interfacefem import registry
from interfacefem.errors import InterfaceFEMError, ResultsError
from interfacefem.names import file_name
from interfacefem.plots import pictures, theme
from interfacefem.plots.choose import require_increments
from interfacefem.plots.pictures import PICTURES, Film, draw, in_order, is_own
from interfacefem.plots.words import escape
from interfacefem.quantities import user_path
from interfacefem.results import Results
from interfacefem.results.files import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: those of the program register themselves
_OWN = pictures


@dataclass(frozen=True)
class Planned:
    """One picture of a report.

    Attributes
    ----------
    kind : str
        Name of the picture.
    file : str
        Name of its file.
    options : dict
        What it is drawn with.
    """

    kind: str
    file: str
    options: dict[str, object]


def report(results: Results, folder: str | Path | None = None) -> list[Path]:
    """Draw every picture that the run has data for, in the order of the register.

    The stack at the highest load and at the end, pressure and gap along the interfaces, contact
    and resistance against pressure, current along the interfaces. Flaws in brittle layers at the
    highest load and at the end, what has opened, and the pressure window where there is one. Of a
    pellet in a die also density and stress at its rim. In 3D cuts through the stack, maps of the
    interfaces at each step, and how much of the area carries how much current. And what other
    files and packages have registered (:func:`interfacefem.plots.picture`).

    Parameters
    ----------
    results : Results
        Any run, finished or not.
    folder : path, optional
        Where to write; by default ``figures`` in the folder of the run.

    Returns
    -------
    list of Path
        The files, in reading order.

    Raises
    ------
    ResultsError
        If nothing is stored yet or a file cannot be written; and, after all others are drawn, if
        some pictures could not be, each with its name and why.
    """
    drawn, broken = draw_report(results, folder)
    if broken:
        where = drawn[0].parent if drawn else results.folder
        done = f"the other {len(drawn)} are in {where}"
        raise ResultsError("\n".join([*broken, done]))
    return drawn


def draw_report(results: Results, folder: str | Path | None = None) -> tuple[list[Path], list[str]]:
    """Draw every picture that can be drawn; return their files, and what is wrong with the rest.

    Parameters
    ----------
    results, folder
        As for :func:`report`.

    Raises
    ------
    ResultsError
        If nothing is stored yet or a file cannot be written.
    """
    require_increments(results)
    target = results.folder / "figures" if folder is None else user_path(folder, "folder")
    drawn: list[Path] = []
    broken: list[str] = []
    for item in plan(results, broken):
        try:
            figure = draw(results, item.kind, **item.options)
        except InterfaceFEMError as error:
            text = str(error)
            broken.append(text if text.startswith("picture ") else f"picture '{item.kind}': {text}")
            continue
        drawn.append(save(figure, target / item.file))
        _forget(figure)
    return drawn, broken


def plan(results: Results, broken: list[str] | None = None) -> Iterator[Planned]:
    """Yield the pictures of a report; what cannot be planned is told in ``broken``.

    Raises
    ------
    ResultsError
        Without ``broken``, if it cannot be said when a picture is shown.
    """
    taken: set[str] = set()
    for entry in in_order():
        try:
            moments = entry.moments(results)
        except Exception as error:
            if is_own(entry.name):
                raise
            said = registry.told(error, PICTURES.origin(entry.name))
            said = f"picture '{entry.name}': cannot say when it is shown: {said}"
            if broken is None:
                raise ResultsError(said) from error
            broken.append(said)
            continue
        for options in moments:
            words = [entry.name, *(str(value) for value in options.values())]
            yield Planned(entry.name, _file_name(words, entry.suffix, taken), options)


def save(figure: Figure | Film, path: str | Path) -> Path:
    """Write a figure; the ending of the name says the format (png, pdf, svg; gif for a film).

    Raises
    ------
    ResultsError
        If the format is unknown or the file cannot be written.
    """
    target = user_path(path, "picture")
    if isinstance(figure, Film):
        return figure.write(target)
    known = figure.canvas.get_supported_filetypes()
    if target.suffix.lstrip(".") not in known:
        raise ResultsError(
            f"{target}: {target.suffix or 'no ending'!r} is no format of pictures; "
            f"end the name in .png, .pdf or .svg"
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        image = io.BytesIO()
        escape(figure)
        with theme.theme():
            figure.savefig(image, format=target.suffix.lstrip("."))
        write_whole(target, image.getvalue())
    except OSError as error:
        raise ResultsError(
            f"{target}: cannot write the picture ({error.strerror or error}); choose another place "
            "(-o on the command line)"
        ) from error
    return target


def _file_name(words: Iterable[str], suffix: str, taken: set[str]) -> str:
    """Return a name for a file that no other picture of the report has, on any file system."""
    plain = "_".join(file_name(word) for word in words)
    name, number = plain, 2
    while name.casefold() in taken:
        name, number = f"{plain}={number}", number + 1
    taken.add(name.casefold())
    return f"{name}{suffix}"


def _forget(figure: Figure | Film) -> None:
    """Let go of a figure that somebody's function made with pyplot, which keeps its figures."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and not isinstance(figure, Film):
        pyplot.close(figure)
