# SPDX-License-Identifier: MIT
"""How the documentation is built: offline, and every warning is an error (``make docs``)."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent / "_ext")]

import interfacefem

project = "interfacefem"
author = "The interfacefem developers"
copyright = "The interfacefem developers, MIT licence"
version = release = interfacefem.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "myst_nb",
    "sphinx_design",
    "accessible",
    "mathml",
    "generated",
    "public_names",
]
exclude_patterns = ["_build", "_ext"]
html_theme = "furo"
html_title = f"interfacefem {version}"
html_show_sphinx = False
html_copy_source = False

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
# notebooks are executed once and kept in docs/_build; DOCS_NOTEBOOKS=off leaves out pictures
nb_execution_mode = os.environ.get("DOCS_NOTEBOOKS", "cache")
os.environ["JUPYTER_PATH"] = str(Path(__file__).parent / "_ext" / "jupyter")
nb_kernel_rgx_aliases = {"python3": "quiet"}
nb_execution_timeout = 600
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_output_stderr = "remove"
nb_merge_streams = True

autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_member_order = "bysource"
autosummary_generate = False
napoleon_google_docstring = False
napoleon_use_ivar = True
python_maximum_signature_line_length = 88

nitpicky = True
# words of a type in words, such as "names", that several classes have as an attribute
suppress_warnings = ["ref.python"]
# types in words ("str or float", "(n,) array") and other packages: nothing to link to offline
nitpick_ignore_regex = [(r"py:.*", r"(?!interfacefem)(?s:.*)")]
