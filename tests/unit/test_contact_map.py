# SPDX-License-Identifier: MIT
"""Contact maps: arrays, pictures, spots and strips; what nodes have of them; what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import interfacefem as ifem
from interfacefem import plots
from interfacefem.contact.edges import face_sizes
from interfacefem.errors import CaseError, InterfaceFEMError, MeshError, ResultsError
from interfacefem.fem.current.cover import nodal_shares
from interfacefem.results import Conducted

NAME = "metal|electrolyte"
ELECTROLYTE = "Li6PS5Cl"


def section(interface: ifem.Interface | None = None, *, flipped: bool = False) -> ifem.Stack:
    """A metal under an electrolyte of 8 um, both 10 um wide."""
    items: list[ifem.Layer | ifem.Interface] = [
        ifem.Layer("metal", "Li", "1 um"),
        interface or ifem.Interface(),
        ifem.Layer("electrolyte", ELECTROLYTE, "8 um"),
    ]
    return ifem.Stack(*(items[::-1] if flipped else items), width="10 um")


def conduct(
    stack: ifem.Stack, contact: ifem.ContactMap | None, current: str = "0.5 mA/cm^2"
) -> Conducted:
    contacts = {} if contact is None else {stack.interface_names[0]: contact}
    mesh = ifem.MeshSize("0.5 um")
    return ifem.conduct(stack, contacts, mesh=mesh, mean_current_density=current)


def quads(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and quadrilaterals of a flat face."""
    points = np.stack(np.meshgrid(x, y, [0.0], indexing="ij"), axis=-1).reshape(-1, 3)
    grid = np.arange(len(points)).reshape(len(x), len(y))
    corners = (grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:])
    return points, np.column_stack([corner.ravel() for corner in corners])


@given(st.data())
@settings(max_examples=20, deadline=None)
def test_shares_of_nodes_conserve_the_area_of_a_map(data: st.DataObject) -> None:
    # pixels on the lines of an uneven mesh, so that even samples take their area exactly
    seed = data.draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    shares = rng.random((4, 3))
    size = (8.0, 6.0)
    contact = ifem.ContactMap.from_array(shares, size)
    x, y = np.array([0.0, 2.0, 3.0, 4.0, 6.0, 7.5, 8.0]), np.array([0.0, 2.0, 4.0, 5.0, 6.0])
    points, faces = quads(x, y)
    found = nodal_shares(points, faces, contact)
    areas = nodal_shares_weights(points, faces)
    assert found.min() >= 0.0
    assert found.max() <= 1.0
    assert found @ areas == pytest.approx(shares.mean() * 48.0, rel=0.02)
    whole = ifem.ContactMap.from_array(np.ones((4, 3)), size)
    np.testing.assert_allclose(nodal_shares(points, faces, whole), 1.0, rtol=1e-12)
    # mirrored map on the mirrored face
    back = ifem.ContactMap.from_array(shares[::-1], size)
    turned, same = quads(8.0 - x[::-1], y)
    other = nodal_shares(turned, same, back).reshape(len(x), len(y))[::-1]
    np.testing.assert_allclose(other.ravel(), found, atol=1e-12)


