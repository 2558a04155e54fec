"""Satellites cross the sky as often as said, at the same moments for everybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from hostsim.sky.projection import TangentPlane
from hostsim.sky.satellites import Satellites, Track

STARTED = datetime(2026, 3, 12, 21, 0, tzinfo=UTC)
PLANE = TangentPlane(150.0, 30.0, scale_arcsec=3.6, sky_angle_deg=0.0, centre_x=499.5, centre_y=499.5)


def passing(
    seed: int = 3, rate: float = 60.0, plane: TangentPlane = PLANE, seconds: float = 3600.0
) -> tuple[Track, ...]:
    """Return the tracks over a square degree, near its middle at least."""
    return Satellites(seed, lambda moment: rate).tracks(plane, STARTED, duration_s=seconds, radius_deg=0.5)


def test_as_many_pass_as_are_said_to() -> None:
    """Over hours, a field sees the rate asked for: through a circle, by its breadth against a square degree's."""
    counts = [len(passing(seed)) for seed in range(12)]
    # A convex field is crossed in proportion to its perimeter; here a circle's, against a square's of four degrees.
    assert np.mean(counts) == pytest.approx(60.0 * np.pi / 4.0, rel=0.15)


def test_none_pass_when_there_are_none() -> None:
    """A rate of nothing gives no tracks."""
    assert passing(rate=0.0) == ()


def test_the_same_night_has_the_same_satellites() -> None:
    """Tracks are a function of seed, moment and place; another seed has others."""
    assert passing() == passing()
    assert passing(seed=4) != passing()


def test_two_exposures_share_a_satellite_that_passes_between() -> None:
    """What crosses a long exposure crosses the two halves of it, end to end."""
    whole = passing(seconds=120.0, rate=3000.0)
    satellites = Satellites(3, lambda moment: 3000.0)
    first = satellites.tracks(PLANE, STARTED, duration_s=60.0, radius_deg=0.5)
    second = satellites.tracks(PLANE, STARTED + timedelta(seconds=60), duration_s=60.0, radius_deg=0.5)
    assert sum(track.seconds for track in whole) == pytest.approx(sum(track.seconds for track in (*first, *second)))


def test_tracks_are_fast_and_faint() -> None:
    """Satellites move by a fraction of a degree per second and are of the magnitudes of low orbits."""
    for track in passing():
        length_deg = np.hypot(track.to_px[0] - track.from_px[0], track.to_px[1] - track.from_px[1]) / 1000.0
        assert 0.2 < length_deg / track.seconds < 1.0
        assert 2.5 <= track.magnitude <= 8.0


def test_a_neighbouring_field_sees_the_same_track() -> None:
    """A camera that points a little beside sees a satellite where the sky says, not one of its own."""
    beside = replace(PLANE, ra_deg=150.02)
    here, there = passing(rate=600.0, seconds=30.0), passing(rate=600.0, seconds=30.0, plane=beside)
    shared = {round(track.magnitude, 9) for track in here} & {round(track.magnitude, 9) for track in there}
    assert len(shared) >= 0.8 * len(here) > 0
