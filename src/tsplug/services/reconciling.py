"""Records for lights on disk that no record knows, made from their headers: each exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import Field, ValidationError

from tsplug.astrobin.aliases import WANTED
from tsplug.astrobin.configuration import Configuration
from tsplug.astrobin.frames import Frame, FrameKind, LeftOut
from tsplug.astrobin.normalise import normalised
from tsplug.model import (
    UNNAMEABLE,
    AcquiredImage,
    BadFile,
    FrameHeader,
    FramePlace,
    GradingStatus,
    Profile,
    PurgedImage,
    StatusChange,
    Value,
    is_nameable,
)
from tsplug.model.wording import problems_of
from tsplug.nina.light_header import WANTED as WANTED_OF_LIGHTS
from tsplug.nina.light_header import LightCards, read_light
from tsplug.ports import Context, FrameHeaders, ImageQuery, Unit
from tsplug.services.lookup import find_named
from tsplug.services.reconcile_following import bring_pictures, gone, let_follow
from tsplug.services.reconcile_matching import Home, Matcher
from tsplug.services.recorded_modes import Modes
from tsplug.services.sharing import counts_for

BY = "reconcile"
"""Who began a trail, in the audit trail."""

_TOGETHER = 200
_PLAIN = Configuration()
_SAME_START = timedelta(seconds=1)
_OF_A_NAME = 5
# The version of UUIDs that are made of a name.


class FoundLight(Value):
    """A light that no record knew: its file, what it is recorded for, and why no plan counts it, if none does."""

    file: str
    target: str
    filter: str
    plan_id: int | None
    why_not: str = ""


class BadFrame(Value):
    """A file that could not be read or tells too little, and what is wrong with it."""

    file: str
    reason: str


class Reconciliation(Value):
    """What was found on disk: lights that are recorded now (or would be), known ones, other frames, bad files.

    ``moved`` counts the known ones whose records follow (or would) to where the frames were found.
    """

    recorded: tuple[FoundLight, ...] = ()
    known: int = 0
    moved: int = 0
    purged: int = 0
    others: dict[str, int] = Field(default_factory=dict)
    bad: tuple[BadFrame, ...] = ()
    dry_run: bool = False


@dataclass
class _Tally:
    """What was found so far."""

    recorded: list[FoundLight] = field(default_factory=list)
    known: int = 0
    moved: int = 0
    purged: int = 0
    others: Counter[str] = field(default_factory=Counter)
    bad: list[BadFrame] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    modes: dict[tuple[int | None, str], int | None] = field(default_factory=dict)


def reconcile(
    folder: FramePlace, context: Context, *, headers: FrameHeaders, profile: str = "", dry_run: bool = False
) -> Reconciliation:
    """Record every light in and below a folder that no record knows.

    A frame is known by the guid in its header, else by its name, the second it began and, as far as that is known, its
    camera. It is linked to a plan where
    exactly one of its target fits; otherwise it is recorded without one, and counts nowhere. Records that were purged
    do not come back. A known frame whose recorded file is gone was moved: its record follows.

    Args:
        folder: where the frames are; a single file will do.
        context: store, clock and progress.
        headers: what reads headers.
        profile: the rig that took them (name, id or guid); else it follows from the header.
        dry_run: tell, and record nothing.

    Raises:
        InputError: the folder is not there.
        NotFoundError: there is no such profile.
    """
    tally = _Tally()
    wanted = WANTED | WANTED_OF_LIGHTS
    found = _lights(headers.scan([folder], wanted=wanted, progress=_progress(context)), tally)
    while batch := list(islice(found, _TOGETHER)):
        context.cancellation.check()
        with context.store.read() if dry_run else context.store.write() as unit:
            rig = find_named(unit, Profile, name=profile) if profile else None
            done = _Batch(unit, Matcher(unit, rig), tally=tally, now=context.clock.now(), dry_run=dry_run)
            found_again = done.record(batch)
        lost = gone(found_again, context.files, headers=headers, store=context.store)
        if lost:
            with context.store.read() if dry_run else context.store.write() as unit:
                tally.moved += let_follow(unit, lost, dry_run=dry_run)
            if not dry_run:
                bring_pictures(lost, context.store, files=context.files)
    return Reconciliation(
        recorded=tuple(tally.recorded),
        known=tally.known,
        moved=tally.moved,
        purged=tally.purged,
        others=dict(tally.others),
        bad=tuple(tally.bad),
        dry_run=dry_run,
    )


def _progress(context: Context) -> Any:
    return lambda done, total: context.progress.report("reading headers", done=done, total=total)


@dataclass(frozen=True)
class _Light:
    """One light on disk: what its header says, and the guid by which it is known."""

    frame: Frame
    cards: LightCards
    started: datetime
    guid: str
    file: str


def _lights(headers: Iterable[FrameHeader | BadFile], tally: _Tally) -> Iterator[_Light]:
    for header in headers:
        if isinstance(header, BadFile):
            tally.bad.append(BadFrame(file=str(header.file), reason=header.reason))
            continue
        told = normalised(header, _PLAIN)
        if isinstance(told.frame, LeftOut):
            if told.frame.wanted:
                tally.bad.append(BadFrame(file=str(header.file), reason=told.frame.reason))
            else:
                tally.others[told.frame.reason] += 1
        elif told.frame.kind is not FrameKind.LIGHT or told.frame.is_master:
            tally.others[told.frame.kind.value] += 1
        elif told.frame.started is None or not told.frame.filter_name:
            missing = "when it began (DATE-OBS)" if told.frame.started is None else "its filter (FILTER)"
            tally.bad.append(BadFrame(file=str(header.file), reason=f"does not say {missing}"))
        elif not is_nameable(str(header.file.absolute())):
            tally.bad.append(BadFrame(file=str(header.file), reason=UNNAMEABLE))
        else:
            yield _light(header, told.frame, started=told.frame.started, guid=told.guid)


def _light(header: FrameHeader, frame: Frame, *, started: datetime, guid: str) -> _Light:
    file = str(header.file.absolute())
    known_by = guid or _guid_without(file, started, camera=frame.gear.camera)
    return _Light(frame, read_light(header.cards), started, known_by, file)


def _guid_without(file: str, started: datetime, *, camera: str = "") -> str:
    """Return the guid of a frame whose header has none: two cameras may give files one name in the same second."""
    told = [_name(file), started.isoformat(timespec="seconds"), camera]
    return str(uuid5(NAMESPACE_URL, "|".join(told if camera else told[:2])))


def _is_of_a_name(guid: str) -> bool:
    try:
        return UUID(guid).version == _OF_A_NAME
    except ValueError:
        return False


def _name(file: str) -> str:
    """Return the name of a file, whichever system wrote its path."""
    return PureWindowsPath(file).name if "\\" in file else PurePosixPath(file).name


class _Batch:
    """Some lights on their way into the store, in one transaction."""

    def __init__(self, unit: Unit, matcher: Matcher, *, tally: _Tally, now: datetime, dry_run: bool) -> None:
        self._unit = unit
        self._matcher = matcher
        self._tally = tally
        self._now = now
        self._dry_run = dry_run

    def record(self, lights: Sequence[_Light]) -> list[tuple[AcquiredImage, str]]:
        """Record those that no record knows; return the records of the others, each with the file that was found."""
        guids = [light.guid for light in lights]
        purged = {line.guid for line in self._unit.list(PurgedImage, guid=guids)}
        by_guid = {image.guid: image for image in self._unit.list(AcquiredImage, guid=guids)}
        found: list[tuple[AcquiredImage, str]] = []
        for light in lights:
            known = by_guid.get(light.guid) or self._known(light)
            if known is not None:
                found.append((known, light.file))
            if known is not None or light.guid in self._tally.seen:
                self._tally.known += 1
            elif light.guid in purged:
                self._tally.purged += 1
            else:
                self._record(light)
            self._tally.seen.add(light.guid)
        return found

    def _known(self, light: _Light) -> AcquiredImage | None:
        """Return the record that has this file, or one of the same name and camera that began in the same second."""
        around = ImageQuery(started_from=light.started - _SAME_START, started_before=light.started + _SAME_START)
        named_so = [image for image in self._unit.images(around) if _name(image.file) == _name(light.file)]
        same_file = (image for image in named_so if image.file == light.file)
        same_camera = (image for image in named_so if not self._of_another_camera(image, light))
        return next(same_file, None) or next(same_camera, None)

    def _of_another_camera(self, image: AcquiredImage, light: _Light) -> bool:
        """Return whether a record is surely not that of a light: records name no camera, only their rig may."""
        camera, rigs = light.frame.gear.camera, self._matcher.rigs
        if not camera:
            return False
        named = next((rig.camera for rig in rigs if rig.id == image.profile_id), "")
        of_other_rig = named not in ("", camera) and camera in {rig.camera for rig in rigs}
        return of_other_rig or self._was_found_with_another(image, camera)

    def _was_found_with_another(self, image: AcquiredImage, camera: str) -> bool:
        """Return whether a record was made of a frame on disk without a guid, and its guid of another camera's name."""
        made_here = self._unit.find(StatusChange, image_id=image.id, by=BY, from_status=None)
        made_of = [_guid_without(image.file, image.started, camera=each) for each in ("", camera)]
        return made_here is not None and _is_of_a_name(image.guid) and image.guid not in made_of

    def _record(self, light: _Light) -> None:
        home = self._matcher.home_of(light.frame)
        counts = home.project is not None and counts_for(self._unit, home.project, profile=home.profile)
        why_not = home.why_not or ("" if counts else "its rig does not contribute to the project")
        try:
            image = _image(light, home, modes=Modes(self._unit, self._tally.modes), counts=counts)
        except ValidationError as error:
            self._tally.bad.append(BadFrame(file=light.file, reason=problems_of(error)[0]))
            return
        if not self._dry_run:
            self._store(image)
        found = FoundLight(
            file=light.file,
            target=image.target_name,
            filter=image.filter_name,
            plan_id=image.plan_id,
            why_not=why_not if image.plan_id is None else "",
        )
        self._tally.recorded.append(found)

    def _store(self, image: AcquiredImage) -> None:
        stored = self._unit.add_image(image)
        why = "found on disk" if image.plan_id is not None else "found on disk; recorded without a plan"
        line = StatusChange(
            image_id=stored.id or 0, from_status=None, to_status=stored.status, by=BY, why=why, at=self._now
        )
        self._unit.add(line)


