"""Stacks of mapped blocks for conduction, in the plane and in 3D, with their faces paired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import meshes_3d
import numpy as np
import pytest

import meshes
from interfacefem.fem.contact import mortar, mortar3d
from interfacefem.fem.current.electric import CurrentProblem, ElectricContact
from interfacefem.fem.current.solution import CurrentSolution


@dataclass
class Stack:
    """Blocks from bottom to top, the nodes of each numbered after those below."""

    blocks: Sequence[meshes.Block | meshes_3d.Box]
    conductivities: Sequence[float]
    axisymmetric: bool = False

    def __post_init__(self) -> None:
        self.points = np.vstack([b.points for b in self.blocks])
        cells = np.vstack([b.cells for b in self.blocks])
        layer = np.repeat(np.arange(len(self.blocks)), [len(b.cells) for b in self.blocks])
        self.names = [f"l{i}" for i in range(len(self.blocks))]
        self.problem = CurrentProblem(
            self.points,
            cells,
            layer,
            self.conductivities,
            self.blocks[0].bottom,
            self.blocks[-1].top,
            layer_names=self.names,
            axisymmetric=self.axisymmetric,
        )

    def contact(
        self,
        index: int,
        resistance: float | np.ndarray = 0.0,
        *,
        slave_above: bool = True,
        where: np.ndarray | None = None,
        displacement: np.ndarray | float = 0.0,
    ) -> ElectricContact:
        """Contact between layer ``index`` and the next, everywhere or where told."""
        faces = self.blocks[index].top, self.blocks[index + 1].bottom
        slave, master = faces[::-1] if slave_above else faces
        now = self.points + displacement
        if now.shape[1] == 2:
            pairing = mortar.pair(
                now[slave], now[master], upward=not slave_above, axisymmetric=self.axisymmetric
            )
        else:
            (slave, slaves), (master, masters) = (
                np.unique(face, return_inverse=True) for face in (slave, master)
            )
            pairing = mortar3d.pair(
                now[slave],
                slaves.reshape(-1, 4),
                now[master],
                masters.reshape(-1, 4),
                upward=not slave_above,
                walls=np.zeros((len(slave), 2), dtype=bool),
            )
        assert pairing is not None
        return ElectricContact(
            name=f"{self.names[index]}|{self.names[index + 1]}",
            slave_nodes=slave,
            master_nodes=master,
            pairing=pairing,
            in_contact=np.ones(len(slave), dtype=bool) if where is None else where,
            area_resistance=np.broadcast_to(np.asarray(resistance, dtype=float), len(slave)),
        )

    def solve(
        self,
        contacts: Sequence[ElectricContact],
        *,
        area: float,
        density: float = 1e-5,
        displacement: np.ndarray | None = None,
    ) -> CurrentSolution:
        move = np.zeros_like(self.points) if displacement is None else displacement
        return self.problem.solve(move, contacts, mean_current_density=density, area=area)


def parts(solution: CurrentSolution) -> float:
    """Sum of the parts of the area-specific resistance."""
    return (
        sum(solution.asr_layers.values())
        + sum(solution.asr_interfaces.values())
        + solution.asr_constriction
    )


def in_series(
    stack: Stack, layers: Sequence[float], area: float, worst: np.ndarray
) -> Iterator[CurrentSolution]:
    """Solve a flat stack of three layers with several contact resistances, each face as slave.

    Origin: layers in series. ``worst`` keeps the largest errors of resistance, of the balance of
    currents and of the sum of the parts.
    """
    for resistance in ((200.0, 3e4), (0.0, 0.0), (0.0, 5.0), (1e-9, 1e20)):
        for slave_above in (True, False):
            contacts = [
                stack.contact(i, r, slave_above=slave_above) for i, r in enumerate(resistance)
            ]
            solution = stack.solve(contacts, area=area)
            exact = sum(layers) + sum(resistance)
            errors = [
                abs(solution.asr_total / exact - 1.0),
                solution.balance_error,
                abs(parts(solution) / solution.asr_total - 1.0),
            ]
            np.maximum(worst, errors, out=worst)
            np.testing.assert_allclose(list(solution.asr_layers.values()), layers, rtol=1e-12)
            interfaces = list(solution.asr_interfaces.values())
            np.testing.assert_allclose(interfaces, resistance, rtol=1e-10)
            assert solution.voltage == pytest.approx(exact * 1e-5, rel=1e-10)
            yield solution
