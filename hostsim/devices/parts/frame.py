"""One exposed frame: what is needed to render it, and its pixels once somebody asks for them."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hostsim.devices.parts.planes import colour_planes
from hostsim.sky.conditions import Conditions
from hostsim.sky.scene import ExposureSettings, LightPath, Sensor
from hostsim.sky.truth import FrameTruth


class FrameSource(Protocol):
    """The sky as devices need it: pixels for a light path, the truth about them, and the night itself."""

    @property
    def conditions(self) -> Conditions:
        """Return the night over the site."""
        ...

    def truth(self, path: LightPath, exposure: ExposureSettings) -> FrameTruth:
        """Return what `render` draws for the same arguments."""
        ...

    def render(self, path: LightPath, exposure: ExposureSettings) -> NDArray[np.uint16]:
        """Return the frame as C-contiguous ``[x][y]`` array; the same arguments give the same pixels."""
        ...

    def temperature_c(self, moment: datetime) -> float:
        """Return the temperature of the air in degrees C."""
        ...


class Frame:
    """A frame that is rendered when its pixels are first asked for, once, whoever asks.

    Rendering takes a while: ask on a thread that may wait.
    """

    def __init__(
        self, source: FrameSource, path: LightPath, *, settings: ExposureSettings, mosaic: Sensor | None = None
    ) -> None:
        """Keep what rendering needs; the pixels of a ``mosaic`` are made to colour planes."""
        self._source = source
        self._path = path
        self._settings = settings
        self._mosaic = mosaic
        self._lock = threading.Lock()
        self._pixels: NDArray[np.uint16] | None = None

    def pixels(self) -> NDArray[np.uint16]:
        """Return the pixels, ``[x][y]`` or, with colour planes, ``[x][y][plane]``, C-contiguous."""
        with self._lock:
            if self._pixels is None:
                self._pixels = np.ascontiguousarray(self._made())
            return self._pixels

    def _made(self) -> NDArray[np.uint16]:
        if self._mosaic is None:
            return self._source.render(self._path, self._settings)
        return colour_planes(
            lambda exposure: self._source.render(self._path, exposure), self._settings, sensor=self._mosaic
        )

    def truth(self) -> FrameTruth:
        """Return what is on the frame; it takes a part of the time of rendering."""
        with self._lock:
            return self._source.truth(self._path, self._settings)