def _image(light: _Light, home: Home, *, modes: Modes, counts: bool) -> AcquiredImage:
    frame, plan = light.frame, home.plan if counts else None
    graded = plan is not None and home.project is not None and home.project.grading_enabled
    metrics = {"hfr": frame.hfr_px} if frame.hfr_px is not None and "hfr" not in light.cards.metrics else {}
    return AcquiredImage(
        guid=light.guid,
        **_names(frame, home),
        plan_id=plan.id if plan else None,
        template_name=home.template.name if home.template else "",
        filter_name=frame.filter_name,
        file=light.file,
        started=light.started,
        acquired=light.started + timedelta(seconds=frame.exposure_s),
        exposure_s=frame.exposure_s,
        gain=_whole(frame.gain),
        offset=_whole(frame.offset),
        binning=frame.binning or 1,
        **_readout(light, home, modes=modes),
        rotation_deg=frame.rotation_deg,
        roi_percent=_roi_percent(light, home.profile),
        focuser_temperature_c=frame.focuser_c,
        camera_temperature_c=frame.sensor_c,
        camera_set_temperature_c=frame.set_point_c,
        **light.cards.fields,
        metrics={**light.cards.metrics, **metrics},
        status=GradingStatus.PENDING if graded else GradingStatus.ACCEPTED,
    )


