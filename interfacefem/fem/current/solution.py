# SPDX-License-Identifier: MIT
"""What a solution of steady conduction holds, and how it becomes a snapshot of the results.

Plain arrays; the equations are in :mod:`interfacefem.fem.current.electric`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.results.snapshot import CurrentInterface, CurrentLayer, CurrentSnapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class CurrentSolution:
    """Steady conduction through a stack.

    Attributes
    ----------
    mean_current_density : float
        Current over the nominal area [uA/um^2].
    voltage : float
        Potential of the lower collector against the upper one [V]; infinite in an open circuit.
    asr_total : float
        Voltage over mean current density, without potentials at rest [V um^2/uA]; infinite in an
        open circuit. It is the sum of all parts.
    asr_layers : mapping of str to float
        Each layer as deformed, if both of its faces were in perfect contact all over: thickness
        over conductivity where it is flat [V um^2/uA].
    asr_interfaces : mapping of str to float
        Heat made in the intrinsic resistance and in the charge transfer of each interface, over
        current squared, times the area [V um^2/uA]. In an open circuit: infinite for an open
        interface, and for the others what their contacts have in parallel at a vanishing current.
    asr_constriction : float
        Heat made in the layers, so expressed, above that of perfect contacts [V um^2/uA]: what it
        costs that current squeezes through spots. Never negative; not a number in an open circuit.
    interfaces : tuple of CurrentInterface
        Bottom to top, at the slave nodes.
    potential : (nodes,) array
        Against the upper collector [V]; zero everywhere in an open circuit.
    current_density : (cells, d) array
        Cell means [uA/um^2].
    balance_error : float
        Largest difference between the applied current and what passes a collector or an
        interface, over the applied current [-]; not a number in an open circuit.
    open_interfaces : tuple of str
        Interfaces without any conducting contact.
    layer_names : tuple of str
    cell_layer, node_layer : int arrays
        Layer of each cell and node.
    """

    mean_current_density: float
    voltage: float
    asr_total: float
    asr_layers: Mapping[str, float]
    asr_interfaces: Mapping[str, float]
    asr_constriction: float
    interfaces: tuple[CurrentInterface, ...]
    potential: Array
    current_density: Array
    balance_error: float
    open_interfaces: tuple[str, ...]
    layer_names: tuple[str, ...]
    cell_layer: IntArray
    node_layer: IntArray

    @property
    def connected(self) -> bool:
        """Whether the circuit is closed."""
        return not self.open_interfaces

    def snapshot(self, step: str, *, increment: int | None = None) -> CurrentSnapshot:
        """Return what the results keep.

        Parameters
        ----------
        step : str
            Name of the protocol step.
        increment : int, optional
            Increment in the step; None means the last one.

        Returns
        -------
        CurrentSnapshot
            Nodes and cells of each layer in ascending mesh index.
        """
        layers = tuple(
            CurrentLayer(
                name=name,
                potential=self.potential[self.node_layer == index],
                current_density=self.current_density[self.cell_layer == index],
            )
            for index, name in enumerate(self.layer_names)
        )
        return CurrentSnapshot(
            step=step,
            mean_current_density=self.mean_current_density,
            asr_total=self.asr_total,
            asr_layers=self.asr_layers,
            asr_interfaces=self.asr_interfaces,
            asr_constriction=self.asr_constriction,
            interfaces=self.interfaces,
            layers=layers,
            balance_error=self.balance_error,
            increment=increment,
        )
