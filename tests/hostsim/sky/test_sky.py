"""Frames are judged as a stranger would judge them: with sep, against the truth they claim."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pytest
import sep
from numpy.typing import NDArray
from sep_radii import half_flux_radii

from hostsim.sky.focus import best_focus_steps
from hostsim.sky.scene import ExposureSettings, LightPath, Optics, Sensor, SkySite
from hostsim.sky.sensor import electrons_per_adu
from hostsim.sky.sky import Sky
from hostsim.sky.truth import FrameTruth

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """What sep makes of a frame: positions, half-flux radii, fluxes (ADU), background, and truth rows."""

    x: Floats
    y: Floats
    hfr: Floats
    flux_adu: Floats
    background: float
    row: NDArray[np.int64]


def measure(frame: NDArray[np.uint16], truth: FrameTruth, *, brightest_adu: float = 50_000.0) -> Measured:
    """Measure the clean bright stars of a frame and pair each with the nearest star drawn."""
    data = np.ascontiguousarray(frame.T).astype(np.float32)
    background = sep.Background(data)
    data = data - background
    found = sep.extract(data, 8.0, err=background.globalrms, minarea=5)
    height, width = data.shape
    clean = (found["flag"] == 0) & (found["peak"] < brightest_adu) & (found["flux"] > 150.0 * background.globalrms)
    clean &= (found["x"] > 30) & (found["x"] < width - 30) & (found["y"] > 30) & (found["y"] < height - 30)
    clean &= np.array([lonely(truth, x, y) for x, y in zip(found["x"], found["y"], strict=True)])
    x, y = found["x"][clean], found["y"][clean]
    reach = np.full(x.size, 6.0 * truth.hfr_px + 3.0)
    hfr = half_flux_radii(data, x, y, reach=reach)
    flux, _, _ = sep.sum_circle(data, x, y, reach)
    distance = np.hypot(truth.stars.x[:, None] - x, truth.stars.y[:, None] - y)
    return Measured(x, y, hfr, flux, float(np.median(background.back())), distance.argmin(axis=0))


def lonely(truth: FrameTruth, x: float, y: float) -> bool:
    """Return whether the brightest star drawn near a place outshines its neighbours there by far."""
    near = np.hypot(truth.stars.x - x, truth.stars.y - y) < 5.0 * truth.hfr_px + 3.0
    flux = np.sort(truth.stars.flux_e[near])
    return flux.size > 0 and float(flux[:-1].sum()) < 0.05 * float(flux[-1])


def stacked_fwhm(above: Floats, seen: Measured) -> float:
    """Return the width at half maximum of the mean profile of all stars measured, whatever its form."""
    around = np.arange(-12, 13)
    columns = np.rint(seen.x).astype(int)[:, None, None] + around[None, None, :]
    rows = np.rint(seen.y).astype(int)[:, None, None] + around[None, :, None]
    distance = np.hypot(columns - seen.x[:, None, None], rows - seen.y[:, None, None])
    values = above[rows, columns] / seen.flux_adu[:, None, None]
    step = 0.4
    ring = (distance / step).astype(int)
    profile = np.array([np.median(values[ring == number]) for number in range(24)])
    middles = np.array([np.mean(distance[ring == number]) for number in range(24)])
    outside = np.flatnonzero(profile >= profile.max() / 2.0)[-1]
    between = slice(outside, outside + 2)
    return 2.0 * float(np.interp(-profile.max() / 2.0, -profile[between], middles[between]))


def blocks(ratio: Floats, size: int = 25) -> Floats:
    """Return the medians of square blocks, relative to their own median."""
    width, height = (length // size for length in ratio.shape)
    cut = ratio[: width * size, : height * size].reshape(width, size, height, size)
    medians = np.median(cut, axis=(1, 3))
    return np.asarray(medians / np.median(medians))


def test_same_inputs_give_same_pixels(sky: Sky, optics: Optics, path: LightPath, exposure: ExposureSettings) -> None:
    """A frame is a function of seed, light path and exposure, whatever was rendered before it."""
    first = sky.render(path, exposure)
    sky.render(replace(path, filter_name="Ha"), replace(exposure, duration_s=2.0))
    other = Sky(seed=7, site=SkySite(), optics=optics, sensor=Sensor(width=800, height=600))
    assert np.array_equal(first, sky.render(path, exposure))
    assert np.array_equal(first, other.render(path, exposure))


def test_frames_have_the_shape_and_order_of_alpaca(sky: Sky, path: LightPath, exposure: ExposureSettings) -> None:
    """A frame is indexed [x][y], 16 bits unsigned and contiguous."""
    frame = sky.render(path, exposure)
    assert frame.shape == (800, 600)
    assert frame.dtype == np.uint16
    assert frame.flags.c_contiguous


def test_another_seed_keeps_the_stars(
    optics: Optics, sensor: Sensor, path: LightPath, exposure: ExposureSettings
) -> None:
    """The seed changes noise and night, never the stars of a field."""
    skies = [Sky(seed=seed, site=SkySite(), optics=optics, sensor=sensor) for seed in (1, 2)]
    one, two = (sky.truth(path, exposure) for sky in skies)
    bright = one.stars.flux_e > 2000.0
    assert np.array_equal(one.stars.x[bright], two.stars.x[two.stars.flux_e > 2000.0])
    assert not np.array_equal(*(sky.render(path, exposure) for sky in skies))


def test_noise_differs_between_exposures(sky: Sky, path: LightPath, exposure: ExposureSettings) -> None:
    """Two darks at different moments share their pattern, not their noise."""
    dark = replace(exposure, light=False)
    one = sky.render(path, dark).astype(float)
    two = sky.render(path, replace(dark, started=dark.started + timedelta(seconds=60))).astype(float)
    # Both hold read noise of 3.5 e, so their difference holds it twice.
    spread = 1.4826 * np.median(np.abs(one - two - np.median(one - two))) * electrons_per_adu(Sensor(), 100)
    assert spread == pytest.approx(3.5 * np.sqrt(2.0), rel=0.05)


@pytest.mark.parametrize("away_steps", [0, 60])
def test_measured_stars_agree_with_the_truth(
    sky: Sky, path: LightPath, exposure: ExposureSettings, away_steps: int
) -> None:
    """Positions, HFR, FWHM, flux and background measured on a frame are those of its truth."""
    path = replace(path, focuser_position=path.focuser_position + away_steps)
    truth = sky.truth(path, exposure)
    frame = sky.render(path, exposure)
    seen = measure(frame, truth)
    assert seen.x.size >= 10
    assert np.median(np.abs(seen.x - truth.stars.x[seen.row])) < 0.05
    assert np.median(np.abs(seen.y - truth.stars.y[seen.row])) < 0.05
    assert np.median(seen.hfr) == pytest.approx(truth.hfr_px, rel=0.03)
    assert stacked_fwhm(frame.T - seen.background, seen) == pytest.approx(truth.fwhm_px, rel=0.05)
    assert seen.background == pytest.approx(truth.background_adu, rel=0.03)
    flux = seen.flux_adu * electrons_per_adu(Sensor(), exposure.gain) / truth.stars.flux_e[seen.row]
    # Vignetting and dust take a part, wings beyond the aperture a little more.
    assert 0.75 < np.median(flux) < 1.02


@pytest.mark.parametrize(("filter_name", "duration_s"), [("L", 60.0), ("R", 60.0), ("B", 60.0), ("Ha", 120.0)])
def test_a_usual_field_shows_a_usual_number_of_stars(
    exposure: ExposureSettings, filter_name: str, duration_s: float
) -> None:
    """A usual sub-exposure shows between 150 and 1500 stars to a usual detector."""
    sky = Sky(seed=3, site=SkySite(), optics=Optics(), sensor=Sensor())
    path = LightPath(10.5, 42.0, 60.0, 0.0, 0.0, filter_name, 25_012, 9.0, False, 0.0, True)
    frame = sky.render(path, replace(exposure, duration_s=duration_s, num_x=1600, num_y=1200))
    data = np.ascontiguousarray(frame.T).astype(np.float32)
    background = sep.Background(data)
    assert 150 <= len(sep.extract(data - background, 5.0, err=background.globalrms, minarea=5)) <= 1500


def test_the_v_curve_has_its_minimum_at_best_focus(sky: Sky, path: LightPath, exposure: ExposureSettings) -> None:
    """Measured HFR falls towards best focus and rises alike on both sides."""
    focusing = replace(exposure, duration_s=8.0)
    offsets = np.arange(-200, 201, 50)
    curve = []
    for offset in offsets:
        beside = replace(path, focuser_position=path.focuser_position + int(offset))
        curve.append(float(np.median(measure(sky.render(beside, focusing), sky.truth(beside, focusing)).hfr)))
    square, linear, _ = np.polyfit(offsets, np.square(curve), 2)
    assert square > 0.0
    assert abs(-linear / (2.0 * square)) < 15.0
    assert np.argmin(curve) == offsets.size // 2


def test_a_pier_flip_turns_the_frame_by_half_a_turn(sky: Sky, path: LightPath, exposure: ExposureSettings) -> None:
    """With the sky angle turned by 180 degrees every star lies opposite, seen through the frame's centre."""
    flipped = replace(path, sky_angle_deg=path.sky_angle_deg + 180.0)
    before, after = sky.truth(path, exposure), sky.truth(flipped, exposure)
    seen = measure(sky.render(flipped, exposure), after)
    distance = np.hypot(before.stars.x[:, None] - (799.0 - seen.x), before.stars.y[:, None] - (599.0 - seen.y))
    assert np.median(distance.min(axis=0)) < 0.1


