"""Record a saved light: exactly once, with its counters, whatever else is missing."""

from __future__ import annotations

import math
from typing import Any

from pydantic import ValidationError

from tsplug.errors import FileError, InputError
from tsplug.metrics import METRICS
from tsplug.model import (
    AcquiredImage,
    ExposureOutcome,
    ExposurePlan,
    ExposureSaved,
    ExposureTemplate,
    GradingStatus,
    Profile,
    Project,
    PurgedImage,
    StatusChange,
    Target,
)
from tsplug.model.wording import problems_of
from tsplug.ports import Context, Unit
from tsplug.services.exposure_orders import keep_order
from tsplug.services.jobs.submitting import submit_image
from tsplug.services.sharing import Holder, counts_for, end_leases

_COPIED = (
    "guid",
    "filter_name",
    "started",
    "exposure_s",
    "gain",
    "offset",
    "binning",
    "readout_mode",
    "readout_mode_name",
    "rotation_deg",
    "position_angle_deg",
    "roi_percent",
    "session_id",
    "pier_side",
    "focuser_position",
    "focuser_temperature_c",
    "camera_temperature_c",
    "camera_set_temperature_c",
    "guide_scale_arcsec",
)
# What an image has from its event under the same name.


def record_exposure(event: ExposureSaved, context: Context) -> ExposureOutcome:
    """Store a saved light and count it for its plan, in one transaction; return after the commit.

    The same guid again changes nothing, nor after its record was purged: ``image_id`` is 0 then. Where the plan is gone
    or unknown the light is recorded all the same, under the names that its file gives, and the message says so. So it
    is with a light of a profile that neither owns the plan's project nor contributes to it: it keeps project and
    target, and counts nowhere.

    Raises:
        InputError: a setting of the exposure is impossible; the text names it.
        StoreUnavailableError: the store cannot be written; the same event may be told again later.
    """
    name = _name_without_plan(event, context)
    with context.store.write() as unit:
        return _Recording(event, context, unit=unit, name=name).outcome()


def _name_without_plan(event: ExposureSaved, context: Context) -> str:
    """Return what to call the target if its plan is gone: as the frame's header has it, else as the file is called.

    The file is read before the store is locked for writing, and only where the name will be needed.
    """
    with context.store.read() as unit:
        needed = unit.find(ExposurePlan, guid=event.plan_guid) is None
    try:
        name = context.files.read(event.file).header.get("OBJECT") if needed else None
    except FileError:
        name = None
    return name.strip() if isinstance(name, str) and name.strip() else event.file.stem


