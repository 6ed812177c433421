"""Films in place of the computed pressure, layers as a user writes them, the answer in words."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem.cli.main import main
from interfacefem.errors import CaseError, InterfaceFEMError
from interfacefem.pellet import InterfaceLaw, Pellet, PressureMap, Unloading, answer
from interfacefem.pellet import pellet as pellet_module
from interfacefem.results.example import example_run

DIE = 10_000.0
AREA = math.pi * 25e6
FORCE = 60.0 * AREA
SHARE = np.array([0.05, 0.2, 1.0])
LAW = InterfaceLaw(
    [0.0, 1.0, 10.0, 400.0],
    [0.0, 0.02, 0.1, 1.0],
    [np.inf, 100.0, 10.0, 0.25],
    (Unloading(400.0, 400.0 * SHARE, [0.4, 0.3, 0.0], [1.0, 0.5, 0.25]),),
)
GIVEN = {"punch": "steel", "seat": "guided"}


GRID = "x [mm],y [mm],p [MPa]\n0,0,1\n"


@pytest.fixture(autouse=True)
def few_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    """How exact a pellet is belongs to the verification."""
    monkeypatch.setattr(pellet_module, "RINGS", 8)


def tilted(count: int = 100) -> np.ndarray:
    """Pressures of a wedge on pixels of 0.1 mm, (x, y): 60 MPa and 6 MPa more a millimetre."""
    x = (np.arange(count) + 0.5) / count * DIE - 0.5 * DIE
    return np.repeat((60.0 + 6e-3 * x)[:, None], count, axis=1)


def film(folder: Path, kind: str) -> PressureMap:
    pressure = tilted()
    if kind == "array":
        return PressureMap.from_array(pressure, pixel="100 um")
    if kind == "table":
        path = folder / "film.csv"
        rows = "\n".join(", ".join(f"{v:g}" for v in row) for row in pressure.T[::-1])
        path.write_text(f"# a film\n{rows}\n")
        return PressureMap.read(path, pixel="0.1 mm")
    if kind == "kPa":
        path = folder / "film.txt"
        np.savetxt(path, 1e3 * pressure.T[::-1])
        return PressureMap.read(path, pixel=("100 um", "0.1 mm"), unit="kPa")
    if kind == "columns":
        path = folder / "columns.csv"
        lines = ["x [mm];y [mm];pressure [N/mm^2]"]
        for i, j in np.random.default_rng(1).permutation(list(np.ndindex(100, 100))):
            lines.append(f"{0.1 * i:g};{0.1 * j:g};{pressure[i, j]:.9g}")
        path.write_text("\n".join(lines))
        return PressureMap.read(path)
    from PIL import Image

    # white without pressure, shade 20 at 100 MPa, in the green of a red film
    shade = np.round(255.0 - 2.35 * pressure.T[::-1]).astype(np.uint8)
    path = folder / "film.png"
    Image.fromarray(np.stack([np.full_like(shade, 250), shade, shade], axis=-1)).save(path)
    return PressureMap.read(
        path, pixel="100 um", scale={255: "0 MPa", 20: "100 MPa"}, channel="green"
    )


@pytest.mark.parametrize("kind", ["array", "table", "kPa", "columns", "picture"])
def test_a_film_takes_the_place_of_the_computed_pressure(kind: str, tmp_path: Path) -> None:
    if kind == "picture":
        pytest.importorskip("PIL")
    pellet = Pellet(DIE, LAW, layers="10 ohm*cm^2", **GIVEN)
    state = pellet.measured(film(tmp_path, kind))
    assert state.mean_pressure == pytest.approx(60.0, rel=2e-3)
    # the variance of x over a disc is R^2 / 4
    assert state.variation == pytest.approx(6e-3 * 2500.0 / 60.0, rel=0.02)
    assert np.corrcoef(state.pressure, state.x)[0, 1] > 0.99
    local = 10.0 + LAW.resistances(state.pressure, state.pressure)
    exact = 1.0 / float((1.0 / local) @ state.areas / state.areas.sum())
    assert state.area_resistance == pytest.approx(exact, rel=1e-12)
    twice = pellet.measured(film(tmp_path, kind), force=1.2 * state.force)
    assert twice.mean_pressure == pytest.approx(1.2 * state.mean_pressure, rel=1e-9)
    assert math.isnan(twice.tilt)
    assert "tilt" not in twice.to_text()


def test_a_film_lies_where_its_centre_is() -> None:
    shifted = np.pad(tilted(), ((30, 0), (0, 10)), constant_values=np.nan)
    at = PressureMap.from_array(shifted, pixel="100 um", centre=("8 mm", "5 mm"))
    pellet = Pellet(DIE, LAW, **GIVEN)
    moved = pellet.measured(at)
    straight = pellet.measured(PressureMap.from_array(tilted(), pixel="100 um"))
    assert moved.pressure == pytest.approx(straight.pressure)
    with pytest.raises(CaseError, match=r"film: covers \d+% of the face of 10 mm"):
        pellet.measured(PressureMap.from_array(shifted, pixel="100 um"))


def test_a_fine_film_and_a_coarse_one_have_the_same_force() -> None:
    pellet = Pellet(DIE, LAW, **GIVEN)
    for count in (20, 50, 400):
        given = PressureMap.from_array(tilted(count), pixel=DIE / count)
        assert pellet.measured(given).mean_pressure == pytest.approx(60.0, rel=2e-3)


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("1 2\n3 4 5\n", {}, "film: has 2 rows of 2 or 3 numbers; give rows of the same length"),
        ("1;2,5\n3;4\n", {}, "film: '2,5' in row 1 of the numbers is none"),
        ("1,2\n3,-4\n", {}, "film: pressure -4 MPa at pixel"),
        ("0,0\n0,0\n", {}, "film: shows no pressure"),
        ("1,2\n3,4\n", {"unit": "mm"}, r"film.unit"),
        ("1,2\n3,4\n", {"pixel": None}, r'film.pixel: is not given; write for example pixel="125'),
        ("x,y,p\n0,0,1\n1,1,2\n", {"pixel": None}, r"film: its columns are x, y, p; write x \["),
        (GRID + "1,1,2\n", {"pixel": None}, "film: its 2 places form no even grid"),
        (GRID + "1,0,2\n0,1,1\n1,1,2\n", {}, r"film.pixel: the columns x and y have it"),
    ],
)  # fmt: skip
def test_a_film_that_cannot_be_read_is_refused(
    text: str, options: dict[str, object], words: str, tmp_path: Path
) -> None:
    path = tmp_path / "film.csv"
    path.write_text(text)
    with pytest.raises(InterfaceFEMError, match=words):
        PressureMap.read(path, **{"pixel": "1 mm"} | options)


def test_a_picture_without_scale_or_at_its_end_is_refused(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    path = tmp_path / "film.png"
    image.fromarray(np.repeat(np.arange(0, 250, 5, dtype=np.uint8)[None], 50, axis=0)).save(path)

    def read(**options: object) -> PressureMap:
        return PressureMap.read(path, pixel="0.2 mm", **options)

    with pytest.raises(CaseError, match=r"film.scale: has fewer than two shades; write shades"):
        read()
    with pytest.raises(CaseError, match=r"film.scale: its pressures turn back"):
        read(scale={255: "0 MPa", 100: "50 MPa", 0: "20 MPa"})
    with pytest.raises(CaseError, match=r"film.scale: ends at 50 MPa, and 42% of what is pressed"):
        read(scale={255: "0 MPa", 100: "50 MPa"})
    with pytest.raises(CaseError, match=r'film.channel: .* did you mean "green"'):
        read(scale={255: "0 MPa", 0: "50 MPa"}, channel="gren")
    with pytest.raises(CaseError, match="is not there"):
        PressureMap.read(tmp_path / "none.png", pixel="1 mm")
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(CaseError, match="is no picture that can be read"):
        PressureMap.read(tmp_path / "text.png", pixel="1 mm", scale={255: 0.0, 0: 50.0})
    pellet = Pellet(DIE, LAW, **GIVEN)
    given = read(scale={255: "0 MPa", 0: "50 MPa"})
    with pytest.raises(CaseError, match=r"pellet.force: is [\d.]+ times what the film shows"):
        pellet.measured(given, force=10.0 * FORCE)
    with pytest.raises(CaseError, match="the largest pressure of the film is"):
        pellet.measured(read(scale={255: "0 MPa", 0: "1 GPa"}))


def test_layers_are_read_in_each_form() -> None:
    lower = ifem.Layer("electrolyte", "Li6PS5Cl", "0.8 mm")
    upper = ifem.Layer("metal", "Li", "50 um")
    forms = [
        [lower, ifem.Interface(), upper],
        ifem.Stack(lower, upper, width="1 mm"),
        "Li6PS5Cl 0.8 mm | Li 50 um",
    ]
    given = GIVEN | {"wedge": 5.0, "liner": 0.05}
    found = [Pellet(DIE, LAW, layers=form, **given).press(FORCE)[0] for form in forms]
    across = 0.8e3 / lower.material.conductivity / 100.0  # [ohm cm2]
    for state in found:
        assert state.pressure == pytest.approx(found[0].pressure, rel=1e-12)
        assert state.area_resistance == pytest.approx(found[0].area_resistance, rel=1e-12)
        assert across < state.area_resistance < state.straight_resistance
        assert math.isfinite(state.transition)
    # rigid layers make the pressure more uneven
    rigid = Pellet(DIE, LAW, layers=f"{across} ohm*cm^2", **given).press(FORCE)[0]
    assert rigid.variation > 1.1 * found[0].variation
    assert rigid.area_resistance == rigid.straight_resistance
    assert "thickness of layers not given" in rigid.to_text()


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ("Li6PS5Cl | Li 50 um", "pellet.layers: 'Li6PS5Cl ' is no layer; write a resistance"),
        ("Li6PS5C 1 mm | Li 50 um", 'did you mean "Li6PS5Cl"'),
        ("Li6PS5Cl 1 MPa | Li 50 um", "layer 'layer0'.thickness"),
        ("Li6PS5Cl 1 mm | Li 50 um | Li 1 um", "pellet.layers: has 2 interfaces; the law is that"),
        ("Li6PS5Cl 1 mm", "pellet.layers: 'Li6PS5Cl 1 mm' is none; write a resistance"),
        ([ifem.Layer("a", "Li", "1 um")], "pellet.layers: has 0 interfaces"),
        ([ifem.Interface(), ifem.Layer("a", "Li", "1 um")], "the interface is at an end"),
        ([3.0], r"pellet.layers\[0\]"),
    ],
)
def test_layers_that_are_none_are_refused(layers: object, words: str) -> None:
    with pytest.raises(InterfaceFEMError, match=words):
        Pellet(DIE, LAW, layers=layers, **GIVEN)


def test_what_the_law_does_not_know_is_refused() -> None:
    short = InterfaceLaw(
        LAW.pressure, LAW.closing, LAW.resistance,
        (Unloading(50.0, 50.0 * SHARE, [0.2, 0.1, 0.0], [4.0, 3.0, 2.0]),),
    )  # fmt: skip
    with pytest.raises(CaseError, match=r"has a release from 50 MPa at most, and a place was pres"):
        Pellet(DIE, short, **GIVEN).press(FORCE, then=0.1 * FORCE)
    bare = InterfaceLaw(LAW.pressure, LAW.closing, LAW.resistance)
    with pytest.raises(CaseError, match=r"pellet.law: has no release"):
        Pellet(DIE, bare, **GIVEN).press(FORCE, then=0.1 * FORCE)
    with pytest.raises(CaseError, match=r"pellet.then: 2 of the largest force"):
        Pellet(DIE, bare, **GIVEN).press(FORCE, then=2.0 * FORCE)
    with pytest.raises(CaseError, match=r"pellet.law: dict is none; give InterfaceLaw.from_runs"):
        Pellet(DIE, {}, **GIVEN)  # type: ignore[arg-type]
    with pytest.raises(CaseError, match=r"pellet.punch: .* is none; write"):
        Pellet(DIE, LAW, punch=210e3, seat="free")  # type: ignore[arg-type]


def test_the_answer_says_what_happens_and_what_it_hangs_on() -> None:
    found = answer(Pellet(DIE, LAW, wedge="10 um", liner="0.1 um/MPa", **GIVEN), FORCE)
    state = found.states[0]
    assert found.sentence.startswith(
        "10 mm die at 60 MPa (4.71 kN), steel punches, guided seat, wedge of 10 um, liner of 0.1 "
        f"um/MPa: the pressure varies by {100.0 * state.variation:.2g} % of its mean"
    )
    assert f"the resistance is {state.area_resistance:.3g} ohm cm2" in found.sentence
    kinds = [one.what for one in found.variants]
    assert kinds == ["seat", "punch", "liner", "liner", "wedge"]
    bare = next(one for one in found.variants if one.what == "liner")
    assert not bare.states  # without the liner the edge is pressed harder than the law knows
    assert "It hangs most on the liner: none, and the law does not reach it (ends" in found.sentence
    free = next(one for one in found.variants if one.what == "seat")
    without = found.variants[-1].states[0].variation
    assert free.states[0].variation == pytest.approx(without, rel=1e-6)
    assert found.decides is bare
    assert "twice as soft" in found.to_text()
    low = answer(
        Pellet(DIE, LAW, wedge="5 um", liner="0.1 um/MPa", **GIVEN), FORCE, then=FORCE / 12
    )
    released = low.states[1]
    assert f"Released to 5 MPa the pressure varies by {100.0 * released.variation:.3g} %" in (
        low.sentence
    )
    assert f"the resistance {released.area_resistance:.3g} ohm cm2" in low.sentence
    assert f"{100.0 * (1.0 - released.touching):.2g} % of the area is not pressed" in low.sentence
    assert low.to_text().count("released: variation [-]") == 1
    two = InterfaceLaw(LAW.pressure, LAW.closing, LAW.resistance, members=(LAW, LAW))
    both = answer(Pellet(DIE, two, **GIVEN, liner=0.1), FORCE)
    assert "With each of the 2 realisations of the law alone it is" in both.sentence


def test_the_verb_answers_and_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    example_run(tmp_path / "pair", nx=8, points=21, increments=6).close()
    monkeypatch.setattr(InterfaceLaw, "from_runs", classmethod(lambda cls, runs: LAW))
    words = ["pellet", "pair", "--die", "10 mm", "--no-figure"]
    press = [*words, "--force", "4.7 kN", "--seat", "guided", "--liner", "0.1 um/MPa"]
    assert main([*press, "--punch", "70 GPa, 0.33", "--wedge", "5 um"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("10 mm die at 59.8 MPa (4.7 kN), 70 GPa punches, guided seat, wedge of")
    assert "It hangs most on" in said
    assert main([*press, "--punch", "steel", "--layers", "Li6PS5Cl 1 mm | Li 50 um"]) == 0
    assert "current spreads in the layers over [um]" in capsys.readouterr().out
    np.savetxt(tmp_path / "film.csv", tilted().T, delimiter=",")
    drawn = [*words[:-1], "--film", "film.csv", "--pixel", "100 um", "-o", "film.png"]
    assert main(drawn) == 0
    assert (tmp_path / "film.png").is_file()
    capsys.readouterr()
    for wrong, told in (
        (press, '--punch: is not given; write --punch "steel"'),
        ([*press, "--punch", "70 GPa, soft"], "--punch: 'soft' is no Poisson's ratio"),
        ([*words, "--film", "film.csv"], "film.pixel: is not given"),
        ([*words, "--film", "film.csv", "--scale", "white"], "--scale: 'white' is no shade"),
        (["pellet", "none", *words[2:], "--film", "film.csv"], "none"),
    ):
        assert main(wrong) == 2
        assert told in capsys.readouterr().err
