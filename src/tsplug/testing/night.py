"""A recorded night, for tests of what is told about nights: lights, grades, thumbnails and flats, but no files."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import sin
from pathlib import Path

import numpy as np

from tsplug.imaging.preview import thumbnail
from tsplug.model import (
    AcquiredImage,
    FlatHistory,
    FlatSet,
    FlatSetFile,
    FlatSetState,
    GradingStatus,
    StatusChange,
    Thumbnail,
    Verdict,
    VerdictStatus,
)
from tsplug.model.night import session_date
from tsplug.model.site import Site
from tsplug.ports import Store, Unit
from tsplug.testing.clock import START
from tsplug.testing.lights import store_light

_ORDER = (
    ("M 42", "Ha", 6),
    ("M 42", "L", 4),
    ("Rosette", "Ha", 5),
    ("M 81", "L", 12),
    ("M 81", "R", 5),
    ("M 81", "G", 5),
    ("M 81", "B", 5),
)
_SPOILT = {4: "HFR", 14: "Star Count"}
_PENDING = 9
_FLATS = 10
_OVERHEAD_S = 45.0


def record_night(store: Store, *, folder: Path = Path("lights"), started: datetime = START) -> list[AcquiredImage]:
    """Record a night in a store that holds `first_catalogue`.

    42 lights, two of them rejected and one pending, and four flat sets: blue has none.

    Args:
        store: a stocked store without lights.
        folder: where the records say that the frames are; nothing is written.
        started: the beginning of the first light.

    Returns:
        The lights by start of exposure.
    """
    moment = started
    lights: list[AcquiredImage] = []
    for target, filter_name, count in _ORDER:
        for _ in range(count):
            light = _light(store, target, filter_name=filter_name, place=(len(lights), moment, folder))
            lights.append(light)
            moment = light.acquired + timedelta(seconds=_OVERHEAD_S)
    with store.write() as unit:
        for number, light in enumerate(lights):
            _judge(unit, light, number=number)
            _picture(unit, light, number=number)
        for filter_name in ("L", "R", "G", "Ha"):
            _flats(unit, [light for light in lights if light.filter_name == filter_name], folder=folder)
    return lights


def _light(store: Store, target: str, *, filter_name: str, place: tuple[int, datetime, Path]) -> AcquiredImage:
    number, started, folder = place
    hfr = 2.1 + 0.25 * sin(number / 5.0) + (1.4 if _SPOILT.get(number) == "HFR" else 0.0)
    metrics = {
        "hfr": hfr,
        "fwhm_arcsec": hfr * 1.99,
        "star_count": 38.0 if _SPOILT.get(number) == "Star Count" else 410.0 + 7.0 * (number % 6),
        "eccentricity": 0.38 + 0.01 * (number % 5),
        "guiding_rms": 0.55 + 0.02 * (number % 4),
        "altitude": 32.0 + 30.0 * sin(number / 14.0),
        "temperature": 3.0 - number * 0.11,
    }
    return store_light(
        store,
        target,
        filter_name=filter_name,
        started=started,
        guid=f"00000000-0000-4000-8000-{number:012d}",
        file=str(folder / f"{target.replace(' ', '_')}_{filter_name}_{number:04d}.fits"),
        rotation_deg=30.0,
        session_id=1,
        camera_temperature_c=-9.9,
        camera_set_temperature_c=-10.0,
        metrics=metrics,
        detector="test",
    )


def _judge(unit: Unit, light: AcquiredImage, *, number: int) -> None:
    reason = _SPOILT.get(number, "")
    if number == _PENDING:
        return
    status = GradingStatus.REJECTED if reason else GradingStatus.ACCEPTED
    verdict = VerdictStatus.REJECT if reason else VerdictStatus.ACCEPT
    check = _check(light, reason=reason, outcome=verdict)
    unit.add(
        Verdict(
            image_id=light.id or 0,
            grader="statistical",
            version="1",
            status=verdict,
            reason=reason,
            inputs={"detail": check["detail"], "mode": "robust", "population": {"size": 8}, "checks": [check]},
            judged_at=light.acquired,
        )
    )
    change = StatusChange(
        image_id=light.id or 0,
        from_status=light.status,
        to_status=status,
        by="statistical",
        why=reason,
        at=light.acquired,
    )
    if light.status is not status:
        unit.set_status(light, change)


def _check(light: AcquiredImage, *, reason: str, outcome: VerdictStatus) -> dict[str, object]:
    return {
        "check": reason or "HFR",
        "metric": "hfr",
        "outcome": str(outcome),
        "rule": "spread",
        "detail": f"hfr {light.metrics['hfr']:.2f} px against 1.45 to 2.70 px",
        "value": light.metrics["hfr"],
        "unit": "px",
        "samples": 8,
        "centre": 2.1,
        "spread": 0.15,
        "sigma": 4.0,
        "lower": 1.45,
        "upper": 2.7,
    }


def _picture(unit: Unit, light: AcquiredImage, *, number: int) -> None:
    random = np.random.default_rng(number)
    pixels = random.normal(600.0, 12.0, (120, 160))
    rows, columns = random.integers(0, 120, 60), random.integers(0, 160, 60)
    pixels[rows, columns] += random.exponential(4000.0, 60)
    small = thumbnail(pixels.clip(0, 65_535).astype(np.uint16))
    unit.add(Thumbnail(image_id=light.id or 0, width_px=small.width_px, height_px=small.height_px, data=small.data))


def _flats(unit: Unit, lights: list[AcquiredImage], *, folder: Path) -> None:
    first, taken_at = lights[0], lights[-1].acquired + timedelta(hours=8)
    profile_id = first.profile_id or 0
    night = session_date(first.started, unit.list(Site)[0])
    spec = first.model_dump(
        include={"filter_name", "gain", "offset", "binning", "readout_mode", "roi_percent", "rotation_deg"}
    )
    flat_set = unit.add(
        FlatSet(
            profile_id=profile_id,
            **spec,
            brightness=120,
            exposure_s=1.25,
            adu_median=25_110.0,
            wanted=_FLATS,
            night=night,
            state=FlatSetState.COMPLETE,
            started=taken_at,
            finished=taken_at + timedelta(minutes=1),
        )
    )
    for number in range(1, _FLATS + 1):
        file = str(folder / "flats" / f"{first.filter_name}_{number:02d}.fits")
        guid = f"{flat_set.guid}-{number}"
        unit.add(FlatSetFile(flat_set_id=flat_set.id or 0, guid=guid, number=number, file=file, taken_at=taken_at))
    for target_id in sorted({light.target_id or 0 for light in lights}):
        light = next(light for light in lights if light.target_id == target_id)
        unit.add(
            FlatHistory(
                profile_id=profile_id,
                target_id=target_id,
                target_name=light.target_name,
                project_name=light.project_name,
                session_date=night,
                session_id=1,
                **spec,
                flat_set_id=flat_set.id or 0,
                taken_at=taken_at,
            )
        )
