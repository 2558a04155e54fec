"""Templates of one profile that plans of another use: every profile gets its own."""

from __future__ import annotations

from tsplug.model import ExposureTemplate, Profile
from tsplug.nina.database.building import differs
from tsplug.nina.database.fields import TEMPLATE, Complaint
from tsplug.nina.database.identity import copied_guid
from tsplug.services.nina_upsert import ImportRun, Incoming

_TABLE = "exposuretemplate"


class OwnTemplates:
    """Finds for plans the template in their own profile: N.I.N.A. lets a plan keep one of another profile by accident.

    That is the copy of an earlier import, else an equal template, else a new copy.
    """

    def __init__(self, run: ImportRun) -> None:
        self._run = run
        self._found: dict[tuple[int | None, int | None], ExposureTemplate] = {}

    def of(self, template: ExposureTemplate, profile: Profile, *, row_id: int, complain: Complaint) -> ExposureTemplate:
        """Return the template that a plan of a profile uses, and complain where it is not the given one."""
        if template.profile_id == profile.id:
            return template
        key = (template.id, profile.id)
        if key not in self._found:
            self._found[key] = self._own(template, profile, row_id=row_id)
        own = self._found[key]
        complain(
            f"template {template.name!r} of another profile",
            f"{own.name!r} of profile {profile.name!r} is used instead",
        )
        return own

    def _own(self, template: ExposureTemplate, profile: Profile, *, row_id: int) -> ExposureTemplate:
        guid = copied_guid(template.guid, profile=profile.guid)
        given = {each.name: getattr(template, each.name) for each in TEMPLATE}
        there = self._run.unit.list(ExposureTemplate, profile_id=profile.id)
        equal = [each for each in there if not differs(each, given)]
        if equal and not any(each.guid == guid for each in there):
            return equal[0]
        new = {"profile_id": profile.id, "minimum_grade": template.minimum_grade}
        saved = self._run.save(ExposureTemplate, _TABLE, incoming=[Incoming(row_id, guid, guid, given, new)])
        return saved.records[0] or template
