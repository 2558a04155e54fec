"""The digest of what a statistical verdict was made from: whatever the verdict rests on changes it, nothing else."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from random import Random
from typing import Any

import measured_nights
import pytest
from measured_nights import BAD_FROM_MIDNIGHT_606, SUPERB_FIRST_HOUR_505
from varied_plans import varied_plan

import tsplug.metrics
from tsplug.grading import provenance, statistical
from tsplug.grading.finding import Case
from tsplug.grading.population import Choice, PlanPopulations
from tsplug.grading.provenance import digest
from tsplug.grading.setup import SETUP
from tsplug.grading.statistical import judge, made_from
from tsplug.model import AcquiredImage, GraderMode, GraderPreferences, GradingStatus, MetricPreferences

NIGHT = datetime(2026, 1, 15, 20, tzinfo=UTC)
SILENT = {"ungraded", "criteria_set", "auto_grade", "move_rejected", "rejected_dir", "delay_percent", "statistical"}
"""Preferences that no statistical verdict rests on: what they ask for is asked elsewhere."""

OF_RULES = "53e4bdeb60889fbe2a0778ccde91cac4"
"""What `verdicts_of_fixed_frames` comes to by the rules of the present `statistical.VERSION`, 14."""


def frame(number: int, **changes: Any) -> AcquiredImage:
    fields: dict[str, Any] = {
        **{"id": number + 1, "guid": f"g{number}", "plan_id": 1, "profile_id": 1, "profile_name": "rig"},
        **{"project_name": "p", "target_name": "t", "filter_name": "L", "file": "light.fits", "exposure_s": 60.0},
        **{"started": NIGHT + timedelta(minutes=20 * number), "acquired": NIGHT + timedelta(minutes=20 * number + 1)},
        **{"session_date": date(2026, 1, 15), "metrics": {"hfr": 2.0 + 0.01 * number}, "rotation_deg": 30.0},
        **{"status": GradingStatus.ACCEPTED, "readout_mode": 0, "gain": 100, "offset": 30, "detector": "d"},
    }
    return AcquiredImage(**{**fields, **changes})


PEERS = [frame(number) for number in range(1, 6)]


def told(
    image: AcquiredImage | None = None,
    *,
    peers: Sequence[AcquiredImage] = PEERS,
    newest: int | None = None,
    preferences: GraderPreferences | None = None,
    **case: Any,
) -> str:
    """Return the digest of a case that differs from the usual one as told."""
    image = image or frame(0)
    population = PlanPopulations([image, *peers]).of(image, Choice(GraderMode.ROBUST, newest))
    fields: dict[str, Any] = {"scale_arcsec": 1.4, **case}
    return made_from(Case(image, population, preferences or GraderPreferences(), **fields))


def other(value: Any) -> Any:
    """Return another value that a field may have."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, Enum):
        return next(each for each in type(value) if each is not value)
    if isinstance(value, int | float):
        return value + 1
    return {None: True, "": "other"}.get(value) if not isinstance(value, dict) else {"fwhm": MetricPreferences()}


def test_every_preference_counts_that_a_verdict_rests_on() -> None:
    """Each field of the preferences but those that ask for other things."""
    standard = GraderPreferences()
    changed = {
        name
        for name in GraderPreferences.model_fields
        if told(preferences=standard.model_copy(update={name: other(getattr(standard, name))})) != told()
    }
    assert changed == GraderPreferences.model_fields.keys() - SILENT
    assert len(changed) >= 20


@pytest.mark.parametrize(
    "change",
    [
        {"metrics": {"hfr": 2.5}},
        {"metrics": {"hfr": 2.0, "fwhm": 3.0}},
        {"measure_error": "unreadable"},
        {"rotation_deg": 30.5},
        {"rotation_deg": None},
        {"status": GradingStatus.PENDING},
        {"started": NIGHT - timedelta(seconds=1)},
        {"session_date": date(2026, 1, 14)},
        {"id": 99},
        *({name: value} for name, value in zip(SETUP, (2, 2, "R", 61.0, 101, 31, 2, 50.0, 1, "e"), strict=True)),
    ],
    ids="-".join,
)
def test_what_a_frame_is_counts(change: dict[str, Any]) -> None:
    """Each field of a frame that its own verdict rests on, all frames changed alike where only those are compared."""
    every = [frame(number, **change) for number in range(1, 6)] if change.keys() <= set(SETUP) else PEERS
    assert told(frame(0, **change), peers=every) != told()


@pytest.mark.parametrize(
    "peers",
    [
        PEERS[1:],
        [*PEERS, frame(7)],
        [frame(1, metrics={"hfr": 9.0}), *PEERS[1:]],
        [frame(1, started=NIGHT), *PEERS[1:]],
        [frame(1, session_date=date(2026, 1, 14)), *PEERS[1:]],
        [frame(1, id=99), *PEERS[1:]],
        [*PEERS, frame(7, status=GradingStatus.REJECTED)],
    ],
    ids=["one less", "one more", "metrics", "started", "night", "id", "one rejected"],
)
def test_what_a_frame_is_compared_with_counts(peers: Sequence[AcquiredImage]) -> None:
    """Peers that come, go or change; rejected ones are counted among the frames taken alike."""
    assert told(peers=peers) != told()


