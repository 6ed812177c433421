# SPDX-License-Identifier: MIT
"""Pages for readers with a keyboard or a screen reader, where Sphinx and its theme leave gaps.

What scrolls can be reached with the keyboard, the two side bars have names, and the lines of a long
signature are no list of definitions. A page that was mended before stays as it is.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

#: what is found in a page, and what takes its place
MENDED = {
    r'<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="All pages">',
    r'<aside class="(toc-drawer[^"]*)">': r'<aside class="\1" aria-label="On this page">',
    r"<pre>": '<pre tabindex="0">',
    r'(<div class="(?:table|math)-wrapper[^"]*")>': r'\1 tabindex="0">',
    r"<dl>(?=\s*<dd><em)": '<dl role="presentation">',
}


def mend(app: Sphinx, exception: Exception | None) -> None:
    """Mend all pages of a site that was built."""
    if exception is not None or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        before = text = path.read_text(encoding="utf-8")
        for found, better in MENDED.items():
            text = re.sub(found, better, text)
        if text != before:
            path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Mend the pages when the build ends."""
    app.connect("build-finished", mend)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
