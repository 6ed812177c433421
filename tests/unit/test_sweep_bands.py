"""Bands, what a number hangs on, and the recommendation with its sentence."""

from __future__ import annotations

import math
import re
from html import unescape
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from shared_sweep import around, made, plan

import interfacefem as ifem
from interfacefem.sweep.aims import AT_FIRST, CYCLING
from interfacefem.sweep.ask import ASR, recommend
from interfacefem.sweep.bands import band, influences
from interfacefem.sweep.inputs import Input
from interfacefem.sweep.plan import REALISATION, Planned
from interfacefem.sweep.recommendation import Recommendation
from interfacefem.sweep.table import SweepTable
from interfacefem.sweep.worker import failure

YIELD = "layer.anode.material.yield_stress [MPa]"


@pytest.mark.parametrize(("scatter", "needed"), [(0.14, 9), (0.19, 16), (0.01, 8), (0.6, 153)])
def test_realisations_that_the_scatter_needs(scatter: float, needed: int) -> None:
    # the median of n values is known to 10 per cent when 1.96 s / sqrt(n) is ln 1.1
    values = np.exp(scatter * np.array([-1.0, 1.0]) / math.sqrt(2.0))
    assert band(values).scatter == pytest.approx(scatter)
    assert band(values).needed == needed


def test_a_band_is_refused_below_what_the_scatter_needs() -> None:
    spread = np.exp(np.linspace(-0.3, 0.3, 8))
    few, many = band(spread, "ohm cm2"), band(np.tile(spread, 3), "ohm cm2")
    assert not few.is_band
    assert f"it takes {few.needed})" in few.text()
    assert many.is_band
    low, middle, high = np.percentile(many.values, [10.0, 50.0, 90.0])
    assert many.text() == f"{middle:.3g} ({low:.3g} to {high:.3g}) ohm cm2"
    with pytest.raises(ifem.ResultsError):
        band([math.nan])


def test_quantiles_are_those_of_numpy_and_infinite_values_are_above_all() -> None:
    values = np.random.default_rng(1).lognormal(size=31)
    found = band(values)
    assert [found.p10, found.median, found.p90] == pytest.approx(
        np.percentile(values, [10.0, 50.0, 90.0])
    )
    open_cell = band([1.0, 2.0, math.inf, math.inf])
    assert open_cell.exceeding(1e9) == 0.5
    assert open_cell.p90 == math.inf
    assert open_cell.scatter == pytest.approx(math.log(2.0) / math.sqrt(2.0))


def test_two_disjoint_samples_agree_within_their_intervals() -> None:
    draw = np.random.default_rng(5)
    inside = 0
    for _ in range(200):
        first, second = (band(np.exp(draw.normal(4.0, 0.17, 16))) for _ in range(2))
        (a, b), (c, d) = first.interval(), second.interval()
        inside += max(a, c) <= min(b, d)
    assert inside >= 190


def test_what_a_number_hangs_on() -> None:
    draw = np.random.default_rng(2)
    strong, weak, none = draw.random((3, 60))
    result = np.exp(3.0 * strong + 0.5 * weak)
    inputs = {"strong": strong, "weak": weak, "none": none, "same": np.ones(60)}
    found = influences(result, {k: list(v) for k, v in inputs.items()}, realisations=1)
    assert [one.name for one in found][:2] == ["strong", "weak"]
    assert found[0].correlation > 0.95
    assert {one.name for one in found} == {"strong", "weak", "none"}
    noise = influences(draw.random(60), {"none": list(none)}, realisations=12)
    assert noise[0].name == REALISATION


def asked(table: SweepTable, target: float = 100.0, die: str | None = "10 mm") -> Recommendation:
    return recommend(table, target=f"{target} ohm*cm^2", at="5 MPa", die=die)


def recomputed(table: SweepTable, target: float) -> str:
    """The sentence worked out from the rows by other means: plain loops over the table."""
    peaks = sorted({float(row["highest pressure [MPa]"] or 0) for row in table.rows})
    at = {
        p: [
            float(row[ASR] or 0)
            for row in table.rows
            if row["highest pressure [MPa]"] == p and row["nominal_pressure [MPa]"] == 5.0
        ]
        for p in peaks
    }
    over = {
        p: len(
            {
                row["run"]
                for row in table.rows
                if row["highest pressure [MPa]"] == p
                and float(row["risk[crack] given [-]"] or 0) > 1
            }
        )
        for p in peaks
    }
    good = [
        p for p in peaks
        if sum(v > target for v in at[p]) <= 0.1 * len(at[p]) and over[p] <= 0.1 * len(at[p])
    ]  # fmt: skip
    a, b = good[0], good[-1]
    count = len(at[a])
    tonnes = [p * math.pi / 4.0 * 10.0**2 / 9806.65 for p in (a, b)]
    said = {
        p: f"{np.median(at[p]):.3g} ({np.percentile(at[p], 10):.3g} to "
        f"{np.percentile(at[p], 90):.3g}) ohm cm2"
        for p in (a, b)
    }
    below = max(p for p in peaks if p < a)
    above = min(p for p in peaks if p > b)
    missed = sum(v > target for v in at[below])
    return (
        f"Press at {a:g} to {b:g} MPa ({tonnes[0]:.3g} to {tonnes[1]:.3g} t on your die of 10 mm): "
        f"at 5 MPa stack pressure the cell then has {said[a]} pressed at {a:g} MPa, and {said[b]} "
        f"at {b:g} MPa; below, at {below:g} MPa, it misses your target of {target:g} ohm cm2 in "
        f"{missed} of {count} realisations, above, at {above:g} MPa, {over[above]} of {count} "
        "exceed 'crack'. Only the topography was varied; material values may matter more."
    )


