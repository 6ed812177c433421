"""Fracture specimens whose process zone is short: linear elastic fracture mechanics. (campaign)

The beams are those of ``test_cohesion`` with stronger bonds, so that the zone where they soften is
a twenty-fifth of the crack and less, on meshes that resolve it with five edges or more.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from test_cohesion import Beams

import meshes
from interfacefem.fem.control import Control
from interfacefem.fem.mechanics import Load

Record = Callable[[str, float, float, str], None]

pytestmark = pytest.mark.campaign

#: turning of the beams at the tip, as length added to the crack in heights: Foote and Buchwald
#: (1985), Int. J. Fracture 29, 125
ROOT = 0.673
#: the same share of it in shear: Wang and Williams (1992), Compos. Sci. Technol. 43, 251
ROOT_SHEAR = 0.42 * ROOT
SHEAR_MODULUS = 20e3 / 2.5


class FineBeams(Beams):
    """Beams meshed finely where the crack runs."""

    def __init__(self, fine: tuple[float, float], ends: tuple[float, float], **kwargs) -> None:
        self.fine, self.ends = fine, ends  # of the fine part, and of beams behind the supports
        super().__init__(**kwargs)

    def spacing(
        self, x: tuple[float, float], height: float, edge: float
    ) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
        largest = height / 8.0  # bent cells of full integration are stiff by G/E' of its square
        columns = []
        for size in (1.25 * edge, edge):
            count = round((self.fine[1] - self.fine[0]) / size)
            left = self.fine[0] - meshes.spread(self.fine[0] - self.ends[0], size, largest)
            right = self.fine[1] + meshes.spread(self.ends[1] - self.fine[1], size, largest)
            parts = [left[:0:-1], np.linspace(*self.fine, count + 1), right[1:]]
            for behind, end in ((x[0], self.ends[0]), (self.ends[1], x[1])):
                more = np.linspace(behind, end, round((end - behind) / largest) + 1)
                parts.append(more)
            columns.append(np.unique(np.round(np.concatenate(parts), 9)))
        return (columns[0], columns[1]), meshes.spread(height, edge, largest) / height

    def softening(self) -> tuple[int, float]:
        """Edges and length of the zone where bonds are damaged but not broken."""
        interface = self.problem.interfaces[0]
        assert interface.bonds is not None
        damage = interface.bonds.damage
        x = self.points[interface.slave_nodes[(damage > 0.0) & (damage < 1.0)], 0]
        return len(x), float(np.ptp(x)) if len(x) else 0.0


def test_double_cantilever_beam_of_linear_fracture(record: Record) -> None:
    # origin: P = sqrt(E' I G) / (a + chi h), largest at the first length; then the force at an
    # opening D of the pins, P^2 = 2 G sqrt(G) (E' I)^1.5 / (3 E' I D), depends on no length
    height, crack, strength = 20.0, 100.0, 60.0

    def supports(beams: Beams) -> tuple[np.ndarray, int]:
        dofs = beams.bulk.node_dofs
        pins = [
            int(nodes[np.argmin(np.abs(np.abs(beams.points[nodes, 1]) - 0.5 * height))])
            for nodes in (beams.lower.left, beams.upper.left)
        ]
        fixed = [dofs[beams.lower.right, 0], dofs[beams.upper.right, 0], dofs[pins[:1], 1]]
        return np.concatenate(fixed), pins[1]

    beams = FineBeams(
        (crack - 2.0, crack + 14.0),
        (0.0, 190.0),
        x=(0.0, 190.0),
        height=height,
        edge=0.4,
        crack=crack,
        strength=strength,
        supports=supports,
        right_wall=True,
        penalty=250.0 * strength**2,
    )
    unit = beams.modulus * height**3 / 12.0
    first = crack + ROOT * height
    peak = np.sqrt(unit) / first
    ways = 2.0 * peak * first**3 / (3.0 * unit) * np.append([0.3, 0.7], np.arange(0.84, 1.21, 0.02))
    rows, zones = [], []
    for way in ways:
        rows.append(beams.step(Load(stiffness=1e6, target=way, floor=1e-2)))
        zones.append(beams.deviator_ratio())
    table = np.array(rows)
    force, way = -table[:, 0], table[:, 1]
    length = (1.5 * unit * way / force) ** (1.0 / 3.0)
    origin = "Foote and Buchwald (1985)"
    record(
        "DCB, short zone: first length / (a + chi h) - 1",
        abs(length[0] / first - 1.0),
        2e-3,
        origin,
    )
    record(
        "DCB, short zone: peak force / fracture mechanics - 1",
        abs(force.max() / peak - 1.0),
        0.03,
        origin,
    )
    spreading = length > first + 3.0
    grown = np.flatnonzero(spreading)[[0, -1]]
    assert min(zones[k][0] for k in grown) >= 5
    assert max(zones[k][1] for k in grown) < 0.04 * crack
    theory = np.sqrt(2.0 * unit**1.5 / (3.0 * unit * way))
    off = np.abs(force[spreading] / theory[spreading] - 1.0).max()
    record("DCB, short zone: force while the crack spreads", off, 0.01, "beam theory")
    spent = np.diff(table[grown], axis=0)[0] / np.diff(length[grown])[0]
    name = "DCB, short zone: energy of the bonds / (toughness x area) - 1"
    record(name, abs(spent[2] - 1.0), 0.01, "beam theory")


def test_end_notched_flexure_of_linear_fracture(record: Record) -> None:
    # origin: G = 9 P^2 a^2 / (16 E' h^3) at the length a that the compliance gives,
    # C = (3 a^3 + 2 L^3) / (8 E' h^3) + 3 L / (10 mu h) with the shear of the beams:
    # de Moura et al. (2006), Eng. Fract. Mech. 73, 978; a holds the turning at the tip
    height, crack, half, strength = 10.0, 70.0, 100.0, 50.0

    def supports(beams: Beams) -> tuple[np.ndarray, int]:
        dofs, loaded = beams.bulk.node_dofs, beams.node(beams.upper.top, half)
        feet = [beams.node(beams.lower.bottom, x) for x in (0.0, 2.0 * half)]
        np.testing.assert_allclose(beams.points[[*feet, loaded], 0], [0.0, 2.0 * half, half])
        return np.append(dofs[feet, 1], dofs[loaded, 0]), loaded

    beams = FineBeams(
        (crack - 2.0, half),
        (0.0, 2.0 * half),
        x=(-10.0, 210.0),
        height=height,
        edge=0.6,
        crack=crack,
        strength=strength,
        supports=supports,
        right_wall=False,
        penalty=250.0 * strength**2,
    )
    first = beams.follow(np.array([-0.2]))
    problem = beams.problem
    interface = problem.interfaces[0]
    slip = interface.slips(problem.displacement, np.zeros(beams.bulk.size))
    shares = interface.pairing.weights / interface.pairing.weights.sum()
    mean = float(shares @ slip)
    unknown = problem.supports.platens[0]
    rows, zones = [*first], [beams.deviator_ratio()]
    for part in [1.0] * 5 + [0.25] * 26:
        control = Control([np.sign(mean) * shares], part * abs(mean), unknown, 1e3, slip=True)
        rows.append(beams.step(Load(floor=1e-2, control=control)))
        zones.append(beams.deviator_ratio())
    table = np.array(rows)
    force, way = table[:, 0], -table[:, 1]
    unit = beams.modulus * height**3
    bent = way / force - 0.3 * half / (SHEAR_MODULUS * height)
    length = ((8.0 * unit * bent - 2.0 * half**3) / 3.0) ** (1.0 / 3.0)
    release = 9.0 * force**2 * length**2 / (16.0 * unit)
    origin = "de Moura et al. (2006)"
    record(
        "ENF, short zone: first length / (a + 0.42 chi h) - 1",
        abs(length[0] / (crack + ROOT_SHEAR * height) - 1.0),
        0.02,
        "Wang and Williams (1992)",
    )
    spreading = (length > crack + ROOT_SHEAR * height + 3.0) & (length < half - 10.0)
    assert spreading.sum() >= 8
    grown = np.flatnonzero(spreading)[[0, -1]]
    assert min(zones[k][0] for k in grown) >= 5
    assert max(zones[k][1] for k in grown) < 0.07 * crack
    off = np.abs(release[spreading] / beams.toughness - 1.0).max()
    record("ENF, short zone: energy release while the crack spreads", off, 0.04, origin)
    spent = np.diff(table[grown], axis=0)[0] / np.diff(length[grown])[0]
    name = "ENF, short zone: energy of the bonds / (toughness x area) - 1"
    record(name, abs(spent[2] / beams.toughness - 1.0), 0.04, origin)
