"""OpenCV, where there is a wheel of it: a few steps over many pixels are quicker with it, to the same numbers."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

FEWEST_PIXELS = 1 << 19
"""For smaller frames it is not imported: that takes as long as measuring them does."""


@cache
def opencv() -> Any | None:
    """Return OpenCV, or None where it is not installed or cannot be imported."""
    try:
        return import_module("cv2")
    except ImportError:
        return None
