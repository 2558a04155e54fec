"""Autofocus: star sizes on both sides of focus lie on a hyperbola, whose minimum is the best focus."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from hostsim.equipment.camera import Exposure
from hostsim.equipment.focuser import Focuser
from hostsim.sequence.host import Host
from hostsim.sequence.stars import half_flux_radius
from hostsim.sequence.state import Focus
from tsplug import DeviceError, TsplugError

_FEWEST_POINTS = 4
_BEST_FIT = 0.6


class NoFocusFoundError(DeviceError):
    """The frames show no focus: too few stars, or no minimum; the focuser is back where it was."""


class FocusSettings(BaseModel):
    """How the V-curve is measured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exposure_s: float = Field(default=4.0, gt=0, le=600, description="Seconds per frame.")
    step: int = Field(default=40, ge=1, description="Focuser steps between two frames.")
    points: int = Field(default=7, ge=5, le=31, description="Frames; an odd number has one in the middle.")
    roi_percent: float = Field(default=60.0, ge=10, le=100, description="The part of the frame that is measured.")
    binning: int = Field(default=1, ge=1, le=4, description="Binning of the frames.")


@dataclass(frozen=True)
class FocusPoint:
    """The star size (half-flux radius, pixels) at a focuser position."""

    position: int
    hfr_px: float


def autofocus(settings: FocusSettings, host: Host) -> int:
    """Find the best focus in the present filter and move there; return the position.

    Raises:
        NoFocusFoundError: too few stars, or no minimum in range; the focuser is back where it was.
        DeviceError: the focuser or the camera failed; the focuser is sent back to where it was.
    """
    focuser = host.focuser()
    start = focuser.position()
    host.display.note(f"autofocus around {start}")
    try:
        points = _measured(settings, host, focuser=focuser)
    except TsplugError:
        # Cut short, the curve must not leave the night out of focus; the move itself may be refused or cancelled too.
        with suppress(TsplugError):
            focuser.move(start)
        raise
    try:
        best = best_position(points)
    except ValueError as error:
        focuser.move(start)
        message = f"autofocus failed ({error}), back at {start}: is the sky clear, and focus.exposure_s long enough?"
        raise NoFocusFoundError(focuser.label, message) from error
    # Coming from the same side every time leaves the same backlash.
    focuser.move(best - settings.step)
    focuser.move(best)
    host.journal.state.focus = Focus(moment=host.clock.now(), temperature_c=focuser.temperature_c())
    host.display.note(f"focus {start} -> {best}, smallest stars {min(point.hfr_px for point in points):.2f} px")
    return best


def best_position(points: Sequence[FocusPoint]) -> int:
    """Return the focuser position of the smallest stars.

    A hyperbola ``hfr^2 = a^2 + b^2 (x - c)^2`` is a parabola in ``hfr^2``, whose fit has its minimum at c.

    Raises:
        ValueError: there are too few points, no minimum, a poor fit, or the minimum lies outside the points.
    """
    if len(points) < _FEWEST_POINTS:
        raise ValueError(f"stars were found in {len(points)} frames only")
    positions = np.array([point.position for point in points], dtype=float)
    squares = np.array([point.hfr_px for point in points]) ** 2
    middle = positions.mean()
    scale = max(1.0, float(np.ptp(positions)) / 2.0)
    curve = np.polynomial.Polynomial.fit((positions - middle) / scale, squares, 2, domain=[-1, 1])
    _, slope, bend = (float(coefficient) for coefficient in curve.coef)
    if bend <= 0.0:
        raise ValueError("the stars do not shrink towards a focus")
    unexplained = float(((squares - curve((positions - middle) / scale)) ** 2).sum())
    if 1.0 - unexplained / max(1e-12, float(((squares - squares.mean()) ** 2).sum())) < _BEST_FIT:
        raise ValueError("the star sizes do not lie on a curve")
    best = float(middle) - slope / (2.0 * bend) * scale
    if not float(positions.min()) <= best <= float(positions.max()):
        raise ValueError(f"the best focus, about {best:.0f}, lies outside what was measured")
    return round(best)


def _measured(settings: FocusSettings, host: Host, *, focuser: Focuser) -> list[FocusPoint]:
    start, half = focuser.position(), settings.points // 2
    exposure = Exposure(exposure_s=settings.exposure_s, binning=settings.binning, roi_percent=settings.roi_percent)
    points: list[FocusPoint] = []
    for index in range(settings.points):
        host.context.cancellation.check()
        host.display.report("taking frames to focus", done=index, total=settings.points)
        focuser.move(start + (index - half) * settings.step)
        hfr_px = half_flux_radius(host.camera().expose(exposure).pixels)
        if hfr_px is not None:
            points.append(FocusPoint(focuser.position(), hfr_px))
    return points
