"""Plans whose frames differ in all that grading looks at: gaps in metrics, setups, nights, statuses by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

from tsplug.model import (
    AcquiredImage,
    Band,
    ExposurePlan,
    ExposureTemplate,
    GraderMode,
    GraderPreferences,
    GradingStatus,
    Profile,
    Project,
    Target,
    UngradedPolicy,
)
from tsplug.services.plan_images import PlanImages
from tsplug.testing.clock import START

STATUSES = (GradingStatus.ACCEPTED, GradingStatus.ACCEPTED, GradingStatus.PENDING, GradingStatus.REJECTED)
NO_NUMBERS = (math.nan, math.inf, -math.inf, 0.0, -1.0, 1e308)
NAMES = {"profile_name": "Rig", "project_name": "P", "target_name": "T", "template_name": "L", "file": "x.fits"}
METRICS: dict[str, Callable[[Random], float]] = {
    "hfr": lambda draw: draw.choice([2.0, 2.1, draw.uniform(1.5, 4.0)]),
    "fwhm": lambda draw: draw.uniform(2.0, 6.0),
    "eccentricity": lambda draw: draw.uniform(0.2, 0.7),
    "star_count": lambda draw: float(draw.randint(20, 900)),
    "guiding_rms": lambda draw: draw.uniform(0.3, 2.0),
    "airmass": lambda draw: draw.uniform(1.0, 2.2),
}


def varied_plan(draw: Random, count: int) -> PlanImages:
    """Return a plan of so many frames."""
    owner, other = _rig(draw, number=1), _rig(draw, number=2)
    rigs = draw.choice([(1,), (1, 1, 2)])
    return PlanImages(
        plan=ExposurePlan(id=1, target_id=1, template_id=1, desired=10),
        template=ExposureTemplate(id=1, profile_id=1, name="L", filter_name="L", minimum_grade=draw.choice(list(Band))),
        target=Target(id=1, project_id=1, name="T", ra_hours=1.0, dec_deg=1.0),
        project=Project(id=1, profile_id=1, name="P", created_at=START),
        owner=owner,
        profiles={1: owner, 2: other},
        images=_frames(draw, count, rigs=rigs),
    )


def _rig(draw: Random, *, number: int) -> Profile:
    grader = GraderPreferences(
        statistical=draw.random() < 0.85,
        mode=draw.choice(list(GraderMode)),
        delay_percent=draw.choice([0, 80]),
        max_samples=draw.choice([3, 10]),
        grade_fwhm=draw.random() < 0.5,
        accept_improvement=draw.random() < 0.7,
        hfr_sigma=draw.choice([1.0, 4.0]),
        ungraded=draw.choice(list(UngradedPolicy)),
    )
    return Profile(id=number, name=f"Rig {number}", grader=grader)


def _frames(draw: Random, count: int, *, rigs: Sequence[int]) -> list[AcquiredImage]:
    at, frames = START, []
    for number in range(count):
        at += timedelta(minutes=draw.choice([10, 20, 30]), hours=20 if draw.random() < 0.1 else 0)
        frames.append(_frame(draw, number, at=at, rigs=rigs))
    return frames


def _frame(draw: Random, number: int, *, at: datetime, rigs: Sequence[int]) -> AcquiredImage:
    return AcquiredImage(
        **NAMES,
        id=number + 1,
        guid=f"frame {number}",
        plan_id=1,
        profile_id=draw.choice(rigs),
        filter_name="L",
        started=at,
        acquired=at,
        exposure_s=60.0,
        gain=draw.choice([None, None, None, 100]),
        rotation_deg=draw.choice([10.0, 10.0, 10.4, 40.0]),
        detector=draw.choice(["d", "d", "d", None]),
        measure_error=draw.choice(["", "", "", "unreadable"]),
        metrics=varied_metrics(draw),
        status=draw.choice(STATUSES),
        manual=draw.random() < 0.15,
    )


def varied_metrics(draw: Random) -> dict[str, float]:
    """Return metrics of which some are missing, and some are no numbers, or none that can be."""
    found = {key: value(draw) for key, value in METRICS.items() if draw.random() > 0.06}
    return {key: draw.choice(NO_NUMBERS) if draw.random() < 0.06 else value for key, value in found.items()}