def test_the_sentence_is_supported_by_its_rows() -> None:
    table = made(
        {25.0: around(300.0), 60.0: around(105.0), 100.0: around(80.0), 150.0: around(70.0),
         250.0: around(60.0)},
        risks={60.0: 1, 100.0: 1, 250.0: 7},
    )  # fmt: skip
    assert asked(table).sentence() == recomputed(table, 100.0)
    assert asked(table).interval == (2, 3)
    text = asked(table).to_text()
    assert "7 of 10" in text  # of ten from 96 to 115, 98 and less are three


def test_where_the_data_end_this_is_said() -> None:
    sentence = asked(made({25.0: around(90.0), 60.0: around(80.0)})).sentence()
    assert "at most 25 MPa is needed, less was not explored" in sentence
    assert "at least 60 MPa, not explored further" in sentence


def test_no_pressure_meets_the_target_and_stack_pressure_would() -> None:
    sentence = asked(made({25.0: around(210.0), 60.0: around(200.0)})).sentence()
    assert sentence.startswith("No pressure from 25 to 60 MPa meets 100 ohm cm2")
    assert "in 0 of 10 realisations" in sentence
    assert "a higher stack pressure pays, pressing harder does not" in sentence
    falls = asked(made({25.0: around(300.0), 60.0: around(200.0)})).sentence()
    assert "a higher stack pressure pays, and so may pressing harder: above 60 MPa" in falls


def test_risk_at_all_pressures_that_meet_the_target() -> None:
    table = made({25.0: around(210.0), 60.0: around(90.0)}, risks={60.0: 4})
    assert "without risk: at 60 MPa, 4 of 10 exceed 'crack'" in asked(table).sentence()


def test_few_realisations_are_no_band() -> None:
    sentence = asked(made({25.0: around(90.0, 4), 60.0: around(80.0, 4)})).sentence()
    assert "no band" in sentence
    assert not re.search(r"\(\d+\.?\d* to", sentence.partition("die")[2].partition("needs")[0])


def test_two_realisations_at_one_pressure_both_count() -> None:
    table = made({25.0: [90.0, 110.0]})
    assert asked(table).points[0].released.median == pytest.approx(100.0)


def test_a_notebook_shows_the_sentence_and_the_table() -> None:
    found = asked(made({25.0: around(90.0), 60.0: around(80.0)}))
    head, _, rest = found._repr_html_().partition("<table>")
    assert found.sentence() in unescape(head)
    rest = rest.partition("</table>")[0]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rest.split("<tr>")[2:]]
    assert [row[:3] for row in rows] == [
        ["25", "10", f"{found.points[0].released.median:.4g}"],
        ["60", "10", f"{found.points[1].released.median:.4g}"],
    ]
    few = asked(made({25.0: [90.0, 110.0]}))
    assert ">-</td>" in few._repr_html_()  # no band of two
    assert few.remarks()
    assert all(line in unescape(few._repr_html_()) for line in few.remarks())


def test_what_failed_is_counted_and_left_out() -> None:
    table = made({25.0: around(90.0), 60.0: around(80.0)})
    rows = [r for r in table.rows if not (r["run"] == 3 and r["highest pressure [MPa]"] == 60.0)]
    plain = {k: v for k, v in failure("k3", "convergence", "stopped").items() if k != "level"}
    rows.append({"run": 3, **plain})
    found = asked(SweepTable(table.plan, rows, Path()))
    assert [point.failed for point in found.points] == [0, 1]
    assert [len(point.runs) for point in found.points] == [10, 9]
    assert "runs that failed" in found.to_text()