class _Recording:
    """One exposure on its way into the store, with what the store knows of where it comes from."""

    def __init__(self, event: ExposureSaved, context: Context, *, unit: Unit, name: str) -> None:
        self._event = event
        self._name = name
        self._context = context
        self._unit = unit
        self._profile = unit.find(Profile, guid=event.profile_guid)
        self._plan = unit.find(ExposurePlan, guid=event.plan_guid)
        self._template = unit.get(ExposureTemplate, self._plan.template_id) if self._plan else None
        self._target = unit.get(Target, self._plan.target_id) if self._plan else None
        self._project = unit.get(Project, self._target.project_id) if self._target else None
        self._counts = self._project is not None and counts_for(unit, self._project, profile=self._profile)

    def outcome(self) -> ExposureOutcome:
        known = self._unit.find(AcquiredImage, guid=self._event.guid)
        if known is None and self._unit.find(PurgedImage, guid=self._event.guid) is not None:
            return self._purged()
        image = known or self._record()
        plan = self._unit.find(ExposurePlan, id=image.plan_id) if image.plan_id is not None else None
        return ExposureOutcome(
            guid=image.guid,
            image_id=image.id or 0,
            already_recorded=known is not None,
            status=image.status,
            acquired=plan.acquired if plan else 0,
            accepted=plan.accepted if plan else 0,
            grading_wanted=self._graded and image.status is GradingStatus.PENDING,
            message="recorded already" if known else "; ".join(self._remarks(image)),
        )

    def _purged(self) -> ExposureOutcome:
        """Return the outcome of an exposure whose record was purged: its plan counts it already."""
        return ExposureOutcome(
            guid=self._event.guid,
            image_id=0,
            already_recorded=True,
            status=GradingStatus.ACCEPTED,
            acquired=self._plan.acquired if self._plan else 0,
            accepted=self._plan.accepted if self._plan else 0,
            grading_wanted=False,
            message="recorded already, and its record was purged since",
        )

    @property
    def _graded(self) -> bool:
        return self._counts and self._project is not None and self._project.grading_enabled

    def _record(self) -> AcquiredImage:
        image = self._unit.add_image(self._image())
        if image.status is GradingStatus.ACCEPTED and self._profile is not None and image.plan_id is not None:
            # It counts from here on. What is still to be graded does not: no other rig takes its place until then.
            end_leases(self._unit, Holder(self._profile, self._event.host), plan_id=image.plan_id)
        self._keep_order()
        why = "recorded" if self._graded else "recorded; grading is off"
        self._unit.add(
            StatusChange(
                image_id=image.id or 0,
                from_status=None,
                to_status=image.status,
                by="tsplug",
                why=why if self._counts else "recorded without a plan",
                at=self._context.clock.now(),
            )
        )
        if self._profile is not None and self._profile.pipeline.start_on_save:
            # In the same transaction: an exposure that is on record is in the queue, whatever happens next.
            submit_image(self._unit, image, at=self._context.clock.now())
        return image

    def _keep_order(self) -> None:
        if self._event.beside:
            return
        if self._counts and self._target is not None and self._plan is not None and self._profile is not None:
            started = self._event.started
            keep_order(self._unit, self._target, plan=self._plan, profile=self._profile, started=started)

    def _image(self) -> AcquiredImage:
        event = self._event
        known = {key: value for key, value in event.metrics.items() if key in METRICS and math.isfinite(value)}
        try:
            return AcquiredImage(
                **{name: getattr(event, name) for name in _COPIED},
                **self._references(),
                file=str(event.file),
                acquired=event.ended,
                metrics=known,
                host_detector=event.detector,
                status=GradingStatus.PENDING if self._graded else GradingStatus.ACCEPTED,
            )
        except ValidationError as error:
            wrong = "; ".join(problems_of(error))
            raise InputError(f"exposure {event.guid} ({event.file}) cannot be recorded: {wrong}") from error

    def _references(self) -> dict[str, Any]:
        """Return the weak references of the image and the names kept beside them."""
        return {
            "profile_id": self._profile.id if self._profile else None,
            "profile_name": self._profile.name if self._profile else self._event.profile_guid,
            "project_id": self._project.id if self._project else None,
            "project_name": self._project.name if self._project else "",
            "target_id": self._target.id if self._target else None,
            "target_name": self._target.name if self._target else self._name,
            "plan_id": self._plan.id if self._plan and self._counts else None,
            "template_name": self._template.name if self._template else "",
        }

    def _remarks(self, image: AcquiredImage) -> list[str]:
        event, remarks = self._event, []
        if self._plan is None:
            gone = f"plan {event.plan_guid} is not in the store"
            remarks.append(f"{gone}: recorded for {image.target_name!r}, counted nowhere")
        elif self._project is not None and not self._counts:
            remarks.append(
                f"profile {image.profile_name!r} neither owns project {self._project.name!r} nor contributes to it:"
                f" recorded for {image.target_name!r}, counted nowhere; let its exposures count with"
                f" `tsplug project edit {self._project.name!r} contributors=NAME,...`"
            )
        if self._profile is None:
            remarks.append(f"profile {event.profile_guid} is not in the store: recorded without a profile")
        unknown = sorted(event.metrics.keys() - METRICS.keys())
        if unknown:
            remarks.append(f"unknown metrics left out: {', '.join(unknown)}")
        return remarks
