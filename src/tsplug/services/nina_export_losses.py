"""What the store knows and a Target Scheduler database has no place for."""

from __future__ import annotations

from collections.abc import Sequence

from tsplug.model import (
    Contribution,
    CountAdjustment,
    CriteriaSet,
    ExposureTemplate,
    FlatHistory,
    FlatSet,
    GraderMode,
    Job,
    Profile,
    Project,
    ProjectState,
    Record,
    Site,
    Target,
    TrainedFlat,
    Verdict,
)
from tsplug.model.enums import Band
from tsplug.nina.database.schema import WRITTEN
from tsplug.ports import Unit
from tsplug.services.nina_report import Ledger, NotCarried

_KINDS: dict[type[Record], tuple[str, str]] = {
    Site: ("sites", "N.I.N.A. keeps the site in its profile"),
    Contribution: ("profiles that contribute to projects of others", "a project has one profile there"),
    TrainedFlat: ("trained flats", "N.I.N.A. keeps them in its profile"),
    CriteriaSet: ("criteria sets", "Target Scheduler knows none"),
    Verdict: ("verdicts of the graders", "only the status and its reason are kept there"),
    CountAdjustment: ("adjustments of counters", "they are part of the counters there"),
    FlatSet: ("flat sets with their files", "only which sessions have flats is kept there"),
    Job: ("jobs of the image pipeline", "Target Scheduler has none"),
}
_HAIR = 1e-9


def losses(unit: Unit, ledger: Ledger, *, profile_id: int | None) -> tuple[NotCarried, ...]:
    """Return what stays behind when the store, or a profile of it, is written as a Target Scheduler database."""
    for kind, (what, why) in _KINDS.items():
        if unit.find(kind) is not None:
            ledger.complaint(kind.__name__)(what, why)
    _of_profiles(unit, ledger, profile_id=profile_id)
    _of_catalogue(unit, ledger)
    return ledger.not_carried


def _of_profiles(unit: Unit, ledger: Ledger, *, profile_id: int | None) -> None:
    profiles = unit.list(Profile) if profile_id is None else [unit.get(Profile, profile_id)]
    for profile in profiles:
        complain = ledger.complaint("Profile", profile.id)
        complain(f"name, optics, camera and filters of {profile.name!r}", "N.I.N.A. keeps them in its profile")
        if profile.grader.mode is not GraderMode.TARGET_SCHEDULER:
            complain(f"grader mode {profile.grader.mode.value}", "Target Scheduler has its own statistics only")
        if profile.grader.metrics:
            complain(f"grading by {', '.join(sorted(profile.grader.metrics))}", "Target Scheduler does not grade by it")
        if profile.site_id is None and unit.find(FlatHistory, profile_id=profile.id) is not None:
            why = "its site is not known: noons are those of UTC, and the flats may seem outstanding elsewhere"
            complain(f"time zone of the flat history of {profile.name!r}", why)
        for name in ("fwhm_sigma", "eccentricity_sigma"):
            value = getattr(profile.grader, name)
            if abs(value - round(value)) > _HAIR:
                complain(f"{name} {value:g}", f"the column takes whole numbers: {round(value)} is written")


def _of_catalogue(unit: Unit, ledger: Ledger) -> None:
    _count(ledger, _graded(unit), what="a minimum grade")
    prioritised = [each for each in unit.list(Target) if each.priority is not None]
    _count(ledger, prioritised, what="a priority of their own")
    closed = [each for each in unit.list(Project, state=ProjectState.CLOSED) if each.closed_at is not None]
    _count(ledger, closed, what="a date of closing")


def _graded(unit: Unit) -> Sequence[ExposureTemplate]:
    return [each for each in unit.list(ExposureTemplate) if each.minimum_grade is not Band.E]


def _count(ledger: Ledger, records: Sequence[Record], *, what: str) -> None:
    if records:
        ledger.complaint(type(records[0]).__name__)(
            f"{len(records)} have {what}", f"version {WRITTEN} has no place for it"
        )