def test_a_subframe_is_a_part_of_the_whole(sky: Sky, path: LightPath, exposure: ExposureSettings) -> None:
    """A subframe shows the stars, dust and level of its part of the full frame, with noise of its own."""
    part = replace(exposure, start_x=200, start_y=100, num_x=300, num_y=250)
    whole = sky.render(path, exposure)[200:500, 100:350].astype(float)
    cut = sky.render(path, part).astype(float)
    assert cut.shape == (300, 250)
    faint = whole + cut < np.percentile(whole + cut, 95)
    assert np.median(cut) == pytest.approx(np.median(whole), abs=3.0)
    assert abs(float(np.mean((cut - whole)[faint]))) < 3.0
    assert np.corrcoef(cut.ravel(), whole.ravel())[0, 1] > 0.9


def test_binning_sums_light_and_keeps_places(sky: Sky, path: LightPath, exposure: ExposureSettings) -> None:
    """A frame binned by two holds four times the light above four times the bias, at half the pixel coordinates."""
    binned = replace(exposure, bin_x=2, bin_y=2, num_x=400, num_y=300)
    truth = sky.truth(path, binned)
    frame = sky.render(path, binned)
    seen = measure(frame, truth)
    bias = 300.0
    expected = 4.0 * (np.median(sky.render(path, exposure)) - bias)
    assert np.median(frame) - 4.0 * bias == pytest.approx(expected, rel=0.03)
    assert np.median(np.hypot(seen.x - truth.stars.x[seen.row], seen.y - truth.stars.y[seen.row])) < 0.1


