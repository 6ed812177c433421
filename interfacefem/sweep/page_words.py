# SPDX-License-Identifier: MIT
"""What a page says in words: what was asked, what is below a picture, an estimate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from interfacefem.materials.value import CONFIDENCES
from interfacefem.names import printable
from interfacefem.results import schema
from interfacefem.results.documents import number
from interfacefem.sweep.plan import REALISATION, Plan

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from interfacefem.materials import Value

#: more values of an input are told as a range
MOST_VALUES = 8


def of_case(case: Mapping[str, Any]) -> list[str]:
    """Return layers and steps of a case as its file says them."""
    layers = [
        f"{layer['name']} ({_name_of(layer['material'])}, {layer['thickness']})"
        for layer in case.get("layer", [])
    ]
    stages = [step for stage in case.get("stage", []) for step in stage.get("step", [])]
    steps = []
    for step in [*stages, *case.get("step", [])]:
        given = [
            f"{key} {value}"
            for key, value in step.items()
            if key not in ("name", "kind") and isinstance(value, str | int | float)
        ]
        kind = "" if step["kind"] == step["name"] else f"{step['kind']} "
        steps.append(f"'{step['name']}' ({kind}{', '.join(given)})".replace(" ()", ""))
    found = {"layers from bottom to top": layers, "steps": steps}
    return [f"{name}: {', '.join(items)}" for name, items in found.items() if items]


def _name_of(material: str | Mapping[str, Any]) -> str:
    if isinstance(material, str):
        return material
    return str(material.get("base", material.get("name", "a material")))


def varied(plan: Plan) -> list[str]:
    """Return each input of a sweep with its values."""
    said = []
    levels = list(dict.fromkeys(level for run in plan.runs for level in run.levels))
    for name in plan.columns:
        values = list(dict.fromkeys(run.inputs[name] for run in plan.runs if name in run.inputs))
        if name == plan.pressure and levels:
            values = [*values, *levels]
        plain = [number(value) if isinstance(value, float) else str(value) for value in values]
        if name == REALISATION:
            said.append(f"{plan.realisations} realisations of the faces")
        elif len(values) > MOST_VALUES:
            said.append(f"{name}: {len(values)} values, {min(values)} to {max(values)}")
        else:
            said.append(f"{name}: {', '.join(plain)}")
    return said


def caption(title: str, options: Mapping[str, object]) -> str:
    """Return what is below a picture: its title, without what it would be in 3D, and of what."""
    said = re.split(r"[;,] in 3D", title)[0]
    if "field" in options:
        said += f": {schema.in_words(str(options['field']))}"
    if "step" in options:
        said += f", at the end of '{options['step']}'"
    return said[:1].upper() + said[1:]


def words_in(figure: Figure) -> str:
    """Return what a figure says in its titles and legends, for who does not see it."""
    words = [part.get_suptitle() for part in [figure, *figure.subfigs]]
    for axes in figure.axes:
        words += [axes.get_title(loc=side) for side in ("left", "center", "right")]
        legend = axes.get_legend()
        words += [] if legend is None else [text.get_text() for text in legend.get_texts()]
    found = dict.fromkeys(" ".join(text.split()) for text in words)
    return printable("; ".join(text for text in found if text), lines=False)


def estimate(name: str, record: Value) -> str:
    """Return a value with its name, its range and how far it can be trusted."""
    middle, low, high = (
        number(float(f"{value:.3g}")) for value in (record.value, record.low, record.high)
    )
    band = "" if record.low == record.high else f", somewhere from {low} to {high}"
    sure = CONFIDENCES[record.confidence]
    text = f"{schema.in_words(name)} {middle} {record.unit}".rstrip(" -")
    return f"{text}{band} (confidence {sure})"
