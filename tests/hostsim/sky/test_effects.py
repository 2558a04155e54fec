"""What spoils a night shows on its frames as it does on real ones, judged by sep against the truth told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
import sep
from numpy.typing import NDArray
from sep_radii import half_flux_radii

from hostsim.sky.conditions import Conditions
from hostsim.sky.focus import best_focus_steps
from hostsim.sky.scene import ExposureSettings, GuidingSample, LightPath, Optics, Sensor, SkySite
from hostsim.sky.sky import Sky
from hostsim.sky.truth import FrameTruth
from tsplug.imaging.measure import measure_frame
from tsplug.imaging.settings import StarSettings

Floats = NDArray[np.float64]
SIZE = Sensor(width=800, height=600)


@pytest.fixture
def path(optics: Optics) -> LightPath:
    """Return a sharp look at a field where stars stand alone, high in the sky."""
    best = round(best_focus_steps(optics, 9.0, filter_name="L"))
    return LightPath(7.6, 30.0, 65.0, 30.0, 25.0, "L", best, 9.0, False, 0.0, True)


class Told(Conditions):
    """A clear, calm night in which one thing is what a test says."""

    def __init__(self, *, cloud: float = 0.0, drift: float = 0.0, blocked_west_of: float | None = None) -> None:
        """Say how thick the clouds are, how far guiding drifts, and where something hides the sky."""
        super().__init__(7, SkySite())
        self._cloud, self._drift, self._west = cloud, drift, blocked_west_of

    def cloud_mag(self, moment: datetime) -> float:
        """Return the thickness told."""
        return self._cloud

    def sky_mag_per_arcsec2(self, moment: datetime, *, altitude_deg: float, azimuth_deg: float) -> float:
        """Return a dark sky that clouds brighten by a quarter of their thickness."""
        return 20.5 - self._cloud / 4.0

    def guiding(self, started: datetime, duration_s: float) -> GuidingSample:
        """Return good guiding, and the drift told in right ascension."""
        return GuidingSample(0.4, 0.4, self._drift, 0.0)

    def blocked(self, altitude_deg: float, azimuth_deg: float) -> float:
        """Return 1 west of the azimuth told."""
        return 0.0 if self._west is None or azimuth_deg < self._west else 1.0


class Busy(Told):
    """A night full of satellites."""

    def satellites_per_hour(self, moment: datetime) -> float:
        """Return very many."""
        return 2000.0


def told_sky(night: Conditions, optics: Optics | None = None) -> Sky:
    """Return the sky of a night told."""
    return Sky(seed=7, site=SkySite(), optics=optics or Optics(), sensor=SIZE, scenario=night)


def judged(frame: NDArray[np.uint16], truth: FrameTruth, count: int = 60) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return flux (ADU) and half-flux radius, as sep has them, of bright lonely stars, and their rows in the truth."""
    data = np.ascontiguousarray(frame.T).astype(np.float32)
    data = data - sep.Background(data)
    stars, reach = truth.stars, 5.0 * truth.hfr_px + 3.0
    rows = []
    for row in range(min(stars.x.size, 12 * count)):
        distance = np.hypot(stars.x - stars.x[row], stars.y - stars.y[row])
        alone = stars.flux_e[(distance < 1.4 * reach)].sum() < 1.05 * stars.flux_e[row]
        inside = 2 * reach < stars.x[row] < 799 - 2 * reach and 2 * reach < stars.y[row] < 599 - 2 * reach
        column, line = round(stars.x[row]), round(stars.y[row])
        if alone and inside and frame[column - 3 : column + 4, line - 3 : line + 4].max() < 45_000:
            rows.append(row)
    chosen = np.array(rows[:count], dtype=np.int64)
    x, y = stars.x[chosen], stars.y[chosen]
    flux, _, _ = sep.sum_circle(data, x, y, reach)
    return flux, half_flux_radii(data, x, y, reach=np.full(x.size, reach)), chosen


def test_clouds_dim_by_what_they_say(path: LightPath, exposure: ExposureSettings) -> None:
    """Clouds of 1.2 magnitudes dim every star by 1.2 magnitudes, brighten the sky, and are said to be there."""
    clear, cloudy = told_sky(Told()), told_sky(Told(cloud=1.2))
    truth, dimmed = clear.truth(path, exposure), cloudy.truth(path, exposure)
    light, _, rows = judged(clear.render(path, exposure), truth, 25)
    data = np.ascontiguousarray(cloudy.render(path, exposure).T).astype(np.float32)
    reach = 5.0 * truth.hfr_px + 3.0
    rest, _, _ = sep.sum_circle(data - sep.Background(data), truth.stars.x[rows], truth.stars.y[rows], reach)
    assert -2.5 * np.log10(np.median(rest / light)) == pytest.approx(1.2, abs=0.05)
    assert dimmed.background_adu > truth.background_adu
    assert np.median(data) == pytest.approx(dimmed.background_adu, rel=0.02)
    assert dimmed.sky is not None
    assert dimmed.sky.cloud_mag == pytest.approx(1.2)
    assert dimmed.sky.transparency == pytest.approx(10.0 ** (-0.4 * 1.2))
    assert dimmed.wrong == ("cloud 1.2 mag",)
    assert truth.wrong == ()


