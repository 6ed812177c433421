# SPDX-License-Identifier: MIT
"""Heights over a line or an area: made, measured, read. Describes only; no mesh, no solver."""
