# SPDX-License-Identifier: MIT
"""The pictures of the program: names, what they show, and when a report shows them.

They use the register that is open to everybody (:mod:`interfacefem.plots.pictures`); what is drawn
is in the modules beside this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from interfacefem.plots.animation import Frames, film
from interfacefem.plots.areas import interface_maps
from interfacefem.plots.choose import highest_step, moments
from interfacefem.plots.curves import loading_curves
from interfacefem.plots.cycles import cycling_curves, while_cycling
from interfacefem.plots.debonded import debonded, debonded_at
from interfacefem.plots.deformed import FIELD, stack
from interfacefem.plots.distribution import current_distribution
from interfacefem.plots.flaws import flaws, has_flaws
from interfacefem.plots.pellet import pellets
from interfacefem.plots.pictures import Moment, picture
from interfacefem.plots.profiles import current_profile, interface_profiles
from interfacefem.plots.undeformed import mesh
from interfacefem.plots.values import is_of_interfaces
from interfacefem.plots.window import pressure_window
from interfacefem.post.window_points import has_window
from interfacefem.post.window_points import pressure_window as window_points
from interfacefem.results import Results

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
    suffix=".gif",
)
def _animation(results: Results, field: str | None = None) -> Frames:
    return film(results, field=field)
