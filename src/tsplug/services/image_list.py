"""Acquired images as JSON-ready rows."""

from __future__ import annotations

from typing import Any

from tsplug.model import AcquiredImage, FrameSolution, StatusChange, Thumbnail
from tsplug.ports import ImageQuery, Store
from tsplug.services.lookup import find_named
from tsplug.services.manual_grading import may_grade

_EVERYTHING = ImageQuery()
_AS_THEY_ARE = {
    "gain",
    "offset",
    "binning",
    "readout_mode",
    "readout_mode_name",
    "rotation_deg",
    "position_angle_deg",
    "roi_percent",
    "session_id",
    "focuser_position",
    "focuser_temperature_c",
    "camera_temperature_c",
    "camera_set_temperature_c",
    "guide_scale_arcsec",
    "reject_reason",
    "manual",
    "score",
    "detector",
    "host_detector",
    "measure_error",
}


def list_images(store: Store, query: ImageQuery = _EVERYTHING) -> list[dict[str, Any]]:
    """Return the images that a query describes, in its order (newest first unless it says otherwise).

    Times are ISO 8601 with offset, angles degrees, exposures seconds, temperatures Celsius, ROI percent.
    """
    with store.read() as unit:
        return [image_row(image) for image in unit.images(query)]


def count_images(store: Store, query: ImageQuery = _EVERYTHING) -> int:
    """Return how many images a query describes, all its pages taken together."""
    whole = query.model_copy(update={"after": None, "limit": None})
    with store.read() as unit:
        return sum(unit.tally(whole, by="profile_id").values())


def image_details(store: Store, name: str) -> dict[str, Any]:
    """Return one image (by id or guid) as `image_row`, with thumbnail, solution and why it cannot be graded by hand.

    ``thumbnail`` (its size) is None where there is no picture yet, ``solution`` where nobody tried to solve the frame,
    ``manual_grading`` where the image may be graded.

    Raises:
        NotFoundError: there is no such image.
    """
    with store.read() as unit:
        image = find_named(unit, AcquiredImage, name=name)
        picture = unit.find(Thumbnail, image_id=image.id, tag="")
        refusal = may_grade(unit, [image])[0]
        solution = unit.find(FrameSolution, image_id=image.id)
    size = None if picture is None else picture.model_dump(include={"width_px", "height_px", "media_type"})
    refused = None if refusal is None else {"code": refusal.code.value, "reason": refusal.reason}
    solved = None if solution is None else solution.model_dump(mode="json", exclude={"id", "image_id"})
    return image_row(image) | {"thumbnail": size, "solution": solved, "manual_grading": refused}


def image_history(store: Store, name: str) -> list[dict[str, Any]]:
    """Return every change of the status of an image (by id or guid), oldest first, in JSON types.

    Raises:
        NotFoundError: there is no such image.
    """
    with store.read() as unit:
        image = find_named(unit, AcquiredImage, name=name)
        changes = unit.list(StatusChange, image_id=image.id)
    return [change.model_dump(mode="json", exclude={"id", "image_id"}) for change in changes]


def image_row(image: AcquiredImage) -> dict[str, Any]:
    """Return one image in JSON types."""
    return {
        "id": image.id,
        "guid": image.guid,
        "acquired": image.acquired.isoformat(),
        "started": image.started.isoformat(),
        "profile": image.profile_name,
        "project": image.project_name,
        "target": image.target_name,
        "filter": image.filter_name,
        "exposure_s": image.exposure_s,
        "template": image.template_name,
        "file": image.file,
        **image.model_dump(include=_AS_THEY_ARE),
        "pier_side": str(image.pier_side),
        "status": str(image.status),
        "band": None if image.band is None else str(image.band),
        "metrics": dict(sorted(image.metrics.items())),
    }