@pytest.fixture(scope="module")
def bright_site_sky() -> Sky:
    """Return a sky so bright that vignetting and dust stand far above the noise of one light."""
    return Sky(seed=7, site=SkySite(sky_brightness_mag=16.0), optics=Optics(), sensor=Sensor(width=800, height=600))


def flattened(sky: Sky, path: LightPath, exposure: ExposureSettings, flat_path: LightPath | None) -> Floats:
    """Return the block medians of a light divided by a flat, or of the light alone."""
    dark = sky.render(path, replace(exposure, light=False)).astype(float)
    light = sky.render(path, exposure) - dark
    if flat_path is None:
        return blocks(light)
    panel = replace(flat_path, cover_closed=True, panel_level=0.4)
    short = replace(exposure, duration_s=0.8)
    bias = sky.render(panel, replace(short, light=False))
    return blocks(light / np.mean([sky.render(panel, at(short, n)) - bias.astype(float) for n in range(3)], axis=0))


def at(exposure: ExposureSettings, number: int) -> ExposureSettings:
    """Return the same exposure some minutes later."""
    return replace(exposure, started=exposure.started + timedelta(minutes=5 + number))


def test_only_the_matching_flat_flattens(bright_site_sky: Sky, path: LightPath, exposure: ExposureSettings) -> None:
    """Dividing by the flat of the same filter and angle leaves an even sky; other flats leave vignetting or dust."""
    lit = replace(exposure, gain=0)
    raw = np.ptp(flattened(bright_site_sky, path, lit, None))
    good = np.ptp(flattened(bright_site_sky, path, lit, path))
    turned = np.ptp(flattened(bright_site_sky, path, lit, replace(path, rotator_deg=210.0)))
    other = np.ptp(flattened(bright_site_sky, path, lit, replace(path, filter_name="R")))
    assert good < 0.012
    assert raw > 0.2
    assert turned > 0.1
    assert other > 0.05


