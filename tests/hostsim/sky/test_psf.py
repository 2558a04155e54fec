"""A star's width comes from seeing, focus and guiding, and differs over the field."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.profile import FWHM_PER_ALPHA, HFR_PER_ALPHA, STEPS, profile
from hostsim.sky.psf import Blur, Orientation, PointSpread, point_spread
from hostsim.sky.scene import GuidingSample, Optics, Sensor

STEADY = Blur(2.0, GuidingSample(0.0, 0.0))
MIDDLE = (np.array([399.5]), np.array([299.5]))


def circle(alpha: float) -> PointSpread:
    """Return one round sharp star."""
    return PointSpread(*(np.array([part]) for part in (alpha**2, 0.0, alpha**2)), kind=np.array([0]))


def middle_shape(optics: Optics, sensor: Sensor, blur: Blur, lie: Orientation | None = None) -> PointSpread:
    """Return the shape of a star in the middle of the frame."""
    return point_spread(optics, sensor, blur=blur, lie=lie or Orientation(), at=MIDDLE)


def test_the_profile_has_the_known_ratio() -> None:
    """FWHM and true HFR of a Moffat profile of beta 3.5 lie between those of beta 4 and 3."""
    assert 1.584 < FWHM_PER_ALPHA / HFR_PER_ALPHA < 1.706


def averaged_hfr(alpha: float, kind: int, *, obstruction: float) -> float:
    """Return the half-flux radius of a profile averaged once over pixels 1 wide.

    Its light is taken as points at radii that hold equal parts of it, and each is moved all over a pixel.
    """
    values = profile(kind, obstruction).values.astype(float)
    rings = values * np.arange(values.size)
    part = (np.arange(600) + 0.5) / 600.0
    radius = alpha * np.interp(part, (np.cumsum(rings) - rings / 2.0) / rings.sum(), np.arange(values.size) / STEPS)
    moved = (np.arange(8) + 0.5) / 8.0 - 0.5
    angle = (np.arange(24) + 0.5) / 24.0 * 2.0 * np.pi
    x, y = radius[:, None] * np.cos(angle), radius[:, None] * np.sin(angle)
    return float(np.median(np.hypot(x[..., None, None] + moved, y[..., None, None] + moved[:, None])))


@pytest.mark.parametrize(("alpha", "kind"), [(0.8, 0), (1.3, 0), (2.0, 0), (4.0, 0), (2.0, 6), (4.0, 10), (4.0, 14)])
@pytest.mark.parametrize("obstruction", [0.0, 0.35])
def test_pixels_widen_a_star_once(alpha: float, kind: int, obstruction: float) -> None:
    """The half-flux radius is that of the profile as the sensor averages it, within 0.7 %, for stars and discs."""
    spread = PointSpread(*(np.array([part]) for part in (alpha**2, 0.0, alpha**2)), np.array([kind]), obstruction)
    expected = averaged_hfr(alpha, kind, obstruction=obstruction)
    assert spread.hfr_px()[0] == pytest.approx(expected, rel=0.007)
    assert spread.hfr_px(0.5)[0] == pytest.approx(averaged_hfr(2.0 * alpha, kind, obstruction=obstruction), rel=0.007)


@pytest.mark.parametrize("obstruction", [0.0, 0.35])
def test_hfr_is_a_hyperbola_in_the_distance_from_focus(sensor: Sensor, obstruction: float) -> None:
    """Squared HFR grows with the square of the distance, and far out HFR grows linearly, as the ring's does."""
    optics = Optics(obstruction=obstruction)
    away_um = np.array([0.0, 100.0, 200.0, 400.0, 800.0])
    blurs = [Blur(2.0, GuidingSample(0.0, 0.0), each) for each in away_um]
    squared = np.array([float(middle_shape(optics, sensor, blur).hfr_px()[0]) ** 2 for blur in blurs])
    growth = (squared[1:] - squared[0]) / away_um[1:] ** 2
    assert growth == pytest.approx(growth[-1], rel=0.02)
    ring_px = 1.0 / (540.0 / 107.0) / 2.0 / 3.76 * np.sqrt((1.0 + obstruction**2) / 2.0)
    assert growth[0] == pytest.approx(ring_px**2, rel=0.02)