def _names(frame: Frame, home: Home) -> dict[str, Any]:
    return {
        "profile_id": home.profile.id if home.profile else None,
        "profile_name": home.profile.name if home.profile else frame.gear.camera or "unknown",
        "project_id": home.project.id if home.project else None,
        "project_name": home.project.name if home.project else "",
        "target_id": home.target.id if home.target else None,
        "target_name": home.target.name if home.target else frame.target_name,
    }


def _readout(light: _Light, home: Home, *, modes: Modes) -> dict[str, Any]:
    """Return the readout mode: its name, and the number by which frames and flats are alike.

    Few headers tell the number; else it is the rig's for that name, or what its records say, or else the template's.
    """
    name, number = light.frame.readout_mode, light.cards.readout_mode
    if number is None and home.profile is not None:
        of_rig = home.profile.readout_modes
        number = of_rig.index(name) if name in of_rig else modes.number(home.profile, name)
    if number is None and home.template is not None:
        number = home.template.readout_mode
    return {"readout_mode": number, "readout_mode_name": name}


def _roi_percent(light: _Light, profile: Profile | None) -> float:
    """Return how much of the sensor's side a frame covers, as far as width and sensor are known."""
    width, sensor = light.cards.width_px, profile.sensor_width_px if profile else None
    if not width or not sensor:
        return 100.0
    percent = 100.0 * width * (light.frame.binning or 1) / sensor
    return round(min(100.0, max(1.0, percent)), 0)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
