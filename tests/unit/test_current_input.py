"""What conduction refuses, each with one clear error; the numbers are in tests/verification."""

from __future__ import annotations

import numpy as np
import pytest

from interfacefem.errors import MaterialError, MeshError
from interfacefem.fem.contact import mortar
from interfacefem.fem.current.electric import CurrentProblem, ElectricContact

#: two unit squares, one above the other, with their own nodes on the interface
POINTS = np.array(
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 1.0], [1.0, 1.0], [0.0, 2.0], [1.0, 2.0]]
)
CELLS = np.array([[0, 1, 3, 2], [4, 5, 7, 6]])
BOTTOM, LOWER, UPPER, TOP = (np.array([i, i + 1]) for i in (0, 2, 4, 6))
STILL = np.zeros_like(POINTS)


def problem(
    cells: np.ndarray = CELLS,
    conductivities: tuple[float, ...] = (1.0, 2.0),
    bottom: np.ndarray = BOTTOM,
    points: np.ndarray = POINTS,
) -> CurrentProblem:
    layer = np.arange(len(cells))
    return CurrentProblem(
        points, cells, layer, conductivities, bottom, TOP, layer_names=("separator", "anode")
    )


def contact(resistance: float = 0.5, slave: np.ndarray = LOWER) -> ElectricContact:
    pairing = mortar.pair(POINTS[LOWER], POINTS[UPPER], upward=True)
    assert pairing is not None
    return ElectricContact(
        name="separator|anode",
        slave_nodes=slave,
        master_nodes=UPPER,
        pairing=pairing,
        in_contact=np.ones(2, dtype=bool),
        area_resistance=np.full(2, resistance),
    )


def test_the_good_one() -> None:
    # 1 / 1 + 0.5 + 1 / 2 in series
    solution = problem().solve(STILL, [contact()], mean_current_density=1.0, area=1.0)
    assert solution.asr_total == pytest.approx(2.0, rel=1e-12)
    assert solution.asr_layers == pytest.approx({"separator": 1.0, "anode": 0.5})


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_conductivity_must_be_positive(value: float) -> None:
    with pytest.raises(MaterialError, match="layer 'anode': conductivity"):
        problem(conductivities=(1.0, value))


def test_one_conductivity_per_layer() -> None:
    with pytest.raises(MeshError, match="3 conductivities"):
        problem(conductivities=(1.0, 2.0, 3.0))


def test_layers_must_not_share_nodes() -> None:
    with pytest.raises(MeshError, match="'anode' shares nodes"):
        problem(cells=np.array([[0, 1, 3, 2], [2, 3, 7, 6]]))


def test_nodes_without_a_cell() -> None:
    with pytest.raises(MeshError, match="node 8 belongs to no cell"):
        problem(points=np.vstack([POINTS, [[5.0, 5.0]]]))


def test_collector_in_the_wrong_layer() -> None:
    with pytest.raises(MeshError, match="boundary 'bottom'"):
        problem(bottom=TOP)


def test_every_neighbour_needs_one_contact() -> None:
    with pytest.raises(MeshError, match="no contact between the layers 'separator' and 'anode'"):
        problem().solve(STILL, [], mean_current_density=1.0, area=1.0)
    with pytest.raises(MeshError, match="join them"):
        problem().solve(STILL, [contact(), contact()], mean_current_density=1.0, area=1.0)


def test_contact_within_one_layer() -> None:
    with pytest.raises(MeshError, match="links one layer with the next"):
        problem().solve(STILL, [contact(slave=UPPER)], mean_current_density=1.0, area=1.0)


@pytest.mark.parametrize("value", [-1.0, np.nan])
def test_area_resistance_must_not_be_negative(value: float) -> None:
    with pytest.raises(MaterialError, match=r"'separator\|anode': area resistance"):
        problem().solve(STILL, [contact(value)], mean_current_density=1.0, area=1.0)


def test_inverted_cell() -> None:
    move = STILL.copy()
    move[TOP, 1] = -1.5
    with pytest.raises(MeshError, match=r"cell 1 in layer 'anode' has area -0\.5 um"):
        problem().solve(move, [contact()], mean_current_density=1.0, area=1.0)


def test_layer_in_pieces() -> None:
    # a second square in the lower layer that touches nothing
    points = np.vstack([POINTS, POINTS[:4] + np.array([3.0, 0.0])])
    cells = np.vstack([CELLS, [[8, 9, 11, 10]]])
    with pytest.raises(MeshError, match="layer 'layer 0' falls into 2 pieces"):
        CurrentProblem(points, cells, np.array([0, 1, 0]), (1.0, 2.0), BOTTOM, TOP)
