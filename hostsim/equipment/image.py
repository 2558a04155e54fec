"""Downloads a frame as rows of pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsplug import DeviceError

_HIGHEST = 65_535


def download(alpaca_camera: Any, device: str) -> NDArray[np.uint16]:
    """Return the camera's last frame, of shape (height, width), C-contiguous.

    On the wire a frame is indexed [x][y] with y fastest, in the narrowest type that holds it.

    Raises:
        DeviceError: the frame has colour planes or levels beyond 16 bits.
    """
    flat = alpaca_camera.ImageArrayRaw
    info = alpaca_camera.ImageArrayInfo
    if int(info.Rank) != 2:
        raise DeviceError(device, "sends colour planes: choose a monochrome or raw readout in the camera's driver")
    columns = np.frombuffer(flat, dtype=flat.typecode).reshape(int(info.Dimension1), int(info.Dimension2))
    if columns.dtype != np.uint16 and columns.size and (columns.min() < 0 or columns.max() > _HIGHEST):
        raise DeviceError(device, "sends levels outside 0 to 65535: choose a 16-bit readout in the camera's driver")
    return np.ascontiguousarray(columns.T, dtype=np.uint16)