def test_right_ascension_error_stretches_along_east(optics: Optics, sensor: Sensor) -> None:
    """With north up, an error in right ascension widens a star in x only; with east up, in y only."""
    blur = Blur(2.0, GuidingSample(1.5, 0.0))
    north_up, east_up = (middle_shape(optics, sensor, blur, Orientation(angle)) for angle in (0.0, 90.0))
    assert north_up.xx[0] > 1.5 * north_up.yy[0]
    assert (east_up.yy[0], east_up.xx[0]) == pytest.approx((north_up.xx[0], north_up.yy[0]))
    assert north_up.elongation[0] > 1.2
    assert (north_up.angle_deg[0], abs(east_up.angle_deg[0])) == pytest.approx((0.0, 90.0))


def test_mirrored_optics_turn_the_long_axis_over(optics: Optics, sensor: Sensor) -> None:
    """An oblique long axis leans the other way in a mirrored frame."""
    blur = Blur(2.0, GuidingSample(1.5, 0.0))
    plain, mirrored = (middle_shape(optics, sensor, blur, Orientation(30.0, flip)) for flip in (False, True))
    assert mirrored.angle_deg[0] == pytest.approx(-plain.angle_deg[0])


def test_dew_widens(optics: Optics, sensor: Sensor) -> None:
    """Dew makes stars wider, the more of it the wider."""
    wet = [
        float(middle_shape(optics, sensor, Blur(2.0, GuidingSample(0, 0), dew_mag=mag)).hfr_px()[0])
        for mag in (0, 1, 2)
    ]
    assert wet[0] < wet[1] < wet[2] < 2.0 * wet[0]


def test_tilt_is_sharp_in_the_middle_only(sensor: Sensor) -> None:
    """On a tilted sensor stars grow towards both edges, and a little off focus one edge is the sharper."""
    optics = Optics(tilt_um=(80.0, 0.0))
    at = (np.array([0.0, 399.5, 799.0]), np.full(3, 299.5))
    left, middle, right = point_spread(optics, sensor, blur=STEADY, lie=Orientation(), at=at).hfr_px()
    assert left == pytest.approx(right)
    assert left > 1.5 * middle
    beside = Blur(2.0, GuidingSample(0.0, 0.0), defocus_um=40.0)
    left, _, right = point_spread(optics, sensor, blur=beside, lie=Orientation(), at=at).hfr_px()
    assert left < right


@given(alpha=st.floats(1.0, 30.0), binning=st.integers(1, 4))
def test_binned_pixels_shrink_a_star(alpha: float, binning: int) -> None:
    """In binned pixels a star is smaller by the binning, but never smaller than pixels allow."""
    spread = circle(alpha)
    assert spread.hfr_px(binning)[0] >= spread.hfr_px()[0] / binning
    assert spread.fwhm_px(binning)[0] >= max(0.75, spread.fwhm_px()[0] / binning)


@given(alpha=st.floats(1.0, 8.0), length=st.floats(0.0, 3000.0))
def test_a_trail_has_half_its_light_in_its_middle_half(alpha: float, length: float) -> None:
    """The half-flux radius of a moving star is never below that of the standing one, and a quarter of a long trail."""
    spread = circle(alpha)
    radius = float(spread.hfr_px(move_px=(0.6 * length, 0.8 * length))[0])
    assert radius >= float(spread.hfr_px()[0]) - 1e-9
    assert length / 4.0 - 0.1 * alpha <= radius <= length / 4.0 + 1.5 * alpha + 1.0


@given(right=st.floats(-5.0, 5.0), down=st.floats(-5.0, 5.0), angle=st.floats(0.0, 360.0), flip=st.booleans())
def test_a_vector_comes_back_from_the_frame(right: float, down: float, angle: float, flip: bool) -> None:
    """Turning a vector to the sky and back changes nothing, mirrored or not."""
    lie = Orientation(angle, flip)
    assert lie.to_pixels(*lie.to_sky(right, down)) == pytest.approx((right, down), abs=1e-9)
