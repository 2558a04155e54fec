"""The night report as one HTML page that needs nothing else: styles, plots and thumbnails are in it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from math import floor
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from tsplug.astrobin.tables import duration_text
from tsplug.model import AcquiredImage, FlatHistory, GradingStatus, Thumbnail, Verdict
from tsplug.planning.progress import plan_progress
from tsplug.services.night_data import FlatsTaken, NightData, PlanStanding
from tsplug.services.night_plots import HEIGHT, WIDTH, Plot, Sample, plot

_FILTER_CLASSES = {
    "l": "lum", "lum": "lum", "luminance": "lum", "clear": "lum",
    "r": "red", "red": "red", "g": "green", "green": "green", "b": "blue", "blue": "blue",
    "ha": "ha", "h": "ha", "halpha": "ha", "oiii": "oiii", "o": "oiii", "o3": "oiii",
    "sii": "sii", "s": "sii", "s2": "sii",
}  # fmt: skip
_OTHER_CLASSES = ("other1", "other2", "other3")
_SHAPES = ("circle", "square", "triangle", "diamond")
_NUMBERS = (
    ("HFR", "hfr", 2), ("FWHM″", "fwhm_arcsec", 2), ("Stars", "star_count", 0),
    ("Ecc.", "eccentricity", 2), ("RMS″", "guiding_rms", 2), ("Alt.°", "altitude", 0),
)  # fmt: skip


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
    reason: str
    numbers: tuple[str, ...]
    picture: str
    picture_size: tuple[int, int]


@dataclass(frozen=True)
class PlanRow:
    """One plan as the page shows it, progress in whole percent up to 100."""

    project: str
    target: str
    filter_name: str
    colour: str
    exposure: str
    desired: int
    acquired: int
    accepted: int
    tonight: int
    percent: int


@dataclass(frozen=True)
class FlatRow:
    """One flat set as the page shows it."""

    filter_name: str
    colour: str
    settings: str
    exposure: str
    brightness: int
    level: str
    frames: str
    state: str
    sessions: tuple[str, ...]


def night_page(data: NightData, *, generated: datetime) -> str:
    """Return the page of a night as HTML."""
    zone = ZoneInfo(data.site.time_zone)
    colours = _colours([image.filter_name for image in data.images] + [p.template.filter_name for p in data.plans])
    shown = [column for column in _NUMBERS if any(column[1] in image.metrics for image in data.images)]
    return _template().render(
        data=data,
        generated=f"{generated.astimezone(zone):%Y-%m-%d %H:%M %Z}",
        facts=_facts(data),
        plots=_plots(data, colours, zone=zone),
        plot_size=(WIDTH, HEIGHT),
        legend={name: colours[name] for name in dict.fromkeys(image.filter_name for image in data.images)},
        shapes=_shapes(data),
        plans=[_plan_row(standing, data, colours=colours) for standing in data.plans],
        columns=[title for title, _, _ in shown],
        frames=[_frame_row(image, data, colours=colours, shown=shown) for image in data.images],
        flats=[_flat_row(taken, colours) for taken in data.flats],
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("tsplug.services"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("night_report.html.jinja")


def _facts(data: NightData) -> list[tuple[str, str]]:
    count: Callable[[GradingStatus], int] = lambda status: sum(1 for image in data.images if image.status is status)  # noqa: E731
    counted = [image.exposure_s for image in data.images if image.status is GradingStatus.ACCEPTED]
    sizes = [image.metrics["hfr"] for image in data.images if "hfr" in image.metrics]
    facts = [
        ("lights", str(len(data.images))),
        ("accepted", str(count(GradingStatus.ACCEPTED))),
        ("rejected", str(count(GradingStatus.REJECTED))),
        ("pending", str(count(GradingStatus.PENDING))),
        ("accepted exposure", duration_text(counted)),
        ("flats", str(sum(taken.frames for taken in data.flats))),
    ]
    return [*facts, ("median HFR", f"{median(sizes):.2f} px")] if sizes else facts


def _colours(names: Sequence[str]) -> dict[str, str]:
    unknown = [name for name in dict.fromkeys(names) if _plain(name) not in _FILTER_CLASSES]
    others = {name: _OTHER_CLASSES[place % len(_OTHER_CLASSES)] for place, name in enumerate(unknown)}
    return {name: _FILTER_CLASSES.get(_plain(name)) or others[name] for name in names}


def _plain(filter_name: str) -> str:
    return "".join(letter for letter in filter_name.casefold() if letter.isalnum())


def _shapes(data: NightData) -> dict[str, str]:
    names = dict.fromkeys(image.target_name for image in data.images)
    return {name: _SHAPES[place % len(_SHAPES)] for place, name in enumerate(names)}


def _plots(data: NightData, colours: Mapping[str, str], *, zone: ZoneInfo) -> list[Plot]:
    shapes = _shapes(data)

    def samples(key: str, unit: str) -> list[Sample]:
        return [
            Sample(
                moment=image.started + (image.acquired - image.started) / 2,
                value=image.metrics[key],
                target_name=image.target_name,
                colour=colours[image.filter_name],
                shape=shapes[image.target_name],
                mark=str(image.status),
                title=_sample_title(image, f"{image.metrics[key]:.2f} {unit}", zone=zone),
            )
            for image in data.images
            if key in image.metrics
        ]

    found = (
        plot("HFR", samples("hfr", "px"), unit="px", zone=zone),
        plot("Altitude", samples("altitude", "°"), unit="°", zone=zone, floor_at_zero=True),
    )
    return [each for each in found if each is not None]


def _sample_title(image: AcquiredImage, value: str, *, zone: ZoneInfo) -> str:
    reason = f": {image.reject_reason}" if image.reject_reason else ""
    when = f"{image.started.astimezone(zone):%H:%M}"
    return f"{when} {image.target_name} {image.filter_name}, {value}, {image.status}{reason}"


def _plan_row(standing: PlanStanding, data: NightData, *, colours: Mapping[str, str]) -> PlanRow:
    plan, template = standing.plan, standing.template
    exposure_s = template.default_exposure_s if plan.exposure_s is None else plan.exposure_s
    return PlanRow(
        project=standing.project.name,
        target=standing.target.name,
        filter_name=template.filter_name,
        colour=colours[template.filter_name],
        exposure=f"{exposure_s:g} s",
        desired=plan.desired,
        acquired=plan.acquired,
        accepted=plan.accepted,
        tonight=sum(1 for image in data.images if image.plan_id == plan.id),
        # Rounded down, since 99.9 % is not complete, but not where a share is only short in its last bits.
        percent=floor(100 * plan_progress(plan, standing.project, profile=data.profile) + 1e-9),
    )


def _frame_row(
    image: AcquiredImage, data: NightData, *, colours: Mapping[str, str], shown: Sequence[tuple[str, str, int]]
) -> FrameRow:
    picture = data.thumbnails.get(image.id or 0)
    return FrameRow(
        time=f"{image.started.astimezone(ZoneInfo(data.site.time_zone)):%H:%M:%S}",
        name=image.file.replace("\\", "/").rpartition("/")[2],
        target=image.target_name,
        filter_name=image.filter_name,
        colour=colours[image.filter_name],
        exposure=f"{image.exposure_s:g} s",
        status=str(image.status),
        reason=_reason(image, data.verdicts.get(image.id or 0, ())),
        numbers=tuple(_number(image.metrics.get(key), digits) for _, key, digits in shown),
        picture="" if picture is None else _data_uri(picture),
        picture_size=(0, 0) if picture is None else (picture.width_px, picture.height_px),
    )


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _data_uri(picture: Thumbnail) -> str:
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode('ascii')}"


def _reason(image: AcquiredImage, verdicts: Sequence[Verdict]) -> str:
    details = [_detail(verdict.inputs, image.status) for verdict in verdicts]
    reasons = dict.fromkeys([image.reject_reason, *(verdict.reason for verdict in verdicts)])
    told = "; ".join(reason for reason in reasons if reason)
    explained = ": ".join(part for part in (told, "; ".join(detail for detail in details if detail)) if part)
    return explained or image.measure_error


def _detail(inputs: Mapping[str, Any], status: GradingStatus) -> str:
    return str(inputs.get("detail") or "") if status is GradingStatus.REJECTED else ""


def _flat_row(taken: FlatsTaken, colours: Mapping[str, str]) -> FlatRow:
    flat_set = taken.flat_set
    rotation = "" if flat_set.rotation_deg is None else f", {flat_set.rotation_deg:.1f}°"
    settings = f"gain {_default(flat_set.gain)}, offset {_default(flat_set.offset)}, bin {flat_set.binning}{rotation}"
    return FlatRow(
        filter_name=flat_set.filter_name,
        colour=colours.get(flat_set.filter_name, _OTHER_CLASSES[0]),
        settings=settings,
        exposure=f"{flat_set.exposure_s:.3g} s",
        brightness=flat_set.brightness,
        level=_number(flat_set.adu_median, 0),
        frames=f"{taken.frames} of {flat_set.wanted}",
        state=str(flat_set.state) + (f": {flat_set.message}" if flat_set.message else ""),
        sessions=tuple(_session(row) for row in taken.sessions),
    )


def _session(row: FlatHistory) -> str:
    return f"{row.target_name} {row.session_date}"


def _default(value: int | None) -> str:
    return "default" if value is None else str(value)
