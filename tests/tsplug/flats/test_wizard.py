"""The search for panel settings: what it finds, on which panels, and when it gives up."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tsplug.flats.wizard import Outcome, Reading, Search, Verdict, next_step

TOP = 65_535.0
Light = Callable[[int], float]


def search(**changes: object) -> Search:
    """Return a search for half the range with exposures of 0.2 to 15 s and brightness 1 to 255."""
    values: dict[str, object] = {
        "target_adu": 32_768.0,
        "max_adu": TOP,
        "exposures_s": (0.2, 15.0),
        "brightnesses": (1, 255),
        "bias_adu": 500.0,
    }
    return Search(**(values | changes))  # type: ignore[arg-type]


def run(wanted: Search, light: Light) -> tuple[Outcome, list[Reading]]:
    """Run a search on a panel that brings ``light(brightness)`` ADU per second to the camera."""
    readings: list[Reading] = []
    while not isinstance(step := next_step(wanted, readings), Outcome):
        adu = min(wanted.max_adu, wanted.bias_adu + step.exposure_s * light(step.brightness))
        readings.append(Reading(step, adu))
        assert len(readings) <= wanted.frames
    return step, readings


@given(
    per_step=some.floats(0.05, 20_000.0),
    power=some.floats(0.3, 3.0),
    dead=some.integers(0, 60),
    bias=some.floats(0.0, 4000.0),
    brightest=some.sampled_from([1, 10, 255, 4096]),
)
def test_any_panel_that_can_give_the_level_is_found(
    per_step: float, power: float, dead: int, bias: float, brightest: int
) -> None:
    """On a panel of any curve, dark steps and bias, a setting within the limits is found wherever there is one."""

    def light(brightness: int) -> float:
        return per_step * max(0, brightness - dead) ** power

    wanted = search(bias_adu=bias, brightnesses=(1, brightest), frames=30)
    outcome, readings = run(wanted, light)
    low, high = wanted.exposures_s
    for reading in readings:
        assert low <= reading.trial.exposure_s <= high
        assert 1 <= reading.trial.brightness <= brightest
    signal = wanted.target_adu - bias
    possible = any(low <= signal / light(step) <= high for step in range(1, brightest + 1) if light(step) > 0)
    if possible:
        assert outcome.verdict is Verdict.FOUND, (outcome, readings)
    if outcome.verdict is Verdict.FOUND:
        assert outcome.reading is not None
        assert outcome.reading.adu == pytest.approx(wanted.target_adu, rel=0.1)
    else:
        assert outcome.verdict in (Verdict.TOO_BRIGHT, Verdict.TOO_DIM, Verdict.TOO_COARSE)


@given(noise=some.lists(some.floats(0.97, 1.03), min_size=20, max_size=20), per_step=some.floats(20.0, 2000.0))
def test_three_per_cent_of_noise_do_no_harm(noise: list[float], per_step: float) -> None:
    """A light that flickers by three per cent is trained all the same."""
    steps = iter(noise)
    outcome, _ = run(search(), lambda brightness: next(steps) * per_step * brightness)
    assert outcome.verdict is Verdict.FOUND


def test_a_bias_is_no_light() -> None:
    """With a large bias the second frame hits: what is scaled is the light, not the level."""
    outcome, readings = run(search(bias_adu=4000.0), lambda brightness: 900.0 * brightness)
    assert outcome.verdict is Verdict.FOUND
    assert len([each for each in readings if each.trial == readings[-1].trial]) == 1
    assert outcome.reading is not None
    assert outcome.reading.adu == pytest.approx(32_768.0, rel=2e-4)


@pytest.mark.parametrize(
    ("light", "verdict", "says"),
    [
        pytest.param(lambda b: 1e6 * b, Verdict.TOO_BRIGHT, "lowest brightness 1 and 0.2 s", id="too bright"),
        pytest.param(lambda b: 0.001 * b, Verdict.TOO_DIM, "highest brightness 255 and 15 s", id="too dim"),
        pytest.param(lambda b: 0.0, Verdict.TOO_DIM, "is the panel lit?", id="dark"),
        pytest.param(lambda b: 5.0 if b < 77 else 1e6, Verdict.TOO_COARSE, "76 is too dim and 77 too", id="too coarse"),
    ],
)
def test_a_panel_that_cannot_is_told_why(light: Light, verdict: Verdict, says: str) -> None:
    """Where no setting gives the level the outcome says at which end, with the numbers."""
    outcome, _ = run(search(), light)
    assert outcome.verdict is verdict
    assert says in outcome.reason


def test_a_fixed_exposure_leaves_the_brightness() -> None:
    """Equal limits fix the exposure; the brightness alone is sought."""
    outcome, readings = run(search(exposures_s=(2.0, 2.0)), lambda brightness: 120.0 * brightness)
    assert outcome.verdict is Verdict.FOUND
    assert {reading.trial.exposure_s for reading in readings} == {2.0}


def test_a_fixed_brightness_leaves_the_exposure() -> None:
    """Equal limits fix the brightness; the exposure alone is sought."""
    outcome, readings = run(search(brightnesses=(40, 40)), lambda brightness: 120.0 * brightness)
    assert outcome.verdict is Verdict.FOUND
    assert {reading.trial.brightness for reading in readings} == {40}


def test_a_light_that_jumps_ends_the_search() -> None:
    """A light that changes from frame to frame is given up within the frames allowed."""
    levels = iter([1.0, 60_000.0] * 50)
    outcome, readings = run(search(frames=9), lambda brightness: next(levels))
    assert outcome.verdict in (Verdict.UNSTEADY, Verdict.GIVEN_UP, Verdict.TOO_COARSE)
    assert len(readings) <= 9
