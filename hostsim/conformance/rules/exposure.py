"""Rules of exposures: what is refused, how one goes on, and how it ends."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

from hostsim.conformance.device import INVALID_OPERATION, INVALID_VALUE, NOT_IMPLEMENTED, Device, expect_range
from hostsim.conformance.exposing import finished, set_frame, settled, start, start_long
from hostsim.conformance.outcome import NotApplicableError, error_text, expect, shown
from hostsim.conformance.rule import RuleSet

RULES = RuleSet("exposure", "6 Asynchronous operations", device="Camera")

_FITS_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_LONGEST_FITS_DATE = 19
_EXPOSURE_S = 1.0
_TOLERANCE = 0.02
_START_S = 2.0
_WRONG_CLOCK_S = 600.0


@RULES.rule("negative", "StartExposure refuses a negative Duration: 0x401", each=lambda camera: [True, False])
def _negative(camera: Device, light: bool) -> None:
    set_frame(camera, binning=1)
    try:
        number = camera.put_error("StartExposure", Duration=-1.0, Light=light)
    finally:
        settled(camera)
    expect(number == INVALID_VALUE or (not number and not light), error_text(number), expected="error 0x401")
    camera.tolerate(
        number == INVALID_VALUE, error_text(number), expected="error 0x401", reason="the OmniSim takes such darks too"
    )


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


@RULES.rule("busy", "StartExposure returns at once with the camera busy, and no image ready or to be read: 0x40B")
def _busy(camera: Device) -> str:
    set_frame(camera, binning=1)
    try:
        start_long(camera)
        state, ready = camera.read("CameraState"), camera.read("ImageReady")
        expect(not ready, "ImageReady true", expected="ImageReady false while exposing")
        expect(state in (1, 2, 3, 4), f"CameraState {state}", expected="CameraState 1 to 4")
        camera.unreadable("ImageArray", INVALID_OPERATION)
        return f"CameraState {state}"
    finally:
        settled(camera)


@RULES.rule("second", "StartExposure is refused while another exposure is under way: 0x40B")
def _second(camera: Device) -> None:
    set_frame(camera, binning=1)
    try:
        start_long(camera)
        number = camera.put_error("StartExposure", Duration=0.1, Light=True)
    finally:
        settled(camera)
    expect(number in (0, INVALID_OPERATION), error_text(number), expected="error 0x40B")
    camera.tolerate(
        number == INVALID_OPERATION, "no error", expected="error 0x40B", reason="the OmniSim begins anew too"
    )


@RULES.rule("percent", "PercentCompleted is 0 to 100 while exposing, or 0x40B or 0x400", version=2)
def _percent(camera: Device) -> None:
    set_frame(camera, binning=1)
    try:
        start_long(camera)
        if camera.error("PercentCompleted"):
            camera.unreadable("PercentCompleted", INVALID_OPERATION, NOT_IMPLEMENTED)
        else:
            expect_range("PercentCompleted", camera.read("PercentCompleted"), low=0, high=100)
    finally:
        settled(camera)


@RULES.rule("done", "an exposure ends with ImageReady true and CameraState 0")
def _done(camera: Device) -> None:
    set_frame(camera, binning=1)
    start(camera, 0.2)
    finished(camera)
    expect(camera.read("CameraState") == 0, f"CameraState {camera.read('CameraState')}", expected="CameraState 0")


@RULES.rule("not-early", "the image is not ready before the exposure is over", timed=True)
def _not_early(camera: Device) -> str:
    set_frame(camera, binning=1)
    began = time.monotonic()
    wanted_s = start(camera, _EXPOSURE_S)
    finished(camera)
    took_s = time.monotonic() - began
    expect(took_s >= wanted_s * (1 - _TOLERANCE), f"ready after {took_s:.2f} s", expected=f"{wanted_s:g} s or more")
    return f"ready after {took_s:.2f} s"


@RULES.rule("last-duration", "LastExposureDuration is what was asked, within 2 %")
def _last_duration(camera: Device) -> str:
    set_frame(camera, binning=1)
    wanted_s = start(camera, 0.5)
    finished(camera)
    duration_s = camera.need("LastExposureDuration")
    low_s, high_s = wanted_s * (1 - _TOLERANCE), wanted_s * (1 + _TOLERANCE)
    expect_range("LastExposureDuration", duration_s, low=low_s, high=high_s)
    return f"{duration_s:g} s"


@RULES.rule("last-start", "LastExposureStartTime has the form of a FITS date")
def _last_start(camera: Device) -> str:
    if not camera.read("ImageReady"):
        raise NotApplicableError("there is no image")
    text = camera.need("LastExposureStartTime")
    expect(_FITS_DATE.match(text) is not None, shown(text), expected="such as 2026-01-31T23:59:59.123")
    return shown(text)


@RULES.rule("start-time", "LastExposureStartTime is when the exposure began, in UTC, within 2 s", timed=True)
def _start_time(camera: Device) -> str:
    set_frame(camera, binning=1)
    asked = camera.conditions.clock.now()
    start(camera, 0.2)
    finished(camera)
    text = camera.need("LastExposureStartTime")
    expect(_FITS_DATE.match(text) is not None, shown(text), expected="such as 2026-01-31T23:59:59.123")
    began = datetime.fromisoformat(text[:_LONGEST_FITS_DATE]).replace(tzinfo=UTC)
    # Fractions of a second are cut off: up to one second earlier is no error.
    off_s = (began - asked).total_seconds()
    seen, expected = f"{shown(text)}, {off_s:+.0f} s", f"{asked:%Y-%m-%dT%H:%M:%S}"
    expect(abs(off_s) <= _WRONG_CLOCK_S, seen, expected=expected)
    near = -_START_S - 1 <= off_s <= _START_S
    camera.tolerate(near, seen, expected=expected, reason="one of the two clocks may be wrong")
    return shown(text)


@RULES.rule("abort", "AbortExposure ends with CameraState 0 and no image")
def _abort(camera: Device) -> None:
    camera.need_true("CanAbortExposure")
    set_frame(camera, binning=1)
    start_long(camera)
    camera.put("AbortExposure")
    camera.wait_for("CameraState", 0)
    expect(not camera.read("ImageReady"), "ImageReady true", expected="ImageReady false")
    camera.unreadable("ImageArray", INVALID_OPERATION)


@RULES.rule("stop", "StopExposure keeps the image, and LastExposureDuration is what was really exposed")
def _stop(camera: Device) -> str:
    camera.need_true("CanStopExposure")
    set_frame(camera, binning=1)
    wanted_s = start_long(camera)
    camera.put("StopExposure")
    camera.wait_for("ImageReady", True)
    duration_s = camera.need("LastExposureDuration")
    expect(0 <= duration_s < wanted_s, f"{duration_s:g} s", expected=f"less than the {wanted_s:g} s that were asked")
    return f"{duration_s:g} s"
