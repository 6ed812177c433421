# SPDX-License-Identifier: MIT
"""Runs on disk and how they are read: numpy, h5py and meshio only, never DOLFINx."""