def test_half_an_exposure_behind_a_tree_is_half_as_bright(path: LightPath, exposure: ExposureSettings) -> None:
    """What passes behind a tree in the middle of an exposure loses half of its stars' and of its sky's light."""
    south = replace(path, altitude_deg=40.0, azimuth_deg=180.0)
    later = replace(exposure, duration_s=240.0)
    free = told_sky(Told()).truth(south, later)
    # In four minutes a star 47 degrees from the pole moves by this much in azimuth: half of it in the first two.
    turn_deg = 15.041 / 3600.0 * 240.0 * np.sin(np.radians(47.2 + 50.0)) / np.cos(np.radians(40.0))
    half = told_sky(Told(blocked_west_of=180.0 + turn_deg / 2.0)).truth(south, later)
    assert half.stars.flux_e[0] == pytest.approx(free.stars.flux_e[0] / 2.0, rel=0.02)
    assert half.background_adu - 300.0 == pytest.approx((free.background_adu - 300.0) / 2.0, rel=0.03)
    assert half.wrong == ("view blocked by 50 %",)


def test_lost_guiding_leaves_trails_of_its_length(path: LightPath, exposure: ExposureSettings) -> None:
    """A drift of 30 arcseconds leaves trails 30 arcseconds long, with all their light, in the truth's direction."""
    still, lost = told_sky(Told()), told_sky(Told(drift=30.0))
    truth = lost.truth(path, exposure)
    data = np.ascontiguousarray(lost.render(path, exposure).T).astype(np.float32)
    data = data - sep.Background(data)
    found = sep.extract(data, 8.0, err=float(np.std(data[data < np.median(data)])), minarea=40)
    alone = (found["flag"] == 0) & (found["a"] > 4.0)
    assert alone.sum() >= 10
    length_px = 30.0 / 1.436216
    # An even line has a standard deviation of its length over the square root of 12, and the star's own width.
    measured = np.sqrt(12.0 * (np.median(found["a"][alone]) ** 2 - np.median(found["b"][alone]) ** 2))
    assert measured == pytest.approx(length_px, rel=0.08)
    turned = np.degrees(found["theta"][alone]) - np.median(truth.stars.angle_deg)
    assert abs(np.median((turned + 90.0) % 180.0 - 90.0)) < 2.0
    assert truth.stars.flux_e[0] == pytest.approx(still.truth(path, exposure).stars.flux_e[0])
    assert truth.drift_arcsec == pytest.approx((30.0, 0.0), abs=0.01)
    assert truth.wrong == ("guiding lost: drifted by 30 arcsec",)


@pytest.mark.parametrize("obstruction", [0.0, 0.4])
def test_the_v_curve_is_a_hyperbola(path: LightPath, exposure: ExposureSettings, obstruction: float) -> None:
    """HFR measured on either side of focus follows the truth's hyperbola, through donuts and discs."""
    sky = told_sky(Told(), Optics(obstruction=obstruction))
    focusing = replace(exposure, duration_s=20.0)
    for steps in (-120, -70, -30, 0, 60, 100):
        beside = replace(path, focuser_position=path.focuser_position + steps)
        truth = sky.truth(beside, focusing)
        _, hfr, rows = judged(sky.render(beside, focusing), truth, 20)
        assert rows.size >= 3
        assert np.median(hfr) == pytest.approx(truth.hfr_px, rel=0.05 if abs(steps) > 80 else 0.03)
        assert truth.focus_error_um == pytest.approx(steps * 1.2, abs=1.0)
        assert (truth.wrong != ()) == (abs(steps) >= 60)


def test_a_tilted_sensor_shows_in_the_field_map(path: LightPath, exposure: ExposureSettings) -> None:
    """Of a 3 x 3 map of a tilted sensor a little off focus, the left column is the sharpest and the right the worst."""
    optics = Optics(tilt_um=(90.0, 0.0))
    sky = told_sky(Told(), optics)
    beside = replace(path, focuser_position=path.focuser_position + 50)
    truth = sky.truth(beside, exposure)
    _, hfr, rows = judged(sky.render(beside, exposure), truth, 70)
    column = (truth.stars.x[rows] / 267.0).astype(int)
    measured = [float(np.median(hfr[column == number])) for number in range(3)]
    told = [float(np.median(truth.stars.hfr_px[rows][column == number])) for number in range(3)]
    assert measured[0] < measured[1] < measured[2]
    assert measured[2] > 1.5 * measured[0]
    assert measured == pytest.approx(told, rel=0.06)


