"""Flat history of a Target Scheduler database on its way into the store."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

from tsplug.model import FlatHistory, Profile, Site
from tsplug.nina.database.building import built, differs
from tsplug.nina.database.codecs import decode_moment
from tsplug.nina.database.fields import FLATS, Complaint, Row, decoded
from tsplug.services.nina_import_catalogue import Catalogue
from tsplug.services.nina_import_images import Images
from tsplug.services.nina_upsert import ImportRun

TABLE = "flathistory"


def import_flats(run: ImportRun, catalogue: Catalogue, *, images: Images) -> None:
    """Store the light sessions that have their flats; a row has no guid, so all of it says which it is."""
    stored: dict[int, list[FlatHistory]] = {}
    new = []
    for row in run.rows(TABLE):
        given = _given(run, catalogue, row=row, images=images)
        if given is None:
            continue
        if given["target_id"] not in stored:
            stored[given["target_id"]] = run.unit.list(FlatHistory, target_id=given["target_id"])
        among = stored[given["target_id"]]
        match = next((each for each in among if not differs(each, _identity(given))), None)
        if match is not None:
            among.remove(match)
            run.ledger.count(TABLE, "unchanged")
            continue
        record = built(FlatHistory, {}, given=given, complain=run.ledger.complaint(TABLE, row["id"]))
        new += [] if record is None else [record]
    run.unit.add_many(new)
    run.ledger.count(TABLE, "added", number=len(new))


def _given(run: ImportRun, catalogue: Catalogue, *, row: Row, images: Images) -> dict[str, Any] | None:
    complain = run.ledger.complaint(TABLE, row["id"])
    target = catalogue.targets.get(row.get("targetid"))  # type: ignore[arg-type]
    if target is None:
        complain(f"flats of target {row.get('targetid')}", "the target is not there")
        return None
    profile = catalogue.profiles.of(row.get("profileid"))
    given = decoded(FLATS, row, complain=complain)
    night = _session_date(run, row, profile=profile, complain=complain)
    if night is None:
        return None
    if not given.get("rotation_deg") and profile.id not in images.turning:
        # 0 stands for no rotator too; a profile whose lights never knew an angle has none.
        given["rotation_deg"] = None
    project = next(each for each in catalogue.projects.values() if each.id == target.project_id)
    return {
        "session_id": 0,
        "taken_at": run.now,
        "filter_name": "",
        **given,
        "profile_id": profile.id,
        "target_id": target.id,
        "target_name": target.name,
        "project_name": project.name,
        "session_date": night,
    }


def _identity(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in ("target_name", "project_name")}


def _session_date(run: ImportRun, row: Row, *, profile: Profile, complain: Complaint) -> date | None:
    """Return the date of the noon that a row gives as a moment: at the site, or of the zone nearest to Greenwich."""
    try:
        noon = decode_moment(row.get("lightsessiondate"))
    except ValueError as error:
        complain(f"lightSessionDate {row.get('lightsessiondate')!r}", f"{error}; the row cannot be carried")
        return None
    site = None if profile.site_id is None else run.unit.find(Site, id=profile.site_id)
    return noon.astimezone(UTC if site is None else site.night_zone).date()