def test_how_it_is_compared_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scale of the pixels, whether it must be answered, how many peers are looked at, metrics, the rules."""
    found = [told(), told(scale_arcsec=1.5), told(scale_arcsec=None), told(final=True), told(newest=4)]
    monkeypatch.setattr(statistical, "VERSION", "none")
    assert len({*found, told()}) == 6
    asked = provenance.asked_of(GraderPreferences())
    monkeypatch.setattr(tsplug.metrics, "METRICS", dict(list(tsplug.metrics.METRICS.items())[1:]))
    assert runpy.run_path(str(provenance.__file__))["asked_of"](GraderPreferences()) != asked


@pytest.mark.parametrize(
    "change",
    [
        lambda each: each.model_copy(update={"status": GradingStatus.PENDING} if each.guid != "g0" else {}),
        lambda each: each.model_copy(update={"score": 90.0, "reject_reason": "x", "manual": True}),
        lambda each: each.model_copy(update={"target_name": "renamed", "file": "moved.fits", "host_detector": "n"}),
    ],
    ids=["pending peers", "grades", "names"],
)
def test_what_no_verdict_rests_on_does_not_count(change: Callable[[AcquiredImage], AcquiredImage]) -> None:
    """Statuses that leave the peers the same, grades, names and places."""
    assert told(change(frame(0)), peers=[change(each) for each in PEERS]) == told()


def verdicts_of_fixed_frames() -> str:
    """Return the digest of what frames that never change are judged, numbers to six digits."""
    found: list[object] = []
    for seed in range(8):
        draw = Random(seed)
        plan = varied_plan(draw, 40)
        images = [_like_a_star(each, draw, seed=seed) for each in plan.images] if seed % 4 else plan.images
        populations = PlanPopulations(images)
        for image in images:
            wanted = plan.profile_of(image).grader
            choice = Choice(wanted.mode, wanted.max_samples if seed % 2 else None, wanted.rotation_tolerance_deg)
            verdict = judge(Case(image, populations.of(image, choice), wanted, 1.4, seed % 3 == 0))
            inputs = {key: value for key, value in verdict.inputs.items() if key != provenance.MADE_FROM_INPUT}
            found.append((verdict.status.value, verdict.reason, _rounded(inputs)))
    return digest(*found, *_of_measured_nights())


def _of_measured_nights() -> Iterator[object]:
    """Yield what pending frames come to: of a young night, of one that became worse, of a short one and a later one."""
    superb, worse, later = (
        [each.image for each in measured_nights.frames_of(night, number=number)]
        for number, night in enumerate((SUPERB_FIRST_HOUR_505, BAD_FROM_MIDNIGHT_606, BAD_FROM_MIDNIGHT_606))
    )
    for images, scale_arcsec in (
        (superb[:16], 1.4),
        (worse[:59], 1.4),
        ([*superb[:13], *later[:4]], 1.4),
        (worse, 3.9),
        (list(map(_by_coarse_pixels, worse)), 1.9),
    ):
        populations = PlanPopulations(images)
        for image in images[10:]:
            population = populations.of(image, Choice(GraderMode.ROBUST))
            verdict = judge(Case(image, population, GraderPreferences(), scale_arcsec))
            yield verdict.status.value, verdict.reason, _rounded(verdict.inputs["checks"])


def _by_coarse_pixels(image: AcquiredImage) -> AcquiredImage:
    """Return a frame with its stars in pixels a third larger."""
    sizes = {key: 0.74 * image.metrics[key] for key in ("hfr", "fwhm")}
    return image.model_copy(update={"metrics": image.metrics | sizes})


def _like_a_star(image: AcquiredImage, draw: Random, *, seed: int) -> AcquiredImage:
    """Return a frame whose metrics hang together: sizes, some of discs, some undersampled, and numbers that fit."""
    size = draw.lognormvariate(0.1 if seed % 4 == 1 else 0.7, 0.1)
    told = {
        "hfr": size,
        "fwhm": size * draw.uniform(1.65, 2.0),
        "star_count": 900 * size**-0.9 * draw.uniform(0.9, 1.1),
    }
    guided = {"guiding_rms": draw.lognormvariate(-0.5, 0.3), "eccentricity": draw.uniform(0.3, 0.5)}
    return image.model_copy(update={"metrics": image.metrics | told | guided, "gain": 100, "detector": "d"})


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict):
        return [(key, _rounded(each)) for key, each in value.items()]
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value


def test_other_rules_have_another_version() -> None:
    """Verdicts that stand are not judged anew: raise `statistical.VERSION` where this fails, then note what it says."""
    assert (statistical.VERSION, verdicts_of_fixed_frames()) == ("16", OF_RULES)
