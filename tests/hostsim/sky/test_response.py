"""What a flat sees depends on filter and rotator, each in its own way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostsim.sky.projection import TangentPlane
from hostsim.sky.response import Response
from hostsim.sky.scene import ExposureSettings, Sensor
from hostsim.sky.vignetting import vignetting


@pytest.fixture(scope="module")
def response(sensor: Sensor) -> Response:
    """Return the response of seed 7."""
    return Response(7, sensor)


def test_a_response_is_kept_and_repeatable(response: Response, sensor: Sensor, exposure: ExposureSettings) -> None:
    """The same filter and angle give the same response, also from a fresh start and a turn later."""
    first = response.through("L", 30.0)
    assert response.through("L", 390.0) is first
    assert np.array_equal(Response(7, sensor).through("L", 30.0).region(exposure), first.region(exposure))


def test_filters_differ_by_their_dust_only(response: Response, exposure: ExposureSettings) -> None:
    """Two filters share most of the frame exactly and differ in dust shadows of a few per cent."""
    luminance, red = (response.through(name, 30.0).region(exposure) for name in "LR")
    seen = red > 0.0
    ratio = luminance[seen] / red[seen]
    assert np.mean(np.abs(ratio - 1.0) < 1e-3) > 0.6
    assert 0.015 < np.abs(ratio - 1.0).max() < 0.2


def test_a_filters_dust_stays_when_the_rotator_turns(response: Response, exposure: ExposureSettings) -> None:
    """Between two filters the frame differs in the same places at any angle, as the wheel turns with the camera."""
    ratios = []
    for angle_deg in (0.0, 115.0):
        luminance, red = (response.through(name, angle_deg).region(exposure) for name in "LR")
        ratios.append(np.divide(luminance, red, out=np.ones_like(red), where=red > 0.0))
    assert np.allclose(*ratios, atol=1e-5)


@pytest.mark.parametrize("turned_deg", [15.0, 45.0, 90.0, 180.0])
def test_turning_the_rotator_moves_the_vignetting(
    response: Response, exposure: ExposureSettings, turned_deg: float
) -> None:
    """The telescope's pattern turns over the frame, so a flat of another angle is wrong by more than a per cent."""
    straight, turned = (response.through("L", angle_deg).region(exposure) for angle_deg in (20.0, 20.0 + turned_deg))
    blocks = [np.median(part.reshape(32, 25, 24, 25), axis=(1, 3)) for part in (straight, turned)]
    ratio = blocks[0] / blocks[1]
    assert np.ptp(ratio / np.median(ratio)) > 0.02


def test_half_a_turn_exchanges_opposite_corners(response: Response, exposure: ExposureSettings) -> None:
    """What was in one corner is in the other after half a turn."""
    straight, turned = (response.through("L", angle_deg).region(exposure) for angle_deg in (0.0, 180.0))
    corner, opposite = np.s_[:40, :40], np.s_[-40:, -40:]
    assert abs(np.median(straight[corner]) - np.median(straight[opposite])) > 0.05
    assert np.median(turned[opposite]) == pytest.approx(np.median(straight[corner]), abs=0.03)


def test_old_responses_are_forgotten(response: Response, exposure: ExposureSettings) -> None:
    """Responses beyond those kept are built again, equal to the first."""
    first = response.through("L", 0.0)
    for angle_deg in range(1, 17):
        response.through("L", float(angle_deg))
    again = response.through("L", 0.0)
    assert again is not first
    assert np.array_equal(again.region(exposure), first.region(exposure))


def test_only_the_telescopes_own_marks_turn(response: Response, exposure: ExposureSettings) -> None:
    """Beside the vignetting only the telescope's own dust moves with the rotator, by a per cent or more."""
    straight, turned = (
        response.through("L", angle_deg).region(exposure) / vignetting(800, 600, rotator_deg=angle_deg)
        for angle_deg in (0.0, 180.0)
    )
    ratio = np.divide(straight, turned, out=np.ones_like(turned), where=turned > 0.0)
    assert 0.01 < np.abs(ratio - 1.0).max() < 0.1
    assert np.mean(np.abs(ratio - 1.0) < 1e-3) > 0.3


