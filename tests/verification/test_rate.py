"""Flow in time: columns against an integrated law, creep closing of voids, gaps under pressure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import driving
import numpy as np
import pytest
from scipy.integrate import solve_ivp

import interfacefem as ifem
import meshes
from interfacefem import materials, surfaces
from interfacefem.fem.bulk.bodies import Bulk
from interfacefem.fem.contact.setup import ContactSettings
from interfacefem.fem.linear.condensation import Supports
from interfacefem.fem.mechanics import AugmentationLimits, Load, MechanicalProblem
from interfacefem.materials.models import Anand, Elastic, Norton
from interfacefem.reference import voids

Record = Callable[[str, float, float, str], None]

#: lithium of Anand and Narayan (2019), set B of the materials guide, at 298.15 K
LITHIUM = Anand(
    7810.0, 0.38, rate_prefactor=4.25e4, activation_energy=37e3, rate_sensitivity=0.15,
    initial_resistance=0.95, hardening_constant=10.0, saturation_resistance=2.0,
    hardening_exponent=2.0, saturation_exponent=0.05,
)  # fmt: skip
RATE = 4.25e4 * np.exp(-37e3 / (8.31446261815324 * 298.15))


def integrated(
    strain: Callable[[float], float], times: np.ndarray, stiffness: float, share: float
) -> np.ndarray:
    """Von Mises stress of a column at some times, by LSODA, from the law as it is written.

    The stress is ``stiffness`` times (strain - ``share`` times the plastic strain).
    """

    def slope(time: float, y: np.ndarray) -> list[float]:
        stress = max(stiffness * (strain(time) - share * y[0]), 0.0)
        rate = RATE * (stress / y[1]) ** (1.0 / 0.15)
        if rate == 0.0:
            return [0.0, 0.0]
        distance = 1.0 - y[1] / (2.0 * (rate / RATE) ** 0.05)
        return [rate, 10.0 * abs(distance) ** 2 * np.sign(distance) * rate]

    span = (0.0, float(times[-1]))
    found = solve_ivp(slope, span, [0.0, 0.95], t_eval=times, method="LSODA", rtol=1e-9, atol=1e-13)
    return np.array(
        [stiffness * (strain(t) - share * y) for t, y in zip(found.t, found.y[0], strict=True)]
    )


def column(*, confined: bool) -> MechanicalProblem:
    body = meshes.block(np.array([0.0, 1.0, 3.0, 4.0]), np.array([0.0, 0.3, 1.0]), 0.0, 2.0)
    bulk = Bulk(
        body.points, body.cells, np.zeros(len(body.cells), int), [LITHIUM], axisymmetric=True
    )
    d = bulk.node_dofs
    fixed = [d[body.bottom, 1], d[body.left, 0]] + ([d[body.right, 0]] if confined else [])
    return MechanicalProblem(
        bulk, Supports(bulk.size, np.concatenate(fixed), [d[body.top, 1]]), limits=meshes.EXACT
    )


def squeeze(problem: MechanicalProblem, strain: float, duration: float) -> float:
    """Bring the column of height 2 to a logarithmic strain; return its von Mises stress."""
    target = 2.0 * np.expm1(-strain)
    load = Load(stiffness=1e8, target=target - problem.force / 1e8, floor=1.0, duration=duration)
    attempt = problem.attempt(load)
    assert not attempt.failure, attempt.failure
    problem.accept(attempt)
    fields = problem.bulk.cell_fields()
    jacobian = problem.bulk.min_jacobian()
    stress = fields["von_mises_stress"] * jacobian  # Kirchhoff
    assert np.ptp(stress) < 1e-6
    return float(stress.mean())


@pytest.mark.parametrize("confined", [False, True], ids=["free", "confined"])
def test_column_at_constant_rate(confined: bool, record: Record) -> None:
    # Hencky: tau = E (eps - eps_p) without walls; in uniaxial strain the deviator is
    # 2 G (eps - 3/2 eps_p)
    stiffness, share = (2.0 * LITHIUM.shear_modulus, 1.5) if confined else (7810.0, 1.0)
    errors = []
    for count in (20, 40):
        problem = column(confined=confined)
        times = np.linspace(0.0, 200.0, count + 1)[1:]
        exact = integrated(lambda t: 1e-3 * t, times, stiffness, share)
        found = [squeeze(problem, 1e-3 * t, 200.0 / count) for t in times]
        # from half of the path on: the first increments hold the elastic rise
        late = slice(count // 2, None)
        errors.append(float(np.abs(np.array(found) / exact - 1.0)[late].max()))
    name = "confined" if confined else "free"
    record(
        f"Anand column, {name}, 1e-3 1/s to 20 % in 40 increments: stress",
        errors[1],
        5e-3,
        "LSODA integration of the law",
    )
    assert errors[0] / errors[1] > 1.7  # first order in time


def test_relaxation_in_a_hold(record: Record) -> None:
    problem = column(confined=False)
    history = [squeeze(problem, 1e-2 * k, 0.1) for k in (0.25, 0.5, 0.75, 1.0)]
    times = np.geomspace(0.01, 1e4, 241)
    ramp = 0.4

    def strain(t: float) -> float:
        return 1e-2 * min(t / ramp, 1.0)

    exact = integrated(strain, np.concatenate([[ramp], ramp + times]), 7810.0, 1.0)
    assert history[-1] == pytest.approx(exact[0], rel=2e-2)
    durations = np.diff(times, prepend=0.0)
    found = np.array([squeeze(problem, 1e-2, d) for d in durations])
    assert np.all(np.diff(found) < 0.0)
    assert found[-1] < 0.3 * history[-1]
    # what the ramp of four increments got wrong is forgotten in the first second
    late = times > 1.0
    error = float(np.abs(found / exact[1:] - 1.0)[late].max())
    record("Anand column, relaxation 1 s to 1e4 s: stress", error, 1e-2, "LSODA integration")


def close_void(cells: tuple[int, int], increments: int, *, sphere: bool) -> float:
    """Relative error of the closing of a void after a tenth of its radius, at 1 MPa."""
    rate, exponent, pressure, outer = 6.7e-3, 5.0, 1.0, 2.0
    law = Norton(
        7810.0, 0.38, creep_rate=rate, creep_stress=1.0, stress_exponent=exponent,
        activation_energy=37e3,
    )  # fmt: skip
    body = meshes.quarter_ring(1.0, outer, *cells)
    radius = np.linalg.norm(body.points, axis=1)
    points = body.points * (np.exp(np.log(outer) * (radius - 1.0)) / radius)[:, None]
    bulk = Bulk(points, body.cells, np.zeros(len(body.cells), int), [law], axisymmetric=sphere)
    d = bulk.node_dofs
    fixed = np.concatenate([d[body.left, 1], d[body.right, 0]])
    problem = MechanicalProblem(
        bulk, Supports(bulk.size, fixed, []), limits=AugmentationLimits(tolerance=1e-7)
    )
    push = meshes.ring_pressure if sphere else meshes.face_pressure
    unit = push(bulk, points, body.top, 1.0)
    power = 3 if sphere else 2
    end = 0.1 / abs(voids.closing_rate(pressure, 1.0, outer, rate, exponent, sphere=sphere))
    exact = 1.0
    for time in np.linspace(0.0, end, increments + 1):
        if time > 0.0:
            exact = voids.closing_radius(time, pressure, 1.0, outer, rate, exponent, sphere=sphere)
        # dead loads that are the true pressure on the outside, whose radius keeps the volume
        now = (outer**power - 1.0 + exact**power) ** (1.0 / power)
        load = pressure * (now / outer) ** (power - 1) * unit
        duration = end / increments if time > 0.0 else 0.0
        attempt = problem.attempt(Load(nodal=load, duration=duration))
        assert not attempt.failure, attempt.failure
        problem.accept(attempt)
    inside = points[body.bottom] + problem.displacement[d[body.bottom]]
    measured = (content(inside, sphere=sphere) / content(points[body.bottom], sphere=sphere)) ** (
        1.0 / power
    )
    return abs((1.0 - measured) / (1.0 - exact) - 1.0)


def content(line: np.ndarray, *, sphere: bool) -> float:
    """Area between a polyline and the origin, or volume it encloses when turned about the axis."""
    a, b = line[:-1], line[1:]
    if not sphere:
        return 0.5 * float(np.abs(np.sum(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])))
    squares = a[:, 0] ** 2 + a[:, 0] * b[:, 0] + b[:, 0] ** 2
    return float(np.abs(np.sum(np.pi / 3.0 * (b[:, 1] - a[:, 1]) * squares)))


def test_void_closes_by_creep(record: Record) -> None:
    ring = close_void((16, 12), 60, sphere=False)
    record("cylindrical void, n = 5, closing by 10 %", ring, 0.01, "ring in power-law creep")
    shell = close_void((24, 12), 60, sphere=True)
    record("spherical void, n = 5, closing by 10 %", shell, 0.01, "shell in power-law creep")


def face(x: np.ndarray) -> np.ndarray:
    """A small rough face of rms height 0.4 um, mirror-symmetric at the walls 0 and 20."""
    heights = [0.30, -0.35, 0.25, 0.15]
    return sum(h * np.cos(np.pi * k * x / 20.0) for k, h in zip((2, 3, 5, 7), heights, strict=True))


def gap_history(pressure: float, hold: float, **options: float) -> np.ndarray:
    """Rows of time, pressure and mean gap: pressed at 1 MPa/s and held."""
    x, coarse = np.linspace(0.0, 20.0, 31), np.linspace(0.0, 20.0, 22)
    lowest = float(face(np.linspace(0.0, 20.0, 401)).min())
    lower = meshes.block(coarse, 1.0 - meshes.graded(1.0, 0.15, 4)[::-1], -10.0, 0.0)
    eta = meshes.graded(1.0, 0.08, 6)
    upper = meshes.block(x, eta, lambda s: face(s) - lowest, 12.0, len(lower.points))
    settings = ContactSettings(penalty=2e4, shear_penalty=400.0, gap_tolerance=4e-4)
    model = meshes.pair(
        lower,
        upper,
        [Elastic(1e5, 0.2), LITHIUM],
        settings,
        limits=AugmentationLimits(tolerance=1e-6),
    )
    spring = 10.0 * 20.0 / (12.0 / 7810.0 + 10.0 / 1e5)
    bench = driving.Bench(model.problem, 20.0, 0.4, 5.0, spring, **options)
    rows = []

    def keep(*_: object) -> None:
        gap = model.interface.gaps(model.problem.displacement).clip(min=0.0)
        mean = float(model.weights @ gap / model.weights.sum())
        rows.append((bench.memory.time, bench.pressure, mean))

    driving.go_to(bench, pressure, keep, rate=1.0)
    driving.hold(bench, bench.memory.time + hold, keep)
    return np.array(rows)


@pytest.mark.campaign
def test_gap_of_rough_lithium_closes_in_time(record: Record) -> None:
    # Formulas 26 and 27: the rate of closing grows with a power of the pressure, here 1/m = 6.7, a
    # factor of 100 from 1 to 2 MPa; the last valleys are left alone only at 1 MPa
    reached: dict[float, float] = {}
    for pressure in (1.0, 2.0, 5.0):
        rows = gap_history(pressure, 60.0)
        assert np.all(np.diff(rows[:, 0]) >= 0.0)
        assert np.all(np.diff(rows[:, 2]) < 4e-4)  # falls, to the gap tolerance
        assert rows[-1, 1] == pytest.approx(pressure, rel=1e-12)
        rising = rows[:, 1] < pressure * (1.0 - 1e-9)
        # the clock of the ramp is the pressure over the rate
        np.testing.assert_allclose(rows[rising, 0], rows[rising, 1], rtol=0.0, atol=1e-9)
        assert rows[-1, 0] == pytest.approx(pressure + 60.0, rel=1e-9)
        reached[pressure] = rows[-1, 2]
    assert reached[5.0] >= 0.0
    for low, high in ((1.0, 2.0), (2.0, 5.0)):
        ratio = reached[high] / reached[low]
        record(f"gap of rough lithium, 60 s at {high:g} over {low:g} MPa", ratio, 0.1, "creep")


@pytest.mark.campaign
def test_error_control_places_the_increments(record: Record) -> None:
    coarse, fine = (gap_history(1.0, 10.0, time_tolerance=tol) for tol in (0.03, 0.005))
    assert len(fine) > 1.5 * len(coarse)
    at = [1.0, 2.0, 10.0]
    a, b = (np.interp(np.log(at), np.log(rows[:, 0]), rows[:, 2]) for rows in (coarse, fine))
    record(
        "gap of rough lithium, default against a sixth of the time tolerance",
        float(np.abs(a / b - 1.0).max()),
        0.04,
        "refinement in time",
    )


@pytest.mark.slow
def test_case_keeps_its_clock_and_feels_its_temperature(tmp_path: Path) -> None:
    wave = surfaces.sinusoid(size=("20 um",), points=161, amplitude="0.3 um", wavelength="20 um")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li3InCl6", "10 um", top=wave),
        ifem.Layer("anode", materials.get("Li", law="anand"), "10 um", flow_size="bulk"),
    )
    protocol = ifem.Protocol(
        ifem.Press("1 MPa", rate="2 MPa/s"), ifem.Hold("3 s"), ifem.Release("0.6 MPa", duration=2.0)
    )
    options = {"mesh": ifem.MeshSize(edge="1.25 um"), "current": None}
    gaps = {}
    for temperature in ("0 degC", "60 degC"):
        case = ifem.Case("timed", stack, protocol, temperature=temperature, **options)
        results = case.run(tmp_path / temperature.replace(" ", "_"), listeners=())
        history = results.history
        step, time, pressure = (history[k] for k in ("step", "time", "nominal_pressure"))
        rising, held = step == "press", step == "hold"
        np.testing.assert_allclose(time[rising], 0.5 * pressure[rising], rtol=1e-9)
        np.testing.assert_allclose(pressure[held], 1.0, rtol=1e-12)
        # 1 MPa at 2 MPa/s, then 3 s, then 0.4 MPa in 2 s
        assert time[held][-1] == pytest.approx(3.5, rel=1e-12)
        np.testing.assert_allclose(
            time[step == "release"] - 3.5, 5.0 * (1.0 - pressure[step == "release"]), rtol=1e-9
        )
        assert time[-1] == pytest.approx(5.5, rel=1e-12)
        assert held.sum() > 4
        gaps[temperature] = history["gap_volume[electrolyte|anode]"][held][-1]
    assert gaps["60 degC"] < 0.7 * gaps["0 degC"]


def test_flat_faces_that_touch_all_at_once(tmp_path: Path) -> None:
    # a first touch over an edge of the mesh would press with a hundred times the target
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "10 um"),
        ifem.Interface(),
        ifem.Layer("anode", materials.get("Li", law="anand"), "10 um"),
        width="4 um",
    )
    protocol = ifem.Protocol(ifem.Press("0.1 MPa", rate="0.1 MPa/s"))
    case = ifem.Case("flat", stack, protocol, mesh=ifem.MeshSize("2 um"), current=None)
    with case.run(tmp_path / "flat", listeners=()) as results:
        history = results.history
        pressure = history["nominal_pressure"]
        assert pressure[0] <= 0.1 * pressure[-1]
        assert history["rejected"].sum() <= 4
        assert pressure[-1] == pytest.approx(0.1, rel=1e-9)
        np.testing.assert_allclose(history["time"], 10.0 * pressure, rtol=1e-9)
        faces = results.interface("electrolyte|anode").at("press")
        np.testing.assert_allclose(faces.contact_pressure.values, 0.1, rtol=1e-6)
