"""Frames on disk as frames to export: headers read, fields understood, and what a store knows of them added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from tsplug.astrobin.aliases import WANTED
from tsplug.astrobin.configuration import Choices, Configuration
from tsplug.astrobin.frames import Frame, FrameKind, LeftOut
from tsplug.astrobin.normalise import Normalised, normalised
from tsplug.model import AcquiredImage, FlatSetFile, FrameHeader
from tsplug.ports import FrameHeaders, ScanProgress, Store, Unit
from tsplug.services.astrobin_export import statuses_of
from tsplug.services.astrobin_store import (
    STORE_SOURCES,
    by_rig,
    linked_flats,
    measured_values,
    place_of,
)
from tsplug.services.rigs import Rig

_PART = 500
Kept = TypeVar("Kept", AcquiredImage, FlatSetFile)
_REJECTED_FOLDERS = frozenset({"rejected", "rejects", "bad"})


@dataclass
class ScannedFrames:
    """What folders hold: frames that count, how many do not and why, what could not be used, headers if asked for."""

    frames: list[Frame] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    headers: list[FrameHeader] = field(default_factory=list)


@dataclass(frozen=True)
class Scan:
    """What to read, and how: folders, settings, which lights count, and whether headers are kept for a dump."""

    folders: Sequence[Path]
    configuration: Configuration
    choices: Choices
    keep_headers: bool = False


def scan_frames(
    scan: Scan, headers: FrameHeaders, *, store: Store | None = None, progress: ScanProgress | None = None
) -> ScannedFrames:
    """Return the frames below folders.

    A bad file costs that file, a bad field that field; both are told. Of frames that a store has records of, it adds
    what it measured, their grades, site, filter numbers and the flats linked to them.

    Args:
        scan: what to read, and how.
        headers: reads them.
        store: where the frames may be recorded; None asks nobody.
        progress: what is told how far it is.

    Raises:
        InputError: a folder does not exist.
    """
    found = ScannedFrames()
    known: dict[str, Frame] = {}
    for item in headers.scan(scan.folders, wanted=WANTED, progress=progress):
        if not isinstance(item, FrameHeader):
            found.problems.append(f"{item.file}: {item.reason}")
            continue
        if scan.keep_headers:
            found.headers.append(item)
        _take(normalised(item, scan.configuration), item, scan=scan, found=found, known=known)
    if store is not None and known:
        _add_records(store, known, scan=scan, found=found)
    return found


def _take(
    result: Normalised, header: FrameHeader, *, scan: Scan, found: ScannedFrames, known: dict[str, Frame]
) -> None:
    found.problems += [str(problem) for problem in result.problems]
    frame = result.frame
    if isinstance(frame, LeftOut):
        if frame.wanted:
            found.problems.append(str(frame))
        else:
            found.left_out[frame.reason] += 1
    elif _is_rejected(header, frame) and not scan.choices.include_rejected:
        found.left_out["rejected lights, by their folder"] += 1
    else:
        found.frames.append(frame)
        known[result.guid or str(Path(frame.name).absolute())] = frame


def _is_rejected(header: FrameHeader, frame: Frame) -> bool:
    return frame.kind is FrameKind.LIGHT and header.file.parent.name.casefold() in _REJECTED_FOLDERS


def _add_records(store: Store, known: Mapping[str, Frame], *, scan: Scan, found: ScannedFrames) -> None:
    """Replace frames that a store knows by what it knows of them, and drop lights whose grade does not count."""
    statuses = statuses_of(scan.choices)
    with store.read() as unit:
        records = _Records(unit, known)
        images = records.images()
        counted = [image for image in images if image.status in statuses]
        better: dict[str, Frame | None] = {}
        for rig, members in by_rig(unit, counted):
            better |= records.lights(members, rig)
    for image in images:
        if image.status not in statuses:
            better[records.frame_of(image).name] = None
            found.left_out[f"{image.status} lights"] += 1
    found.frames[:] = [new for frame in found.frames if (new := better.get(frame.name, frame)) is not None]


@dataclass(frozen=True)
class _Records:
    """What a store knows of frames on disk, which are given by identifier, those without one by their place."""

    unit: Unit
    known: Mapping[str, Frame]

    def images(self) -> list[AcquiredImage]:
        lights = [key for key, frame in self.known.items() if frame.kind is FrameKind.LIGHT]
        return self._recorded(AcquiredImage, lights)

    def frame_of(self, record: AcquiredImage | FlatSetFile) -> Frame:
        """Return the frame on disk that a record is of."""
        return self.known.get(record.guid) or self.known[record.file]

    def _recorded(self, kind: type[Kept], keys: Sequence[str]) -> list[Kept]:
        places = [key for key in keys if Path(key).is_absolute()]
        guids = [key for key in keys if not Path(key).is_absolute()]
        found = [record for part in _parts(guids) for record in self.unit.list(kind, guid=part)]
        return found + [record for part in _parts(places) for record in self.unit.list(kind, file=part)]

    def lights(self, images: Sequence[AcquiredImage], rig: Rig) -> dict[str, Frame]:
        """Return the frames of a rig's lights by name, with measured values, site, filter number and flats."""
        linked = linked_flats(self.unit, images, rig=rig)
        on_disk = self._flats_on_disk()
        found = {}
        for image in images:
            frame = self.frame_of(image)
            flats = tuple(on_disk.get(flat.name, flat.name) for flat in linked.get(image.id or 0, ()))
            # Flats of another program have no records: what their headers say is all there is to match them by.
            nothing = () if on_disk else None
            found[frame.name] = _with_record(frame, image, rig=rig, flats=flats or nothing)
        return found

    def _flats_on_disk(self) -> dict[str, str]:
        """Return where recorded flats lie now, by where they were recorded."""
        flats = [key for key, frame in self.known.items() if frame.kind is not FrameKind.LIGHT]
        return {file.file: self.frame_of(file).name for file in self._recorded(FlatSetFile, flats)}


def _with_record(frame: Frame, image: AcquiredImage, *, rig: Rig, flats: tuple[str, ...] | None) -> Frame:
    measured = {name: value for name, value in measured_values(image).items() if value is not None}
    number = rig.profile.astrobin_filters.get(image.filter_name)
    sources = {**frame.sources, **{name: STORE_SOURCES[name] for name in measured}}
    known: dict[str, Any] = {
        "filter_id": number,
        "place": place_of(rig.site),
        "night": image.session_date,
        "flats": flats,
    }
    return replace(frame, **measured, **known, sources=sources)


def _parts(guids: Iterable[str]) -> Iterator[list[str]]:
    """Return identifiers in parts that a database takes as one question."""
    rest = iter(guids)
    while part := list(islice(rest, _PART)):
        yield part
