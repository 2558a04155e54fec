"""Frames on disk with what is known of them: what their headers say, and what the store has on record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from tsplug.astrobin.aliases import WANTED
from tsplug.astrobin.configuration import Configuration
from tsplug.astrobin.frames import LeftOut
from tsplug.astrobin.normalise import normalised
from tsplug.errors import FileError
from tsplug.model import AcquiredImage, BadFile, FlatSet, FlatSetFile, FrameHeader, FramePlace, frame_place, is_nameable
from tsplug.ports import FrameHeaders, ImageQuery, ScanProgress, Store, Unit
from tsplug.services.astrobin_store import by_rig, linked_flats
from tsplug.services.frame_processing import add_job_modules, add_processing
from tsplug.services.frame_scan import FrameScan, scan_frames
from tsplug.services.header_results import RESULT_KEYWORDS, metrics_in_header, solution_in_header

Row = dict[str, Any]
Kept = TypeVar("Kept", AcquiredImage, FlatSetFile)
_IDENTIFIER = "TSUID"
_PART = 500
_SETTINGS = Configuration()
_WANTED = WANTED | RESULT_KEYWORDS


def list_frames(
    places: Sequence[FramePlace],
    headers: FrameHeaders,
    *,
    store: Store | None = None,
    progress: ScanProgress | None = None,
) -> FrameScan[Row]:
    """Return the frames in and below folders as JSON-ready rows, in order of path.

    Times are ISO 8601 in UTC, exposures seconds. With a store each has ``preview`` (where its picture lies) and ``job``
    (number, state and message of the newest). A light on record has ``image`` (its id), ``status``, ``reject_reason``,
    ``metrics``, ``solution`` and ``flats`` (how many are linked to its session); a flat on record has ``flat_set`` and
    its ``status``. A frame is recognised by the identifier in its header, else by where it lies. What is not on record
    has the ``metrics`` and the ``solution`` of its header.

    Args:
        places: folders or files, of this machine or in a storage.
        headers: reads them.
        store: where the frames may be on record; None asks nobody.
        progress: what is told how far it is.

    Raises:
        InputError: a place does not exist.
    """
    scan = scan_frames(headers, places, keep=frame_row, wanted=_WANTED, progress=progress)
    if store is not None:
        with store.read() as unit:
            for part in _parts(scan.kept):
                _add_records(unit, part)
                add_processing(unit, part)
    return scan


def list_recorded(query: ImageQuery, headers: FrameHeaders, *, store: Store) -> FrameScan[Row]:
    """Return the frames of records as `list_frames`, in the order of the query; files that are gone are bad ones."""
    with store.read() as unit:
        images = unit.images(query)
    scan = FrameScan[Row]()
    for image in images:
        header = headers.read(frame_place(image.file), wanted=_WANTED)
        if isinstance(header, BadFile):
            scan.bad_files.append(header)
        else:
            scan.kept.append(frame_row(header))
    with store.read() as unit:
        for part in _parts(scan.kept):
            _add_records(unit, part)
            add_processing(unit, part)
    return scan


def show_frame(file: FramePlace, headers: FrameHeaders, *, store: Store | None = None) -> Row:
    """Return one frame as `list_frames`, with all that its header says, as ``cards``, ``history`` and ``properties``.

    Raises:
        FileError: it cannot be read.
    """
    header = headers.read(file, history=True)
    if isinstance(header, BadFile):
        raise FileError(f"{file}: {header.reason}")
    row = frame_row(header)
    if store is not None:
        with store.read() as unit:
            _add_records(unit, [row])
            add_processing(unit, [row])
            add_job_modules(unit, row)
    return row | {
        "container": header.container,
        "size_bytes": header.size_bytes,
        "integrated_frames": header.integrated_frames,
        "cards": dict(header.cards),
        "properties": dict(header.properties),
        "history": list(header.history),
        "unusable": {problem.keyword: problem.reason for problem in header.problems},
    }


def frame_row(header: FrameHeader) -> Row:
    """Return what a header says of a frame as a JSON-ready row; what it does not say is None."""
    result = normalised(header, _SETTINGS)
    row: Row = dict.fromkeys(
        (
            *("kind", "target", "filter", "exposure_s", "gain", "binning", "started", "frames", "note"),
            *("image", "status", "reject_reason", "flats", "flat_set", "solution", "job", "preview"),
        )
    )
    row |= {"file": str(header.file), "guid": result.guid or None, "metrics": metrics_in_header(header.cards)}
    row["solution"] = solution_in_header(header.cards)
    frame = result.frame
    if isinstance(frame, LeftOut):
        return row | {"note": frame.reason}
    return row | {
        "kind": f"master {frame.kind}" if frame.is_master else str(frame.kind),
        "target": frame.target_name or None,
        "filter": frame.filter_name or None,
        "exposure_s": frame.exposure_s,
        "gain": frame.gain,
        "binning": frame.binning,
        "started": None if frame.started is None else frame.started.isoformat(),
        "frames": frame.count,
        "note": "; ".join(f"{problem.key} {problem.reason}" for problem in result.problems) or None,
    }


def _add_records(unit: Unit, rows: Sequence[Row]) -> None:
    images = _recorded(unit, AcquiredImage, rows=rows)
    files = _recorded(unit, FlatSetFile, rows=rows)
    sets = {each.id: each for each in unit.list(FlatSet, id=sorted({file.flat_set_id for file in files.values()}))}
    flats = _linked(unit, list(images.values()))
    for row in rows:
        image, file = images.get(row["file"]), files.get(row["file"])
        if image is not None:
            row |= {"image": image.id, "status": str(image.status), "reject_reason": image.reject_reason or None}
            row["flats"] = flats.get(image.id or 0, 0)
        elif file is not None:
            row |= {"flat_set": file.flat_set_id, "status": str(sets[file.flat_set_id].state)}


def record_of(unit: Unit, file: FramePlace, *, guid: str) -> AcquiredImage | None:
    """Return the record of a light on disk: known by the identifier in its header, else by its place."""
    row = {"file": str(file), "guid": guid or None}
    return _recorded(unit, AcquiredImage, rows=[row]).get(str(file))


def record_at(
    file: FramePlace,
    headers: FrameHeaders,
    *,
    store: Store,
    place: FramePlace | None = None,
    told: AcquiredImage | None = None,
) -> AcquiredImage | None:
    """Return the record of a light, its identifier looked up in its header.

    Args:
        file: the light.
        headers: what reads its header.
        store: where it may be on record.
        place: what it is known by otherwise, if that is not where the file lies.
        told: the record that whoever asks takes for its own, which counts over the place.
    """
    header = headers.read(file, wanted=(_IDENTIFIER,))
    guid = "" if isinstance(header, BadFile) else str(header.cards.get(_IDENTIFIER, ""))
    with store.read() as unit:
        own = unit.find(AcquiredImage, guid=guid) if guid else None
        return own or told or record_of(unit, place or file, guid=guid)


def _recorded(unit: Unit, kind: type[Kept], *, rows: Sequence[Row]) -> dict[str, Kept]:
    """Return the records of frames by the frame's file: known by the identifier, else by the place."""
    by_guid = {row["guid"]: row["file"] for row in rows if row["guid"]}
    places = {_place(row["file"]): row["file"] for row in rows} | {row["file"]: row["file"] for row in rows}
    named = sorted(place for place in places if is_nameable(place))
    found = {places[record.file]: record for record in unit.list(kind, file=named)}
    return found | {by_guid[record.guid]: record for record in unit.list(kind, guid=sorted(by_guid))}


def _place(file: str) -> str:
    return str(frame_place(file).absolute())


def _linked(unit: Unit, images: Sequence[AcquiredImage]) -> Mapping[int, int]:
    return {
        key: len(flats)
        for rig, members in by_rig(unit, images)
        for key, flats in linked_flats(unit, members, rig=rig).items()
    }


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while part := list(islice(rest, _PART)):
        yield part
