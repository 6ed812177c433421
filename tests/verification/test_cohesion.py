"""Adhesive interfaces: patch of known mode mix, opening control, fracture specimens."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.linalg import solve_banded

import meshes
from interfacefem.contact.adhesion import Cohesion
from interfacefem.fem.bulk.bodies import Bulk
from interfacefem.fem.contact.interface import ContactInterface
from interfacefem.fem.contact.setup import ContactSettings
from interfacefem.fem.control import Control
from interfacefem.fem.linear.condensation import Supports
from interfacefem.fem.mechanics import AugmentationLimits, Load, MechanicalProblem
from interfacefem.materials.models import Elastic

Record = Callable[[str, float, float, str], None]

LAW = Cohesion(2.0, 3.0, 0.4, 1.0, stiffness=500.0, mode_exponent=1.7)


def inclined_patch(slope: float) -> tuple[MechanicalProblem, ContactInterface, float]:
    """Two nearly rigid blocks bonded along an incline; the upper one moves straight up."""
    lower = meshes.block(
        np.linspace(-3.0, 3.0, 8), np.linspace(0.0, 1.0, 3), -4.0, lambda x: slope * x
    )
    upper = meshes.block(
        np.linspace(-1.0, 1.0, 6),
        np.linspace(0.0, 1.0, 3),
        lambda x: slope * x,
        4.0,
        len(lower.points),
    )
    points = np.vstack([lower.points, upper.points])
    cells = np.vstack([lower.cells, upper.cells])
    number = np.repeat([0, 1], [len(lower.cells), len(upper.cells)])
    bulk = Bulk(points, cells, number, [Elastic(1e9, 0.0)] * 2)
    d = bulk.node_dofs
    rigid = upper.grid[1:]
    supports = Supports(
        bulk.size,
        np.concatenate([d[lower.grid].ravel(), d[rigid, 0].ravel()]),
        # all slave nodes move alike relative to the master
        [d[rigid, 1].ravel(), d[upper.bottom, 0], d[upper.bottom, 1]],
    )
    settings = ContactSettings(penalty=1e6, shear_penalty=1e6, gap_tolerance=1e-8, cohesion=LAW)
    interface = ContactInterface(
        "lower|upper", upper.bottom, lower.top, d, points, upward=False, settings=settings
    )
    assert interface.bonds is not None
    interface.bonds.share[:] = 1.0
    problem = MechanicalProblem(
        bulk, supports, [interface], AugmentationLimits(tolerance=4e-7, max_augmentations=20)
    )
    return problem, interface, 2.0 * np.hypot(1.0, slope)


@pytest.mark.parametrize("slope", [0.0, 0.5, 2.0])
def test_patch_of_known_mode_mix(slope: float, record: Record) -> None:
    # origin: bilinear law, Benzeggagh and Kenane (1996), B = slip^2 / (slip^2 + opening^2)
    problem, interface, length = inclined_patch(slope)
    bonds = interface.bonds
    assert bonds is not None
    mix = slope**2 / (1.0 + slope**2)
    rise = mix**LAW.mode_exponent
    strength = np.sqrt(LAW.strength**2 + (LAW.shear_strength**2 - LAW.strength**2) * rise)
    toughness = LAW.toughness + (LAW.shear_toughness - LAW.toughness) * rise
    onset, end = strength / LAW.stiffness, 2.0 * toughness / strength
    worst = largest = 0.0
    for way in (0.5 * onset, 3.0 * onset, 0.2 * end, 0.1 * end, 0.6 * end, 1.1 * end):
        attempt = problem.attempt(Load(stiffness=1e6, target=way, floor=1.0))
        assert not attempt.failure
        problem.accept(attempt)
        way = problem.platen  # the spring gives way a little
        largest = max(largest, way)
        peak = strength * min(1.0, max(0.0, (end - largest) / (end - onset)))
        expected = peak * way / largest if largest > onset else LAW.stiffness * way
        worst = max(worst, abs(-attempt.force / length - expected) / strength)
    np.testing.assert_allclose(bonds.mode, mix, atol=1e-9)
    spent = problem.work.cohesive / length
    name = f"mixed-mode patch, B = {mix:.2g}: "
    record(name + "traction over strength", worst, 1e-6, "bilinear law, Benzeggagh-Kenane")
    record(name + "energy / toughness - 1", abs(spent / toughness - 1.0), 1e-6, "the same")


def test_unloaded_pressed_and_loaded_again(record: Record) -> None:
    # origin: the bilinear law, unloading to the origin; contact does not heal and lets nothing in
    problem, interface, length = inclined_patch(0.0)
    bonds = interface.bonds
    assert bonds is not None
    end = LAW.ends[0]

    def go(way: float) -> tuple[float, float]:
        attempt = problem.attempt(Load(stiffness=1e6, target=way, floor=1.0))
        assert not attempt.failure
        problem.accept(attempt)
        return -attempt.force / length, problem.platen

    go(0.3 * end)
    peak, furthest = go(0.5 * end)
    damage, spent = bonds.damage.copy(), problem.work.cohesive
    half, there = go(0.2 * end)
    pressed, _ = go(-2e-5)
    overlap = -float(interface.gaps(problem.displacement).min())
    interface.form_bonds()
    again, _ = go(0.2 * end)
    assert pressed < -5.0  # MPa: the faces bear on each other
    np.testing.assert_array_equal(bonds.damage, damage)
    assert problem.work.cohesive == spent
    full, _ = go(0.5 * end)
    origin = "bilinear law"
    line = abs(half / (peak * there / furthest) - 1.0)
    record("cohesive patch: unloading on the line to the origin", line, 1e-6, origin)
    record("cohesive patch: loaded again after contact", abs(again / half - 1.0), 1e-6, origin)
    record("cohesive patch: where it was left", abs(full / peak - 1.0), 1e-6, origin)
    record("cohesive patch: overlap under pressure [um]", overlap, 1e-8, "no penetration")


def test_bonded_discs_pulled_apart_by_their_opening(record: Record) -> None:
    # origin: uniform tension of bodies of revolution without lateral strain, strength times area
    radius = 3.0
    lower = meshes.block(np.linspace(0.0, radius, 5), np.linspace(0.0, 1.0, 3), -2.0, 0.0)
    upper = meshes.block(
        np.linspace(0.0, radius, 8), np.linspace(0.0, 1.0, 3), 0.0, 2.0, len(lower.points)
    )
    points = np.vstack([lower.points, upper.points])
    cells = np.vstack([lower.cells, upper.cells])
    number = np.repeat([0, 1], [len(lower.cells), len(upper.cells)])
    bulk = Bulk(points, cells, number, [Elastic(1e4, 0.0)] * 2, axisymmetric=True)
    d = bulk.node_dofs
    axis = d[np.append(lower.left, upper.left), 0]
    supports = Supports(bulk.size, np.append(axis, d[lower.bottom, 1]), [d[upper.top, 1]])
    settings = ContactSettings(penalty=1e5, shear_penalty=1e5, gap_tolerance=1e-8, cohesion=LAW)
    interface = ContactInterface(
        "lower|upper",
        upper.bottom,
        lower.top,
        d,
        points,
        upward=False,
        settings=settings,
        left_wall=True,
        axisymmetric=True,
    )
    assert interface.bonds is not None
    interface.bonds.share[:] = 1.0
    problem = MechanicalProblem(bulk, supports, [interface], AugmentationLimits(tolerance=1e-8))
    share = interface.pairing.weights / interface.pairing.weights.sum()
    area = np.pi * radius**2
    largest = 0.0
    for opening in np.concatenate([LAW.onset * np.array([0.5, 1.0]), np.arange(0.1, 1.2, 0.2)]):
        goal = opening if opening <= LAW.onset else opening * LAW.ends[0]
        control = Control([share], goal, supports.platens[0], 1e4)
        attempt = problem.attempt(Load(floor=1.0, control=control))
        assert not attempt.failure
        problem.accept(attempt)
        largest = max(largest, -attempt.force)
    np.testing.assert_array_equal(interface.bonds.damage, 1.0)
    record(
        "bonded discs: largest force / (strength x area) - 1",
        abs(largest / (LAW.strength * area) - 1.0),
        1e-5,
        "uniform tension",
    )
    record(
        "bonded discs: energy / (toughness x area) - 1",
        abs(problem.work.cohesive / (LAW.toughness * area) - 1.0),
        1e-5,
        "uniform tension",
    )


class Beams:
    """Two equal beams bonded from a crack tip on, in plane strain: E 20 GPa, nu 0.25, 1 J/m2."""

    modulus = 20e3 / (1.0 - 0.25**2)
    toughness = 1.0

    def __init__(
        self,
        x: tuple[float, float],
        height: float,
        edge: float,
        crack: float,
        strength: float,
        supports: Callable[[Beams], tuple[np.ndarray, int]],
        *,
        right_wall: bool,
        penalty: float = 1e5,
    ) -> None:
        columns, rows = self.spacing(x, height, edge)
        self.lower = meshes.block(columns[0], 1.0 - rows[::-1], -height, 0.0)
        self.upper = meshes.block(columns[1], rows, 0.0, height, len(self.lower.points))
        self.points = np.vstack([self.lower.points, self.upper.points])
        cells = np.vstack([self.lower.cells, self.upper.cells])
        number = np.repeat([0, 1], [len(self.lower.cells), len(self.upper.cells)])
        self.bulk = Bulk(self.points, cells, number, [Elastic(20e3, 0.25)] * 2)
        fixed, loaded = supports(self)
        dofs = self.bulk.node_dofs
        law = Cohesion(strength, strength, 1.0, 1.0, stiffness=100.0 * strength**2)
        settings = ContactSettings(
            penalty=penalty, shear_penalty=penalty, gap_tolerance=1e-5, cohesion=law
        )
        interface = ContactInterface(
            "lower|upper",
            self.upper.bottom,
            self.lower.top,
            dofs,
            self.points,
            upward=False,
            settings=settings,
            right_wall=right_wall,
        )
        assert interface.bonds is not None
        interface.bonds.share[self.points[self.upper.bottom, 0] >= crack - 1e-9] = 1.0
        self.problem = MechanicalProblem(
            self.bulk,
            Supports(self.bulk.size, fixed, [dofs[[loaded], 1]]),
            [interface],
            AugmentationLimits(tolerance=1e-6, max_augmentations=12),
        )

    def spacing(
        self, x: tuple[float, float], height: float, edge: float
    ) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
        """Columns of the lower and the upper beam, and rows from the bond outwards, 0 to 1."""
        count = 2 * round((x[1] - x[0]) / edge / 2.0)
        columns = np.linspace(*x, 2 * round(0.4 * count) + 1), np.linspace(*x, count + 1)
        return columns, np.linspace(0.0, 1.0, round(height / edge) + 1)

    def node(self, nodes: np.ndarray, x: float) -> int:
        """Node of a face nearest to a position."""
        return int(nodes[np.argmin(np.abs(self.points[nodes, 0] - x))])

    def follow(self, ways: np.ndarray) -> np.ndarray:
        """Rows of force, way, energy spent by the bonds, and work less stored energy."""
        return np.array([self.step(Load(stiffness=1e6, target=w, floor=1e-2)) for w in ways])

    def step(self, load: Load) -> list[float]:
        """Force, way, energy spent by the bonds, and work less stored energy after an increment."""
        attempt = self.problem.attempt(load)
        assert not attempt.failure, attempt.failure
        self.problem.accept(attempt)
        work = self.problem.work
        gone = work.applied - work.elastic
        return [attempt.force, self.problem.platen, work.cohesive, gone]


def peak_of_beam_on_cohesive_springs(height: float, crack: float, strength: float) -> float:
    """Largest force on a double cantilever beam of Timoshenko beams, by finite differences.

    The faces are held together by the cohesive law in series with the height of the beams across
    (Kanninen 1973, Int. J. Fracture 9, 83: k = 2E/h each); linear beam elements with one point.
    """
    modulus, shear = Beams.modulus, 20e3 / 2.5 * 5.0 / 6.0
    inertia, step = height**3 / 12.0, 0.5
    count = round((crack + 80.0) / step)
    law = Cohesion(strength, strength, 1.0, 1.0, stiffness=100.0 * strength**2)
    onset, end = law.onset, law.ends[0]
    bend, slide = modulus * inertia / step, shear * height / step
    size = 2 * count + 2
    stiff = np.zeros((7, size))  # by diagonals, three on each side
    # deflection and rotation; the shear of an element is (w2 - w1)/step - (t1 + t2)/2
    move = np.array([-1.0, -0.5 * step, 1.0, -0.5 * step])
    turn = np.array([0.0, -1.0, 0.0, 1.0])
    block = slide * np.outer(move, move) + bend * np.outer(turn, turn)
    for row, column in np.ndindex(4, 4):
        stiff[3 + row - column, column : 2 * count + column : 2] += block[row, column]
    bonded = np.flatnonzero(np.arange(count + 1) * step >= crack - 1e-9)
    series = 2.0 * modulus / height
    damage = np.zeros(len(bonded))
    best = 0.0
    for way in np.linspace(0.02, 0.75, 74):  # of one beam
        for _ in range(1000):
            # the spring of a beam is half of the bond in series with the beam itself
            secant = np.maximum(1.0 - damage, 1e-12) * law.stiffness
            spring = 1.0 / (1.0 / (2.0 * secant) + 1.0 / series)
            matrix = stiff.copy()
            matrix[3, 2 * bonded] += spring * step
            matrix[3, 0] += 1e9  # holds the pin
            right = np.zeros(size)
            right[0] = 1e9 * way
            now = solve_banded((3, 3), matrix, right)
            opening = np.maximum(spring * now[2 * bonded] / secant, onset)
            wanted = np.clip(end * (opening - onset) / (opening * (end - onset)), damage, 1.0)
            if np.abs(wanted - damage).max() < 1e-6:
                break
            damage = wanted
        best = max(best, 1e9 * float(way - now[0]))
    return best


@pytest.mark.campaign
def test_double_cantilever_beam(record: Record) -> None:
    # origin: beam theory; the force at an opening of the pins depends on no length of the crack
    height, crack, strength = 20.0, 60.0, 20.0

    def supports(beams: Beams) -> tuple[np.ndarray, int]:
        dofs, middle = beams.bulk.node_dofs, len(beams.upper.left) // 2
        fixed = [dofs[beams.lower.right, 0], dofs[beams.upper.right, 0]]
        fixed.append(dofs[beams.lower.left[[middle]], 1])
        return np.concatenate(fixed), int(beams.upper.left[middle])

    beams = Beams((0.0, 150.0), height, 2.5, crack, strength, supports, right_wall=True)
    rows = beams.follow(np.arange(0.05, 3.05, 0.05))
    force, way = -rows[:, 0], rows[:, 1]
    stiffness = beams.modulus * height**3 / 12.0
    theory = np.sqrt(2.0 * stiffness**1.5 / (3.0 * stiffness * way))
    length = (1.5 * stiffness * way / force) ** (1.0 / 3.0)  # of beams clamped at the tip
    spreading = way > 1.25
    origin = "beam theory"
    mean = float(np.mean(force[spreading] / theory[spreading]))
    record("DCB: mean force while the crack spreads", abs(mean - 1.0), 0.01, origin)
    grown = np.flatnonzero(spreading)[[0, -1]]
    spent = np.diff(rows[grown], axis=0)[0] / np.diff(length[grown])[0]
    record("DCB: energy of the bonds / (toughness x area) - 1", abs(spent[2] - 1.0), 0.01, origin)
    record("DCB: work less stored energy, the same", abs(spent[3] - 1.0), 0.01, origin)
    peak = peak_of_beam_on_cohesive_springs(height, crack, strength)
    record(
        "DCB: peak force / beams on cohesive springs - 1",
        abs(force.max() / peak - 1.0),
        0.03,
        "Timoshenko beams, Kanninen (1973)",
    )


@pytest.mark.campaign
def test_end_notched_flexure(record: Record) -> None:
    # origin: beam theory, G = 9 P^2 a^2 / (16 E' h^3), at the length a that the compliance gives,
    # C = (3 a^3 + 2 L^3) / (8 E' h^3)
    height, crack, half = 10.0, 70.0, 100.0

    def supports(beams: Beams) -> tuple[np.ndarray, int]:
        dofs, loaded = beams.bulk.node_dofs, beams.node(beams.upper.top, half)
        feet = [beams.node(beams.lower.bottom, x) for x in (0.0, 2.0 * half)]
        return np.append(dofs[feet, 1], dofs[loaded, 0]), loaded

    beams = Beams((-10.0, 210.0), height, 1.25, crack, 25.0, supports, right_wall=False)
    first = beams.follow(np.array([-0.2]))
    # the crack runs on under a given way: the mean slip grows all the same, and is prescribed
    problem = beams.problem
    interface = problem.interfaces[0]
    slip = interface.slips(problem.displacement, np.zeros(beams.bulk.size))
    shares = interface.pairing.weights / interface.pairing.weights.sum()
    mean = float(shares @ slip)
    unknown = problem.supports.platens[0]
    control = Control([np.sign(mean) * shares], 0.25 * abs(mean), unknown, 1e3, slip=True)
    load = Load(floor=1e-2, control=control)
    rows = np.vstack([first, [beams.step(load) for _ in range(48)]])
    force, way = rows[:, 0], -rows[:, 1]
    unit = beams.modulus * height**3
    length = ((8.0 * unit * way / force - 2.0 * half**3) / 3.0) ** (1.0 / 3.0)
    theory = 4.0 / 3.0 * np.sqrt(unit) / length
    # between the first spreading and where the process zone of about 10 um comes under the load
    spreading = (length > crack + 12.0) & (length < half - 10.0)
    assert spreading.sum() >= 3
    record(
        "ENF: force while the crack spreads / beam theory - 1",
        float(np.abs(force[spreading] / theory[spreading] - 1.0).max()),
        0.04,
        "beam theory",
    )
    bonds = interface.bonds
    assert bonds is not None
    sheared = bonds.damage > 0.1
    record(
        "ENF: part of opening in the energy release",
        float(1.0 - bonds.mode[sheared].min()),
        1e-3,
        "shear alone",
    )