def test_a_dark_has_no_stars(sky: Sky, path: LightPath, exposure: ExposureSettings) -> None:
    """A shut shutter, and a closed cover with the panel off, give the same starless frame."""
    shut = sky.render(path, replace(exposure, light=False))
    covered = sky.render(replace(path, cover_closed=True), exposure)
    assert np.array_equal(shut, covered)
    assert sky.truth(path, replace(exposure, light=False)).stars.x.size == 0
    assert np.median(shut) == pytest.approx(300.0, abs=5.0)
    assert np.mean(shut > 400) < 5e-4


@pytest.mark.parametrize(("filter_name", "low_s", "high_s"), [("L", 1.0, 2.5), ("Ha", 20.0, 50.0)])
def test_the_panel_saturates_in_time(
    sky: Sky, path: LightPath, exposure: ExposureSettings, filter_name: str, low_s: float, high_s: float
) -> None:
    """The panel at full brightness fills the wells in about two seconds through L, and twenty times that through Ha."""
    panel = replace(path, cover_closed=True, panel_level=1.0, filter_name=filter_name)
    short, long = (replace(exposure, gain=0, duration_s=duration_s) for duration_s in (low_s, high_s))
    assert np.mean(sky.render(panel, short) >= 65_000) < 0.01
    assert np.mean(sky.render(panel, long) >= 65_000) > 0.5


def test_an_untracked_field_trails(sky: Sky, path: LightPath, exposure: ExposureSettings) -> None:
    """With the mount standing still stars become trails, so no pixel is as bright as with tracking."""
    short = replace(exposure, duration_s=10.0, gain=0)
    still = sky.render(replace(path, tracking=False), short)
    assert np.percentile(still, 99.99) < 0.5 * np.percentile(sky.render(path, short), 99.99)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"num_x": 801}, "outside 800 x 600"),
        ({"bin_x": 2}, "outside 800 x 600"),
        ({"num_y": 0}, "size and binning of 1 or more"),
        ({"start_x": -1}, "start of 0 or more"),
        ({"duration_s": -1.0}, "cannot last"),
        ({"readout_mode": 2}, "no readout mode 2"),
    ],
)
def test_an_impossible_exposure_is_refused(
    sky: Sky, path: LightPath, exposure: ExposureSettings, change: dict[str, int], message: str
) -> None:
    """Settings that do not fit the sensor are refused with the reason."""
    with pytest.raises(ValueError, match=message):
        sky.render(path, replace(exposure, **change))


def test_a_sky_refuses_a_negative_seed(optics: Optics) -> None:
    """A negative seed is refused when the sky is set up."""
    with pytest.raises(ValueError, match="0 or more"):
        Sky(seed=-1, site=SkySite(), optics=optics, sensor=Sensor())


def test_saturation_stops_at_the_range(sky: Sky, path: LightPath, exposure: ExposureSettings) -> None:
    """Overexposed pixels stand at the highest value, and the background truth says so."""
    panel = replace(path, cover_closed=True, panel_level=1.0)
    frame = sky.render(panel, replace(exposure, duration_s=30.0))
    # Dead pixels stay dark.
    assert np.mean(frame == 65_535) > 0.9999
    assert sky.truth(panel, replace(exposure, duration_s=30.0)).background_adu == 65_535.0


def test_the_air_cools_focus_away(sky: Sky, path: LightPath, exposure: ExposureSettings) -> None:
    """A focuser left alone through a night loses its focus as the air cools."""
    later = exposure.started + timedelta(hours=6)
    warm, cold = sky.temperature_c(exposure.started - timedelta(hours=5)), sky.temperature_c(later)
    set_warm = replace(path, focuser_position=round(best_focus_steps(Optics(), warm, filter_name="L")))
    at_first = sky.truth(replace(set_warm, temperature_c=warm), exposure).hfr_px
    at_last = sky.truth(replace(set_warm, temperature_c=cold), exposure).hfr_px
    assert at_last > 1.2 * at_first
