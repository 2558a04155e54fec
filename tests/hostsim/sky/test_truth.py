"""The truth of a frame can be written down, and says in words what is wrong."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from hostsim.sky.columngain import ColumnGain
from hostsim.sky.judging import faults
from hostsim.sky.response import Response
from hostsim.sky.scene import ExposureSettings, LightPath, Optics, Sensor, SkySite
from hostsim.sky.sky import Sky
from hostsim.sky.truth import FrameTruth, SkyTruth, StarsTruth

GOOD = FrameTruth(
    StarsTruth(*(np.array([1.0, 2.0]) for _ in range(7))),
    hfr_px=2.0,
    fwhm_px=3.0,
    elongation=1.1,
    middle_hfr_px=2.0,
    background_adu=500.0,
    sky=SkyTruth(21.0, 1.2, 1.0, 0.0, 0.0, 0.0, 2.0, -10.0, 90.0, 0.5),
)


def words(**changes: float) -> tuple[str, ...]:
    """Return what is wrong with a good frame whose sky is changed."""
    assert GOOD.sky is not None
    return faults(replace(GOOD, sky=replace(GOOD.sky, **changes)), tracking=True, in_focus_hfr_px=2.0)


def test_a_good_frame_has_nothing_wrong() -> None:
    """Nothing is said of a good frame, nor of one behind a closed cover."""
    assert words() == ()
    assert faults(replace(GOOD, sky=None), tracking=True, in_focus_hfr_px=2.0) == ()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"cloud_mag": 1.31}, "cloud 1.3 mag"),
        ({"dew_mag": 0.4}, "dew 0.4 mag"),
        ({"blocked": 0.45}, "view blocked by 45 %"),
        ({"seeing_arcsec": 4.2}, "seeing 4.2 arcsec"),
        ({"sky_mag_per_arcsec2": 17.2}, "bright sky 17.2 mag per square arcsecond"),
    ],
)
def test_what_is_wrong_with_the_sky_is_named(change: dict[str, float], word: str) -> None:
    """Each fault of the sky is named with its measure."""
    assert words(**change) == (word,)


def test_what_is_wrong_with_the_telescope_is_named() -> None:
    """Focus, guiding, tracking and trails are named with their measures."""
    bad = replace(GOOD, middle_hfr_px=4.0, focus_error_um=-85.0, guiding_rms_arcsec=(1.5, 2.0))
    assert faults(bad, tracking=True, in_focus_hfr_px=2.0) == ("guiding 2.5 arcsec rms", "out of focus by 85 um")
    trail = (1.0, 2.0, 3.0, 4.0)
    assert faults(replace(GOOD, satellites=(trail,)), tracking=True, in_focus_hfr_px=2.0) == ("a satellite trail",)
    both = replace(GOOD, satellites=(trail, trail), drift_arcsec=(3.0, 4.0))
    assert faults(both, tracking=True, in_focus_hfr_px=2.0) == (
        "guiding lost: drifted by 5 arcsec",
        "2 satellite trails",
    )
    assert faults(GOOD, tracking=False, in_focus_hfr_px=2.0) == ("mount not tracking",)


def test_the_truth_is_json(sky: Sky, path: LightPath, exposure: ExposureSettings) -> None:
    """The truth of a light and of a dark is valid JSON, and holds the brightest stars and how many were drawn."""
    written = json.loads(json.dumps(sky.truth(path, exposure).as_dict(), allow_nan=False))
    assert written["stars"]["drawn"] > len(written["stars"]["x"]) - 1 > 100
    assert written["stars"]["flux_e"] == sorted(written["stars"]["flux_e"], reverse=True)
    assert written["sky"]["transparency"] == 1.0
    dark = json.loads(json.dumps(sky.truth(path, replace(exposure, light=False)).as_dict(), allow_nan=False))
    assert dark["sky"] is None
    assert dark["stars"]["x"] == []


def test_what_is_not_finite_is_left_out() -> None:
    """A sky that is not seen has no magnitude."""
    assert GOOD.sky is not None
    unseen = replace(GOOD, sky=replace(GOOD.sky, sky_mag_per_arcsec2=math.inf))
    assert unseen.as_dict()["sky"]["sky_mag_per_arcsec2"] is None


def test_the_gradient_told_is_the_one_on_the_frame(path: LightPath, exposure: ExposureSettings) -> None:
    """Behind the known response of the train, a twilight frame leans the way the truth says, and as far."""
    sensor = Sensor(width=800, height=600)
    sky = Sky(seed=7, site=SkySite(), optics=Optics(), sensor=sensor)
    dusk = replace(exposure, duration_s=0.5, gain=0, started=exposure.started.replace(hour=18, minute=0))
    low = replace(path, altitude_deg=25.0, azimuth_deg=265.0)
    dark = sky.render(low, replace(dusk, light=False)).astype(float)
    response = Response(7, sensor).through(low.filter_name, low.rotator_deg).region(dusk)
    response = response * ColumnGain(7, sensor).factors(dusk)[:, None]
    response[response < 0.3] = np.nan
    even = (sky.render(low, dusk) - dark) / response
    even[even > 1.3 * np.nanmedian(even)] = np.nan
    blocks = np.nanmedian(even.reshape(20, 40, 20, 30), axis=(1, 3))
    x, y = ((axis.ravel() - 9.5) / 20.0 for axis in np.indices(blocks.shape))
    level, right, down = np.linalg.lstsq(np.stack([np.ones(400), x, y], axis=1), blocks.ravel(), rcond=None)[0]
    told = sky.truth(low, dusk).gradient_percent
    assert max(abs(part) for part in told) > 0.3
    assert (100.0 * right / level, 100.0 * down / level) == pytest.approx(told, abs=0.05)