def nodal_shares_weights(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Area of each node of rectangles: a quarter of those around it."""
    corner = points[faces][..., :2]
    area = np.prod(np.ptp(corner, axis=1), axis=1)
    return np.bincount(faces.ravel(), np.repeat(0.25 * area, 4), len(points))


def test_share_of_an_edge_inside_of_a_face() -> None:
    # origin: hat functions left of an edge at s of the face: 1 - (1 - s)^2 / 2 and s^2 / 2,
    # of nodes whose other face is wholly covered and wholly free
    points = np.column_stack([np.arange(5.0), np.zeros(5)])
    faces = np.column_stack([np.arange(4), np.arange(1, 5)])
    for s in (0.0, 0.25, 0.5, 0.8125):
        strip = ifem.ContactMap.strips([("0 um", 2.0 * (1.0 + s))])
        found = nodal_shares(points, faces, strip)
        assert found == pytest.approx([1.0, 1.0 - 0.5 * (1 - s) ** 2, 0.5 * s**2, 0, 0], abs=2e-3)
    assert face_sizes(points, faces) == pytest.approx(np.ones(5))
    uneven, around = quads(np.array([0.0, 1.0, 4.0]), np.array([0.0, 1.0]))
    assert face_sizes(uneven, around)[2] == pytest.approx(0.5 * (1.0 + np.sqrt(3.0)))


def test_round_spots_have_their_area() -> None:
    points, faces = quads(np.linspace(0.0, 6.0, 13), np.linspace(0.0, 6.0, 13))
    spots = ifem.ContactMap.spots([("0 um", "0 um", "1 um"), ("3 um", "3.2 um", "1.3 um")])
    found = nodal_shares(points, faces, spots) @ nodal_shares_weights(points, faces)
    assert found == pytest.approx(np.pi * (0.25 + 1.3**2), rel=2e-3)
    # a spot far smaller than a face is not lost
    small = ifem.ContactMap.spots([("3.1 um", "3.1 um", "0.05 um")])
    found = nodal_shares(points, faces, small) @ nodal_shares_weights(points, faces)
    assert found == pytest.approx(np.pi * 0.05**2, rel=0.05)


def test_picture_is_its_array(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    rows = np.array([[0, 255, 255], [255, 255, 51]], dtype=np.uint8)  # y falls, x runs on
    image.fromarray(rows).save(tmp_path / "map.png")
    image.fromarray(np.stack([rows] * 3, axis=-1)).save(tmp_path / "colour.png")
    image.fromarray(rows.astype(np.uint16) * 257).save(tmp_path / "deep.png")
    dark = np.array([[0.0, 1.0], [0.0, 0.0], [0.8, 0.0]])
    for name in ("map.png", "colour.png", "deep.png"):
        found = ifem.ContactMap.read(tmp_path / name, size="6 um").shape
        np.testing.assert_allclose(found.shares, dark, atol=1e-12)
        assert found.size == (6.0, 4.0)
    bright = ifem.ContactMap.read(tmp_path / "map.png", pixel="2 um", contact="bright").shape
    np.testing.assert_allclose(bright.shares, 1.0 - dark, atol=1e-12)
    whole = ifem.ContactMap.read(tmp_path / "map.png", size="6 um", threshold=0.5).shape
    np.testing.assert_array_equal(whole.shares, dark > 0.5)
    assert ifem.ContactMap.from_array(dark, "6 um").at([[0.5, 3.9], [5.0, 0.1]]).tolist() == [
        1,
        0.8,
    ]
    with pytest.raises(CaseError, match="pixel are not given"):
        ifem.ContactMap.read(tmp_path / "map.png")
    with pytest.raises(CaseError, match="is not there"):
        ifem.ContactMap.read(tmp_path / "none.png", size="1 um")
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(CaseError, match="is no picture"):
        ifem.ContactMap.read(tmp_path / "text.png", size="1 um")


ARRAY, SPOTS, STRIPS = ifem.ContactMap.from_array, ifem.ContactMap.spots, ifem.ContactMap.strips
REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "share above one": (lambda: ARRAY([[0.0, 1.2]], "1 um"), r"share 1.2 at \(0, 1\) is outside"),
    "not a number": (lambda: ARRAY([[0.0, np.nan]], "1 um"), "outside of 0 to 1"),
    "no contact": (lambda: ARRAY(np.zeros((3, 3)), "1 um"), "no contact at all"),
    "no spots": (lambda: SPOTS([]), "no contact at all"),
    "texts": (lambda: ARRAY([["a"]], "1 um"), "give numbers or truth values"),
    "three directions": (lambda: ARRAY(np.ones((2, 2, 2)), "1 um"), "of shape"),
    "two lengths of a line": (lambda: ARRAY([1, 0], ("1 um", "1 um")), "has 2 lengths"),
    "no unit": (lambda: ARRAY([1, 0], "3"), "unit"),
    "another unit": (lambda: SPOTS([("1 um", "1 MPa", "1 um")]), r"spots\[0\].y"),
    "no radius": (lambda: SPOTS([("1 um", "1 um", "0 um")]), r"spots\[0\].radius"),
    "two numbers": (lambda: SPOTS([("1 um", "1 um")]), r"give \(x, y, radius\)"),
    "size": (lambda: conduct(section(), ARRAY([1, 0], "9 um")), "9 um large, the face 10 um"),
    "outside": (lambda: conduct(section(), STRIPS([("11 um", "1 um")])), "outside of the face"),
    "too small": (lambda: conduct(section(), STRIPS([(1, 0.02)])), "edge of at most 0.16 um"),
    "area": (lambda: conduct(section(), SPOTS([("1 um", "1 um", "1 um")])), "one of an area"),
    "pressure": (
        lambda: conduct(
            section(ifem.Interface(resistance="1 ohm*cm^2", resistance_pressure_exponent=0.5)), None
        ),
        "depends on pressure",
    ),
    "interface": (
        lambda: ifem.conduct(section(), {"metal|lyte": STRIPS([(1, 1)])}, mesh=ifem.MeshSize()),
        "did you mean",
    ),
    "no map": (
        lambda: ifem.conduct(section(), {NAME: [1]}, mesh=ifem.MeshSize()),  # type: ignore[dict-item]
        "no contact map",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    make, text = REFUSED[name]
    with pytest.raises(InterfaceFEMError, match=text):
        make()


def test_rough_faces_and_other_meshes_are_refused() -> None:
    wave = ifem.surfaces.sinusoid("10 um", amplitude="0.1 um", wavelength="10 um")
    rough = ifem.Stack(
        ifem.Layer("metal", "Li", "1 um", top=wave), ifem.Layer("electrolyte", ELECTROLYTE, "8 um")
    )
    with pytest.raises(MeshError, match="is not flat"):
        conduct(rough, None)
    other = ifem.build_mesh(section(flipped=True), ifem.MeshSize("1 um"))
    wide = ifem.Stack(
        ifem.Layer("metal", "Li", "1 um"),
        ifem.Layer("electrolyte", ELECTROLYTE, "8 um"),
        width="11 um",
    )
    for mesh in (other, ifem.build_mesh(wide, ifem.MeshSize("1 um"))):
        with pytest.raises(MeshError, match="give a mesh of this stack"):
            ifem.conduct(section(), {}, mesh=mesh)
    with pytest.raises(CaseError, match="is no mesh"):
        ifem.conduct(section(), {}, mesh="1 um")  # type: ignore[arg-type]


def test_relations_that_hold_whatever_the_answer() -> None:
    strips = ifem.ContactMap.strips([("2.1 um", "1.3 um"), ("7 um", "2 um")])
    found = conduct(section(), strips)
    upside_down = section(flipped=True)
    flipped = conduct(upside_down, strips)
    parts = sum(found.asr_layers.values()) + found.asr_constriction
    assert parts == pytest.approx(found.asr_total, rel=1e-10)
    assert found.asr_interfaces[NAME] == 0.0
    assert flipped.asr_total == pytest.approx(found.asr_total, rel=1e-10)
    assert found.covered[NAME].mean() == pytest.approx(0.33, abs=2e-3)
    assert found.interface(NAME).mean() == pytest.approx(0.5, rel=1e-10)
    assert found.balance_error < 1e-10
    # the drop of potential over the electrolyte, where the current enters
    potential = found.potentials[NAME].values
    assert potential.max() <= 0.5e-3 * found.asr_total * (1.0 + 1e-9)
    # an even film over nothing else: what is covered, in parallel
    film = conduct(section(ifem.Interface(resistance="1e6 ohm*cm^2")), strips)
    fraction = film.covered[NAME].mean()
    assert film.asr_interfaces[NAME] == pytest.approx(1e6 / fraction, rel=1e-5)
    assert film.asr_constriction > found.asr_constriction
    # touching all over is what no map says
    whole = conduct(section(), ifem.ContactMap.from_array([1.0], "10 um"))
    assert whole.asr_total == pytest.approx(conduct(section(), None).asr_total, rel=1e-12)
    assert whole.asr_constriction == pytest.approx(0.0, abs=1e-12)
    # charge transfer near rest is a resistance of the covered area
    slow = ifem.Interface(charge_transfer=ifem.ChargeTransfer("1e-4 mA/cm^2"))
    unit = 8.314462618 * 298.15 / 96485.33212
    rest = conduct(section(slow), strips, current="1e-8 mA/cm^2")
    assert rest.asr_interfaces[NAME] == pytest.approx(unit / 1e-7 / fraction, rel=1e-3)


def test_array_of_an_area_is_its_spots(tmp_path: Path) -> None:
    stack = ifem.Stack(
        ifem.Layer("metal", "Li", "1 um"),
        ifem.Layer("electrolyte", ELECTROLYTE, "4 um"),
        width=("4 um", "3 um"),
    )
    spots = ifem.ContactMap.spots([("1 um", "1 um", "0.8 um"), ("3 um", "2 um", "0.7 um")])
    x, y = (np.arange(n) / 100.0 + 0.005 for n in (400, 300))
    places = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
    pixels = ifem.ContactMap.from_array(spots.at(places).reshape(400, 300), "4 um")
    mesh = ifem.build_mesh(stack, ifem.MeshSize("0.25 um"))
    one, two = (ifem.conduct(stack, {NAME: contact}, mesh=mesh) for contact in (spots, pixels))
    assert two.asr_constriction == pytest.approx(one.asr_constriction, rel=2e-3)
    assert [len(ifem.post.hotspots(field.interface(NAME))) for field in (one, two)] == [2, 2]
    figure = plots.contact_map(two)
    assert [len(axes.images) for axes in figure.axes[:2]] == [1, 1]
    assert "constriction" in figure.get_suptitle()
    figure.savefig(tmp_path / "map.png")
    with pytest.raises(ResultsError, match="no interface"):
        plots.contact_map(one, "a|b")
    line = plots.contact_map(conduct(section(), ifem.ContactMap.strips([("2 um", "2 um")])))
    heights = line.axes[0].lines[0].get_ydata()
    assert (min(heights), max(heights)) == (0.0, 1.0)
    assert repr(replace(one, step="x")).startswith("Conducted(")
