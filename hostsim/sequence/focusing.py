"""Autofocus: star sizes on both sides of focus lie on a hyperbola, whose minimum is the best focus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from hostsim.equipment.camera import Exposure
from hostsim.equipment.focuser import Focuser
from hostsim.sequence.host import Host
from hostsim.sequence.starsize import star_size_px
from hostsim.sequence.state import Focus
from tsplug import DeviceError, TsplugError

FloatArray = NDArray[np.float64]
_FEWEST_POINTS = 4
_BEST_FIT = 0.6
_BESIDE = 2
# Stars so much larger than the smallest are lost in the sky: what is measured then is nebulosity.
_LARGEST = 6.0
_TELLING_POINTS = 5


class NoFocusFoundError(DeviceError):
    """The frames show no focus: too few stars, or no minimum; the focuser is back where it was."""


class FocusSettings(BaseModel):
    """How the V-curve is measured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exposure_s: float = Field(default=4.0, gt=0, le=600, description="Seconds per frame.")
    step: int = Field(default=40, ge=1, description="Focuser steps between two frames.")
    points: int = Field(
        default=7,
        ge=5,
        le=31,
        description="Frames; an odd number has one in the middle. As many again follow if the focus lies at an end.",
    )
    roi_percent: float = Field(default=60.0, ge=10, le=100, description="The part of the frame that is measured.")
    binning: int = Field(default=1, ge=1, le=4, description="Binning of the frames.")


@dataclass(frozen=True)
class FocusPoint:
    """The star size (half-flux radius, pixels) at a focuser position."""

    position: int
    hfr_px: float


def autofocus(settings: FocusSettings, host: Host, *, look: Callable[[], None] = lambda: None) -> int:
    """Find the best focus in the present filter and move there; return the position.

    ``look`` is called before each frame; what it raises ends that, with the focuser back where it was.

    Raises:
        NoFocusFoundError: too few stars, or no minimum in range; the focuser is back where it was.
        DeviceError: the focuser or the camera failed; the focuser is sent back to where it was.
    """
    focuser = host.focuser()
    start = focuser.position()
    host.display.note(f"autofocus around {start}")
    try:
        points = _measured(settings, host, focuser=focuser, look=look)
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
    if host.leads:
        # A second camera's focus is due whenever the first one's is.
        host.journal.state.focus = Focus(moment=host.clock.now(), temperature_c=focuser.temperature_c())
    host.display.note(f"focus {start} -> {best}, smallest stars {min(point.hfr_px for point in points):.2f} px")
    return best


def best_position(points: Sequence[FocusPoint]) -> int:
    """Return the focuser position of the smallest stars.

    A hyperbola ``hfr^2 = a^2 + b^2 (x - c)^2`` is a parabola in ``hfr^2``, whose fit has its minimum at c. An error of
    ``hfr`` makes one of ``2 hfr`` times that in ``hfr^2``: points far from focus count so much less.

    Raises:
        ValueError: there are too few points, no minimum, a poor fit, or the minimum lies outside the points.
    """
    if len(points) < _FEWEST_POINTS:
        raise ValueError(f"stars were found in {len(points)} frames only")
    ends = [each([point.position for point in points]) for each in (min, max)]
    points = _telling(points)
    positions = np.array([point.position for point in points], dtype=float)
    sizes = np.array([point.hfr_px for point in points])
    squares, weights = sizes**2, 1.0 / np.maximum(sizes, 1e-6)
    middle = positions.mean()
    scale = max(1.0, float(np.ptp(positions)) / 2.0)
    curve = np.polynomial.Polynomial.fit((positions - middle) / scale, squares, 2, domain=[-1, 1], w=weights)
    _, slope, bend = (float(coefficient) for coefficient in curve.coef)
    if bend <= 0.0:
        raise ValueError("the stars do not shrink towards a focus")
    if _unexplained(squares, curve((positions - middle) / scale), weights=weights) > 1.0 - _BEST_FIT:
        raise ValueError("the star sizes do not lie on a curve")
    best = float(middle) - slope / (2.0 * bend) * scale
    if not ends[0] <= best <= ends[1]:
        raise ValueError(f"the best focus, about {best:.0f}, lies outside what was measured")
    return round(best)


def next_position(points: Sequence[FocusPoint], step: int) -> int | None:
    """Return where a curve whose smallest stars lie at one of its ends goes on, None if it turns well inside."""
    if len(points) < _FEWEST_POINTS:
        return None
    positions = sorted(point.position for point in points)
    place = positions.index(min(points, key=lambda point: point.hfr_px).position)
    if place < _BESIDE:
        return positions[0] - step
    return positions[-1] + step if place >= len(positions) - _BESIDE else None


def _telling(points: Sequence[FocusPoint]) -> list[FocusPoint]:
    ordered = sorted(points, key=lambda point: point.hfr_px)
    return [
        point
        for place, point in enumerate(ordered)
        if place < _TELLING_POINTS or point.hfr_px <= _LARGEST * ordered[0].hfr_px
    ]


def _unexplained(values: FloatArray, fitted: FloatArray, *, weights: FloatArray) -> float:
    """Return what part of the weighted variance of values a fit leaves."""
    mean = float(np.average(values, weights=weights**2))
    whole = float(((weights * (values - mean)) ** 2).sum())
    return float(((weights * (values - fitted)) ** 2).sum()) / max(1e-12, whole)


def _measured(settings: FocusSettings, host: Host, *, focuser: Focuser, look: Callable[[], None]) -> list[FocusPoint]:
    start, half = focuser.position(), settings.points // 2
    exposure = Exposure(exposure_s=settings.exposure_s, binning=settings.binning, roi_percent=settings.roi_percent)
    points: list[FocusPoint] = []

    def measure(position: int) -> bool:
        """Add a point; return whether there was something new to see."""
        host.context.cancellation.check()
        look()
        focuser.move(position)
        reached = focuser.position()
        known = reached in [point.position for point in points]
        hfr_px = None if known else star_size_px(host.camera().expose(exposure).pixels, host)
        if hfr_px is not None:
            points.append(FocusPoint(reached, hfr_px))
        return hfr_px is not None

    for index in range(settings.points):
        host.display.report("taking frames to focus", done=index, total=settings.points)
        measure(start + (index - half) * settings.step)
    for _ in range(settings.points):
        position = next_position(points, settings.step)
        if position is None or not measure(position):
            break
    return points