def test_coma_pulls_stars_away_from_the_middle(path: LightPath, exposure: ExposureSettings) -> None:
    """With coma stars are long in the corners, along the line to the middle, and round in the middle."""
    truth = told_sky(Told(), Optics(coma_um=60.0)).truth(path, exposure)
    right, down = truth.stars.x - 399.5, truth.stars.y - 299.5
    far = np.hypot(right, down) > 400.0
    turned = truth.stars.angle_deg[far] - np.degrees(np.arctan2(down, right))[far]
    assert np.abs((turned + 90.0) % 180.0 - 90.0).max() < 5.0
    assert truth.stars.elongation[far].min() > 1.3
    assert np.median(truth.stars.elongation[np.hypot(right, down) < 60.0]) < 1.1


def test_mirrored_optics_mirror_the_frame(path: LightPath, exposure: ExposureSettings) -> None:
    """Through an odd number of mirrors the same stars lie on the other side, and pixels show them there."""
    plain, mirrored = told_sky(Told()), told_sky(Told(), Optics(mirrored=True))
    one, two = plain.truth(path, exposure), mirrored.truth(path, exposure)
    assert one.stars.x[:100] == pytest.approx(799.0 - two.stars.x[:100])
    assert one.stars.y[:100] == pytest.approx(two.stars.y[:100])
    flux, _, rows = judged(mirrored.render(path, exposure), two, 20)
    assert np.corrcoef(flux, two.stars.flux_e[rows])[0, 1] > 0.98


def test_two_cameras_see_the_same_satellites(path: LightPath, exposure: ExposureSettings) -> None:
    """A trail is where its truth says, and a camera turned by half a turn sees it turned by half a turn."""
    long = replace(exposure, duration_s=20.0)
    sky = told_sky(Busy())
    upright, turned = (sky.truth(replace(path, sky_angle_deg=angle), long) for angle in (0.0, 180.0))
    assert len(upright.satellites) == len(turned.satellites) > 0
    for one, two in zip(upright.satellites, turned.satellites, strict=True):
        assert two == pytest.approx((799.0 - one[0], 599.0 - one[1], 799.0 - one[2], 599.0 - one[3]), abs=0.01)
    north = replace(path, sky_angle_deg=0.0)
    difference = sky.render(north, long).astype(float) - told_sky(Told()).render(north, long)
    for from_x, from_y, to_x, to_y in upright.satellites:
        middle = round((from_x + to_x) / 2.0), round((from_y + to_y) / 2.0)
        assert difference[middle[0] - 1 : middle[0] + 2, middle[1] - 1 : middle[1] + 2].max() > 50.0


def test_a_colour_frame_shows_red_stars_red(path: LightPath, exposure: ExposureSettings) -> None:
    """The cells of a mosaic see different skies, and the truth's level is the mean over all cells."""
    sky = Sky(seed=7, site=SkySite(), optics=Optics(), sensor=Sensor(width=800, height=600, bayer=True))
    frame = sky.render(path, exposure)
    levels = [float(np.median(frame[column::2, row::2])) for column, row in ((0, 0), (0, 1), (1, 0), (1, 1))]
    assert levels[1] == pytest.approx(levels[2], rel=0.01)
    assert np.ptp(levels) > 5.0
    assert float(np.mean(levels)) == pytest.approx(sky.truth(path, exposure).background_adu, rel=0.02)


def test_twilight_frames_fade_and_lean(path: LightPath, exposure: ExposureSettings) -> None:
    """Minutes apart in twilight the sky's level and its slope over the frame change, the way the truth says."""
    sky = Sky(seed=7, site=SkySite(), optics=Optics(), sensor=SIZE)
    dusk = replace(exposure, duration_s=0.5, gain=0, started=exposure.started.replace(hour=18, minute=5))
    levels = [
        sky.truth(path, replace(dusk, started=dusk.started + timedelta(minutes=minute))).background_adu - 300.0
        for minute in (0, 4, 8)
    ]
    assert levels[0] > 1.3 * levels[1] > 1.3 * 1.3 * levels[2]
    measured = float(np.median(sky.render(path, dusk)))
    assert measured == pytest.approx(levels[0] + 300.0, rel=0.05)


def test_what_hides_a_part_of_the_view_is_told_from_what_dims_all_of_it(
    path: LightPath, exposure: ExposureSettings
) -> None:
    """Behind a roof's corner cells of the frame are dead; cloud before all of it kills none.

    A skyline hides the same of every star of a frame, so the corner is put together of a free frame and a hidden one.
    """
    rich = replace(path, ra_hours=20.5, dec_deg=40.0)
    long = replace(exposure, duration_s=300.0)
    free = told_sky(Told()).render(rich, long)
    corner = free.copy()
    corner[:300, :200] = told_sky(Told(blocked_west_of=0.0)).render(rich, long)[:300, :200]
    cloudy = told_sky(Told(cloud=1.0)).render(rich, long)
    found = [measure_frame(frame.T, StarSettings()).metrics["dead_cells"] for frame in (free, corner, cloudy)]
    assert found == [0.0, 6.0, 0.0]
