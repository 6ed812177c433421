# SPDX-License-Identifier: MIT
"""The bodies: deformation, stress, residual and tangent, material state at the points."""
