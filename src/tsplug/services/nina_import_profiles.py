"""The profiles that a Target Scheduler database names, and what they prefer."""

from __future__ import annotations

from typing import Any, TypeVar

from tsplug.model import GraderMode, GraderPreferences, NinaPreferences, PlannerPreferences, Profile, Project, Value
from tsplug.nina.database.building import built, values_of
from tsplug.nina.database.fields import GRADER, NINA, PLANNER, Complaint, Field, Row, decoded
from tsplug.nina.database.identity import profile_guid
from tsplug.services.nina_upsert import ImportRun

V = TypeVar("V", bound=Value)
TABLE = "profilepreference"
_NAMING = ("project", "exposuretemplate", "exposureplan", "acquiredimage", "flathistory", TABLE)


class Profiles:
    """The profiles of a database by their guid; those that the store does not know are made.

    A database says of a rig only its guid: what is made is named after it, with optics and site unknown.
    """

    def __init__(self, run: ImportRun) -> None:
        self._run = run
        named = {value for table in _NAMING for value in run.source.distinct(table, "profileId") if value is not None}
        guids = {profile_guid(value) for value in named}
        self.made: list[str] = []
        self._known = {each.guid: each for each in run.unit.list(Profile, guid=sorted(guids))}
        self._new_here = {guid for guid in guids if not self._has_projects(guid)}
        for guid in sorted(guids - self._known.keys()):
            self._make(guid)

    def of(self, value: Any) -> Profile:
        """Return the profile that a row's ``profileId`` names."""
        guid = profile_guid(value)
        if guid not in self._known:
            self._make(guid)
        return self._known[guid]

    def read_preferences(self) -> None:
        """Take over the preferences of every profile that has a row of them."""
        told = set()
        for row in self._run.rows(TABLE):
            profile = self.of(row.get("profileid"))
            complain = self._run.ledger.complaint(TABLE, row["id"])
            if profile.guid in told:
                complain(f"preferences of profile {profile.name!r}", "an earlier row has them already")
                continue
            told.add(profile.guid)
            self._prefer(profile, row, complain=complain)
        for guid in sorted(self._new_here - told):
            self._known[guid] = self._graded_as_before(self._known[guid])

    def _prefer(self, profile: Profile, row: Row, *, complain: Complaint) -> None:
        grader = _with(profile.grader, GRADER, row=row, complain=complain)
        if profile.guid in self._new_here:
            grader = grader.model_copy(update={"mode": GraderMode.TARGET_SCHEDULER})
        given = {
            "grader": _left_open(grader, before=profile.grader),
            "planner": _with(profile.planner, PLANNER, row=row, complain=complain),
            "nina": _with(profile.nina, NINA, row=row, complain=complain),
        }
        self._known[profile.guid] = self._run.change(profile, given, table=TABLE, row_id=row["id"])

    def _graded_as_before(self, profile: Profile) -> Profile:
        grader = profile.grader.model_copy(update={"mode": GraderMode.TARGET_SCHEDULER})
        if grader == profile.grader:
            return profile
        changed = profile.model_copy(update={"grader": grader})
        self._run.unit.update(changed)
        return changed

    def _make(self, guid: str) -> None:
        profile = Profile(
            guid=guid,
            name=f"N.I.N.A. {guid[:8]}",
            grader=GraderPreferences(mode=GraderMode.TARGET_SCHEDULER),
            planner=PlannerPreferences(),
            nina=NinaPreferences(),
        )
        self._known[guid] = self._run.unit.add(profile)
        self._run.ledger.count("profile", "added")
        self.made.append(profile.name)

    def _has_projects(self, guid: str) -> bool:
        profile = self._known.get(guid)
        return profile is not None and self._run.unit.find(Project, profile_id=profile.id) is not None


def _left_open(grader: GraderPreferences, *, before: GraderPreferences) -> GraderPreferences:
    """Leave it to the mode whether eccentricity is graded where it was and means the same: the row knows yes and no."""
    as_mode = grader.model_copy(update={"grade_eccentricity": None})
    same = before.grade_eccentricity is None and as_mode.grades_eccentricity == grader.grade_eccentricity
    return as_mode if same else grader


def _with(preferences: V, fields: tuple[Field, ...], *, row: Row, complain: Complaint) -> V:
    given = decoded(fields, row, complain=complain)
    made = built(type(preferences), values_of(preferences), given=given, complain=complain)
    return preferences if made is None else made
