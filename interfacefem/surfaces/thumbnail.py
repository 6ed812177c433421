# SPDX-License-Identifier: MIT
"""A small picture of a topography for a notebook, without a library that draws.

A line is an SVG in the colour of the text around it, so that it is seen on a light and on a dark
ground; an area is a PNG in shades of grey, high places light.
"""

from __future__ import annotations

import base64
import html
import struct
import zlib

import numpy as np
import numpy.typing as npt

#: width and height of a line, and the longest side of an area [pixel]
WIDTH, HEIGHT, SIDE = 360, 60, 160


def thumbnail(heights: npt.NDArray[np.float64], words: str) -> str:
    """Return a picture of heights and words below it as HTML.

    Parameters
    ----------
    heights : (n,) or (n, m) array
        Along x, or along x and y [um].
    words : str
        What is said below.
    """
    below = f"<br>{html.escape(words)}</div>"
    low, high = float(heights.min()), float(heights.max())
    shade = (heights - low) / (high - low or 1.0)
    if heights.ndim == 1:
        chosen = np.unique(np.linspace(0, len(shade) - 1, WIDTH).round().astype(int))
        x, y = WIDTH * chosen / max(len(shade) - 1, 1), 2 + (HEIGHT - 4) * (1.0 - shade[chosen])
        line = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
        return (
            f'<div><svg aria-hidden="true" width="{WIDTH}" height="{HEIGHT}">'
            f'<polyline points="{line}" fill="none" stroke="currentColor"/></svg>{below}'
        )
    every = -(-max(shade.shape) // SIDE)
    grey = (255.0 * shade[::every, ::every].T[::-1]).astype(np.uint8)  # y goes up
    data = base64.b64encode(_png(grey)).decode("ascii")
    wide = SIDE * grey.shape[1] // max(grey.shape)
    return f'<div><img alt="" width="{wide}" src="data:image/png;base64,{data}">{below}'


def _png(grey: npt.NDArray[np.uint8]) -> bytes:
    """Return an image as a PNG of eight bits a pixel (ISO/IEC 15948)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    rows = b"".join(b"\0" + row.tobytes() for row in grey)
    head = struct.pack(">IIBBBBB", grey.shape[1], grey.shape[0], 8, 0, 0, 0, 0)
    parts = (b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)
