"""The array types of the planner."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
"""Real numbers; a name's unit suffix says of what."""

Mask = NDArray[np.bool_]
"""One truth per sample of the night."""

IndexArray = NDArray[np.integer[Any]]
"""One sample number per sample of the night."""
