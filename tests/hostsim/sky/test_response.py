"""What a flat sees depends on filter and rotator, each in its own way."""

from __future__ import annotations

import numpy as np
import pytest

from hostsim.sky.response import Response
from hostsim.sky.scene import Sensor
from hostsim.sky.vignetting import vignetting


@pytest.fixture
def response(sensor: Sensor) -> Response:
    """Return the response of seed 7."""
    return Response(7, sensor)


def test_a_map_is_repeatable_and_guarded(response: Response, sensor: Sensor) -> None:
    """The same filter and angle give the same read-only map, also from a fresh start and a turn later."""
    first = response.map("L", 30.0)
    assert response.map("L", 390.0) is first
    assert np.array_equal(Response(7, sensor).map("L", 30.0), first)
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 1.0


def test_filters_differ_by_their_dust_only(response: Response) -> None:
    """Two filters share most of the frame exactly and differ in dust shadows of a few per cent."""
    ratio = response.map("L", 30.0) / response.map("R", 30.0)
    assert np.mean(np.abs(ratio - 1.0) < 1e-3) > 0.6
    assert 0.015 < np.abs(ratio - 1.0).max() < 0.2


def test_turning_the_rotator_moves_the_vignetting(response: Response) -> None:
    """The telescope's pattern turns over the frame, so half a turn exchanges opposite corners."""
    straight, turned = response.map("L", 0.0), response.map("L", 180.0)
    corner, opposite = np.s_[:40, :40], np.s_[-40:, -40:]
    assert abs(np.median(straight[corner]) - np.median(straight[opposite])) > 0.05
    assert np.median(turned[opposite]) == pytest.approx(np.median(straight[corner]), abs=0.03)


def test_old_maps_are_forgotten() -> None:
    """Maps beyond the cache's size are built again, equal to the first."""
    response = Response(1, Sensor(width=4000, height=3000))
    first = response.map("L", 0.0)
    response.map("R", 0.0)
    again = response.map("L", 0.0)
    assert again is not first
    assert np.array_equal(again, first)


def test_dust_on_the_telescope_turns_too(response: Response) -> None:
    """Beside the vignetting only the telescope's own dust moves with the rotator, by a per cent or more."""
    straight, turned = (
        response.map("L", angle_deg) / vignetting(800, 600, rotator_deg=angle_deg) for angle_deg in (0.0, 180.0)
    )
    ratio = straight / turned
    assert 0.01 < np.abs(ratio - 1.0).max() < 0.1
    assert np.mean(np.abs(ratio - 1.0) < 1e-3) > 0.3
