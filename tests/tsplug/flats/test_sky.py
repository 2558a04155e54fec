"""Flats by the sky's light: exposures that follow it, and when it is not right any more."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tsplug.flats.sky import Look, Over, Pause, SkyAim, SkySample, Take, sky_order, sky_step
from tsplug.model import FlatSpec

TOP, BIAS, TARGET = 65_535.0, 500.0, 30_000.0


def aim(*, rising: bool, low_s: float = 0.5, high_s: float = 30.0) -> SkyAim:
    """Return an aim at 30 000 ADU."""
    return SkyAim(target_adu=TARGET, max_adu=TOP, exposures_s=(low_s, high_s), rising=rising, bias_adu=BIAS)


def spec(name: str) -> FlatSpec:
    """Return a spec that differs in its filter alone."""
    return FlatSpec(filter_name=name, gain=1, offset=1, binning=1, readout_mode=0, roi_percent=100.0, rotation_deg=None)


class Twilight:
    """A sky whose light grows or fades by ``k`` a second, and a camera that looks at it."""

    def __init__(self, rate: float, k: float) -> None:
        self.rate = rate
        self.k = k
        self.now_s = 0.0

    def expose(self, exposure_s: float) -> SkySample:
        """Expose and read out for two seconds; the level is the integral over the exposure."""
        rate = self.rate * math.exp(self.k * self.now_s)
        signal = rate * (math.expm1(self.k * exposure_s) / self.k if self.k else exposure_s)
        sample = SkySample(self.now_s + exposure_s / 2.0, exposure_s, min(TOP, BIAS + signal))
        self.now_s += exposure_s + 2.0
        return sample


def run(wanted: SkyAim, sky: Twilight, *, frames: int) -> tuple[list[SkySample], str]:
    """Take so many frames, and return them and why there are no more."""
    samples: list[SkySample] = []
    taken: list[SkySample] = []
    for _ in range(500):
        if len(taken) == frames:
            return taken, ""
        step = sky_step(wanted, samples, now_s=sky.now_s)
        if isinstance(step, Over):
            return taken, step.reason
        if isinstance(step, Pause):
            sky.now_s += step.seconds
            continue
        assert wanted.exposures_s[0] <= step.exposure_s <= wanted.exposures_s[1]
        samples.append(sky.expose(step.exposure_s))
        if isinstance(step, Take):
            taken.append(samples[-1])
    raise AssertionError("the sky never ended it")


@given(rate=some.floats(200.0, 400_000.0), k=some.floats(0.002, 0.009), rising=some.booleans())
def test_every_frame_has_the_level(rate: float, k: float, rising: bool) -> None:
    """Whatever the sky's light and how fast it changes, each frame that is taken is within ten per cent of the aim."""
    taken, _ = run(aim(rising=rising), Twilight(rate, k if rising else -k), frames=12)
    for sample in taken:
        assert sample.adu == pytest.approx(TARGET, rel=0.10)


def test_exposures_grow_at_dusk_and_shrink_at_dawn() -> None:
    """At dusk each exposure is longer than the one before, at dawn shorter."""
    dusk, _ = run(aim(rising=False), Twilight(20_000.0, -0.005), frames=8)
    dawn, _ = run(aim(rising=True), Twilight(4_000.0, 0.005), frames=8)
    assert [s.exposure_s for s in dusk] == sorted(s.exposure_s for s in dusk)
    assert [s.exposure_s for s in dawn] == sorted((s.exposure_s for s in dawn), reverse=True)
    assert len(dusk) == len(dawn) == 8


@pytest.mark.parametrize(
    ("rising", "rate", "says"),
    [
        pytest.param(False, 300.0, "the sky is too dark", id="dusk, too late"),
        pytest.param(True, 300_000.0, "the sky is too bright", id="dawn, too late"),
        pytest.param(True, 3e7, "saturated in 0.5 s", id="day"),
    ],
)
def test_too_late_is_over(rising: bool, rate: float, says: str) -> None:
    """Where the light will not be right again the filter is over, with the exposure it would need."""
    taken, reason = run(aim(rising=rising), Twilight(rate, 0.005 if rising else -0.005), frames=5)
    assert taken == []
    assert says in reason


@pytest.mark.parametrize(("rising", "rate"), [pytest.param(False, 3e6, id="dusk"), pytest.param(True, 50.0, id="dawn")])
def test_too_early_waits(rising: bool, rate: float) -> None:
    """Where the light will be right later it is waited for."""
    taken, reason = run(aim(rising=rising), Twilight(rate, 0.005 if rising else -0.005), frames=5)
    assert (len(taken), reason) == (5, "")


def test_an_old_look_is_not_trusted() -> None:
    """Minutes after the last frame the sky is looked at again."""
    samples = [SkySample(0.0, 2.0, 30_000.0)]
    assert sky_step(aim(rising=True), samples, now_s=600.0) == Look(0.5)


def test_the_darkest_sky_is_for_the_least_sensitive_filter_last_at_dawn() -> None:
    """At dusk narrow filters go first, while the sky is bright; at dawn clear ones, while it is dark."""
    specs = [spec("R"), spec("Ha"), spec("L")]
    assert [each.filter_name for each in sky_order(specs, rising=False, sensitivity={})] == ["Ha", "R", "L"]
    assert [each.filter_name for each in sky_order(specs, rising=True, sensitivity={})] == ["L", "R", "Ha"]
    trained = {"R": 10.0, "Ha": 400.0, "L": 40.0}
    assert [each.filter_name for each in sky_order(specs, rising=True, sensitivity=trained)] == ["Ha", "L", "R"]
