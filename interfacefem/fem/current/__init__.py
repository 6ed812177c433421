# SPDX-License-Identifier: MIT
"""The current through the pressed stack."""