def test_the_input_that_matters_is_named() -> None:
    table = made({25.0: [80.0 + n for n in range(12)]})
    inputs = (Input("step.press.to", "pressure", "MPa"), Input(YIELD[:-6], "pressure", "MPa"))
    runs = [Planned(r.key, {**r.inputs, YIELD: 0.4 + 0.1 * k}, r.levels) for k, r in
            enumerate(table.plan.runs)]  # fmt: skip
    rows = [{**row, YIELD: 0.4 + 0.1 * int(row["run"] or 0)} for row in table.rows]
    found = asked(SweepTable(plan(runs, *inputs), rows, Path()))
    assert f"The widest unknown is {YIELD} (100% of the scatter)." in found.sentence()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"target": "100 MPa", "at": "5 MPa"}, "target"),
        ({"target": "100 ohm*cm^2", "at": "7 MPa"}, "no step after a press ends at 7 MPa"),
        ({"target": "0 ohm*cm^2", "at": "5 MPa"}, "not positive"),
        ({"target": "1 ohm*cm^2", "at": "5 MPa", "confidence": 2.0}, "out of range"),
    ],
)
def test_a_question_that_cannot_be_answered(options: dict, said: str) -> None:
    with pytest.raises(ifem.InterfaceFEMError, match=said):
        recommend(made({25.0: around(90.0)}), **options)


@pytest.mark.parametrize(
    ("columns", "spots"),
    [
        ({"contact_fraction[a|b] [-]": 0.2}, True),
        ({"contact_fraction[a|b] [-]": 0.9}, False),
        # bonds carry the current as well
        ({"contact_fraction[a|b] [-]": 0.2, "open_fraction[a|b] [-]": 0.1}, False),
        ({"contact_fraction[a|b] [-]": 0.9, "open_fraction[a|b] [-]": 0.8}, True),
    ],
)
def test_few_spots_are_told_where_most_of_the_face_is_apart(
    columns: dict[str, float], spots: bool
) -> None:
    found = made({25.0: around(80.0), 60.0: around(70.0)})
    for row in found.rows:
        row |= {"contacts[a|b] [-]": 1} | columns
    answer = recommend(found, target="100 ohm*cm^2", at="5 MPa")
    assert ("a wider section scatters less" in answer.to_text()) == spots
    assert [math.isnan(point.contacts) for point in answer.points] == 2 * [not spots]


def two_faced(risks: dict[float, int] | None = None) -> SweepTable:
    """Pressing harder lowers the resistance; the cell cycles best in between."""
    table = made(
        {25.0: around(300.0), 60.0: around(105.0), 150.0: around(70.0), 250.0: around(68.0)},
        risks=risks,
    )
    evenness = {25.0: (0.9, 0.2), 60.0: (0.3, 0.35), 150.0: (0.31, 0.6), 250.0: (0.2, 0.8)}
    apart = {25.0: 0.2, 60.0: 0.002, 150.0: 0.0, 250.0: 0.0}
    for row in table.rows:
        peak = float(row["highest pressure [MPa]"] or 0)
        for name, value in zip(("a|b", "b|c"), evenness[peak], strict=True):
            row[f"pressure_variation[{name}] [-]"] = value
            row[f"open_fraction[{name}] [-]"] = apart[peak]
        row["current_over_mean[b|c] [-]"] = 2.0 if peak < 100.0 else 1.2
    return table


def test_two_aims_stand_side_by_side() -> None:
    found = asked(two_faced({250.0: 7, 150.0: 1}))
    # of 25, 60 and 150 MPa; at 250 MPa 7 of 10 are over a threshold
    assert [(one.aim, one.measure, one.pressure) for one in found.aims] == [
        (AT_FIRST, "resistance", 150.0),
        (CYCLING, "variation of pressure", 60.0),  # worst interface: 0.9, 0.35, 0.6
        (CYCLING, "apart", 60.0),  # 0.2 % is as good as none
        (CYCLING, "largest current at metal", 150.0),
    ]
    assert [one.value for one in found.aims[1:]] == pytest.approx([0.35, 0.2, 1.2])
    head, rows = found.aims_table()
    assert [row[-1] for row in rows] == ["0 of 10", "0 of 10", "1 of 10", "7 of 10"]
    medians = [point.released.median for point in found.points]
    change = [100.0 * (b / a - 1.0) for a, b in pairwise(medians)]
    assert [row[head.index("change [%]")] for row in rows][1:] == pytest.approx(change, abs=0.05)
    for shown in (found.to_text(), unescape(found._repr_html_())):
        assert all(line in shown for line in found.aims_in_words())
    said = found.aims_in_words()
    assert said[0] == "low resistance at first: 150 MPa for the lowest resistance (70 ohm cm2)"
    assert "60 MPa for even pressure (a variation of 0.35), 60 MPa for faces that" in said[1]
    assert "those without risk" in said[2]


def test_aims_are_compared_over_all_where_no_pressure_is_without_risk() -> None:
    found = asked(two_faced(dict.fromkeys((25.0, 60.0, 150.0, 250.0), 9)))
    assert found.aims[0].pressure == 150.0  # 70 ohm cm2, within 5 % of 68 at 250 MPa
    assert "none is without risk" in found.aims_in_words()[-1]


def test_what_was_not_computed_is_no_aim() -> None:
    found = asked(made({25.0: around(90.0), 60.0: around(80.0)}))
    assert [one.measure for one in found.aims] == ["resistance"]
    assert len(found.aims_table()[0]) == 4
