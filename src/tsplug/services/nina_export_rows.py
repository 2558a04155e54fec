"""Records as rows of a Target Scheduler database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, tzinfo
from typing import Any

from tsplug.model import (
    AcquiredImage,
    ExposurePlan,
    ExposureTemplate,
    FlatHistory,
    Profile,
    Project,
    Target,
    Thumbnail,
)
from tsplug.nina.database.codecs import GRADING, encode_moment
from tsplug.nina.database.fields import FLATS, GRADER, NINA, PLAN, PLANNER, PROJECT, TARGET, TEMPLATE, encoded
from tsplug.nina.database.metadata import write_metadata
from tsplug.nina.database.orders import item_columns

J2000 = 2
_NOON = time(12)

Columns = Mapping[str, Any]


def preference_row(profile: Profile) -> Columns:
    """Return the preferences of a profile."""
    grader = profile.grader.model_copy(update={"grade_eccentricity": profile.grader.grades_eccentricity})
    return {
        "Id": profile.id,
        "profileId": profile.guid,
        "guid": profile.guid,
        **encoded(GRADER, grader),
        **encoded(PLANNER, profile.planner),
        **encoded(NINA, profile.nina),
    }


def project_row(project: Project, profile_guid: str) -> Columns:
    """Return a project of a profile."""
    return {"Id": project.id, "guid": project.guid, "profileId": profile_guid, **encoded(PROJECT, project)}


def weight_rows(project: Project) -> Iterator[Columns]:
    """Yield the weights of a project's rules, whose ids the database gives."""
    for name, weight in sorted(project.rule_weights.items()):
        yield {"name": name, "weight": weight, "projectid": project.id}


def target_row(target: Target) -> Columns:
    """Return a target."""
    own = {"Id": target.id, "guid": target.guid, "projectid": target.project_id, "epochcode": J2000}
    return own | encoded(TARGET, target)


def template_row(template: ExposureTemplate, profile_guid: str) -> Columns:
    """Return an exposure template of a profile."""
    return {"Id": template.id, "guid": template.guid, "profileId": profile_guid, **encoded(TEMPLATE, template)}


def plan_row(plan: ExposurePlan, profile_guid: str) -> Columns:
    """Return an exposure plan with its counters; its profile is that of its project."""
    return {
        "Id": plan.id,
        "guid": plan.guid,
        "profileId": profile_guid,
        "targetid": plan.target_id,
        "exposureTemplateId": plan.template_id,
        "acquired": plan.acquired,
        "accepted": plan.accepted,
        **encoded(PLAN, plan),
    }


def order_rows(targets: Sequence[Target], plans: Mapping[int, Sequence[str]]) -> Iterator[Columns]:
    """Yield the override orders of targets, given the guids of their plans by id."""
    for target in targets:
        for item in item_columns(target.override_order, plans[target.id or 0]):
            yield {"targetid": target.id, **item}


def cadence_rows(targets: Sequence[Target], plans: Mapping[int, Sequence[str]]) -> Iterator[Columns]:
    """Yield the rotations of filters of targets, given the guids of their plans by id."""
    for target in targets:
        for item in item_columns(target.filter_cadence, plans[target.id or 0]):
            yield {"targetid": target.id, **item}


def image_row(image: AcquiredImage, profile_guid: str | None) -> Columns:
    """Return an acquired image; what it belonged to and is gone is 0, which no row has as its id."""
    return {
        "Id": image.id,
        "guid": image.guid,
        "profileId": profile_guid,
        "projectId": image.project_id or 0,
        "targetId": image.target_id or 0,
        "exposureId": image.plan_id or 0,
        "acquireddate": encode_moment(image.started),
        "filtername": image.filter_name,
        "gradingStatus": GRADING.encode(image.status),
        "rejectreason": image.reject_reason,
        "metadata": write_metadata(image),
    }


def thumbnail_row(thumbnail: Thumbnail) -> Columns:
    """Return a thumbnail."""
    return {
        "Id": thumbnail.id,
        "tag": thumbnail.tag,
        "imagedata": thumbnail.data,
        "acquiredimageid": thumbnail.image_id,
        "width": thumbnail.width_px,
        "height": thumbnail.height_px,
    }


def flats_row(flats: FlatHistory, profile_guid: str, *, zone: tzinfo) -> Columns:
    """Return a light session that has its flats; Target Scheduler writes 0 where there is no rotator.

    Its date is the moment of noon in the zone of the computer that took the lights.
    """
    own = flats if flats.rotation_deg is not None else flats.model_copy(update={"rotation_deg": 0.0})
    return {
        "Id": flats.id,
        "profileId": profile_guid,
        "targetId": flats.target_id,
        "lightSessionDate": encode_moment(datetime.combine(flats.session_date, _NOON, zone)),
        **encoded(FLATS, own),
    }
