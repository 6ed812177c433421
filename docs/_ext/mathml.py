# SPDX-License-Identifier: MIT
"""Formulas as MathML, which browsers show by themselves: no script, nothing from the network."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.util.math import get_node_equation_number

#: sizes of brackets, which MathML chooses by itself
SIZES = re.compile(r"\\[bB]igg?[lr]?(?![a-zA-Z])")


def mathml(node: nodes.Element, *, as_block: bool = False) -> str:
    """Return the MathML of a formula."""
    return str(tex2mathml(SIZES.sub("", node.astext()), as_block=as_block))


def inline(self: Any, node: nodes.math) -> None:
    """Write a formula inside a line."""
    self.body.append(mathml(node))
    raise nodes.SkipNode


def block(self: Any, node: nodes.math_block) -> None:
    """Write a formula of its own line, with its number if it has one."""
    number = ""
    if node["number"]:
        number = f'<span class="eqno">({get_node_equation_number(self, node)})</span>'
    text = mathml(node, as_block=True)
    self.body.append(self.starttag(node, "div", CLASS="math") + number + text + "</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer and take it."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    app.config.html_math_renderer_name = "mathml"
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