@settings(max_examples=25)
@given(binning=st.integers(1, 4), corner=st.tuples(st.integers(0, 90), st.integers(0, 90)), size=st.integers(1, 50))
def test_a_part_is_a_part_of_the_whole(
    response: Response, exposure: ExposureSettings, binning: int, corner: tuple[int, int], size: int
) -> None:
    """The response of a subframe is exactly that part of the whole."""
    through, (x, y) = response.through("R", 77.0), (place * binning for place in corner)
    start_x, start_y = corner
    part = replace(exposure, bin_x=binning, bin_y=binning, start_x=start_x, start_y=start_y, num_x=size, num_y=size)
    whole = through.region(exposure)
    assert np.array_equal(through.region(part), whole[x : x + size * binning, y : y + size * binning])


def test_the_mean_is_that_of_the_pixels(response: Response, exposure: ExposureSettings) -> None:
    """The sampled mean agrees with the mean over all pixels, for the whole frame and a corner of it."""
    through = response.through("B", 10.0)
    for part in (exposure, replace(exposure, start_x=300, start_y=220, num_x=100, num_y=80, bin_x=2, bin_y=2)):
        assert through.mean(part) == pytest.approx(float(through.region(part).mean()), rel=2e-3)


def test_pixels_differ_a_little(response: Response, exposure: ExposureSettings) -> None:
    """Neighbouring pixels respond alike to 0.6 per cent."""
    region = response.through("L", 0.0).region(replace(exposure, start_x=350, start_y=250, num_x=100, num_y=100))
    seen = np.sort(np.diff(region, axis=1).ravel())[50:-50]
    assert seen.std() / 2.0**0.5 == pytest.approx(0.006, rel=0.1)


@pytest.mark.parametrize("mirrored", [False, True], ids=["as the sky", "mirrored"])
def test_the_telescopes_pattern_turns_as_the_stars_do(
    sensor: Sensor, exposure: ExposureSettings, mirrored: bool
) -> None:
    """A quarter turn of the rotator moves the telescope's darkest edge to where it moves a star of that edge."""

    def darkest(angle_deg: float) -> tuple[float, float]:
        part = Response(7, sensor, mirrored=mirrored).through("L", angle_deg).region(exposure)[100:700]
        right, down = (np.median(part.take(range(-60, 0), axis), axis=None) for axis in (0, 1))
        left, up = (np.median(part.take(range(60), axis), axis=None) for axis in (0, 1))
        return float(left - right), float(up - down)

    def star(angle_deg: float) -> tuple[float, float]:
        plane = TangentPlane(0.0, 0.0, 1.0, angle_deg, 0.0, 0.0, mirrored)
        right, down = plane.to_pixels(np.array([east / 3600.0]), np.array([north / 3600.0]))
        return float(right[0]), float(down[0])

    # The star that lies towards the dark edge before the turn lies towards it afterwards.
    right, down = darkest(0.0)
    east, north = (right if mirrored else -right), -down
    assert star(0.0) == pytest.approx((right, down), rel=1e-6)
    assert darkest(90.0) == pytest.approx(star(90.0), abs=0.02)


def test_what_came_first_does_not_matter(sensor: Sensor, exposure: ExposureSettings) -> None:
    """Angles that share a response give the same pixels in any order."""
    fresh, used = Response(7, sensor), Response(7, sensor)
    used.through("L", 30.004)
    assert np.array_equal(used.through("L", 30.001).region(exposure), fresh.through("L", 30.001).region(exposure))


def test_threads_share_a_response(sensor: Sensor) -> None:
    """Many filters and angles, asked for by several threads at once, more than are kept, all arrive."""
    response = Response(7, sensor)
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(response.through, f"F{number % 40}", float(number % 7)) for number in range(400)]
    assert all(each.result().dust for each in asked)
