"""The camera fails in the middle of an exposure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Literal

from hostsim.devices.camera import Camera, CameraStatus
from hostsim.devices.observatory import Observatory
from hostsim.faults.parts.fault import DeviceFault

_AT_WORK = (CameraStatus.EXPOSING, CameraStatus.READING, CameraStatus.DOWNLOAD)


class CameraFails(DeviceFault):
    """Exposures under way end in an error, without a frame; one that is begun later does, too."""

    help: ClassVar[str] = "Exposures end in an error (CameraState 5), and ImageReady never becomes true."
    kind = Camera
    type: Literal["camera_fails"] = "camera_fails"

    @contextmanager
    def passing(self, observatory: Observatory, seconds: float) -> Iterator[None]:
        """Let an exposure fail."""
        camera = observatory.device(Camera, self.number)
        at_work = camera.state.status in _AT_WORK
        yield
        if at_work and seconds > 0:
            camera.fail()


FAULT = CameraFails
