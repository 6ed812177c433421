# SPDX-License-Identifier: MIT
"""The bridge to SurfaceTopography, which reads the files of profilers and microscopes.

Nothing else of SurfaceTopography is used; it is imported when an instrument's file is read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from interfacefem.errors import EnvironmentProblem, SurfaceError


def read(file: Path, channel: int | None) -> dict[str, Any]:
    """Read heights, size or coordinates and units of an instrument's file.

    Parameters
    ----------
    file : Path
    channel : int or None
        Number of the height channel; the file's default if None.

    Returns
    -------
    dict
        ``heights`` (masked where there are holes), ``x`` (and ``y``) and the units, if stated.

    Raises
    ------
    SurfaceError
        If the format is not known, or the channel not there.
    EnvironmentProblem
        If SurfaceTopography is not installed.
    """
    try:
        import SurfaceTopography
        from SurfaceTopography.Exceptions import ReadFileError, UnknownFileFormat
    except ImportError:
        raise EnvironmentProblem(
            f"{file}: instrument files need SurfaceTopography; run pip install SurfaceTopography"
        ) from None
    try:
        reader = SurfaceTopography.open_topography(str(file))
    except (UnknownFileFormat, ReadFileError):
        raise SurfaceError(
            f"{file}: no known instrument format; save it as npz, npy, csv or xyz with units"
        ) from None
    channels = len(reader.channels)
    if channel is not None and not 0 <= channel < channels:
        raise SurfaceError(
            f"{file}: channel {channel} is not there; the file has channels 0 to {channels - 1}"
        )
    arguments: dict[str, Any] = {} if channel is None else {"channel_index": channel}
    try:
        measured = reader.topography(**arguments)
    except (ReadFileError, ValueError, KeyError, OSError, IndexError) as error:
        raise SurfaceError(
            f"{file}: SurfaceTopography cannot read it ({error}); export it as csv or xyz"
        ) from None
    places = measured.positions()
    heights = measured.heights()
    result: dict[str, Any] = {"heights": heights}
    if measured.dim == 1:
        result["x"] = np.asarray(places)
    else:
        result["x"], result["y"] = np.asarray(places[0])[:, 0], np.asarray(places[1])[0, :]
    if measured.unit is not None:
        result["unit"] = result["xy_unit"] = measured.unit
    return result
