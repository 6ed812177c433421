"""Barber's identity in 3D: conduction through a rough elastic contact against its stiffness.

As in the plane: contact and conduction are solved by different modules on the same deformed mesh,
flat layers are subtracted on both sides, and no node changes its state between the loads compared.
"""

from __future__ import annotations

from collections.abc import Callable

import meshes_3d
import numpy as np
import pytest
from current_stacks import Stack

from interfacefem import surfaces
from interfacefem.fem.contact.setup import ContactSettings
from interfacefem.fem.mechanics import AugmentationLimits, Load
from interfacefem.materials.models import Elastic
from interfacefem.reference import constriction, hertz
from meshes import graded

pytestmark = [pytest.mark.verification, pytest.mark.campaign]

Record = Callable[[str, float, float, str], None]

SIDE, HEIGHT = 20.0, 12.0
FACES = (14, 18)  # of the rough upper body, which is the slave, and of the flat lower one
SOFT, STIFF = Elastic(3000.0, 0.3), Elastic(30000.0, 0.2)
SIGMA = (1.0, 0.1)
RMS = 2e-3  # [um]; slopes of 1e-3, so small strains hold
STEP = 1e-4  # of the load, each way
PASSES = AugmentationLimits(tolerance=1e-9, max_augmentations=60)


def bodies(rough: surfaces.Topography | None) -> tuple[meshes_3d.Box, meshes_3d.Box]:
    """Flat lower and rough upper body, that just touch."""
    upper_lines = np.linspace(0.0, SIDE, FACES[0] + 1)
    lower_lines = np.linspace(0.0, SIDE, FACES[1] + 1)
    if rough is None:
        upper_lines = lower_lines = np.linspace(0.0, SIDE, 3)
    eta = graded(HEIGHT, SIDE / FACES[0], 7) / HEIGHT
    lower = meshes_3d.box(lower_lines, lower_lines, 1.0 - eta[::-1], 0.0, HEIGHT)

    def face(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        if rough is None:
            return HEIGHT + 0.0 * x
        heights = rough.at(x, y)
        return HEIGHT + heights - heights.min()

    upper = meshes_3d.box(upper_lines, upper_lines, eta, face, 2.0 * HEIGHT, len(lower.points))
    return lower, upper


def pressed(rough: surfaces.Topography | None) -> meshes_3d.Pair:
    penalty = 0.3 * SOFT.youngs_modulus / (SIDE / FACES[0])
    settings = ContactSettings(shear_penalty=0.1, penalty=penalty, gap_tolerance=1e-7 * RMS)
    return meshes_3d.pair(*bodies(rough), (STIFF, SOFT), settings, limits=PASSES)


def test_barber_on_a_rough_area(record: Record) -> None:
    rough = surfaces.self_affine(
        (SIDE, SIDE), hurst=0.8, rms_height=RMS, short_cutoff=10.0, points=(57, 57), seed=5
    )
    modulus = hertz.contact_modulus(
        *((law.youngs_modulus, law.poissons_ratio) for law in (STIFF, SOFT))
    )
    resistivities = 1.0 / SIGMA[0] + 1.0 / SIGMA[1]
    model, flat = pressed(rough), pressed(None)
    stack = Stack([model.lower, model.upper], SIGMA)
    area = SIDE**2
    # contact on 9 % of the area, at a pressure of 0.05, is some twenty nodes: 3.4 % off here
    for pressure in (0.12, 0.35):
        closure, even, active = [], [], []
        for factor in (1.0 - STEP, 1.0, 1.0 + STEP):
            for pair, where in ((model, closure), (flat, even)):
                pair.step(Load(force=factor * pressure * area))
                where.append(-pair.problem.platen)
            active.append(model.interface.pressure > 0.0)
            if factor == 1.0:
                move = model.problem.displacement[model.bulk.node_dofs]
        assert np.array_equal(active[0], active[2]), "a node changes its state: move the load"
        fraction = float(model.weights @ active[1] / model.weights.sum())
        contact = stack.contact(0, where=active[1], displacement=move)
        solution = stack.solve([contact], area=area, displacement=move)
        assert solution.balance_error < 1e-10
        spread = 2.0 * STEP * pressure
        compliance = (closure[2] - closure[0] - (even[2] - even[0])) / spread
        predicted = constriction.barber_area_resistance(resistivities, modulus, compliance)
        record(
            f"Barber's identity, rough area, contact fraction {fraction:.2f}",
            abs(solution.asr_constriction / predicted - 1.0),
            0.03,
            "Barber 2003",
        )
