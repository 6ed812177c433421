# SPDX-License-Identifier: MIT
"""The register of pictures: those of the program and those of anybody's file, drawn alike.

Report, ``interfacefem plot RUN KIND``, help and messages follow from it. A picture is a function of
the results that returns a figure::

@plots.picture("roughness", title="heights of both faces of each interface", order=45) def
roughness(results, step=None): fig = plots.figure(8.0, 4.0) ... return fig
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from interfacefem import registry
from interfacefem.errors import InterfaceFEMError, ResultsError
from interfacefem.plots import page, theme
from interfacefem.plots.animation import Frames, film
from interfacefem.plots.areas import interface_maps
from interfacefem.plots.charts import cycling_curves, pressure_window, while_cycling
from interfacefem.plots.choose import highest_step, moments
from interfacefem.plots.curves import current_distribution, loading_curves
from interfacefem.plots.cut import pellets
from interfacefem.plots.deformed import FIELD, stack
from interfacefem.plots.flaws import debonded, debonded_at, flaws, has_flaws
from interfacefem.plots.profiles import current_profile, interface_profiles
from interfacefem.plots.undeformed import mesh
from interfacefem.plots.values import is_of_interfaces
from interfacefem.post.window_points import has_window
from interfacefem.post.window_points import pressure_window as window_points
from interfacefem.registry import Registry, origin_of
from interfacefem.results import Results

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: a moment of a report: the name of a step, or options by name
Moment = str | Mapping[str, object]
#: when a report shows a picture: always, never, once, or once for each moment
When = bool | Iterable[Moment]

#: ending of the file of a film
FILM = ".gif"
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
        """Names of the options that it takes besides those of the page; None for any."""
        parameters = list(inspect.signature(self.draw).parameters.values())[1:]
        known = [item for item in parameters if item.kind is not item.VAR_POSITIONAL]
        if any(item.kind is item.VAR_KEYWORD and not _is_page(item) for item in known):
            return None
        return tuple(item.name for item in known if item.kind is not item.VAR_KEYWORD)

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
        Those of the picture, and of :class:`interfacefem.plots.Options` those that say where and
        how large it is drawn; None counts as not given. A film takes no size.

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
    sized = () if entry.suffix == FILM else page.NAMES
    for name in given:
        if known is not None and name not in known + sized:
            raise page.unknown(name, known + sized, kind)
    told = {name: given.pop(name) for name in sized if name in given and name not in (known or ())}
    origin = PICTURES.origin(kind)
    try:
        with theme.theme():
            found = theme.on_page(lambda: entry.draw(results, **given), told, f"picture '{kind}'")
    except InterfaceFEMError as error:
        if is_own(kind):
            raise
        raise ResultsError(f"picture '{kind}' of {origin}: {error}") from error
    except Exception as error:
        if is_own(kind):
            raise
        raise ResultsError(f"picture '{kind}': {registry.told(error, origin)}") from error
    if not (hasattr(found, "savefig") or isinstance(found, Film)):
        raise ResultsError(
            f"picture '{kind}' of {origin} returned no figure but a {type(found).__name__}; "
            "return a matplotlib Figure"
        )
    return found


def _is_page(parameter: inspect.Parameter) -> bool:
    return "Unpack[Options]" in str(parameter.annotation)


def is_own(kind: str) -> bool:
    """Return whether a picture is one of the program's."""
    return PICTURES.is_own(kind)


#: fields of the stack that a report shows
REPORTED = (FIELD, "plastic_strain")


def _stacks(results: Results) -> list[Moment]:
    """Return the stack at the highest load and at the end, in each of a few fields."""
    stored = [step for step in results.steps if results.has_layers(step)]
    wanted = [step for step in (highest_step(results), results.steps[-1]) if step in stored]
    return [
        {"step": step, "field": field}
        for step in dict.fromkeys(wanted or stored[-1:])
        for field in REPORTED
        if any(
            state.present and field in state.fields
            for state in (results.layer(name).at(step) for name in results.layers)
        )
    ]


