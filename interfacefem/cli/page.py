# SPDX-License-Identifier: MIT
"""Options of the verbs that draw: width, title and dots per inch of a figure for a paper."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interfacefem.plots import Options


def add_page(verb: argparse.ArgumentParser) -> None:
    """Add the options of a page."""
    page = verb.add_argument_group("figure for a paper")
    page.add_argument(
        "--width", help='"one column" (88 mm), "two columns" (180 mm) or a length, e.g. "120 mm"'
    )
    page.add_argument("--title", help='in place of the program\'s; "" for none')
    page.add_argument("--dpi", type=float, help="dots per inch; 150, and 300 with --width")


def page_of(chosen: argparse.Namespace) -> Options:
    """Return what was said about the page."""
    title = False if chosen.title == "" else chosen.title
    return {"width": chosen.width, "title": title, "dpi": chosen.dpi}
