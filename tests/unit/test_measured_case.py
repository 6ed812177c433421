# SPDX-License-Identifier: MIT
"""The made-up file in a measured format: it is what its recipe says, and is read as it was made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import surfaces

#: samples along x and y, 0.5 um apart; tilt, noise of the instrument [um], lost points
POINTS, TILT, NOISE, LOST = 25, (0.03, -0.02), 0.004, 9


def true_face() -> surfaces.Topography:
    """The face before it is "measured"."""
    return surfaces.self_affine(
        ("12 um", "12 um"),
        points=(POINTS, POINTS),
        hurst=0.8,
        rms_height="250 nm",
        long_cutoff="12 um",
        short_cutoff="8 um",
        seed=11,
    )


def measured_heights() -> np.ndarray:
    """Heights as an instrument gives them [um]: tilted, with noise and with holes."""
    rng = np.random.default_rng(12)
    face = true_face()
    x, y = np.meshgrid(face.x, face.y, indexing="ij")
    heights = face.heights + TILT[0] * x + TILT[1] * y + rng.normal(0.0, NOISE, x.shape)
    holes = rng.choice(x.size, LOST, replace=False)
    heights.ravel()[holes] = np.nan
    return heights


def sdf_text() -> str:
    """The file, ISO 25178-71 in ASCII: lengths in m, heights in nm, one row of x after another."""
    head = {
        "ManufacID": "interfacefem, made up, not measured",
        "CreateDate": "010120260000",
        "ModDate": "010120260000",
        "NumPoints": POINTS,
        "NumProfiles": POINTS,
        "Xscale": "5.0e-7",
        "Yscale": "5.0e-7",
        "Zscale": "1.0e-9",
        "Zresolution": "1.0e-10",
        "Compression": 0,
        "DataType": 7,
        "CheckType": 0,
    }
    lines = ["aISO-1.0", *(f"{key:<12}= {value}" for key, value in head.items()), "*"]
    for row in (1e3 * measured_heights()).T:
        lines.append(" ".join("BAD" if np.isnan(z) else f"{z:.1f}" for z in row))
    return "\n".join([*lines, "*", ""])


@pytest.fixture
def path(repository: Path) -> Path:
    return repository / "meshes" / "made_up_face.sdf"


def test_the_file_is_what_its_recipe_says(path: Path) -> None:
    assert path.read_text(encoding="ascii") == sdf_text()
    assert "not measured" in path.read_text(encoding="ascii").splitlines()[1]


def test_the_file_is_read_as_it_was_made(path: Path) -> None:
    face = surfaces.read(path, fill_holes=True)
    assert face.points == (POINTS, POINTS)
    # the format gives the distance of samples, and so (n - 1) of them from wall to wall
    assert face.size == pytest.approx((12, 12), rel=1e-12)
    known = np.isfinite(measured_heights())
    offset = np.mean((face.heights - measured_heights())[known])
    error = (face.heights - measured_heights() - offset)[known]
    assert np.abs(error).max() < 0.6e-4  # written to 0.1 nm
    # filled from neighbours 0.5 um away: of a wave of 8 um and 0.25 um rms no more than
    # (2 pi / 8)^2 0.5^2 / 2 * 0.35 = 0.03 um is lost
    x, y = np.meshgrid(*face.axes, indexing="ij")
    made = true_face().heights + TILT[0] * x + TILT[1] * y
    assert np.abs(face.heights - made - offset)[~known].max() < 0.03 + 4.0 * NOISE


def test_the_case_gets_back_the_face_behind_the_measurement(repository: Path) -> None:
    case = ifem.Case.load(repository / "cases" / "measured_topography.py")
    face = case.stack.layers[0].top
    assert face is not None
    truth = true_face().levelled()
    x = np.linspace(0.5, 11.5, 30)
    error = face.at(x[:, None], x[None]) - truth.at(x[:, None], x[None])
    # the tilt is gone, and what is left of the noise is what the sharp filter passes
    assert float(np.std(error)) < 2.0 * NOISE
    assert abs(float(np.mean(error))) < NOISE
    assert face.mirrored
    assert case.stack.size == pytest.approx((12.0, 12.0))
    assert case.protocol.pressures == (1.0, 60.0, 1.0)


def test_256_by_256_heights_given_as_an_array_run(tmp_path: Path) -> None:
    line = np.cos(np.pi * np.linspace(0.0, 1.0, 256))
    heights = 0.1 * np.outer(line, line) + 0.02 * line[:, None]
    face = surfaces.from_heights(heights, "8 um", mirrored=True)
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "3 um", top=face), ifem.Layer("anode", "Li", "3 um")
    )
    protocol = ifem.Protocol(ifem.Press(to="2 MPa"))
    case = ifem.Case("array", stack, protocol, mesh=ifem.MeshSize("1 um"), current=None)
    assert case.check().ok
    with case.run(tmp_path / "run", listeners=()) as results:
        assert results.status == "complete"
        assert 0.0 < results.history["contact_fraction[electrolyte|anode]"][-1] <= 1.0
        top = results.mesh.points[np.unique(results.mesh.interfaces["electrolyte|anode"].lower)]
    # the nodes of the mesh lie on the heights of the array
    x, y = np.rint(top[:, :2].T / 8.0 * 255.0).astype(int)
    np.testing.assert_allclose(top[:, 2] - 3.0, heights[x, y] - heights.mean(), atol=2e-3)
    # the heights are kept beside the case, which another session reads
    assert ifem.Case.load(tmp_path / "run" / "case.toml") == case
