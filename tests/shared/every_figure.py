"""Every figure of the program, drawn from small data that were made up."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from shared_sweep import around, made

from interfacefem import materials, plots, post, surfaces
from interfacefem.materials import calibrate
from interfacefem.pellet import PelletState
from interfacefem.pellet import draw as draw_pellet
from interfacefem.plots.validation import validation
from interfacefem.post import Arc, Spectrum
from interfacefem.post.comparison import Comparison
from interfacefem.results import Results, ResultsWriter
from interfacefem.results.example import (
    example_current,
    example_increment,
    example_materials,
    example_mesh,
    write_run,
)
from interfacefem.results.example_3d import example_run_in_space
from interfacefem.sweep.ask import recommend
from interfacefem.sweep.figures import sweep_window
from interfacefem.sweep.recommendation import Recommendation

Draw = Callable[..., Any]


def cycled(folder: Path) -> Results:
    """Write a press in a die and two cycles with the numbers of the example."""
    mesh = example_mesh(8)
    case = {
        "name": "cycled",
        "die": {"diameter": "10 mm", "wall_friction": 0.1},
        "step": [{"name": "cycling"}],
    }
    with ResultsWriter.create(
        folder, case=case, mesh=mesh, materials=example_materials()
    ) as writer:
        writer.append(example_increment(mesh, "press", 0, 0, 187.0, layers=True, points=21))
        for increment, cycle in enumerate(np.linspace(0.25, 2.0, 8)):
            found = example_increment(mesh, "cycling", 1, increment, 5.0, layers=True, points=21)
            found = replace(found, cycle=float(cycle), charge=0.5 - abs(cycle % 1.0 - 0.5))
            writer.append(found)
            writer.append_current(example_current(mesh, found))
    return Results.open(folder)


def pressed(folder: Path) -> Results:
    """Write the plane example with fields inside the layers at every increment."""
    mesh = example_mesh(12)

    def snapshot(step: str, index: int, increment: int, pressure: float, _: bool) -> Any:
        return example_increment(mesh, step, index, increment, pressure, layers=True, points=41)

    return write_run(folder, mesh, snapshot, 4)


def spectrum(step: str = "release", factor: float = 1.0) -> Spectrum:
    """A cell of three elements in series: grains, grain boundaries, charge transfer."""
    frequency = np.logspace(-1, 9, 61)
    omega = 2.0j * np.pi * frequency
    grains = 20.0 / (1.0 + 20.0 * 1e-11 * omega)
    layers = grains + 15.0 / (1.0 + 15.0 * 2e-9 * omega)
    narrow = layers + factor * 30.0 / (1.0 + 30.0 * 1e-8 * omega)
    whole = narrow + factor * 60.0 / (1.0 + 60.0 * 1e-6 * omega)
    return Spectrum(
        origin="example", step=step, nominal_pressure=5.0, frequency=frequency, impedance=whole,
        layers=layers, without_transfer=narrow, direct=35.0 + factor * 90.0,
        direct_without_transfer=35.0 + factor * 30.0, bulk=20.0, balance_error=0.0 * frequency,
        layer_arcs=(
            Arc("separator: grains", 20.0, np.inf), Arc("separator: grain boundaries", 15.0, 5e6)
        ),
        values={}, notes=(),
    )  # fmt: skip


def pellet() -> PelletState:
    """A face of a pellet that is pressed more on one side."""
    x, y = (part.ravel() for part in np.meshgrid(*2 * [np.linspace(-5e3, 5e3, 21)]))
    inside = np.hypot(x, y) <= 5e3
    x, y = x[inside], y[inside]
    pressure = 5.0 * (1.0 + 0.5 * x / 5e3)
    return PelletState(
        force=4e8, mean_pressure=5.0, x=x, y=y, areas=np.full(len(x), 2.5e5), pressure=pressure,
        peak=pressure, resistance=100.0 / pressure, approach=1.0, tilt=1e-4, even_resistance=20.0,
        current=pressure / 5.0, area_resistance=21.0, straight_current=pressure / 5.0,
        straight_resistance=21.0, transition=float("nan"), changing=1e4,
    )  # fmt: skip


def conducted(run: Results) -> Any:
    """What a prescribed contact holds that its picture needs."""
    name = run.interfaces[0]
    current = run.current("release")
    return SimpleNamespace(
        interfaces={name: None},
        interface=current.interface,
        covered={name: run.interface(name).at("release").contact_pressure},
        asr_total=12.0,
        asr_constriction=3.0,
    )


def many(compared: Comparison, count: int, *, varied: bool = True) -> Comparison:
    """The comparison of so many runs, which differ in the pressure or in nothing."""
    factors = np.linspace(1.0, 2.0, count)
    rows = tuple(
        replace(row, steps=(row.steps[0],) * count, values=tuple(row.values[0] * factors))
        for row in compared.rows
    )
    names = tuple(f"pressed_{number}" for number in range(count))
    cases = [{"step": [{"name": "press", "to": f"{5 + k} MPa"}]} for k in range(count)]
    return Comparison(names, rows, post.varied.varied(cases) if varied else None)


def fitted() -> calibrate.Calibration:
    """A powder that was fitted to published points."""
    data = calibrate.published("Li6PS5Cl")
    return calibrate.heckel(
        data.pressure, data.relative_density, like=materials.get("Li6PS5Cl", law="powder").law,
        scatter=data.scatter, loading=data.loading, heckel_intercept=0.8,
    )  # fmt: skip


def asked() -> Recommendation:
    """The answer of a sweep that was made up."""
    table = made({p: around(2e4 / p) for p in (10.0, 25.0, 60.0, 150.0, 400.0)}, risks={400.0: 4})
    return recommend(table, target="400 ohm*cm^2", at="5 MPa", die="10 mm")


def measured(title: str, names: Iterable[str]) -> Any:
    """A data set of a validation."""
    rows = [
        SimpleNamespace(
            name=name, measured=(1.0, 2.0), nominal=1.5 + 2.0 * k, band=(1.0, 2.0 + 2.0 * k),
            verdict=("inside", "outside", "undecided")[k % 3],
        )
        for k, name in enumerate(names)
    ]  # fmt: skip
    return SimpleNamespace(data=SimpleNamespace(title=title), quantities=rows)


def every_figure(folder: Path) -> dict[str, Draw]:
    """Return every figure by name; each draws with the options it is given."""
    runs: dict[str, Callable[[], Results]] = {
        "plane": functools.cache(lambda: pressed(folder / "plane")),
        "space": functools.cache(lambda: example_run_in_space(folder / "space", n=8)),
        "cycles": functools.cache(lambda: cycled(folder / "cycles")),
    }
    found: dict[str, Draw] = {}

    def of_run(run: str, kind: str, **fixed: object) -> Draw:
        return lambda **options: plots.draw(runs[run](), kind, **fixed, **options)

    for kind, entry in plots.PICTURES.items():
        if kind in ("pellet", "cycles"):  # of runs in a die, and of those that are cycled
            found[f"{kind} cycles"] = of_run("cycles", kind)
        elif entry.suffix != ".gif":
            found |= {f"{kind} {run}": of_run(run, kind) for run in ("plane", "space")}
    found["field plane of faces"] = of_run("plane", "field", field="slip")
    found["field space of faces"] = of_run("space", "field", field="gap")
    wave = surfaces.sinusoid("20 um", amplitude="500 nm", wavelength="20 um")
    area = surfaces.sinusoid(("20 um", "20 um"), amplitude="500 nm", wavelength="20 um")
    sets = [
        measured("Somebody and others (2020), stripping of lithium", ["voltage", "pressure asked"]),
        measured("Others (2021)", ["resistance of the interface after a visit to 25 MPa", "time"]),
    ]
    compared = functools.cache(lambda: post.compare([runs["plane"](), runs["plane"]()]))
    given: dict[str, tuple[Draw, Callable[[], Any]]] = {
        "calibration": (plots.calibration, fitted),
        "surfaces lines": (plots.surfaces, lambda: {"low": wave, "high": wave}),
        "surfaces areas": (plots.surfaces, lambda: {"low": area, "high": area}),
        "comparison of 2": (plots.comparison, compared),
        "comparison of 6": (plots.comparison, lambda: many(compared(), 6)),
        "comparison of 20": (plots.comparison, lambda: many(compared(), 20)),
        "comparison of 20 by name": (
            plots.comparison, lambda: many(compared(), 20, varied=False)
        ),
        "nyquist": (plots.nyquist, spectrum),
        "nyquist of 2": (plots.nyquist, lambda: [spectrum(), spectrum("press", 0.4)]),
        "bode": (plots.bode, spectrum),
        "bode of 2": (plots.bode, lambda: [spectrum(), spectrum("press", 0.4)]),
        "contact map plane": (plots.contact_map, lambda: conducted(runs["plane"]())),
        "contact map space": (plots.contact_map, lambda: conducted(runs["space"]())),
        "sweep window": (sweep_window, asked),
        "pellet face": (draw_pellet, pellet),
        "pellets of 2": (plots.pellets, lambda: 2 * [runs["cycles"]()]),
        "validation": (validation, lambda: sets),
    }  # fmt: skip
    for name, (function, what) in given.items():
        found[name] = lambda _draw=function, _what=what, **options: _draw(_what(), **options)
    return found
