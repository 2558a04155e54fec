"""Rules of exposures: what is refused, how one goes on, and how it ends."""

from __future__ import annotations

import re
import time

from hostsim.conformance.device import INVALID_OPERATION, INVALID_VALUE, NOT_IMPLEMENTED, Device, expect_range
from hostsim.conformance.exposing import expose, set_frame, settled, start
from hostsim.conformance.outcome import NotApplicableError, expect, shown
from hostsim.conformance.rule import RuleSet

RULES = RuleSet("exposure", "6 Asynchronous operations", device="Camera")

_FITS_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_EXPOSURE_S = 1.0
_LONG_S = 30.0
_TOLERANCE = 0.02


@RULES.rule("negative", "StartExposure refuses a negative Duration: 0x401", each=lambda camera: [True, False])
def _negative(camera: Device, light: bool) -> None:
    set_frame(camera, binning=1)
    try:
        camera.refused("StartExposure", INVALID_VALUE, Duration=-1.0, Light=light)
    finally:
        settled(camera)


@RULES.rule("too-long", "StartExposure refuses a Duration above ExposureMax: 0x401", version=2)
def _too_long(camera: Device) -> None:
    set_frame(camera, binning=1)
    try:
        camera.refused("StartExposure", INVALID_VALUE, Duration=camera.read("ExposureMax") * 1.1 + 1, Light=True)
    finally:
        settled(camera)


def _bad_frames(camera: Device) -> list[str]:
    largest = min(camera.read("MaxBinX"), camera.read("MaxBinY"))
    return [
        f"{name} at bin {binning}" for binning in range(1, largest + 1) for name in ("NumX", "NumY", "StartX", "StartY")
    ]


@RULES.rule("subframe", "StartExposure refuses a subframe that does not fit the binned sensor: 0x401", each=_bad_frames)
def _subframe(camera: Device, what: str) -> None:
    name, _, rest = what.partition(" at bin ")
    set_frame(camera, binning=int(rest))
    beyond = camera.read(f"Camera{name[-1]}Size") // int(rest) + 1
    camera.put(name, **{name: beyond})
    try:
        camera.refused("StartExposure", INVALID_VALUE, Duration=0.01, Light=True)
    finally:
        set_frame(camera, binning=1)
        settled(camera)


@RULES.rule("no-pixels", "StartExposure refuses a subframe of no pixels: 0x401", each=lambda camera: ["NumX", "NumY"])
def _no_pixels(camera: Device, name: str) -> None:
    set_frame(camera, binning=1)
    camera.put(name, **{name: 0})
    try:
        camera.refused("StartExposure", INVALID_VALUE, Duration=0.01, Light=True)
    finally:
        set_frame(camera, binning=1)
        settled(camera)


@RULES.rule(
    "busy", "StartExposure returns at once with the camera busy, no image ready and a second one refused: 0x40B"
)
def _busy(camera: Device) -> str:
    set_frame(camera, binning=1)
    try:
        start(camera, _LONG_S)
        state, ready = camera.read("CameraState"), camera.read("ImageReady")
        expect(not ready, "ImageReady true", expected="ImageReady false while exposing")
        expect(state in (1, 2, 3, 4), f"CameraState {state}", expected="CameraState 1 to 4")
        camera.refused("StartExposure", INVALID_OPERATION, Duration=0.1, Light=True)
        camera.unreadable("ImageArray", INVALID_OPERATION)
        return f"CameraState {state}"
    finally:
        settled(camera)


@RULES.rule("percent", "PercentCompleted is 0 to 100 while exposing, or 0x40B or 0x400", version=2)
def _percent(camera: Device) -> None:
    set_frame(camera, binning=1)
    try:
        start(camera, _LONG_S)
        if camera.error("PercentCompleted"):
            camera.unreadable("PercentCompleted", INVALID_OPERATION, NOT_IMPLEMENTED)
        else:
            expect_range("PercentCompleted", camera.read("PercentCompleted"), low=0, high=100)
    finally:
        settled(camera)


@RULES.rule("done", "an exposure ends with ImageReady true and CameraState 0")
def _done(camera: Device) -> None:
    expose(camera, binning=1, duration_s=0.2)
    expect(camera.read("CameraState") == 0, f"CameraState {camera.read('CameraState')}", expected="CameraState 0")


@RULES.rule("not-early", "the image is not ready before the exposure is over", timed=True)
def _not_early(camera: Device) -> str:
    began = time.monotonic()
    expose(camera, binning=1, duration_s=_EXPOSURE_S)
    took_s = time.monotonic() - began
    expect(
        took_s >= _EXPOSURE_S * (1 - _TOLERANCE), f"ready after {took_s:.2f} s", expected=f"{_EXPOSURE_S:g} s or more"
    )
    return f"ready after {took_s:.2f} s"


@RULES.rule("last-duration", "LastExposureDuration is what was asked, within 2 %")
def _last_duration(camera: Device) -> str:
    expose(camera, binning=1, duration_s=0.5)
    duration_s = camera.need("LastExposureDuration")
    expect_range("LastExposureDuration", duration_s, low=0.5 * (1 - _TOLERANCE), high=0.5 * (1 + _TOLERANCE))
    return f"{duration_s:g} s"


@RULES.rule("last-start", "LastExposureStartTime has the form of a FITS date")
def _last_start(camera: Device) -> str:
    if not camera.read("ImageReady"):
        raise NotApplicableError("there is no image")
    text = camera.need("LastExposureStartTime")
    expect(_FITS_DATE.match(text) is not None, shown(text), expected="such as 2026-01-31T23:59:59.123")
    return shown(text)


@RULES.rule("abort", "AbortExposure ends with CameraState 0 and no image")
def _abort(camera: Device) -> None:
    camera.need_true("CanAbortExposure")
    set_frame(camera, binning=1)
    start(camera, _LONG_S)
    camera.put("AbortExposure")
    camera.wait_for("CameraState", 0)
    expect(not camera.read("ImageReady"), "ImageReady true", expected="ImageReady false")
    camera.unreadable("ImageArray", INVALID_OPERATION)


@RULES.rule("stop", "StopExposure keeps the image, and LastExposureDuration is what was really exposed")
def _stop(camera: Device) -> str:
    camera.need_true("CanStopExposure")
    set_frame(camera, binning=1)
    start(camera, _LONG_S)
    camera.put("StopExposure")
    camera.wait_for("ImageReady", True)
    duration_s = camera.need("LastExposureDuration")
    expect(0 <= duration_s < _LONG_S, f"{duration_s:g} s", expected=f"less than the {_LONG_S:g} s that were asked")
    return f"{duration_s:g} s"