def _is_3d(results: Results) -> bool:
    return results.mesh.dimension == 3


def _has_current(results: Results) -> bool:
    return any(results.has_current(step) for step in results.steps)


def _in_die(results: Results) -> bool:
    return "die" in results.case and any(results.has_layers(step) for step in results.steps)


def _cycling(results: Results) -> list[str]:
    steps = results.history["step"][while_cycling(results.history)]
    return list(dict.fromkeys(str(step) for step in steps))


def _interfaces_when(results: Results) -> bool | list[str]:
    return [moment.step for moment in moments(results)] if _is_3d(results) else True


def _flaws_when(results: Results) -> list[str]:
    return has_flaws(results, dict.fromkeys((highest_step(results), results.steps[-1])))


picture("stack", title="a field in the deformed stack; in 3D a cut", order=10, when=_stacks)(stack)


@picture("pellet", title="density and stress at the rim of a pellet", order=20, when=_in_die)
def _pellet(results: Results) -> Figure:
    return pellets([results])


@picture(
    "interfaces",
    title="pressure and gap along the interfaces, in 3D maps with the current; or any field",
    order=30,
    when=_interfaces_when,
)
def _interfaces(results: Results, step: str | None = None, field: str | None = None) -> Figure:
    if _is_3d(results):
        return interface_maps(results, step, field)
    return interface_profiles(results, None if step is None else [step], field)


picture(
    "flaws",
    title="where flaws of brittle layers would grow, and metal is driven in",
    order=40,
    when=_flaws_when,
)(flaws)

picture(
    "debonded",
    title="what has come apart on release, and what would hold it",
    order=50,
    when=lambda results: bool(debonded_at(results, results.steps[-1])),
)(debonded)

picture("loading", title="contact fraction and resistance against pressure", order=60)(
    loading_curves
)

picture(
    "cycles",
    title="pressure, contact, resistance and hotspots over the cycles of a step",
    order=70,
    when=_cycling,
)(cycling_curves)


@picture(
    "window",
    title="resistance and risks against pressure, and what is recommended",
    order=80,
    when=has_window,
)
def _window(results: Results) -> Figure:
    return pressure_window(window_points(results))


@picture(
    "current",
    title="current density along the interfaces, in 3D as 'distribution'",
    order=90,
    when=lambda results: _has_current(results) and not _is_3d(results),
)
def _current(results: Results, step: str | None = None) -> Figure:
    steps = None if step is None else [step]
    return (current_distribution if _is_3d(results) else current_profile)(results, steps)


@picture(
    "distribution",
    title="area that carries more than any current density",
    order=100,
    when=_has_current,
)
def _distribution(results: Results, step: str | None = None) -> Figure:
    return current_distribution(results, None if step is None else [step])


@picture(
    "field",
    title="any stored field: of layers in the deformed stack, of interfaces along them",
    order=105,
    when=False,
)
def _field(
    results: Results, step: str | None = None, field: str = FIELD, at: float | None = None
) -> Figure:
    when = highest_step(results) if step is None else step
    faces = [results.interface(name).at(when) for name in results.interfaces]
    layers = (
        [results.layer(name).at(when) for name in results.layers]
        if results.has_layers(when)
        else []
    )
    if is_of_interfaces([s for s in faces if s.present], layers, field, results.path):
        return _interfaces(results, step, field)
    return stack(results, when, field, at=at)


@picture("mesh", title="the undeformed mesh", order=110, when=False)
def _mesh(results: Results) -> Figure:
    return mesh(results.mesh)


@picture(
    "animation",
    title="a film of the press, or of any field",
    order=120,
    when=False,
    suffix=FILM,
)
def _animation(results: Results, field: str | None = None) -> Frames:
    return film(results, field=field)
