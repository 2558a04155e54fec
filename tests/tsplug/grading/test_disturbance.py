"""What tells that a frame was shaken or out of focus."""

from __future__ import annotations

import math

import numpy as np
import pytest
from comparable_lights import light
from numpy.typing import NDArray

from tsplug.grading.disturbance import HOLLOW, Disturbances, is_defocused, shaken_share, told_apart
from tsplug.model import AcquiredImage


def frame(number: int, **metrics: float) -> AcquiredImage:
    return light(number, metrics)


CALM = [frame(n, guiding_rms=0.5 + 0.01 * n, hfr=1.5, fwhm=2.5) for n in range(1, 10)]


def test_a_frame_guided_far_worse_than_usual_is_shaken() -> None:
    """The limit is 1.75 times the error that a quarter of the others stay below; unguided frames are not shaken."""
    limits = Disturbances(CALM).limits_for(frame(0))
    assert limits.guiding == pytest.approx(1.75 * 0.525)
    assert shaken_share(frame(0, guiding_rms=0.93), limits, scale_arcsec=None) == 1.0
    assert shaken_share(frame(0, guiding_rms=0.91), limits, scale_arcsec=None) == 0.0
    assert shaken_share(frame(0), limits, scale_arcsec=None) == 0.0
    assert shaken_share(frame(0, guiding_rms=0.93, hfr=1e-200), limits, scale_arcsec=1.2) == 1.0


def test_guiding_is_held_against_the_size_of_the_stars() -> None:
    """What it adds in squares to the HFR is its share: little where the pixels are coarse or the seeing was bad."""
    limits = Disturbances(CALM).limits_for(frame(0))
    added_px2 = math.log(2.0) * (1.5**2 - 0.525**2) / 1.2**2
    for hfr in (1.2, 2.0, 4.0):
        shaken = frame(0, guiding_rms=1.5, hfr=hfr)
        share = shaken_share(shaken, limits, scale_arcsec=1.2)
        assert share == pytest.approx(min(added_px2 / hfr**2, 1.0))
        assert shaken_share(shaken, limits, scale_arcsec=2.4) == pytest.approx(added_px2 / hfr**2 / 4)


def test_errors_of_guiding_enlarge_round_stars_as_their_share_says() -> None:
    """Gaussian stars of 1.5 px HFR under errors of 0.7 px have the HFR that the squares come to."""
    generator = np.random.default_rng(1)
    calm = generator.normal(scale=1.5 / math.sqrt(2.0 * math.log(2.0)), size=(400_000, 2))
    moved = calm + generator.normal(scale=0.7 / math.sqrt(2.0), size=calm.shape)
    hfr = float(np.median(np.hypot(*moved.T)))
    limits = Disturbances([frame(n, guiding_rms=1e-6) for n in range(1, 10)]).limits_for(frame(0))
    share = shaken_share(frame(0, guiding_rms=0.7, hfr=hfr), limits, scale_arcsec=1.0)
    assert hfr * math.sqrt(1.0 - share) == pytest.approx(1.5, rel=0.005)


def test_stars_that_became_discs_are_out_of_focus() -> None:
    """Their FWHM is large for their HFR; larger stars of the usual profile are the air's."""
    limits = Disturbances(CALM).limits_for(frame(0))
    assert is_defocused(frame(0, hfr=2.0, fwhm=2.0 * 1.95), limits)
    assert not is_defocused(frame(0, hfr=3.0, fwhm=3.0 * 1.7), limits)


def test_unresolved_stars_have_no_profile() -> None:
    """Below two pixels the width is that of the pixels: neither out of focus nor a standard."""
    sharp = [frame(n, hfr=0.9, fwhm=1.8) for n in range(1, 10)]
    limits = Disturbances([*sharp, *CALM[:3]]).limits_for(frame(0))
    assert limits.profile == pytest.approx(HOLLOW * 2.5 / 1.5)
    assert not is_defocused(frame(0, hfr=0.8, fwhm=1.85), limits)
    assert not told_apart(frame(0, hfr=0.8, fwhm=1.85, guiding_rms=0.5))


def test_a_few_good_frames_are_enough_to_know_the_profile_of_the_air() -> None:
    """Where a tenth of the frames is in focus, the others are found."""
    frames = [*CALM[:4], *(frame(n, hfr=2.5, fwhm=5.0) for n in range(10, 40))]
    disturbances = Disturbances(frames)
    assert all(is_defocused(each, disturbances.limits_for(each)) for each in frames[4:])
    assert not any(is_defocused(each, disturbances.limits_for(each)) for each in frames[:4])


@pytest.mark.parametrize("metrics", [{}, {"guiding_rms": math.nan, "hfr": math.nan, "fwhm": 2.5}, {"hfr": 0.0}])
def test_what_is_not_known_disturbs_nothing(metrics: dict[str, float]) -> None:
    """Without guiding, widths or radii there are no limits, and the cause of large stars stays unknown."""
    limits = Disturbances([frame(n, **metrics) for n in range(1, 6)]).limits_for(frame(0, **metrics))
    assert limits == (math.inf, math.inf)
    assert not told_apart(frame(0, **metrics))


def test_a_frame_sets_no_limit_for_itself() -> None:
    """Its limits are those of the others, whether or not it is among them."""
    odd = frame(99, guiding_rms=0.1, hfr=3.0, fwhm=3.0)
    alone = Disturbances(CALM).limits_for(odd)
    assert Disturbances([*CALM, odd]).limits_for(odd) == alone


def spread_by(disc_px: float, *, beta: float) -> tuple[float, float]:
    """Return HFR and FWHM of a Moffat profile of 24 px FWHM spread over a disc, from its pixels."""
    size = 512
    y, x = np.mgrid[:size, :size] - size // 2
    radius: NDArray[np.float64] = np.hypot(x, y)
    star = (1.0 + (radius / (12.0 / math.sqrt(2 ** (1 / beta) - 1.0))) ** 2) ** -beta
    disc = (radius <= disc_px).astype(np.float64)
    both = np.fft.fftshift(np.fft.ifft2(np.fft.fft2(np.fft.ifftshift(star)) * np.fft.fft2(np.fft.ifftshift(disc)))).real
    order = np.argsort(radius, axis=None)
    grown = np.cumsum(both.ravel()[order])
    hfr = float(np.interp(0.5, grown / grown[-1], radius.ravel()[order]))
    row = both[size // 2, size // 2 :]
    last = int(np.nonzero(row >= both.max() / 2)[0][-1])
    beyond = (row[last] - both.max() / 2) / (row[last] - row[last + 1])
    return hfr, 2.0 * (last + float(beyond))


@pytest.mark.parametrize(("beta", "growth"), [(2.5, 1.12), (3.0, 1.165), (4.0, 1.23)])
def test_the_limit_is_what_a_disc_makes_of_stars(beta: float, growth: float) -> None:
    """Where the disc has enlarged the HFR by so much, FWHM / HFR has grown to the limit."""
    hfr, fwhm = spread_by(0.0, beta=beta)
    spread = [spread_by(disc_px, beta=beta) for disc_px in range(4, 24, 4)]
    larger = [each / hfr for each, _ in spread]
    ratios = [(width / each) / (fwhm / hfr) for each, width in spread]
    assert float(np.interp(growth, larger, ratios)) == pytest.approx(HOLLOW, abs=0.02)
