"""What pixels cannot show is granted to the air, as far as the air goes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from comparable_lights import NIGHT, light

from tsplug.grading.finding import Case
from tsplug.grading.foreseen import foresee
from tsplug.grading.harm import HALF_FLUX, ORDINARY_ARCSEC, WIDTHS
from tsplug.grading.population import Choice, PlanPopulations
from tsplug.grading.statistical import conclude, judge
from tsplug.metrics import METRICS
from tsplug.model import AcquiredImage, GraderMode, GraderPreferences, GradingStatus, Profile, VerdictStatus
from tsplug.services.regrade_scope import RegradeRequest
from tsplug.services.regrading import regrade
from tsplug.testing import FakeContext, ManualClock, recording_devices
from tsplug.testing.catalogue import stocked_store
from tsplug.testing.lights import store_light

WIDTH_OF_HFR = 1.7
SHARP = [0.85 + 0.01 * (number % 3) for number in range(12)]
SMALL_PIXELS, NARROW_FIELD, COARSE_PIXELS, WIDE_FIELD = 0.705, 1.44, 1.94, 3.88
"""Arcseconds per pixel of 3.76 um: behind 1100, 540, 400 and 200 mm."""


def metrics(hfr: float) -> dict[str, float]:
    """Return what is measured of a frame in focus that was steadily guided."""
    return {"hfr": hfr, "fwhm": hfr * WIDTH_OF_HFR, "star_count": 900 * hfr**-0.75, "guiding_rms": 0.6}


def frame(number: int, hfr: float, **told: float) -> AcquiredImage:
    return light(number, metrics(hfr) | told)


def statuses_of(images: Sequence[AcquiredImage], scale_arcsec: float | None, **changes: bool) -> list[VerdictStatus]:
    """Return what becomes of frames, judged for good and among all; it is the same found one by one and at once."""
    populations = PlanPopulations(images)
    cases = [
        Case(each, populations.of(each, Choice(GraderMode.ROBUST)), GraderPreferences(**changes), scale_arcsec, True)
        for each in images
    ]
    found = [judge(case).status for case in cases]
    assert [conclude(case).status for case in cases] == found
    at_once = [replace(case, settled={}) for case in cases]
    foresee(at_once)
    assert [judge(case).status for case in at_once] == found
    return found


def status_of_last(*hfrs: float, scale_arcsec: float | None, **changes: bool) -> VerdictStatus:
    """Return what becomes of the last of frames."""
    images = [frame(number, hfr) for number, hfr in enumerate(hfrs)]
    return statuses_of(images, scale_arcsec, **changes)[-1]


@pytest.mark.parametrize(
    ("scale_arcsec", "status"),
    [(NARROW_FIELD, VerdictStatus.ACCEPT), (None, VerdictStatus.ACCEPT), (WIDE_FIELD, VerdictStatus.REJECT)],
)
@pytest.mark.parametrize("changes", [{}, {"grade_stars": False, "grade_hfr": False, "grade_fwhm": True}])
def test_stars_half_as_large_again_are_ordinary_air_only_where_air_does_that(
    scale_arcsec: float | None, status: VerdictStatus, changes: dict[str, bool]
) -> None:
    """Through 540 mm sharp stars may have been superb seeing; through 200 mm no ordinary air makes them so large."""
    assert status_of_last(*SHARP, 1.38, scale_arcsec=scale_arcsec, **changes) is status


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({}, VerdictStatus.ACCEPT),
        ({"guiding_rms": 2.0}, VerdictStatus.REJECT),
        ({"fwhm": 1.25 * 2.3}, VerdictStatus.REJECT),
    ],
    ids=["air", "wind", "defocus"],
)
def test_what_pixels_hide_is_granted_to_the_air_alone(told: dict[str, float], status: VerdictStatus) -> None:
    """Among stars narrower than pixels show, those that the mount or the focuser enlarged are held against these.

    Guiding of 2 arcseconds made one of them, and another is a disc; the air makes stars as large, too.
    """
    resolved = [frame(number, 1.15) for number in (12, 13, 14)]
    sharp = [frame(number, hfr) for number, hfr in enumerate(SHARP)]
    assert statuses_of([*sharp, *resolved, frame(15, 1.25, **told)], COARSE_PIXELS)[-1] is status


def night_of(better: float, worse: float, *, day: int = 0, of_worse: int = 8) -> list[AcquiredImage]:
    """Return two thirds of a night through small pixels, and what followed them for two hours and a half."""
    sizes = [*[better] * 16, *[worse] * of_worse]
    begun = [NIGHT + timedelta(days=day, minutes=20 * number) for number in range(len(sizes))]
    return [
        light(100 * day + number, metrics(hfr * (1.0 + 0.01 * (number % 3 - 1))), started=at, acquired=at)
        for number, (hfr, at) in enumerate(zip(sizes, begun, strict=True))
    ]


def test_ordinary_air_after_superb_is_no_fault_where_it_lasts() -> None:
    """Small pixels show how sharp superb stars are: 2 arcseconds, then 3.2 for the rest of the only night known.

    What is beyond ordinary air is none: 2.5 and then 4.1 arcseconds, the same times as large.
    """
    assert set(statuses_of(night_of(1.69, 2.66), SMALL_PIXELS)) == {VerdictStatus.ACCEPT}
    spoiled = statuses_of(night_of(2.08, 3.42), SMALL_PIXELS)
    assert spoiled == [VerdictStatus.ACCEPT] * 16 + [VerdictStatus.REJECT] * 8


def test_bad_air_is_found_by_coarse_pixels_too() -> None:
    """Stars of 3 arcseconds that become 3.7 are ordinary air, however long it lasts; of 4.8 they are not.

    Half of their worth they lose at 4.2.
    """
    assert set(statuses_of(night_of(0.9, 1.12), COARSE_PIXELS)) == {VerdictStatus.ACCEPT}
    spoiled = statuses_of(night_of(0.9, 1.45), COARSE_PIXELS)
    assert spoiled == [VerdictStatus.ACCEPT] * 16 + [VerdictStatus.REJECT] * 8


def test_a_whole_night_of_bad_air_is_found_by_coarse_pixels_too() -> None:
    """After two nights of 2.8 arcseconds one of 4.2 is worth half of them, and is kept; one of 5.3 is not."""
    known = [*night_of(0.85, 0.85, day=1), *night_of(0.85, 0.85, day=2)]
    for hfr, status in ((1.28, VerdictStatus.ACCEPT), (1.6, VerdictStatus.REJECT)):
        assert set(statuses_of([*known, *night_of(hfr, hfr)], COARSE_PIXELS)[-24:]) == {status}


def test_where_other_nights_were_superb_too_ordinary_air_is_a_fault() -> None:
    """A site that is known to be so good is held to it, however long a night is worse."""
    known = night_of(1.69, 1.69, day=1, of_worse=0)
    assert statuses_of([*known, *night_of(1.69, 2.66)], SMALL_PIXELS)[-8:] == [VerdictStatus.REJECT] * 8


def test_superb_stars_in_one_pixel_are_not_taken_for_clouded_ones() -> None:
    """Behind 200 mm the number of stars does not rise as they shrink; a third of a night tells so of the rest."""
    sharp = [frame(number, 0.66 + 0.005 * (number % 3)) for number in range(24)]
    ordinary = [frame(number, 0.76 + 0.005 * (number % 3)) for number in range(24, 32)]
    counted = [
        each.model_copy(update={"metrics": each.metrics | {"star_count": 1730.0 if each in sharp else 1850.0}})
        for each in [*sharp, *ordinary]
    ]
    populations = PlanPopulations(counted)
    for each in counted:
        case = Case(each, populations.of(each, Choice(GraderMode.ROBUST)), GraderPreferences(), WIDE_FIELD, True)
        assert judge(case).reason == ""


def test_what_stays_as_sharp_as_ever_is_accepted_by_coarse_pixels() -> None:
    """A tenth more is within what stars of every rig do."""
    assert status_of_last(*SHARP, 0.95, scale_arcsec=WIDE_FIELD) is VerdictStatus.ACCEPT


def test_the_limit_follows_the_scale_of_the_pixels() -> None:
    """Two pixels across, or what ordinary air spreads stars to, if that is less."""
    for given in (HALF_FLUX, WIDTHS):
        assert given.at(None) is given
        assert given.at(ORDINARY_ARCSEC / 3).sampled == given.sampled
        assert given.at(ORDINARY_ARCSEC).sampled == pytest.approx(given.sampled - math.log(2))
        assert given.at(ORDINARY_ARCSEC) is given.at(ORDINARY_ARCSEC)


def test_ordinary_air_is_half_way_from_good_to_bad() -> None:
    """The vocabulary says what is good and bad of widths in seconds of arc; sizes are compared by factors."""
    known = METRICS["fwhm_arcsec"]
    assert known.good is not None
    assert known.bad is not None
    assert math.sqrt(known.good * known.bad) == ORDINARY_ARCSEC


@pytest.mark.parametrize(("focal_length_mm", "statuses"), [(540.0, "a" * 13), (200.0, "a" * 12 + "r")])
def test_a_regrade_knows_the_pixels_of_each_rig(focal_length_mm: float, statuses: str) -> None:
    """All frames of a plan are held against each other at once, by the scale of the rig that took them."""
    clock = ManualClock(NIGHT + timedelta(days=3))
    store = stocked_store(clock)
    with store.write() as unit:
        [profile] = unit.list(Profile)
        profile.focal_length_mm = focal_length_mm
        unit.update(profile)
    for number, hfr in enumerate([*SHARP, 1.38]):
        started = NIGHT + timedelta(minutes=15 * number)
        changes = {"metrics": metrics(hfr), "detector": "d", "status": GradingStatus.PENDING}
        store_light(store, "M 42", filter_name="L", started=started, **changes)
    regrade(RegradeRequest(everything=True), FakeContext(store, clock, recording_devices(clock, Path("unused"))))
    with store.read() as unit:
        assert "".join(each.status.value[0] for each in unit.list(AcquiredImage)) == statuses
