"""Exposures for the rules: small subframes that are wider than high, so that swapped axes show."""

from __future__ import annotations

from typing import Final

from hostsim.conformance.device import NOT_IMPLEMENTED, Device
from hostsim.conformance.outcome import UnmetError, expect

_WIDTH: Final = 60
_HEIGHT: Final = 36
_ERROR: Final = 5
_LONG_S: Final = 30.0
_LONG_UNTIMED_S: Final = 600.0


def set_frame(camera: Device, *, binning: int) -> tuple[int, int]:
    """Set a binning and a subframe that fits it; return its width and height, which differ."""
    settled(camera)
    for name in ("BinX", "BinY"):
        camera.put(name, **{name: binning})
    width = min(_WIDTH, max(2, camera.read("CameraXSize") // binning))
    height = min(_HEIGHT, max(1, camera.read("CameraYSize") // binning), width - 1)
    for name, value in (("StartX", 0), ("StartY", 0), ("NumX", width), ("NumY", height)):
        camera.put(name, **{name: value})
    return width, height


def start_long(camera: Device) -> float:
    """Start an exposure that goes on while it is looked at; return its seconds.

    Where seconds of the camera may be shorter than those of the checker it is given more of them, if it can be aborted.
    """
    hurried = not camera.conditions.timed and camera.read("CanAbortExposure")
    return start(camera, _LONG_UNTIMED_S if hurried else _LONG_S)


def start(camera: Device, duration_s: float) -> float:
    """Start a light of ``duration_s``, or of the nearest that the camera can; return its seconds."""
    longest = camera.optional("ExposureMax")
    shortest = camera.optional("ExposureMin")
    step = camera.optional("ExposureResolution")
    if step:
        duration_s = round(max(1, round(duration_s / step)) * step, 9)
    if longest is not None and shortest is not None:
        duration_s = max(shortest, min(longest, duration_s))
    camera.put("StartExposure", Duration=duration_s, Light=True)
    return duration_s


def expose(camera: Device, *, binning: int, duration_s: float) -> tuple[int, int]:
    """Take an image and wait for it; return the width and the height that were asked for."""
    size = set_frame(camera, binning=binning)
    start(camera, duration_s)
    finished(camera)
    return size


def finished(camera: Device) -> None:
    """Wait until the image of an exposure is ready."""
    camera.wait(lambda: _ready(camera), "ImageReady is true")


def settled(camera: Device) -> None:
    """End an exposure that is under way, whatever a rule has left."""
    if camera.read("CameraState") in (0, _ERROR):
        return
    if camera.put_error("AbortExposure") not in (0, NOT_IMPLEMENTED):
        raise UnmetError("AbortExposure is refused while exposing", "the exposure ends")
    camera.wait(lambda: camera.read("CameraState") in (0, _ERROR), "CameraState is 0")


def _ready(camera: Device) -> bool:
    if camera.read("ImageReady"):
        return True
    expect(camera.read("CameraState") != _ERROR, "CameraState 5", expected="an exposure that succeeds")
    return False
