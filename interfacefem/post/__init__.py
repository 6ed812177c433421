# SPDX-License-Identifier: MIT
"""Numbers from stored fields: pure functions, no solver and no pictures."""
