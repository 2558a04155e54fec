"""The table of lights, one by one, with pictures, numbers, grades and reasons."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from tsplug.model import AcquiredImage, GradingStatus, Site, Thumbnail, Verdict
from tsplug.services.reporting.frames import Frames
from tsplug.services.reporting.page import Section
from tsplug.services.reporting.tables import number, shown_metrics


@dataclass(frozen=True)
class FrameRow:
    """One light as the page shows it; ``numbers`` are the shown metrics in the order of the page's columns."""

    time: str
    name: str
    target: str
    filter_name: str
    colour: str
    exposure: str
    status: str
    by_hand: bool
    reason: str
    numbers: tuple[str, ...]
    picture: str
    picture_size: tuple[int, int]


@dataclass(frozen=True)
class FrameTable:
    """Lights by start of exposure, with the titles of their numbers."""

    columns: Sequence[str]
    rows: Sequence[FrameRow]


def frames_section(frames: Frames, colours: Mapping[str, str], *, site: Site, dated: bool) -> Section:
    """Return the table of the lights shown; ``dated`` puts the date before each time."""
    shown = shown_metrics(frames.shown)
    graded = [title for title, name in (("Score", "score"), ("Band", "band")) if _any_has(frames.shown, name)]
    rows = [
        FrameRow(
            time=f"{image.started.astimezone(ZoneInfo(site.time_zone)):{'%Y-%m-%d %H:%M' if dated else '%H:%M:%S'}}",
            name=image.file.replace("\\", "/").rpartition("/")[2],
            target=image.target_name,
            filter_name=image.filter_name,
            colour=colours[image.filter_name],
            exposure=f"{image.exposure_s:g} s",
            status=str(image.status),
            by_hand=image.manual,
            reason=reason_of(image, frames.verdicts.get(image.id or 0, ())),
            numbers=(
                *(number(image.metrics.get(key), digits) for _, key, digits in shown),
                *(_grade(image, title) for title in graded),
            ),
            **_picture(frames.thumbnails.get(image.id or 0)),
        )
        for image in frames.shown
    ]
    table = FrameTable([title for title, _, _ in shown] + graded, rows) if rows else None
    nothing = "No light was taken." if not frames.total else "None is listed."
    return Section("frames", "Lights", table, _note(frames), nothing=nothing)


def reason_of(image: AcquiredImage, verdicts: Sequence[Verdict]) -> str:
    """Return why an image has its grade, as its graders said."""
    details = [_detail(verdict.inputs, image.status) for verdict in verdicts]
    reasons = dict.fromkeys([image.reject_reason, *(verdict.reason for verdict in verdicts)])
    told = "; ".join(reason for reason in reasons if reason)
    explained = ": ".join(part for part in (told, "; ".join(detail for detail in details if detail)) if part)
    return explained or image.measure_error


def _note(frames: Frames) -> str:
    parts = []
    if len(frames.shown) < frames.total:
        parts.append(f"The newest {len(frames.shown)} of {frames.total} lights are listed.")
    if frames.thumbnails and len(frames.thumbnails) < len(frames.shown):
        parts.append(f"{len(frames.thumbnails)} of them have a picture here.")
    return " ".join(parts)


def _any_has(images: Sequence[AcquiredImage], name: str) -> bool:
    return any(getattr(image, name) is not None for image in images)


def _grade(image: AcquiredImage, title: str) -> str:
    if title == "Score":
        return number(image.score, 1)
    return "" if image.band is None else str(image.band)


def _detail(inputs: Mapping[str, Any], status: GradingStatus) -> str:
    return str(inputs.get("detail") or "") if status is GradingStatus.REJECTED else ""


def _picture(picture: Thumbnail | None) -> dict[str, Any]:
    if picture is None:
        return {"picture": "", "picture_size": (0, 0)}
    data = base64.b64encode(picture.data).decode("ascii")
    return {
        "picture": f"data:{picture.media_type};base64,{data}",
        "picture_size": (picture.width_px, picture.height_px),
    }
