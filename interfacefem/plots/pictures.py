# SPDX-License-Identifier: MIT
"""The register of pictures: those of the program and those of anybody's file, drawn alike.

Report, ``interfacefem plot RUN KIND``, help and messages follow from it. A picture is a function of
the results that returns a figure::

    @plots.picture("roughness", title="heights of both faces of each interface", order=45)
    def roughness(results, step=None):
        fig = plots.figure(8.0, 4.0)
        ...
        return fig
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from interfacefem import extensions
from interfacefem.errors import InterfaceFEMError, ResultsError
from interfacefem.plots import theme
from interfacefem.registry import Registry, origin_of
from interfacefem.results import Results

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: a moment of a report: the name of a step, or options by name
Moment = str | Mapping[str, object]
#: when a report shows a picture: always, never, once, or once for each moment
When = bool | Iterable[Moment]

#: place in the report where nothing is said: behind those of the program
LAST = 1000.0


@runtime_checkable
class Film(Protocol):
    """A picture that moves: it is written to a file by itself."""

    def write(self, path: Path) -> Path:
        """Write the file; return the path."""


@dataclass(frozen=True)
class Picture:
    """How a picture is drawn, and when a report shows it.

    Attributes
    ----------
    name : str
        Kind, as on the command line; the file of a report is called like it.
    title : str
        One line on what it shows.
    order : float
        Place in a report.
    draw : callable
        Of results and options; returns a figure, or a film.
    when : callable, bool or iterable
        See :func:`picture`.
    suffix : str
        Of its file.
    """

    name: str
    title: str
    order: float
    draw: Callable[..., Figure | Film]
    when: Callable[[Results], When] | When
    suffix: str

    @property
    def options(self) -> tuple[str, ...] | None:
        """Names of the options that it takes; None for any."""
        parameters = list(inspect.signature(self.draw).parameters.values())[1:]
        if any(item.kind is item.VAR_KEYWORD for item in parameters):
            return None
        return tuple(item.name for item in parameters if item.kind is not item.VAR_POSITIONAL)

    def moments(self, results: Results) -> list[dict[str, object]]:
        """Return the options of each time that a report shows the picture."""
        when = self.when(results) if callable(self.when) else self.when
        if isinstance(when, bool):
            return [{}] if when else []
        found = [when] if isinstance(when, str) else list(when)
        whole: list[dict[str, object]] = [
            {"step": item} if isinstance(item, str) else dict(item) for item in found
        ]
        if callable(self.when):
            return whole
        # stated once for all runs: of those a run has
        return [item for item in whole if item.get("step", results.steps[0]) in results.steps]


#: every picture by name
PICTURES: Registry[Picture] = Registry("picture", ResultsError)


def picture[F: Callable[..., Any]](
    name: str,
    *,
    title: str = "",
    order: float = LAST,
    when: Callable[[Results], When] | When = True,
    suffix: str = ".png",
) -> Callable[[F], F]:
    """Register a function as a picture.

    Parameters
    ----------
    name : str
        Kind, as in ``interfacefem plot RUN KIND``.
    title : str
        One line on what it shows; the first line of the function's docstring by default.
    order : float
        Place in a report; those of the program stand at 10, 20, ... 120.
    when : callable, bool or iterable
        Of a report. True: once; False: never. An iterable: once for each moment, the name of a
        step or a mapping of options. A callable of the results returns one of these.
    suffix : str
        Of the file: ``.png``, ``.pdf`` or ``.svg``.

    Returns
    -------
    callable
        A decorator that returns the function as it is.

    Raises
    ------
    ExtensionError
        If another file has the name.
    """

    def register(function: F) -> F:
        said = title or (inspect.getdoc(function) or "").partition("\n")[0]
        entry = Picture(name, said, order, function, when, suffix)
        PICTURES.add(name, entry, origin=origin_of(function))
        return function

    return register


def in_order() -> list[Picture]:
    """Return all pictures as a report shows them."""
    return sorted(PICTURES.values(), key=lambda entry: entry.order)


def draw(results: Results, kind: str, **options: object) -> Figure | Film:
    """Draw a picture by its name.

    Parameters
    ----------
    results : Results
        Any run.
    kind : str
        A name in :data:`PICTURES`.
    **options : object
        Those of the picture; None counts as not given.

    Returns
    -------
    matplotlib.figure.Figure or Film

    Raises
    ------
    ResultsError
        If there is no such picture, it does not take an option, or it cannot be drawn.
    """
    entry = PICTURES.find(kind)
    given = {name: value for name, value in options.items() if value is not None}
    known = entry.options
    for name in given:
        if known is not None and name not in known:
            raise ResultsError(
                f"option '{name}' says nothing to the picture '{kind}'; leave it out"
                + (f" (it takes: {', '.join(known)})" if known else "")
            )
    origin = PICTURES.origin(kind)
    try:
        with theme.theme():
            found = entry.draw(results, **given)
    except InterfaceFEMError as error:
        if is_own(kind):
            raise
        raise ResultsError(f"picture '{kind}' of {origin}: {error}") from error
    except Exception as error:
        if is_own(kind):
            raise
        raise ResultsError(f"picture '{kind}': {extensions.told(error, origin)}") from error
    if not (hasattr(found, "savefig") or isinstance(found, Film)):
        raise ResultsError(
            f"picture '{kind}' of {origin} returned no figure but a {type(found).__name__}; "
            "return a matplotlib Figure"
        )
    return found


def is_own(kind: str) -> bool:
    """Return whether a picture is one of the program's."""
    return PICTURES.is_own(kind)
