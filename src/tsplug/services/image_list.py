"""Acquired images as JSON-ready rows."""

from __future__ import annotations

from typing import Any

from tsplug.model import AcquiredImage
from tsplug.ports import ImageQuery, Store

_EVERYTHING = ImageQuery()


def list_images(store: Store, query: ImageQuery = _EVERYTHING) -> list[dict[str, Any]]:
    """Return the images that a query describes, in its order (newest first unless it says otherwise).

    Times are ISO 8601 with offset, angles degrees, exposures seconds, temperatures Celsius, ROI percent.
    """
    with store.read() as unit:
        return [image_row(image) for image in unit.images(query)]


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
        **image.model_dump(
            include={
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
                "reject_reason",
                "score",
                "detector",
                "measure_error",
            }
        ),
        "pier_side": str(image.pier_side),
        "status": str(image.status),
        "band": None if image.band is None else str(image.band),
        "metrics": dict(sorted(image.metrics.items())),
    }
