# SPDX-License-Identifier: MIT
"""Linear systems: supports and condensation, direct and iterative solution."""
