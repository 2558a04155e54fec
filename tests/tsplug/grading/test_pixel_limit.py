"""What pixels cannot show is granted to the air, as far as the air goes."""

from __future__ import annotations

import math
from datetime import timedelta
from pathlib import Path

import pytest
from comparable_lights import NIGHT, light

from tsplug.grading.finding import Case
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
NARROW_FIELD, WIDE_FIELD = 1.44, 3.88
"""Arcseconds per pixel of 3.76 um: behind 540 and 200 mm."""


def metrics(hfr: float) -> dict[str, float]:
    """Return what is measured of a frame in focus that was steadily guided."""
    return {"hfr": hfr, "fwhm": hfr * WIDTH_OF_HFR, "star_count": 900 * hfr**-0.75, "guiding_rms": 0.6}


def frame(number: int, hfr: float) -> AcquiredImage:
    return light(number, metrics(hfr))


def status_of_last(*hfrs: float, scale_arcsec: float | None, **changes: bool) -> VerdictStatus:
    """Return what becomes of the last of frames, judged for good and among all."""
    images = [frame(number, hfr) for number, hfr in enumerate(hfrs)]
    populations = PlanPopulations(images)
    cases = [
        Case(each, populations.of(each, Choice(GraderMode.ROBUST)), GraderPreferences(**changes), scale_arcsec, True)
        for each in images
    ]
    assert [conclude(case).status for case in cases] == [judge(case).status for case in cases]
    return judge(cases[-1]).status


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
        assert given.at(ORDINARY_ARCSEC / 2) is given
        assert given.at(ORDINARY_ARCSEC).sampled == pytest.approx(given.sampled - math.log(2))
        assert given.at(ORDINARY_ARCSEC) is given.at(ORDINARY_ARCSEC)


def test_ordinary_air_is_half_way_from_good_to_bad() -> None:
    """The vocabulary says what is good and bad of widths in seconds of arc."""
    known = METRICS["fwhm_arcsec"]
    assert known.good is not None
    assert known.bad is not None
    assert (known.good + known.bad) / 2 == ORDINARY_ARCSEC


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
