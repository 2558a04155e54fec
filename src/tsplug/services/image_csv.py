"""Acquired images as CSV: the columns of Target Scheduler in its order, and ours behind them where they are wanted."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tsplug.metrics import METRICS
from tsplug.model import AcquiredImage, Profile, Site
from tsplug.ports import ImageQuery, Store, Unit
from tsplug.services.writing import write_parts

_PAGE = 500

Cell = Callable[[AcquiredImage], object]


def _metric(key: str) -> Cell:
    return lambda image: image.metrics.get(key)


def _whole(key: str) -> Cell:
    def cell(image: AcquiredImage) -> object:
        value = image.metrics.get(key)
        return None if value is None else round(value)

    return cell


def _field(name: str) -> Cell:
    return lambda image: getattr(image, name)


COLUMNS: Mapping[str, Cell] = {
    "AcquiredDate": _field("started"),
    "FilePath": _field("file"),
    "ProjectName": _field("project_name"),
    "TargetName": _field("target_name"),
    "ProfileName": _field("profile_name"),
    "FilterName": _field("filter_name"),
    "GradingStatus": lambda image: image.status.value.capitalize(),
    "RejectReason": _field("reject_reason"),
    "Duration": _field("exposure_s"),
    "Binning": lambda image: f"{image.binning}x{image.binning}",
    "CameraTemp": _field("camera_temperature_c"),
    "CameraTargetTemp": _field("camera_set_temperature_c"),
    "Gain": _field("gain"),
    "Offset": _field("offset"),
    "ADUStDev": _metric("adu_stdev"),
    "ADUMean": _metric("adu_mean"),
    "ADUMedian": _metric("adu_median"),
    "ADUMin": _whole("adu_min"),
    "ADUMax": _whole("adu_max"),
    "DetectedStars": _whole("star_count"),
    "HFR": _metric("hfr"),
    "HFRStDev": _metric("hfr_stdev"),
    "FWHM": _metric("fwhm"),
    "Eccentricity": _metric("eccentricity"),
    "GuidingRMS": _metric("guiding_rms_px"),
    "GuidingRMSArcSec": _metric("guiding_rms"),
    "GuidingRMSRA": _metric("guiding_rms_ra_px"),
    "GuidingRMSRAArcSec": _metric("guiding_rms_ra"),
    "GuidingRMSDEC": _metric("guiding_rms_dec_px"),
    "GuidingRMSDECArcSec": _metric("guiding_rms_dec"),
    "FocuserPosition": _field("focuser_position"),
    "FocuserTemp": _field("focuser_temperature_c"),
    "RotatorPosition": _field("position_angle_deg"),
    "PierSide": lambda image: image.pier_side.value,
    "Airmass": _metric("airmass"),
}
"""The 35 columns of Target Scheduler and Session Metadata, in their order (spec/target-scheduler-domain 4)."""

EXTENSION: Mapping[str, Cell] = {
    "Guid": _field("guid"),
    "StartedUTC": lambda image: image.started.isoformat(),
    "EndedUTC": lambda image: image.acquired.isoformat(),
    "TemplateName": _field("template_name"),
    "SessionId": _field("session_id"),
    "ReadoutMode": _field("readout_mode"),
    "ROI": _field("roi_percent"),
    "RotatorMechanicalPosition": _field("rotation_deg"),
    "GuidingRMSScale": _field("guide_scale_arcsec"),
    "Manual": lambda image: "yes" if image.manual else "no",
    "Score": _field("score"),
    "Band": lambda image: image.band.value if image.band else None,
    "Detector": _field("detector"),
}
"""What our records hold beyond; every metric follows under its own key."""


def write_csv(file: Path, query: ImageQuery, *, store: Store, extended: bool = False) -> int:
    """Write the images of a query into a CSV file as `give_csv` gives them, and return how many there are.

    Raises:
        FileError: the file cannot be written.
    """
    return give_csv(lambda parts: write_parts(file, parts), query, store=store, extended=extended)


def give_csv(
    take: Callable[[Iterable[bytes]], object], query: ImageQuery, *, store: Store, extended: bool = False
) -> int:
    """Give the images of a query as parts of a CSV text, in the order of the query; return how many there are.

    ``AcquiredDate`` is the start of the exposure in the time zone of the rig that took the image (UTC where that is
    gone), as ``MM/dd/yyyy HH:mm:ss``. Numbers have up to four decimals; what is not known is empty.
    """
    columns = dict(COLUMNS)
    if extended:
        columns |= {**EXTENSION, **{key: _metric(key) for key in METRICS}}
    written = 0

    def parts(unit: Unit) -> Iterator[bytes]:
        nonlocal written
        yield _lines([list(columns)])
        zones = _zones(unit)
        for page in _pages(unit, query):
            written += len(page)
            rows = [[_text(cell(image), zones.get(image.profile_id)) for cell in columns.values()] for image in page]
            yield _lines(rows)

    with store.read() as unit:
        take(parts(unit))
    return written


def _pages(unit: Unit, query: ImageQuery) -> Iterator[list[AcquiredImage]]:
    """Yield the images of a query; in the order of time no more than a page is in memory."""
    if query.sort:
        yield list(unit.images(query))
        return
    left = query.limit
    while left is None or left > 0:
        page = list(unit.images(query.model_copy(update={"limit": _PAGE if left is None else min(left, _PAGE)})))
        yield page
        if len(page) < _PAGE:
            return
        left = None if left is None else left - len(page)
        query = query.model_copy(update={"after": (page[-1].started, page[-1].id or 0)})


def _zones(unit: Unit) -> dict[int | None, ZoneInfo]:
    sites = {site.id: ZoneInfo(site.time_zone) for site in unit.list(Site)}
    return {each.id: sites[each.site_id] for each in unit.list(Profile) if each.site_id in sites}


def _text(value: object, zone: ZoneInfo | None) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(zone) if zone else value:%m/%d/%Y %H:%M:%S}"
    if isinstance(value, float):
        # Adding zero takes the sign from a zero.
        return f"{round(value, 4) + 0.0:.4f}".rstrip("0").rstrip(".")
    return value


def _lines(rows: list[list[object]] | list[list[str]]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode("utf-8")
